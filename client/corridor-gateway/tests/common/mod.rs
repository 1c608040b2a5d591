//! A gateway on a store of its own, with a chain that does as it is told.
#![allow(dead_code, clippy::unwrap_used)]

use axum::{
    body::{to_bytes, Body},
    http::{Request, StatusCode},
    Router,
};
use corridor_client::{
    core::{
        participant::Participant, ChargeBearer, Charges, Currency, Error as Refusal, FxTransfer, Money,
        ParticipantId, Seconds, SettlementMethod, Terms, Transfer, TransferChange, TransferStatus, Uetr,
    },
    BlockRef, ChainError, ContractError, Corridor, Error, ParticipantEntry, SettlementEvent,
    TransferRecorded,
};
use corridor_gateway::{
    app::App,
    auth::{ApiKey, KeyRecord, Scope, Scopes},
    backend::{Answer, Backend, Block},
    config::Config,
    operation::Operation,
    router::router,
    store::{now_ms, Store},
    view::{
        request::{OutcomeView, ReceiptView},
        transfer::Details,
        BlockView,
    },
    webhook::Secrets,
};
use futures::{
    future::BoxFuture,
    stream::{self, BoxStream},
    FutureExt, StreamExt,
};
use serde_json::Value;
use std::{
    collections::{HashMap, VecDeque},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
        Arc, Mutex,
    },
    time::Duration,
};
use tokio::sync::watch;
use tower::ServiceExt;

/// Between two looks whether something has happened.
const LOOK: Duration = Duration::from_millis(10);

/// How many looks are enough: a minute.
const PATIENCE: usize = 6_000;

/// Waits for something to happen.
pub async fn eventually(what: &str, check: impl AsyncFn() -> bool) {
    for _ in 0..PATIENCE {
        if check().await {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("{what}");
}

/// What a chain answers to an operation, in turn; after the last it says yes.
type Script = VecDeque<Result<(), Error>>;

/// A chain in memory: it keeps blocks, and says to each operation what it was told to say.
pub struct FakeChain {
    scripts: Mutex<HashMap<String, Script>>,
    executed: Mutex<Vec<String>>,
    blocks: watch::Sender<Vec<Block>>,
    head: AtomicU64,
    /// The finalised head, where it is to be another than `head` says.
    head_block: Mutex<Option<BlockRef>>,
    /// How long an operation takes, or to look a transfer up.
    takes: Mutex<Duration>,
    /// Whether it does not answer.
    away: AtomicBool,
    /// Whether the next operation panics.
    panics: AtomicBool,
    /// How long it takes to let go of it.
    pub closing: Mutex<Duration>,
    signs: Vec<Scope>,
    /// Transfers that are recorded as something else than a settled one.
    recorded: Mutex<HashMap<Uetr, (Transfer, Details)>>,
}

impl FakeChain {
    pub fn new() -> Arc<Self> {
        Self::signing(vec![
            Scope::Instructor,
            Scope::Approver,
            Scope::Treasurer,
            Scope::Compliance,
            Scope::Admin,
            Scope::Quoter,
            Scope::Governor,
            Scope::Issuer,
            Scope::Guardian,
        ])
    }

    /// One with keys for these roles only.
    pub fn signing(signs: Vec<Scope>) -> Arc<Self> {
        Arc::new(Self {
            scripts: Mutex::default(),
            executed: Mutex::default(),
            blocks: watch::Sender::new(Vec::new()),
            head: AtomicU64::new(1_000),
            head_block: Mutex::default(),
            takes: Mutex::new(Duration::ZERO),
            away: AtomicBool::new(false),
            panics: AtomicBool::new(false),
            closing: Mutex::new(Duration::ZERO),
            signs,
            recorded: Mutex::default(),
        })
    }

    /// What it answers to the operations of a kind, in turn.
    pub fn tell(&self, kind: &str, answers: impl IntoIterator<Item = Result<(), Error>>) {
        let script = answers.into_iter().collect();
        self.scripts.lock().unwrap().insert(kind.into(), script);
    }

    /// Refuses to instruct anything for want of money, a hundred times.
    pub fn refuse_transfers(&self) {
        self.tell(
            "instruct",
            (0..100).map(|_| Err(refused(Refusal::InsufficientFunds))),
        );
    }

    /// Subjects of what it was asked to do, in order.
    pub fn executed(&self) -> Vec<String> {
        self.executed.lock().unwrap().clone()
    }

    /// Waits until it was asked to do so much.
    pub async fn until_executed(&self, count: usize) {
        let what = format!("it is asked to do {count}");
        eventually(&what, async || self.executed().len() >= count).await;
    }

    /// Every operation, and every look at a transfer, takes so long from now on.
    pub fn slow(&self, takes: Duration) {
        *self.takes.lock().unwrap() = takes;
    }

    /// Nobody answers any more, or somebody does again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// The next operation ends in a panic, begun as it is.
    pub fn panic_once(&self) {
        self.panics.store(true, Ordering::SeqCst);
    }

    /// Records a transfer.
    pub fn record(&self, uetr: Uetr, transfer: Transfer, details: Details) {
        self.recorded.lock().unwrap().insert(uetr, (transfer, details));
    }

    fn details(&self, uetr: Uetr) -> Option<Details> {
        self.recorded
            .lock()
            .unwrap()
            .get(&uetr)
            .map(|(_, details)| details.clone())
    }

    /// Finalises this block, whatever its time.
    pub fn set_head_block(&self, block: BlockRef) {
        *self.head_block.lock().unwrap() = Some(block);
    }

    pub fn set_head(&self, number: u64) {
        self.head.store(number, Ordering::SeqCst);
    }

    /// Finalises a block with these events.
    pub fn push_block(&self, events: Vec<SettlementEvent>) -> u64 {
        let mut number = 0;
        self.blocks.send_modify(|blocks| {
            number = u64::try_from(blocks.len()).unwrap();
            let events = (0u32..)
                .zip(events)
                .map(|(place, event)| (Some(1), place + 3, event));
            blocks.push(Block {
                block: block_ref(number),
                events: events.collect(),
            });
        });
        number
    }
}

pub fn block_ref(number: u64) -> BlockRef {
    BlockRef {
        number,
        hash: [u8::try_from(number % 250).unwrap(); 32],
        time_ms: 1_800_000_000_000 + number * 1_000,
    }
}

/// What is said of a chain that does not answer.
pub fn gone() -> Error {
    Error::Chain(ChainError::Disconnected {
        reason: "gone".into(),
    })
}

pub fn refused(refusal: Refusal) -> Error {
    ContractError::Refused(refusal).into()
}

/// A transfer's event.
pub fn transfer_event(uetr: Uetr, status: TransferStatus, change: TransferChange) -> SettlementEvent {
    SettlementEvent::Transfer(TransferRecorded {
        uetr,
        debtor_agent: ParticipantId(0),
        creditor_agent: ParticipantId(1),
        status,
        change,
    })
}

pub fn terms() -> Terms {
    Terms {
        debtor_agent: ParticipantId(0),
        creditor_agent: ParticipantId(1),
        interbank_settlement_amount: Money::new(Currency::CNY, 125_050),
        interbank_settlement_date: 20_781,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::Gross,
        expires_at: 1_900_000_000,
        message_digest: [7; 32],
    }
}

impl Backend for FakeChain {
    fn signs(&self, role: Scope) -> bool {
        self.signs.contains(&role)
    }

    fn execute<'a>(&'a self, _: Scope, operation: &'a Operation) -> Answer<'a, OutcomeView> {
        async move {
            let subject = operation.identity().subject;
            let name = subject.unwrap_or_else(|| operation.kind().into());
            self.executed.lock().unwrap().push(name);
            let takes = *self.takes.lock().unwrap();
            tokio::time::sleep(takes).await;
            assert!(!self.panics.swap(false, Ordering::SeqCst), "told to panic");
            let mut scripts = self.scripts.lock().unwrap();
            let told = scripts.get_mut(operation.kind()).and_then(VecDeque::pop_front);
            told.unwrap_or(Ok(()))?;
            Ok(OutcomeView {
                repeated: false,
                block: BlockView::from(block_ref(7)),
                extrinsic: None,
                receipt: ReceiptView::Done,
            })
        }
        .boxed()
    }

    fn head(&self) -> Answer<'_, BlockRef> {
        if self.away.load(Ordering::SeqCst) {
            return std::future::ready(Err(gone())).boxed();
        }
        let head = *self.head_block.lock().unwrap();
        let head = head.unwrap_or_else(|| block_ref(self.head.load(Ordering::SeqCst)));
        std::future::ready(Ok(head)).boxed()
    }

    fn transfer(&self, uetr: Uetr) -> Answer<'_, Option<Transfer>> {
        let recorded = self
            .recorded
            .lock()
            .unwrap()
            .get(&uetr)
            .map(|(transfer, _)| *transfer);
        // Those whose first digit is zero are not recorded.
        let settled = (uetr.0[0] >= 16).then(|| Transfer {
            terms: terms(),
            status: TransferStatus::Settled,
            instructed_at: 1_800_000_000,
            updated_at: 1_800_000_006,
            returned_minor_units: 0,
            reason: None,
        });
        let takes = *self.takes.lock().unwrap();
        async move {
            tokio::time::sleep(takes).await;
            Ok(recorded.or(settled))
        }
        .boxed()
    }

    /// Windows below ten are settled, nine minutes after the transfer was accepted.
    fn paid_at<'a>(&'a self, transfer: &'a Transfer) -> Answer<'a, Option<Seconds>> {
        let paid = match transfer.status {
            TransferStatus::Netted(window) if window.0 < 10 => Some(transfer.updated_at + 540),
            _ => None,
        };
        std::future::ready(Ok(paid)).boxed()
    }

    fn fx_transfer(&self, uetr: Uetr) -> Answer<'_, Option<FxTransfer>> {
        let record = match self.details(uetr) {
            Some(Details::Exchange(record)) => record.map(|record| *record),
            Some(Details::Charges(_)) | None => None,
        };
        std::future::ready(Ok(record)).boxed()
    }

    fn charges(&self, uetr: Uetr) -> Answer<'_, Option<Charges>> {
        let charges = match self.details(uetr) {
            Some(Details::Charges(charges)) => Some(charges),
            Some(Details::Exchange(_)) | None => None,
        };
        std::future::ready(Ok(charges)).boxed()
    }

    fn participants(&self) -> Answer<'_, Vec<ParticipantEntry>> {
        let entry = |(id, agent): (u16, &str)| ParticipantEntry {
            id: ParticipantId(id),
            participant: Participant {
                agents: vec![agent.parse().unwrap()],
                admin: [0; 20],
                proposed_admin: None,
                accounts: 0,
            },
            suspended: false,
        };
        let entries = [(0, "BKCHCNBJ"), (1, "CHUPCNSH"), (2, "HSBCHKHH")]
            .map(entry)
            .to_vec();
        std::future::ready(Ok(entries)).boxed()
    }

    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, Error>> {
        let start = (usize::try_from(from).unwrap(), self.blocks.subscribe());
        stream::unfold(start, |(next, mut blocks)| async move {
            let block = blocks
                .wait_for(|blocks| blocks.len() > next)
                .await
                .ok()?
                .get(next)
                .cloned()?;
            Some((Ok(block), (next + 1, blocks)))
        })
        .boxed()
    }

    fn reader(&self) -> Result<&Corridor, Error> {
        Err(Error::NoSettlement)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        let closing = *self.closing.lock().unwrap();
        tokio::time::sleep(closing).boxed()
    }
}

/// Lets a webhook's target be on this machine.
pub const LOCAL: &str = "allow_http = true\nallow_networks = [\"127.0.0.0/8\"]\n";

/// A gateway under test.
pub struct Gateway {
    pub app: Arc<App>,
    pub chain: Arc<FakeChain>,
    pub router: Router,
    home: PathBuf,
}

/// An answer.
pub struct Answered {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn location(&self) -> String {
        let location = self.headers.get("location");
        let location = location.unwrap_or_else(|| panic!("{} {}", self.status, self.text));
        location.to_str().unwrap().to_owned()
    }

    /// Checks that this is a problem with a code, and hands it over.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["type"], format!("urn:corridor:problem:{code}"));
        assert_eq!(problem["status"], status);
        for field in ["title", "detail", "hint", "iso_reason"] {
            assert!(!problem[field].as_str().unwrap().is_empty(), "{field}: {problem}");
        }
        problem
    }
}

pub fn home() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    let home = std::env::temp_dir().join(format!("corridor-gateway-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    home
}

pub fn config(name: &str, store: &str, more: &str) -> Config {
    let text = format!(
        "name = \"{name}\"\nlisten = \"127.0.0.1:0\"\nparticipant = \"BKCHCNBJ\"\n[store]\nurl = \"{store}\"\n\
         [chain]\nurl = \"ws://127.0.0.1:1\"\nsettlement = \"0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4\"\n{more}"
    );
    Config::parse(&text, &std::env::temp_dir()).unwrap()
}

impl Gateway {
    pub async fn new() -> Self {
        Self::with("").await
    }

    pub async fn with(more: &str) -> Self {
        let home = home();
        let url = format!("sqlite:{}", home.join("gateway.sqlite").display());
        Self::on("gateway-1", &url, more, FakeChain::new(), home).await
    }

    /// One with webhooks, and more in their section.
    pub async fn with_webhooks(more: &str) -> Self {
        let path = home().join("webhook.secret");
        std::fs::write(&path, [7; 32]).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        Self::with(&format!(
            "[webhooks]\nsecret = \"{}\"\nback_off = \"50ms\"\n{more}",
            path.display()
        ))
        .await
    }

    pub async fn on(name: &str, url: &str, more: &str, chain: Arc<FakeChain>, home: PathBuf) -> Self {
        Self::of(config(name, url, more), chain, home).await
    }

    pub async fn of(config: Config, chain: Arc<FakeChain>, home: PathBuf) -> Self {
        let store = Store::open(&config.store.url, 8).await.unwrap();
        let secrets = config
            .webhooks
            .as_ref()
            .map(|webhooks| Secrets::read(&webhooks.secret).unwrap());
        let app = App::new(config, store, chain.clone(), secrets);
        Self {
            router: router(app.clone()),
            app,
            chain,
            home,
        }
    }

    /// Another gateway on the same store and chain.
    pub async fn beside(&self, name: &str) -> Self {
        self.beside_on(name, self.chain.clone()).await
    }

    /// Another gateway on the same store.
    async fn beside_on(&self, name: &str, chain: Arc<FakeChain>) -> Self {
        let url = self.app.config.store.url.clone();
        Self::on(name, &url, "", chain, home()).await
    }

    /// The same with keys for these roles only, and a chain of its own.
    pub async fn beside_signing(&self, name: &str, roles: Vec<Scope>) -> Self {
        self.beside_on(name, FakeChain::signing(roles)).await
    }

    /// A fresh key.
    pub async fn key(&self, owner: &str, scopes: &[Scope]) -> String {
        self.key_until(owner, scopes, None).await.reveal()
    }

    pub async fn key_until(&self, owner: &str, scopes: &[Scope], expires_at_ms: Option<i64>) -> ApiKey {
        let key = ApiKey::generate().unwrap();
        let record = KeyRecord {
            id: key.id.clone(),
            owner: owner.into(),
            hash: key.hash().to_vec(),
            scopes: Scopes::of(scopes.iter().copied()),
            created_at_ms: now_ms(),
            expires_at_ms,
            revoked_at_ms: None,
        };
        self.app.store.add_key(&record).await.unwrap();
        key
    }

    /// A key that may do everything.
    pub async fn master(&self) -> String {
        self.key("core banking", &Scope::ALL).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, key: &str, path: &str) -> Answered {
        self.send(request(key, "GET", path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post(&self, key: &str, path: &str, body: &Value) -> Answered {
        self.post_as(key, path, None, body).await
    }

    pub async fn post_as(
        &self,
        key: &str,
        path: &str,
        idempotency_key: Option<&str>,
        body: &Value,
    ) -> Answered {
        let mut request = request(key, "POST", path).header("content-type", "application/json");
        if let Some(idempotency_key) = idempotency_key {
            request = request.header("idempotency-key", idempotency_key);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn post_xml(&self, key: &str, path: &str, accept: &str, body: &str) -> Answered {
        let request = request(key, "POST", path)
            .header("content-type", "application/xml")
            .header("accept", accept)
            .body(Body::from(body.to_owned()));
        self.send(request.unwrap()).await
    }

    /// What a resource answers as XML.
    pub async fn get_xml(&self, key: &str, path: &str) -> Answered {
        let request = request(key, "GET", path)
            .header("accept", "application/xml")
            .body(Body::empty());
        self.send(request.unwrap()).await
    }

    /// Asks for a transfer; where its request is.
    pub async fn instructs(&self, key: &str) -> String {
        self.post(key, "/v1/transfers", &transfer(uetr()))
            .await
            .location()
    }

    /// How many requests there are.
    pub async fn requests(&self, key: &str) -> usize {
        let all = self.get(key, "/v1/requests").await.json();
        all["requests"].as_array().unwrap().len()
    }

    /// Runs the worker until a request is final.
    pub async fn until_final(&self, key: &str, location: &str) -> Value {
        for _ in 0..PATIENCE {
            let request = self.get(key, location).await.json();
            if !matches!(request["state"].as_str(), Some("accepted" | "working")) {
                return request;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{location} is not final");
    }

    /// Waits until a request says that something of it may still be carried out; it has no end until then.
    pub async fn until_contested(&self, key: &str, location: &str) -> Value {
        for _ in 0..PATIENCE {
            let open = self.get(key, location).await.json();
            assert_eq!(open["outcome"], Value::Null, "{open}");
            assert_eq!(open["fault"], Value::Null, "{open}");
            let why = open["waiting_for"].as_str().unwrap_or_default();
            if why.contains("may still be carried out") {
                return open;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{location} is not contested");
    }

    /// Carries requests out on a chain that refuses transfers: that is a request's end only once nothing that may have been sent
    /// before can land any more.
    pub async fn refuses_once_nothing_may_land(&self, key: &str, location: &str) {
        self.chain.refuse_transfers();
        let _work = self.work();
        self.until_contested(key, location).await;
        self.chain.set_head(2_000);
        assert_eq!(self.until_final(key, location).await["state"], "refused");
    }

    /// Carries requests out in the background.
    pub fn work(&self) -> tokio::task::JoinHandle<()> {
        tokio::spawn(corridor_gateway::worker::run(self.app.clone()))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.app.stop();
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

pub fn request(key: &str, method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {key}"))
}

/// A log in memory.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Everything this process logs from now on: what other tests log beside it, too.
    pub fn start() -> Self {
        let log = Self::default();
        let lines = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || lines.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A transfer to be instructed.
pub fn transfer(uetr: Uetr) -> Value {
    serde_json::json!({
        "uetr": uetr.to_string(),
        "end_to_end_id": "INV-88",
        "creditor_agent": "CHUPCNSH",
        "interbank_settlement_amount": { "currency": "CNY", "decimal": "1250.50" },
    })
}

pub fn uetr() -> Uetr {
    let mut uetr = corridor_client::new_uetr();
    uetr.0[0] |= 16;
    uetr
}

/// A quote to be published.
pub fn quote(reference: &str) -> Value {
    serde_json::json!({
        "reference": reference,
        "provider_buys": "CNY",
        "provider_sells": "HKD",
        "rate": "1.0862",
        "spread_basis_points": 10,
        "minimum": { "currency": "CNY", "decimal": "1" },
        "maximum": { "currency": "CNY", "decimal": "100000" },
        "expires_at": "2030-01-01T00:00:00Z",
        "hold_seconds": 600,
    })
}

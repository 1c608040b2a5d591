//! Real gateways, a real chain: processes that are killed, a remote signer, webhooks of everything that happened.
//!
//! Needs the program `corridor-devnet` (named by `CORRIDOR_DEVNET`, or beside the built tests) and the contracts' code
//! (`CORRIDOR_CONTRACTS`, or target/contracts); says how to build them where they are missing.
#![allow(clippy::unwrap_used)]

#[path = "../../corridor-client/examples/common/setup.rs"]
mod setup;

use axum::{body::Bytes, extract::State, http::HeaderMap, routing::post, Router};
use corridor_client::{
    core::{Currency, ParticipantId, Role, TransferStatus, Uetr},
    new_uetr, AddressText, KeySource, RoleRequest,
};
use corridor_gateway::signer::{SignAnswer, SignRequest};
use corridor_test_postgres::Cluster;
use serde_json::{json, Value};
use setup::{Blobs, TwoBanks};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How long everything may take until it is final.
const PATIENCE: Duration = Duration::from_secs(120);

/// A process that is killed when the test ends.
struct Process(Child);

impl Process {
    /// Starts a program and reads what it says after a word at the start of a line.
    fn start(command: &mut Command, word: &str) -> (Self, String) {
        let program = command.get_program().to_owned();
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| {
            panic!(
                "{} cannot be started ({error}): build it with `cargo build --release --workspace --bins`",
                program.display()
            )
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.find_map(|line| line.ok()?.strip_prefix(word).map(|rest| rest.trim().to_owned()));
        // The rest is read, so that the program is never stopped by a full pipe.
        std::thread::spawn(move || lines.count());
        (
            Self(child),
            said.unwrap_or_else(|| panic!("{} ended early", program.display())),
        )
    }

    /// As a power cut would.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// As an operator would; whether it ended well.
    fn terminate(mut self) -> bool {
        let id = self.0.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.0.wait().unwrap().success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn devnet() -> (Process, String) {
    let beside = || {
        let exe = std::env::current_exe().unwrap();
        let target = exe.ancestors().nth(3).unwrap().to_owned();
        let built = ["release", "debug"].map(|profile| target.join(profile).join("corridor-devnet"));
        built
            .into_iter()
            .find(|path| path.exists())
            .unwrap_or("corridor-devnet".into())
    };
    let program = std::env::var_os("CORRIDOR_DEVNET").map_or_else(beside, PathBuf::from);
    Process::start(
        Command::new(program)
            .args(["--rpc-port", "0"])
            .stderr(Stdio::null()),
        "RPC ",
    )
}

fn contracts() -> Blobs {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/contracts");
    let directory = std::env::var_os("CORRIDOR_CONTRACTS").map_or(here, PathBuf::from);
    Blobs::read(&directory).unwrap_or_else(|error| {
        let shown = directory.display();
        panic!("the contracts' code cannot be read from {shown} ({error}): run scripts/build-contracts")
    })
}

/// What one gateway is told.
fn write_config(home: &Path, name: &str, text: &str) -> PathBuf {
    let path = home.join(format!("{name}.toml"));
    std::fs::write(&path, text).unwrap();
    path
}

fn gateway(config: &Path) -> (Process, String) {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(config.with_extension("log"))
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor-gateway"));
    let (process, address) = Process::start(
        command.arg("--config").arg(config).arg("serve").stderr(log),
        "LISTENING ",
    );
    (process, format!("http://{address}"))
}

fn api_key(config: &Path, scopes: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_corridor-gateway"))
        .arg("--config")
        .arg(config)
        .args(["key", "create", "--owner", "core", "--scopes", scopes])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().into()
}

/// A bank system.
struct Bank {
    client: reqwest::Client,
    key: String,
}

impl Bank {
    fn new(key: String) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, key }
    }

    /// Posts to one of several gateways, until one of them has taken it: the same request each time.
    async fn post(&self, gateways: &[&str], path: &str, body: &Value) -> Value {
        let started = Instant::now();
        loop {
            for gateway in gateways {
                let sent = self
                    .client
                    .post(format!("{gateway}{path}"))
                    .bearer_auth(&self.key)
                    .header("content-type", "application/json")
                    .body(body.to_string())
                    .timeout(Duration::from_secs(10))
                    .send()
                    .await;
                let Ok(answer) = sent else { continue };
                let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap_or_default());
                match status {
                    201 | 202 => return serde_json::from_str(&text).unwrap(),
                    503 | 504 => {}
                    _ => panic!("{path}: {status} {text}"),
                }
            }
            assert!(started.elapsed() < PATIENCE, "nobody takes {path}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn get(&self, gateway: &str, path: &str) -> Value {
        let answer = self
            .client
            .get(format!("{gateway}{path}"))
            .bearer_auth(&self.key)
            .send()
            .await
            .unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Waits until every request of a gateway's store is final, and answers how many ended how.
    async fn until_all_final(&self, gateway: &str) -> BTreeMap<String, usize> {
        let started = Instant::now();
        loop {
            let (mut ends, mut open, mut path) = (BTreeMap::new(), 0, "/v1/requests".to_owned());
            loop {
                let page = self.get(gateway, &path).await;
                for request in page["requests"].as_array().unwrap() {
                    let state = request["state"].as_str().unwrap().to_owned();
                    open += usize::from(state == "accepted" || state == "working");
                    *ends.entry(state).or_default() += 1;
                }
                match page["next_cursor"].as_str() {
                    Some(cursor) => path = format!("/v1/requests?cursor={cursor}"),
                    None => break,
                }
            }
            if open == 0 {
                return ends;
            }
            assert!(started.elapsed() < PATIENCE, "still open: {ends:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn transfer(uetr: Uetr) -> Value {
    json!({
        "uetr": uetr.to_string(),
        "end_to_end_id": "LIVE",
        "creditor_agent": "CNAPS:302290000002",
        "interbank_settlement_amount": { "currency": "CNY", "decimal": "12.50" },
    })
}

async fn bank_of_china(chain: &TwoBanks) {
    // A second key for the second gateway: each has its own.
    let dave = KeySource::DevSeed("//Dave".into()).load().unwrap().account();
    let request = RoleRequest {
        participant: ParticipantId(0),
        account: dave.address(),
        role: Role::Instructor,
    };
    chain.boc.grant_role(request).await.unwrap();
}

fn home(name: &str) -> PathBuf {
    let home = std::env::temp_dir().join(format!("corridor-live-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    home
}

#[tokio::test(flavor = "multi_thread")]
async fn two_gateways_killed_at_any_moment_settle_every_transfer_once() {
    let (_devnet, url) = devnet();
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    bank_of_china(&chain).await;
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (database, home) = (cluster.database("gateways").unwrap(), home("killed"));
    let settlement = AddressText(chain.settlement);
    let config = |name: &str, key: &str| {
        let text = format!(
            "name = \"{name}\"\nlisten = \"127.0.0.1:0\"\nparticipant = \"BKCHCNBJ\"\n[store]\nurl = \"{database}\"\n\
             signing = \"{name}\"\n[chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n\
             [signers]\ninstructor = [\"{key}\"]\n[worker]\nlease = \"5s\"\n"
        );
        write_config(&home, name, &text)
    };
    let (one, two) = (config("gateway-1", "//Bob"), config("gateway-2", "//Dave"));
    let bank = Bank::new(api_key(&one, "instructor"));
    let (mut first, mut first_url) = gateway(&one);
    let (second, second_url) = gateway(&two);

    let uetrs: Vec<Uetr> = (0..120).map(|_| new_uetr()).collect();
    for (count, uetr) in uetrs.iter().enumerate() {
        let gateways = match count % 2 {
            0 => [first_url.as_str(), &second_url],
            _ => [&second_url, first_url.as_str()],
        };
        bank.post(&gateways, "/v1/transfers", &transfer(*uetr)).await;
        // Every request again: a client that did not hear the answer.
        bank.post(&gateways, "/v1/transfers", &transfer(*uetr)).await;
        if count % 40 == 20 {
            first.kill();
            (first, first_url) = gateway(&one);
        }
    }
    first.kill();
    let ends = bank.until_all_final(&second_url).await;
    assert_eq!(ends, BTreeMap::from([("succeeded".to_owned(), 120)]));
    for uetr in &uetrs {
        let recorded = chain.boc.transfer(*uetr).await.unwrap().unwrap();
        assert_eq!(recorded.status, TransferStatus::Pending);
    }
    let position = chain.boc.position(ParticipantId(0), Currency::CNY).await.unwrap();
    assert_eq!(position.reserved, 120 * 1_250);
    assert!(second.terminate(), "SIGTERM ends it in order");
    std::fs::remove_dir_all(home).unwrap();
}

/// A remote signer on a socket, with one key.
async fn remote_signer(socket: &Path, key: &str) -> String {
    let key = KeySource::DevSeed(key.into()).load().unwrap();
    let account = key.account().to_string();
    let sign = move |body: Bytes| {
        let key = key.clone();
        async move {
            let request: SignRequest = serde_json::from_slice(&body).unwrap();
            assert_eq!(request.account, key.account().to_string());
            let signature = key.sign(&request.payload).await.unwrap().to_vec();
            axum::Json(SignAnswer { signature })
        }
    };
    let listener = std::os::unix::net::UnixListener::bind(socket).unwrap();
    listener.set_nonblocking(true).unwrap();
    let router = Router::new().route("/v1/sign", post(sign));
    let server = axum_server::from_unix(listener).unwrap();
    tokio::spawn(server.serve(router.into_make_service()));
    format!("remote:unix:{}#{account}", socket.display())
}

type Came = Arc<Mutex<Vec<Value>>>;

async fn receive(State(came): State<Came>, _: HeaderMap, body: Bytes) {
    came.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn both_banks_settle_through_their_gateways_with_a_remote_signer_and_hear_of_every_change() {
    let (_devnet, url) = devnet();
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    let home = home("both");
    let secret = home.join("webhook.secret");
    std::fs::write(&secret, [9; 32]).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let signer = remote_signer(&home.join("signer.sock"), "//Charlie").await;
    let settlement = AddressText(chain.settlement);
    let common = format!(
        "listen = \"127.0.0.1:0\"\n[chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n\
         [webhooks]\nsecret = \"webhook.secret\"\nallow_http = true\nallow_networks = [\"127.0.0.0/8\"]\n"
    );
    let config = |name: &str, agent: &str, signers: &str| {
        let text = format!(
            "name = \"{name}\"\nparticipant = \"{agent}\"\n{common}[store]\nurl = \"sqlite:{name}.sqlite\"\n\
             signing = \"{name}\"\n[signers]\n{signers}\n"
        );
        write_config(&home, name, &text)
    };
    let boc = config(
        "boc",
        "BKCHCNBJ",
        "instructor = [\"//Bob\"]\ntreasurer = [\"//Bob\"]",
    );
    let cup = config("cup", "CNAPS:302290000002", &format!("approver = [\"{signer}\"]"));
    let debtor = Bank::new(api_key(&boc, "instructor,treasurer,operator"));
    let creditor = Bank::new(api_key(&cup, "approver"));
    let (boc_process, boc_url) = gateway(&boc);
    let (cup_process, cup_url) = gateway(&cup);

    let came = Came::default();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/hook", post(receive))
        .with_state(came.clone());
    tokio::spawn(
        axum_server::from_tcp(listener)
            .unwrap()
            .serve(router.into_make_service()),
    );
    let kinds = json!(["transfer.instructed", "transfer.settled", "transfer.returned"]);
    let webhook = json!({ "url": hook, "kinds": kinds });
    debtor.post(&[&boc_url], "/v1/webhooks", &webhook).await;

    let uetrs: Vec<Uetr> = (0..20).map(|_| new_uetr()).collect();
    for uetr in &uetrs {
        debtor.post(&[&boc_url], "/v1/transfers", &transfer(*uetr)).await;
    }
    assert_eq!(debtor.until_all_final(&boc_url).await["succeeded"], 20);
    for uetr in &uetrs {
        creditor
            .post(&[&cup_url], &format!("/v1/transfers/{uetr}/accept"), &json!({}))
            .await;
    }
    let part = json!({
        "return_id": "R-1", "reason": "AM09", "amount": { "currency": "CNY", "decimal": "2.50" },
    });
    creditor
        .post(&[&cup_url], &format!("/v1/transfers/{}/return", uetrs[0]), &part)
        .await;
    let foreign = json!({
        "return_id": "R-2", "reason": "AM09", "amount": { "currency": "HKD", "decimal": "2.50" },
    });
    let refused = creditor
        .post(
            &[&cup_url],
            &format!("/v1/transfers/{}/return", uetrs[1]),
            &foreign,
        )
        .await;
    let ends = creditor.until_all_final(&cup_url).await;
    assert_eq!(
        ends,
        BTreeMap::from([("succeeded".to_owned(), 21), ("refused".to_owned(), 1)])
    );
    let refused = creditor.get(&cup_url, refused["follow"].as_str().unwrap()).await;
    assert_eq!(refused["fault"]["code"], "contract.CurrencyMismatch", "{refused}");

    let view = creditor
        .get(&cup_url, &format!("/v1/transfers/{}", uetrs[0]))
        .await;
    assert_eq!(
        (&view["status"], &view["returned_amount"]["decimal"]),
        (&json!("partly returned"), &json!("2.50"))
    );
    let positions = debtor.get(&boc_url, "/v1/positions").await;
    let received = positions
        .as_array()
        .unwrap()
        .iter()
        .find(|position| position["participant"] == "CNAPS:302290000002");
    assert_eq!(received.unwrap()["available"]["decimal"], "247.50");
    let conservation = debtor.get(&boc_url, "/v1/currencies/CNY/conservation").await;
    assert_eq!(conservation["holds"], true);

    // Every change came, once or more, and for each transfer in order.
    let started = Instant::now();
    while came.lock().unwrap().len() < 41 && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in came.lock().unwrap().iter() {
        let (uetr, kind) = (event["uetr"].as_str().unwrap(), event["kind"].as_str().unwrap());
        let kinds = told.entry(uetr.into()).or_default();
        if kinds.last().is_none_or(|last| last != kind) {
            kinds.push(kind.into());
        }
    }
    for uetr in &uetrs {
        let mut expected = vec!["transfer.instructed", "transfer.settled"];
        if *uetr == uetrs[0] {
            expected.push("transfer.returned");
        }
        assert_eq!(told[&uetr.to_string()], expected);
    }
    assert!(boc_process.terminate() && cup_process.terminate());
    std::fs::remove_dir_all(home).unwrap();
}

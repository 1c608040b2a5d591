//! Operations that are refused by the time they are looked at again, after they were signed and kept out of every block.

use corridor_client::core::{Error as Refusal, Seconds, TransferStatus, Uetr};
use corridor_client::store::{NewOperation, Planned, Store};
use corridor_client::{chain::Call, contract::Answer};
use corridor_client::{
    Config, Corridor, Error, InstructRequest, Outcome, StoreLocation, SubmitError, TransferReceipt,
};
use corridor_tests::backend::GOVERNOR;
use corridor_tests::meddler::{Fate, Meddler, Said};
use corridor_tests::node::{key_of, Node, NodeBackend};
use corridor_tests::payments::Payments;
use corridor_tests::scenario::stage::{Stage, BOC_STAFF, DAY};
use serde_json::{json, Value};
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(60);

/// How long the transfer that is to be refused could be instructed.
const SOON: Seconds = 10;

/// More blocks than anything signed can wait for.
const LIFETIME: u64 = 260;

const SUBMIT: &str = "author_submitExtrinsic";

/// Two banks, and the way of one bank's process to the node.
struct Scene {
    node: Arc<Node>,
    backend: NodeBackend,
    meddler: Meddler,
    /// The extrinsics submitted, each once, in the order of their first submission.
    submitted: Arc<Mutex<Vec<Value>>>,
    directory: tempfile::TempDir,
}

impl Scene {
    fn open() -> Self {
        let node = Node::start();
        let mut backend = node.backend();
        drop(Stage::open(&mut backend));
        // Has the money that pays its fees.
        drop(backend.corridor(BOC_STAFF.instructor));
        let meddler = Meddler::before(node.url());
        Self {
            node,
            backend,
            meddler,
            submitted: Arc::default(),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    /// A process of the debtor agent's: the same store each time.
    async fn process(&self) -> Corridor {
        let mut config = Config::new(self.meddler.url())
            .settlement(self.backend.settlement())
            .store(StoreLocation::File(self.store()))
            .key(key_of(BOC_STAFF.instructor));
        config.finality_timeout = 5 * PATIENCE;
        Corridor::connect(config).await.expect("connected")
    }

    fn store(&self) -> std::path::PathBuf {
        self.directory.path().join("store.db")
    }

    /// From now on nothing submitted reaches the node.
    fn keep_out(&self) {
        let submitted = self.submitted.clone();
        self.meddler.gate(move |method, params| {
            if method != SUBMIT {
                return true;
            }
            let mut submitted = submitted.lock().unwrap_or_else(PoisonError::into_inner);
            if !submitted.contains(&params[0]) {
                submitted.push(params[0].clone());
            }
            false
        });
    }

    /// Waits until so many extrinsics were submitted.
    async fn submissions(&self, count: usize) {
        let all = async {
            while self
                .submitted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .len()
                < count
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        in_time(all).await;
    }

    async fn make_blocks(&self, maker: &Corridor, count: u64) {
        let own = maker.account().expect("it has a key");
        for _ in 0..count {
            maker.fund(own, 1).await.expect("a block");
        }
    }

    /// Lets the time pass until which a transfer could be instructed.
    async fn let_expire(&self, maker: &Corridor, transfer: &InstructRequest) {
        let now = || async { maker.finalised_head().await.expect("a head").time_ms / 1_000 };
        while now().await < transfer.expires_at {
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.make_blocks(maker, 1).await;
        }
    }
}

async fn in_time<T>(what: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, what).await;
    done.unwrap_or_else(|_| panic!("not within {PATIENCE:?}"))
}

/// A transfer that is over soon, and one that is not.
async fn two_transfers(maker: &Corridor) -> [InstructRequest; 2] {
    let now = maker.finalised_head().await.expect("a head").time_ms / 1_000;
    let payments = |expires_at| Payments {
        seed: 1,
        count: 2,
        expires_at,
    };
    [
        payments(now + SOON).instruction(0),
        payments(now + DAY).instruction(1),
    ]
}

type Answered = Result<Outcome<TransferReceipt>, Error>;

fn begin(corridor: &Corridor, request: InstructRequest) -> JoinHandle<Answered> {
    let corridor = corridor.clone();
    tokio::spawn(async move { corridor.instruct(request).await })
}

fn assert_refused(answered: &Answered) {
    let refusal = answered.as_ref().err().and_then(Error::refusal);
    assert_eq!(refusal, Some(Refusal::ExpiryPassed), "{answered:?}");
}

fn assert_landed(answered: Answered) {
    let outcome = answered.expect("carried out");
    assert_eq!(outcome.receipt.status, TransferStatus::Pending);
}

/// Neither the refused transfer nor any trace of it.
async fn assert_unknown(corridor: &Corridor, uetr: Uetr) {
    assert_eq!(corridor.transfer(uetr).await.expect("the node answers"), None);
}

#[test]
fn a_refusal_after_the_lifetime_ends_the_operation_and_frees_its_nonce() {
    let scene = Scene::open();
    let maker = scene.backend.corridor(GOVERNOR);
    scene.node.wait(async {
        let boc = scene.process().await;
        let [late, lasting] = two_transfers(&maker).await;
        let uetr = late.uetr;
        scene.keep_out();
        scene.meddler.rule(lose_answers);
        // The one behind has the higher nonce.
        let first = begin(&boc, late.clone());
        scene.submissions(1).await;
        let second = begin(&boc, lasting);
        scene.submissions(2).await;
        scene.make_blocks(&maker, LIFETIME).await;
        scene.let_expire(&maker, &late).await;
        scene.meddler.let_pass();
        assert_refused(&in_time(first).await.expect("no panic"));
        assert_landed(in_time(second).await.expect("no panic"));
        assert_unknown(&boc, uetr).await;
    });
}

#[test]
fn a_refusal_after_a_crash_ends_the_operation_and_frees_its_nonce() {
    let scene = Scene::open();
    let maker = scene.backend.corridor(GOVERNOR);
    scene.node.wait(async {
        let boc = scene.process().await;
        let [late, lasting] = two_transfers(&maker).await;
        let uetr = late.uetr;
        scene.keep_out();
        scene.meddler.rule(lose_answers);
        let first = begin(&boc, late.clone());
        scene.submissions(1).await;
        boc.close().await;
        first.abort();
        scene.make_blocks(&maker, LIFETIME).await;
        scene.let_expire(&maker, &late).await;
        scene.meddler.let_pass();
        let boc = scene.process().await;
        let resumed = in_time(boc.resume()).await.expect("resumed");
        assert_eq!(resumed.len(), 1, "{resumed:?}");
        let refusal = resumed[0].result.as_ref().err().and_then(Error::refusal);
        assert_eq!(refusal, Some(Refusal::ExpiryPassed), "{resumed:?}");
        assert_landed(in_time(boc.instruct(lasting)).await);
        assert_unknown(&boc, uetr).await;
        // There is nothing left to resume.
        assert_eq!(in_time(boc.resume()).await.expect("resumed").len(), 0);
    });
}

/// A refusal while the pool bans bytes that are still valid: until something else has used their nonce, nobody may be told
/// that they had no effect.
fn banned_and_refused(crashes: bool) {
    let scene = Scene::open();
    let maker = scene.backend.corridor(GOVERNOR);
    scene.node.wait(async {
        let mut boc = scene.process().await;
        let [late, lasting] = two_transfers(&maker).await;
        let uetr = late.uetr;
        scene.keep_out();
        scene.meddler.rule(|said| answer(said, 1010));
        let first = begin(&boc, late.clone());
        scene.let_expire(&maker, &late).await;
        scene.meddler.rule(|said| answer(said, 1012));
        let first = in_time(first).await.expect("no panic").expect_err("rejected");
        assert!(
            matches!(first, Error::Submit(SubmitError::Rejected { .. })),
            "{first:?}"
        );
        // The refusal is known once something else was signed for the nonce, which does not arrive yet.
        scene.submissions(2).await;
        let mut again = begin(&boc, late.clone());
        let early = tokio::time::timeout(Duration::from_secs(2), &mut again).await;
        assert!(early.is_err(), "{early:?}");
        if crashes {
            boc.close().await;
            again.abort();
            scene.meddler.let_pass();
            boc = scene.process().await;
            let resumed = in_time(boc.resume()).await.expect("resumed");
            assert_eq!(resumed.len(), 1, "{resumed:?}");
            let refusal = resumed[0].result.as_ref().err().and_then(Error::refusal);
            assert_eq!(refusal, Some(Refusal::ExpiryPassed), "{resumed:?}");
        } else {
            scene.meddler.let_pass();
            assert_refused(&in_time(again).await.expect("no panic"));
        }
        assert_landed(in_time(boc.instruct(lasting)).await);
        assert_unknown(&boc, uetr).await;
    });
}

#[test]
fn a_refusal_of_banned_bytes_is_told_when_their_nonce_is_used() {
    banned_and_refused(false);
}

#[test]
fn a_refusal_of_banned_bytes_is_told_when_their_nonce_is_used_also_after_a_crash() {
    banned_and_refused(true);
}

/// The answers to what never arrived.
fn lose_answers(said: Said) -> Fate {
    match said.method == SUBMIT {
        true => Fate::Lost,
        false => Fate::Passes,
    }
}

/// A pool that does not take it.
fn answer(said: Said, code: i32) -> Fate {
    if said.method != SUBMIT {
        return Fate::Passes;
    }
    let error =
        json!({ "code": code, "message": "Invalid Transaction", "data": "Inability to pay some fees" });
    Fate::Becomes(json!({ "jsonrpc": "2.0", "id": said.message["id"], "error": error }))
}

/// Records an operation as a process does that ends before it signs.
async fn plan(store: &Path, corridor: &Corridor, identity: &str, answer: Answer, call: Call) {
    let location = StoreLocation::File(store.to_owned());
    let store = Store::open(location, corridor.chain().genesis())
        .await
        .expect("opens");
    let wanted = NewOperation {
        identity: identity.into(),
        signer: corridor.account().expect("it has a key"),
        call,
        answer,
    };
    let planned = store.plan(wanted).await.expect("writable");
    assert!(matches!(planned, Planned::Fresh(_)));
}

#[test]
fn what_was_never_signed_and_cannot_be_told_from_a_repetition_is_not_begun_by_resuming() {
    let scene = Scene::open();
    let maker = scene.backend.corridor(GOVERNOR);
    scene.node.wait(async {
        let boc = scene.process().await;
        let account = maker.account().expect("it has a key");
        let fund = Call::Fund { account, amount: 7 };
        plan(&scene.store(), &boc, "once:fund:1", Answer::Native, fund.clone()).await;
        // As an earlier version named it.
        plan(&scene.store(), &boc, "fund:2", Answer::Native, fund).await;
        let before = boc.native_balance(account).await.expect("the node answers");
        let resumed = in_time(boc.resume()).await.expect("resumed");
        let errors = resumed.iter().map(|resumed| resumed.result.as_ref().err());
        let codes: Vec<_> = errors.map(|error| error.map(Error::code)).collect();
        assert_eq!(codes, [Some("submit.never_signed"); 2], "{resumed:?}");
        assert_eq!(boc.native_balance(account).await, Ok(before));
        assert_eq!(in_time(boc.resume()).await.expect("resumed").len(), 0);
    });
}

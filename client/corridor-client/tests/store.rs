//! The store through the life of an operation, with a crash after every step.
//!
//! A crash is what a dropped store is: nothing is flushed at the end that was not flushed at its commit.
#![allow(missing_docs)]

use corridor_client::{
    chain::{BlockRef, Call, Limits, SignedExtrinsic, Weight},
    contract::Answer,
    core::{ChargeBearer, Currency, Money, ParticipantId, SettlementMethod, Terms, Uetr},
    new_uetr,
    store::{Landing, NewOperation, Planned, Settlement, SignedOperation, Store, StoredTransfer},
    AccountId, OperationStatus, StoreError, StoreLocation,
};
use std::path::PathBuf;

const GENESIS: [u8; 32] = [1; 32];
const SIGNER: AccountId = AccountId([2; 32]);
const CONTRACT: [u8; 20] = [3; 20];

/// A directory of its own for each test, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("corridor-store-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("writable");
        Self(path)
    }

    fn file(&self) -> StoreLocation {
        StoreLocation::File(self.0.join("store.db"))
    }

    async fn open(&self) -> Store {
        Store::open(self.file(), GENESIS).await.expect("opens")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn accept(uetr: Uetr) -> NewOperation {
    NewOperation {
        identity: format!("accept:{uetr}"),
        signer: SIGNER,
        call: Call::Contract {
            dest: CONTRACT,
            data: uetr.0.to_vec(),
        },
        answer: Answer::Transfer,
    }
}

fn signed(id: i64, nonce: u64) -> SignedOperation {
    SignedOperation {
        id,
        limits: Limits {
            weight: Weight {
                ref_time: 7,
                proof_size: 8,
            },
            storage_deposit: u128::MAX,
        },
        signed: SignedExtrinsic {
            bytes: vec![9; 150],
            hash: [u8::try_from(nonce).expect("small"); 32],
            nonce,
            signed_at: 40,
            era_end: 296,
        },
    }
}

fn landing() -> Landing {
    Landing {
        block: BlockRef {
            number: 41,
            hash: [5; 32],
            time_ms: 1_700_000_000_000,
        },
        extrinsic: Some(([0; 32], 1)),
    }
}

async fn fresh(store: &Store, operation: &NewOperation) -> i64 {
    match store.plan(operation.clone()).await.expect("writable") {
        Planned::Fresh(id) => id,
        other => panic!("not fresh: {other:?}"),
    }
}

async fn known(store: &Store, operation: &NewOperation) -> corridor_client::store::Operation {
    match store.plan(operation.clone()).await.expect("writable") {
        Planned::Known(known) => *known,
        other => panic!("not known: {other:?}"),
    }
}

#[tokio::test]
async fn each_step_survives_a_crash() {
    let place = Place::new("crash");
    let operation = accept(new_uetr());

    let id = fresh(&place.open().await, &operation).await;
    let store = place.open().await;
    let open = store.open_operations(SIGNER).await.expect("readable");
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].status, &open[0].wanted, &open[0].signed),
        (OperationStatus::Planned, &operation, &None)
    );

    let bytes = signed(id, 0);
    store.sign(vec![bytes.clone()]).await.expect("writable");
    let store = place.open().await;
    let found = known(&store, &operation).await;
    assert_eq!(
        (found.status, found.signed),
        (OperationStatus::Signed, Some(bytes.signed))
    );

    store
        .settle(id, Settlement::Finalised(landing()))
        .await
        .expect("writable");
    let store = place.open().await;
    let found = known(&store, &operation).await;
    assert_eq!(
        (found.status, found.landing),
        (OperationStatus::Finalised, Some(landing()))
    );
    assert_eq!(store.open_operations(SIGNER).await, Ok(vec![]));
}

#[tokio::test]
async fn what_a_block_decided_stays_decided() {
    let store = Store::open(StoreLocation::Memory, GENESIS).await.expect("opens");
    let operation = accept(new_uetr());
    let id = fresh(&store, &operation).await;
    store.sign(vec![signed(id, 0)]).await.expect("writable");
    store
        .settle(id, Settlement::Finalised(landing()))
        .await
        .expect("writable");
    // A straggler that knew less is told so, whatever is written with it, and then sends nothing.
    let other = fresh(&store, &accept(new_uetr())).await;
    let late = store.sign(vec![signed(other, 2), signed(id, 1)]);
    let planned = store.plan(accept(new_uetr()));
    let (late, planned) = tokio::join!(late, planned);
    assert_eq!(late, Err(StoreError::NotOpen(id)));
    assert!(matches!(planned, Ok(Planned::Fresh(_))), "{planned:?}");
    let open = store.open_operations(SIGNER).await.expect("readable");
    assert!(
        open.iter().all(|operation| operation.signed.is_none()),
        "{open:?}"
    );
    store
        .settle(id, Settlement::Failed("late".into()))
        .await
        .expect("writable");
    let found = known(&store, &operation).await;
    assert_eq!(
        (found.status, found.landing),
        (OperationStatus::Finalised, Some(landing()))
    );
    assert_eq!(found.signed.map(|signed| signed.nonce), Some(0));
}

#[tokio::test]
async fn refused_and_failed_operations_may_be_tried_again() {
    let store = Store::open(StoreLocation::Memory, GENESIS).await.expect("opens");
    let operation = accept(new_uetr());
    let id = fresh(&store, &operation).await;
    for settlement in [
        Settlement::Refused(
            "The available position does not cover the amount.".into(),
            Some(26),
        ),
        Settlement::Failed("Revive::OutOfGas".into()),
    ] {
        store.sign(vec![signed(id, 0)]).await.expect("writable");
        store.settle(id, settlement).await.expect("writable");
        assert_eq!(store.open_operations(SIGNER).await, Ok(vec![]));
        assert_eq!(fresh(&store, &operation).await, id);
        let found = known(&store, &operation).await;
        assert_eq!((found.status, found.signed), (OperationStatus::Planned, None));
    }
}

#[tokio::test]
async fn an_open_identity_takes_no_other_arguments() {
    let store = Store::open(StoreLocation::Memory, GENESIS).await.expect("opens");
    let operation = accept(new_uetr());
    let id = fresh(&store, &operation).await;
    let mut other = operation.clone();
    other.call = Call::Contract {
        dest: CONTRACT,
        data: vec![0],
    };
    assert_eq!(store.plan(other.clone()).await, Ok(Planned::Conflict));
    store.sign(vec![signed(id, 0)]).await.expect("writable");
    assert_eq!(store.plan(other.clone()).await, Ok(Planned::Conflict));
    // Carried out: whether other arguments are a conflict is for the contract to say.
    store
        .settle(id, Settlement::Finalised(landing()))
        .await
        .expect("writable");
    assert_eq!(fresh(&store, &other).await, id);
    // Another signer's, or another contract's, is another operation.
    let mut foreign = operation.clone();
    foreign.signer = AccountId([8; 32]);
    assert_ne!(fresh(&store, &foreign).await, id);
}

#[tokio::test]
async fn open_operations_come_in_order_of_nonce() {
    let store = Store::open(StoreLocation::Memory, GENESIS).await.expect("opens");
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fresh(&store, &accept(new_uetr())).await);
    }
    store
        .sign(vec![signed(ids[0], 7), signed(ids[2], 3)])
        .await
        .expect("writable");
    let open = store.open_operations(SIGNER).await.expect("readable");
    let order: Vec<i64> = open.iter().map(|operation| operation.id).collect();
    assert_eq!(order, [ids[2], ids[0], ids[1]]);
}

#[tokio::test]
async fn many_at_once_share_commits_and_lose_nothing() {
    let place = Place::new("many");
    let store = place.open().await;
    let planning = (0..500).map(|_| {
        let store = store.clone();
        async move { fresh(&store, &accept(new_uetr())).await }
    });
    let mut ids = futures::future::join_all(planning).await;
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 500);
    assert_eq!(
        place
            .open()
            .await
            .open_operations(SIGNER)
            .await
            .expect("readable")
            .len(),
        500
    );
}

#[tokio::test]
async fn one_process_for_each_key() {
    let place = Place::new("lease");
    let (first, second) = (place.open().await, place.open().await);
    let lease = first.lease(SIGNER).expect("free");
    let error = second.lease(SIGNER).expect_err("taken");
    assert_eq!((error.code(), error.is_transient()), ("store.key_in_use", true));
    second.lease(AccountId([9; 32])).expect("another key is free");
    drop(lease);
    second.lease(SIGNER).expect("free again");
}

#[tokio::test]
async fn a_store_belongs_to_one_chain_and_to_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new("chain");
    place.open().await;
    let error = Store::open(place.file(), [7; 32])
        .await
        .expect_err("another chain");
    assert_eq!(error.code(), "store.other_chain");
    let mode = std::fs::metadata(place.0.join("store.db"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0);
}

#[tokio::test]
async fn what_is_no_store_is_refused() {
    let place = Place::new("garbage");
    let path = place.0.join("store.db");
    std::fs::write(&path, vec![b'x'; 4096]).expect("writable");
    assert!(Store::open(place.file(), GENESIS).await.is_err());
    let missing = StoreLocation::File(place.0.join("no/such/directory/store.db"));
    assert!(matches!(
        Store::open(missing, GENESIS).await,
        Err(StoreError::Open { .. })
    ));
}

#[tokio::test]
async fn the_first_salt_of_a_transfer_stays() {
    let store = Store::open(StoreLocation::Memory, GENESIS).await.expect("opens");
    let record = |salt: u8, minor_units: u128| StoredTransfer {
        settlement: CONTRACT,
        uetr: Uetr::from_random_bytes([4; 16]),
        end_to_end_id: format!("E2E-{minor_units}"),
        salt: [salt; 32],
        terms: Terms {
            debtor_agent: ParticipantId(0),
            creditor_agent: ParticipantId(1),
            interbank_settlement_amount: Money::new(Currency::CNY, minor_units),
            interbank_settlement_date: 20_000,
            charge_bearer: ChargeBearer::Shar,
            settlement_method: SettlementMethod::Gross,
            expires_at: 1,
            message_digest: [salt; 32],
        },
    };
    let first = record(1, 100);
    assert_eq!(store.keep_transfer(first.clone()).await, Ok(first.clone()));
    assert_eq!(store.keep_transfer(record(2, 200)).await, Ok(first.clone()));
    store.replace_transfer(record(3, 300)).await.expect("writable");
    let kept = store
        .transfer(CONTRACT, first.uetr)
        .await
        .expect("readable")
        .expect("kept");
    assert_eq!((kept.salt, kept.terms.minor_units()), ([1; 32], 300));
    assert_eq!(store.transfer([0; 20], first.uetr).await, Ok(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_file_can_be_opened_by_many_at_once() {
    let place = Place::new("new-file");
    for round in 0..25 {
        let location = StoreLocation::File(place.0.join(format!("{round}.db")));
        let opened = (0..8).map(|_| tokio::spawn(Store::open(location.clone(), GENESIS)));
        for opened in opened.collect::<Vec<_>>() {
            opened.await.expect("no panic").expect("opens");
        }
    }
}

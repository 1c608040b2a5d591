//! A clearing batch on a real node, through the client library.
//!
//! Its window is not closed here: a node has the clock of the machine, and on a weekend no window closes. That is tested on
//! the contract's code, whose clock is the test's.

use corridor_client::core::batch::{BatchHeader, Item, MAX_ITEMS};
use corridor_client::core::{Error as Refusal, Money, Schedule, Uetr};
use corridor_client::{AcceptBatch, CollateralRequest, Error, SetCap, SubmitBatch};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::node::{Node, NodeBackend};
use corridor_tests::scenario::stage::{reference, Stage, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, FUNDS};

fn batch(system: &NodeBackend, minor_units: u64) -> SubmitBatch {
    let items = (0..MAX_ITEMS).flat_map(|index| {
        let item = Item {
            uetr: Uetr::from_random_bytes(u128::from(index).to_be_bytes()),
            minor_units,
            counterparty: 0,
            message_digest: [5; 32],
        };
        item.to_bytes()
    });
    SubmitBatch {
        items: items.collect(),
        header: BatchHeader {
            debtor_agent: BOC,
            number: 1,
            currency: CNY,
            counterparties: vec![CUP],
            items: MAX_ITEMS,
            control_sum: u128::from(MAX_ITEMS) * u128::from(minor_units),
            all_or_nothing: true,
            expires_at: system.now() + 3_600,
        },
    }
}

/// Why the contract refused.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    let error = result.expect_err("a refusal");
    error.refusal().unwrap_or_else(|| panic!("no refusal: {error}"))
}

#[test]
fn a_full_batch_is_booked_once_whatever_is_repeated() {
    let node = Node::start();
    let mut system = node.backend();
    Stage::open(&mut system);
    let (governor, instructor) = (system.corridor(GOVERNOR), system.corridor(BOC_STAFF.instructor));
    let (treasurer, approver) = (
        system.corridor(BOC_STAFF.treasurer),
        system.corridor(CUP_STAFF.approver),
    );
    let (first, other) = (batch(&system, 1), batch(&system, 2));
    node.wait(async {
        let schedule = Schedule {
            anchor: 1_700_064_000,
            length: 86_400,
            cut_off: 300,
            utc_offset: 28_800,
            exceptions: Vec::new(),
        };
        governor.set_schedule(schedule.clone()).await.expect("a schedule");
        assert!(governor.set_schedule(schedule).await.expect("known").repeated);
        let accept = AcceptBatch {
            debtor_agent: BOC,
            number: 1,
            exceptions: None,
        };
        assert_eq!(
            refusal(approver.accept_batch(accept.clone()).await),
            Refusal::UnknownBatch
        );

        let submitted = instructor.submit_batch(first.clone()).await.expect("in order");
        assert!(!submitted.repeated);
        let again = instructor.submit_batch(first).await.expect("known");
        assert!(again.repeated);
        assert_eq!(submitted.receipt.record, again.receipt.record);
        assert_eq!(
            refusal(instructor.submit_batch(other).await),
            Refusal::BatchConflict
        );

        // Nothing is covered yet.
        assert_eq!(
            refusal(approver.accept_batch(accept.clone()).await),
            Refusal::NetDebitCap
        );
        let amount = Money::new(CNY, MAX_ITEMS.into());
        let pledge = CollateralRequest {
            reference: reference(77),
            amount,
        };
        assert!(!treasurer.pledge(pledge).await.expect("available").repeated);
        assert!(treasurer.pledge(pledge).await.expect("known").repeated);
        let cap = SetCap {
            participant: BOC,
            currency: CNY,
            minor_units: MAX_ITEMS.into(),
        };
        governor.set_cap(cap).await.expect("a cap");
        assert!(
            !approver
                .accept_batch(accept.clone())
                .await
                .expect("covered")
                .repeated
        );
        assert!(approver.accept_batch(accept).await.expect("known").repeated);
        let owed = approver.net_position(BOC, CNY).await.expect("an answer");
        assert_eq!(owed.entry.open, -i64::from(MAX_ITEMS));
        let position = approver.net_position(CUP, CNY).await.expect("an answer");
        assert_eq!(position.entry.open, i64::from(MAX_ITEMS));
        let state = approver.window(CNY, None).await.expect("an answer");
        assert_eq!(
            refusal(approver.close_window(CNY, state.window).await),
            Refusal::WindowOpen
        );
    });
    let conservation = system.conservation(CNY).expect("an answer");
    assert!(
        conservation.holds && conservation.booked == FUNDS,
        "{conservation:?}"
    );
}

//! Batches: thousands of transfers in one call.

use crate::stage::{accepted, batch, covered, entry, net, open, pass_cut_off, refused, repeated, CAP};
use corridor_client::{keccak256, SettlementEvent};
use corridor_core::batch::{ItemFault, ITEM_BYTES, MAX_ITEMS};
use corridor_core::batch_life::LegStatus;
use corridor_core::{batch_proof, BatchChange, BatchHeader, Error, ReasonCode};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::batch::exceptions;
use corridor_tests::scenario::stage::{BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, STRANGER};

fn submit(system: &mut BlobBackend, header: &BatchHeader, items: &[u8]) {
    let message = system.contract().submit_batch(header.clone(), items.to_vec());
    accepted(system, BOC_STAFF.instructor, message.data());
}

#[test]
fn a_full_batch_is_checked_in_one_call_and_booked_as_one_sum() {
    let mut system = open();
    let (mut header, mut items) = batch(&system, 1, MAX_ITEMS);
    // One fen each, so that the cap covers all.
    for item in items.chunks_mut(ITEM_BYTES) {
        item[16..24].copy_from_slice(&1u64.to_le_bytes());
    }
    header.control_sum = u128::from(MAX_ITEMS);
    submit(&mut system, &header, &items);
    let hub = system.contract();
    assert_eq!(entry(&system, BOC).open, 0);
    let accept = hub.accept_batch(BOC, 1, None);
    accepted(&mut system, CUP_STAFF.approver, accept.data());
    repeated(&mut system, CUP_STAFF.approver, accept.data());
    let sum = i64::from(MAX_ITEMS);
    assert_eq!([BOC, CUP].map(|id| entry(&system, id).open), [-sum, sum]);
    let window = pass_cut_off(&mut system);
    let before = system.position(CUP, CNY).available;
    accepted(&mut system, STRANGER, hub.close_window(CNY, window).data());
    assert_eq!(
        system.position(CUP, CNY).available,
        before + u128::from(MAX_ITEMS)
    );
}

#[test]
fn the_root_is_the_one_an_auditor_computes_off_the_chain() {
    let mut system = open();
    let (header, items) = batch(&system, 1, 100);
    submit(&mut system, &header, &items);
    let record = system.query(&system.contract().batch(BOC, 1)).expect("recorded");
    assert_eq!(record.root, batch_proof::root(&header, &items, &mut keccak256));
    let proof = batch_proof::prove(&items, 77, &mut keccak256).expect("an item");
    let item = batch_proof::verify_item(record.root, &header, &record.limits(), &proof, &mut keccak256);
    assert_eq!(item.map(|item| item.minor_units), Ok(78));
}

#[test]
fn a_number_is_used_once_for_ever() {
    let mut system = open();
    let hub = system.contract();
    let (header, items) = batch(&system, 5, 20);
    submit(&mut system, &header, &items);
    let again = hub.submit_batch(header.clone(), items.clone());
    repeated(&mut system, BOC_STAFF.instructor, again.data());
    accepted(
        &mut system,
        CUP_STAFF.approver,
        hub.accept_batch(BOC, 5, None).data(),
    );
    system.advance_time(100 * 24 * 3_600);
    repeated(&mut system, BOC_STAFF.instructor, again.data());
    let (other, other_items) = batch(&system, 5, 21);
    let conflict = hub.submit_batch(other, other_items);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        conflict.data(),
        Error::BatchConflict,
    );
    let (lower, lower_items) = batch(&system, 4, 20);
    let lower = hub.submit_batch(lower, lower_items);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        lower.data(),
        Error::BatchNumber,
    );
    assert_eq!(system.query(&hub.last_batch(BOC)), Some(5));
}

#[test]
fn invalid_items_are_left_out_by_index_and_reason_or_refuse_the_whole() {
    let mut system = open();
    let (mut header, mut items) = batch(&system, 1, 10);
    items[3 * ITEM_BYTES + 24] = 1;
    items[6 * ITEM_BYTES + 6] = 0;
    let hub = system.contract();
    header.all_or_nothing = true;
    let whole = hub.submit_batch(header.clone(), items.clone());
    refused(
        &mut system,
        BOC_STAFF.instructor,
        whole.data(),
        Error::InvalidItems,
    );
    header.all_or_nothing = false;
    submit(&mut system, &header, &items);
    let Some(SettlementEvent::Batch(event)) = system.events().last() else {
        panic!("an event")
    };
    let BatchChange::Submitted { rejected, totals, .. } = &event.change else {
        panic!("submitted")
    };
    assert_eq!(
        rejected.as_slice(),
        [(3, ItemFault::Counterparty), (6, ItemFault::Uetr)]
    );
    assert_eq!(totals[0].1.minor_units, 55 - 4 - 7);
    header.number = 2;
    header.control_sum += 1;
    let wrong = hub.submit_batch(header, items);
    refused(&mut system, BOC_STAFF.instructor, wrong.data(), Error::ControlSum);
}

#[test]
fn exceptions_are_taken_out_of_the_sum_when_they_are_proven() {
    let mut system = open();
    let hub = system.contract();
    let (header, items) = batch(&system, 1, 40);
    submit(&mut system, &header, &items);
    let mut forged = exceptions(&header, &items, &[2]);
    forged.items[0].1[2 * ITEM_BYTES + 16] = 200;
    let message = hub.accept_batch(BOC, 1, Some(forged));
    refused(
        &mut system,
        CUP_STAFF.approver,
        message.data(),
        Error::InvalidProof,
    );
    let twice = hub.accept_batch(BOC, 1, Some(exceptions(&header, &items, &[2, 2])));
    refused(
        &mut system,
        CUP_STAFF.approver,
        twice.data(),
        Error::InvalidException,
    );
    let message = hub.accept_batch(BOC, 1, Some(exceptions(&header, &items, &[2, 39])));
    accepted(&mut system, CUP_STAFF.approver, message.data());
    repeated(&mut system, CUP_STAFF.approver, message.data());
    assert_eq!(entry(&system, CUP).open, 40 * 41 / 2 - 3 - 40);
    let without = hub.accept_batch(BOC, 1, None);
    refused(
        &mut system,
        CUP_STAFF.approver,
        without.data(),
        Error::BatchConflict,
    );
}

#[test]
fn whoever_may_not_accept_is_told_so_before_a_proof_is_looked_at() {
    let mut system = open();
    let hub = system.contract();
    let (header, items) = batch(&system, 1, 40);
    submit(&mut system, &header, &items);
    let mut forged = exceptions(&header, &items, &[2]);
    forged.chunk_hashes[0][0] ^= 1;
    let message = hub.accept_batch(BOC, 1, Some(forged));
    for (caller, error) in [
        (STRANGER, Error::UnknownAccount),
        (CUP_STAFF.instructor, Error::MissingRole),
        (BOC_STAFF.approver, Error::NotCreditorAgent),
        (CUP_STAFF.approver, Error::InvalidProof),
    ] {
        refused(&mut system, caller, message.data(), error);
    }
}

#[test]
fn a_batch_above_the_cap_waits_and_can_be_refused_or_withdrawn() {
    let mut system = open();
    let hub = system.contract();
    net(&mut system, 1, u128::from(CAP));
    for number in [1, 2] {
        let (header, items) = batch(&system, number, 10);
        submit(&mut system, &header, &items);
        let accept = hub.accept_batch(BOC, number, None);
        refused(&mut system, CUP_STAFF.approver, accept.data(), Error::NetDebitCap);
    }
    let reason = ReasonCode::AC04;
    let reject = hub.reject_batch(BOC, 1, reason);
    accepted(&mut system, CUP_STAFF.compliance, reject.data());
    repeated(&mut system, CUP_STAFF.compliance, reject.data());
    let cancel = hub.cancel_batch(2, reason);
    accepted(&mut system, BOC_STAFF.instructor, cancel.data());
    for (number, status) in [
        (1, LegStatus::Rejected(reason)),
        (2, LegStatus::Cancelled(reason)),
    ] {
        let record = system.query(&hub.batch(BOC, number)).expect("recorded");
        assert_eq!(record.legs[0].status, status);
        let accept = hub.accept_batch(BOC, number, None);
        refused(&mut system, CUP_STAFF.approver, accept.data(), Error::WrongStatus);
    }
}

#[test]
fn an_expired_batch_and_a_paused_contract_accept_nothing_new() {
    let mut system = open();
    let hub = system.contract();
    let (header, items) = batch(&system, 1, 10);
    submit(&mut system, &header, &items);
    system.advance_time(2 * 24 * 3_600);
    refused(
        &mut system,
        CUP_STAFF.approver,
        hub.accept_batch(BOC, 1, None).data(),
        Error::Expired,
    );
    accepted(&mut system, GOVERNOR, hub.set_paused(true).data());
    let (next, items) = batch(&system, 2, 10);
    let message = hub.submit_batch(next, items);
    refused(&mut system, BOC_STAFF.instructor, message.data(), Error::Paused);
    covered(&system);
    assert_eq!(entry(&system, BOC).open, 0);
}

//! Decoding is where a stranger's bytes come in: it never panics, and whatever it lets through is the
//! encoding of the value it made, so that no value has two encodings.

use corridor_core::participant::Participant;
use corridor_core::registry::CurrencyEntry;
use corridor_core::transfer::{Transfer, TransferChange, TransferStatus};
use corridor_core::{
    AgentId, BatchChange, BatchHeader, BatchRecord, Caller, ChargeBearer, CollateralMovement, Conservation,
    Currency, Error, Gate, ItemProof, Money, Movement, MovementKind, NetChange, NetEntry, NetPage, Operation,
    ParticipantId, Position, PositionPage, ReasonCode, Reference, Role, Roles, Schedule, SettlementMethod,
    Terms, TransferReturn, Uetr, WindowId, WindowRecord,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use scale_codec::{Decode, Encode};
use std::fmt::Debug;

fn canonical<T: Decode + Encode + PartialEq + Debug>(bytes: &[u8]) -> TestCaseResult {
    let mut rest = bytes;
    if let Ok(value) = T::decode(&mut rest) {
        let read = &bytes[..bytes.len() - rest.len()];
        prop_assert_eq!(value.encode(), read);
    }
    Ok(())
}

/// Every type with a `Decode` of the crate.
fn all_canonical(bytes: &[u8]) -> TestCaseResult {
    canonical::<AgentId>(bytes)?;
    canonical::<Participant>(bytes)?;
    canonical::<CurrencyEntry>(bytes)?;
    canonical::<Currency>(bytes)?;
    canonical::<Money>(bytes)?;
    canonical::<ReasonCode>(bytes)?;
    canonical::<Uetr>(bytes)?;
    canonical::<Reference>(bytes)?;
    canonical::<ParticipantId>(bytes)?;
    canonical::<Role>(bytes)?;
    canonical::<Roles>(bytes)?;
    canonical::<Caller>(bytes)?;
    canonical::<Gate>(bytes)?;
    canonical::<Position>(bytes)?;
    canonical::<PositionPage>(bytes)?;
    canonical::<MovementKind>(bytes)?;
    canonical::<Movement>(bytes)?;
    canonical::<TransferReturn>(bytes)?;
    canonical::<Operation>(bytes)?;
    canonical::<ChargeBearer>(bytes)?;
    canonical::<SettlementMethod>(bytes)?;
    canonical::<Terms>(bytes)?;
    canonical::<TransferStatus>(bytes)?;
    canonical::<Transfer>(bytes)?;
    canonical::<TransferChange>(bytes)?;
    canonical::<Conservation>(bytes)?;
    canonical::<WindowId>(bytes)?;
    canonical::<Schedule>(bytes)?;
    canonical::<NetEntry>(bytes)?;
    canonical::<NetPage>(bytes)?;
    canonical::<CollateralMovement>(bytes)?;
    canonical::<WindowRecord>(bytes)?;
    canonical::<NetChange>(bytes)?;
    canonical::<BatchHeader>(bytes)?;
    canonical::<BatchRecord>(bytes)?;
    canonical::<BatchChange>(bytes)?;
    canonical::<ItemProof>(bytes)?;
    canonical::<Error>(bytes)
}

/// Bytes that get past the first fields more often than uniform ones: small numbers and capital letters.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![0u8..4, b'A'..=b'Z', b'0'..=b'9', any::<u8>()];
    prop::collection::vec(byte, 0..300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_decode_canonically_or_not_at_all(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        all_canonical(&bytes)?;
    }

    #[test]
    fn plausible_bytes_decode_canonically_or_not_at_all(bytes in plausible()) {
        all_canonical(&bytes)?;
    }

    #[test]
    fn a_flipped_byte_of_a_transfer_is_refused_or_is_another_transfer(at: prop::sample::Index, flip in 1u8..) {
        let mut bytes = sample().encode();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let mut rest = &bytes[..];
        if let Ok(other) = Transfer::decode(&mut rest) {
            prop_assert_ne!(other, sample());
        }
        canonical::<Transfer>(&bytes)?;
    }
}

fn sample() -> Transfer {
    Transfer {
        terms: Terms {
            debtor_agent: ParticipantId(1),
            creditor_agent: ParticipantId(2),
            interbank_settlement_amount: Money::new(Currency::CNY, 5),
            interbank_settlement_date: 6,
            charge_bearer: ChargeBearer::Shar,
            settlement_method: SettlementMethod::Gross,
            expires_at: 7,
            message_digest: [8; 32],
        },
        status: TransferStatus::Returned,
        instructed_at: 1,
        updated_at: 2,
        returned_minor_units: 5,
        reason: Some(ReasonCode::AC04),
    }
}

#[test]
fn a_length_that_promises_more_than_there_is_is_refused_without_allocating_it() {
    // Compact lengths near 2^30 in front of a few bytes.
    for bytes in [
        &[0xFE, 0xFF, 0xFF, 0xFF, 0, 0][..],
        &[0x03, 0xFF, 0xFF, 0xFF, 0xFF][..],
    ] {
        assert!(PositionPage::decode(&mut &*bytes).is_err());
        assert!(Participant::decode(&mut &*bytes).is_err());
    }
}

#[test]
fn a_length_written_longer_than_needed_is_refused() {
    // 1 as a two-byte compact number.
    let bytes = [vec![0x05, 0x00], vec![0; 32]].concat();
    assert!(PositionPage::decode(&mut &bytes[..]).is_err());
}

#[test]
fn what_is_no_valid_identifier_is_not_decoded() {
    let blank_member = [2, 4, b'A', 4, b' '];
    let lower_case = *b"cny";
    assert!(AgentId::decode(&mut &blank_member[..]).is_err());
    assert!(Currency::decode(&mut &lower_case[..]).is_err());
    assert!(ReasonCode::decode(&mut &b"ac04"[..]).is_err());
}

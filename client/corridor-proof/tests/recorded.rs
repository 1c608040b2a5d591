//! Evidence of a real chain holds, and says what was recorded there.

mod common;

use common::{read, EARLIER, POSITIONS, TRANSFERS};
use corridor_proof::{claim::TransferRecord, Claim, Evidence, Finality};

/// Participant, currency, available and reserved of each position.
fn positions(evidence: &Evidence) -> Vec<(String, String, u128, u128)> {
    let positions = evidence.claims.iter().filter_map(|claim| match claim {
        Claim::Position(claim) => Some((
            claim.agent.to_string(),
            claim.currency.to_string(),
            claim.available.0,
            claim.reserved.0,
        )),
        _ => None,
    });
    positions.collect()
}

fn line(agent: &str, currency: &str, available: u128) -> (String, String, u128, u128) {
    (agent.into(), currency.into(), available, 0)
}

#[test]
fn positions_are_those_the_demo_ends_with() {
    let evidence = read(POSITIONS);
    let verified = evidence.verify(None).expect("holds");
    assert_eq!(
        verified.finality,
        Finality::NotProvable,
        "instant seal gives no justification"
    );
    assert_eq!(
        positions(&evidence),
        [
            line("BKCHCNBJXXX", "CNY", 355_615_886),
            line("BKCHCNBJXXX", "HKD", 972_098_661),
            line("CHUPCNSHXXX", "CNY", 216_263_206),
            line("CHUPCNSHXXX", "HKD", 1_105_723_601),
            line("BKCHHKHHXXX", "CNY", 25_620_908),
            line("BKCHHKHHXXX", "HKD", 472_177_738),
        ]
    );
    let pledged = evidence.claims.iter().find_map(|claim| match claim {
        Claim::NetPosition(claim) if claim.collateral.0 > 0 => Some(claim),
        _ => None,
    });
    let pledged = pledged.expect("boc pledged");
    assert_eq!(
        (
            pledged.agent.to_string(),
            pledged.participant,
            pledged.collateral.0,
            pledged.cap.0
        ),
        ("BKCHCNBJXXX".into(), Some(0), 2_500_000, 2_500_000)
    );
}

#[test]
fn an_earlier_block_proves_what_was_recorded_then() {
    let evidence = read(EARLIER);
    evidence.verify(None).expect("holds");
    assert_eq!(evidence.block.number, 22);
    assert_eq!(
        positions(&evidence),
        [
            line("BKCHCNBJXXX", "CNY", 500_000_000),
            line("BKCHCNBJXXX", "HKD", 2_000_000_000),
            line("CHUPCNSHXXX", "CNY", 100_000_000),
            line("CHUPCNSHXXX", "HKD", 50_000_000),
            line("BKCHHKHHXXX", "CNY", 0),
            line("BKCHHKHHXXX", "HKD", 0),
        ]
    );
}

#[test]
fn transfers_are_proven_and_so_is_that_there_is_none() {
    let evidence = read(TRANSFERS);
    evidence.verify(None).expect("holds");
    let transfers = evidence.claims.iter().filter_map(|claim| match claim {
        Claim::Transfer(claim) => Some((claim.uetr.to_string(), claim.recorded.as_deref())),
        _ => None,
    });
    let told: Vec<_> = transfers.map(|(uetr, record)| (uetr, record.map(tell))).collect();
    let told: Vec<_> = told
        .iter()
        .map(|(uetr, record)| (uetr.as_str(), record.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "f3c95789-ace1-4954-ac5d-6baed2eac902",
                Some("settled, BKCHCNBJXXX to CHUPCNSHXXX, CNY 1286000, returned 0, reason -")
            ),
            (
                "004498f4-b987-47c1-8c9c-26a813678d7a",
                Some(
                    "partly returned, BKCHCNBJXXX to CHUPCNSHXXX, CNY 4512075, returned 1504025, reason AM09"
                )
            ),
            (
                "b459071a-fb8a-4f9e-bf72-c46dca8fbe35",
                Some("expired, BKCHCNBJXXX to CHUPCNSHXXX, HKD 128800, returned 0, reason TM01")
            ),
            ("00000000-0000-4000-8000-000000000001", None),
        ]
    );
}

fn tell(record: &TransferRecord) -> String {
    let reason = record.reason.as_ref();
    format!(
        "{}, {} to {}, {} {}, returned {}, reason {}",
        record.status,
        record.debtor_agent,
        record.creditor_agent,
        record.currency,
        record.minor_units,
        record.returned_minor_units,
        reason.map_or("-".into(), ToString::to_string)
    )
}

#[test]
fn a_file_is_written_as_it_was_read() {
    for json in [POSITIONS, EARLIER, TRANSFERS] {
        assert_eq!(read(json).to_json().expect("JSON"), json);
    }
}

//! Whatever is changed in evidence, it no longer holds, or it still says the same.

mod common;

use common::{check, field, read, statement, with, EARLIER, POSITIONS, TRANSFERS};
use corridor_proof::{Claim, Evidence, ProofError, Subject};
use proptest::prelude::*;
use serde_json::{json, Value};

/// The code of the refusal.
fn refused(result: Result<Evidence, ProofError>) -> &'static str {
    match result {
        Ok(evidence) => panic!("must not hold: {:?}", evidence.claims),
        Err(fault) => fault.code(),
    }
}

#[test]
fn another_amount_is_not_what_is_recorded() {
    for pointer in ["/claims/0/available", "/claims/0/reserved"] {
        assert_eq!(
            refused(with(POSITIONS, pointer, "1")),
            "proof.differs",
            "{pointer}"
        );
    }
    for pointer in [
        "/claims/1/collateral",
        "/claims/1/cap",
        "/claims/1/open",
        "/claims/1/closing",
    ] {
        assert_eq!(
            refused(with(POSITIONS, pointer, "1")),
            "proof.differs",
            "{pointer}"
        );
    }
    assert_eq!(
        refused(with(POSITIONS, "/claims/1/open_window", 7)),
        "proof.differs"
    );
    assert_eq!(
        refused(with(POSITIONS, "/claims/1/closing_window", 7)),
        "proof.differs"
    );
}

#[test]
fn another_word_about_a_transfer_is_not_what_is_recorded() {
    for (name, value) in [
        ("status", json!("returned")),
        ("window", json!(3)),
        ("reason", json!("AC04")),
        ("currency", json!("HKD")),
        ("minor_units", json!("1286001")),
        ("returned_minor_units", json!("1")),
        ("settlement_method", json!("Net")),
        ("interbank_settlement_day", json!(20_782)),
        ("charge_bearer", json!("DEBT")),
        ("instructed_at", json!(1)),
        ("updated_at", json!(1)),
        ("expires_at", json!(1)),
        ("message_digest", json!(format!("0x{}", "ab".repeat(32)))),
        ("debtor_agent", json!({"participant": 1, "agent": "CHUPCNSHXXX"})),
        ("debtor_agent", json!({"participant": 0, "agent": "CHUPCNSHXXX"})),
        ("creditor_agent", json!({"participant": 1, "agent": null})),
        ("further", json!("0x00")),
    ] {
        let result = with(TRANSFERS, &format!("/claims/0/recorded/{name}"), value);
        assert_eq!(refused(result), "proof.differs", "{name}");
    }
}

#[test]
fn a_recorded_transfer_cannot_be_denied_nor_an_absent_one_claimed() {
    assert_eq!(
        refused(with(TRANSFERS, "/claims/0/recorded", Value::Null)),
        "proof.differs"
    );
    let record = field(TRANSFERS, "/claims/0/recorded");
    assert_eq!(
        refused(with(TRANSFERS, "/claims/3/recorded", record)),
        "proof.differs"
    );
    // Somebody else's transfer cannot be denied under its own UETR either.
    let other = field(TRANSFERS, "/claims/1/uetr");
    assert_eq!(refused(with(TRANSFERS, "/claims/3/uetr", other)), "proof.differs");
}

#[test]
fn nobody_elses_position_passes_for_ones_own() {
    // BOC's amounts under UnionPay's name, by identifier and by number.
    assert_eq!(
        refused(with(POSITIONS, "/claims/0/agent", "CHUPCNSHXXX")),
        "proof.differs"
    );
    assert_eq!(
        refused(with(POSITIONS, "/claims/0/participant", 1)),
        "proof.differs"
    );
    assert_eq!(
        refused(with(POSITIONS, "/claims/0/participant", Value::Null)),
        "proof.differs"
    );
    // Somebody the proof says nothing about.
    assert_eq!(
        refused(with(POSITIONS, "/claims/0/agent", "HSBCHKHHXXX")),
        "proof.incomplete"
    );
    assert_eq!(
        refused(with(POSITIONS, "/claims/0/currency", "USD")),
        "proof.incomplete"
    );
}

#[test]
fn another_contract_chain_or_code_does_not_fit() {
    let zeros = |bytes: usize| format!("0x{}", "00".repeat(bytes));
    assert_eq!(
        refused(with(POSITIONS, "/settlement", zeros(20))),
        "proof.no_contract",
        "the very nodes show that there is none"
    );
    assert_eq!(refused(with(POSITIONS, "/genesis", zeros(32))), "proof.differs");
    assert_eq!(refused(with(POSITIONS, "/code_hash", zeros(32))), "proof.differs");
    assert_eq!(
        refused(with(POSITIONS, "/format", "corridor/evidence/v2")),
        "proof.format"
    );
}

#[test]
fn another_block_does_not_fit() {
    for name in ["number", "hash", "state_root", "time_ms"] {
        let pointer = format!("/block/{name}");
        let other = field(EARLIER, &pointer);
        assert_eq!(
            refused(with(POSITIONS, &pointer, other)),
            "proof.differs",
            "{name}"
        );
    }
    let other = field(EARLIER, "/block/header");
    assert_eq!(refused(with(POSITIONS, "/block/header", other)), "proof.differs");
    // A whole block exchanged for an earlier one: its state root does not lead through these nodes.
    let other = field(EARLIER, "/block");
    assert_eq!(refused(with(POSITIONS, "/block", other)), "proof.incomplete");
    // With the earlier block's nodes added, the amounts are those of the other time.
    let mut file: Value = serde_json::from_str(POSITIONS).expect("JSON");
    file["block"] = field(EARLIER, "/block");
    let nodes = field(EARLIER, "/proof");
    let proof = file["proof"].as_array_mut().expect("a list");
    proof.extend(nodes.as_array().expect("a list").clone());
    assert_eq!(refused(check(file.to_string().as_bytes())), "proof.differs");
}

#[test]
fn every_node_is_needed() {
    for json in [POSITIONS, EARLIER, TRANSFERS] {
        let evidence = read(json);
        for at in 0..evidence.proof.len() {
            let mut shorter = evidence.clone();
            shorter.proof.remove(at);
            let fault = shorter.verify(None).expect_err("a node is missing");
            assert_eq!(fault.code(), "proof.incomplete", "node {at}");
        }
    }
}

#[test]
fn strange_nodes_and_another_order_change_nothing() {
    let mut evidence = read(POSITIONS);
    evidence.proof.reverse();
    evidence.proof.push(corridor_proof::Bytes(vec![0; 40]));
    evidence.proof.push(corridor_proof::Bytes(Vec::new()));
    evidence.verify(None).expect("still leads there");
}

/// A claim that nothing is recorded.
fn denies(claim: &Claim) -> bool {
    match claim {
        Claim::Position(claim) => (claim.available.0, claim.reserved.0) == (0, 0),
        Claim::NetPosition(claim) => {
            (claim.collateral.0, claim.cap.0, claim.open.0, claim.closing.0) == (0, 0, 0, 0)
        }
        Claim::Transfer(claim) => claim.recorded.is_none(),
        Claim::Batch(claim) => claim.recorded.is_none(),
    }
}

/// Holds only if it is true: it says what the original says, or that nothing is recorded of a subject the original
/// does not speak of. The nodes that show where a key is show where its neighbours are not.
fn judge(original: &Evidence, json: &[u8]) {
    let Ok(mut changed) = check(json) else {
        return;
    };
    let subjects: Vec<_> = original.claims.iter().map(Subject::of).collect();
    for (claim, known) in changed.claims.iter_mut().zip(&original.claims) {
        if claim != known {
            assert!(
                denies(claim) && !subjects.contains(&Subject::of(claim)),
                "{claim:?}"
            );
            *claim = known.clone();
        }
    }
    assert_eq!(statement(&changed), statement(original));
}

#[test]
fn no_changed_byte_changes_a_statement_that_holds() {
    // All of one file, and of another what it states.
    let stated = POSITIONS.find("\"proof\": [").expect("nodes");
    for (json, end) in [(TRANSFERS, TRANSFERS.len()), (POSITIONS, stated)] {
        let original = read(json);
        let mut bytes = json.as_bytes().to_vec();
        for at in 0..end {
            let bit = 1 << (at % 7);
            bytes[at] ^= bit;
            judge(&original, &bytes);
            bytes[at] ^= bit;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Digits are the bytes that can be changed without spoiling the form.
    #[test]
    fn no_changed_digits_change_a_statement_that_holds(
        places in prop::collection::vec((any::<prop::sample::Index>(), 0u8..10), 1..4)
    ) {
        let original = read(TRANSFERS);
        let mut bytes = TRANSFERS.as_bytes().to_vec();
        let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
        for (place, digit) in places {
            bytes[digits[place.index(digits.len())]] = b'0' + digit;
        }
        judge(&original, &bytes);
    }

    /// Nothing that is no evidence brings the verifier down.
    #[test]
    fn any_header_and_any_nodes_are_answered(
        header in prop::collection::vec(any::<u8>(), 0..200),
        nodes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 0..8),
    ) {
        let mut evidence = read(POSITIONS);
        evidence.block.header = corridor_proof::Bytes(header);
        evidence.proof = nodes.into_iter().map(corridor_proof::Bytes).collect();
        prop_assert!(evidence.verify(None).is_err());
    }
}

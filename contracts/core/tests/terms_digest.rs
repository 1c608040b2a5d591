//! The digest of terms: what goes into it, separated from every other digest, and no field left out.

mod common;

use common::*;
use corridor_core::terms::TERMS_DOMAIN;
use corridor_core::{ChargeBearer, Currency, SettlementMethod, Terms, Uetr};
use scale_codec::Encode;
use std::collections::BTreeSet;

/// What the rule hands to the hash function. Equal preimages are the only way to equal digests.
fn preimage(terms: &Terms, uetr: Uetr) -> Vec<u8> {
    let mut seen = Vec::new();
    let digest = terms.digest(uetr, |bytes| {
        seen = bytes.to_vec();
        [0x5A; 32]
    });
    assert_eq!(digest, [0x5A; 32], "the digest is the hash, unchanged");
    seen
}

#[test]
fn the_preimage_is_domain_uetr_and_terms() {
    let expected = [TERMS_DOMAIN, &uetr().0, &terms().encode()].concat();
    assert_eq!(preimage(&terms(), uetr()), expected);
}

#[test]
fn the_domain_is_pinned_and_leads() {
    assert_eq!(TERMS_DOMAIN, b"corridor/terms/v1");
    assert!(preimage(&terms(), uetr()).starts_with(TERMS_DOMAIN));
}

#[test]
fn each_field_and_the_uetr_change_it() {
    let changes: [fn(&mut Terms); 9] = [
        |terms| terms.debtor_agent = OTHER,
        |terms| terms.creditor_agent = OTHER,
        |terms| terms.interbank_settlement_amount.currency = Currency::HKD,
        |terms| terms.interbank_settlement_amount.minor_units += 1,
        |terms| terms.interbank_settlement_date += 1,
        |terms| terms.charge_bearer = ChargeBearer::Slev,
        |terms| terms.settlement_method = SettlementMethod::Net,
        |terms| terms.expires_at += 1,
        |terms| terms.message_digest[0] ^= 1,
    ];
    let mut seen = BTreeSet::from([preimage(&terms(), uetr())]);
    for change in changes {
        let mut changed = terms();
        change(&mut changed);
        assert!(seen.insert(preimage(&changed, uetr())));
    }
    let mut other = uetr();
    other.0[0] ^= 1;
    assert!(seen.insert(preimage(&terms(), other)));
}

#[test]
fn every_preimage_has_one_length_so_no_two_terms_run_together() {
    let mut long = terms();
    long.interbank_settlement_amount.minor_units = u128::MAX;
    long.expires_at = u64::MAX;
    let length = preimage(&terms(), uetr()).len();
    assert_eq!(preimage(&long, Uetr([0xFF; 16])).len(), length);
}

//! Quotes signed off chain: good for one contract on one chain, for what they say, once.

use crate::stage::{
    accepted, address, held, key, let_quote, on_quote, open, quote, refused, repeated, sign, sign_for, HSBC,
    HSBC_ADMIN, HSBC_QUOTER,
};
use corridor_client::SignedQuote;
use corridor_core::{Error, Quote, Role};
use corridor_tests::backend::Backend;
use corridor_tests::blob::{artefact, BlobBackend, GENESIS_HASH};
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CUP, CUP_STAFF, HKD};

fn refused_with(system: &mut BlobBackend, signed: SignedQuote, error: Error) {
    let data = on_quote(system, 1, 10_000, &signed.quote, Some(signed));
    refused(system, BOC_STAFF.instructor, &data, error);
}

#[test]
fn a_signed_quote_settles_without_being_published() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let quote = quote(&system, 1);
    let signed = sign(&key, system.contract(), quote);
    let hub = system.contract();
    assert_eq!(system.query(&hub.quote(quote.id)), None);
    let data = on_quote(&system, 1, 10_000, &quote, Some(signed));
    accepted(&mut system, BOC_STAFF.instructor, &data);
    repeated(&mut system, BOC_STAFF.instructor, &data);
    accepted(
        &mut system,
        CUP_STAFF.approver,
        hub.accept(crate::stage::uetr(1)).data(),
    );
    assert_eq!(held(&system, CUP, HKD), (10_845, 0));
    let used = system.query(&hub.quote(quote.id)).expect("used");
    assert_eq!(used.used_minor_units, 10_000);
}

#[test]
fn a_signature_counts_for_every_term_it_covers() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let quote = quote(&system, 1);
    let good = sign(&key, system.contract(), quote);
    let changes: [fn(&mut Quote); 10] = [
        |quote| quote.rate.numerator += 1,
        |quote| quote.rate.denominator -= 1,
        |quote| quote.spread_basis_points = 0,
        |quote| quote.maximum_minor_units += 1,
        |quote| quote.minimum_minor_units -= 1,
        |quote| quote.expires_at += 1,
        |quote| quote.hold_seconds += 1,
        |quote| quote.unwind_seconds += 1,
        |quote| quote.counterparty = Some(BOC),
        |quote| quote.id.reference = reference(2),
    ];
    for change in changes {
        let mut forged = good;
        change(&mut forged.quote);
        refused_with(&mut system, forged, Error::SignerMayNotQuote);
    }
    for at in [0, 31, 32, 63] {
        let mut forged = good;
        forged.signature[at] ^= 1;
        refused_with(&mut system, forged, Error::SignerMayNotQuote);
    }
    let mut forged = good;
    forged.public_key = [7; 32];
    refused_with(&mut system, forged, Error::SignerMayNotQuote);
}

#[test]
fn a_signature_for_another_contract_or_another_chain_is_refused() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let quote = quote(&system, 1);
    let code = artefact::settlement_code().hub;
    let codes = system.codes();
    let other = system.deploy_hub(code, codes, GENESIS_HASH);
    let hub = system.hub();
    refused_with(
        &mut system,
        sign_for(&key, &GENESIS_HASH, other, quote),
        Error::SignerMayNotQuote,
    );
    refused_with(
        &mut system,
        sign_for(&key, &[0; 32], hub, quote),
        Error::SignerMayNotQuote,
    );
    // Nor is one good for the exchange's own address: the hub executes its code, but is the contract.
    let exchange = codes.exchange.0;
    refused_with(
        &mut system,
        sign_for(&key, &GENESIS_HASH, exchange, quote),
        Error::SignerMayNotQuote,
    );
}

#[test]
fn only_a_quoter_of_the_provider_signs_for_it() {
    let mut system = open();
    let (quoter, stranger, boc) = (key("quoter"), key("stranger"), key("boc"));
    let quote = quote(&system, 1);
    let hub = system.contract();
    refused_with(&mut system, sign(&stranger, hub, quote), Error::SignerMayNotQuote);
    // Another participant's quoter, and another role.
    let grant = hub.grant_role(BOC, address(&boc), Role::Quoter);
    accepted(&mut system, BOC_STAFF.admin, grant.data());
    refused_with(&mut system, sign(&boc, hub, quote), Error::SignerMayNotQuote);
    let grant = hub.grant_role(HSBC, address(&stranger), Role::Treasurer);
    accepted(&mut system, HSBC_ADMIN, grant.data());
    refused_with(&mut system, sign(&stranger, hub, quote), Error::SignerMayNotQuote);
    // A right that was taken back.
    let_quote(&mut system, &quoter);
    let revoke = hub.revoke_role(HSBC, address(&quoter), Role::Quoter);
    accepted(&mut system, HSBC_ADMIN, revoke.data());
    refused_with(&mut system, sign(&quoter, hub, quote), Error::SignerMayNotQuote);
}

#[test]
fn a_replayed_quote_gives_no_more_than_once_its_amount() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let quote = quote(&system, 1);
    let signed = sign(&key, system.contract(), quote);
    let first = on_quote(&system, 1, 70_000, &quote, Some(signed));
    accepted(&mut system, BOC_STAFF.instructor, &first);
    let second = on_quote(&system, 2, 70_000, &quote, Some(signed));
    refused(&mut system, BOC_STAFF.instructor, &second, Error::QuoteExhausted);
    // A second quote under the same reference is another promise under a name that is taken.
    let mut renewed = quote;
    renewed.maximum_minor_units *= 2;
    let renewed = sign(&key, system.contract(), renewed);
    let third = on_quote(&system, 2, 70_000, &renewed.quote, Some(renewed));
    refused(&mut system, BOC_STAFF.instructor, &third, Error::QuoteConflict);
    let publish = system.contract().publish_quote(renewed.quote);
    refused(&mut system, HSBC_QUOTER, publish.data(), Error::QuoteConflict);
}

#[test]
fn an_expired_or_withdrawn_signed_quote_is_refused_used_or_not() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let quote = quote(&system, 1);
    let signed = sign(&key, system.contract(), quote);
    let withdraw = system.contract().withdraw_quote(quote);
    accepted(&mut system, HSBC_QUOTER, withdraw.data());
    refused_with(&mut system, signed, Error::QuoteWithdrawn);
    let fresh = crate::stage::quote(&system, 2);
    let signed = sign(&key, system.contract(), fresh);
    system.advance_time(3_600);
    refused_with(&mut system, signed, Error::QuoteExpired);
}

#[test]
fn a_quote_for_one_counterparty_is_no_others() {
    let mut system = open();
    let key = key("quoter");
    let_quote(&mut system, &key);
    let mut quote = quote(&system, 1);
    quote.counterparty = Some(CUP);
    let signed = sign(&key, system.contract(), quote);
    refused_with(&mut system, signed, Error::NotCounterparty);
}

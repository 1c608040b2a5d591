//! Quotes that cannot be offered. Who may send what, and with which bytes, is in `tests/hostile`.

use crate::stage::{accepted, open, quote, refused, HSBC_COMPLIANCE, HSBC_QUOTER};
use corridor_core::{Error, ParticipantId, Quote, Role};
use corridor_tests::backend::Account;
use corridor_tests::scenario::stage::{CNY, CUP, CUP_STAFF, STRANGER};

#[test]
fn whoever_may_not_publish_is_told_so_before_anything_about_the_quote() {
    let mut system = open();
    let hub = system.contract();
    let mut bad = quote(&system, 1);
    bad.provider_sells = "USD".parse().expect("a code");
    bad.rate.denominator = 0;
    let publish = hub.publish_quote(bad);
    // A quoter of CUP's.
    let other = Account("cup-quoter");
    let grant = hub.grant_role(CUP, system.address_of(other), Role::Quoter);
    accepted(&mut system, CUP_STAFF.admin, grant.data());
    for (caller, error) in [
        (STRANGER, Error::UnknownAccount),
        (HSBC_COMPLIANCE, Error::MissingRole),
        (other, Error::NotQuoteProvider),
        (HSBC_QUOTER, Error::UnknownCurrency),
    ] {
        refused(&mut system, caller, publish.data(), error);
    }
}

#[test]
fn a_quote_for_currencies_or_counterparties_nobody_knows_is_refused() {
    let mut system = open();
    let hub = system.contract();
    for (change, error) in [
        (
            (|quote: &mut Quote| quote.provider_sells = "USD".parse().expect("a code")) as fn(&mut _),
            Error::UnknownCurrency,
        ),
        (
            |quote| quote.counterparty = Some(ParticipantId(9)),
            Error::UnknownParticipant,
        ),
        (|quote| quote.rate.denominator = 0, Error::InvalidRate),
        (|quote| quote.provider_sells = CNY, Error::InvalidQuote),
        (|quote| quote.expires_at = 1, Error::ExpiryPassed),
    ] {
        let mut bad = quote(&system, 1);
        change(&mut bad);
        refused(&mut system, HSBC_QUOTER, hub.publish_quote(bad).data(), error);
    }
}

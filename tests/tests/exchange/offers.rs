//! Quotes that cannot be offered. Who may send what, and with which bytes, is in `tests/hostile`.

use crate::stage::{open, quote, refused, HSBC_QUOTER};
use corridor_core::{Error, ParticipantId, Quote};
use corridor_tests::scenario::stage::CNY;

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

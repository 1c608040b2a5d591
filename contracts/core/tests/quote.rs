//! Quotes: every error in documented order, what a signature covers, and what may be taken.

mod common;
#[path = "common/fx.rs"]
mod fx;

use common::*;
use corridor_core::quote::{
    publish_quote, withdraw_quote, QuoteChange, QuoteEvent, QuoteSource, QUOTE_DOMAIN,
};
use corridor_core::terms::MAX_PENDING_SECONDS;
use corridor_core::{
    Caller, Currency, Error, Gate, Outcome, ParticipantId, Quote, QuoteState, Rate, Reference, Role, Roles,
};
use fx::*;
use scale_codec::Encode;

#[derive(Clone)]
struct Args {
    recorded: Option<QuoteState>,
    gate: Gate,
    caller: Caller,
    quote: Quote,
}

fn base() -> Args {
    Args {
        recorded: None,
        gate: fx_gate(),
        caller: caller(PROVIDER),
        quote: quote(),
    }
}

impl Args {
    fn publish(&self) -> Result<Outcome<QuoteChange, QuoteState>, Error> {
        publish_quote(self.recorded, &self.gate, &self.caller, &self.quote, NOW)
    }

    fn withdraw(&self) -> Result<Outcome<QuoteChange, QuoteState>, Error> {
        withdraw_quote(self.recorded, &self.caller, &self.quote)
    }
}

fn conflict(args: &mut Args) {
    let mut state = QuoteState::unused(quote());
    state.quote.unwind_seconds = 1;
    args.recorded = Some(state);
}

/// Every way to make a quote invalid as a whole.
const INVALID: [fn(&mut Quote); 7] = [
    |quote| quote.provider_sells = quote.provider_buys,
    |quote| quote.spread_basis_points = 10_000,
    |quote| quote.spread_basis_points = u16::MAX,
    |quote| quote.minimum_minor_units = 0,
    |quote| quote.minimum_minor_units = quote.maximum_minor_units + 1,
    |quote| quote.maximum_minor_units = 0,
    |quote| quote.hold_seconds = 0,
];

#[test]
fn a_publication_is_refused_in_documented_order() {
    assert_precedence(
        &base(),
        Args::publish,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(args.caller.participant, &[Role::Quoter]);
            }),
            (Error::NotQuoteProvider, |args| args.caller.participant = BOC),
            (Error::InvalidRate, |args| args.quote.rate.denominator = 0),
            (Error::InvalidRate, |args| args.quote.rate.numerator = 0),
            (Error::InvalidQuote, |args| args.quote.hold_seconds = 0),
            (Error::QuoteConflict, conflict),
            (Error::Paused, |args| args.gate.paused = true),
            (Error::UnknownParticipant, |args| {
                args.quote.counterparty = Some(ParticipantId(5));
            }),
            (Error::ParticipantSuspended, |args| {
                args.gate.suspended[0] |= 1 << 3
            }),
            (Error::ParticipantSuspended, |args| args.gate.suspended[0] |= 1),
            (Error::ExpiryPassed, |args| args.quote.expires_at = NOW),
            (Error::ExpiryTooFar, |args| {
                args.quote.expires_at = NOW + MAX_PENDING_SECONDS + 1;
            }),
        ],
    );
}

#[test]
fn a_withdrawal_is_refused_in_documented_order_and_ignores_the_gate() {
    assert_precedence(
        &base(),
        Args::withdraw,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(args.caller.participant, &[Role::Quoter, Role::Compliance]);
            }),
            (Error::NotQuoteProvider, |args| args.caller.participant = BOC),
            (Error::InvalidRate, |args| args.quote.rate.denominator = 0),
            (Error::InvalidQuote, |args| args.quote.hold_seconds = 0),
            (Error::QuoteConflict, conflict),
        ],
    );
}

#[test]
fn each_part_of_a_quote_is_checked() {
    for spoil in INVALID {
        let mut args = base();
        spoil(&mut args.quote);
        assert_eq!(args.publish(), Err(Error::InvalidQuote));
        assert_eq!(args.withdraw(), Err(Error::InvalidQuote));
    }
}

#[test]
fn a_published_quote_is_unused_and_repeats_are_answered() {
    let mut args = base();
    let fresh = QuoteState::unused(quote());
    let change = QuoteChange {
        state: fresh,
        event: QuoteEvent::Published(quote()),
    };
    assert_eq!(args.publish(), Ok(Outcome::Recorded(change)));
    args.recorded = Some(QuoteState {
        withdrawn: true,
        ..quote_state()
    });
    args.gate.paused = true;
    assert_eq!(
        args.publish(),
        Ok(Outcome::Repeated(args.recorded.expect("set"))),
        "publishing again does not undo a withdrawal"
    );
}

#[test]
fn a_quote_is_withdrawn_used_unused_or_never_seen() {
    for recorded in [None, Some(QuoteState::unused(quote())), Some(quote_state())] {
        let mut args = base();
        args.recorded = recorded;
        let state = QuoteState {
            withdrawn: true,
            ..recorded.unwrap_or(QuoteState::unused(quote()))
        };
        let change = QuoteChange {
            state,
            event: QuoteEvent::Withdrawn(quote().id),
        };
        assert_eq!(args.withdraw(), Ok(Outcome::Recorded(change)));
        args.recorded = Some(state);
        assert_eq!(args.withdraw(), Ok(Outcome::Repeated(state)));
    }
}

#[test]
fn quoting_is_for_its_own_role_only() {
    for role in Role::ALL {
        let mut args = base();
        args.caller.roles = Roles::default().with(role);
        assert_eq!(args.publish().is_ok(), role == Role::Quoter, "{role}");
        let stops = matches!(role, Role::Quoter | Role::Compliance);
        assert_eq!(args.withdraw().is_ok(), stops, "{role}");
        let quote = quote();
        let source = QuoteSource::Signed {
            recorded: None,
            signer: Some(args.caller),
            quote: &quote,
        };
        assert_eq!(source.state(NOW).is_ok(), role == Role::Quoter, "{role}");
    }
}

#[test]
fn taking_is_refused_in_documented_order() {
    #[derive(Clone)]
    struct Taking(QuoteState, ParticipantId, u128, u64);
    assert_precedence(
        &Taking(quote_state(), BOC, 9 * AMOUNT, NOW + 599),
        |taking| taking.0.take(taking.1, taking.2, taking.3),
        &[
            (Error::NotCounterparty, |taking| taking.1 = CUP),
            (Error::QuoteWithdrawn, |taking| taking.0.withdrawn = true),
            (Error::QuoteExpired, |taking| taking.3 = NOW + 600),
            (Error::BelowQuoteMinimum, |taking| taking.2 = 99),
            (Error::QuoteExhausted, |taking| taking.2 = 9 * AMOUNT + 1),
            (Error::QuoteExhausted, |taking| taking.2 = u128::MAX),
        ],
    );
}

#[test]
fn anyone_may_use_a_quote_for_nobody_in_particular() {
    let mut state = quote_state();
    state.quote.counterparty = None;
    assert!(state.take(OTHER, 100, NOW).is_ok());
}

#[test]
fn what_is_given_back_can_be_taken_again_and_no_more() {
    let full = quote_state().take(BOC, 9 * AMOUNT, NOW).expect("the rest");
    assert_eq!(full.take(BOC, 100, NOW), Err(Error::QuoteExhausted));
    let some = full.give_back(100).expect("taken");
    assert_eq!(some.take(BOC, 100, NOW), Ok(full));
    assert_eq!(some.give_back(10 * AMOUNT), Err(Error::BooksBroken));
}

#[test]
fn a_signed_quote_is_refused_in_documented_order() {
    #[derive(Clone)]
    struct Signed(Option<QuoteState>, Option<Caller>, Quote);
    assert_precedence(
        &Signed(None, Some(caller(PROVIDER)), quote()),
        |signed| {
            QuoteSource::Signed {
                recorded: signed.0,
                signer: signed.1,
                quote: &signed.2,
            }
            .state(NOW)
        },
        &[
            (Error::SignerMayNotQuote, |signed| signed.1 = None),
            (Error::SignerMayNotQuote, |signed| signed.1 = Some(caller(BOC))),
            (Error::SignerMayNotQuote, |signed| {
                signed.1 = Some(caller_without(PROVIDER, &[Role::Quoter]));
            }),
            (Error::InvalidRate, |signed| signed.2.rate.numerator = 0),
            (Error::InvalidQuote, |signed| signed.2.hold_seconds = 0),
            (Error::QuoteConflict, |signed| {
                let mut other = quote();
                other.rate.numerator += 1;
                signed.0 = Some(QuoteState::unused(other));
            }),
            (Error::ExpiryTooFar, |signed| {
                signed.2.expires_at = NOW + MAX_PENDING_SECONDS + 1;
            }),
        ],
    );
    assert_eq!(QuoteSource::Published(None).state(NOW), Err(Error::UnknownQuote));
}

#[test]
fn a_signed_quote_takes_its_signature_at_each_use() {
    let quote = quote();
    let signed = |recorded, signer| QuoteSource::Signed {
        recorded,
        signer,
        quote: &quote,
    };
    let state = signed(None, Some(caller(PROVIDER)))
        .state(NOW)
        .expect("first use");
    assert!(state.signed);
    assert_eq!(
        QuoteSource::Published(Some(state)).state(NOW),
        Err(Error::SignatureMissing)
    );
    let again = signed(Some(state), Some(caller(PROVIDER)));
    assert_eq!(
        again.state(u64::MAX),
        Ok(state),
        "how far ahead matters at first use only"
    );
    // Its signer's role has been revoked.
    let revoked = signed(Some(state), Some(caller_without(PROVIDER, &[Role::Quoter])));
    assert_eq!(revoked.state(NOW), Err(Error::SignerMayNotQuote));
    let mut args = base();
    args.recorded = Some(state);
    assert_eq!(
        args.publish(),
        Err(Error::QuoteConflict),
        "it is not published by the way"
    );
    let published = QuoteState::unused(quote);
    assert_eq!(QuoteSource::Published(Some(published)).state(NOW), Ok(published));
    assert_eq!(
        signed(Some(published), Some(caller(PROVIDER))).state(NOW),
        Ok(published)
    );
}

#[test]
fn a_signed_quote_that_expires_too_far_ahead_is_not_begun() {
    let quote = Quote {
        expires_at: NOW + MAX_PENDING_SECONDS,
        ..quote()
    };
    let source = QuoteSource::Signed {
        recorded: None,
        signer: Some(caller(PROVIDER)),
        quote: &quote,
    };
    assert!(source.state(NOW).is_ok());
    assert_eq!(source.state(NOW - 1), Err(Error::ExpiryTooFar));
}

#[test]
fn a_signature_is_for_every_term_one_contract_and_one_chain() {
    let payload = quote().signing_payload(&[1; 32], &[2; 20]);
    let expected = [QUOTE_DOMAIN, &[1; 32], &[2; 20], &quote().encode()].concat();
    assert_eq!(payload, expected);
    assert_ne!(payload, quote().signing_payload(&[3; 32], &[2; 20]));
    assert_ne!(payload, quote().signing_payload(&[1; 32], &[3; 20]));
    let changes: [fn(&mut Quote); 14] = [
        |quote| quote.id.provider = BOC,
        |quote| quote.id.reference = Reference([4; 16]),
        |quote| quote.provider_buys = Currency::HKD,
        |quote| quote.provider_sells = Currency::CNY,
        |quote| core::mem::swap(&mut quote.provider_buys, &mut quote.provider_sells),
        |quote| quote.rate.numerator += 1,
        |quote| quote.rate.denominator += 1,
        |quote| quote.spread_basis_points += 1,
        |quote| quote.minimum_minor_units += 1,
        |quote| quote.maximum_minor_units += 1,
        |quote| quote.counterparty = None,
        |quote| quote.expires_at += 1,
        |quote| quote.hold_seconds += 1,
        |quote| quote.unwind_seconds += 1,
    ];
    for change in changes {
        let mut other = quote();
        change(&mut other);
        assert_ne!(payload, other.signing_payload(&[1; 32], &[2; 20]), "{other:?}");
    }
}

#[test]
fn the_spread_is_what_the_rate_gives_and_the_creditor_agent_does_not_get() {
    let exchange = quote().exchange(AMOUNT).expect("small");
    assert_eq!(exchange.credited_minor_units, CREDITED);
    assert_eq!(exchange.remainder, REMAINDER);
    assert_eq!(exchange.spread_minor_units, SPREAD);
    let plain = Quote {
        spread_basis_points: 0,
        ..quote()
    };
    let exchange = plain.exchange(AMOUNT).expect("small");
    assert_eq!(
        (exchange.credited_minor_units, exchange.spread_minor_units),
        (920, 0)
    );
    let steep = Quote {
        rate: Rate {
            numerator: 1_000_000,
            denominator: 1,
        },
        ..quote()
    };
    assert_eq!(steep.exchange(u128::MAX), Err(Error::AmountOverflow));
}

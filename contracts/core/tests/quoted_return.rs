//! Returns at a new quote: every error in documented order, what moves, and what repeats.

mod common;
#[path = "common/fx.rs"]
mod fx;

use common::*;
use corridor_core::fx_record::{FxChange, FxEvent};
use corridor_core::leg::Purpose;
use corridor_core::quote::{QuoteSource, QuoteUse};
use corridor_core::quoted_return::return_at_quote;
use corridor_core::{
    Caller, Currency, Error, FxTransfer, Gate, Leg, Money, Outcome, ParticipantId, Quote, QuoteId,
    QuoteState, QuotedReturn, Rate, ReasonCode, Reference, Role, TransferReturn, TransferStatus, Uetr,
    Unwind,
};
use fx::*;

const CNY: Currency = Currency::CNY;
const HKD: Currency = Currency::HKD;
/// Not the provider of the transfer.
const DEALER: ParticipantId = OTHER;
/// 915 cents at 112 / 100, less 20 basis points: 1,022.7504.
const GIVEN: u128 = 1_022;
const LEFT_OVER: u64 = 750_400;
/// 1,024 without the spread.
const KEPT: u128 = 2;

fn new_quote() -> Quote {
    Quote {
        id: QuoteId {
            provider: DEALER,
            reference: Reference([4; 16]),
        },
        provider_buys: HKD,
        provider_sells: CNY,
        rate: Rate {
            numerator: 112,
            denominator: 100,
        },
        spread_basis_points: 20,
        minimum_minor_units: 10,
        maximum_minor_units: 2 * CREDITED,
        counterparty: Some(CUP),
        // The shortest there are: a return neither waits nor unwinds.
        hold_seconds: 1,
        unwind_seconds: 0,
        expires_at: NOW + 60,
    }
}

#[derive(Clone)]
struct Args {
    recorded: Option<Option<QuotedReturn>>,
    record: FxTransfer,
    gate: Gate,
    caller: Caller,
    holdings: Holdings,
    known: Option<QuoteState>,
    /// Whose key signed which quote.
    signed: Option<(Option<Caller>, Quote)>,
    command: QuotedReturn,
    now: u64,
}

fn base() -> Args {
    let mut record = fx_transfer(TransferStatus::Settled);
    record.fx.unwind = Unwind::NewQuote;
    record.unwind_until = NOW - 60;
    Args {
        recorded: None,
        record,
        gate: fx_gate(),
        caller: caller(CUP),
        holdings: vec![(CUP, HKD, CREDITED, 0), (DEALER, CNY, GIVEN, 0)],
        known: Some(QuoteState::unused(new_quote())),
        signed: None,
        command: QuotedReturn {
            transfer_return: TransferReturn {
                uetr: uetr(),
                minor_units: CREDITED,
                reason: ReasonCode::AC01,
            },
            quote: new_quote().id,
            given_back: Money::new(CNY, GIVEN),
        },
        now: NOW,
    }
}

impl Args {
    fn run(&self) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        let recorded = self.known;
        let source = match &self.signed {
            None => QuoteSource::Published(recorded),
            Some((signer, quote)) => QuoteSource::Signed {
                recorded,
                signer: *signer,
                quote,
            },
        };
        return_at_quote(
            self.recorded,
            self.record,
            &self.gate,
            &self.caller,
            books_of(&self.command.keys(&self.record), &self.holdings),
            &source,
            REFERENCE,
            &self.command,
            self.now,
        )
    }

    fn recorded(&self) -> FxChange {
        match self.run() {
            Ok(Outcome::Recorded(change)) => change,
            other => panic!("{other:?}"),
        }
    }

    fn quote(&mut self) -> &mut Quote {
        &mut self.known.as_mut().expect("published").quote
    }

    /// The command for another amount.
    fn of(mut self, minor_units: u128) -> Self {
        let given = new_quote().exchange(minor_units).expect("small");
        self.command.transfer_return.minor_units = minor_units;
        self.command.given_back = Money::new(CNY, given.credited_minor_units);
        self
    }

    /// Takes over what a change writes.
    fn after(&mut self, change: FxChange) {
        self.record = change.record;
        self.known = change.quote;
        let entries = change.books.entries().iter();
        let has = entries.map(|entry| {
            let position = entry.position;
            let (participant, currency) = (entry.participant, entry.currency);
            (participant, currency, position.available, position.reserved)
        });
        self.holdings = has.collect();
    }
}

fn recorded_as(args: &mut Args, change: fn(&mut QuotedReturn)) {
    let mut known = args.command;
    change(&mut known);
    args.recorded = Some(Some(known));
}

#[test]
fn a_return_at_a_quote_is_refused_in_documented_order() {
    for status in [
        TransferStatus::Pending,
        TransferStatus::Rejected,
        TransferStatus::Cancelled,
        TransferStatus::Expired,
    ] {
        let faults: [Fault<(Args, TransferStatus)>; 27] = [
            (Error::MissingRole, |(args, _)| {
                args.caller = caller_without(args.caller.participant, &[Role::Approver]);
            }),
            (Error::NotCreditorAgent, |(args, _)| args.caller.participant = BOC),
            (Error::WrongUnwind, |(args, _)| {
                args.record.fx.unwind = Unwind::OriginalRate;
            }),
            (Error::ZeroAmount, |(args, _)| {
                args.command.transfer_return.minor_units = 0;
            }),
            (Error::ReferenceConflict, |(args, _)| {
                recorded_as(args, |known| known.quote.reference.0[0] ^= 1)
            }),
            (Error::ReferenceConflict, |(args, _)| args.recorded = Some(None)),
            (Error::QuoteMismatch, |(args, _)| {
                args.command.given_back.currency = HKD;
            }),
            (Error::UnknownQuote, |(args, _)| args.known = None),
            (Error::QuoteMismatch, |(args, _)| {
                args.known = Some(QuoteState::unused(Quote {
                    id: quote().id,
                    ..new_quote()
                }));
            }),
            (Error::QuoteMismatch, |(args, _)| {
                // The way there, not the way back.
                args.known = Some(QuoteState::unused(Quote {
                    provider_buys: CNY,
                    provider_sells: HKD,
                    ..new_quote()
                }));
            }),
            (Error::ParticipantSuspended, |(args, _)| {
                args.gate.set_suspended(DEALER, true).expect("admitted");
            }),
            (Error::WrongStatus, |(args, status)| {
                args.record.transfer.status = *status;
            }),
            (Error::ReturnExceedsOriginal, |(args, _)| {
                args.record.sent_back_minor_units = 1;
            }),
            (Error::ReturnExceedsOriginal, |(args, _)| {
                args.record.sent_back_minor_units = u128::MAX;
            }),
            (Error::NotCounterparty, |(args, _)| {
                change_quote(args, |quote| quote.counterparty = Some(BOC))
            }),
            (Error::QuoteWithdrawn, |(args, _)| {
                if let Some(known) = &mut args.known {
                    known.withdrawn = true;
                }
            }),
            (Error::QuoteExpired, |(args, _)| args.now = new_quote().expires_at),
            (Error::BelowQuoteMinimum, |(args, _)| {
                change_quote(args, |quote| quote.minimum_minor_units = CREDITED + 1)
            }),
            (Error::QuoteExhausted, |(args, _)| {
                if let Some(known) = &mut args.known {
                    known.used_minor_units = CREDITED + 1;
                }
            }),
            (Error::QuoteExhausted, |(args, _)| {
                if let Some(known) = &mut args.known {
                    known.used_minor_units = u128::MAX;
                }
            }),
            (Error::BelowQuoteMinimum, |(args, _)| {
                // Worth nothing in A.
                change_quote(args, |quote| quote.rate.denominator = 1_000_000);
            }),
            (Error::QuoteMismatch, |(args, _)| {
                args.command.given_back.minor_units = GIVEN - 1
            }),
            (Error::QuoteMismatch, |(args, _)| {
                args.command.given_back.minor_units = GIVEN + 1
            }),
            (Error::InsufficientFunds, |(args, _)| {
                hold(&mut args.holdings, CUP, HKD, (CREDITED - 1, 9));
            }),
            (Error::ProviderNotCovered, |(args, _)| {
                hold(&mut args.holdings, DEALER, CNY, (GIVEN - 1, 9));
            }),
            (Error::AmountOverflow, |(args, _)| {
                hold(&mut args.holdings, BOC, CNY, (u128::MAX, 0));
            }),
            (Error::AmountOverflow, |(args, _)| {
                args.record.transfer.returned_minor_units = u128::MAX;
            }),
        ];
        assert_precedence(&(base(), status), |(args, _)| args.run(), &faults);
    }
}

fn change_quote(args: &mut Args, change: fn(&mut Quote)) {
    if let Some(known) = &mut args.known {
        change(&mut known.quote);
    }
}

#[test]
fn a_signed_quote_is_refused_where_it_is_not_its_providers() {
    let signed = |signer, quote| {
        let mut args = base();
        args.known = None;
        args.signed = Some((signer, quote));
        args
    };
    let dealer = caller(DEALER);
    assert!(signed(Some(dealer), new_quote()).run().is_ok());
    for signer in [
        None,
        Some(caller(CUP)),
        Some(caller_without(DEALER, &[Role::Quoter])),
    ] {
        let refused = signed(signer, new_quote()).run();
        assert_eq!(refused, Err(Error::SignerMayNotQuote), "{signer:?}");
    }
    let mut invalid = new_quote();
    invalid.rate.numerator = 0;
    assert_eq!(signed(Some(dealer), invalid).run(), Err(Error::InvalidRate));
    let mut conflict = signed(Some(dealer), new_quote());
    conflict.known = base().known;
    conflict.quote().spread_basis_points += 1;
    assert_eq!(conflict.run(), Err(Error::QuoteConflict));
}

#[test]
fn a_return_at_a_quote_moves_both_legs_and_takes_from_the_quote() {
    let args = base();
    let change = args.recorded();
    let record = FxTransfer {
        transfer: corridor_core::Transfer {
            status: TransferStatus::Returned,
            updated_at: NOW,
            // More than the transfer's 1,000: the rate has moved.
            returned_minor_units: GIVEN,
            reason: Some(ReasonCode::AC01),
            ..args.record.transfer
        },
        sent_back_minor_units: CREDITED,
        ..args.record
    };
    assert_eq!(change.record, record);
    let used = QuoteState {
        used_minor_units: CREDITED,
        ..QuoteState::unused(new_quote())
    };
    assert_eq!(change.quote, Some(used));
    assert_eq!(change.books.entries().len(), 4);
    for (participant, currency, available) in [
        (CUP, HKD, 0),
        (DEALER, HKD, CREDITED),
        (DEALER, CNY, 0),
        (BOC, CNY, GIVEN),
    ] {
        let has = change.books.get(participant, currency);
        assert_eq!(has, Ok(position(available, 0)));
    }
    let leg = |from, to, money, purpose| Leg {
        from,
        to,
        money,
        purpose,
    };
    let event = FxEvent::Returned {
        reference: REFERENCE,
        legs: vec![
            leg(CUP, DEALER, Money::new(HKD, CREDITED), Purpose::SentBack),
            leg(DEALER, BOC, Money::new(CNY, GIVEN), Purpose::GivenBack),
        ],
        sent_back_minor_units: CREDITED,
        returned_minor_units: GIVEN,
        reason: ReasonCode::AC01,
        quoted: Some(QuoteUse {
            quote: new_quote().id,
            remainder: LEFT_OVER,
            spread_minor_units: KEPT,
        }),
    };
    assert_eq!(change.event, event);
}

#[test]
fn either_agent_may_be_the_provider_and_nothing_is_made_or_lost() {
    for provider in [BOC, CUP, DEALER, PROVIDER] {
        let mut args = base();
        args.quote().id.provider = provider;
        args.command.quote.provider = provider;
        hold(&mut args.holdings, provider, CNY, (GIVEN, 0));
        let change = args.recorded();
        let sum = |currency| {
            let entries = change.books.entries().iter();
            let of = entries.filter(|entry| entry.currency == currency);
            of.map(|entry| entry.position.available).sum::<u128>()
        };
        assert_eq!((sum(CNY), sum(HKD)), (GIVEN, CREDITED), "{provider}");
        let debtor = change.books.get(BOC, CNY);
        assert_eq!(debtor, Ok(position(GIVEN, 0)), "{provider}");
    }
}

/// Each return is rounded for itself, always in disfavour of who receives.
#[test]
fn parts_return_exactly_what_was_credited_and_lose_less_than_a_minor_unit_each() {
    for part in [10, 100, 229, 457, 458, CREDITED] {
        let mut args = base();
        let mut parts = 0;
        while args.record.sent_back_minor_units < CREDITED {
            let left = CREDITED - args.record.sent_back_minor_units;
            // No rest smaller than the quote's minimum.
            let now = if left < part + 10 { left } else { part };
            args = args.of(now);
            let change = args.recorded();
            args.after(change);
            parts += 1;
        }
        let returned = args.record.transfer.returned_minor_units;
        assert_eq!(args.record.transfer.status, TransferStatus::Returned);
        assert!(
            returned <= GIVEN && returned + parts > GIVEN,
            "{part}: {returned}"
        );
        args = args.of(10);
        assert_eq!(args.run(), Err(Error::ReturnExceedsOriginal));
    }
}

#[test]
fn a_quote_is_used_up_by_returns_as_by_transfers() {
    let mut args = base().of(458);
    args.quote().maximum_minor_units = 915;
    let change = args.recorded();
    assert_eq!(change.record.transfer.status, TransferStatus::PartlyReturned);
    args.after(change);
    args.record = base().record;
    hold(&mut args.holdings, CUP, HKD, (CREDITED, 0));
    assert_eq!(args.run(), Err(Error::QuoteExhausted), "of another transfer");
    assert!(args.clone().of(457).run().is_ok());
}

#[test]
fn a_return_at_a_quote_goes_on_during_the_pause_and_for_suspended_agents() {
    let mut args = base();
    args.gate.paused = true;
    for agent in [BOC, CUP] {
        args.gate.set_suspended(agent, true).expect("admitted");
    }
    args.gate.set_suspended(PROVIDER, true).expect("admitted");
    assert!(args.run().is_ok(), "the first provider has no part in it");
}

#[test]
fn a_repeated_return_answers_the_transfer_whatever_became_of_quote_and_funds() {
    let mut args = base();
    args.recorded = Some(Some(args.command));
    args.holdings.clear();
    args.known = None;
    args.gate.set_suspended(DEALER, true).expect("admitted");
    args.now = u64::MAX;
    for status in [TransferStatus::PartlyReturned, TransferStatus::Returned] {
        args.record.transfer.status = status;
        assert_eq!(args.run(), Ok(Outcome::Repeated(args.record)));
    }
}

#[test]
fn a_reference_stands_for_every_part_of_the_command() {
    let others: [fn(&mut QuotedReturn); 7] = [
        |known| known.transfer_return.uetr = Uetr([1; 16]),
        |known| known.transfer_return.minor_units += 1,
        |known| known.transfer_return.reason = ReasonCode::CUST,
        |known| known.quote.provider = PROVIDER,
        |known| known.quote.reference.0[15] ^= 1,
        |known| known.given_back.minor_units -= 1,
        |known| known.given_back.currency = HKD,
    ];
    for change in others {
        let mut args = base();
        recorded_as(&mut args, change);
        assert_eq!(args.run(), Err(Error::ReferenceConflict));
    }
}

#[test]
fn how_returns_go_back_is_written_as_it_is_read() {
    for unwind in [Unwind::OriginalRate, Unwind::NewQuote] {
        assert_eq!(unwind.name().parse(), Ok(unwind));
    }
    assert!("new-quote".parse::<Unwind>().is_err());
}

#[test]
fn what_the_new_provider_pays_counts_for_it_unless_it_pays_itself() {
    let command = base().command;
    let counted = command.counted(BOC).expect("it pays somebody else");
    assert_eq!(
        (counted.from, counted.to, counted.money, counted.transfers),
        (DEALER, BOC, command.given_back, 0),
        "by its amount only"
    );
    assert_eq!(command.counted(DEALER), None);
}

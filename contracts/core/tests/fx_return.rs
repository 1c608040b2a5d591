//! Returns in two currencies: every error in documented order, and that the legs unwind together.

mod common;
#[path = "common/fx.rs"]
mod fx;

use common::*;
use corridor_core::fx_record::{FxChange, FxEvent};
use corridor_core::fx_return::return_fx;
use corridor_core::leg::Purpose;
use corridor_core::{
    Caller, Currency, Error, FxTransfer, Leg, Money, Outcome, ReasonCode, Role, TransferReturn,
    TransferStatus, Uetr, Unwind,
};
use fx::*;

const CNY: Currency = Currency::CNY;
const HKD: Currency = Currency::HKD;

#[derive(Clone)]
struct Args {
    recorded: Option<Option<TransferReturn>>,
    record: FxTransfer,
    caller: Caller,
    holdings: Holdings,
    command: TransferReturn,
    now: u64,
}

fn base(minor_units: u128) -> Args {
    Args {
        recorded: None,
        record: fx_transfer(TransferStatus::Settled),
        caller: caller(CUP),
        holdings: vec![(CUP, HKD, CREDITED, 0), (PROVIDER, CNY, AMOUNT, 0)],
        command: TransferReturn {
            uetr: uetr(),
            minor_units,
            reason: ReasonCode::AC01,
        },
        now: NOW,
    }
}

impl Args {
    fn run(&self) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        return_fx(
            self.recorded,
            self.record,
            &self.caller,
            books(&self.record, &self.holdings),
            REFERENCE,
            &self.command,
            self.now,
        )
    }
}

fn recorded_as(args: &mut Args, change: fn(&mut TransferReturn)) {
    let mut known = args.command;
    change(&mut known);
    args.recorded = Some(Some(known));
}

#[test]
fn a_return_is_refused_in_documented_order() {
    for status in [
        TransferStatus::Pending,
        TransferStatus::Rejected,
        TransferStatus::Cancelled,
        TransferStatus::Expired,
    ] {
        let faults: [Fault<(Args, TransferStatus)>; 15] = [
            (Error::MissingRole, |(args, _)| {
                args.caller = caller_without(args.caller.participant, &[Role::Approver]);
            }),
            (Error::NotCreditorAgent, |(args, _)| args.caller.participant = BOC),
            (Error::WrongUnwind, |(args, _)| {
                args.record.fx.unwind = Unwind::NewQuote;
            }),
            (Error::ZeroAmount, |(args, _)| args.command.minor_units = 0),
            (Error::ReferenceConflict, |(args, _)| {
                recorded_as(args, |known| known.minor_units += 1)
            }),
            (Error::ReferenceConflict, |(args, _)| {
                recorded_as(args, |known| known.uetr = Uetr([1; 16]))
            }),
            (Error::ReferenceConflict, |(args, _)| args.recorded = Some(None)),
            (Error::WrongStatus, |(args, status)| {
                args.record.transfer.status = *status;
            }),
            (Error::UnwindClosed, |(args, _)| {
                args.now = args.record.unwind_until
            }),
            (Error::ReturnExceedsOriginal, |(args, _)| {
                args.record.sent_back_minor_units = 1;
            }),
            (Error::ReturnExceedsOriginal, |(args, _)| {
                args.record.sent_back_minor_units = u128::MAX;
            }),
            (Error::ReturnTooSmall, |(args, _)| {
                // What it is worth has been given back already.
                args.record.transfer.returned_minor_units = AMOUNT;
            }),
            (Error::InsufficientFunds, |(args, _)| {
                hold(&mut args.holdings, CUP, HKD, (CREDITED - 1, 9));
            }),
            (Error::ProviderNotCovered, |(args, _)| {
                hold(&mut args.holdings, PROVIDER, CNY, (AMOUNT - 1, 9));
            }),
            (Error::AmountOverflow, |(args, _)| {
                hold(&mut args.holdings, BOC, CNY, (u128::MAX, 0));
            }),
        ];
        assert_precedence(&(base(CREDITED), status), |(args, _)| args.run(), &faults);
    }
}

#[test]
fn a_return_moves_both_legs() {
    let mut args = base(229);
    hold(&mut args.holdings, BOC, CNY, (1, 2));
    let Ok(Outcome::Recorded(change)) = args.run() else {
        panic!("recorded")
    };
    // 1,000 * 229 / 915 = 250.27
    assert_eq!(change.record.transfer.status, TransferStatus::PartlyReturned);
    assert_eq!(change.record.transfer.returned_minor_units, 250);
    assert_eq!(change.record.sent_back_minor_units, 229);
    assert_eq!(change.quote, None);
    for (participant, currency, available, reserved) in [
        (CUP, HKD, CREDITED - 229, 0),
        (PROVIDER, HKD, 229, 0),
        (PROVIDER, CNY, 750, 0),
        (BOC, CNY, 251, 2),
    ] {
        assert_eq!(
            change.books.get(participant, currency),
            Ok(position(available, reserved))
        );
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
            leg(CUP, PROVIDER, Money::new(HKD, 229), Purpose::SentBack),
            leg(PROVIDER, BOC, Money::new(CNY, 250), Purpose::GivenBack),
        ],
        sent_back_minor_units: 229,
        returned_minor_units: 250,
        reason: ReasonCode::AC01,
        quoted: None,
    };
    assert_eq!(change.event, event);
}

#[test]
fn however_it_is_split_the_whole_gives_back_exactly_the_whole() {
    for part in 1..=CREDITED {
        let mut args = base(part);
        args.holdings = vec![(CUP, HKD, CREDITED, 0), (PROVIDER, CNY, AMOUNT, 0)];
        loop {
            let left = CREDITED - args.record.sent_back_minor_units;
            if left == 0 {
                break;
            }
            args.command.minor_units = part.min(left);
            let Ok(Outcome::Recorded(change)) = args.run() else {
                panic!("{part} of {left}: {:?}", args.run())
            };
            args.record = change.record;
            args.holdings = change
                .books
                .entries()
                .iter()
                .map(|entry| {
                    let position = entry.position;
                    (
                        entry.participant,
                        entry.currency,
                        position.available,
                        position.reserved,
                    )
                })
                .collect();
            assert!(args.record.transfer.returned_minor_units <= AMOUNT);
        }
        assert_eq!(args.record.transfer.status, TransferStatus::Returned);
        assert_eq!(args.record.transfer.returned_minor_units, AMOUNT);
        assert_eq!(args.run().err(), Some(Error::ReturnExceedsOriginal));
    }
}

/// Where one minor unit of A is many of B, a return of few of B would move one leg alone.
#[test]
fn a_return_worth_nothing_in_the_other_currency_waits_for_more() {
    let mut args = base(1);
    args.record.transfer.terms.interbank_settlement_amount.minor_units = 3;
    assert_eq!(args.run().err(), Some(Error::ReturnTooSmall));
    args.command.minor_units = CREDITED / 3;
    assert!(args.run().is_ok());
    args.record.sent_back_minor_units = CREDITED - 1;
    args.record.transfer.returned_minor_units = 2;
    args.command.minor_units = 1;
    let Ok(Outcome::Recorded(change)) = args.run() else {
        panic!("the last unit gives the rest")
    };
    assert_eq!(change.record.transfer.returned_minor_units, 3);
}

#[test]
fn a_repeated_return_answers_the_transfer_as_it_is_now() {
    let mut args = base(229);
    args.recorded = Some(Some(args.command));
    args.holdings.clear();
    args.now = u64::MAX;
    for status in [TransferStatus::PartlyReturned, TransferStatus::Returned] {
        args.record = fx_transfer(status);
        assert_eq!(args.run(), Ok(Outcome::Repeated(args.record)));
    }
}

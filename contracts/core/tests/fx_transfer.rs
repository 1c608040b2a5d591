//! Transfers in two currencies: every error in documented order, and that both legs move or none.

mod common;
#[path = "common/fx.rs"]
mod fx;

use common::*;
use corridor_core::fx_record::{charges, counted, FxChange, FxEvent};
use corridor_core::fx_transfer::{accept_fx, cancel_fx, expire_fx, instruct_fx, reject_fx};
use corridor_core::leg::Purpose;
use corridor_core::limits::Counted;
use corridor_core::quote::QuoteSource;
use corridor_core::tariff::{Fee, Tariff, Tariffs};
use corridor_core::terms::MAX_PENDING_SECONDS;
use corridor_core::{
    transfer as plain, transfer_return, Caller, Charges, Currency, Error, FxTerms, FxTransfer, Gate, Outcome,
    ParticipantId, QuoteState, ReasonCode, Role, Roles, SettlementMethod, Terms, TransferReturn,
    TransferStatus, Uetr, Unwind,
};
use fx::*;

const CNY: Currency = Currency::CNY;
const HKD: Currency = Currency::HKD;
const DEBITED: u128 = AMOUNT + DEBTOR_FEE as u128;

#[derive(Clone)]
struct Instruction {
    recorded: Option<Option<FxTransfer>>,
    gate: Gate,
    caller: Caller,
    holdings: Holdings,
    published: Option<QuoteState>,
    uetr: Uetr,
    terms: Terms,
    fx: FxTerms,
    charges: Charges,
    now: u64,
}

fn instruction() -> Instruction {
    let (terms, fx) = fx_terms();
    Instruction {
        recorded: None,
        gate: fx_gate(),
        caller: caller(BOC),
        holdings: vec![(BOC, CNY, DEBITED, 5), (PROVIDER, HKD, CREDITED, 6)],
        published: Some(QuoteState::unused(quote())),
        uetr: uetr(),
        terms,
        fx,
        charges: fx_charges(),
        now: NOW,
    }
}

impl Instruction {
    fn run(&self) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        let record = FxTransfer {
            charges: self.charges,
            fx: self.fx,
            ..fx_transfer(TransferStatus::Pending)
        };
        instruct_fx(
            self.recorded,
            &self.gate,
            &self.caller,
            books(&record, &self.holdings),
            &QuoteSource::Published(self.published),
            self.uetr,
            &self.terms,
            &self.fx,
            self.charges,
            self.now,
        )
    }

    fn quote(&mut self) -> &mut QuoteState {
        self.published.as_mut().expect("published")
    }
}

fn recorded(outcome: Result<Outcome<FxChange, FxTransfer>, Error>) -> FxChange {
    match outcome {
        Ok(Outcome::Recorded(change)) => change,
        other => panic!("{other:?}"),
    }
}

fn conflict(args: &mut Instruction) {
    let mut known = fx_transfer(TransferStatus::Settled);
    known.transfer.terms.message_digest = [1; 32];
    args.recorded = Some(Some(known));
}

#[test]
fn an_instruction_is_refused_in_documented_order() {
    assert_precedence(
        &instruction(),
        Instruction::run,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(args.caller.participant, &[Role::Instructor]);
            }),
            (Error::NotDebtorAgent, |args| args.caller.participant = OTHER),
            (Error::WrongMethod, |args| {
                args.terms.settlement_method = SettlementMethod::Gross;
            }),
            (Error::WrongMethod, |args| {
                args.terms.settlement_method = SettlementMethod::Net;
            }),
            (Error::InvalidUetr, |args| args.uetr = Uetr([0; 16])),
            (Error::ZeroAmount, |args| {
                args.terms.interbank_settlement_amount.minor_units = 0;
            }),
            (Error::SameAgent, |args| args.terms.creditor_agent = BOC),
            (Error::TermsConflict, |args| args.recorded = Some(None)),
            (Error::TermsConflict, conflict),
            (Error::Paused, |args| args.gate.paused = true),
            (Error::UnknownParticipant, |args| {
                args.terms.creditor_agent = ParticipantId(5);
            }),
            (Error::ParticipantSuspended, |args| args.gate.suspended[0] |= 0b01),
            (Error::ParticipantSuspended, |args| args.gate.suspended[0] |= 0b10),
            (Error::UnknownQuote, |args| args.published = None),
            (Error::QuoteMismatch, |args| args.fx.quote.provider = OTHER),
            (Error::QuoteMismatch, |args| args.fx.credited.currency = CNY),
            (Error::QuoteMismatch, |args| {
                args.terms.interbank_settlement_amount.currency = HKD;
            }),
            (Error::ParticipantSuspended, |args| {
                args.gate.suspended[0] |= 1 << 3
            }),
            (Error::ExpiryPassed, |args| args.terms.expires_at = args.now),
            (Error::ExpiryTooFar, |args| {
                args.terms.expires_at = args.now + MAX_PENDING_SECONDS + 1;
            }),
            (Error::HoldTooLong, |args| {
                args.terms.expires_at = args.now + 7_201;
            }),
        ],
    );
}

#[test]
fn the_rate_is_held_to_the_last_second_of_the_hold() {
    let mut args = instruction();
    args.terms.expires_at = args.now + 7_200;
    assert!(args.run().is_ok());
}

#[test]
fn each_side_is_charged_by_the_tariff_of_its_own_currency() {
    let with = |payee, fixed_minor_units| {
        let tariff = Tariff {
            version: 1,
            effective_from: NOW,
            fixed_minor_units,
            basis_points: 0,
            minimum_minor_units: 0,
            maximum_minor_units: 100,
        };
        match Tariffs::new(payee).add(tariff, NOW) {
            Ok(Outcome::Recorded(tariffs)) => tariffs,
            other => panic!("{other:?}"),
        }
    };
    let (in_a, in_b) = (with(OTHER, 10), with(PROVIDER, 20));
    let (terms, fx) = fx_terms();
    let charged = charges(Some(&in_a), Some(&in_b), &terms, &fx, NOW);
    let fee = |to, minor_units| Some(Fee { to, minor_units });
    assert_eq!(
        charged,
        Charges {
            debtor: fee(OTHER, 5),
            creditor: fee(PROVIDER, 10),
        }
    );
}

#[test]
fn what_the_quote_does_not_give_is_refused_in_documented_order() {
    let mut base = instruction();
    // Room for the expiry to pass before the transfer's would.
    base.now = NOW + 599;
    assert_precedence(
        &base,
        Instruction::run,
        &[
            (Error::NotCounterparty, |args| {
                args.published = Some(QuoteState {
                    quote: corridor_core::Quote {
                        counterparty: Some(OTHER),
                        ..args.quote().quote
                    },
                    ..*args.quote()
                });
            }),
            (Error::QuoteWithdrawn, |args| args.quote().withdrawn = true),
            (Error::QuoteExpired, |args| args.now = NOW + 600),
            (Error::BelowQuoteMinimum, |args| {
                args.quote().quote.minimum_minor_units = AMOUNT + 1;
            }),
            (Error::QuoteExhausted, |args| {
                args.quote().used_minor_units = 9 * AMOUNT + 1
            }),
            (Error::BelowQuoteMinimum, |args| {
                // 1,000 fen are worth less than one unit: nothing to credit.
                args.quote().quote.rate.denominator = 1_000_000;
            }),
            (Error::QuoteMismatch, |args| args.fx.credited.minor_units += 1),
            (Error::FeeExceedsAmount, |args| {
                let fee = args.charges.creditor.as_mut().expect("has one");
                fee.minor_units = u64::try_from(CREDITED).expect("small");
            }),
            (Error::InsufficientFunds, |args| {
                hold(&mut args.holdings, BOC, CNY, (DEBITED - 1, 5));
            }),
            (Error::ProviderNotCovered, |args| {
                hold(&mut args.holdings, PROVIDER, HKD, (CREDITED - 1, 6));
            }),
        ],
    );
}

#[test]
fn an_instruction_reserves_both_currencies_and_takes_from_the_quote() {
    let change = recorded(instruction().run());
    let record = FxTransfer {
        unwind_until: NOW + 86_400,
        transfer: corridor_core::Transfer {
            instructed_at: NOW,
            updated_at: NOW,
            ..fx_transfer(TransferStatus::Pending).transfer
        },
        ..fx_transfer(TransferStatus::Pending)
    };
    assert_eq!(change.record, record);
    assert_eq!(change.quote, Some(quote_state()));
    assert_eq!(change.books.get(BOC, CNY), Ok(position(0, DEBITED + 5)));
    assert_eq!(change.books.get(PROVIDER, HKD), Ok(position(0, CREDITED + 6)));
    for (participant, currency) in [(PROVIDER, CNY), (CUP, HKD), (PAYEE, CNY), (PAYEE, HKD)] {
        assert_eq!(change.books.get(participant, currency), Ok(position(0, 0)));
    }
    let (terms, fx) = fx_terms();
    assert_eq!(
        change.event,
        FxEvent::Instructed {
            terms,
            fx,
            remainder: REMAINDER,
            spread_minor_units: SPREAD,
            charges: fx_charges(),
        }
    );
}

#[test]
fn the_same_terms_are_answered_in_every_status_whatever_gate_quote_and_funds_say() {
    for status in STATUSES {
        let mut args = instruction();
        args.recorded = Some(Some(fx_transfer(status)));
        args.gate.paused = true;
        args.published = None;
        args.holdings.clear();
        args.now = u64::MAX;
        assert_eq!(args.run(), Ok(Outcome::Repeated(fx_transfer(status))), "{status}");
    }
}

#[test]
fn returns_at_new_quotes_leave_no_time_at_the_original_rate() {
    for (unwind, until) in [
        (Unwind::OriginalRate, NOW + u64::from(quote().unwind_seconds)),
        (Unwind::NewQuote, NOW),
    ] {
        let mut args = instruction();
        args.fx.unwind = unwind;
        let Ok(Outcome::Recorded(change)) = args.run() else {
            panic!("recorded")
        };
        assert_eq!(change.record.fx.unwind, unwind);
        assert_eq!(change.record.unwind_until, until);
    }
}

#[test]
fn another_quote_or_credited_amount_under_the_same_uetr_is_a_conflict() {
    let others: [fn(&mut FxTerms); 5] = [
        |fx| fx.quote.provider = OTHER,
        |fx| fx.quote.reference.0[0] ^= 1,
        |fx| fx.credited.minor_units += 1,
        |fx| fx.credited.currency = CNY,
        |fx| fx.unwind = Unwind::NewQuote,
    ];
    for status in STATUSES {
        for change in others {
            let mut args = instruction();
            args.recorded = Some(Some(fx_transfer(status)));
            change(&mut args.fx);
            assert_eq!(args.run(), Err(Error::TermsConflict), "{status}");
        }
    }
}

#[derive(Clone)]
struct Args {
    record: FxTransfer,
    caller: Caller,
    holdings: Holdings,
    quote: QuoteState,
    reason: ReasonCode,
    now: u64,
}

fn base(acting: Caller) -> Args {
    Args {
        record: fx_transfer(TransferStatus::Pending),
        caller: acting,
        holdings: vec![(BOC, CNY, 3, DEBITED + 5), (PROVIDER, HKD, 4, CREDITED + 6)],
        quote: quote_state(),
        reason: ReasonCode::AC04,
        now: NOW,
    }
}

impl Args {
    fn books(&self) -> corridor_core::Books {
        books(&self.record, &self.holdings)
    }

    fn accept(&self) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        accept_fx(self.record, &self.caller, self.books(), self.now)
    }

    fn reject(&self) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        reject_fx(
            self.record,
            &self.caller,
            self.books(),
            self.quote,
            self.reason,
            self.now,
        )
    }

    fn cancel(&self) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        cancel_fx(
            self.record,
            &self.caller,
            self.books(),
            self.quote,
            self.reason,
            self.now,
        )
    }

    fn expire(&self) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        expire_fx(self.record, self.books(), self.quote, self.now)
    }
}

#[test]
fn an_acceptance_is_refused_in_documented_order() {
    for status in [
        TransferStatus::Rejected,
        TransferStatus::Cancelled,
        TransferStatus::Expired,
    ] {
        let faults: [Fault<(Args, TransferStatus)>; 8] = [
            (Error::MissingRole, |(args, _)| {
                args.caller = caller_without(args.caller.participant, &[Role::Approver]);
            }),
            (Error::NotCreditorAgent, |(args, _)| args.caller.participant = BOC),
            (Error::WrongStatus, |(args, status)| {
                args.record = fx_transfer(*status)
            }),
            (Error::Expired, |(args, _)| args.now = terms().expires_at),
            (Error::AmountOverflow, |(args, _)| {
                hold(&mut args.holdings, PROVIDER, CNY, (u128::MAX, 0));
            }),
            (Error::AmountOverflow, |(args, _)| {
                hold(&mut args.holdings, CUP, HKD, (u128::MAX, 0));
            }),
            (Error::AmountOverflow, |(args, _)| {
                hold(&mut args.holdings, PAYEE, CNY, (u128::MAX, 0));
            }),
            (Error::AmountOverflow, |(args, _)| {
                hold(&mut args.holdings, PAYEE, HKD, (u128::MAX, 0));
            }),
        ];
        assert_precedence(&(base(caller(CUP)), status), |(args, _)| args.accept(), &faults);
    }
}

#[test]
fn each_other_end_is_refused_in_documented_order() {
    for status in STATUSES.into_iter().skip(1) {
        assert_precedence(
            &(base(caller(CUP)), status),
            |(args, _)| args.reject(),
            &[
                (Error::MissingRole, |(args, _)| {
                    args.caller =
                        caller_without(args.caller.participant, &[Role::Approver, Role::Compliance]);
                }),
                (Error::NotCreditorAgent, |(args, _)| {
                    args.caller.participant = OTHER
                }),
                (Error::WrongStatus, |(args, status)| {
                    args.record = fx_transfer(*status);
                    args.reason = ReasonCode::MS03;
                }),
            ],
        );
        assert_precedence(
            &(base(caller(BOC)), status),
            |(args, _)| args.cancel(),
            &[
                (Error::MissingRole, |(args, _)| {
                    args.caller =
                        caller_without(args.caller.participant, &[Role::Instructor, Role::Compliance]);
                }),
                (Error::NotDebtorAgent, |(args, _)| args.caller.participant = CUP),
                (Error::WrongStatus, |(args, status)| {
                    args.record = fx_transfer(*status);
                    args.reason = ReasonCode::MS03;
                }),
            ],
        );
        if status == TransferStatus::Expired {
            continue;
        }
        let mut due = base(caller(OTHER));
        due.now = terms().expires_at;
        assert_precedence(
            &(due, status),
            |(args, _)| args.expire(),
            &[
                (Error::WrongStatus, |(args, status)| {
                    args.record = fx_transfer(*status)
                }),
                (Error::NotYetExpired, |(args, _)| {
                    args.now = terms().expires_at - 1
                }),
            ],
        );
    }
}

#[test]
fn acceptance_moves_every_leg_in_one_step() {
    let args = base(caller(CUP));
    let change = recorded(args.accept());
    assert_eq!(change.record.transfer.status, TransferStatus::Settled);
    assert_eq!(change.quote, None);
    let (debtor_fee, creditor_fee) = (u128::from(DEBTOR_FEE), u128::from(CREDITOR_FEE));
    for (participant, currency, available, reserved) in [
        (BOC, CNY, 3, 5),
        (PROVIDER, CNY, AMOUNT, 0),
        (PROVIDER, HKD, 4, 6),
        (CUP, HKD, CREDITED - creditor_fee, 0),
        (PAYEE, CNY, debtor_fee, 0),
        (PAYEE, HKD, creditor_fee, 0),
    ] {
        assert_eq!(
            change.books.get(participant, currency),
            Ok(position(available, reserved))
        );
    }
    assert_eq!(change.event, FxEvent::Settled(args.record.legs()));
    let purposes: Vec<_> = args.record.legs().iter().map(|leg| leg.purpose).collect();
    let all = [
        Purpose::Debited,
        Purpose::Credited,
        Purpose::DebtorFee,
        Purpose::CreditorFee,
    ];
    assert_eq!(purposes, all);
}

#[test]
fn each_other_end_releases_everything() {
    let mut args = base(caller(CUP));
    let check = |outcome, status, reason, event| {
        let change = recorded(outcome);
        assert_eq!(change.record.transfer.status, status);
        assert_eq!(change.record.transfer.reason, Some(reason));
        assert_eq!(change.quote, Some(QuoteState::unused(quote())));
        assert_eq!(change.books.get(BOC, CNY), Ok(position(3 + DEBITED, 5)));
        assert_eq!(change.books.get(PROVIDER, HKD), Ok(position(4 + CREDITED, 6)));
        assert_eq!(change.event, event);
    };
    let reason = args.reason;
    check(
        args.reject(),
        TransferStatus::Rejected,
        reason,
        FxEvent::Rejected(reason),
    );
    args.caller = caller(BOC);
    check(
        args.cancel(),
        TransferStatus::Cancelled,
        reason,
        FxEvent::Cancelled(reason),
    );
    args.now = terms().expires_at;
    check(
        args.expire(),
        TransferStatus::Expired,
        ReasonCode::TM01,
        FxEvent::Expired,
    );
}

#[test]
fn a_repeat_answers_what_was_recorded() {
    for status in STATUSES {
        let record = fx_transfer(status);
        let args = |participant| Args {
            record,
            reason: record.transfer.reason.unwrap_or(ReasonCode::AC04),
            now: u64::MAX,
            holdings: Vec::new(),
            ..base(caller(participant))
        };
        let repeated = Ok(Outcome::Repeated(record));
        match status {
            TransferStatus::Pending => {}
            TransferStatus::Rejected => assert_eq!(args(CUP).reject(), repeated),
            TransferStatus::Cancelled => assert_eq!(args(BOC).cancel(), repeated),
            TransferStatus::Expired => assert_eq!(args(OTHER).expire(), repeated),
            // Only what settles net ever is.
            TransferStatus::Netted(_) => assert_eq!(args(CUP).accept(), Err(Error::WrongStatus)),
            _ => assert_eq!(args(CUP).accept(), repeated),
        }
    }
}

#[test]
fn each_command_is_for_its_own_roles_only() {
    for role in Role::ALL {
        let acting = |participant| {
            base(Caller {
                participant,
                roles: Roles::default().with(role),
            })
        };
        assert_eq!(acting(CUP).accept().is_ok(), role == Role::Approver, "{role}");
        let stops_credit = matches!(role, Role::Approver | Role::Compliance);
        assert_eq!(acting(CUP).reject().is_ok(), stops_credit, "{role}");
        let stops_debit = matches!(role, Role::Instructor | Role::Compliance);
        assert_eq!(acting(BOC).cancel().is_ok(), stops_debit, "{role}");
        let mut instruction = instruction();
        instruction.caller = acting(BOC).caller;
        assert_eq!(instruction.run().is_ok(), role == Role::Instructor, "{role}");
    }
}

#[test]
fn broken_books_stop_everything() {
    let mut other_quote = base(caller(CUP));
    other_quote.quote.quote.id.reference.0[0] ^= 1;
    assert_eq!(other_quote.reject().err(), Some(Error::BooksBroken));
    let mut unused = base(caller(CUP));
    unused.quote.used_minor_units = AMOUNT - 1;
    assert_eq!(unused.reject().err(), Some(Error::BooksBroken));
    for (participant, currency, reserved) in [(BOC, CNY, DEBITED - 1), (PROVIDER, HKD, CREDITED - 1)] {
        let mut args = base(caller(CUP));
        hold(
            &mut args.holdings,
            participant,
            currency,
            (u128::MAX / 2, reserved),
        );
        assert_eq!(args.accept().err(), Some(Error::BooksBroken));
        assert_eq!(args.reject().err(), Some(Error::BooksBroken));
    }
}

/// The provider as debtor agent, as creditor agent and as payee of the fees: one position each, no money
/// made or lost.
#[test]
fn a_participant_in_two_roles_has_one_position() {
    for (debtor, provider, creditor, payee) in [
        (BOC, BOC, CUP, PAYEE),
        (BOC, CUP, CUP, PAYEE),
        (BOC, BOC, CUP, BOC),
        (BOC, CUP, CUP, CUP),
        (BOC, PROVIDER, CUP, PROVIDER),
        (BOC, PROVIDER, CUP, CUP),
    ] {
        let mut args = instruction();
        args.terms.debtor_agent = debtor;
        args.terms.creditor_agent = creditor;
        args.fx.quote.provider = provider;
        args.quote().quote.id.provider = provider;
        for fee in [&mut args.charges.debtor, &mut args.charges.creditor] {
            fee.as_mut().expect("has one").to = payee;
        }
        let mut record = fx_transfer(TransferStatus::Pending);
        record.transfer.terms = args.terms;
        record.fx = args.fx;
        record.charges = args.charges;
        let holdings = [BOC, CUP, PROVIDER, PAYEE]
            .into_iter()
            .flat_map(|who| [(who, CNY, 5_000, 0), (who, HKD, 5_000, 0)])
            .collect();
        let before = books(&record, &holdings);
        let total = |books: &corridor_core::Books, currency| -> u128 {
            let of = books.entries().iter().filter(|entry| entry.currency == currency);
            of.map(|entry| entry.position.available + entry.position.reserved)
                .sum()
        };
        let instructed = recorded(instruct_fx(
            None,
            &args.gate,
            &caller(debtor),
            before.clone(),
            &QuoteSource::Published(args.published),
            uetr(),
            &args.terms,
            &args.fx,
            args.charges,
            NOW,
        ));
        let settled = recorded(accept_fx(
            instructed.record,
            &caller(creditor),
            instructed.books.clone(),
            NOW,
        ));
        let rejected = recorded(reject_fx(
            instructed.record,
            &caller(creditor),
            instructed.books.clone(),
            instructed.quote.expect("taken"),
            ReasonCode::AC04,
            NOW,
        ));
        assert_eq!(rejected.books, before);
        for currency in [CNY, HKD] {
            for books in [&instructed.books, &settled.books] {
                assert_eq!(total(books, currency), total(&before, currency));
            }
        }
        for entry in settled.books.entries() {
            assert_eq!(entry.position.reserved, 0);
            let sum = |who: fn(&corridor_core::Leg) -> ParticipantId| -> u128 {
                let legs = instructed.record.legs().into_iter();
                legs.filter(|leg| who(leg) == entry.participant && leg.money.currency == entry.currency)
                    .map(|leg| leg.money.minor_units)
                    .sum()
            };
            let expected = 5_000 + sum(|leg| leg.to) - sum(|leg| leg.from);
            assert_eq!(entry.position.available, expected);
        }
    }
}

#[test]
fn the_rules_for_one_currency_refuse_a_transfer_in_two() {
    let refused = Some(Error::WrongMethod);
    let (terms, _) = fx_terms();
    let full = position(u128::MAX / 2, u128::MAX / 4);
    let gate = gate();
    let instructed = plain::instruct(None, &gate, &caller(BOC), full, uetr(), &terms, NOW);
    assert_eq!(instructed.err(), refused);
    for status in STATUSES {
        let transfer = fx_transfer(status).transfer;
        let (debtor, creditor) = (caller(BOC), caller(CUP));
        let reason = ReasonCode::AC04;
        assert_eq!(plain::accept(transfer, &creditor, full, full, NOW).err(), refused);
        assert_eq!(
            plain::reject(transfer, &creditor, full, reason, NOW).err(),
            refused
        );
        assert_eq!(plain::cancel(transfer, &debtor, full, reason, NOW).err(), refused);
        for now in [NOW, u64::MAX] {
            assert_eq!(plain::expire(transfer, full, now).err(), refused);
        }
        let command = TransferReturn {
            uetr: uetr(),
            minor_units: 1,
            reason,
        };
        let returned = transfer_return::return_transfer(
            None, transfer, None, &creditor, full, full, REFERENCE, &command, NOW,
        );
        assert_eq!(returned.err(), refused);
    }
}

#[test]
fn what_counts_is_what_each_side_pays_in_its_own_currency_unless_to_itself() {
    let (terms, fx) = fx_terms();
    let amount = |from, to, money, transfers| Counted {
        from,
        to,
        money,
        transfers,
    };
    let debited = amount(BOC, CUP, terms.interbank_settlement_amount, 1);
    // Others decide into how many transfers they divide what the provider offers.
    let credited = amount(PROVIDER, CUP, fx.credited, 0);
    assert_eq!(counted(&terms, &fx), [debited, credited]);
    // The provider as debtor agent pays twice, in two currencies.
    let mut own = terms;
    own.debtor_agent = PROVIDER;
    let debited_by_provider = Counted {
        from: PROVIDER,
        ..debited
    };
    assert_eq!(counted(&own, &fx), [debited_by_provider, credited]);
    // The provider as creditor agent pays itself.
    let mut own = terms;
    own.creditor_agent = PROVIDER;
    let paid_to_provider = Counted {
        to: PROVIDER,
        ..debited
    };
    assert_eq!(counted(&own, &fx), [paid_to_provider]);
}

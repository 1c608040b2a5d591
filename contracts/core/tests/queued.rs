//! The life of a transfer that may wait for cover: every error in documented order, and what is booked when.

mod common;
#[path = "common/fx.rs"]
mod fx;

use common::*;
use corridor_core::leg::Purpose;
use corridor_core::queue::{
    Liquidity, Resolution, MAX_QUEUED, MAX_QUEUED_MINOR_UNITS, MAX_QUEUED_PER_DEBTOR,
};
use corridor_core::queued::{accept_queued, book, settle, QueueChange, QueueReport};
use corridor_core::transfer::{cancel, expire, instruct, reject};
use corridor_core::{
    Books, Caller, ChargedTransfer, Charges, Currency, Error, Leg, Money, Outcome, ParticipantId, Position,
    Queued, ReasonCode, Role, Roles, SettlementMethod, Terms, Transfer, TransferChange, TransferStatus, Uetr,
};
use fx::{fx_charges, CREDITOR_FEE, DEBTOR_FEE, PAYEE};

const D: u128 = DEBTOR_FEE as u128;
const C: u128 = CREDITOR_FEE as u128;

#[derive(Clone)]
struct Args {
    record: ChargedTransfer,
    caller: Caller,
    /// Debtor agent, creditor agent and payee of the fees.
    has: [Position; 3],
    queue: Vec<Queued>,
    now: u64,
}

fn pending() -> ChargedTransfer {
    ChargedTransfer {
        transfer: Transfer {
            terms: queued_terms(),
            ..transfer(TransferStatus::Pending)
        },
        charges: fx_charges(),
    }
}

/// An earlier transfer in the queue.
fn earlier(debtor_agent: ParticipantId) -> Queued {
    Queued {
        uetr: Uetr::from_random_bytes([7; 16]),
        debtor_agent,
        creditor_agent: OTHER,
        minor_units: 1,
        expires_at: NOW + 1,
    }
}

/// Just covered, and nothing waits.
fn covered() -> Args {
    Args {
        record: pending(),
        caller: caller(CUP),
        has: [position(AMOUNT, D), position(0, 5), position(0, 0)],
        queue: Vec::new(),
        now: NOW,
    }
}

/// One minor unit short.
fn short() -> Args {
    Args {
        has: [position(AMOUNT - 1, D), position(C, 5), position(0, 0)],
        ..covered()
    }
}

fn books(has: [Position; 3]) -> Books {
    let who = [BOC, CUP, PAYEE];
    Books::load(&who.map(|id| (id, Currency::CNY)), |id, _| {
        has[who.iter().position(|other| *other == id).expect("one of them")]
    })
}

impl Args {
    fn run(&self) -> Result<Outcome<QueueChange, Transfer>, Error> {
        let (books, queue) = (books(self.has), &self.queue);
        accept_queued(uetr(), self.record, &self.caller, books, queue, self.now)
    }

    fn recorded(&self) -> QueueChange {
        match self.run() {
            Ok(Outcome::Recorded(change)) => change,
            other => panic!("{other:?}"),
        }
    }

    fn waits(&self) -> bool {
        let change = self.recorded();
        let status = change.record.transfer.status;
        assert_eq!(change.waiting.is_some(), status == TransferStatus::Queued);
        change.waiting.is_some()
    }
}

const AUTHORITY: [Fault<Args>; 3] = [
    (Error::MissingRole, |args| {
        args.caller = caller_without(args.caller.participant, &[Role::Approver]);
    }),
    (Error::NotCreditorAgent, |args| args.caller.participant = OTHER),
    (Error::WrongMethod, |args| {
        args.record.transfer.terms.settlement_method = SettlementMethod::Gross;
    }),
];

#[test]
fn an_acceptance_that_waits_is_refused_in_documented_order() {
    let mut base = short();
    // Of both agents, so that even an amount of zero, or one to itself, waits.
    base.queue = vec![earlier(BOC), earlier(CUP)];
    let mut faults = Vec::from(AUTHORITY);
    faults.extend::<[Fault<Args>; 8]>([
        (Error::WrongStatus, |args| {
            args.record.transfer.status = TransferStatus::Rejected;
        }),
        (Error::Expired, |args| args.now = terms().expires_at),
        (Error::QueueShare, |args| {
            for agent in [BOC, CUP] {
                args.queue.extend(vec![earlier(agent); MAX_QUEUED_PER_DEBTOR - 1]);
            }
        }),
        (Error::QueueFull, |args| {
            args.queue.extend(vec![earlier(OTHER); MAX_QUEUED]);
        }),
        (Error::ZeroAmount, |args| {
            args.record.transfer.terms.interbank_settlement_amount.minor_units = 0;
        }),
        (Error::AmountOverflow, |args| {
            args.record.transfer.terms.interbank_settlement_amount.minor_units = MAX_QUEUED_MINOR_UNITS + 1;
        }),
        (Error::SameAgent, |args| {
            args.record.transfer.terms.debtor_agent = CUP;
        }),
        (Error::InsufficientFunds, |args| {
            args.has[1] = position(C - 1, u128::MAX / 2)
        }),
    ]);
    assert_precedence(&base, Args::run, &faults);
}

#[test]
fn an_acceptance_that_settles_is_refused_in_documented_order() {
    for wrong in [
        TransferStatus::Rejected,
        TransferStatus::Cancelled,
        TransferStatus::Expired,
        TransferStatus::Netted(WINDOW),
    ] {
        assert_precedence(
            &(covered(), wrong),
            |(args, _)| args.run(),
            &[
                (Error::WrongStatus, |(args, wrong)| {
                    args.record.transfer.status = *wrong;
                }),
                (Error::Expired, |(args, _)| args.now = terms().expires_at),
                (Error::AmountOverflow, |(args, _)| {
                    args.has[1] = position(u128::MAX - AMOUNT, 1);
                }),
            ],
        );
    }
    // The creditor agent's fee is less than the amount, so it is there once the amount is.
    let mut foreign = covered();
    foreign
        .record
        .charges
        .creditor
        .as_mut()
        .expect("a fee")
        .minor_units = AMOUNT as u64 + 1;
    assert_eq!(foreign.run().err(), Some(Error::InsufficientFunds));
}

#[test]
fn with_cover_it_settles_at_once_with_its_fees() {
    let mut args = covered();
    args.now = terms().expires_at - 1;
    let leg = |from, minor_units, purpose| Leg {
        from,
        to: PAYEE,
        money: Money::new(Currency::CNY, minor_units),
        purpose,
    };
    let change = QueueChange {
        record: pending().with_status(TransferStatus::Settled, args.now),
        books: books([position(0, 0), position(AMOUNT - C, 5), position(D + C, 0)]),
        waiting: None,
        fees: vec![leg(BOC, D, Purpose::DebtorFee), leg(CUP, C, Purpose::CreditorFee)],
    };
    assert_eq!(args.run(), Ok(Outcome::Recorded(change)));
    args.queue = vec![earlier(OTHER); MAX_QUEUED];
    assert!(
        !args.waits(),
        "a full queue does not keep back what need not wait"
    );
}

#[test]
fn without_cover_it_waits_and_only_the_creditor_agents_fee_is_reserved() {
    let waiting = Queued {
        uetr: uetr(),
        debtor_agent: BOC,
        creditor_agent: CUP,
        minor_units: AMOUNT,
        expires_at: terms().expires_at,
    };
    let change = QueueChange {
        record: pending().with_status(TransferStatus::Queued, NOW),
        books: books([position(AMOUNT - 1, D), position(0, 5 + C), position(0, 0)]),
        waiting: Some(waiting),
        fees: Vec::new(),
    };
    assert_eq!(short().run(), Ok(Outcome::Recorded(change)));
    let mut last = short();
    last.queue = vec![earlier(OTHER); MAX_QUEUED - 1];
    assert!(last.waits(), "the last place");
}

#[test]
fn a_debtor_agent_has_its_share_of_the_queue_and_no_more() {
    let mut args = short();
    args.queue = vec![earlier(BOC); MAX_QUEUED_PER_DEBTOR - 1];
    assert!(args.waits(), "its last place");
    args.queue.push(earlier(BOC));
    assert_eq!(args.run(), Err(Error::QueueShare));
    // Covered or not: it would have to wait behind them.
    args.has[0] = position(AMOUNT, D);
    assert_eq!(args.run(), Err(Error::QueueShare));
    args.queue = vec![earlier(OTHER); MAX_QUEUED_PER_DEBTOR];
    args.has[0] = position(AMOUNT - 1, D);
    assert!(args.waits(), "another's share is another's");
}

#[test]
fn what_has_expired_in_the_queue_is_in_nobodys_way() {
    let dead = |debtor_agent| Queued {
        expires_at: NOW,
        ..earlier(debtor_agent)
    };
    let mut args = covered();
    args.queue = vec![dead(BOC)];
    assert!(!args.waits(), "what is covered passes its own dead ones");
    args.queue[0].expires_at = NOW + 1;
    args.has[1] = position(C, 5);
    assert!(args.waits(), "a second earlier it still waited");

    let mut args = short();
    args.queue = vec![dead(BOC); MAX_QUEUED];
    assert!(args.waits(), "the dead take no places");
    args.queue[..MAX_QUEUED_PER_DEBTOR].fill(earlier(BOC));
    assert_eq!(args.run(), Err(Error::QueueShare));
    args.queue.fill(earlier(OTHER));
    assert_eq!(args.run(), Err(Error::QueueFull));
    args.queue[0] = dead(OTHER);
    assert!(args.waits());
}

#[test]
fn a_covered_transfer_waits_behind_its_own_debtor_agents_earlier_one() {
    let mut args = covered();
    args.has[1] = position(C, 0);
    args.queue = vec![earlier(OTHER), earlier(CUP)];
    assert!(!args.waits(), "others' do not matter");
    args.queue.push(earlier(BOC));
    assert!(args.waits());
}

#[test]
fn what_is_reserved_for_others_is_no_cover() {
    let mut args = short();
    args.has[0] = position(AMOUNT - 1, AMOUNT + D);
    assert!(args.waits());
}

#[test]
fn a_repeat_answers_what_was_recorded_even_past_the_expiry() {
    for status in [
        TransferStatus::Queued,
        TransferStatus::Settled,
        TransferStatus::PartlyReturned,
        TransferStatus::Returned,
    ] {
        let mut args = covered();
        args.record.transfer.status = status;
        args.now = u64::MAX;
        args.queue = vec![earlier(BOC); MAX_QUEUED];
        assert_eq!(args.run(), Ok(Outcome::Repeated(args.record.transfer)));
    }
}

#[test]
fn no_role_but_approver_accepts() {
    for role in Role::ALL {
        let mut args = covered();
        args.caller.roles = Roles::default().with(role);
        assert_eq!(args.run().is_ok(), role == Role::Approver, "{role}");
    }
}

#[test]
fn an_instruction_reserves_nothing() {
    let nothing = position(0, 0);
    let Ok(Outcome::Recorded(change)) =
        instruct(None, &gate(), &caller(BOC), nothing, uetr(), &queued_terms(), NOW)
    else {
        panic!("needs no cover")
    };
    assert_eq!(change.debtor, nothing);
    assert_eq!(change.transfer.status, TransferStatus::Pending);
}

#[test]
fn before_and_after_acceptance_the_other_ends_release_nothing() {
    let nothing = position(0, 0);
    let reason = ReasonCode::CUST;
    for status in [TransferStatus::Pending, TransferStatus::Queued] {
        let open = Transfer {
            status,
            ..pending().transfer
        };
        let cancelled = cancel(open, &caller(BOC), nothing, reason, NOW);
        let expired = expire(open, nothing, open.terms.expires_at);
        for (answer, status, event) in [
            (
                cancelled,
                TransferStatus::Cancelled,
                TransferChange::Cancelled(reason),
            ),
            (expired, TransferStatus::Expired, TransferChange::Expired),
        ] {
            let Ok(Outcome::Recorded(change)) = answer else {
                panic!("{open:?} can end")
            };
            assert_eq!((change.transfer.status, change.event), (status, event));
            assert_eq!(change.debtor, nothing);
        }
        let early = expire(open, nothing, open.terms.expires_at - 1);
        assert_eq!(early.err(), Some(Error::NotYetExpired));
    }
}

#[test]
fn who_has_accepted_cannot_reject_any_more() {
    let queued = Transfer {
        status: TransferStatus::Queued,
        ..pending().transfer
    };
    assert_precedence(
        &(pending().transfer, caller(CUP)),
        |(transfer, caller)| reject(*transfer, caller, position(0, 0), ReasonCode::AC04, NOW),
        &[
            (Error::MissingRole, |(_, caller)| {
                caller.roles = Roles::default().with(Role::Instructor);
            }),
            (Error::NotCreditorAgent, |(_, caller)| caller.participant = BOC),
            (Error::WrongStatus, |(transfer, _)| {
                transfer.status = TransferStatus::Queued;
            }),
        ],
    );
    assert!(queued.status.is_open(), "the debtor agent still can cancel");
}

#[test]
fn a_queued_status_says_accepted_and_in_process() {
    let status = TransferStatus::Queued;
    assert_eq!((status.name(), status.iso_code()), ("queued", "ACSP"));
    assert!(status.is_open() && !status.has_settled());
    let open = STATUSES.into_iter().filter(|status| status.is_open());
    assert_eq!(open.collect::<Vec<_>>(), [TransferStatus::Pending]);
}

fn resolution(available: [u128; 2]) -> Resolution {
    let positions = [BOC, CUP].into_iter().zip(available);
    Resolution {
        settled: vec![2, 0],
        expired: vec![3],
        positions: positions
            .map(|(participant, available)| Liquidity {
                participant,
                available,
            })
            .collect(),
        gross_minor_units: 70,
        liquidity_minor_units: 30,
    }
}

#[test]
fn a_resolution_moves_what_is_available_and_nothing_reserved() {
    let mut moved = books([position(50, 7), position(1, 8), position(9, 9)]);
    assert_eq!(book(&resolution([20, 31]), Currency::CNY, &mut moved), Ok(()));
    assert_eq!(moved, books([position(20, 7), position(31, 8), position(9, 9)]));
    let stranger = book(&resolution([20, 31]), Currency::HKD, &mut moved);
    assert_eq!(stranger, Err(Error::BooksBroken));
    let overflow = book(&resolution([u128::MAX - 6, 0]), Currency::CNY, &mut moved);
    assert_eq!(
        overflow,
        Err(Error::AmountOverflow),
        "or a release would be stuck"
    );
}

#[test]
fn a_report_counts_and_adds_up() {
    let report = QueueReport::of(&resolution([0, 0]), 10);
    let expected = QueueReport {
        settled: 2,
        expired: 1,
        waiting: 7,
        gross_minor_units: 70,
        liquidity_minor_units: 30,
    };
    assert_eq!(report, expected);
}

#[test]
fn what_settles_from_the_queue_pays_its_reserved_fees() {
    let record = pending().with_status(TransferStatus::Queued, NOW - 5);
    let mut moved = books([position(0, D), position(0, C), position(0, 0)]);
    let Ok((settled, legs)) = settle(record, &mut moved, NOW) else {
        panic!("fees are reserved")
    };
    assert_eq!(settled, record.with_status(TransferStatus::Settled, NOW));
    assert_eq!(legs.len(), 2);
    assert_eq!(moved, books([position(0, 0), position(0, 0), position(D + C, 0)]));
    for status in STATUSES {
        let record = record.with_status(status, NOW);
        let mut full = books([position(D, D), position(C, C), position(0, 0)]);
        assert_eq!(
            settle(record, &mut full, NOW),
            Err(Error::BooksBroken),
            "{status}"
        );
    }
    let free = ChargedTransfer {
        charges: Charges::default(),
        ..record
    };
    let mut nothing = books([position(0, 0); 3]);
    assert_eq!(
        settle(free, &mut nothing, NOW).map(|(_, legs)| legs),
        Ok(Vec::new())
    );
}

#[test]
fn terms_that_wait_are_as_any_others() {
    let zero = Terms {
        interbank_settlement_amount: Money::new(Currency::CNY, 0),
        ..queued_terms()
    };
    let nothing = position(0, 0);
    let answer = instruct(None, &gate(), &caller(BOC), nothing, uetr(), &zero, NOW);
    assert_eq!(answer.err(), Some(Error::ZeroAmount));
}

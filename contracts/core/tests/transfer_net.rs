//! Net transfers: nothing is reserved, acceptance books them in a window, and a return waits for it.

mod common;

use common::*;
use corridor_core::transfer::{accept, cancel, expire, instruct, reject};
use corridor_core::transfer_net::{accept_net, NettedChange};
use corridor_core::transfer_return::return_transfer;
use corridor_core::{
    Caller, Error, NetEntry, NetPage, NetPages, Outcome, ParticipantId, ReasonCode, Role, Roles,
    SettlementMethod, Terms, Transfer, TransferChange, TransferReturn, TransferStatus, WindowId,
    WindowRecord, WindowStatus,
};

fn pending_net() -> Transfer {
    Transfer {
        terms: net_terms(),
        ..transfer(TransferStatus::Pending)
    }
}

fn covered(collateral: u64) -> NetPages {
    let mut debtor = NetPage::default();
    let entry = NetEntry {
        collateral,
        cap: u64::MAX,
        ..NetEntry::default()
    };
    debtor.set(BOC, entry);
    NetPages {
        debtor,
        creditor: None,
    }
}

#[derive(Clone)]
struct Args {
    transfer: Transfer,
    caller: Caller,
    pages: NetPages,
    window: WindowId,
    now: u64,
}

fn base() -> Args {
    Args {
        transfer: pending_net(),
        caller: caller(CUP),
        pages: covered(1_000),
        window: WINDOW,
        now: NOW,
    }
}

impl Args {
    fn accept(&self) -> Result<Outcome<NettedChange, Transfer>, Error> {
        accept_net(
            self.transfer,
            &self.caller,
            self.pages.clone(),
            self.window,
            self.now,
        )
    }
}

/// Amounts of window 0 wait and amounts of window 1 are open.
fn stuck(args: &mut Args) {
    let one = NetEntry {
        open: 1,
        ..NetEntry::default()
    };
    for (window, holder) in [(0, OTHER), (1, ParticipantId(3))] {
        args.pages.debtor.roll(WindowId(window)).expect("moves on");
        args.pages.debtor.set(holder, one);
    }
}

#[test]
fn an_acceptance_is_refused_in_documented_order() {
    let wrong: [fn(&mut Args); 3] = [
        |args| args.transfer.status = TransferStatus::Rejected,
        |args| args.transfer.status = TransferStatus::Cancelled,
        |args| args.transfer.status = TransferStatus::Expired,
    ];
    for wrong_status in wrong {
        assert_precedence(
            &base(),
            Args::accept,
            &[
                (Error::MissingRole, |args| {
                    args.caller = caller_without(args.caller.participant, &[Role::Approver]);
                }),
                (Error::NotCreditorAgent, |args| args.caller.participant = BOC),
                (Error::WrongMethod, |args| {
                    args.transfer.terms.settlement_method = SettlementMethod::Gross;
                }),
                (Error::WrongMethod, |args| {
                    args.transfer.terms.settlement_method = SettlementMethod::PaymentVersusPayment;
                }),
                (Error::WrongStatus, wrong_status),
                (Error::Expired, |args| args.now = terms().expires_at),
                (Error::NetAmountTooLarge, |args| {
                    args.transfer.terms.interbank_settlement_amount.minor_units = 1 << 63;
                }),
                (Error::WindowNotClosed, stuck),
                (Error::NetDebitCap, |args| {
                    let mut entry = args.pages.debtor.get(BOC);
                    entry.cap = 999;
                    args.pages.debtor.set(BOC, entry);
                }),
            ],
        );
    }
}

#[test]
fn acceptance_books_the_amount_once_in_the_window() {
    let args = base();
    let Ok(Outcome::Recorded(change)) = args.accept() else {
        panic!("first time");
    };
    let expected = Transfer {
        status: TransferStatus::Netted(WINDOW),
        updated_at: NOW,
        ..args.transfer
    };
    assert_eq!(change.transfer, expected);
    assert_eq!(change.event, TransferChange::Netted(WINDOW));
    assert_eq!(change.pages.debtor.get(BOC).open, -1_000);
    assert_eq!(change.pages.debtor.get(CUP).open, 1_000);
    for status in [
        TransferStatus::Netted(WINDOW),
        TransferStatus::PartlyReturned,
        TransferStatus::Returned,
    ] {
        let mut again = base();
        again.transfer.status = status;
        again.window = WindowId(u32::MAX);
        again.now = u64::MAX;
        stuck(&mut again);
        assert_eq!(again.accept(), Ok(Outcome::Repeated(again.transfer)));
    }
}

#[test]
fn no_role_but_approver_accepts() {
    for role in Role::ALL {
        let mut args = base();
        args.caller.roles = Roles::default().with(role);
        assert_eq!(args.accept().is_ok(), role == Role::Approver, "{role}");
    }
}

#[test]
fn the_gross_acceptance_refuses_it_in_every_status() {
    for status in STATUSES {
        let mut netted = pending_net();
        netted.status = status;
        let answer = accept(netted, &caller(CUP), position(0, 5_000), position(0, 0), NOW);
        assert_eq!(answer.err(), Some(Error::WrongMethod));
    }
}

#[test]
fn an_instruction_reserves_nothing_and_refuses_what_only_gross_settles() {
    let run = |terms: &Terms| instruct(None, &gate(), &caller(BOC), position(0, 7), uetr(), terms, NOW);
    let Ok(Outcome::Recorded(change)) = run(&net_terms()) else {
        panic!("no funds are needed");
    };
    assert_eq!(change.debtor, position(0, 7));
    assert_eq!(change.transfer.status, TransferStatus::Pending);
    let mut large = net_terms();
    large.interbank_settlement_amount.minor_units = 1 << 63;
    assert_eq!(run(&large), Err(Error::NetAmountTooLarge));
    large.creditor_agent = large.debtor_agent;
    assert_eq!(run(&large), Err(Error::SameAgent));
    large.creditor_agent = CUP;
    large.settlement_method = SettlementMethod::Gross;
    assert_eq!(run(&large), Err(Error::InsufficientFunds));
}

#[test]
fn the_other_ends_release_nothing() {
    let (transfer, debtor) = (pending_net(), position(3, 7));
    let (late, why) = (terms().expires_at, ReasonCode::AC04);
    for answer in [
        reject(transfer, &caller(CUP), debtor, why, NOW),
        cancel(transfer, &caller(BOC), debtor, why, NOW),
        expire(transfer, debtor, late),
    ] {
        let Ok(Outcome::Recorded(change)) = answer else {
            panic!("pending");
        };
        assert_eq!(change.debtor, debtor);
        assert_eq!(change.transfer.terms, transfer.terms);
    }
}

#[test]
fn a_netted_transfer_is_not_ended_otherwise() {
    let (netted, debtor) = (transfer(TransferStatus::Netted(WINDOW)), position(3, 5_000));
    let (late, why) = (u64::MAX, ReasonCode::AC04);
    for answer in [
        reject(netted, &caller(CUP), debtor, why, NOW),
        cancel(netted, &caller(BOC), debtor, why, NOW),
        expire(netted, debtor, late),
    ] {
        assert_eq!(answer.err(), Some(Error::WrongStatus));
    }
}

fn record(status: WindowStatus) -> WindowRecord {
    WindowRecord {
        window: WINDOW,
        status,
        closed_at: NOW,
        settles_in: WINDOW,
        net_minor_units: 0,
        gross_minor_units: 0,
        participants: 0,
    }
}

#[test]
fn a_return_waits_until_the_window_has_settled() {
    let part = TransferReturn {
        uetr: uetr(),
        minor_units: AMOUNT / 4,
        reason: ReasonCode::AC01,
    };
    let run = |transfer: Transfer, window: Option<WindowStatus>, command: &TransferReturn| {
        let window = window.map(record);
        let (debtor, creditor) = (position(3, 5), position(AMOUNT, 4));
        return_transfer(
            None,
            transfer,
            window.as_ref(),
            &caller(CUP),
            debtor,
            creditor,
            REFERENCE,
            command,
            NOW,
        )
    };
    let netted = transfer(TransferStatus::Netted(WINDOW));
    for window in [None, Some(WindowStatus::Aborted)] {
        assert_eq!(run(netted, window, &part), Err(Error::WindowNotSettled));
        let too_much = TransferReturn {
            minor_units: AMOUNT + 1,
            ..part
        };
        assert_eq!(run(netted, window, &too_much), Err(Error::WindowNotSettled));
        assert_eq!(run(pending_net(), window, &part), Err(Error::WrongStatus));
    }
    let Ok(Outcome::Recorded(change)) = run(netted, Some(WindowStatus::Settled), &part) else {
        panic!("settled");
    };
    assert_eq!(change.transfer.status, TransferStatus::PartlyReturned);
    assert_eq!(change.debtor, position(3 + AMOUNT / 4, 5));
    assert_eq!(change.creditor, position(AMOUNT - AMOUNT / 4, 4));
    // Once a part was returned the window had settled, so the rest asks no more.
    let rest = TransferReturn {
        minor_units: AMOUNT - AMOUNT / 4,
        ..part
    };
    let Ok(Outcome::Recorded(change)) = run(change.transfer, None, &rest) else {
        panic!("settled");
    };
    assert_eq!(change.transfer.status, TransferStatus::Returned);
}

#[test]
fn a_netted_status_says_accepted_and_in_process() {
    let status = TransferStatus::Netted(WINDOW);
    assert_eq!((status.name(), status.iso_code()), ("netted", "ACSP"));
    assert!(!status.has_settled());
}

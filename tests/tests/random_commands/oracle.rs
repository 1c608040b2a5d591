//! What must hold after each step, written down a second time.
//!
//! The oracle learns only that a command was carried out; what that does to positions and transfers it works
//! out by itself. For transfers and movements it also knows beforehand whether a command has to be carried
//! out, answered as a repeat, or refused.

use crate::world::{self, START};
use corridor_core::{
    Address, Currency, Error, Position, Reference, Role, Terms, TransferChange, TransferReturn,
    TransferStatus, Uetr,
};
use corridor_tests::backend::{Account, Backend, Command, Token};
use corridor_tests::ledger::{Done, Ledger, SETTLEMENT};
use std::collections::{BTreeMap, BTreeSet};

pub type Answer = Result<Done, Error>;

/// What the oracle believes of a transfer.
pub struct Known {
    pub terms: Terms,
    pub status: TransferStatus,
    pub has_settled: bool,
    pub returned: u128,
}

/// An account's side and rights.
#[derive(Default)]
pub struct Member {
    pub participant: u16,
    pub roles: Vec<Role>,
}

pub struct Oracle {
    positions: BTreeMap<(u16, Currency), Position>,
    pub transfers: BTreeMap<Uetr, Known>,
    pub references: BTreeSet<(u16, Reference)>,
    members: BTreeMap<Address, Member>,
    stray: BTreeMap<Token, u128>,
    /// Commands carried out, by the participant they were carried out for where that is part of their identity.
    pub done: Vec<(Option<u16>, Command)>,
}

impl Oracle {
    /// Starts from a ledger without transfers and escrow.
    pub fn new(ledger: &Ledger) -> Self {
        assert_eq!(ledger.now, START);
        let members = ledger.accounts.iter().map(|(address, caller)| {
            let (participant, roles) = (caller.participant.0, caller.roles.iter().collect());
            (*address, Member { participant, roles })
        });
        Self {
            positions: BTreeMap::new(),
            transfers: BTreeMap::new(),
            references: BTreeSet::new(),
            members: members.collect(),
            stray: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    /// Tokens that come in outside of a deposit change nobody's books.
    pub fn stray(&mut self, ledger: &mut Ledger, token: Token, minor_units: u128) {
        ledger.send_stray(token, minor_units);
        *self.stray.entry(token).or_default() += minor_units;
        self.books_agree(ledger);
    }

    /// Judges an answer and what it did to the ledger.
    pub fn check(
        &mut self,
        before: &Ledger,
        after: &Ledger,
        caller: Account,
        command: &Command,
        answer: Answer,
    ) {
        if answer != Ok(Done::Recorded) {
            assert!(before == after, "{answer:?} changed the state");
        }
        self.expected(before, caller, command, answer);
        if answer == Ok(Done::Recorded) {
            let identity = self.identity(caller, command);
            self.apply(caller, command);
            self.done.push(identity);
            one_event_each(before, after, command);
            tokens_moved(before, after, caller, command);
        }
        self.books_agree(after);
        self.transfers_agree(before, after);
    }

    pub fn member(&self, caller: Account) -> Option<&Member> {
        self.members.get(&caller.address())
    }

    pub fn identity(&self, caller: Account, command: &Command) -> (Option<u16>, Command) {
        let by_reference = matches!(
            command,
            Command::Deposit { .. } | Command::Withdraw { .. } | Command::ReturnTransfer { .. }
        );
        let participant = self.member(caller).map(|member| member.participant);
        (participant.filter(|_| by_reference), command.clone())
    }

    pub fn position(&self, participant: u16, currency: Currency) -> Position {
        self.positions
            .get(&(participant, currency))
            .copied()
            .unwrap_or_default()
    }

    fn change(&mut self, participant: u16, currency: Currency, change: impl FnOnce(&mut Position)) {
        change(self.positions.entry((participant, currency)).or_default());
    }

    /// What a command does, worked out here.
    fn apply(&mut self, caller: Account, command: &Command) {
        let participant = self.member(caller).map_or(0, |member| member.participant);
        match command.clone() {
            Command::Deposit { reference, amount } => {
                self.references.insert((participant, reference));
                self.change(participant, amount.currency, |own| {
                    own.available += amount.minor_units
                });
            }
            Command::Withdraw { reference, amount } => {
                self.references.insert((participant, reference));
                self.change(participant, amount.currency, |own| {
                    own.available -= amount.minor_units
                });
            }
            Command::Instruct { uetr, terms } => {
                let minor_units = terms.minor_units();
                self.change(terms.debtor_agent.0, terms.currency(), |debtor| {
                    debtor.available -= minor_units;
                    debtor.reserved += minor_units;
                });
                let status = TransferStatus::Pending;
                let known = Known {
                    terms,
                    status,
                    has_settled: false,
                    returned: 0,
                };
                self.transfers.insert(uetr, known);
            }
            Command::Accept { uetr } => self.settle(uetr),
            Command::Reject { uetr, .. } => self.release(uetr, TransferStatus::Rejected),
            Command::Cancel { uetr, .. } => self.release(uetr, TransferStatus::Cancelled),
            Command::Expire { uetr } => self.release(uetr, TransferStatus::Expired),
            Command::ReturnTransfer { reference, command } => {
                self.references.insert((participant, reference));
                self.give_back(&command);
            }
            Command::GrantRole {
                participant,
                account,
                role,
            } => {
                let member = self.members.entry(account.address()).or_default();
                member.participant = participant.0;
                member.roles.push(role);
            }
            Command::RevokeRole { account, role, .. } => {
                let member = self.members.entry(account.address()).or_default();
                member.roles.retain(|held| *held != role);
            }
            _ => {}
        }
    }

    fn known(&mut self, uetr: Uetr) -> &mut Known {
        self.transfers.get_mut(&uetr).expect("instructed before")
    }

    fn settle(&mut self, uetr: Uetr) {
        let known = self.known(uetr);
        assert!(!known.has_settled, "settled twice");
        known.has_settled = true;
        known.status = TransferStatus::Settled;
        let terms = known.terms;
        let minor_units = terms.minor_units();
        self.change(terms.debtor_agent.0, terms.currency(), |debtor| {
            debtor.reserved -= minor_units
        });
        self.change(terms.creditor_agent.0, terms.currency(), |creditor| {
            creditor.available += minor_units
        });
    }

    fn release(&mut self, uetr: Uetr, status: TransferStatus) {
        let known = self.known(uetr);
        known.status = status;
        let terms = known.terms;
        self.change(terms.debtor_agent.0, terms.currency(), |debtor| {
            debtor.reserved -= terms.minor_units();
            debtor.available += terms.minor_units();
        });
    }

    fn give_back(&mut self, command: &TransferReturn) {
        let known = self.known(command.uetr);
        known.returned += command.minor_units;
        let original = known.terms.minor_units();
        assert!(known.returned <= original, "more was returned than settled");
        let whole = known.returned == original;
        known.status = if whole {
            TransferStatus::Returned
        } else {
            TransferStatus::PartlyReturned
        };
        let terms = known.terms;
        self.change(terms.creditor_agent.0, terms.currency(), |from| {
            from.available -= command.minor_units
        });
        self.change(terms.debtor_agent.0, terms.currency(), |to| {
            to.available += command.minor_units
        });
    }

    /// Every position is what the oracle worked out, and the token holds exactly their sum.
    fn books_agree(&self, ledger: &Ledger) {
        for (currency, _, token) in world::currencies() {
            let mut booked = 0;
            for participant in ledger.participants.keys() {
                let position = ledger.position(*participant, currency);
                assert_eq!(
                    position,
                    self.position(participant.0, currency),
                    "{participant} {currency}"
                );
                booked += position.available + position.reserved;
            }
            let stray = self.stray.get(&token).copied().unwrap_or(0);
            if !ledger.currencies.contains_key(&currency) {
                assert_eq!(booked, 0, "{currency} is booked without being registered");
                continue;
            }
            let found = ledger.conservation(currency).expect("a registered currency");
            assert_eq!(
                (found.booked, found.held),
                (booked, booked + stray),
                "{currency} is not conserved"
            );
            assert_eq!((found.unallocated, found.holds), (stray, true));
        }
    }

    /// Every transfer stands where the oracle has it, and got there along a documented edge.
    fn transfers_agree(&self, before: &Ledger, after: &Ledger) {
        assert_eq!(after.transfers.len(), self.transfers.len());
        for (uetr, transfer) in &after.transfers {
            let known = self.transfers.get(uetr).expect("nobody instructed it");
            let found = (transfer.terms, transfer.status, transfer.returned_minor_units);
            assert_eq!(found, (known.terms, known.status, known.returned), "{uetr}");
            let from = before.transfers.get(uetr).map(|transfer| transfer.status);
            assert!(
                from == Some(transfer.status) || edge(from, transfer.status),
                "{from:?} {transfer:?}"
            );
        }
    }
}

/// The documented ways from one status to another.
fn edge(from: Option<TransferStatus>, to: TransferStatus) -> bool {
    use TransferStatus::{Cancelled, Expired, PartlyReturned, Pending, Rejected, Returned, Settled};
    match from {
        None => to == Pending,
        Some(Pending) => matches!(to, Settled | Rejected | Cancelled | Expired),
        Some(Settled) => matches!(to, PartlyReturned | Returned),
        Some(PartlyReturned) => to == Returned,
        // Nothing settles net here.
        Some(
            Rejected | Cancelled | Expired | Returned | TransferStatus::Netted(_) | TransferStatus::Queued,
        ) => false,
    }
}

/// A transfer command that was carried out emitted one event that tells it; any other, none.
fn one_event_each(before: &Ledger, after: &Ledger, command: &Command) {
    let new = &after.events[before.events.len()..];
    let expected = match command.clone() {
        Command::Instruct { uetr, terms } => (uetr, TransferChange::Instructed(terms)),
        Command::Accept { uetr } => (uetr, TransferChange::Settled),
        Command::Reject { uetr, reason } => (uetr, TransferChange::Rejected(reason)),
        Command::Cancel { uetr, reason } => (uetr, TransferChange::Cancelled(reason)),
        Command::Expire { uetr } => (uetr, TransferChange::Expired),
        Command::ReturnTransfer { reference, command } => {
            let TransferReturn {
                uetr,
                minor_units,
                reason,
            } = command;
            let returned_minor_units = after.transfers[&uetr].returned_minor_units;
            (
                uetr,
                TransferChange::Returned {
                    reference,
                    minor_units,
                    returned_minor_units,
                    reason,
                },
            )
        }
        _ => return assert_eq!(new, []),
    };
    assert_eq!(new, [expected]);
}

/// Tokens moved between the caller and the contract by a deposit or withdrawal, and by nothing else.
fn tokens_moved(before: &Ledger, after: &Ledger, caller: Account, command: &Command) {
    let (amount, into_escrow) = match command {
        Command::Deposit { amount, .. } => (amount, true),
        Command::Withdraw { amount, .. } => (amount, false),
        _ => return assert!(before.tokens == after.tokens, "tokens moved"),
    };
    let token = world::token_of(amount.currency)
        .expect("a registered currency")
        .address();
    let (old, new) = (&before.tokens[&token], &after.tokens[&token]);
    let (from, to) = if into_escrow {
        (caller.address(), SETTLEMENT)
    } else {
        (SETTLEMENT, caller.address())
    };
    assert_eq!(old.balance_of(from) - new.balance_of(from), amount.minor_units);
    assert_eq!(new.balance_of(to) - old.balance_of(to), amount.minor_units);
}

//! Random steps: mostly sensible ones, so that transfers get somewhere, with every kind of mischief between.

use crate::world::{self, PARTICIPANTS};
use corridor_core::{
    ChargeBearer, Currency, Money, ParticipantId, ReasonCode, Reference, Role, SettlementMethod, Terms,
    Transfer, TransferReturn, TransferStatus, Uetr,
};
use corridor_tests::backend::{Account, Command, Token};
use corridor_tests::ledger::Ledger;
use corridor_tests::random::Random;

/// What happens next.
#[derive(Clone, Debug)]
pub enum Step {
    Pass(u64),
    Stray(Token, u128),
    Send(Account, Command),
}

/// Commands that have to succeed now and then for the run to mean anything.
pub const KINDS: [&str; 18] = [
    "propose governor",
    "accept governor",
    "pause",
    "register currency",
    "register participant",
    "suspend",
    "propose admin",
    "accept admin",
    "grant",
    "revoke",
    "deposit",
    "withdraw",
    "instruct",
    "accept",
    "reject",
    "cancel",
    "expire",
    "return",
];

/// Commands that have to be repeated now and then.
pub const REPEATABLE: [&str; 8] = [
    "deposit", "withdraw", "instruct", "accept", "reject", "cancel", "expire", "return",
];

/// The command's name.
pub fn kind(command: &Command) -> &'static str {
    match command {
        Command::ProposeGovernor { .. } => "propose governor",
        Command::AcceptGovernor => "accept governor",
        Command::SetPaused { .. } => "pause",
        Command::RegisterCurrency { .. } => "register currency",
        Command::RegisterParticipant { .. } => "register participant",
        Command::SetSuspended { .. } => "suspend",
        Command::ProposeAdmin { .. } => "propose admin",
        Command::AcceptAdmin { .. } => "accept admin",
        Command::GrantRole { .. } => "grant",
        Command::RevokeRole { .. } => "revoke",
        Command::Deposit { .. } => "deposit",
        Command::Withdraw { .. } => "withdraw",
        Command::Instruct { .. } => "instruct",
        Command::Accept { .. } => "accept",
        Command::Reject { .. } => "reject",
        Command::Cancel { .. } => "cancel",
        Command::Expire { .. } => "expire",
        Command::ReturnTransfer { .. } => "return",
    }
}

/// Makes steps and remembers what succeeded, to send it again.
pub struct Generator {
    pub random: Random,
    done: Vec<(Account, Command)>,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random(seed),
            done: Vec::new(),
        }
    }

    /// A command that was recorded: a candidate for a replay.
    pub fn remember(&mut self, caller: Account, command: Command) {
        self.done.push((caller, command));
    }

    pub fn next(&mut self, ledger: &Ledger) -> Step {
        let token = self.random.pick(&world::currencies()).2;
        match self.random.below(100) {
            0..=2 => self.pass(ledger),
            3 => Step::Stray(token, 1 + u128::from(self.random.draw() % 50)),
            4..=14 if !self.done.is_empty() => self.replay(),
            15..=23 => self.govern(ledger),
            24..=37 => self.movement(),
            38..=67 => self.instruct(ledger),
            68..=87 => self.answer(ledger),
            _ => self.give_back(ledger),
        }
    }

    /// Time passes: at will, or to the last second of a pending transfer, or to the first one after it.
    fn pass(&mut self, ledger: &Ledger) -> Step {
        let at_will = self.random.draw() % 7_200;
        let pending: fn(&Transfer) -> bool = |transfer| transfer.status == TransferStatus::Pending;
        let left = self.known(ledger, pending).and_then(|(_, transfer)| {
            let boundary = transfer.terms.expires_at - self.random.draw() % 2;
            boundary.checked_sub(ledger.now)
        });
        Step::Pass(left.filter(|_| self.random.percent(50)).unwrap_or(at_will))
    }

    /// Something that succeeded before, by the same caller or by somebody else.
    fn replay(&mut self) -> Step {
        let at = self.random.below(self.done.len());
        let (caller, command) = self.done[at].clone();
        let caller = if self.random.percent(85) {
            caller
        } else {
            self.anyone()
        };
        Step::Send(caller, command)
    }

    pub fn anyone(&mut self) -> Account {
        match self.random.below(12) {
            0 => self.random.pick(&world::STRANGERS),
            1 => self.random.pick(&world::GOVERNORS),
            _ => {
                let participant = self.participant().0 % PARTICIPANTS;
                world::account(participant, self.random.below(world::POSTS.len()))
            }
        }
    }

    /// Mostly an account of the participant at one of the posts, else anyone.
    fn account_of(&mut self, participant: ParticipantId, posts: &[usize]) -> Account {
        if participant.0 < PARTICIPANTS && self.random.percent(88) {
            world::account(participant.0, self.random.pick(posts))
        } else {
            self.anyone()
        }
    }

    pub fn participant(&mut self) -> ParticipantId {
        let known = self.random.below(usize::from(PARTICIPANTS));
        ParticipantId(u16::try_from(known).expect("few participants"))
    }

    pub fn currency(&mut self) -> Currency {
        if self.random.percent(2) {
            Currency::new(*b"XTS").expect("a code")
        } else {
            let choice = if self.random.percent(5) { 4 } else { 3 };
            self.random.pick(&world::currencies()[..choice]).0
        }
    }

    fn minor_units(&mut self) -> u128 {
        match self.random.below(40) {
            0 => 0,
            1 => u128::MAX,
            2 => u128::from(self.random.draw()),
            _ => 1 + u128::from(self.random.draw() % 1_000),
        }
    }

    /// Few references, so that they collide.
    fn reference(&mut self) -> Reference {
        let number = u8::try_from(self.random.below(200)).expect("below 200");
        Reference([number; 16])
    }

    fn reason(&mut self) -> ReasonCode {
        self.random.pick(&[ReasonCode::AC04, ReasonCode::MS03])
    }

    pub fn role(&mut self) -> Role {
        self.random.pick(&Role::ALL)
    }

    fn movement(&mut self) -> Step {
        let participant = self.participant();
        let caller = self.account_of(participant, &[3]);
        let mut amount = Money::new(self.currency(), self.minor_units());
        let reference = self.reference();
        let command = if self.random.percent(70) {
            // Enough for several transfers.
            amount.minor_units = amount.minor_units.saturating_mul(8);
            Command::Deposit { reference, amount }
        } else {
            Command::Withdraw { reference, amount }
        };
        Step::Send(caller, command)
    }

    fn instruct(&mut self, ledger: &Ledger) -> Step {
        let known = self.known(ledger, |_| true).filter(|_| self.random.percent(10));
        let (uetr, terms) = match known {
            Some((uetr, transfer)) => (uetr, self.changed(transfer.terms)),
            None => {
                let bytes = self.random.bytes();
                let uetr = Uetr::from_random_bytes(bytes);
                let uetr = if self.random.percent(2) {
                    Uetr([0; 16])
                } else {
                    uetr
                };
                (uetr, self.terms(ledger.now))
            }
        };
        let caller = self.account_of(terms.debtor_agent, &[1, 6]);
        Step::Send(caller, Command::Instruct { uetr, terms })
    }

    fn terms(&mut self, now: u64) -> Terms {
        let expires_at = match self.random.below(25) {
            0 => now - self.random.draw() % 100,
            1 => now + 40 * 24 * 3_600,
            _ => now + 1 + self.random.draw() % 20_000,
        };
        let debtor_agent = self.participant();
        let creditor_agent = match self.random.below(30) {
            0 => ParticipantId(self.random.pick(&[300, u16::MAX])),
            1 => debtor_agent,
            _ => {
                let further = 1 + u16::try_from(self.random.below(4)).expect("below 4");
                ParticipantId((debtor_agent.0 + further) % PARTICIPANTS)
            }
        };
        Terms {
            debtor_agent,
            creditor_agent,
            interbank_settlement_amount: Money::new(self.currency(), self.minor_units()),
            interbank_settlement_date: 19_675,
            charge_bearer: ChargeBearer::Shar,
            settlement_method: SettlementMethod::Gross,
            expires_at,
            message_digest: [7; 32],
        }
    }

    /// The same terms, or with one of them changed.
    fn changed(&mut self, terms: Terms) -> Terms {
        match self.random.below(5) {
            0 => Terms {
                message_digest: [8; 32],
                ..terms
            },
            1 => Terms {
                creditor_agent: self.participant(),
                ..terms
            },
            2 => Terms {
                expires_at: terms.expires_at + 1,
                ..terms
            },
            _ => terms,
        }
    }

    /// A random transfer among those that fit.
    fn known(&mut self, ledger: &Ledger, fits: fn(&Transfer) -> bool) -> Option<(Uetr, Transfer)> {
        let fitting = || ledger.transfers.iter().filter(|(_, transfer)| fits(transfer));
        let count = fitting().count();
        let at = if count == 0 { 0 } else { self.random.below(count) };
        fitting().nth(at).map(|(uetr, transfer)| (*uetr, *transfer))
    }

    /// An answer to a transfer, mostly a pending one.
    fn answer(&mut self, ledger: &Ledger) -> Step {
        let pending: fn(&Transfer) -> bool = |transfer| transfer.status == TransferStatus::Pending;
        let found = if self.random.percent(85) {
            self.known(ledger, pending)
        } else {
            None
        };
        let found = found.or_else(|| self.known(ledger, |_| true));
        let Some((uetr, transfer)) = found.filter(|_| self.random.percent(98)) else {
            // Nobody instructed this one.
            let uetr = Uetr::from_random_bytes(self.random.bytes());
            return Step::Send(self.anyone(), Command::Accept { uetr });
        };
        let (debtor, creditor) = (transfer.terms.debtor_agent, transfer.terms.creditor_agent);
        match self.random.below(10) {
            0 => Step::Send(
                self.account_of(creditor, &[2, 4, 6]),
                Command::Reject {
                    uetr,
                    reason: self.reason(),
                },
            ),
            1 => Step::Send(
                self.account_of(debtor, &[1, 4, 6]),
                Command::Cancel {
                    uetr,
                    reason: self.reason(),
                },
            ),
            2 | 3 => Step::Send(self.anyone(), Command::Expire { uetr }),
            _ => Step::Send(self.account_of(creditor, &[2, 6]), Command::Accept { uetr }),
        }
    }

    /// A return, mostly of a settled transfer and mostly of a part of it.
    fn give_back(&mut self, ledger: &Ledger) -> Step {
        let settled: fn(&Transfer) -> bool = |transfer| transfer.status.has_settled();
        let found = if self.random.percent(92) {
            self.known(ledger, settled)
        } else {
            None
        };
        let Some((uetr, transfer)) = found.or_else(|| self.known(ledger, |_| true)) else {
            return Step::Pass(1);
        };
        let original = transfer.terms.minor_units();
        let left = original.saturating_sub(transfer.returned_minor_units);
        let minor_units = match self.random.below(6) {
            0 => left,
            1 => original,
            2 => self.minor_units(),
            _ => 1 + u128::from(self.random.draw()) % original,
        };
        let command = TransferReturn {
            uetr,
            minor_units,
            reason: self.reason(),
        };
        let caller = self.account_of(transfer.terms.creditor_agent, &[2, 6]);
        Step::Send(
            caller,
            Command::ReturnTransfer {
                reference: self.reference(),
                command,
            },
        )
    }
}

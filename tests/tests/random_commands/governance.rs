//! Random commands of the governor and the admins.

use crate::generator::{Generator, Step};
use crate::world::{self, PARTICIPANTS};
use corridor_core::{ParticipantId, Role};
use corridor_tests::backend::{Account, Command};
use corridor_tests::ledger::Ledger;

impl Generator {
    pub fn govern(&mut self, ledger: &Ledger) -> Step {
        let (caller, command) = if self.random.percent(50) {
            self.by_governor(ledger)
        } else {
            self.by_admin(ledger)
        };
        let caller = if self.random.percent(90) {
            caller
        } else {
            self.anyone()
        };
        Step::Send(caller, command)
    }

    fn by_governor(&mut self, ledger: &Ledger) -> (Account, Command) {
        let acting = world::GOVERNORS
            .into_iter()
            .find(|account| account.address() == ledger.governor);
        let governor = acting.expect("a governor of ours");
        let command = match self.random.below(7) {
            0 => Command::ProposeGovernor {
                successor: self.random.pick(&world::GOVERNORS),
            },
            1 => return (self.random.pick(&world::GOVERNORS), Command::AcceptGovernor),
            2 => Command::SetPaused {
                paused: self.random.percent(12),
            },
            3 => self.register_currency(),
            4 => self.register_participant(),
            _ => Command::SetSuspended {
                participant: self.participant(),
                suspended: self.random.percent(15),
            },
        };
        (governor, command)
    }

    fn by_admin(&mut self, ledger: &Ledger) -> (Account, Command) {
        let participant = self.participant();
        let member = world::account(participant.0, self.random.below(world::POSTS.len()));
        let successor = world::account(participant.0, self.random.pick(&[0, 5]));
        let command = match self.random.below(5) {
            0 => Command::ProposeAdmin {
                participant,
                successor,
            },
            1 => return (successor, Command::AcceptAdmin { participant }),
            2 => Command::RevokeRole {
                participant,
                account: member,
                role: self.role(),
            },
            3 => Command::GrantRole {
                participant,
                account: if self.random.percent(80) {
                    member
                } else {
                    self.anyone()
                },
                role: self.role(),
            },
            _ => {
                // What was revoked comes back, or business would die out.
                let post = self.random.below(4);
                Command::GrantRole {
                    participant,
                    account: world::account(participant.0, post + 1),
                    role: Role::ALL[post],
                }
            }
        };
        (self.admin_of(ledger, participant), command)
    }

    fn admin_of(&self, ledger: &Ledger, participant: ParticipantId) -> Account {
        let admin = ledger.participants.get(&participant).map(|record| record.admin);
        let posts = 0..world::POSTS.len();
        posts
            .map(|post| world::account(participant.0, post))
            .find(|account| Some(account.address()) == admin)
            .unwrap_or(world::STRANGERS[0])
    }

    fn register_currency(&mut self) -> Command {
        let (currency, exponent, token) = self.random.pick(&world::currencies());
        if self.random.percent(50) {
            return Command::RegisterCurrency {
                currency,
                exponent,
                token,
            };
        }
        // Another code on the same token, another token or exponent for the code.
        let currency = self.currency();
        Command::RegisterCurrency {
            currency,
            exponent: self.random.pick(&[0, 2, 5]),
            token,
        }
    }

    /// Its own identifier again, a foreign one, or a sixth and later participant without staff.
    fn register_participant(&mut self) -> Command {
        let number = u16::try_from(self.random.below(12)).expect("below 12");
        let mut agents = vec![world::agent(number)];
        if self.random.percent(20) {
            agents.push(world::agent(number / 2));
        }
        Command::RegisterParticipant {
            agents,
            admin: world::account(number % PARTICIPANTS, 0),
        }
    }
}

//! Random commands of the governor and the admins.

use crate::generator::{Generator, Step};
use crate::world::{self, PARTICIPANTS};
use corridor_core::{ParticipantId, Role};
use corridor_tests::backend::{Account, Command};
use corridor_tests::ledger::Ledger;

impl Generator {
    pub fn govern(&mut self, ledger: &Ledger) -> Step {
        let acting = world::GOVERNORS
            .into_iter()
            .find(|account| account.address() == ledger.governor);
        let mut caller = acting.expect("a governor of ours");
        let participant = self.participant();
        let member = world::account(participant.0, self.random.below(world::POSTS.len()));
        let admin = self.admin_of(ledger, participant);
        let command = match self.random.below(12) {
            0 => Command::ProposeGovernor {
                successor: self.random.pick(&world::GOVERNORS),
            },
            1 => {
                caller = self.random.pick(&world::GOVERNORS);
                Command::AcceptGovernor
            }
            2 => Command::SetPaused {
                paused: self.random.percent(12),
            },
            3 => self.register_currency(),
            4 => self.register_participant(),
            5 | 6 => Command::SetSuspended {
                participant,
                suspended: self.random.percent(15),
            },
            7 => {
                caller = admin;
                let successor = world::account(participant.0, self.random.pick(&[0, 5]));
                Command::ProposeAdmin {
                    participant,
                    successor,
                }
            }
            8 => {
                caller = world::account(participant.0, self.random.pick(&[0, 5]));
                Command::AcceptAdmin { participant }
            }
            9 => {
                caller = admin;
                let account = if self.random.percent(80) {
                    member
                } else {
                    self.anyone()
                };
                Command::GrantRole {
                    participant,
                    account,
                    role: self.role(),
                }
            }
            10 => {
                caller = admin;
                Command::RevokeRole {
                    participant,
                    account: member,
                    role: self.role(),
                }
            }
            _ => {
                // What was revoked comes back, or business would die out.
                caller = admin;
                let post = self.random.below(4);
                let account = world::account(participant.0, post + 1);
                Command::GrantRole {
                    participant,
                    account,
                    role: Role::ALL[post],
                }
            }
        };
        let caller = if self.random.percent(90) {
            caller
        } else {
            self.anyone()
        };
        Step::Send(caller, command)
    }

    fn admin_of(&mut self, ledger: &Ledger, participant: ParticipantId) -> Account {
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

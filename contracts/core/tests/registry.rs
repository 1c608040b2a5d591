//! Admission, roles, gate and succession: every error, in documented order.

mod common;

use common::*;
use corridor_core::participant::{Participant, MAX_PARTICIPANTS};
use corridor_core::registry::{register_currency, register_participant, CurrencyEntry, MAX_CURRENCIES};
use corridor_core::role::{grant, revoke};
use corridor_core::{
    succession, Address, AgentId, Caller, Currency, Error, Gate, Outcome, ParticipantId, Role, Roles,
};

const CNY: CurrencyEntry = CurrencyEntry {
    currency: Currency::CNY,
    exponent: 2,
    token: [7; 20],
};
const ADMIN: Address = [1; 20];

#[derive(Clone)]
struct NewCurrency {
    known: Option<CurrencyEntry>,
    token_in_use: bool,
    token_decimals: u8,
    count: u16,
    entry: CurrencyEntry,
}

fn new_currency() -> NewCurrency {
    NewCurrency {
        known: None,
        token_in_use: false,
        token_decimals: 2,
        count: MAX_CURRENCIES - 1,
        entry: CNY,
    }
}

impl NewCurrency {
    fn run(&self) -> Result<Outcome<CurrencyEntry, CurrencyEntry>, Error> {
        let Self {
            known,
            token_in_use,
            token_decimals,
            count,
            entry,
        } = self;
        register_currency(*known, *token_in_use, *token_decimals, *count, *entry)
    }
}

#[test]
fn a_currency_is_refused_in_documented_order() {
    assert_precedence(
        &new_currency(),
        NewCurrency::run,
        &[
            (Error::CurrencyConflict, |args| {
                args.known = Some(CurrencyEntry { exponent: 3, ..CNY })
            }),
            (Error::CurrencyConflict, |args| {
                args.known = Some(CurrencyEntry {
                    token: [8; 20],
                    ..CNY
                })
            }),
            (Error::CurrencyConflict, |args| args.token_in_use = true),
            (Error::ExponentMismatch, |args| args.token_decimals = 3),
            (Error::TooMany, |args| args.count = MAX_CURRENCIES),
        ],
    );
}

#[test]
fn no_exponent_above_those_of_iso_4217_is_registered() {
    let mut args = new_currency();
    args.entry.currency = Currency::new(*b"CLF").expect("a code");
    for (exponent, answer) in [
        (4, Ok(())),
        (5, Err(Error::ExponentMismatch)),
        (18, Err(Error::ExponentMismatch)),
    ] {
        args.entry.exponent = exponent;
        args.token_decimals = exponent;
        assert_eq!(args.run().map(|_| ()), answer);
    }
}

#[test]
fn a_registered_currency_is_answered_again_whatever_the_count() {
    let mut args = new_currency();
    assert_eq!(args.run(), Ok(Outcome::Recorded(CNY)));
    args.known = Some(CNY);
    args.token_in_use = true;
    args.count = MAX_CURRENCIES;
    assert_eq!(args.run(), Ok(Outcome::Repeated(CNY)));
}

#[derive(Clone)]
struct NewParticipant {
    gate: Gate,
    holders: Vec<Option<ParticipantId>>,
    known: Option<(ParticipantId, Participant)>,
    agents: Vec<AgentId>,
    admin: Address,
}

fn agents(texts: &[&str]) -> Vec<AgentId> {
    texts.iter().map(|text| text.parse().expect("an agent")).collect()
}

fn new_participant() -> NewParticipant {
    NewParticipant {
        gate: Gate {
            participants: MAX_PARTICIPANTS - 1,
            ..Gate::default()
        },
        holders: vec![None, None],
        known: None,
        agents: agents(&["BKCHCNBJ", "CNAPS:104100000004"]),
        admin: ADMIN,
    }
}

impl NewParticipant {
    fn run(&self) -> Result<Outcome<(ParticipantId, Participant), ParticipantId>, Error> {
        register_participant(
            &self.gate,
            &self.holders,
            self.known.as_ref().map(|(id, record)| (*id, record)),
            self.agents.clone(),
            self.admin,
        )
    }

    /// As if the same participant had been registered before, its record changed by `change`.
    fn recorded(&mut self, change: fn(&mut Participant)) {
        let mut record = Participant {
            agents: self.agents.clone(),
            admin: self.admin,
            proposed_admin: None,
            accounts: 3,
        };
        change(&mut record);
        self.holders = vec![Some(BOC), Some(BOC)];
        self.known = Some((BOC, record));
    }
}

#[test]
fn a_participant_is_refused_in_documented_order() {
    let invalid: [fn(&mut NewParticipant); 3] = [
        |args| args.agents.clear(),
        |args| args.agents = agents(&["BKCHCNBJ", "UNIOCNSH", "BKCHCNBJXXX"]),
        |args| args.agents = agents(&["BKCHCNBJ", "A:1", "A:2", "A:3", "A:4"]),
    ];
    for invalid_agents in invalid {
        assert_precedence(
            &new_participant(),
            NewParticipant::run,
            &[
                (Error::InvalidAgents, invalid_agents),
                (Error::AgentConflict, |args| {
                    args.recorded(|record| record.admin = [2; 20])
                }),
                (Error::AgentConflict, |args| {
                    args.recorded(|record| record.agents.truncate(1))
                }),
                (Error::AgentConflict, |args| {
                    args.recorded(|record| record.agents.reverse())
                }),
                (Error::AgentConflict, |args| args.holders = vec![None, Some(CUP)]),
                (Error::TooMany, |args| args.gate.participants = MAX_PARTICIPANTS),
            ],
        );
    }
}

#[test]
fn a_participant_gets_the_next_number_and_keeps_it_when_repeated() {
    let mut args = new_participant();
    args.gate.participants = 2;
    let record = Participant {
        agents: args.agents.clone(),
        admin: ADMIN,
        proposed_admin: None,
        accounts: 0,
    };
    assert_eq!(args.run(), Ok(Outcome::Recorded((ParticipantId(2), record))));
    args.recorded(|_| ());
    args.gate.participants = MAX_PARTICIPANTS;
    assert_eq!(args.run(), Ok(Outcome::Repeated(BOC)));
}

#[test]
fn one_to_four_identifiers_are_admitted() {
    for count in 1..=4 {
        let mut args = new_participant();
        args.agents = agents(&["BKCHCNBJ", "A:1", "A:2", "A:3"][..count]);
        args.holders = vec![None; count];
        assert!(args.run().is_ok());
    }
}

#[test]
fn roles_are_given_and_taken_by_the_accounts_own_participant_only() {
    let of_cup = Caller {
        participant: CUP,
        roles: Roles::default().with(Role::Auditor),
    };
    for role in Role::ALL {
        let foreign = Err(Error::AccountOfOtherParticipant);
        assert_eq!(grant(Some(of_cup), &gate(), BOC, role), foreign);
        assert_eq!(revoke(Some(of_cup), BOC, role), foreign);
        let granted = Caller {
            participant: BOC,
            roles: Roles::default().with(role),
        };
        assert_eq!(grant(None, &gate(), BOC, role), Ok(Some(granted)));
        assert_eq!(grant(Some(granted), &gate(), BOC, role), Ok(None));
        let none = Caller {
            participant: BOC,
            roles: Roles::default(),
        };
        assert_eq!(revoke(Some(granted), BOC, role), Ok(Some(none)));
        assert_eq!(revoke(Some(none), BOC, role), Ok(None));
    }
}

#[test]
fn a_gate_names_the_unknown_before_the_suspended_and_keeps_the_pause_apart() {
    let suspended = Gate {
        suspended: [u64::MAX; 4],
        ..gate()
    };
    assert_eq!(gate().open(), Ok(()));
    assert_eq!(
        Gate {
            paused: true,
            ..gate()
        }
        .open(),
        Err(Error::Paused)
    );
    assert_eq!(suspended.open(), Ok(()));
    assert_eq!(gate().admitted(OTHER), Ok(()));
    assert_eq!(suspended.admitted(OTHER), Ok(()));
    assert_eq!(gate().admitted(ParticipantId(3)), Err(Error::UnknownParticipant));
    assert_eq!(gate().active(OTHER), Ok(()));
    assert_eq!(
        Gate {
            paused: true,
            ..gate()
        }
        .active(OTHER),
        Ok(())
    );
    assert_eq!(suspended.active(OTHER), Err(Error::ParticipantSuspended));
    assert_eq!(suspended.active(ParticipantId(3)), Err(Error::UnknownParticipant));
    assert_eq!(
        gate().set_suspended(ParticipantId(3), true),
        Err(Error::UnknownParticipant)
    );
}

#[test]
fn a_key_passes_to_the_proposed_account_only() {
    assert_eq!(succession::accept(Some(ADMIN), ADMIN), Ok(ADMIN));
    assert_eq!(succession::accept(Some(ADMIN), [2; 20]), Err(Error::NotProposed));
    assert_eq!(succession::accept(None, ADMIN), Err(Error::NotProposed));
}

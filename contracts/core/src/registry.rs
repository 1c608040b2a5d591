//! Admission of currencies and participants by the governor.

use crate::currency::MAX_EXPONENT;
use crate::participant::{Participant, MAX_AGENTS, MAX_PARTICIPANTS};
use crate::{Address, AgentId, Currency, Error, Gate, Outcome, ParticipantId, Roles, Schedule};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most currencies one contract settles.
pub const MAX_CURRENCIES: u16 = 64;

/// A currency the contract settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct CurrencyEntry {
    /// ISO 4217 code.
    pub currency: Currency,
    /// Digits after the decimal point; the token's `decimals`.
    pub exponent: u8,
    /// The ERC-20 contract that is this currency's money.
    pub token: Address,
}

/// What happened to the registry: the content of its event.
#[must_use = "every change emits its event"]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum RegistryChange {
    /// New business was stopped (`true`) or allowed again.
    #[codec(index = 0)]
    Paused(bool),
    /// The governor named its successor.
    #[codec(index = 1)]
    GovernorProposed(Address),
    /// The successor took over.
    #[codec(index = 2)]
    GovernorChanged(Address),
    /// A currency was admitted.
    #[codec(index = 3)]
    CurrencyRegistered(CurrencyEntry),
    /// A participant was admitted.
    #[codec(index = 4)]
    ParticipantRegistered {
        /// Its number.
        id: ParticipantId,
        /// Its identifiers.
        agents: Vec<AgentId>,
        /// Who administers its roles.
        admin: Address,
    },
    /// A participant was suspended or reinstated.
    #[codec(index = 5)]
    ParticipantSuspended {
        /// Its number.
        id: ParticipantId,
        /// `true` when suspended.
        suspended: bool,
    },
    /// A participant's admin named its successor.
    #[codec(index = 6)]
    AdminProposed {
        /// The participant.
        id: ParticipantId,
        /// The successor.
        admin: Address,
    },
    /// The successor took over.
    #[codec(index = 7)]
    AdminChanged {
        /// The participant.
        id: ParticipantId,
        /// The new admin.
        admin: Address,
    },
    /// An account's roles changed.
    #[codec(index = 8)]
    RolesChanged {
        /// The participant the account acts for.
        id: ParticipantId,
        /// The account.
        account: Address,
        /// All its roles from now on.
        roles: Roles,
    },
    /// How time is cut into settlement windows from now on.
    #[codec(index = 9)]
    ScheduleSet(Schedule),
    /// An account left: it has no roles, and acts for nobody.
    #[codec(index = 10)]
    AccountLeft {
        /// The participant it acted for.
        id: ParticipantId,
        /// The account.
        account: Address,
    },
}

/// Registers a currency.
///
/// `known` is the entry of the same code, `token_in_use` tells whether another currency has the same
/// token: two currencies on one token would both claim its balance. Errors, in order:
/// [`Error::CurrencyConflict`], [`Error::ExponentMismatch`] when the token's `decimals` differ or exceed
/// what ISO 4217 assigns, [`Error::TooMany`].
pub fn register_currency(
    known: Option<CurrencyEntry>,
    token_in_use: bool,
    token_decimals: u8,
    count: u16,
    entry: CurrencyEntry,
) -> Result<Outcome<CurrencyEntry, CurrencyEntry>, Error> {
    match known {
        Some(known) if known == entry => return Ok(Outcome::Repeated(known)),
        Some(_) => return Err(Error::CurrencyConflict),
        None if token_in_use => return Err(Error::CurrencyConflict),
        None => {}
    }
    if entry.exponent > MAX_EXPONENT || token_decimals != entry.exponent {
        return Err(Error::ExponentMismatch);
    }
    if count >= MAX_CURRENCIES {
        return Err(Error::TooMany);
    }
    Ok(Outcome::Recorded(entry))
}

/// Admits a participant under one to [`MAX_AGENTS`] identifiers, none of them in use.
///
/// `holders` are the participants already known by each of `agents`, in order; `known` is the record of
/// the first of them. Errors, in order: [`Error::InvalidAgents`], [`Error::AgentConflict`],
/// [`Error::TooMany`]. The same identifiers with the same admin is a repeat.
pub fn register_participant(
    gate: &Gate,
    holders: &[Option<ParticipantId>],
    known: Option<(ParticipantId, &Participant)>,
    agents: Vec<AgentId>,
    admin: Address,
) -> Result<Outcome<(ParticipantId, Participant), ParticipantId>, Error> {
    let distinct = agents.iter().enumerate().all(|(at, agent)| {
        !agents
            .iter()
            .skip(at.saturating_add(1))
            .any(|other| other == agent)
    });
    if agents.is_empty() || agents.len() > MAX_AGENTS || !distinct {
        return Err(Error::InvalidAgents);
    }
    if let Some((id, participant)) = known {
        let same = participant.agents == agents && participant.admin == admin;
        return if same {
            Ok(Outcome::Repeated(id))
        } else {
            Err(Error::AgentConflict)
        };
    }
    if holders.iter().any(Option::is_some) {
        return Err(Error::AgentConflict);
    }
    if gate.participants >= MAX_PARTICIPANTS {
        return Err(Error::TooMany);
    }
    let participant = Participant {
        agents,
        admin,
        proposed_admin: None,
        accounts: 0,
    };
    Ok(Outcome::Recorded((ParticipantId(gate.participants), participant)))
}

//! The root cell: ink! reads it on every message, so what every message needs is here and nothing else is.

use alloc::vec::Vec;
use corridor_api::{Codes, GovernanceState};
use corridor_core::{Address, Error, Gate, Schedule};
use scale_codec::{Decode, DecodeAll, Encode};

/// Who governs, the gate, the schedule, and where the rest of the code is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(
    feature = "std",
    derive(scale_info::TypeInfo, ink::storage::traits::StorageLayout)
)]
pub struct Root {
    /// The contracts whose code the hub executes. Fixed at deployment, as is the next.
    pub codes: Codes,
    /// The chain's genesis hash, which signed quotes are bound to. A contract cannot ask for it.
    pub genesis_hash: [u8; 32],
    /// Who governs.
    pub governor: Address,
    /// The account asked to take over, until it accepts.
    pub proposed_governor: Option<Address>,
    /// New business is stopped.
    pub paused: bool,
    /// How many participants have been admitted.
    pub participants: u16,
    /// A bit for each participant, set while it is suspended.
    pub suspended: [u64; 4],
    /// How many currencies are registered.
    pub currencies: u16,
    /// There are or were tariffs or limits, so they have to be looked up for each instruction.
    pub controlled: bool,
    /// The settlement schedule's SCALE bytes; none before the first is set. Here and not under a key of its own
    /// because every net acceptance needs it.
    pub schedule: Vec<u8>,
}

impl Root {
    /// An empty registry.
    #[must_use]
    pub fn new(codes: Codes, genesis_hash: [u8; 32], governor: Address) -> Self {
        Self {
            codes,
            genesis_hash,
            governor,
            proposed_governor: None,
            paused: false,
            participants: 0,
            suspended: [0; 4],
            currencies: 0,
            controlled: false,
            schedule: Vec::new(),
        }
    }

    /// The storage of code that is executed by a hub only: governed by nobody.
    #[must_use]
    pub fn of_code() -> Self {
        let nowhere = ink::Address::from([0; 20]);
        let codes = Codes {
            backoffice: nowhere,
            clearing: nowhere,
            exchange: nowhere,
            controls: nowhere,
            treasury: nowhere,
        };
        Self::new(codes, [0; 32], [0; 20])
    }

    /// What stops new business.
    #[must_use]
    pub fn gate(&self) -> Gate {
        Gate {
            paused: self.paused,
            participants: self.participants,
            suspended: self.suspended,
        }
    }

    /// Replaces what stops new business.
    pub fn set_gate(&mut self, gate: Gate) {
        self.paused = gate.paused;
        self.participants = gate.participants;
        self.suspended = gate.suspended;
    }

    /// The settlement schedule; [`Error::NoSchedule`] before the first is set.
    pub fn schedule(&self) -> Result<Schedule, Error> {
        if self.schedule.is_empty() {
            return Err(Error::NoSchedule);
        }
        Schedule::decode_all(&mut self.schedule.as_slice()).map_err(|_| Error::BooksBroken)
    }

    /// The root state as queries show it.
    #[must_use]
    pub fn state(&self) -> GovernanceState {
        GovernanceState {
            governor: self.governor.into(),
            proposed_governor: self.proposed_governor.map(Into::into),
            gate: self.gate(),
            currencies: self.currencies,
            codes: self.codes,
            genesis_hash: self.genesis_hash,
        }
    }
}

//! The root cell: ink! reads it on every message, so what every message needs is here and nothing else is.

use corridor_api::GovernanceState;
use corridor_core::{Address, Gate};
use scale_codec::{Decode, Encode};

/// Who governs, the gate, and where the back office's code is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(
    feature = "std",
    derive(scale_info::TypeInfo, ink::storage::traits::StorageLayout)
)]
pub struct Root {
    /// The contract whose code the hub executes for infrequent messages. Fixed at deployment.
    pub backoffice: Address,
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
}

impl Root {
    /// An empty registry.
    #[must_use]
    pub fn new(backoffice: Address, governor: Address) -> Self {
        Self {
            backoffice,
            governor,
            proposed_governor: None,
            paused: false,
            participants: 0,
            suspended: [0; 4],
            currencies: 0,
        }
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

    /// The root state as queries show it.
    #[must_use]
    pub fn state(&self) -> GovernanceState {
        GovernanceState {
            governor: self.governor.into(),
            proposed_governor: self.proposed_governor.map(Into::into),
            gate: self.gate(),
            currencies: self.currencies,
            backoffice: self.backoffice.into(),
        }
    }
}

//! Participants: the institutions that hold escrow and settle with each other.

use crate::{Address, AgentId, Error};
use alloc::vec::Vec;
use core::fmt;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most participants one contract admits. Their suspension flags live in the root cell, which every
/// call reads anyway, so this bounds what each call pays.
pub const MAX_PARTICIPANTS: u16 = 256;

/// The most identifiers one participant may be found by.
pub const MAX_AGENTS: usize = 4;

/// A participant's number in the contract: dense, from 0, never reused.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
pub struct ParticipantId(pub u16);

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What is recorded of a participant. No names: banks know each other by their identifiers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Participant {
    /// The identifiers messages may use for it, the first being the one reports show.
    pub agents: Vec<AgentId>,
    /// The account that grants and revokes the participant's roles.
    pub admin: Address,
    /// The account asked to take over from `admin`, until it accepts.
    pub proposed_admin: Option<Address>,
    /// How many accounts have ever been given a role: the length of the account list.
    pub accounts: u32,
}

/// The switches that stop new business: the contract's pause and each participant's suspension.
///
/// What is already pending is wound down regardless: accept, reject, cancel, expire, return and withdraw
/// do not look at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, TypeInfo)]
pub struct Gate {
    /// New business is stopped for everyone.
    pub paused: bool,
    /// How many participants have been admitted.
    pub participants: u16,
    /// One bit for each participant, set while it is suspended.
    pub suspended: [u64; 4],
}

impl Gate {
    /// [`Error::Paused`] while new business is stopped.
    pub fn open(&self) -> Result<(), Error> {
        if self.paused {
            Err(Error::Paused)
        } else {
            Ok(())
        }
    }

    /// [`Error::UnknownParticipant`] unless `id` has been admitted.
    pub fn admitted(&self, id: ParticipantId) -> Result<(), Error> {
        if id.0 < self.participants {
            Ok(())
        } else {
            Err(Error::UnknownParticipant)
        }
    }

    /// Admitted, and not suspended ([`Error::ParticipantSuspended`]).
    pub fn active(&self, id: ParticipantId) -> Result<(), Error> {
        self.admitted(id)?;
        if self.is_suspended(id) {
            Err(Error::ParticipantSuspended)
        } else {
            Ok(())
        }
    }

    /// Whether `id` is suspended.
    #[must_use]
    pub fn is_suspended(&self, id: ParticipantId) -> bool {
        let (word, bit) = place(id);
        self.suspended.get(word).is_some_and(|flags| flags & bit != 0)
    }

    /// Sets or clears the suspension of an admitted participant.
    pub fn set_suspended(&mut self, id: ParticipantId, suspended: bool) -> Result<(), Error> {
        self.admitted(id)?;
        let (word, bit) = place(id);
        let flags = self.suspended.get_mut(word).ok_or(Error::UnknownParticipant)?;
        *flags = if suspended { *flags | bit } else { *flags & !bit };
        Ok(())
    }
}

/// Word and bit of a participant's flag.
fn place(id: ParticipantId) -> (usize, u64) {
    (usize::from(id.0 >> 6), 1u64 << (id.0 & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspension_touches_one_participant_only() {
        let mut gate = Gate {
            participants: MAX_PARTICIPANTS,
            ..Gate::default()
        };
        for id in (0..MAX_PARTICIPANTS).map(ParticipantId) {
            gate.set_suspended(id, true).expect("admitted");
            for other in (0..MAX_PARTICIPANTS).map(ParticipantId) {
                assert_eq!(gate.is_suspended(other), other == id);
            }
            assert_eq!(gate.active(id), Err(Error::ParticipantSuspended));
            gate.set_suspended(id, false).expect("admitted");
            assert_eq!(gate.active(id), Ok(()));
        }
    }

    #[test]
    fn who_was_not_admitted_is_unknown() {
        let mut gate = Gate {
            participants: 2,
            ..Gate::default()
        };
        assert_eq!(gate.active(ParticipantId(2)), Err(Error::UnknownParticipant));
        assert_eq!(
            gate.set_suspended(ParticipantId(2), true),
            Err(Error::UnknownParticipant)
        );
        assert_eq!(
            gate.set_suspended(ParticipantId(u16::MAX), true),
            Err(Error::UnknownParticipant)
        );
        assert!(!gate.is_suspended(ParticipantId(u16::MAX)));
    }
}

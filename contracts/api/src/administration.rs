//! A participant admin's messages.

use corridor_core::{Error, ParticipantId, Role};
use ink::Address;

/// Roles and the admin's own succession.
///
/// Every message repeats without effect. Errors: [`Error::UnknownParticipant`], then [`Error::NotAdmin`]
/// for any caller but the participant's admin.
#[ink::trait_definition]
pub trait Administration {
    /// Names the admin's successor, replacing an earlier proposal.
    #[ink(message)]
    fn propose_admin(&mut self, id: ParticipantId, successor: Address) -> Result<(), Error>;

    /// The proposed successor takes over; [`Error::NotProposed`] for anyone else.
    #[ink(message)]
    fn accept_admin(&mut self, id: ParticipantId) -> Result<(), Error>;

    /// Gives an account a role; [`Error::AccountOfOtherParticipant`].
    #[ink(message)]
    fn grant_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error>;

    /// Takes a role from an account; [`Error::AccountOfOtherParticipant`].
    #[ink(message)]
    fn revoke_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error>;
}

//! A participant admin's messages.

use corridor_core::{Error, ParticipantId, Role};
use ink::Address;

/// Roles and the admin's own succession.
///
/// Every message repeats without effect. Errors: [`Error::UnknownParticipant`], then [`Error::NotAdmin`]
/// for any caller but the participant's admin; [`leave`](Administration::leave) has none.
#[ink::trait_definition]
pub trait Administration {
    /// Names the admin's successor, replacing an earlier proposal.
    #[ink(message)]
    fn propose_admin(&mut self, id: ParticipantId, successor: Address) -> Result<(), Error>;

    /// The proposed successor takes over; [`Error::NotProposed`] for anyone else.
    #[ink(message)]
    fn accept_admin(&mut self, id: ParticipantId) -> Result<(), Error>;

    /// Gives an account a role; [`Error::AccountOfOtherParticipant`], [`Error::ParticipantSuspended`] for one that acts
    /// for nobody yet.
    #[ink(message)]
    fn grant_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error>;

    /// Takes a role from an account; [`Error::AccountOfOtherParticipant`].
    #[ink(message)]
    fn revoke_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error>;

    /// The calling account, whoever's it is: it gives up all its roles and acts for nobody any more, so that any admin may
    /// grant it a role. Whoever is a participant's admin stays that.
    #[ink(message)]
    fn leave(&mut self) -> Result<(), Error>;
}

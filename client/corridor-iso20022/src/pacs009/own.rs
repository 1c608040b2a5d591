//! Whether a transfer is a participant's own money for another participant.

use super::InstitutionTransaction;
use crate::{Agent, BookAccount};
use corridor_core::ParticipantId;

/// Why a transfer is not a participant's own money for another participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOwn {
    /// An account is one with Corridor: money would go into or out of escrow.
    Account(BookAccount),
    /// An institution, with what it is called here, cannot be told: why not.
    Unknown(&'static str, String),
    /// Somebody else pays.
    Debtor(ParticipantId),
    /// The institution that is paid would not settle for itself.
    Creditor {
        /// Who is paid.
        creditor: ParticipantId,
        /// Who is instructed.
        instructed: ParticipantId,
    },
    /// The participant would pay itself.
    Itself,
}

impl InstitutionTransaction {
    /// Checks that neither account is with Corridor, that `participant` pays, and that another participant is paid, which settles
    /// for itself. `resolve` tells who an agent is.
    ///
    /// # Errors
    /// The first of these that is not so.
    pub fn check_own(
        &self,
        participant: ParticipantId,
        resolve: impl Fn(&Agent) -> Result<ParticipantId, String>,
    ) -> Result<(), NotOwn> {
        let accounts = [&self.debtor_account, &self.creditor_account];
        if let Some(book) = accounts.into_iter().flatten().find_map(BookAccount::of) {
            return Err(NotOwn::Account(book));
        }
        let who = |what, agent| resolve(agent).map_err(|fault| NotOwn::Unknown(what, fault));
        let pays = who("debtor", &self.debtor)?;
        if pays != participant {
            return Err(NotOwn::Debtor(pays));
        }
        let creditor = who("creditor", &self.creditor)?;
        let instructed = who("instructed agent", &self.instructed_agent)?;
        if creditor != instructed {
            return Err(NotOwn::Creditor { creditor, instructed });
        }
        match creditor == participant {
            true => Err(NotOwn::Itself),
            false => Ok(()),
        }
    }
}

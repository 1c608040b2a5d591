//! What the governor sets for one debtor agent, creditor agent and currency, kept together because an
//! instruction needs all of it.

use crate::limits::Limited;
use crate::tariff::{Side, Tariff, Tariffs};
use crate::{Charges, Error, Outcome, ParticipantId, Seconds, Terms};
use scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// A corridor's tariffs and limits. At most 337 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Default, Encode, Decode, TypeInfo)]
pub struct CorridorControls {
    /// How much of its transfers there may be. First, for a batch, which concerns eight corridors and no tariff.
    pub limited: Limited,
    /// What they cost.
    pub tariffs: Option<Tariffs>,
}

impl CorridorControls {
    /// Adds a version of the tariff, paid to `payee`, who cannot be changed: another payee is a
    /// [`Error::TariffConflict`]. Otherwise as [`Tariffs::add`].
    pub fn add_tariff(
        self,
        payee: ParticipantId,
        tariff: Tariff,
        now: Seconds,
    ) -> Result<Outcome<Self, Self>, Error> {
        let tariffs = match &self.tariffs {
            Some(tariffs) if tariffs.payee != payee => return Err(Error::TariffConflict),
            Some(tariffs) => tariffs.clone(),
            None => Tariffs::new(payee),
        };
        match tariffs.add(tariff, now)? {
            Outcome::Recorded(tariffs) => Ok(Outcome::Recorded(Self {
                tariffs: Some(tariffs),
                ..self
            })),
            Outcome::Repeated(_) => Ok(Outcome::Repeated(self)),
        }
    }

    /// The fees of a transfer in one currency, instructed `now`.
    #[must_use]
    pub fn charges(&self, terms: &Terms, now: Seconds) -> Charges {
        let side = |agent| Side {
            tariffs: self.tariffs.as_ref(),
            agent,
            money: terms.interbank_settlement_amount,
        };
        Charges::of(
            &side(terms.debtor_agent),
            &side(terms.creditor_agent),
            terms.charge_bearer,
            now,
        )
    }
}

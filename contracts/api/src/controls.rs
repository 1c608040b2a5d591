//! Tariffs and limits.

use corridor_core::{Charges, Currency, Error, Limited, Limits, ParticipantId, Tariff, Tariffs, Uetr};

/// Whose limits: a debtor agent's in one currency, towards everybody or towards one creditor agent.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    scale_codec::Encode,
    scale_codec::Decode,
    scale_codec::MaxEncodedLen,
    scale_info::TypeInfo,
)]
pub struct LimitScope {
    /// The debtor agent.
    pub debtor_agent: ParticipantId,
    /// The creditor agent; `None` for all of them together.
    pub creditor_agent: Option<ParticipantId>,
    /// The currency.
    pub currency: Currency,
}

/// What the governor sets for participants and corridors.
///
/// Errors: [`Error::NotGovernor`], [`Error::UnknownCurrency`], [`Error::UnknownParticipant`], then those of the rules in
/// `corridor_core::{controls, limits}`.
#[ink::trait_definition]
pub trait Controls {
    /// Governor: adds a version of the tariff for transfers of one corridor in one currency. The fees go to `payee`.
    #[ink(message)]
    fn set_tariff(
        &mut self,
        debtor_agent: ParticipantId,
        creditor_agent: ParticipantId,
        currency: Currency,
        payee: ParticipantId,
        tariff: Tariff,
    ) -> Result<(), Error>;

    /// Governor: sets or lifts limits.
    #[ink(message)]
    fn set_limits(&mut self, scope: LimitScope, limits: Option<Limits>) -> Result<(), Error>;

    /// A corridor's tariff.
    #[ink(message)]
    fn tariffs(
        &self,
        debtor_agent: ParticipantId,
        creditor_agent: ParticipantId,
        currency: Currency,
    ) -> Option<Tariffs>;

    /// Limits and what counts against them.
    #[ink(message)]
    fn limits(&self, scope: LimitScope) -> Limited;

    /// The fees of a transfer in one currency.
    #[ink(message)]
    fn charges(&self, uetr: Uetr) -> Option<Charges>;
}

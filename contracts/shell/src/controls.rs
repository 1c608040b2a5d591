//! Tariffs and limits: what the governor sets, and what an instruction uses of it.

use crate::governance::governor_only;
use crate::{storage, Root};
use corridor_api::event::ControlsChange;
use corridor_api::{ControlsChanged, LimitScope};
use corridor_core::batch_limits::Count;
use corridor_core::limits::Counted;
use corridor_core::{
    Charges, CorridorControls, Currency, Error, Limited, Limits, Outcome, ParticipantId, Seconds, Tariff,
    Tariffs, Terms, Transfer, Uetr,
};

fn emit(scope: LimitScope, change: ControlsChange) {
    ink::env::emit_event(ControlsChanged { scope, change });
}

/// The governor may set it, and it is for a registered currency and admitted participants.
fn settable(root: &Root, scope: &LimitScope) -> Result<(), Error> {
    governor_only(root)?;
    storage::known_currency(scope.currency)?;
    root.gate().admitted(scope.debtor_agent)?;
    root.gate()
        .admitted(scope.creditor_agent.unwrap_or(scope.debtor_agent))
}

/// [`corridor_api::Controls::set_tariff`]
pub fn set_tariff(
    root: &mut Root,
    scope: LimitScope,
    payee: ParticipantId,
    tariff: Tariff,
    now: Seconds,
) -> Result<(), Error> {
    settable(root, &scope)?;
    root.gate().admitted(payee)?;
    let creditor_agent = scope.creditor_agent.ok_or(Error::UnknownParticipant)?;
    let place = storage::corridor(scope.debtor_agent, creditor_agent, scope.currency);
    let corridor = place.get()?.unwrap_or_default();
    if let Outcome::Recorded(corridor) = corridor.add_tariff(payee, tariff, now)? {
        root.controlled = true;
        place.set(&corridor);
        emit(scope, ControlsChange::Tariff(payee, tariff));
    }
    Ok(())
}

/// [`corridor_api::Controls::set_limits`]
pub fn set_limits(
    root: &mut Root,
    scope: LimitScope,
    limits: Option<Limits>,
    now: Seconds,
) -> Result<(), Error> {
    settable(root, &scope)?;
    let before = self::limits(&scope)?;
    let after = before.set(limits, now)?;
    if after.limits == before.limits {
        return Ok(());
    }
    root.controlled = true;
    match scope.creditor_agent {
        None => storage::limits(scope.debtor_agent, scope.currency).set(&after),
        Some(creditor_agent) => {
            let place = storage::corridor(scope.debtor_agent, creditor_agent, scope.currency);
            let corridor = place.get()?.unwrap_or_default();
            place.set(&CorridorControls {
                limited: after,
                ..corridor
            });
        }
    }
    emit(scope, ControlsChange::Limits(limits));
    Ok(())
}

/// Limits and what counts against them.
pub fn limits(scope: &LimitScope) -> Result<Limited, Error> {
    Ok(match scope.creditor_agent {
        None => storage::limits(scope.debtor_agent, scope.currency)
            .get()?
            .unwrap_or_default(),
        Some(creditor_agent) => corridor(scope.debtor_agent, creditor_agent, scope.currency)?.limited,
    })
}

/// A corridor's tariffs and limits.
pub fn corridor(
    debtor_agent: ParticipantId,
    creditor_agent: ParticipantId,
    currency: Currency,
) -> Result<CorridorControls, Error> {
    Ok(storage::corridor(debtor_agent, creditor_agent, currency)
        .get()?
        .unwrap_or_default())
}

/// The tariffs in `currency` of a transfer's corridor; none, where nothing was ever set.
pub fn tariffs(root: &Root, terms: &Terms, currency: Currency) -> Result<Option<Tariffs>, Error> {
    Ok(match root.controlled {
        true => corridor(terms.debtor_agent, terms.creditor_agent, currency)?.tariffs,
        false => None,
    })
}

/// What concerns the instruction of a transfer: the corridor's controls and the debtor agent's limits.
pub struct Instruction {
    /// The corridor's controls in the debited currency.
    pub corridor: CorridorControls,
    participant: Limited,
}

impl Instruction {
    /// Reads what applies to the terms; nothing, where nothing was ever set.
    pub fn read(root: &Root, terms: &Terms) -> Result<Self, Error> {
        if !root.controlled {
            return Ok(Self {
                corridor: CorridorControls::default(),
                participant: Limited::default(),
            });
        }
        Ok(Self {
            corridor: corridor(terms.debtor_agent, terms.creditor_agent, terms.currency())?,
            participant: storage::limits(terms.debtor_agent, terms.currency())
                .get()?
                .unwrap_or_default(),
        })
    }

    /// Counts the transfer against both limits; errors as [`Limited::take`], the debtor agent's first.
    #[inline(never)]
    pub fn take(mut self, terms: &Terms, now: Seconds) -> Result<Self, Error> {
        self.participant = self.participant.take(terms.minor_units(), now)?;
        self.corridor.limited = self.corridor.limited.take(terms.minor_units(), now)?;
        Ok(self)
    }

    /// Uncounts a transfer that ended without settlement.
    #[must_use]
    #[inline(never)]
    pub fn give_back(mut self, transfer: &Transfer) -> Self {
        let (at, minor_units) = (transfer.instructed_at, transfer.terms.minor_units());
        self.participant = self.participant.give_back(at, 1, minor_units);
        self.corridor.limited = self.corridor.limited.give_back(at, 1, minor_units);
        self
    }

    /// Writes the counts back where there are limits.
    pub fn store(&self, terms: &Terms) {
        if self.participant.limits.is_some() {
            storage::limits(terms.debtor_agent, terms.currency()).set(&self.participant);
        }
        if self.corridor.limited.limits.is_some() {
            storage::corridor(terms.debtor_agent, terms.creditor_agent, terms.currency()).set(&self.corridor);
        }
    }
}

/// Counts amounts against the limits of who pays each, then against those towards who is paid; where nothing was ever
/// set, nothing is read. Errors as [`Limited::take`].
#[inline(never)]
pub fn count(root: &Root, amounts: &[Counted], at: Seconds, way: Count) -> Result<(), Error> {
    if !root.controlled {
        return Ok(());
    }
    for counted in amounts {
        for towards in [None, Some(counted.to)] {
            let place = storage::limits_of(counted.from, towards, counted.money.currency);
            if let Some(mut stored) = place.get()?.filter(|stored| stored.limited.limits.is_some()) {
                stored.limited = counted.count(stored.limited, at, way)?;
                place.set(&stored);
            }
        }
    }
    Ok(())
}

/// The fees of a transfer in one currency.
pub fn charges(uetr: Uetr) -> Option<Charges> {
    Some(storage::transfer(uetr).get().ok().flatten()?.charges)
}

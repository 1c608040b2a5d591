//! Tariffs: what a transfer costs, and which agent pays it to whom.

use crate::leg::{Leg, Purpose};
use crate::rate::{mul_div_rounding_down, BASIS_POINTS};
use crate::{ChargeBearer, Currency, Error, Money, Outcome, ParticipantId, Seconds};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most versions kept of one tariff. Four take 155 bytes.
pub const MAX_TARIFF_VERSIONS: usize = 4;

/// How far ahead a version may take effect, in seconds: a year.
pub const MAX_TARIFF_AHEAD_SECONDS: Seconds = 365 * 86_400;

/// The most a version's number may be above the last one's, or above zero.
pub const MAX_TARIFF_VERSION_STEP: u32 = 1_000;

/// One version of a tariff. Amounts are in minor units of the currency it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Tariff {
    /// Its number, which grows.
    pub version: u32,
    /// It is for transfers instructed from this second on, until the next version's.
    pub effective_from: Seconds,
    /// A fixed part, in minor units.
    pub fixed_minor_units: u64,
    /// A part of the amount, in basis points, at most 10,000; rounded up.
    pub basis_points: u16,
    /// The least both parts together come to, in minor units.
    pub minimum_minor_units: u64,
    /// The most both parts together come to, in minor units.
    pub maximum_minor_units: u64,
}

/// A fee, split between the agents, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Fees {
    /// The debtor agent pays it on top of the amount.
    pub debtor: u128,
    /// It is taken from what the creditor agent is credited.
    pub creditor: u128,
}

impl Tariff {
    /// [`Error::InvalidTariff`] for a share above the whole or a minimum above the maximum.
    pub fn validate(&self) -> Result<(), Error> {
        if self.basis_points <= BASIS_POINTS && self.minimum_minor_units <= self.maximum_minor_units {
            Ok(())
        } else {
            Err(Error::InvalidTariff)
        }
    }

    /// The fee on an amount, in minor units: fixed part and share together, not below the minimum and not
    /// above the maximum. The share is rounded up, so that many small transfers never cost less than a
    /// large one of the same sum.
    #[must_use]
    pub fn total(&self, minor_units: u128) -> u64 {
        let (share, remainder) = mul_div_rounding_down(
            minor_units,
            u128::from(self.basis_points),
            u128::from(BASIS_POINTS),
        )
        .unwrap_or((u128::MAX, 0));
        let share = share.saturating_add(u128::from(remainder > 0));
        // What saturates here is above any maximum.
        let sum = share.saturating_add(u128::from(self.fixed_minor_units));
        u64::try_from(sum)
            .unwrap_or(u64::MAX)
            .max(self.minimum_minor_units)
            .min(self.maximum_minor_units)
    }
}

/// The fee on an amount in minor units, split by who bears the charges.
///
/// DEBT: the debtor agent pays all of it. CRED: the creditor agent does. SHAR: half each, an odd unit to
/// the debtor agent. SLEV: as SHAR, which is what the service levels in use here (SEPA's, CIPS's) mean by it.
#[must_use]
pub fn fee(tariff: &Tariff, minor_units: u128, bearer: ChargeBearer) -> Fees {
    let total = u128::from(tariff.total(minor_units));
    let creditor = match bearer {
        ChargeBearer::Debt => 0,
        ChargeBearer::Cred => total,
        ChargeBearer::Shar | ChargeBearer::Slev => total >> 1,
    };
    Fees {
        debtor: total.saturating_sub(creditor),
        creditor,
    }
}

/// The versions of the tariff of one corridor: a debtor agent, a creditor agent and a currency.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Tariffs {
    /// Who gets the fees: an operator, or for interchange the issuer's side.
    pub payee: ParticipantId,
    /// In order of number and of time.
    versions: Vec<Tariff>,
}

impl Tariffs {
    /// No version yet.
    #[must_use]
    pub fn new(payee: ParticipantId) -> Self {
        Self {
            payee,
            versions: Vec::new(),
        }
    }

    /// The versions kept, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[Tariff] {
        &self.versions
    }

    /// The version for what is instructed at `at`; `None` before the first.
    #[must_use]
    pub fn effective(&self, at: Seconds) -> Option<&Tariff> {
        self.versions
            .iter()
            .rev()
            .find(|tariff| tariff.effective_from <= at)
    }

    /// Adds the next version. It may take effect now at the earliest, so that no fee changes afterwards.
    /// Versions that no new transfer can have are dropped. No version is so far ahead, in number or in time, that
    /// none could follow it.
    ///
    /// Errors, in order: those of [`Tariff::validate`], [`Error::TariffConflict`] when the number is used
    /// for other figures (for the same it is a repeat), [`Error::InvalidTariff`] when number or time is not
    /// after the last version's, the number is more than [`MAX_TARIFF_VERSION_STEP`] above it, or the time is in the
    /// past or more than [`MAX_TARIFF_AHEAD_SECONDS`] ahead, [`Error::TooMany`].
    pub fn add(mut self, tariff: Tariff, now: Seconds) -> Result<Outcome<Self, Self>, Error> {
        tariff.validate()?;
        match self.versions.iter().find(|known| known.version == tariff.version) {
            Some(known) if *known == tariff => return Ok(Outcome::Repeated(self)),
            Some(_) => return Err(Error::TariffConflict),
            None => {}
        }
        let follows = match self.versions.last() {
            Some(last) => {
                last.effective_from < tariff.effective_from
                    && (1..=MAX_TARIFF_VERSION_STEP).contains(&tariff.version.saturating_sub(last.version))
            }
            None => tariff.version <= MAX_TARIFF_VERSION_STEP,
        };
        let latest = now.saturating_add(MAX_TARIFF_AHEAD_SECONDS);
        if !follows || !(now..=latest).contains(&tariff.effective_from) {
            return Err(Error::InvalidTariff);
        }
        let oldest = self.effective(now).map_or(0, |current| current.effective_from);
        self.versions.retain(|known| known.effective_from >= oldest);
        if self.versions.len() >= MAX_TARIFF_VERSIONS {
            return Err(Error::TooMany);
        }
        self.versions.push(tariff);
        Ok(Outcome::Recorded(self))
    }
}

/// A fee one agent pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Fee {
    /// Who gets it.
    pub to: ParticipantId,
    /// How much, in minor units of the paying side's currency, above zero.
    pub minor_units: u64,
}

/// The fees of one transfer, fixed at instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Charges {
    /// The debtor agent's, on top of what it pays.
    pub debtor: Option<Fee>,
    /// The creditor agent's, out of what it is credited.
    pub creditor: Option<Fee>,
}

/// One side of a transfer, as far as its fee goes.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The corridor's tariff in the side's currency.
    pub tariffs: Option<&'a Tariffs>,
    /// The side's agent.
    pub agent: ParticipantId,
    /// The side's amount, in minor units of its currency.
    pub money: Money,
}

impl Charges {
    /// The fees of a transfer instructed at `at`.
    ///
    /// In one currency both sides have the same tariff and amount. In two, the debtor agent's part is by
    /// the tariff in its currency and the creditor agent's by the tariff in its own: neither is converted.
    /// Whoever gets the fees pays none to itself.
    #[must_use]
    #[inline(never)]
    pub fn of(debtor: &Side<'_>, creditor: &Side<'_>, bearer: ChargeBearer, at: Seconds) -> Self {
        let part = |side: &Side<'_>, of: fn(Fees) -> u128| {
            let tariffs = side.tariffs.filter(|tariffs| tariffs.payee != side.agent)?;
            let fees = fee(tariffs.effective(at)?, side.money.minor_units, bearer);
            // No part is above a tariff's maximum, which has 64 bits.
            let minor_units = u64::try_from(of(fees)).ok().filter(|fee| *fee > 0)?;
            Some(Fee {
                to: tariffs.payee,
                minor_units,
            })
        };
        Self {
            debtor: part(debtor, |fees| fees.debtor),
            creditor: part(creditor, |fees| fees.creditor),
        }
    }

    /// Whether there is no fee at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.debtor.is_none() && self.creditor.is_none()
    }

    /// The debtor agent's fee in minor units.
    #[must_use]
    pub fn debtor_minor_units(&self) -> u128 {
        self.debtor.map_or(0, |fee| u128::from(fee.minor_units))
    }

    /// The creditor agent's fee in minor units.
    #[must_use]
    pub fn creditor_minor_units(&self) -> u128 {
        self.creditor.map_or(0, |fee| u128::from(fee.minor_units))
    }

    /// The debtor agent's fee as a leg.
    #[must_use]
    pub fn debtor_leg(&self, agent: ParticipantId, currency: Currency) -> Option<Leg> {
        self.debtor
            .map(|fee| fee.leg(agent, currency, Purpose::DebtorFee))
    }

    /// The creditor agent's fee as a leg.
    #[must_use]
    pub fn creditor_leg(&self, agent: ParticipantId, currency: Currency) -> Option<Leg> {
        self.creditor
            .map(|fee| fee.leg(agent, currency, Purpose::CreditorFee))
    }
}

impl Fee {
    fn leg(self, from: ParticipantId, currency: Currency, purpose: Purpose) -> Leg {
        Leg {
            from,
            to: self.to,
            money: Money::new(currency, u128::from(self.minor_units)),
            purpose,
        }
    }
}

//! Tariffs, limits and queues as recorded.

use super::moment;
use crate::{directory::Directory, text::Amount};
use corridor_client::core::{Currency, Limits, Money, Queued, Tariff, Tariffs};
use serde::Serialize;
use utoipa::ToSchema;

/// A version of a tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TariffView {
    /// Its number.
    pub version: u32,
    /// For transfers instructed from then on.
    pub effective_from: String,
    /// The fixed part.
    pub fixed: Amount,
    /// The part of the amount.
    pub basis_points: u16,
    /// The least it comes to.
    pub minimum: Amount,
    /// The most it comes to; `null` for no such bound.
    pub maximum: Option<Amount>,
}

impl TariffView {
    /// A version in its currency.
    #[must_use]
    pub fn new(tariff: &Tariff, currency: Currency) -> Self {
        let money = |minor_units: u64| Amount(Money::new(currency, minor_units.into()));
        Self {
            version: tariff.version,
            effective_from: moment(tariff.effective_from),
            fixed: money(tariff.fixed_minor_units),
            basis_points: tariff.basis_points,
            minimum: money(tariff.minimum_minor_units),
            maximum: (tariff.maximum_minor_units < u64::MAX).then(|| money(tariff.maximum_minor_units)),
        }
    }
}

/// The tariff of a corridor in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TariffsView {
    /// Who gets the fees.
    pub payee: String,
    /// The versions that a transfer may still have, oldest first.
    pub versions: Vec<TariffView>,
}

impl TariffsView {
    /// What is recorded, with names.
    #[must_use]
    pub fn new(tariffs: &Tariffs, currency: Currency, directory: &Directory) -> Self {
        let versions = tariffs.versions().iter();
        Self {
            payee: directory.name(tariffs.payee),
            versions: versions.map(|tariff| TariffView::new(tariff, currency)).collect(),
        }
    }
}

/// What limits say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitsView {
    /// The most one transfer may be.
    pub per_transfer: Amount,
    /// The most all transfers of a period may be together.
    pub period: Amount,
    /// The most transfers of a period.
    pub period_count: u32,
    /// The length of a bucket; a period is six of them.
    pub bucket_seconds: u32,
}

impl LimitsView {
    /// Limits in their currency.
    #[must_use]
    pub fn new(limits: &Limits, currency: Currency) -> Self {
        let money = |minor_units| Amount(Money::new(currency, minor_units));
        Self {
            per_transfer: money(limits.per_transfer_minor_units),
            period: money(limits.period_minor_units),
            period_count: limits.period_count,
            bucket_seconds: limits.bucket_seconds,
        }
    }
}

/// The limits of a debtor agent, and of it towards one creditor agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitedView {
    /// `null` for no limit.
    pub limits: Option<LimitsView>,
}

/// A currency's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueView {
    /// Which currency's.
    pub currency: String,
    /// What waits, oldest first.
    pub transfers: Vec<QueuedView>,
}

/// A transfer that was accepted without cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueuedView {
    /// Which.
    pub uetr: String,
    /// Who pays.
    pub debtor_agent: String,
    /// Who is paid.
    pub creditor_agent: String,
    /// How much.
    pub amount: Amount,
    /// From then on it is not settled.
    pub expires_at: String,
}

impl QueueView {
    /// What waits, with names.
    #[must_use]
    pub fn new(currency: Currency, queue: &[Queued], directory: &Directory) -> Self {
        let view = |queued: &Queued| QueuedView {
            uetr: queued.uetr.to_string(),
            debtor_agent: directory.name(queued.debtor_agent),
            creditor_agent: directory.name(queued.creditor_agent),
            amount: Amount(Money::new(currency, queued.minor_units)),
            expires_at: moment(queued.expires_at),
        };
        Self {
            currency: currency.to_string(),
            transfers: queue.iter().map(view).collect(),
        }
    }
}

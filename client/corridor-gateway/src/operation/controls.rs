//! Tariffs, limits and the queue.

use crate::text::{Amount, Text};
use corridor_client::core::{AgentId, Currency, Limits, Tariff};
use corridor_iso20022::DateTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A currency's queue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfQueue {
    /// Which currency.
    pub currency: Text<Currency>,
}

/// A version of the tariff for transfers of one corridor in one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTariff {
    /// Who pays the transfers.
    #[schema(value_type = String, example = "BKCHCNBJ")]
    pub debtor_agent: Text<AgentId>,
    /// Who is paid by them.
    #[schema(value_type = String, example = "CHUPCNSH")]
    pub creditor_agent: Text<AgentId>,
    /// In which currency.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Text<Currency>,
    /// Who gets the fees; the same in all versions.
    #[schema(value_type = String, example = "HSBCHKHH")]
    pub payee: Text<AgentId>,
    /// What it says.
    pub tariff: TariffFields,
}

/// What a tariff says: a fixed part and a part of the amount, within bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffFields {
    /// Above all earlier ones.
    pub version: u32,
    /// For transfers instructed from then on; with a zone, not in the past.
    #[schema(value_type = String, format = "date-time")]
    pub effective_from: Text<DateTime>,
    /// The fixed part.
    pub fixed: Amount,
    /// The part of the amount, at most 10,000, rounded up.
    #[schema(maximum = 10000)]
    pub basis_points: u16,
    /// The least it comes to; nothing where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Amount>,
    /// The most it comes to; no bound where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Amount>,
}

impl NewTariff {
    /// The version as the contract has it.
    ///
    /// # Errors
    /// What is wrong with which field, in words.
    pub fn tariff(&self) -> Result<Tariff, String> {
        let given = &self.tariff;
        let units = |name: &str, amount: Amount| narrow(name, amount, self.currency.0);
        let tariff = Tariff {
            version: given.version,
            effective_from: crate::iso::unix_seconds(&given.effective_from.0)
                .ok_or("tariff.effective_from: give the time with its zone, such as ...Z")?,
            fixed_minor_units: units("tariff.fixed", given.fixed)?,
            basis_points: given.basis_points,
            minimum_minor_units: match given.minimum {
                Some(amount) => units("tariff.minimum", amount)?,
                None => 0,
            },
            maximum_minor_units: match given.maximum {
                Some(amount) => units("tariff.maximum", amount)?,
                None => u64::MAX,
            },
        };
        tariff
            .validate()
            .map_err(|_| "tariff: at most 10000 basis points, minimum not above maximum")?;
        Ok(tariff)
    }
}

/// Limits of a debtor agent in one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLimits {
    /// Whose.
    #[schema(value_type = String, example = "BKCHCNBJ")]
    pub debtor_agent: Text<AgentId>,
    /// Towards whom; towards all together where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "CHUPCNSH")]
    pub creditor_agent: Option<Text<AgentId>>,
    /// In which currency.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Text<Currency>,
    /// What they say; `null` lifts them.
    pub limits: Option<LimitFields>,
}

/// What limits say. A period is six buckets long, the current one included, and a bucket is forgotten as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitFields {
    /// The most one transfer may be.
    pub per_transfer: Amount,
    /// The most all transfers of a period may be together.
    pub period: Amount,
    /// The most transfers of a period.
    pub period_count: u32,
    /// The length of a bucket.
    #[schema(minimum = 1)]
    pub bucket_seconds: u32,
}

impl NewLimits {
    /// The limits as the contract has them.
    ///
    /// # Errors
    /// What is wrong with which field, in words.
    pub fn limits(&self) -> Result<Option<Limits>, String> {
        let Some(given) = &self.limits else {
            return Ok(None);
        };
        let limits = Limits {
            per_transfer_minor_units: units("limits.per_transfer", given.per_transfer, self.currency.0)?,
            period_minor_units: units("limits.period", given.period, self.currency.0)?,
            period_count: given.period_count,
            bucket_seconds: given.bucket_seconds,
        };
        limits
            .validate()
            .map_err(|_| "limits.bucket_seconds: at least one second")?;
        Ok(Some(limits))
    }
}

fn units(name: &str, amount: Amount, currency: Currency) -> Result<u128, String> {
    match amount.0.currency == currency {
        true => Ok(amount.0.minor_units),
        false => Err(format!("{name}: in {currency}")),
    }
}

fn narrow(name: &str, amount: Amount, currency: Currency) -> Result<u64, String> {
    let units = units(name, amount, currency)?;
    u64::try_from(units).map_err(|_| format!("{name}: more than 64 bits of minor units"))
}

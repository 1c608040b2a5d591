//! Payments that cannot be submitted: all of them are found before anything is sent.
//!
//! The contract leaves out at most 64 invalid items of a batch and refuses one that has more, without saying which they are.

use super::plan::Payment;
use corridor_client::{
    core::{batch_limits::of_item, Currency, Money, ParticipantId, Uetr},
    Corridor, LimitScope,
};
use futures::{stream, StreamExt, TryStreamExt};
use serde::Serialize;
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

/// How many queries are under way at once.
const QUERIES: usize = 8;

/// A payment that cannot be submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its line in the file, counted from 1.
    pub line: usize,
    /// Its identity, where it can be read.
    #[serde(serialize_with = "optional_text")]
    pub uetr: Option<Uetr>,
    /// Why.
    pub reason: String,
}

fn optional_text<S: serde::Serializer>(uetr: &Option<Uetr>, serializer: S) -> Result<S::Ok, S::Error> {
    match uetr {
        Some(uetr) => serializer.collect_str(uetr),
        None => serializer.serialize_none(),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, uetr, reason } = self;
        match uetr {
            Some(uetr) => write!(f, "line {line}, UETR {uetr}: {reason}"),
            None => write!(f, "line {line}: {reason}"),
        }
    }
}

/// All of them, a line each.
#[must_use]
pub fn list(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n  ")
}

/// The most an item may be for each creditor agent, in minor units.
#[derive(Clone, Debug, Default)]
pub struct ItemLimits(HashMap<ParticipantId, u64>);

impl ItemLimits {
    /// The limits that the contract would check these payments against now.
    ///
    /// # Errors
    /// The client library's.
    pub async fn read(
        corridor: &Corridor,
        debtor_agent: ParticipantId,
        currency: Currency,
        payments: impl Iterator<Item = ParticipantId>,
    ) -> Result<Self, corridor_client::Error> {
        let agents: BTreeSet<ParticipantId> = payments.collect();
        let scope = |creditor_agent| LimitScope {
            debtor_agent,
            creditor_agent,
            currency,
        };
        let of_all = of_item(&corridor.limits(scope(None)).await?);
        let limits = stream::iter(agents).map(|agent| async move {
            let limited = corridor.limits(scope(Some(agent))).await?;
            Ok::<_, corridor_client::Error>((agent, of_item(&limited).min(of_all)))
        });
        Ok(Self(limits.buffer_unordered(QUERIES).try_collect().await?))
    }

    /// Sorts payments, each with its line, into those within the limits and the others.
    #[must_use]
    pub fn sort(&self, currency: Currency, payments: Vec<(usize, Payment)>) -> (Vec<Payment>, Vec<Fault>) {
        let (mut within, mut above) = (Vec::new(), Vec::new());
        for (line, payment) in payments {
            match self.0.get(&payment.creditor_agent) {
                Some(limit) if payment.minor_units > *limit => {
                    let money = |minor_units: u64| Money::new(currency, minor_units.into());
                    let (amount, limit) = (money(payment.minor_units), money(*limit));
                    above.push(Fault {
                        line,
                        uetr: Some(payment.uetr),
                        reason: format!("{amount} is above the limit of an item, which is {limit}"),
                    });
                }
                _ => within.push(payment),
            }
        }
        (within, above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearing::plan::tests::payment;

    #[test]
    fn every_payment_above_its_limit_is_named() {
        let limits = ItemLimits([(ParticipantId(1), 50), (ParticipantId(2), 500)].into());
        let payments = (0..200u16).map(|seed| (usize::from(seed) + 2, payment(seed, 1 + seed % 2)));
        let (within, above) = limits.sort(Currency::CNY, payments.collect());
        // Even seeds are for participant 1, with amounts of 1, 3, .. 199.
        assert_eq!((within.len(), above.len()), (100 + 25, 75));
        assert_eq!(above[0].line, 52);
        assert_eq!(
            above[0].to_string(),
            format!(
                "line 52, UETR {}: CNY 0.51 is above the limit of an item, which is CNY 0.50",
                payment(50, 1).uetr
            )
        );
        assert_eq!(list(&above).lines().count(), 75);
    }
}

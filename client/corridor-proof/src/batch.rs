//! What evidence says of a clearing batch.

use crate::{
    claim::{Party, Text},
    Fixed,
};
use corridor_core::{
    batch::ItemTotal,
    batch_life::{Leg, LegStatus},
    BatchRecord, Currency, ParticipantId, ReasonCode, WindowId,
};
use serde::{Deserialize, Serialize};

/// A clearing batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchClaim {
    /// Its debtor agent's number in the contract.
    pub debtor_agent: u16,
    /// Its number among the debtor agent's.
    pub number: u32,
    /// What is recorded under the two; `null` where nothing is.
    pub recorded: Option<Box<RecordedBatch>>,
}

/// What is recorded of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedBatch {
    /// The commitment to header and items.
    pub root: Fixed<32>,
    /// Whose net position pays.
    pub debtor_agent: Party,
    /// ISO 4217 code of all items.
    pub currency: Text<Currency>,
    /// Block time in seconds since 1970 at which it was submitted.
    pub submitted_at: u64,
    /// Block time in seconds since 1970 from which on it cannot be accepted.
    pub expires_at: u64,
    /// The creditor agents' parts, in the order of the batch's header.
    pub parts: Vec<BatchPart>,
}

/// One creditor agent's part of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchPart {
    /// Who is paid.
    pub creditor_agent: Party,
    /// How many valid items are addressed to it.
    pub items: u16,
    /// Their sum, in minor units.
    pub minor_units: Text<u64>,
    /// The most an item for it may be, in minor units: one above it was left out.
    pub item_limit: Text<u64>,
    /// Where it stands.
    pub status: PartStatus,
}

/// Where one creditor agent's part of a batch stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PartStatus {
    /// Not answered.
    Pending,
    /// Booked, less what was excepted.
    Accepted {
        /// The settlement window.
        window: u32,
        /// How many items were not accepted.
        excepted_items: u16,
        /// Their sum, in minor units.
        excepted_minor_units: Text<u64>,
        /// Which they are: `corridor_core::batch_life::fingerprint` of their indices.
        excepted_fingerprint: Text<u64>,
    },
    /// Refused by the creditor agent.
    Rejected {
        /// The ISO 20022 reason.
        reason: Text<ReasonCode>,
    },
    /// Withdrawn by the debtor agent.
    Cancelled {
        /// The ISO 20022 reason.
        reason: Text<ReasonCode>,
    },
    /// Not answered in time.
    Expired,
}

impl RecordedBatch {
    /// What the claim says of a record, with the names of everybody in it.
    ///
    /// # Errors
    /// Those of `party`.
    pub(crate) fn new<E>(
        record: &BatchRecord,
        party: impl Fn(ParticipantId) -> Result<Party, E>,
    ) -> Result<Self, E> {
        let part = |leg: &Leg| {
            Ok(BatchPart {
                creditor_agent: party(leg.creditor_agent)?,
                items: leg.total.items,
                minor_units: Text(leg.total.minor_units),
                item_limit: Text(leg.limit),
                status: leg.status.into(),
            })
        };
        Ok(Self {
            root: Fixed(record.root),
            debtor_agent: party(record.debtor_agent)?,
            currency: Text(record.currency),
            submitted_at: record.submitted_at,
            expires_at: record.expires_at,
            parts: record.legs.iter().map(part).collect::<Result<_, _>>()?,
        })
    }

    /// The contract's own record.
    #[must_use]
    pub fn record(&self) -> BatchRecord {
        let leg = |part: &BatchPart| Leg {
            creditor_agent: ParticipantId(part.creditor_agent.participant),
            total: ItemTotal {
                minor_units: part.minor_units.0,
                items: part.items,
            },
            limit: part.item_limit.0,
            status: (&part.status).into(),
        };
        BatchRecord {
            root: self.root.0,
            debtor_agent: ParticipantId(self.debtor_agent.participant),
            currency: self.currency.0,
            submitted_at: self.submitted_at,
            expires_at: self.expires_at,
            legs: self.parts.iter().map(leg).collect(),
        }
    }
}

impl From<LegStatus> for PartStatus {
    fn from(status: LegStatus) -> Self {
        match status {
            LegStatus::Pending => Self::Pending,
            LegStatus::Accepted {
                window,
                excepted,
                fingerprint,
            } => Self::Accepted {
                window: window.0,
                excepted_items: excepted.items,
                excepted_minor_units: Text(excepted.minor_units),
                excepted_fingerprint: Text(fingerprint),
            },
            LegStatus::Rejected(reason) => Self::Rejected { reason: Text(reason) },
            LegStatus::Cancelled(reason) => Self::Cancelled { reason: Text(reason) },
            LegStatus::Expired => Self::Expired,
        }
    }
}

impl From<&PartStatus> for LegStatus {
    fn from(status: &PartStatus) -> Self {
        match status {
            PartStatus::Pending => Self::Pending,
            PartStatus::Accepted {
                window,
                excepted_items,
                excepted_minor_units,
                excepted_fingerprint,
            } => Self::Accepted {
                window: WindowId(*window),
                excepted: ItemTotal {
                    minor_units: excepted_minor_units.0,
                    items: *excepted_items,
                },
                fingerprint: excepted_fingerprint.0,
            },
            PartStatus::Rejected { reason } => Self::Rejected(reason.0),
            PartStatus::Cancelled { reason } => Self::Cancelled(reason.0),
            PartStatus::Expired => Self::Expired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_all_of_a_record() {
        let leg = |id, status| Leg {
            creditor_agent: ParticipantId(id),
            total: ItemTotal {
                minor_units: 700,
                items: 7,
            },
            limit: 500,
            status,
        };
        let excepted = ItemTotal {
            minor_units: 100,
            items: 1,
        };
        let window = WindowId(9);
        let record = BatchRecord {
            root: [7; 32],
            debtor_agent: ParticipantId(0),
            currency: Currency::CNY,
            submitted_at: 5,
            expires_at: 6,
            legs: vec![
                leg(1, LegStatus::Pending),
                leg(
                    2,
                    LegStatus::Accepted {
                        window,
                        excepted,
                        fingerprint: 11,
                    },
                ),
                leg(3, LegStatus::Rejected(ReasonCode::MS03)),
                leg(4, LegStatus::Cancelled(ReasonCode::CUST)),
                leg(5, LegStatus::Expired),
            ],
        };
        let party = |id| Ok::<_, ()>(Party::new(id, None));
        let claim = RecordedBatch::new(&record, party).expect("names");
        let json = serde_json::to_string(&claim).expect("serialises");
        let read: RecordedBatch = serde_json::from_str(&json).expect("reads");
        assert_eq!(read, claim);
        assert_eq!(read.record(), record);
        let more = json.replace("\"window\":9", "\"window\":9,\"more\":1");
        assert!(serde_json::from_str::<RecordedBatch>(&more).is_err());
    }
}

//! Where an item of a batch stands, as far as what is known of its batch says.

use super::proof::Opened;
use crate::view::{netting::fault_text, Moment};
use corridor_client::core::{batch_life::LegStatus, BatchRecord};
use serde::Serialize;
use std::fmt;

/// Where an item stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// A root alone tells only what was sent.
    Unknown,
    /// It was sent, and counts for nothing.
    LeftOut {
        /// Why.
        fault: &'static str,
    },
    /// It counts; the creditor agent has not answered.
    Pending {
        /// From then on it cannot be accepted.
        expires_at: Moment,
    },
    /// The creditor agent accepted its part, except for some items.
    Accepted {
        /// The settlement window.
        window: u32,
        /// Whether this is one of the exceptions; `None` where that is not known.
        excepted: Option<bool>,
        /// Whether that follows from the record, which has the exceptions' number but not which they are. Otherwise it is what
        /// the proof's maker read in the acceptance's event.
        excepted_is_proven: bool,
    },
    /// The creditor agent refused its part.
    Rejected {
        /// Why.
        reason: String,
    },
    /// The debtor agent withdrew the part.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// Nobody answered the part in time.
    Expired,
}

impl Standing {
    /// That of an item of a batch with this record; `excepted` is what is said of it besides.
    ///
    /// `None` where the record has no part for the item, so that it is not that of the item's batch.
    #[must_use]
    pub fn of(record: &BatchRecord, item: &Opened, excepted: Option<bool>) -> Option<Self> {
        if let Some(fault) = item.fault {
            let fault = fault_text(fault);
            return Some(Self::LeftOut { fault });
        }
        let leg = record.legs.get(usize::from(item.counterparty))?;
        Some(match leg.status {
            LegStatus::Pending => Self::Pending {
                expires_at: Moment(record.expires_at),
            },
            LegStatus::Rejected(reason) => Self::Rejected {
                reason: reason.to_string(),
            },
            LegStatus::Cancelled(reason) => Self::Cancelled {
                reason: reason.to_string(),
            },
            LegStatus::Expired => Self::Expired,
            LegStatus::Accepted {
                window,
                excepted: total,
                ..
            } => {
                let proven = match total.items {
                    0 => Some(false),
                    all if all == leg.total.items => Some(true),
                    _ => None,
                };
                Self::Accepted {
                    window: window.0,
                    excepted: proven.or(excepted),
                    excepted_is_proven: proven.is_some(),
                }
            }
        })
    }

    /// Whether the item counts for nothing because it was never valid.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut { .. })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("not known: a root tells what was sent, not what became of it"),
            Self::LeftOut { fault } => write!(f, "LEFT OUT of the batch: {fault}"),
            Self::Pending { expires_at } => write!(f, "counted; not answered yet, expires {expires_at}"),
            Self::Accepted {
                window,
                excepted: Some(false),
                excepted_is_proven: true,
            } => write!(f, "counted; accepted in window {window}"),
            Self::Accepted {
                window,
                excepted: Some(true),
                excepted_is_proven: true,
            } => write!(
                f,
                "excepted: of its part, nothing was accepted in window {window}"
            ),
            Self::Accepted { window, excepted, .. } => {
                write!(f, "its part was accepted in window {window}, less exceptions; ")?;
                match excepted {
                    Some(true) => f.write_str("this is one of them, says the maker of the proof"),
                    Some(false) => f.write_str("this is none of them, says the maker of the proof"),
                    None => f.write_str("whether this is one of them is not known"),
                }
            }
            Self::Rejected { reason } => write!(f, "its part was rejected: {reason}"),
            Self::Cancelled { reason } => write!(f, "its part was cancelled: {reason}"),
            Self::Expired => f.write_str("its part expired: nobody answered in time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::{
        batch::{ItemFault, ItemTotal},
        batch_life::Leg,
        Currency, ParticipantId, ReasonCode, Uetr, WindowId,
    };

    fn record(status: LegStatus) -> BatchRecord {
        BatchRecord {
            root: [0; 32],
            debtor_agent: ParticipantId(0),
            currency: Currency::CNY,
            submitted_at: 0,
            expires_at: 86_400,
            legs: vec![Leg {
                creditor_agent: ParticipantId(1),
                total: ItemTotal {
                    minor_units: 30,
                    items: 3,
                },
                limit: 20,
                status,
            }],
        }
    }

    fn item(counterparty: u8, fault: Option<ItemFault>) -> Opened {
        Opened {
            uetr: Uetr([0; 16]),
            minor_units: 10,
            counterparty,
            message_digest: [0; 32],
            fault,
        }
    }

    #[test]
    fn it_is_what_the_record_says_and_no_more() {
        let accepted = |items| LegStatus::Accepted {
            window: WindowId(4),
            excepted: ItemTotal {
                minor_units: 0,
                items,
            },
            fingerprint: 0,
        };
        let of = |status, stated| Standing::of(&record(status), &item(0, None), stated).expect("a part");
        assert_eq!(
            of(accepted(0), Some(true)).to_string(),
            "counted; accepted in window 4"
        );
        assert_eq!(
            of(accepted(3), Some(false)).to_string(),
            "excepted: of its part, nothing was accepted in window 4"
        );
        assert!(of(accepted(1), Some(true))
            .to_string()
            .ends_with("one of them, says the maker of the proof"));
        assert!(of(accepted(1), None).to_string().ends_with("is not known"));
        assert_eq!(
            of(LegStatus::Rejected(ReasonCode::MS03), None).to_string(),
            "its part was rejected: MS03"
        );
        assert_eq!(
            of(LegStatus::Expired, None).to_string(),
            "its part expired: nobody answered in time"
        );
        let above = item(0, Some(ItemFault::AboveLimit));
        let standing = Standing::of(&record(LegStatus::Pending), &above, None).expect("left out");
        assert!(standing.is_left_out(), "{standing}");
        assert_eq!(
            Standing::of(&record(LegStatus::Pending), &item(1, None), None),
            None
        );
    }
}

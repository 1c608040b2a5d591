//! What becomes of a transfer, and what everybody must have seen of it in the end.

use corridor_client::core::TransferStatus;
use serde_json::{json, Value};

/// What is sent back of a returned one, in minor units; every amount is above it.
const SENT_BACK: u128 = 40;

/// How a transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    Settled,
    Rejected,
    Cancelled,
    /// Settled, then partly sent back.
    Returned,
    /// More than the debtor has: refused, and never recorded.
    Overdrawn,
}

impl Story {
    /// Most settle; of twenty one each goes another way.
    pub fn of(number: usize) -> Self {
        match number % 20 {
            4 => Self::Rejected,
            9 => Self::Cancelled,
            14 => Self::Returned,
            19 => Self::Overdrawn,
            _ => Self::Settled,
        }
    }

    /// What is asked of the gateways after the instruction: the resource's last word, and the body.
    pub fn steps(self, number: usize) -> Vec<(&'static str, Value)> {
        let accept = ("accept", json!({}));
        let sent_back = json!({
            "return_id": format!("R-{number}"), "reason": "AM09",
            "amount": { "currency": "CNY", "decimal": format!("0.{SENT_BACK:02}") },
        });
        match self {
            Self::Settled => vec![accept],
            Self::Rejected => vec![("reject", json!({ "reason": "AC04" }))],
            Self::Cancelled => vec![("cancel", json!({ "reason": "CUST" }))],
            Self::Returned => vec![accept, ("return", sent_back)],
            Self::Overdrawn => vec![],
        }
    }

    /// The end of each of its requests.
    pub fn request_state(self) -> &'static str {
        match self {
            Self::Overdrawn => "refused",
            _ => "succeeded",
        }
    }

    /// What the contract records at last.
    pub fn status(self) -> Option<TransferStatus> {
        match self {
            Self::Settled => Some(TransferStatus::Settled),
            Self::Rejected => Some(TransferStatus::Rejected),
            Self::Cancelled => Some(TransferStatus::Cancelled),
            Self::Returned => Some(TransferStatus::PartlyReturned),
            Self::Overdrawn => None,
        }
    }

    /// The changes a webhook is told, in their order.
    pub fn changes(self) -> &'static [&'static str] {
        match self {
            Self::Settled => &["transfer.instructed", "transfer.settled"],
            Self::Rejected => &["transfer.instructed", "transfer.rejected"],
            Self::Cancelled => &["transfer.instructed", "transfer.cancelled"],
            Self::Returned => &["transfer.instructed", "transfer.settled", "transfer.returned"],
            Self::Overdrawn => &[],
        }
    }

    /// How much of an amount the creditor agent has in the end.
    pub fn moved(self, minor_units: u128) -> u128 {
        match self {
            Self::Settled => minor_units,
            Self::Returned => minor_units - SENT_BACK,
            Self::Rejected | Self::Cancelled | Self::Overdrawn => 0,
        }
    }
}

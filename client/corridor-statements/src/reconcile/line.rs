//! One line of either side.

use corridor_client::core::Uetr;
use corridor_iso20022::Date;
use std::{fmt, str::FromStr};

/// A line: an entry of the chain, or one of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands: `12-3` on the chain (block and event), `line 7` or `entry 7` in a ledger.
    pub place: String,
    /// The transfer it belongs to.
    pub uetr: Option<Uetr>,
    /// Other names it goes by: the participant's reference, the place on the chain. As `plain_reference` writes them.
    pub references: Vec<String>,
    /// With its sign, in minor units: negative where less is held than before.
    pub amount: i128,
    /// Whether it counts; `None` where a ledger says nothing about it, which is taken for booked.
    pub status: Option<LineStatus>,
    /// The local day it is booked on; `None` for what is not booked, or where a ledger says nothing about it.
    pub date: Option<Date>,
    /// What it is, in the words of whoever wrote it.
    pub kind: String,
    /// The extrinsic, where it is of the chain: `12-1`, block and place in it.
    pub extrinsic: Option<String>,
}

impl Line {
    /// The status, booked where nothing is said.
    #[must_use]
    pub fn status(&self) -> LineStatus {
        self.status.unwrap_or(LineStatus::Booked)
    }

    /// How reports name it: the UETR, else the first reference, else the place.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.uetr, self.references.first()) {
            (Some(uetr), _) => uetr.to_string(),
            (None, Some(reference)) => reference.clone(),
            (None, None) => self.place.clone(),
        }
    }
}

/// Whether a line counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineStatus {
    /// It counts.
    Booked,
    /// It does not count yet.
    Pending,
    /// It is told and never counts: a transfer that is paid with the net position of its window.
    Information,
    /// It pays transfers that are counted one by one, and is not counted again. Only lines of the chain are.
    Netting,
    /// It came to nothing: rejected, cancelled or expired.
    Ended,
}

impl LineStatus {
    /// The word reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Pending => "pending",
            Self::Information => "information",
            Self::Netting => "netting",
            Self::Ended => "ended",
        }
    }
}

impl fmt::Display for LineStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word is no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStatus;

impl FromStr for LineStatus {
    type Err = UnknownStatus;

    /// Reads an ISO 20022 entry status or a plain word, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        match text.to_ascii_lowercase().as_str() {
            "book" | "booked" | "posted" | "settled" | "completed" => Ok(Self::Booked),
            "pdng" | "pending" | "reserved" => Ok(Self::Pending),
            "info" | "information" | "netted" => Ok(Self::Information),
            "ended" | "rejected" | "cancelled" | "canceled" | "expired" => Ok(Self::Ended),
            _ => Err(UnknownStatus),
        }
    }
}

/// A reference as both sides write it, so that they compare: a UUID without its hyphens, in lower case; any other text as it is.
#[must_use]
pub(crate) fn plain_reference(text: &str) -> String {
    let digits = text.replace('-', "").to_ascii_lowercase();
    let uuid = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if uuid {
        digits
    } else {
        text.to_owned()
    }
}

//! The domain's values as JSON shows them. Every amount is an object of texts, every time is ISO 8601 in UTC.

pub mod account;
pub mod answer;
pub mod controls;
pub mod event;
pub mod exchange;
pub mod ledger;
pub mod request;
pub mod token;
pub mod transfer;

use corridor_client::{core::Seconds, BlockRef, ExtrinsicRef};
use corridor_iso20022::{Date, DateTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A time of the chain: `2026-11-24T01:30:00Z`.
#[must_use]
pub fn moment(seconds: Seconds) -> String {
    DateTime::from_unix_seconds(seconds).map_or_else(|| format!("{seconds} s"), |time| time.as_str().into())
}

/// A time of this machine, from milliseconds.
#[must_use]
pub fn moment_ms(millis: i64) -> String {
    moment(u64::try_from(millis / 1_000).unwrap_or_default())
}

/// A date, from days since 1970.
#[must_use]
pub fn date(days: u32) -> String {
    Date::from_days_since_epoch(days).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// A finalised block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockView {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: String,
    /// Its time.
    pub time: String,
}

impl From<BlockRef> for BlockView {
    fn from(block: BlockRef) -> Self {
        Self {
            number: block.number,
            hash: crate::text::hex(&block.hash),
            time: moment(block.time_ms / 1_000),
        }
    }
}

/// The extrinsic that carried something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtrinsicView {
    /// Its hash.
    pub hash: String,
    /// Its place in the block.
    pub index: u32,
    /// The fee paid, in the smallest unit of the chain's own token.
    pub fee: Option<String>,
}

impl From<ExtrinsicRef> for ExtrinsicView {
    fn from(extrinsic: ExtrinsicRef) -> Self {
        Self {
            hash: crate::text::hex(&extrinsic.hash),
            index: extrinsic.index,
            fee: extrinsic.fee.map(|fee| fee.to_string()),
        }
    }
}

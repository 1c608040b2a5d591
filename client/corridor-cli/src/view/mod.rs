//! The domain's values as JSON and tables show them.
//!
//! In JSON every amount, block time and identifier is a string or an object of strings: no program that reads
//! it can lose a digit.

pub mod controls;
mod event;
pub mod exchange;
pub mod netting;
mod transfer;

pub use event::EventView;
pub use transfer::{status_tone, Details, TransferView};

use corridor_client::{
    core::{Currency, Money, Seconds},
    BlockRef, ChainInfo, ExtrinsicRef, Outcome,
};
use corridor_iso20022::{Date, DateTime};
use serde::{Serialize, Serializer};
use std::fmt;

/// An amount with its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyView(pub Money);

impl fmt::Display for MoneyView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for MoneyView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        amount(
            serializer,
            self.0.currency,
            self.0.to_decimal(),
            self.0.minor_units,
        )
    }
}

/// An amount as JSON has it.
fn amount<S: Serializer>(
    serializer: S,
    currency: Currency,
    decimal: String,
    minor_units: impl ToString,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Fields<'a> {
        currency: &'a str,
        decimal: String,
        minor_units: String,
    }
    Fields {
        currency: currency.as_str(),
        decimal,
        minor_units: minor_units.to_string(),
    }
    .serialize(serializer)
}

/// A value shown by its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<T>(pub T);

impl<T: fmt::Display> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A time of the chain: `2026-11-24T01:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Seconds);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_unix_seconds(self.0) {
            Some(time) => f.write_str(time.as_str()),
            None => write!(f, "{} s", self.0),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A date, from days since 1970.
#[must_use]
pub fn date(days: u32) -> String {
    Date::from_days_since_epoch(days).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// Bytes as `0x` and hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// The finalised block that shows something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockView {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: String,
    /// Its time.
    pub time: Moment,
}

impl From<BlockRef> for BlockView {
    fn from(block: BlockRef) -> Self {
        Self {
            number: block.number,
            hash: hex(&block.hash),
            time: Moment(block.time_ms / 1_000),
        }
    }
}

/// The extrinsic that carried something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExtrinsicView {
    /// Its hash.
    pub hash: String,
    /// Its place in the block.
    pub index: u32,
    /// The fee paid.
    pub fee: Option<NativeView>,
}

/// An amount of the chain's own token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NativeView {
    /// The token's symbol.
    pub symbol: String,
    /// The amount as people write it.
    pub decimal: String,
    /// The amount in its smallest unit.
    pub smallest_units: String,
}

impl NativeView {
    /// An amount of the token of `chain`.
    #[must_use]
    pub fn new(smallest_units: u128, chain: &ChainInfo) -> Self {
        Self {
            symbol: chain.token_symbol.clone(),
            decimal: decimal(smallest_units, chain.token_decimals),
            smallest_units: smallest_units.to_string(),
        }
    }
}

impl fmt::Display for NativeView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.symbol, self.decimal)
    }
}

/// `units` with a decimal point before the last `decimals` digits.
#[must_use]
pub fn decimal(units: u128, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    let digits = format!("{units:0>width$}", width = decimals.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
    if fraction.is_empty() {
        whole.into()
    } else {
        format!("{whole}.{fraction}")
    }
}

/// Where and how an operation became final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeView {
    /// It had been done before.
    pub repeated: bool,
    /// The finalised block that shows it.
    pub block: BlockView,
    /// What carried it; `null` where nothing was submitted.
    pub extrinsic: Option<ExtrinsicView>,
}

impl OutcomeView {
    /// The same, as far as it does not depend on the receipt.
    pub fn of<Receipt>(outcome: &Outcome<Receipt>, chain: &ChainInfo) -> Self {
        let view = |extrinsic: ExtrinsicRef| ExtrinsicView {
            hash: hex(&extrinsic.hash),
            index: extrinsic.index,
            fee: extrinsic.fee.map(|fee| NativeView::new(fee, chain)),
        };
        Self {
            repeated: outcome.repeated,
            block: outcome.block.into(),
            extrinsic: outcome.extrinsic.map(view),
        }
    }

    /// For a table: `12`, or `12 (before)`.
    #[must_use]
    pub fn block_text(&self) -> String {
        let before = if self.repeated { " (done before)" } else { "" };
        format!("{}{before}", self.block.number)
    }
}

impl fmt::Display for OutcomeView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.block.number;
        if self.repeated {
            return write!(
                f,
                "done before, as finalised block {number} shows; nothing was changed"
            );
        }
        write!(f, "final in block {number} at {}", self.block.time)?;
        match self
            .extrinsic
            .as_ref()
            .and_then(|extrinsic| extrinsic.fee.as_ref())
        {
            Some(fee) => write!(f, ", fee {fee}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::Currency;

    #[test]
    fn money_in_json_is_made_of_strings() {
        let money = MoneyView(Money::new(Currency::CNY, 125_050));
        let json = serde_json::to_string(&money).expect("serialises");
        assert_eq!(
            json,
            r#"{"currency":"CNY","decimal":"1250.50","minor_units":"125050"}"#
        );
    }

    #[test]
    fn decimals_of_the_chain_token() {
        assert_eq!(decimal(1_500_000_000_000, 12), "1.500000000000");
        assert_eq!(decimal(7, 12), "0.000000000007");
        assert_eq!(decimal(42, 0), "42");
        assert_eq!(Moment(1_795_000_000).to_string(), "2026-11-18T11:06:40Z");
    }
}

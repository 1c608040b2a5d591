//! Net settlement and clearing batches in words.

use crate::directory::Directory;
use corridor_client::{
    core::{
        batch::{ItemFault, ItemTotal},
        BatchChange, CollateralKind, Currency, Money, NetChange, Schedule,
    },
    BatchRecorded, NettingRecorded,
};
use corridor_iso20022::Date;
use serde::{Serialize, Serializer};
use std::fmt;

use super::Moment;

/// An amount that may be owed: with its currency and, where it is, a minus sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedMoneyView {
    /// The currency.
    pub currency: Currency,
    /// Minor units, below zero what is owed.
    pub minor_units: i128,
}

impl SignedMoneyView {
    /// An amount in minor units.
    #[must_use]
    pub fn new(currency: Currency, minor_units: impl Into<i128>) -> Self {
        let minor_units = minor_units.into();
        Self {
            currency,
            minor_units,
        }
    }

    /// The amount without its currency: `-12.00`.
    #[must_use]
    pub fn to_decimal(&self) -> String {
        let sign = if self.minor_units < 0 { "-" } else { "" };
        let amount = Money::new(self.currency, self.minor_units.unsigned_abs());
        format!("{sign}{}", amount.to_decimal())
    }
}

impl fmt::Display for SignedMoneyView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.to_decimal())
    }
}

impl Serialize for SignedMoneyView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::amount(serializer, self.currency, self.to_decimal(), self.minor_units)
    }
}

/// What happened to a currency's net settlement.
#[must_use]
pub fn netting_text(event: &NettingRecorded, directory: &Directory) -> String {
    let money = |minor_units: u128| Money::new(event.currency, minor_units);
    match &event.change {
        NetChange::Collateral {
            participant,
            movement,
            collateral_minor_units,
        } => {
            let verb = match movement.kind {
                CollateralKind::Pledge => "pledged",
                CollateralKind::Release => "released",
            };
            let all = money((*collateral_minor_units).into());
            format!(
                "{} {verb} {}, collateral {all} now",
                directory.name(*participant),
                movement.amount
            )
        }
        NetChange::CapSet {
            participant,
            cap_minor_units,
        } => format!(
            "{} may owe {} at most",
            directory.name(*participant),
            money((*cap_minor_units).into())
        ),
        NetChange::Results { window, results } => {
            let each = results.iter().map(|result| {
                let amount = SignedMoneyView::new(event.currency, result.net_minor_units);
                format!("{} {}", directory.name(result.participant), amount.to_decimal())
            });
            let each: Vec<String> = each.collect();
            format!("window {window} results: {}", each.join(", "))
        }
        NetChange::Ended(record) => {
            let (net, gross) = (money(record.net_minor_units), money(record.gross_minor_units));
            let (window, count) = (record.window, record.participants);
            match record.carried_over_to() {
                Some(later) => format!(
                    "window {window} aborted: {count} participants, {gross} gross carried over to window {later}"
                ),
                None => {
                    format!(
                        "window {window} settled: {count} participants, {net} moved for {gross} gross"
                    )
                }
            }
        }
    }
}

/// What happened to a clearing batch.
#[must_use]
pub fn batch_text(event: &BatchRecorded, directory: &Directory) -> String {
    match &event.change {
        BatchChange::Submitted { totals, rejected, .. } => {
            let each = totals.iter().map(|(agent, total)| {
                format!(
                    "{} {}",
                    directory.name(*agent),
                    total_text(*total, event.currency)
                )
            });
            let each: Vec<String> = each.collect();
            let left_out = match rejected.len() {
                0 => String::new(),
                count => format!("; {count} items left out"),
            };
            format!("submitted: {}{left_out}", each.join(", "))
        }
        BatchChange::Accepted {
            creditor_agent,
            window,
            minor_units,
            excepted,
        } => {
            let name = directory.name(*creditor_agent);
            let less = match excepted.len() {
                0 => String::new(),
                count => format!(", {count} items excepted"),
            };
            let amount = Money::new(event.currency, (*minor_units).into());
            format!("accepted by {name}: {amount} in window {window}{less}")
        }
        BatchChange::Rejected {
            creditor_agent,
            reason,
        } => format!("rejected by {}  {reason}", directory.name(*creditor_agent)),
        BatchChange::Cancelled(reason) => format!("cancelled  {reason}"),
        BatchChange::Expired => "expired".into(),
    }
}

fn total_text(total: ItemTotal, currency: Currency) -> String {
    format!(
        "{} items of {}",
        total.items,
        Money::new(currency, total.minor_units.into())
    )
}

/// How time is cut into windows, in a line.
#[must_use]
pub fn schedule_text(schedule: &Schedule) -> String {
    let mut days = match schedule.holidays().count() {
        0 => "no holidays".to_owned(),
        count => format!("{count} holidays"),
    };
    let worked = schedule.worked_days().count();
    if worked > 0 {
        days.push_str(&format!(", {worked} worked weekend days"));
    }
    format!(
        "{} s long from {} on, cut-off {} s before the end, days of UTC{}, {days}",
        schedule.length,
        Moment(schedule.anchor),
        schedule.cut_off,
        offset_text(schedule.utc_offset)
    )
}

/// An offset from UTC as people write it: `+08:00`.
#[must_use]
pub fn offset_text(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.unsigned_abs();
    let rest = match seconds % 60 {
        0 => String::new(),
        rest => format!(":{rest:02}"),
    };
    format!("{sign}{:02}:{:02}{rest}", seconds / 3_600, seconds / 60 % 60)
}

/// A day's date.
#[must_use]
pub fn day_text(days: u16) -> String {
    Date::from_days_since_epoch(days.into()).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// Why an item was left out of a batch, in words.
#[must_use]
pub fn fault_text(fault: ItemFault) -> &'static str {
    match fault {
        ItemFault::Uetr => "the UETR is not a UUID of version 4",
        ItemFault::ZeroAmount => "the amount is zero",
        ItemFault::AboveLimit => "the amount is above the limit of an item",
        ItemFault::Counterparty => "the header has no such creditor agent",
        ItemFault::Reserved => "a reserved byte is not zero",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::{NetResult, ParticipantId, WindowId, WindowRecord, WindowStatus};

    #[test]
    fn what_is_owed_has_a_minus_sign_and_is_made_of_strings() {
        let owed = SignedMoneyView::new(Currency::CNY, -5i64);
        assert_eq!(owed.to_string(), "CNY -0.05");
        let json = serde_json::to_string(&owed).expect("serialises");
        assert_eq!(json, r#"{"currency":"CNY","decimal":"-0.05","minor_units":"-5"}"#);
    }

    #[test]
    fn a_window_s_end_is_a_line() {
        let directory = Directory::of(Vec::new());
        let record = WindowRecord {
            window: WindowId(12),
            status: WindowStatus::Settled,
            closed_at: 0,
            settles_in: WindowId(12),
            net_minor_units: 1_200,
            gross_minor_units: 90_000,
            participants: 2,
        };
        let text = |change| {
            let currency = Currency::CNY;
            netting_text(&NettingRecorded { currency, change }, &directory)
        };
        assert_eq!(
            text(NetChange::Ended(record)),
            "window 12 settled: 2 participants, CNY 12.00 moved for CNY 900.00 gross"
        );
        let aborted = WindowRecord {
            status: WindowStatus::Aborted,
            settles_in: WindowId(13),
            ..record
        };
        assert_eq!(
            text(NetChange::Ended(aborted)),
            "window 12 aborted: 2 participants, CNY 900.00 gross carried over to window 13"
        );
        let results = vec![NetResult {
            participant: ParticipantId(3),
            net_minor_units: -1_200,
        }];
        let window = WindowId(12);
        assert_eq!(
            text(NetChange::Results { window, results }),
            "window 12 results: participant 3 -12.00"
        );
    }

    #[test]
    fn offsets_are_written_as_messages_write_them() {
        assert_eq!(offset_text(28_800), "+08:00");
        assert_eq!(offset_text(-12_600), "-03:30");
        assert_eq!(offset_text(0), "+00:00");
    }
}

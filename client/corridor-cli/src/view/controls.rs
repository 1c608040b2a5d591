//! Tariffs, limits and the queue.

use super::{Moment, MoneyView};
use crate::directory::Directory;
use corridor_client::{
    core::{queued::QueueReport, Currency, Limits, Money, Tariff},
    ControlsChange, ControlsChanged, LimitScope,
};
use serde::Serialize;
use std::fmt;

/// A version of a tariff.
#[derive(Clone, Debug, Serialize)]
pub struct TariffView {
    /// Its number.
    pub version: u32,
    /// From when it counts.
    pub effective_from: Moment,
    /// The fixed part.
    pub fixed: MoneyView,
    /// The part of the amount.
    pub basis_points: u16,
    /// The least it comes to.
    pub minimum: MoneyView,
    /// The most it comes to; `null` for no such bound.
    pub maximum: Option<MoneyView>,
}

impl TariffView {
    /// A version in its currency.
    #[must_use]
    pub fn new(tariff: &Tariff, currency: Currency) -> Self {
        let money = |minor_units: u64| MoneyView(Money::new(currency, minor_units.into()));
        Self {
            version: tariff.version,
            effective_from: Moment(tariff.effective_from),
            fixed: money(tariff.fixed_minor_units),
            basis_points: tariff.basis_points,
            minimum: money(tariff.minimum_minor_units),
            maximum: (tariff.maximum_minor_units < u64::MAX).then(|| money(tariff.maximum_minor_units)),
        }
    }
}

impl fmt::Display for TariffView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self
            .maximum
            .map_or("no maximum".into(), |most| format!("at most {most}"));
        write!(
            f,
            "{} and {} basis points, at least {}, {most}",
            self.fixed, self.basis_points, self.minimum
        )
    }
}

/// Limits.
#[derive(Clone, Debug, Serialize)]
pub struct LimitsView {
    /// The most one transfer may be; `null` for no such limit.
    pub per_transfer: Option<MoneyView>,
    /// The most all transfers of a period may be together; `null` for no such limit.
    pub period_amount: Option<MoneyView>,
    /// The most transfers of a period; `null` for no such limit.
    pub period_count: Option<u32>,
    /// The length of a bucket. A period is six of them, and five are certain.
    pub bucket_seconds: u32,
}

impl LimitsView {
    /// Limits in their currency.
    #[must_use]
    pub fn new(limits: &Limits, currency: Currency) -> Self {
        let money = |minor_units: u128| {
            (minor_units < u128::MAX).then(|| MoneyView(Money::new(currency, minor_units)))
        };
        Self {
            per_transfer: money(limits.per_transfer_minor_units),
            period_amount: money(limits.period_minor_units),
            period_count: (limits.period_count < u32::MAX).then_some(limits.period_count),
            bucket_seconds: limits.bucket_seconds,
        }
    }
}

impl fmt::Display for LimitsView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any = || "any amount".to_owned();
        let one = self.per_transfer.map_or_else(any, |amount| amount.to_string());
        let all = self.period_amount.map_or_else(any, |amount| amount.to_string());
        let count = self
            .period_count
            .map_or("any number".into(), |count| count.to_string());
        let seconds = self.bucket_seconds;
        write!(
            f,
            "{one} a transfer, {all} and {count} of them over 6 buckets of {seconds} s"
        )
    }
}

/// Whose limits or tariff: `BKCHCNBJ -> CHUPCNSH, CNY`.
#[must_use]
pub fn scope_text(scope: &LimitScope, directory: &Directory) -> String {
    let to = scope
        .creditor_agent
        .map_or("everybody".into(), |id| directory.name(id));
    format!(
        "{} -> {to}, {}",
        directory.name(scope.debtor_agent),
        scope.currency
    )
}

/// What the governor set, in words.
#[must_use]
pub fn controls_text(event: &ControlsChanged, directory: &Directory) -> String {
    let currency = event.scope.currency;
    match &event.change {
        ControlsChange::Tariff(payee, tariff) => {
            let view = TariffView::new(tariff, currency);
            let (version, from) = (view.version, view.effective_from);
            format!(
                "tariff version {version} from {from}, to {}: {view}",
                directory.name(*payee)
            )
        }
        ControlsChange::Limits(Some(limits)) => format!("limits: {}", LimitsView::new(limits, currency)),
        ControlsChange::Limits(None) => "no limits any more".into(),
    }
}

/// What a resolution of a queue did.
#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    /// How many transfers settled.
    pub settled: u16,
    /// How many had expired.
    pub expired: u16,
    /// How many still wait.
    pub waiting: u16,
    /// The sum of what settled.
    pub gross: MoneyView,
    /// How much of the debtor agents' own money that took.
    pub liquidity: MoneyView,
}

impl ReportView {
    /// A report in its currency.
    #[must_use]
    pub fn new(report: &QueueReport, currency: Currency) -> Self {
        let money = |minor_units| MoneyView(Money::new(currency, minor_units));
        Self {
            settled: report.settled,
            expired: report.expired,
            waiting: report.waiting,
            gross: money(report.gross_minor_units),
            liquidity: money(report.liquidity_minor_units),
        }
    }
}

impl fmt::Display for ReportView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            settled,
            expired,
            waiting,
            gross,
            liquidity,
        } = self;
        write!(
            f,
            "{settled} settled, {expired} expired, {waiting} waiting; {gross} gross with {liquidity} of liquidity"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::ParticipantId;

    fn text(change: ControlsChange) -> String {
        let scope = LimitScope {
            debtor_agent: ParticipantId(0),
            creditor_agent: None,
            currency: Currency::CNY,
        };
        let directory = Directory::of(Vec::new());
        assert_eq!(scope_text(&scope, &directory), "participant 0 -> everybody, CNY");
        controls_text(&ControlsChanged { scope, change }, &directory)
    }

    #[test]
    fn tariffs_and_limits_are_lines_and_bounds_nobody_set_are_not_numbers() {
        let tariff = Tariff {
            version: 2,
            effective_from: 1_795_512_600,
            fixed_minor_units: 150,
            basis_points: 3,
            minimum_minor_units: 0,
            maximum_minor_units: u64::MAX,
        };
        assert_eq!(
            text(ControlsChange::Tariff(ParticipantId(2), tariff)),
            "tariff version 2 from 2026-11-24T09:30:00Z, to participant 2: CNY 1.50 and 3 basis points, at least CNY \
             0.00, no maximum"
        );
        let limits = Limits {
            per_transfer_minor_units: 10_000,
            period_minor_units: u128::MAX,
            period_count: u32::MAX,
            bucket_seconds: 60,
        };
        assert_eq!(
            text(ControlsChange::Limits(Some(limits))),
            "limits: CNY 100.00 a transfer, any amount and any number of them over 6 buckets of 60 s"
        );
        assert_eq!(text(ControlsChange::Limits(None)), "no limits any more");
    }

    #[test]
    fn a_report_says_how_much_liquidity_was_saved() {
        let report = QueueReport {
            settled: 2,
            expired: 0,
            waiting: 1,
            gross_minor_units: 190_000,
            liquidity_minor_units: 10_000,
        };
        assert_eq!(
            ReportView::new(&report, Currency::HKD).to_string(),
            "2 settled, 0 expired, 1 waiting; HKD 1900.00 gross with HKD 100.00 of liquidity"
        );
    }
}

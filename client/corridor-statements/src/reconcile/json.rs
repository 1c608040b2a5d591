//! The report for programs. Amounts are decimals in strings, with a sign.

use super::{BalanceLine, Finding, Line, Reconciliation, Total};
use corridor_client::core::{Currency, Money};
use serde::Serialize;

/// Writes a result as JSON.
#[must_use]
pub fn to_json(result: &Reconciliation) -> String {
    // Strings, numbers and lists: there is nothing in it that JSON cannot hold.
    serde_json::to_string_pretty(&View::of(result)).unwrap_or_default()
}

#[derive(Serialize)]
struct View<'a> {
    agrees: bool,
    account: String,
    currency: String,
    from: String,
    to: String,
    utc_offset: String,
    closing_block: u64,
    ledger: &'a str,
    other_currency: usize,
    outside_period: usize,
    balances: Vec<BalanceView>,
    totals: Vec<TotalView>,
    findings: Vec<FindingView<'a>>,
}

#[derive(Serialize)]
struct BalanceView {
    name: &'static str,
    chain: String,
    ledger: Option<String>,
    differs: bool,
}

#[derive(Serialize)]
struct TotalView {
    kind: &'static str,
    count: usize,
    difference: String,
}

#[derive(Serialize)]
struct FindingView<'a> {
    kind: &'static str,
    name: String,
    difference: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<LineView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<LineView<'a>>,
}

#[derive(Serialize)]
struct LineView<'a> {
    place: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uetr: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    references: &'a [String],
    amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extrinsic: Option<&'a str>,
}

impl<'a> View<'a> {
    fn of(result: &'a Reconciliation) -> Self {
        let currency = result.account.currency;
        let balance = |line: &BalanceLine| BalanceView {
            name: line.name,
            chain: decimal(currency, line.chain),
            ledger: line.ledger.map(|ledger| decimal(currency, ledger)),
            differs: line.differs(),
        };
        let total = |total: &Total| TotalView {
            kind: total.kind.code(),
            count: total.count,
            difference: decimal(currency, total.difference),
        };
        let finding = |finding: &'a Finding| FindingView {
            kind: finding.kind.code(),
            name: name(finding),
            difference: decimal(currency, finding.difference()),
            note: &finding.note,
            chain: finding.chain.as_ref().map(|line| LineView::of(line, currency)),
            ledger: finding.ledger.as_ref().map(|line| LineView::of(line, currency)),
        };
        Self {
            agrees: result.agrees(),
            account: result.account.to_string(),
            currency: currency.to_string(),
            from: result.period.first().to_string(),
            to: result.period.last().to_string(),
            utc_offset: result.period.zone().to_string(),
            closing_block: result.closing_block,
            ledger: &result.ledger,
            other_currency: result.other_currency,
            outside_period: result.outside_period,
            balances: result.balances.iter().map(balance).collect(),
            totals: result.totals().iter().map(total).collect(),
            findings: result.findings.iter().map(finding).collect(),
        }
    }
}

impl<'a> LineView<'a> {
    fn of(line: &'a Line, currency: Currency) -> Self {
        Self {
            place: &line.place,
            uetr: line.uetr.map(|uetr| uetr.to_string()),
            references: &line.references,
            amount: decimal(currency, line.amount),
            status: line.status.map(super::LineStatus::name),
            date: line.date.map(|date| date.to_string()),
            kind: &line.kind,
            extrinsic: line.extrinsic.as_deref(),
        }
    }
}

/// How a finding is named: by the chain's line, else by the ledger's.
pub(super) fn name(finding: &Finding) -> String {
    let line = finding.chain.as_ref().or(finding.ledger.as_ref());
    line.map(Line::name).unwrap_or_default()
}

/// An amount with its sign: `-1250.50`.
pub(super) fn decimal(currency: Currency, signed: i128) -> String {
    let sign = if signed < 0 { "-" } else { "" };
    let amount = Money::new(currency, signed.unsigned_abs()).to_decimal();
    format!("{sign}{amount}")
}

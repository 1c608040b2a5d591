//! A bank's own ledger against the chain, entry by entry.
//!
//! Both sides become [`Line`]s with a signed amount and the names an entry goes by. A ledger line and a line of the chain belong
//! together when they share a name; each is used once.
//!
//! | file | content |
//! |---|---|
//! | `line.rs`, `chain.rs` | what is compared; a statement as lines |
//! | `ledger.rs`, `csv.rs`, `camt.rs` | a ledger, read from CSV or camt.053 |
//! | `net.rs` | single payments against the net position that pays them |
//! | `matching.rs` | which line belongs to which |
//! | `explain.rs` | what the index knows of lines that found none |
//! | `outcome.rs` | findings, totals, balances |
//! | `json.rs`, `html.rs`, `chart.rs` | the report, for programs and for people |

mod camt;
mod chain;
mod chart;
mod csv;
mod explain;
mod html;
mod json;
mod ledger;
mod line;
mod matching;
mod net;
mod outcome;

pub use chain::chain_lines;
pub use explain::explain;
pub use html::to_html;
pub use json::to_json;
pub use ledger::{Ledger, LedgerError, LedgerFormat, Signs, MAX_LINES};
pub use line::{Line, LineStatus};
pub use outcome::{BalanceLine, Finding, FindingKind, Reconciliation, Total};

use crate::{Drawn, Period};
use corridor_iso20022::BookAccount;

/// Compares a ledger with the statement of the same account over the same days.
///
/// Ledger lines dated outside the days take part only as far as the chain has their entry within them.
#[must_use]
pub fn reconcile(account: BookAccount, period: Period, drawn: &Drawn, ledger: &Ledger) -> Reconciliation {
    let chain = net::lines(drawn, ledger, period.zone());
    let findings = matching::findings(&chain, &ledger.lines);
    let (findings, outside): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| !concerns_other_days(finding, &period));
    Reconciliation {
        account,
        period,
        closing_block: drawn.closing_block,
        ledger: ledger.name.clone(),
        other_currency: ledger.other_currency,
        outside_period: outside.len(),
        balances: outcome::balances(&drawn.statement, ledger),
        findings,
    }
}

/// Whether it is a ledger line of another day that the chain has nothing for.
fn concerns_other_days(finding: &Finding, period: &Period) -> bool {
    let date = finding.ledger.as_ref().and_then(|line| line.date);
    let other = date.is_some_and(|date| date < period.first() || date > period.last());
    other && finding.chain.is_none()
}

//! The report for people: one file that needs nothing else, light or dark as the reader's screen is.
//!
//! Whatever comes from a file is a text and nothing more: every value is escaped, and the page forbids scripts and requests.

use super::{
    chart::chart,
    json::{decimal, name},
    BalanceLine, Finding, FindingKind, Line, Reconciliation, Total,
};
use corridor_client::core::Currency;
use maud::{html, Markup, PreEscaped, DOCTYPE};

/// The most lines of a kind that a page shows; the JSON has all.
const MOST: usize = 2_000;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = "
:root { color-scheme: light dark; --text: #1b2430; --dim: #5b6777; --page: #ffffff; --line: #d8dee6; --good: #1a7f4b; --open: #8a6d1d; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --dim: #9aa6b5; --page: #12171e; --line: #303a47; --good: #4cc38a; --open: #d8b44a; --bad: #ff8a80; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.verdict { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); } .dim { color: var(--dim); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.3rem 0.7rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.name { overflow-wrap: anywhere; min-width: 14rem; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { width: 100%; max-width: 42rem; height: auto; } svg text { fill: var(--text); font: 13px system-ui, sans-serif; }
rect.good { fill: var(--good); } rect.open { fill: var(--open); } rect.bad { fill: var(--bad); }
";

/// Writes a result as a page.
#[must_use]
pub fn to_html(result: &Reconciliation) -> String {
    let (account, period) = (result.account, &result.period);
    let days = match period.days() {
        1 => period.first().to_string(),
        _ => format!("{} to {}", period.first(), period.last()),
    };
    let title = format!("Reconciliation of {account}, {days}");
    let totals = result.totals();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p class="dim" {
                    "Ledger " strong { (result.ledger) } " against finalised blocks up to block "
                    (result.closing_block) ". Days begin at midnight, UTC" (period.zone()) "."
                }
                (verdict(result))
                (balances(&result.balances, account.currency))
                h2 { "Entries" }
                (chart(&totals))
                (totals_table(&totals, account.currency))
                @for kind in FindingKind::ALL.into_iter().filter(|kind| kind.is_difference()) {
                    (section(result, kind))
                }
                (section(result, FindingKind::Open))
                (section(result, FindingKind::Matched))
            }
        }
    };
    page.into_string()
}

fn verdict(result: &Reconciliation) -> Markup {
    let differences = result
        .findings
        .iter()
        .filter(|finding| finding.kind.is_difference())
        .count();
    html! {
        @if result.agrees() {
            p class="verdict good" { "Ledger and chain agree." }
        } @else {
            p class="verdict bad" {
                @if differences > 0 { (differences) " entries to look into. " }
                @if result.balances.iter().any(BalanceLine::differs) { "The balances differ." }
            }
        }
        @if result.outside_period > 0 {
            p class="dim" { (result.outside_period) " ledger lines are of other days and were left out." }
        }
        @if result.other_currency > 0 {
            p class="dim" { (result.other_currency) " ledger lines or statements are of other currencies and were left out." }
        }
    }
}

fn balances(lines: &[BalanceLine], currency: Currency) -> Markup {
    html! {
        h2 { "Balances" }
        div class="scroll" { table {
            tr { th { "balance" } th class="n" { "chain, " (currency) } th class="n" { "ledger, " (currency) } th {} }
            @for line in lines {
                tr {
                    td { (line.name) }
                    td class="n" { (decimal(currency, line.chain)) }
                    td class="n" {
                        @match line.ledger {
                            Some(ledger) => (decimal(currency, ledger)),
                            None => span class="dim" { "not given" },
                        }
                    }
                    td { @if line.differs() { span class="bad" { "differs" } } }
                }
            }
        } }
    }
}

fn totals_table(totals: &[Total], currency: Currency) -> Markup {
    html! {
        div class="scroll" { table {
            tr { th { "entries" } th class="n" { "number" } th class="n" { "ledger less chain, " (currency) } }
            @for total in totals {
                tr {
                    td { (total.kind.title()) }
                    td class="n" { (total.count) }
                    td class="n" { (decimal(currency, total.difference)) }
                }
            }
        } }
    }
}

fn section(result: &Reconciliation, kind: FindingKind) -> Markup {
    let count = result.of(kind).count();
    html! {
        @if count > 0 {
            @if kind.is_difference() {
                h2 class="bad" { (kind.title()) ": " (count) }
                (table(result, kind, count))
            } @else {
                h2 { (kind.title()) ": " (count) }
                details { summary { "Show" } (table(result, kind, count)) }
            }
        }
    }
}

fn table(result: &Reconciliation, kind: FindingKind, count: usize) -> Markup {
    let currency = result.account.currency;
    html! {
        div class="scroll" { table {
            tr {
                th { "entry" } th { "what" } th { "chain" } th { "ledger" }
                th class="n" { "chain, " (currency) } th class="n" { "ledger, " (currency) } th { "remark" }
            }
            @for finding in result.of(kind).take(MOST) { (row(finding, currency)) }
        } }
        @if count > MOST {
            p class="dim" { (count.saturating_sub(MOST)) " more are in the JSON report." }
        }
    }
}

fn row(finding: &Finding, currency: Currency) -> Markup {
    let line = finding.chain.as_ref().or(finding.ledger.as_ref());
    let amount = |line: &Option<Line>| line.as_ref().map(|line| decimal(currency, line.amount));
    html! {
        tr {
            td class="name" { (name(finding)) }
            td { @if let Some(line) = line { (line.kind) } }
            td { (place(finding.chain.as_ref())) }
            td { (place(finding.ledger.as_ref())) }
            td class="n" { @if let Some(amount) = amount(&finding.chain) { (amount) } }
            td class="n" { @if let Some(amount) = amount(&finding.ledger) { (amount) } }
            td { (finding.note) }
        }
    }
}

/// Where it stands, on which day and in which status.
fn place(line: Option<&Line>) -> Markup {
    html! {
        @if let Some(line) = line {
            (line.place)
            @if let Some(date) = line.date { br; span class="dim" { (date) } }
            @if let Some(status) = line.status { br; span class="dim" { (status) } }
        }
    }
}

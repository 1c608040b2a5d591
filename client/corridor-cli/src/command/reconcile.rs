//! `corridor reconcile`.

use super::{
    books::{self, Books},
    index,
};
use crate::{
    context::Context,
    message,
    output::{write_out, Answer, Page, Table, Tone},
    Exit, Failure,
};
use corridor_client::core::Money;
use corridor_iso20022::BookAccount;
use corridor_statements::{
    reconcile::{
        explain, reconcile, to_html, to_json, FindingKind, Ledger, LedgerError, LedgerFormat, Reconciliation,
        Signs,
    },
    Form,
};
use serde::Serialize;
use std::path::PathBuf;

/// Compare a bank's own ledger with the chain, entry by entry
///
/// The ledger is a CSV file or a camt.053 of the participant's account with Corridor; docs/reconciliation.md has the columns. Says what is
/// matched, missing on either side, of another amount, status or day, and there twice. Needs the index that `corridor index` keeps,
/// and no node.
///
/// Ends with exit code 0 where everything is matched, 11 where anything differs, 7 where the ledger cannot be read.
#[derive(Debug, clap::Args)]
pub struct Reconcile {
    #[command(flatten)]
    books: Books,

    /// The ledger; `-` is standard input
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,

    /// csv or camt053 [default: what the file looks like]
    #[arg(long, value_name = "FORMAT")]
    ledger_format: Option<LedgerFormat>,

    /// The ledger's signs are those of the bank's own books: what comes in is a debit
    #[arg(long)]
    mirror: bool,

    /// Write a page for people to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Write everything as JSON to this file; --json writes it to standard output
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// As many items of batches are compared as a ledger may have lines.
const MOST_ITEMS: u32 = 1_000_000;

impl Reconcile {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let index = self.books.open(context).await?;
        // A batch is compared as the one entry it is, or item by item where the ledger has its items.
        let request = self
            .books
            .request(context, &index, Form::Either, MOST_ITEMS)
            .await?;
        let ledger = self.read(&request.period.zone(), request.currency)?;
        let drawn = books::drawn(&index, &request).await?;
        let account = BookAccount {
            book: request.book,
            participant: request.participant,
            currency: request.currency,
        };
        let mut result = reconcile(account, request.period, &drawn, &ledger);
        explain(&index, &mut result).await.map_err(index::failure)?;
        if let Some(path) = &self.html {
            message::write(path, &to_html(&result))?;
        }
        let json = (self.report.is_some() || context.output.json).then(|| format!("{}\n", to_json(&result)));
        if let (Some(path), Some(json)) = (&self.report, &json) {
            message::write(path, json)?;
        }
        match json.filter(|_| context.output.json) {
            Some(json) => write_out(json.as_bytes())?,
            None => context.output.answer(&ResultView::new(&result))?,
        }
        if result.agrees() {
            return Ok(());
        }
        let advice = "The report names each; nothing was changed on either side.";
        let text = "ledger and chain differ";
        Err(Failure::new(Exit::Mismatch, "cli.reconcile", text, advice))
    }

    fn read(
        &self,
        zone: &corridor_statements::Zone,
        currency: corridor_client::core::Currency,
    ) -> Result<Ledger, Failure> {
        let bytes = message::read(&self.ledger)?;
        let format = self.ledger_format.unwrap_or_else(|| LedgerFormat::guess(&bytes));
        let name = self.ledger.display().to_string();
        let ledger = Ledger::read(&name, &bytes, format, currency, *zone);
        let signs = match self.mirror {
            true => Signs::Mirrored,
            false => Signs::Statement,
        };
        ledger
            .map(|ledger| ledger.seen_from(signs))
            .map_err(|error| ledger_failure(error).about(&name))
    }
}

fn ledger_failure(error: LedgerError) -> Failure {
    match error {
        LedgerError::Message(error) => error.into(),
        error => Failure::message(error.code(), &error, error.advice()),
    }
}

/// The result in a few lines.
#[derive(Debug, Serialize)]
struct ResultView {
    agrees: bool,
    account: String,
    totals: Vec<TotalView>,
    balances: Vec<BalanceView>,
}

#[derive(Debug, Serialize)]
struct TotalView {
    title: &'static str,
    count: usize,
    difference: String,
    bad: bool,
}

#[derive(Debug, Serialize)]
struct BalanceView {
    name: &'static str,
    chain: String,
    ledger: Option<String>,
    differs: bool,
}

impl ResultView {
    fn new(result: &Reconciliation) -> Self {
        let decimal = |signed: i128| {
            let sign = if signed < 0 { "-" } else { "" };
            let amount = Money::new(result.account.currency, signed.unsigned_abs());
            format!("{sign}{}", amount.to_decimal())
        };
        let totals = result.totals().into_iter().map(|total| TotalView {
            title: total.kind.title(),
            count: total.count,
            difference: decimal(total.difference),
            bad: total.count > 0 && FindingKind::is_difference(total.kind),
        });
        let balances = result.balances.iter().map(|line| BalanceView {
            name: line.name,
            chain: decimal(line.chain),
            ledger: line.ledger.map(decimal),
            differs: line.differs(),
        });
        Self {
            agrees: result.agrees(),
            account: result.account.to_string(),
            totals: totals.collect(),
            balances: balances.collect(),
        }
    }
}

impl Answer for ResultView {
    fn print(&self, page: &mut Page) {
        page.line(&self.account);
        let mut table = Table::new(&["balance", "chain>", "ledger>"]);
        for line in &self.balances {
            let ledger = line.ledger.clone().unwrap_or_else(|| "not given".into());
            let name = match line.differs {
                true => format!("{} DIFFERS", line.name),
                false => line.name.to_owned(),
            };
            table.row([name.into(), (&line.chain).into(), ledger.into()]);
        }
        page.table(&table);
        let mut table = Table::new(&["entries", "number>", "ledger less chain>"]);
        for total in &self.totals {
            table.row([
                total.title.into(),
                total.count.to_string().into(),
                (&total.difference).into(),
            ]);
        }
        page.table(&table);
        match self.agrees {
            true => page.toned("ledger and chain agree", Tone::Good),
            false => page.toned("ledger and chain DIFFER", Tone::Bad),
        }
    }
}

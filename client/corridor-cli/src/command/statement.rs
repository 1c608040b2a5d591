//! `corridor statement`.

use super::{
    books::{self, Books},
    index, verify_statement,
};
use crate::{
    context::Context,
    message,
    output::{write_out, Answer, Page, Tone},
    view::MoneyView,
    Exit, Failure,
};
use corridor_client::{core::AgentId, proof::Evidence};
use corridor_indexer::{Check, Index};
use corridor_iso20022::{
    statement::{Balance, CreditDebit, EntryStatus},
    Agent,
};
use corridor_statements::{
    format::json_with_evidence,
    proven::{self, Claimed},
    Drawn, Format, StatementError, StatementRequest,
};
use serde::Serialize;
use std::path::PathBuf;

/// Write the statement of an account, from the index
///
/// What the participant's escrow held before and after, and every entry in between, in ISO 20022 or as CSV or JSON. The booked balance is
/// what is available and what is reserved; collateral is an account of its own, shown beside it. Needs the index that `corridor index`
/// keeps, and no node unless --check asks for one.
///
/// A camt.053 is of days that are over and of booked entries only; camt.052, CSV and JSON are of the day so far where it is not. A statement whose balances and
/// entries do not add up is not written.
#[derive(Debug, clap::Args)]
pub struct Statement {
    #[command(flatten)]
    books: Books,

    /// camt052 (report), camt053 (statement), camt054 (notification of entries), csv or json
    #[arg(long, value_name = "FORMAT", default_value = "camt053")]
    format: Format,

    /// How many items of clearing batches are listed, at most 1000000; a batch of more than are left has its number and total only.
    /// CSV lists none
    #[arg(long, value_name = "NUMBER", default_value = "20000", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    batch_items: u32,

    /// Put a business application header (head.001) before a camt message, both in a BizMsgEnvlp: from --servicer to the participant,
    /// with the message's own id and time
    #[arg(long)]
    header: bool,

    /// Who keeps the account, for Acct/Svcr and the header's sender: a BIC, an LEI or SYSTEM:MEMBER [default: nobody; the header is
    /// from "Corridor"]
    #[arg(long, value_name = "AGENT")]
    servicer: Option<AgentId>,

    /// Write it to this file and answer with a summary
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Prove the closing balance: JSON carries the chain's evidence itself, the others have it in FILE.evidence.json beside them;
    /// `corridor verify FILE` checks both without a node. Needs a node that keeps the closing block's state
    #[arg(long)]
    evidence: bool,

    /// Compare the closing balance with the contract's own at the closing block; exit code 11 where they differ
    #[arg(long)]
    check: bool,
}

impl Statement {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if self.header && !self.format.is_message() {
            return Err(books::failure(StatementError::NoHeader(self.format)));
        }
        let index = self.books.open(context).await?;
        let request = self.request(context, &index).await?;
        let mut drawn = books::drawn(&index, &request).await?;
        drawn.statement.account.servicer = self.servicer.clone().map(|agent| Agent::new([agent]));
        if self.check {
            check(context, &index, &request, drawn.closing_block).await?;
        }
        let text = match self.evidence {
            true => self.proven(context, &mut drawn).await?,
            false => self.plain(&drawn)?,
        };
        match &self.out {
            None => write_out(format!("{}\n", text.trim_end()).as_bytes()),
            Some(path) => {
                message::write(path, &text)?;
                let file = path.display().to_string();
                context.output.answer(&SummaryView::new(file, &drawn, self.check))
            }
        }
    }
}

impl Statement {
    async fn request(&self, context: &Context, index: &Index) -> Result<StatementRequest, Failure> {
        // A CSV has one line for an entry.
        let items = match self.format {
            Format::Csv => 0,
            _ => self.batch_items,
        };
        let form = self.format.form();
        self.books.request(context, index, form, items).await
    }

    fn plain(&self, drawn: &Drawn) -> Result<String, Failure> {
        let statement = &drawn.statement;
        let created_at = match &statement.created_at {
            Some(time) => time.clone(),
            None => message::now_text()?,
        };
        let text = match self.header {
            true => self.format.write_with_header(statement, created_at),
            false => self.format.write(statement, created_at),
        };
        text.map_err(books::failure)
    }

    /// The statement, once evidence of what it ends with has been written beside it or into it.
    async fn proven(&self, context: &Context, drawn: &mut Drawn) -> Result<String, Failure> {
        let evidence = prove(context, drawn).await?;
        if self.format == Format::Json {
            return json_with_evidence(&drawn.statement, &evidence).map_err(books::failure);
        }
        let out = self.out.as_ref().ok_or_else(|| {
            let text = format!("a {} has its evidence in a file beside it", self.format);
            Failure::usage(
                "cli.no_out",
                text,
                "Name the statement's file with --out, or take --format json.",
            )
        })?;
        let beside = verify_statement::beside(out);
        let name = beside.file_name().unwrap_or_default().to_string_lossy();
        drawn.statement.additional = Some(format!("evidence: {name}"));
        // First: a statement that names evidence has it.
        let text = self.plain(drawn)?;
        message::write(
            &beside,
            &evidence.to_json().map_err(corridor_client::Error::from)?,
        )?;
        Ok(text)
    }
}

/// The chain's proof of what the statement ends with, which has to be what it says.
async fn prove(context: &Context, drawn: &Drawn) -> Result<Evidence, Failure> {
    let account = &drawn.statement.account;
    let owner = account.owner.as_ref();
    let owner = owner.ok_or_else(|| Failure::internal("the statement is nobody's"))?;
    let corridor = context.reader().await?;
    let subjects = proven::subjects(owner.identifiers(), account.currency);
    let evidence = corridor.evidence(&subjects, Some(drawn.closing_block)).await?;
    let claimed = Claimed::of(&drawn.statement).map_err(|fault| verify_statement::unreadable(&fault))?;
    let verified = evidence.verify(None).map_err(corridor_client::Error::from)?;
    proven::check(&claimed, &verified).map_err(|fault| verify_statement::unproven(&fault))?;
    Ok(evidence)
}

/// Nothing is written where the contract says something else.
async fn check(
    context: &Context,
    index: &Index,
    request: &StatementRequest,
    block: u64,
) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let (participant, currency) = (request.participant, request.currency);
    let check = Check::position(index, &corridor, participant, currency, block).await;
    let check = check.map_err(index::failure)?;
    let Some(difference) = check.differences.first() else {
        return Ok(());
    };
    let message = format!(
        "at block {block} the contract has {} minor units {}, the index {}",
        difference.recorded, difference.bucket, difference.indexed
    );
    let advice = "Rebuild the index in an empty database; nothing was written.";
    Err(Failure::new(
        Exit::Mismatch,
        "cli.statement_check",
        message,
        advice,
    ))
}

/// What was written.
#[derive(Debug, Serialize)]
struct SummaryView {
    file: String,
    statement: String,
    closing_block: u64,
    over: bool,
    checked: bool,
    opening: Option<BalanceView>,
    closing: Option<BalanceView>,
    further: Vec<BalanceView>,
    booked_entries: usize,
    other_entries: usize,
}

#[derive(Debug, Serialize)]
struct BalanceView {
    kind: String,
    amount: MoneyView,
    side: &'static str,
}

impl BalanceView {
    fn of(balance: &Balance) -> Self {
        Self {
            kind: balance.kind.code().into(),
            amount: MoneyView(balance.amount),
            side: balance.side.code(),
        }
    }

    fn text(&self) -> String {
        let sign = if self.side == CreditDebit::Debit.code() {
            "-"
        } else {
            ""
        };
        format!("{} {sign}{}", self.amount.0.currency, self.amount.0.to_decimal())
    }
}

impl SummaryView {
    fn new(file: String, drawn: &Drawn, checked: bool) -> Self {
        let statement = &drawn.statement;
        let booked = statement
            .entries
            .iter()
            .filter(|entry| entry.status == EntryStatus::Booked);
        let booked_entries = booked.count();
        Self {
            file,
            statement: statement.id.clone(),
            closing_block: drawn.closing_block,
            over: drawn.over,
            checked,
            opening: statement.opening.as_ref().map(BalanceView::of),
            closing: statement.closing.as_ref().map(BalanceView::of),
            further: statement.further_balances.iter().map(BalanceView::of).collect(),
            booked_entries,
            other_entries: statement.entries.len().saturating_sub(booked_entries),
        }
    }
}

impl Answer for SummaryView {
    fn print(&self, page: &mut Page) {
        page.line(format!("{} in {}", self.statement, self.file));
        let balances = self.opening.iter().chain(&self.closing).chain(&self.further);
        for balance in balances {
            page.line(format!("  {:<14} {}", balance.kind, balance.text()));
        }
        page.line(format!(
            "  {} booked entries, {} pending or for information",
            self.booked_entries, self.other_entries
        ));
        if !self.over {
            page.line("  the day is not over: this is what it holds so far");
        }
        match self.checked {
            true => page.toned(
                format!("  the contract says the same at block {}", self.closing_block),
                Tone::Good,
            ),
            false => page.line(format!("  closing block {}", self.closing_block)),
        }
    }
}

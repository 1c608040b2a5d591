//! `corridor verify` of a statement with evidence.

use super::verify_evidence::{self, Trust};
use crate::{
    context::Context,
    message,
    output::{Answer, Page, Tone},
    view::{Moment, MoneyView},
    Exit, Failure,
};
use corridor_client::{
    core::{AgentId, Money},
    proof::{Evidence, Finality, Verified},
};
use corridor_iso20022::statement::CreditDebit;
use corridor_statements::proven::{self, Claimed, Unproven, Unreadable};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Where the evidence of a statement is that cannot carry it: `day.xml.evidence.json` beside `day.xml`.
pub(super) fn beside(statement: &Path) -> PathBuf {
    let mut name = statement.file_name().unwrap_or_default().to_os_string();
    name.push(".evidence.json");
    statement.with_file_name(name)
}

/// Checks a statement against its evidence. Asks no chain.
pub(super) fn run(context: &Context, path: &Path, bytes: &[u8], trust: &Trust<'_>) -> Result<(), Failure> {
    let (claimed, carried) = proven::read(bytes).map_err(|fault| unreadable(&fault).about(path.display()))?;
    let (source, evidence) = match carried {
        Some(evidence) => (path.to_owned(), evidence),
        None => {
            let source = beside(path);
            let evidence = Evidence::from_json(&message::read(&source)?);
            let evidence =
                evidence.map_err(|fault| verify_evidence::failure(&fault).about(source.display()))?;
            (source, evidence)
        }
    };
    let verified = verify_evidence::verified(context, &source, &evidence, trust.authorities)?;
    let owner = proven::check(&claimed, &verified);
    let owner = owner.map_err(|fault| unproven(&fault).about(path.display()))?;
    context
        .output
        .answer(&ProvenView::new(&claimed, &owner, &verified))?;
    trust.check(verified.finality)
}

pub(super) fn unreadable(fault: &Unreadable) -> Failure {
    match fault {
        Unreadable::DoesNotTie { .. } => Failure::new(
            Exit::Mismatch,
            "statement.does_not_tie",
            fault,
            "Do not rely on the statement: it was changed.",
        ),
        Unreadable::Message(_) | Unreadable::Statement(_) => Failure::message(
            "statement.unreadable",
            fault,
            "A statement of `corridor statement --evidence` with balances can be checked: camt052, camt053, csv or json.",
        ),
    }
}

pub(super) fn unproven(fault: &Unproven) -> Failure {
    Failure::new(Exit::Mismatch, fault.code(), fault, fault.advice())
}

#[derive(Debug, Serialize)]
struct ProvenView {
    holds: bool,
    account: String,
    owner: Vec<String>,
    closing: MoneyView,
    side: &'static str,
    state_as_of: Moment,
    block: u64,
    block_hash: String,
    genesis: String,
    settlement: String,
    finality: Finality,
}

impl ProvenView {
    fn new(claimed: &Claimed, owner: &[&AgentId], verified: &Verified<'_>) -> Self {
        let evidence = verified.evidence;
        let closing = Money::new(claimed.account.currency, claimed.closing.unsigned_abs());
        Self {
            holds: true,
            account: claimed.account.to_string(),
            owner: owner.iter().map(ToString::to_string).collect(),
            closing: MoneyView(closing),
            side: CreditDebit::of(claimed.closing).code(),
            state_as_of: Moment(evidence.block.time_ms / 1_000),
            block: evidence.block.number,
            block_hash: evidence.block.hash.to_string(),
            genesis: evidence.genesis.to_string(),
            settlement: evidence.settlement.to_string(),
            finality: verified.finality,
        }
    }
}

impl Answer for ProvenView {
    fn print(&self, page: &mut Page) {
        match self.finality {
            Finality::Proven => page.toned(
                "the statement adds up, and the chain proves what it ends with",
                Tone::Good,
            ),
            // Whoever can make up a block can make up what it holds.
            Finality::NotChecked | Finality::NotProvable => page.toned(
                "the statement adds up, and the block named below proves what it ends with; that this block is final is NOT proven",
                Tone::Warn,
            ),
        }
        page.fields([
            (
                "account",
                format!("{} of {}", self.account, self.owner.join(", ")),
            ),
            ("closing balance", format!("{} {}", self.closing, self.side)),
            ("state as of", self.state_as_of.to_string()),
            ("block", self.block.to_string()),
            ("block hash", self.block_hash.clone()),
            ("finality", self.finality.to_string()),
            ("chain", self.genesis.clone()),
            ("contract", self.settlement.clone()),
        ]);
    }
}

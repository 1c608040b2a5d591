//! `corridor verify` of evidence.

use crate::{
    context::Context,
    message,
    output::{Answer, Cell, Page, Table},
    view::{date, BlockView, Moment, MoneyView},
    Exit, Failure,
};
use corridor_client::{
    core::{Currency, Money},
    proof::{
        claim::{NetPositionClaim, PositionClaim, TransferClaim},
        Authorities, BatchClaim, Claim, Evidence, Finality, PartStatus, ProofError, Verified,
    },
    AddressText,
};
use serde::Serialize;
use std::path::Path;

/// What whoever checks knows and asks for.
pub(super) struct Trust<'a> {
    /// The authorities that decide finality.
    pub(super) authorities: Option<&'a Path>,
    /// Whether evidence is good for nothing unless its block is proven to be final.
    pub(super) require_finality: bool,
}

impl Trust<'_> {
    /// Fails where finality is asked for and not proven. The answer says which it is either way.
    pub(super) fn check(&self, finality: Finality) -> Result<(), Failure> {
        let advice = match finality {
            Finality::NotChecked if self.require_finality => {
                "Give the authorities with --authorities, taken from a node you trust."
            }
            Finality::NotProvable if self.require_finality => {
                "The chain gave no justification: compare the block's hash with a node you trust."
            }
            Finality::Proven | Finality::NotChecked | Finality::NotProvable => return Ok(()),
        };
        let text = "the block is not proven to be final";
        Err(Failure::new(
            Exit::Mismatch,
            "cli.finality_not_proven",
            text,
            advice,
        ))
    }
}

/// Checks evidence. Asks no chain.
pub(super) fn run(context: &Context, path: &Path, bytes: &[u8], trust: &Trust<'_>) -> Result<(), Failure> {
    let evidence = Evidence::from_json(bytes).map_err(|fault| failure(&fault).about(path.display()))?;
    let verified = verified(context, path, &evidence, trust.authorities)?;
    context.output.answer(&EvidenceView::new(&verified))?;
    trust.check(verified.finality)
}

/// Evidence that holds, of the contract that is meant.
pub(super) fn verified<'a>(
    context: &Context,
    path: &Path,
    evidence: &'a Evidence,
    authorities: Option<&Path>,
) -> Result<Verified<'a>, Failure> {
    let authorities = authorities.map(read_authorities).transpose()?;
    if let Some(expected) = context.settings.settlement {
        let found = AddressText(evidence.settlement.0);
        if found != expected {
            let text = format!("the evidence is of settlement contract {found}, not of {expected}");
            let advice = "Name the contract you mean with --settlement, or ask for evidence of that one.";
            return Err(Failure::new(Exit::Mismatch, "cli.evidence", text, advice));
        }
    }
    let verified = evidence.verify(authorities.as_ref());
    verified.map_err(|fault| failure(&fault).about(path.display()))
}

fn read_authorities(path: &Path) -> Result<Authorities, Failure> {
    serde_json::from_slice(&message::read(path)?).map_err(|error| {
        let advice = "It is {\"set_id\": 1, \"authorities\": [{\"public_key\": \"0x..\", \"weight\": 1}]}.";
        Failure::message("cli.authorities", format!("{}: {error}", path.display()), advice)
    })
}

pub(super) fn failure(fault: &ProofError) -> Failure {
    let exit = match fault {
        ProofError::Format { .. } => Exit::Message,
        _ => Exit::Mismatch,
    };
    Failure::new(exit, fault.code(), fault, fault.advice())
}

#[derive(Debug, Serialize)]
struct EvidenceView<'a> {
    holds: bool,
    genesis: String,
    settlement: String,
    code_hash: String,
    block: BlockView,
    finality: Finality,
    claims: &'a [Claim],
}

impl<'a> EvidenceView<'a> {
    fn new(verified: &Verified<'a>) -> Self {
        let evidence = verified.evidence;
        Self {
            holds: true,
            genesis: evidence.genesis.to_string(),
            settlement: evidence.settlement.to_string(),
            code_hash: evidence.code_hash.to_string(),
            block: BlockView {
                number: evidence.block.number,
                hash: evidence.block.hash.to_string(),
                time: Moment(evidence.block.time_ms / 1_000),
            },
            finality: verified.finality,
            claims: &evidence.claims,
        }
    }
}

impl Answer for EvidenceView<'_> {
    fn print(&self, page: &mut Page) {
        let block = &self.block;
        page.line("the evidence holds");
        page.fields([
            ("block", format!("{} at {}", block.number, block.time)),
            ("block hash", block.hash.clone()),
            ("finality", self.finality.to_string()),
            ("chain", self.genesis.clone()),
            ("contract", self.settlement.clone()),
            ("its code", self.code_hash.clone()),
        ]);
        positions(page, self.claims);
        net_positions(page, self.claims);
        transfers(page, self.claims);
        batches(page, self.claims);
    }
}

/// An amount as tables show it.
fn decimal(currency: Currency, minor_units: u128) -> String {
    MoneyView(Money::new(currency, minor_units)).0.to_decimal()
}

fn signed(currency: Currency, minor_units: i64) -> String {
    let sign = if minor_units < 0 { "-" } else { "" };
    format!("{sign}{}", decimal(currency, minor_units.unsigned_abs().into()))
}

/// An identifier, and that nobody goes by it.
fn holder(agent: &impl ToString, participant: Option<u16>) -> String {
    match participant {
        Some(_) => agent.to_string(),
        None => format!("{} (not registered)", agent.to_string()),
    }
}

fn positions(page: &mut Page, claims: &[Claim]) {
    let head = ["participant", "currency", "available>", "reserved>"];
    let rows = claims.iter().filter_map(|claim| {
        let Claim::Position(PositionClaim {
            agent,
            participant,
            currency,
            available,
            reserved,
        }) = claim
        else {
            return None;
        };
        Some([
            holder(agent, *participant).into(),
            currency.0.into(),
            decimal(currency.0, available.0).into(),
            decimal(currency.0, reserved.0).into(),
        ])
    });
    table(page, &head, rows);
}

fn net_positions(page: &mut Page, claims: &[Claim]) {
    let head = [
        "participant",
        "currency",
        "collateral>",
        "cap>",
        "open>",
        "closing>",
    ];
    let rows = claims.iter().filter_map(|claim| {
        let Claim::NetPosition(NetPositionClaim {
            agent,
            participant,
            currency,
            collateral,
            cap,
            open,
            closing,
            ..
        }) = claim
        else {
            return None;
        };
        Some([
            holder(agent, *participant).into(),
            currency.0.into(),
            decimal(currency.0, collateral.0.into()).into(),
            decimal(currency.0, cap.0.into()).into(),
            signed(currency.0, open.0).into(),
            signed(currency.0, closing.0).into(),
        ])
    });
    table(page, &head, rows);
}

/// A table, unless it is empty.
fn table<const COLUMNS: usize>(
    page: &mut Page,
    head: &[&'static str; COLUMNS],
    rows: impl Iterator<Item = [Cell; COLUMNS]>,
) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let mut table = Table::new(head);
    rows.for_each(|row| table.row(row));
    page.line("");
    page.table(&table);
}

fn transfers(page: &mut Page, claims: &[Claim]) {
    for claim in claims {
        let Claim::Transfer(TransferClaim { uetr, recorded }) = claim else {
            continue;
        };
        page.line("");
        let Some(record) = recorded else {
            page.line(format!("{uetr}: nothing is recorded under it"));
            continue;
        };
        let amount = |minor_units| MoneyView(Money::new(record.currency.0, minor_units)).to_string();
        let reason = record.reason.as_ref().map(|reason| format!(" ({reason})"));
        let window = record.window.map(|window| format!(", window {window}"));
        let method = format!("{}{}", record.settlement_method, window.unwrap_or_default());
        page.fields([
            ("uetr", uetr.to_string()),
            (
                "status",
                format!("{}{}", record.status, reason.unwrap_or_default()),
            ),
            ("amount", amount(record.minor_units.0)),
            ("returned", amount(record.returned_minor_units.0)),
            ("settles", method),
            ("debtor agent", record.debtor_agent.to_string()),
            ("creditor agent", record.creditor_agent.to_string()),
            ("settlement date", date(record.interbank_settlement_day)),
            ("charge bearer", record.charge_bearer.clone()),
            ("instructed at", Moment(record.instructed_at).to_string()),
            ("updated at", Moment(record.updated_at).to_string()),
            ("message digest", record.message_digest.to_string()),
        ]);
    }
}

fn batches(page: &mut Page, claims: &[Claim]) {
    for claim in claims {
        let Claim::Batch(BatchClaim {
            debtor_agent,
            number,
            recorded,
        }) = claim
        else {
            continue;
        };
        page.line("");
        let Some(record) = recorded else {
            page.line(format!(
                "batch {number} of participant {debtor_agent}: nothing is recorded under it"
            ));
            continue;
        };
        page.fields([
            ("batch", number.to_string()),
            ("debtor agent", record.debtor_agent.to_string()),
            ("root", record.root.to_string()),
            ("submitted at", Moment(record.submitted_at).to_string()),
            ("expires at", Moment(record.expires_at).to_string()),
        ]);
        let amount = |minor_units: u64| decimal(record.currency.0, minor_units.into());
        let mut table = Table::new(&["creditor agent", "items>", "total>", "most of an item>", "status"]);
        for part in &record.parts {
            let status = match &part.status {
                PartStatus::Pending => "pending".to_owned(),
                PartStatus::Accepted {
                    window,
                    excepted_items,
                    excepted_minor_units,
                    ..
                } => format!(
                    "accepted in window {window}, less {excepted_items} items of {}",
                    amount(excepted_minor_units.0)
                ),
                PartStatus::Rejected { reason } => format!("rejected ({reason})"),
                PartStatus::Cancelled { reason } => format!("cancelled ({reason})"),
                PartStatus::Expired => "expired".to_owned(),
            };
            table.row([
                part.creditor_agent.to_string().into(),
                part.items.into(),
                amount(part.minor_units.0).into(),
                amount(part.item_limit.0).into(),
                status.into(),
            ]);
        }
        page.table(&table);
    }
}

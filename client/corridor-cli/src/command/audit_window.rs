//! `corridor audit window`.

use super::window::{window, WindowView};
use crate::{
    audit::{faults, Audit},
    context::Context,
    directory::Directory,
    output::{Answer, Cell, Page, Progress, Table, Tone},
    view::{netting::SignedMoneyView, BlockView, MoneyView},
    Exit, Failure,
};
use corridor_client::{
    core::{BatchChange, Currency, Money, ParticipantId, WindowId},
    BlockRef, Corridor, Error, SettlementEvent,
};
use futures::StreamExt;
use serde::Serialize;
use std::collections::BTreeSet;

/// Compute a window's netting again from every single transfer and every item of a batch, and compare it with the results on chain
///
/// Reads all events up to the finalised head, and batches from the extrinsics that submitted them, so the node has to keep
/// all blocks; needs no key. Exit code 11 when anything differs.
#[derive(Debug, clap::Args)]
pub struct AuditWindow {
    /// The window's number
    #[arg(value_name = "N", value_parser = window)]
    number: WindowId,

    /// In which currency
    #[arg(long, value_name = "CODE")]
    currency: Currency,

    /// Start at this block: at or before the contract's first one
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    from_block: u64,
}

impl AuditWindow {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.reader().await?;
        let directory = Directory::read(&corridor).await?;
        let head = corridor.finalised_head().await?;
        let (window, currency) = (self.number, self.currency);
        let blocks = head.number.saturating_add(1).saturating_sub(self.from_block);
        let blocks = usize::try_from(blocks).unwrap_or(usize::MAX);
        let progress = context.output.progress("reading blocks", blocks);
        let audit = read(&corridor, currency, self.from_block, head, progress).await?;
        if let Some(uetr) = audit.strangers().first() {
            let count = audit.strangers().len();
            let from = self.from_block;
            let text = format!("{count} net transfers, {uetr} first, were instructed before block {from}");
            let advice = "Start earlier: --from-block 1 reads everything.";
            return Err(Failure::usage("cli.audit_start", text, advice));
        }
        if let Some((debtor, number)) = audit.batches().strangers().first() {
            let (name, from) = (directory.name(*debtor), self.from_block);
            let text = format!("batch {number} of {name} was submitted before block {from}");
            let advice = "Start earlier: --from-block 1 reads everything.";
            return Err(Failure::usage("cli.audit_start", text, advice));
        }
        let recomputed = audit
            .recomputed(window)
            .ok_or_else(|| Failure::internal("the amounts of a window do not fit into 128 bits"))?;
        let reported = audit.reported(window);
        let state = corridor.window(currency, Some(window)).await?;
        let mut wrong = match &state.record {
            Some(record) => faults(&recomputed, &reported, record),
            None => Vec::new(),
        };
        let items = audit.batches().faults().to_vec();
        // Ended after the head this reads up to: the events of it are not among those.
        let ended = audit.ended(window).is_some();
        if ended && audit.ended(window) != state.record.as_ref() {
            wrong.push("the event of its end is not what is recorded".into());
        }
        let participants: BTreeSet<ParticipantId> =
            recomputed.nets.keys().chain(reported.keys()).copied().collect();
        let signed = |net: Option<&i128>| SignedMoneyView::new(currency, net.copied().unwrap_or(0));
        let lines = participants.iter().map(|id| {
            let (ours, theirs) = (recomputed.nets.get(id), reported.get(id));
            AuditLine {
                participant: directory.name(*id),
                recomputed: signed(ours),
                on_chain: ended.then(|| signed(theirs)),
                matches: ended.then(|| ours == theirs),
            }
        });
        let view = AuditView {
            from_block: self.from_block,
            block: head.into(),
            window: WindowView::new(currency, &state),
            name: format!("{currency} window {window}"),
            matches: match items.is_empty() {
                true => ended.then_some(wrong.is_empty()),
                false => Some(false),
            },
            participants: lines.collect(),
            postings: recomputed.postings,
            net: MoneyView(Money::new(currency, recomputed.moved())),
            gross: MoneyView(Money::new(currency, recomputed.gross)),
            differences: match ended {
                true => items.into_iter().chain(wrong).collect(),
                false => items,
            },
            batches_not_recomputed: audit.batches().unread(),
        };
        context.output.answer(&view)?;
        if view.matches == Some(false) {
            let text = format!("{} does not match: {}", view.name, view.differences.join("; "));
            let advice = "Report this to the governor: the results are not what was accepted.";
            return Err(Failure::new(Exit::Mismatch, "cli.audit", text, advice));
        }
        Ok(())
    }
}

/// Every event of the contract from a block to the head.
async fn read(
    corridor: &Corridor,
    currency: Currency,
    from: u64,
    head: BlockRef,
    mut progress: Progress,
) -> Result<Audit, Failure> {
    let contract = corridor.settlement().ok_or(Error::NoSettlement)?;
    let mut audit = Audit::new(currency);
    if from > head.number {
        let text = format!("block {from} is not finalised; the newest is {}", head.number);
        return Err(Failure::usage(
            "cli.audit_start",
            text,
            "Start at an earlier block.",
        ));
    }
    // Blocks rather than events: a stream of events does not tell that there is none left.
    let mut blocks = corridor.chain().follow_from(from);
    while let Some(block) = blocks.next().await {
        let block = block.map_err(Error::from)?;
        for event in block.events.iter().filter(|event| event.contract == contract) {
            let decoded = SettlementEvent::decode(&event.topics, &event.data).map_err(Error::from)?;
            if let Some(event) = decoded {
                audit.take(&event);
            }
        }
        for event in corridor.batch_events_of(&block, contract).await? {
            let record = match event.change {
                BatchChange::Submitted { .. } => corridor.batch(event.debtor_agent, event.number).await?,
                _ => None,
            };
            audit.take_batch(&event, record.as_ref());
        }
        progress.step();
        if block.block.number >= head.number {
            break;
        }
    }
    Ok(audit)
}

#[derive(Debug, Serialize)]
struct AuditView {
    from_block: u64,
    block: BlockView,
    window: WindowView,
    #[serde(skip)]
    name: String,
    /// `null` for a window that has not ended: there is nothing to compare with.
    matches: Option<bool>,
    participants: Vec<AuditLine>,
    postings: u64,
    net: MoneyView,
    gross: MoneyView,
    differences: Vec<String>,
    /// Batches whose items no extrinsic shows: for these, what the acceptance says is taken.
    batches_not_recomputed: usize,
}

#[derive(Debug, Serialize)]
struct AuditLine {
    participant: String,
    recomputed: SignedMoneyView,
    on_chain: Option<SignedMoneyView>,
    matches: Option<bool>,
}

impl Answer for AuditView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["participant", "recomputed>", "on chain>", "verdict"]);
        for line in &self.participants {
            let verdict = match line.matches {
                Some(true) => Cell::toned("matches", Tone::Good),
                Some(false) => Cell::toned("DIFFERS", Tone::Bad),
                None => Cell::from("-"),
            };
            let on_chain = line.on_chain.map(|amount| amount.to_decimal());
            table.row([
                line.participant.clone().into(),
                line.recomputed.to_decimal().into(),
                on_chain.unwrap_or("-".into()).into(),
                verdict,
            ]);
        }
        page.table(&table);
        page.line(format!(
            "{}: {} postings of {} gross, {} net; blocks {} to {} read",
            self.name, self.postings, self.gross, self.net, self.from_block, self.block.number
        ));
        if self.batches_not_recomputed > 0 {
            let count = self.batches_not_recomputed;
            page.line(format!(
                "{count} batches were submitted by a contract or inside of another call: their sums are the chain's"
            ));
        }
        match self.matches {
            Some(true) => page.toned("The results are what was accepted, item by item.", Tone::Good),
            Some(false) => page.toned(self.differences.join("; "), Tone::Bad),
            None => page.line("The window has not ended: there is nothing to compare with yet."),
        }
    }
}

//! `corridor positions`.

use crate::{
    context::Context,
    directory::Directory,
    output::{Answer, Page, Table},
    view::{BlockView, MoneyView},
    Failure,
};
use corridor_client::{core::Money, BlockRef, PositionEntry};
use serde::Serialize;

/// Show escrow by participant and currency
///
/// What is available, and what is reserved for pending transfers, their fees, and what they use of the participant's quotes. Shows the configured participant's; all of them with --all, or where none is configured.
#[derive(Debug, clap::Args)]
pub struct Positions {
    /// Every participant's
    #[arg(long)]
    all: bool,
}

impl Positions {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.reader().await?;
        let directory = Directory::read(&corridor).await?;
        let ours = context.settings.participant.as_ref().filter(|_| !self.all);
        let ours = ours.map(|agent| directory.find(agent)).transpose()?;
        let block = corridor.finalised_head().await?;
        let mut positions = corridor.positions().await?;
        positions.retain(|entry| ours.is_none_or(|ours| entry.participant == ours));
        context
            .output
            .answer(&PositionsView::new(&positions, &directory, block))
    }
}

/// Escrow, a line for each participant and currency.
#[derive(Clone, Debug, Serialize)]
pub struct PositionsView {
    /// A finalised block at which, or after which, they were read.
    pub block: BlockView,
    /// Each.
    pub positions: Vec<PositionView>,
}

/// One participant's escrow in one currency.
#[derive(Clone, Debug, Serialize)]
pub struct PositionView {
    /// Whose.
    pub participant: String,
    /// Free to instruct or withdraw.
    pub available: MoneyView,
    /// Held for pending transfers.
    pub reserved: MoneyView,
}

impl PositionsView {
    /// Positions with participants by name.
    #[must_use]
    pub fn new(entries: &[PositionEntry], directory: &Directory, block: BlockRef) -> Self {
        let positions = entries.iter().map(|entry| PositionView {
            participant: directory.name(entry.participant),
            available: MoneyView(Money::new(entry.currency, entry.position.available)),
            reserved: MoneyView(Money::new(entry.currency, entry.position.reserved)),
        });
        Self {
            block: block.into(),
            positions: positions.collect(),
        }
    }
}

impl Answer for PositionsView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["participant", "currency", "available>", "reserved>"]);
        for line in &self.positions {
            table.row([
                line.participant.clone().into(),
                line.available.0.currency.into(),
                line.available.0.to_decimal().into(),
                line.reserved.0.to_decimal().into(),
            ]);
        }
        page.table(&table);
    }
}

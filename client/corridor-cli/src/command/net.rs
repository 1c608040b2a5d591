//! `corridor net`.

use super::{
    bilateral,
    common::{Amount, Changed, Moving},
};
use crate::{
    context::Context,
    directory::Directory,
    message,
    movement::{self, Planned},
    netting::{open_window, outstanding},
    output::{Answer, Cell, Page, Table, Tone},
    reference::ReferenceText,
    settings::Duty,
    view::{netting::SignedMoneyView, MoneyView, Text},
    Failure,
};
use corridor_client::{
    core::{AgentId, Currency, Money, ParticipantId},
    CollateralReceipt, CollateralRequest, Corridor, NetPosition, Outcome, SetCap,
};
use serde::Serialize;

/// Cap, cover and show net positions
///
/// What a participant owes in net settlement never exceeds its cap, which the governor sets, nor the collateral it
/// pledged from its own escrow.
#[derive(Debug, clap::Subcommand)]
pub enum Net {
    /// Set the most a participant may owe net (governor)
    Cap {
        /// Which participant, by one of its identifiers [default: that of --participant]
        #[arg(value_name = "AGENT")]
        agent: Option<AgentId>,
        #[command(flatten)]
        amount: Amount,
    },
    /// Move available escrow to collateral (treasurer)
    Pledge(Cover),
    /// Move collateral that covers nothing back to available (treasurer)
    Release(Cover),
    /// Show collateral, cap, what is owed, and how much more may be
    Position {
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
        /// Every participant's
        #[arg(long)]
        all: bool,
    },
    /// Show what the participant is owed by each other, less what it owes, in windows that are not settled
    Bilateral {
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
        /// Between each two participants
        #[arg(long)]
        all: bool,
    },
}

/// An amount of collateral.
#[derive(Debug, clap::Args)]
pub struct Cover {
    #[command(flatten)]
    moving: Moving,
}

impl Net {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Cap { agent, amount } => cap(context, agent, &amount).await,
            Self::Pledge(cover) => cover.run(context, true).await,
            Self::Release(cover) => cover.run(context, false).await,
            Self::Position { currency, all } => position(context, currency, all).await,
            Self::Bilateral { currency, all } => bilateral::show(context, currency, all).await,
        }
    }
}

#[derive(Debug, Serialize)]
struct CapView {
    participant: String,
    cap: MoneyView,
}

/// `--participant` names whose cap it is, as AGENT does: the governor acts for no participant.
async fn cap(context: &Context, agent: Option<AgentId>, amount: &Amount) -> Result<(), Failure> {
    let amount = amount.money()?;
    let minor_units = u64::try_from(amount.minor_units).map_err(|_| {
        let text = format!("a cap of {amount} is more than 64 bits");
        Failure::usage("cli.amount", text, "Give a smaller cap.")
    })?;
    let agent = agent.or(context.settings.participant.clone()).ok_or_else(|| {
        let advice = "Name it with --participant or as AGENT.";
        Failure::usage("cli.no_participant", "it is not clear whose cap", advice)
    })?;
    let corridor = context.signer(Duty::Governor).await?;
    let directory = Directory::read(&corridor).await?;
    let participant = directory.find(&agent)?;
    let progress = context.output.progress("submitting", 1);
    let currency = amount.currency;
    let outcome = corridor
        .set_cap(SetCap {
            participant,
            currency,
            minor_units,
        })
        .await?;
    drop(progress);
    let name = directory.name(participant);
    let text = format!("{name} may owe {amount} at most");
    let what = CapView {
        participant: name,
        cap: MoneyView(amount),
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct CoverView {
    amount: MoneyView,
    reference: Text<ReferenceText>,
}

impl Cover {
    async fn run(self, context: &Context, pledge: bool) -> Result<(), Failure> {
        let (corridor, Planned { reference, amount }) = self.plan(context, pledge).await?;
        let request = CollateralRequest { reference, amount };
        let (doing, done) = match pledge {
            true => ("pledging", "pledged"),
            false => ("releasing", "released"),
        };
        let progress = context.output.progress(doing, 1);
        let outcome: Outcome<CollateralReceipt> = match pledge {
            true => corridor.pledge(request).await?,
            false => corridor.release(request).await?,
        };
        drop(progress);
        let amount = outcome.receipt.movement.amount;
        let reference = ReferenceText(request.reference);
        let what = CoverView {
            amount: MoneyView(amount),
            reference: Text(reference),
        };
        let text = format!("{done} {amount}, reference {reference}");
        context
            .output
            .answer(&Changed::new(what, text, &outcome, &corridor))
    }

    /// What flags or a camt.050 say.
    async fn plan(&self, context: &Context, pledge: bool) -> Result<(Corridor, Planned), Failure> {
        let Some(path) = &self.moving.iso else {
            let planned = self.moving.by_flags(context)?;
            return Ok((context.signer(Duty::Treasurer).await?, planned));
        };
        let message = message::read_camt050(path)?;
        let corridor = context.signer(Duty::Treasurer).await?;
        let directory = Directory::read(&corridor).await?;
        let participant = context.participant(&corridor, &directory).await?;
        let planned = movement::collateral(&message, pledge, participant)?;
        Ok((corridor, planned))
    }
}

async fn position(context: &Context, currency: Option<Currency>, all: bool) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let ours = context.settings.participant.as_ref().filter(|_| !all);
    let participants: Vec<ParticipantId> = match ours {
        Some(agent) => vec![directory.find(agent)?],
        None => directory.entries().iter().map(|entry| entry.id).collect(),
    };
    let mut net_positions = Vec::new();
    for currency in currencies(&corridor, currency).await? {
        let open = open_window(&corridor, currency).await?;
        for participant in &participants {
            let position = corridor.net_position(*participant, currency).await?;
            let current = outstanding(&position, open);
            let name = directory.name(*participant);
            net_positions.push(NetPositionView::new(name, currency, &position, open, current));
        }
    }
    context.output.answer(&NetPositionsView { net_positions })
}

/// The one currency, or every registered one.
pub(super) async fn currencies(
    corridor: &Corridor,
    only: Option<Currency>,
) -> Result<Vec<Currency>, Failure> {
    match only {
        Some(currency) => Ok(vec![currency]),
        None => {
            let entries = corridor.currencies().await?;
            Ok(entries.iter().map(|entry| entry.currency).collect())
        }
    }
}

#[derive(Debug, Serialize)]
struct NetPositionsView {
    net_positions: Vec<NetPositionView>,
}

#[derive(Debug, Serialize)]
struct NetPositionView {
    participant: String,
    currency: Text<Currency>,
    collateral: MoneyView,
    cap: MoneyView,
    net_debit: MoneyView,
    open_window: Option<u32>,
    open: SignedMoneyView,
    closing_window: Option<u32>,
    closing: SignedMoneyView,
    headroom: MoneyView,
}

impl NetPositionView {
    fn new(
        participant: String,
        currency: Currency,
        position: &NetPosition,
        open: Option<corridor_client::core::WindowId>,
        current: crate::netting::Outstanding,
    ) -> Self {
        let money = |minor_units: u64| MoneyView(Money::new(currency, minor_units.into()));
        let closing = current.closing.map_or(0, |(_, amount)| amount);
        Self {
            participant,
            currency: Text(currency),
            collateral: money(position.entry.collateral),
            cap: money(position.entry.cap),
            net_debit: money(position.entry.net_debit()),
            open_window: open.map(|window| window.0),
            open: SignedMoneyView::new(currency, current.open),
            closing_window: current.closing.map(|(window, _)| window.0),
            closing: SignedMoneyView::new(currency, closing),
            headroom: money(current.headroom),
        }
    }
}

impl Answer for NetPositionsView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&[
            "participant",
            "currency",
            "collateral>",
            "cap>",
            "net debit>",
            "open>",
            "closing>",
            "window>",
            "headroom>",
        ]);
        for line in &self.net_positions {
            let tone = match line.headroom.0.minor_units {
                0 => Tone::Warn,
                _ => Tone::Good,
            };
            let window = line.closing_window.map(|window| window.to_string());
            table.row([
                line.participant.clone().into(),
                line.currency.into(),
                line.collateral.0.to_decimal().into(),
                line.cap.0.to_decimal().into(),
                line.net_debit.0.to_decimal().into(),
                line.open.to_decimal().into(),
                line.closing.to_decimal().into(),
                window.unwrap_or("-".into()).into(),
                Cell::toned(line.headroom.0.to_decimal(), tone),
            ]);
        }
        page.table(&table);
    }
}

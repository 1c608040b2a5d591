//! `corridor window`.

use super::{common::Changed, net::currencies};
use crate::{
    context::Context,
    directory::Directory,
    netting::{net_positions, open_window, waiting},
    output::{Answer, Cell, Page, Table, Tone},
    settings::Duty,
    view::{Moment, MoneyView, OutcomeView, Text},
    Failure,
};
use corridor_client::{
    core::{Currency, Money, WindowId, WindowRecord, WindowStatus},
    Corridor, WindowState,
};
use serde::Serialize;

/// Show, close and abort settlement windows
///
/// A window is open until its cut-off; what was accepted in it is paid, as one sum for each participant, when it is
/// closed. `corridor schedule` says when that is, `corridor audit window` whether it was right.
#[derive(Debug, clap::Subcommand)]
pub enum Window {
    /// Show a window; without a number the open one and those that wait to be closed
    Show {
        /// The window's number
        #[arg(value_name = "N", value_parser = window)]
        number: Option<WindowId>,
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
    },
    /// Pay all net positions of a window past its cut-off; without a number of all that wait. Anyone may
    Close {
        /// The window's number
        #[arg(value_name = "N", value_parser = window, requires = "currency")]
        number: Option<WindowId>,
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
    },
    /// Carry a window's net positions over to the open one instead of paying them (governor)
    Abort {
        /// The window's number
        #[arg(value_name = "N", value_parser = window)]
        number: WindowId,
        /// In which currency
        #[arg(long, value_name = "CODE")]
        currency: Currency,
    },
}

pub(super) fn window(text: &str) -> Result<WindowId, std::num::ParseIntError> {
    text.parse().map(WindowId)
}

impl Window {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show { number, currency } => show(context, number, currency).await,
            Self::Close { number, currency } => close(context, number, currency).await,
            Self::Abort { number, currency } => abort(context, number, currency).await,
        }
    }
}

/// A window as JSON and tables show it.
#[derive(Debug, Serialize)]
pub(super) struct WindowView {
    currency: Text<Currency>,
    window: u32,
    status: &'static str,
    cut_off: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<EndedView>,
    #[serde(skip)]
    tone: Tone,
}

#[derive(Debug, Serialize)]
struct EndedView {
    at: Moment,
    settles_in: u32,
    participants: u16,
    net: MoneyView,
    gross: MoneyView,
}

impl EndedView {
    fn new(currency: Currency, record: &WindowRecord) -> Self {
        Self {
            at: Moment(record.closed_at),
            settles_in: record.settles_in.0,
            participants: record.participants,
            net: MoneyView(Money::new(currency, record.net_minor_units)),
            gross: MoneyView(Money::new(currency, record.gross_minor_units)),
        }
    }
}

impl WindowView {
    pub(super) fn new(currency: Currency, state: &WindowState) -> Self {
        Self {
            currency: Text(currency),
            window: state.window.0,
            status: state.status.name(),
            cut_off: Moment(state.closes_at),
            ended: state
                .record
                .as_ref()
                .map(|record| EndedView::new(currency, record)),
            tone: match state.status {
                WindowStatus::Open => Tone::Plain,
                WindowStatus::Closed => Tone::Warn,
                WindowStatus::Settled => Tone::Good,
                WindowStatus::Aborted => Tone::Bad,
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct WindowsView {
    windows: Vec<WindowView>,
}

impl Answer for WindowsView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&[
            "currency",
            "window>",
            "status",
            "cut-off",
            "ended at",
            "settles in>",
            "participants>",
            "net>",
            "gross>",
        ]);
        for line in &self.windows {
            let ended = |text: fn(&EndedView) -> String| line.ended.as_ref().map_or("-".into(), text);
            table.row([
                line.currency.into(),
                line.window.into(),
                Cell::toned(line.status, line.tone),
                line.cut_off.into(),
                ended(|ended| ended.at.to_string()).into(),
                ended(|ended| ended.settles_in.to_string()).into(),
                ended(|ended| ended.participants.to_string()).into(),
                ended(|ended| ended.net.0.to_decimal()).into(),
                ended(|ended| ended.gross.0.to_decimal()).into(),
            ]);
        }
        page.table(&table);
    }
}

/// The windows of a currency that wait to be closed, the oldest first.
async fn that_wait(
    corridor: &Corridor,
    directory: &Directory,
    currency: Currency,
) -> Result<Vec<WindowId>, Failure> {
    let open = open_window(corridor, currency).await?;
    let positions = net_positions(corridor, directory, currency).await?;
    Ok(waiting(&positions, open))
}

async fn show(context: &Context, number: Option<WindowId>, only: Option<Currency>) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let mut windows = Vec::new();
    for currency in currencies(&corridor, only).await? {
        let mut numbers = Vec::new();
        if number.is_none() {
            let waiting = that_wait(&corridor, &directory, currency).await?;
            numbers.extend(waiting.into_iter().map(Some));
        }
        numbers.push(number);
        for number in numbers {
            let state = corridor.window(currency, number).await?;
            windows.push(WindowView::new(currency, &state));
        }
    }
    context.output.answer(&WindowsView { windows })
}

/// What became of the windows that were to be closed.
#[derive(Debug, Serialize)]
struct ClosedView {
    closed: Vec<ClosedWindow>,
}

#[derive(Debug, Serialize)]
struct ClosedWindow {
    currency: Text<Currency>,
    window: u32,
    ended: EndedView,
    #[serde(flatten)]
    outcome: OutcomeView,
}

impl Answer for ClosedView {
    fn print(&self, page: &mut Page) {
        if self.closed.is_empty() {
            page.line("No window waits to be closed.");
        }
        for closed in &self.closed {
            let EndedView {
                participants,
                net,
                gross,
                ..
            } = &closed.ended;
            let (currency, window) = (closed.currency, closed.window);
            page.line(format!(
                "{currency} window {window} settled: {participants} participants, {net} moved for {gross} gross"
            ));
            page.line(format!("  {}", closed.outcome));
        }
    }
}

async fn close(context: &Context, number: Option<WindowId>, only: Option<Currency>) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Anyone).await?;
    let mut planned = Vec::new();
    match (number, only) {
        (Some(number), Some(currency)) => planned.push((currency, number)),
        _ => {
            let directory = Directory::read(&corridor).await?;
            for currency in currencies(&corridor, only).await? {
                let waiting = that_wait(&corridor, &directory, currency).await?;
                planned.extend(waiting.into_iter().map(|window| (currency, window)));
            }
        }
    }
    let mut progress = context.output.progress("closing", planned.len());
    let mut closed = Vec::new();
    for (currency, window) in planned {
        let outcome = corridor.close_window(currency, window).await;
        let outcome =
            outcome.map_err(|error| Failure::from(error).about(format!("{currency} window {window}")))?;
        progress.step();
        closed.push(ClosedWindow {
            currency: Text(currency),
            window: window.0,
            ended: EndedView::new(currency, &outcome.receipt.record),
            outcome: OutcomeView::of(&outcome, corridor.chain_info()),
        });
    }
    drop(progress);
    context.output.answer(&ClosedView { closed })
}

#[derive(Debug, Serialize)]
struct AbortedView {
    currency: Text<Currency>,
    window: u32,
    ended: EndedView,
}

async fn abort(context: &Context, number: WindowId, currency: Currency) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Governor).await?;
    let question = format!("Carry all net positions of {currency} window {number} over to the open window?");
    context.confirm(&question).await?;
    let progress = context.output.progress("aborting", 1);
    let outcome = corridor.abort_window(currency, number).await?;
    drop(progress);
    let record = &outcome.receipt.record;
    let what = AbortedView {
        currency: Text(currency),
        window: number.0,
        ended: EndedView::new(currency, record),
    };
    let later = record.settles_in;
    let text = format!("{currency} window {number} aborted; its positions settle with window {later}");
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

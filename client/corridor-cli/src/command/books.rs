//! What commands about a participant's account take: which account, which days, from which index.

use super::index;
use crate::{context::Context, message, Exit, Failure};
use corridor_client::core::{AgentId, Currency, ParticipantId};
use corridor_indexer::Index;
use corridor_iso20022::{Book, Date};
use corridor_statements::{draw_up, Drawn, Form, Period, StatementError, StatementRequest, Zone};

/// Which account, over which days.
#[derive(Debug, clap::Args)]
pub(super) struct Books {
    /// One business day
    #[arg(long, value_name = "YYYY-MM-DD", required_unless_present = "from", conflicts_with_all = ["from", "to"])]
    date: Option<Date>,

    /// The first of several days
    #[arg(long, value_name = "YYYY-MM-DD", requires = "to")]
    from: Option<Date>,

    /// The last of several days, at most 366
    #[arg(long, value_name = "YYYY-MM-DD", requires = "from")]
    to: Option<Date>,

    /// In which currency
    #[arg(long)]
    currency: Currency,

    /// Which book: escrow (available and reserved) or collateral
    #[arg(long, value_name = "BOOK", default_value = "escrow", value_parser = book)]
    account: Book,

    /// Where days begin: the offset of local time from UTC; +08:00 is Asia/Shanghai and Asia/Hong_Kong
    #[arg(
        long,
        value_name = "OFFSET",
        default_value = "+08:00",
        allow_hyphen_values = true
    )]
    utc_offset: Zone,

    /// The index: a SQLite file, or postgres://USER@HOST/DATABASE [default: corridor-index.sqlite beside the store]
    #[arg(long, env = "CORRIDOR_INDEX", value_name = "DATABASE", hide_env_values = true)]
    index: Option<String>,
}

fn book(text: &str) -> Result<Book, String> {
    match text {
        "escrow" => Ok(Book::Escrow),
        "collateral" => Ok(Book::Collateral),
        _ => Err("a book is escrow or collateral".into()),
    }
}

impl Books {
    /// Opens the index.
    pub(super) async fn open(&self, context: &Context) -> Result<Index, Failure> {
        let location = index::location(context, self.index.as_deref())?;
        Index::open(&location).await.map_err(index::failure)
    }

    /// What is asked for, of the participant the settings name, with at most `items` items of clearing batches.
    pub(super) async fn request(
        &self,
        context: &Context,
        index: &Index,
        form: Form,
        items: u32,
    ) -> Result<StatementRequest, Failure> {
        let agent = context.settings.participant.as_ref();
        let agent = agent.ok_or_else(|| {
            let advice =
                "Name it with --participant, CORRIDOR_PARTICIPANT or `participant` in corridor.toml.";
            Failure::usage(
                "cli.no_participant",
                "it is not clear whose account is meant",
                advice,
            )
        })?;
        Ok(StatementRequest {
            participant: find(index, agent).await?,
            currency: self.currency,
            book: self.account,
            period: self.period()?,
            form,
            items: usize::try_from(items).unwrap_or(usize::MAX),
            most_entries: None,
            created_at: Some(message::now_text()?),
        })
    }

    fn period(&self) -> Result<Period, Failure> {
        let (first, last) = match (self.date, self.from, self.to) {
            (Some(date), ..) => (date, date),
            (None, Some(from), Some(to)) => (from, to),
            _ => return Err(Failure::internal("the command line asks for a date")),
        };
        Period::new(first, last, self.utc_offset)
            .map_err(|error| Failure::usage("cli.period", error, "Check --date, --from and --to."))
    }
}

async fn find(index: &Index, agent: &AgentId) -> Result<ParticipantId, Failure> {
    let found = index
        .find_participant(&agent.to_string())
        .await
        .map_err(index::failure)?;
    found.ok_or_else(|| {
        let message = format!("no participant in the index goes by {agent}");
        let advice = "`corridor index` brings the index up to date; `corridor participant list` shows every identifier.";
        Failure::not_found("cli.unknown_participant", message, advice)
    })
}

/// Draws up the statement.
pub(super) async fn drawn(index: &Index, request: &StatementRequest) -> Result<Drawn, Failure> {
    draw_up(index, request).await.map_err(failure)
}

pub(super) fn failure(error: StatementError) -> Failure {
    let exit = match &error {
        StatementError::Participant(_)
        | StatementError::Currency(_)
        | StatementError::NotBegun { .. }
        | StatementError::NotOver { .. }
        | StatementError::BeforeIndex { .. } => Exit::NotFound,
        StatementError::Problems { .. } => Exit::Store,
        StatementError::NoHeader(_) | StatementError::TooMany(_) => Exit::Usage,
        StatementError::TooLarge(_) => Exit::Internal,
        StatementError::Index(_) | StatementError::Message(_) => Exit::Message,
    };
    match error {
        StatementError::Index(error) => index::failure(error),
        StatementError::Message(error) => error.into(),
        error => {
            let mut failure = Failure::new(exit, error.code(), &error, error.advice());
            failure.transient = error.is_transient();
            failure
        }
    }
}

//! `corridor limits`.

use super::{
    common::{money, Changed},
    net::currencies,
    tariff::pairs,
};
use crate::{
    context::Context,
    directory::Directory,
    duration::ShortDuration,
    message,
    output::{Answer, Page, Table},
    settings::Duty,
    view::{
        controls::{scope_text, LimitsView},
        MoneyView, Text,
    },
    Failure,
};
use corridor_client::{
    core::{AgentId, Currency, Limited, Limits, Money},
    LimitScope, SetLimits,
};
use futures::{stream, StreamExt, TryFutureExt, TryStreamExt};
use serde::Serialize;

/// Show, set or lift limits of what a participant may instruct
///
/// Limits are a debtor agent's in one currency, towards everybody or towards one creditor agent; they hold for single
/// transfers and for the items of batches. What is rejected, cancelled or expires no longer counts, unless it was instructed in the
/// very second in which the limits were set.
#[derive(Debug, clap::Subcommand)]
pub enum LimitsCommand {
    /// Set limits, replacing earlier ones (governor)
    Set(Set),
    /// Lift limits (governor)
    Lift(Scope),
    /// Show limits and what counts against them now
    Show {
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
    },
}

/// Whose limits.
#[derive(Debug, clap::Args)]
pub struct Scope {
    /// The debtor agent: a BIC, an LEI or SYSTEM:MEMBER
    #[arg(value_name = "AGENT")]
    agent: AgentId,

    /// Only towards this creditor agent [default: towards everybody together]
    #[arg(long, value_name = "AGENT")]
    to: Option<AgentId>,

    /// ISO 4217 code, such as CNY
    #[arg(long, value_name = "CODE")]
    currency: Currency,
}

/// Limits by flags.
#[derive(Debug, clap::Args)]
pub struct Set {
    #[command(flatten)]
    scope: Scope,

    /// The most one transfer may be [default: no such limit]
    #[arg(long, value_name = "DECIMAL")]
    per_transfer: Option<String>,

    /// The most all transfers of a period may be together [default: no such limit]
    #[arg(long, value_name = "DECIMAL")]
    period_amount: Option<String>,

    /// The most transfers of a period [default: no such limit]
    #[arg(long, value_name = "NUMBER")]
    period_count: Option<u32>,

    /// The length of a bucket. A period is six of them, the current one included, and is forgotten bucket by bucket: for
    /// "so much a day" take a fifth of a day
    #[arg(long, value_name = "TIME", default_value = "17280s")]
    bucket: ShortDuration,
}

impl LimitsCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Set(set) => {
                let limits = set.limits()?;
                change(context, &set.scope, Some(limits)).await
            }
            Self::Lift(scope) => change(context, &scope, None).await,
            Self::Show { currency } => show(context, currency).await,
        }
    }
}

impl Set {
    fn limits(&self) -> Result<Limits, Failure> {
        if self.per_transfer.is_none() && self.period_amount.is_none() && self.period_count.is_none() {
            let advice = "Give --per-transfer, --period-amount or --period-count; `corridor limits lift` lifts limits.";
            return Err(Failure::usage(
                "cli.limits",
                "there is no limit among the flags",
                advice,
            ));
        }
        let amount = |text: &Option<String>| match text {
            Some(text) => Ok(money(self.scope.currency, text)?.minor_units),
            None => Ok::<_, Failure>(u128::MAX),
        };
        let bucket_seconds = u32::try_from(self.bucket.0.as_secs()).map_err(|_| {
            let text = format!("a bucket of {} is too long", self.bucket);
            Failure::usage("cli.limits", text, "Give a shorter one.")
        })?;
        Ok(Limits {
            per_transfer_minor_units: amount(&self.per_transfer)?,
            period_minor_units: amount(&self.period_amount)?,
            period_count: self.period_count.unwrap_or(u32::MAX),
            bucket_seconds,
        })
    }
}

#[derive(Debug, Serialize)]
struct ChangeView {
    scope: String,
    limits: Option<LimitsView>,
}

async fn change(context: &Context, of: &Scope, limits: Option<Limits>) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Governor).await?;
    let directory = Directory::read(&corridor).await?;
    let scope = LimitScope {
        debtor_agent: directory.find(&of.agent)?,
        creditor_agent: of.to.as_ref().map(|agent| directory.find(agent)).transpose()?,
        currency: of.currency,
    };
    let progress = context.output.progress("submitting", 1);
    let outcome = corridor.set_limits(SetLimits { scope, limits }).await?;
    drop(progress);
    let what = ChangeView {
        scope: scope_text(&scope, &directory),
        limits: limits.map(|limits| LimitsView::new(&limits, of.currency)),
    };
    let text = match &what.limits {
        Some(limits) => format!("{}: {limits}", what.scope),
        None => format!("{}: no limits", what.scope),
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct AllView {
    limits: Vec<LimitedView>,
}

#[derive(Debug, Serialize)]
struct LimitedView {
    debtor_agent: String,
    creditor_agent: Option<String>,
    currency: Text<Currency>,
    #[serde(flatten)]
    limits: LimitsView,
    counted_amount: MoneyView,
    counted: u32,
}

impl LimitedView {
    /// `None` where there is no limit.
    fn new(scope: &LimitScope, limited: &Limited, directory: &Directory, now: u64) -> Option<Self> {
        let limits = limited.limits.as_ref()?;
        let counted = limited
            .velocity
            .counted(limits.bucket_seconds, now)
            .unwrap_or_default();
        Some(Self {
            debtor_agent: directory.name(scope.debtor_agent),
            creditor_agent: scope.creditor_agent.map(|id| directory.name(id)),
            currency: Text(scope.currency),
            limits: LimitsView::new(limits, scope.currency),
            counted_amount: MoneyView(Money::new(scope.currency, counted.minor_units)),
            counted: counted.count,
        })
    }
}

async fn show(context: &Context, currency: Option<Currency>) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let all = directory.entries().iter().map(|entry| (entry.id, None));
    let one = pairs(&directory, None, None)
        .into_iter()
        .map(|(debtor, creditor)| (debtor, Some(creditor)));
    let whose: Vec<_> = all.chain(one).collect();
    let now = (corridor.finalised_head().await?.time_ms / 1_000).max(message::now());
    let mut limits = Vec::new();
    for currency in currencies(&corridor, currency).await? {
        let scopes = whose.iter().map(|(debtor_agent, creditor_agent)| LimitScope {
            debtor_agent: *debtor_agent,
            creditor_agent: *creditor_agent,
            currency,
        });
        let known: Vec<(LimitScope, Limited)> = stream::iter(scopes)
            .map(|scope| corridor.limits(scope).map_ok(move |limited| (scope, limited)))
            .buffered(crate::target::QUERIES)
            .try_collect()
            .await?;
        let views = known
            .iter()
            .filter_map(|(scope, limited)| LimitedView::new(scope, limited, &directory, now));
        limits.extend(views);
    }
    context.output.answer(&AllView { limits })
}

impl Answer for AllView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&[
            "from",
            "to",
            "currency",
            "per transfer>",
            "per period>",
            "now>",
            "transfers>",
            "now>",
            "bucket>",
        ]);
        let amount =
            |amount: Option<MoneyView>| amount.map_or("-".to_owned(), |amount| amount.0.to_decimal());
        for line in &self.limits {
            let count = line
                .limits
                .period_count
                .map_or("-".into(), |count| count.to_string());
            table.row([
                line.debtor_agent.clone().into(),
                line.creditor_agent.clone().unwrap_or("everybody".into()).into(),
                line.currency.into(),
                amount(line.limits.per_transfer).into(),
                amount(line.limits.period_amount).into(),
                line.counted_amount.0.to_decimal().into(),
                count.into(),
                line.counted.into(),
                format!("{} s", line.limits.bucket_seconds).into(),
            ]);
        }
        page.table(&table);
    }
}

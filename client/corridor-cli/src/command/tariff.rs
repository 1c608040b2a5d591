//! `corridor tariff`.

use super::{
    common::{money, Changed},
    net::currencies,
};
use crate::{
    context::Context,
    directory::Directory,
    duration::ShortDuration,
    instruction::expiry_after,
    output::{Answer, Page, Table},
    settings::Duty,
    view::{controls::TariffView, Text},
    Failure,
};
use corridor_client::{
    core::{AgentId, Currency, ParticipantId, Tariff, Tariffs},
    Corridor, SetTariff,
};
use futures::{stream, StreamExt, TryStreamExt};
use serde::Serialize;

/// Show or set what transfers cost
///
/// A tariff is for one debtor agent, one creditor agent and one currency. Who pays the fee follows the transfer's
/// charge bearer; each fee is a movement of its own, fixed at instruction and paid at settlement.
#[derive(Debug, clap::Subcommand)]
pub enum TariffCommand {
    /// Add the next version of a tariff (governor)
    Set(Set),
    /// Show tariffs
    Show {
        /// Only of transfers from this debtor agent
        #[arg(long, value_name = "AGENT")]
        from: Option<AgentId>,
        /// Only of transfers to this creditor agent
        #[arg(long, value_name = "AGENT")]
        to: Option<AgentId>,
        /// Only in this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
    },
}

/// A version of a tariff by flags.
#[derive(Debug, clap::Args)]
pub struct Set {
    /// The debtor agent: a BIC, an LEI or SYSTEM:MEMBER
    #[arg(long, value_name = "AGENT")]
    from: AgentId,

    /// The creditor agent
    #[arg(long, value_name = "AGENT")]
    to: AgentId,

    /// ISO 4217 code, such as CNY
    #[arg(long, value_name = "CODE")]
    currency: Currency,

    /// Who gets the fees; the same for every version
    #[arg(long, value_name = "AGENT")]
    payee: AgentId,

    /// A fixed part, as a decimal such as 1.50 [default: none]
    #[arg(long, value_name = "DECIMAL")]
    fixed: Option<String>,

    /// A part of the amount, in basis points, rounded up
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    basis_points: u16,

    /// The least both parts come to [default: no such bound]
    #[arg(long, value_name = "DECIMAL")]
    minimum: Option<String>,

    /// The most both parts come to [default: no such bound]
    #[arg(long, value_name = "DECIMAL")]
    maximum: Option<String>,

    /// From when it is for new transfers: after this time
    #[arg(long, value_name = "TIME", default_value = "1m")]
    effective_in: ShortDuration,

    /// Its number; the same one with the same figures is set once [default: the one after the last]
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,
}

impl TariffCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Set(set) => set.run(context).await,
            Self::Show { from, to, currency } => show(context, from, to, currency).await,
        }
    }
}

impl Set {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.signer(Duty::Governor).await?;
        let directory = Directory::read(&corridor).await?;
        let (debtor_agent, creditor_agent) = (directory.find(&self.from)?, directory.find(&self.to)?);
        let payee = directory.find(&self.payee)?;
        let known = corridor
            .tariffs(debtor_agent, creditor_agent, self.currency)
            .await?;
        let request = SetTariff {
            debtor_agent,
            creditor_agent,
            currency: self.currency,
            payee,
            tariff: self.tariff(&corridor, known.as_ref()).await?,
        };
        let progress = context.output.progress("submitting", 1);
        let outcome = corridor.set_tariff(request).await?;
        drop(progress);
        let what = CorridorTariffView {
            debtor_agent: directory.name(debtor_agent),
            creditor_agent: directory.name(creditor_agent),
            currency: Text(self.currency),
            payee: directory.name(payee),
            versions: vec![TariffView::new(&request.tariff, self.currency)],
        };
        let text = what.lines().join("\n");
        context
            .output
            .answer(&Changed::new(what, text, &outcome, &corridor))
    }

    /// The version. One that is known by its number keeps its time, so that giving the same command again has no
    /// second effect.
    async fn tariff(&self, corridor: &Corridor, known: Option<&Tariffs>) -> Result<Tariff, Failure> {
        let versions = known.map(Tariffs::versions).unwrap_or_default();
        let last = versions.last().map_or(0, |tariff| tariff.version);
        let version = self.version.unwrap_or(last.saturating_add(1));
        let effective_from = match versions.iter().find(|tariff| tariff.version == version) {
            Some(known) => known.effective_from,
            None => expiry_after(corridor, self.effective_in.0).await?,
        };
        let amount = |text: &Option<String>, default: u64| match text {
            Some(text) => {
                let amount = money(self.currency, text)?;
                u64::try_from(amount.minor_units).map_err(|_| {
                    Failure::usage(
                        "cli.amount",
                        format!("{amount} is more than 64 bits"),
                        "Give less.",
                    )
                })
            }
            None => Ok(default),
        };
        let tariff = Tariff {
            version,
            effective_from,
            fixed_minor_units: amount(&self.fixed, 0)?,
            basis_points: self.basis_points,
            minimum_minor_units: amount(&self.minimum, 0)?,
            maximum_minor_units: amount(&self.maximum, u64::MAX)?,
        };
        let advice = "A tariff takes at most 10000 basis points, and its minimum is not above its maximum.";
        tariff
            .validate()
            .map_err(|error| Failure::usage("cli.tariff", error, advice))?;
        Ok(tariff)
    }
}

#[derive(Debug, Serialize)]
struct CorridorTariffView {
    debtor_agent: String,
    creditor_agent: String,
    currency: Text<Currency>,
    payee: String,
    versions: Vec<TariffView>,
}

impl CorridorTariffView {
    fn lines(&self) -> Vec<String> {
        let each = self.versions.iter().map(|version| {
            format!(
                "transfers {} -> {} in {} cost {version}, to {}, from {} on (version {})",
                self.debtor_agent,
                self.creditor_agent,
                self.currency,
                self.payee,
                version.effective_from,
                version.version
            )
        });
        each.collect()
    }
}

#[derive(Debug, Serialize)]
struct TariffsView {
    tariffs: Vec<CorridorTariffView>,
}

/// Every ordered pair of different participants, as far as wanted.
pub(super) fn pairs(
    directory: &Directory,
    from: Option<ParticipantId>,
    to: Option<ParticipantId>,
) -> Vec<(ParticipantId, ParticipantId)> {
    let all = || directory.entries().iter().map(|entry| entry.id);
    let wanted = |only: Option<ParticipantId>| all().filter(move |id| only.is_none_or(|only| only == *id));
    wanted(from)
        .flat_map(|debtor| {
            wanted(to)
                .filter(move |creditor| *creditor != debtor)
                .map(move |creditor| (debtor, creditor))
        })
        .collect()
}

async fn show(
    context: &Context,
    from: Option<AgentId>,
    to: Option<AgentId>,
    currency: Option<Currency>,
) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let find = |agent: Option<AgentId>| agent.map(|agent| directory.find(&agent)).transpose();
    let pairs = pairs(&directory, find(from)?, find(to)?);
    let mut tariffs = Vec::new();
    for currency in currencies(&corridor, currency).await? {
        let known: Vec<(ParticipantId, ParticipantId, Option<Tariffs>)> = stream::iter(&pairs)
            .map(|(debtor, creditor)| async {
                let known = corridor.tariffs(*debtor, *creditor, currency).await?;
                Ok::<_, Failure>((*debtor, *creditor, known))
            })
            .buffered(crate::target::QUERIES)
            .try_collect()
            .await?;
        tariffs.extend(known.into_iter().filter_map(|(debtor, creditor, known)| {
            let known = known?;
            Some(CorridorTariffView {
                debtor_agent: directory.name(debtor),
                creditor_agent: directory.name(creditor),
                currency: Text(currency),
                payee: directory.name(known.payee),
                versions: known
                    .versions()
                    .iter()
                    .map(|tariff| TariffView::new(tariff, currency))
                    .collect(),
            })
        }));
    }
    context.output.answer(&TariffsView { tariffs })
}

impl Answer for TariffsView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&[
            "from",
            "to",
            "currency",
            "version>",
            "effective from",
            "fixed>",
            "basis points>",
            "minimum>",
            "maximum>",
            "payee",
        ]);
        for corridor in &self.tariffs {
            for version in &corridor.versions {
                let maximum = version.maximum.map(|amount| amount.0.to_decimal());
                table.row([
                    corridor.debtor_agent.clone().into(),
                    corridor.creditor_agent.clone().into(),
                    corridor.currency.into(),
                    version.version.into(),
                    version.effective_from.into(),
                    version.fixed.0.to_decimal().into(),
                    version.basis_points.into(),
                    version.minimum.0.to_decimal().into(),
                    maximum.unwrap_or("-".into()).into(),
                    corridor.payee.clone().into(),
                ]);
            }
        }
        page.table(&table);
    }
}

//! `corridor quote`.

use super::common::{money, Changed};
use crate::{
    context::Context,
    directory::Directory,
    duration::{seconds_or_none, ShortDuration},
    instruction::expiry_after,
    output::{Answer, Page},
    quote::{QuoteName, SignedQuoteFile},
    reference::ReferenceText,
    settings::Duty,
    view::{exchange::QuoteView, hex, MoneyView},
    Exit, Failure,
};
use corridor_client::{
    core::{AgentId, Currency, Money, ParticipantId, Quote, QuoteId, QuoteState, Rate},
    parse_rate, AddressText, Corridor, Outcome, QuoteReceipt,
};
use serde::Serialize;
use std::path::PathBuf;

/// Offer foreign exchange: publish, sign, withdraw and show quotes
///
/// A quote is firm: transfers may use it until it expires, is withdrawn or is used up, and each reserves what the
/// provider pays. A published quote is on chain; a signed one is a file for whoever may use it.
#[derive(Debug, clap::Subcommand)]
pub enum QuoteCommand {
    /// Offer a quote on chain (quoter)
    Publish(Terms),
    /// Sign a quote off chain; nothing is submitted (quoter)
    Sign {
        #[command(flatten)]
        terms: Terms,
        /// Where to write the signed quote; a file that exists is not replaced
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Let no new transfer use a quote, published or signed (quoter or compliance)
    Withdraw(Selection),
    /// Show a quote: its terms, and what is left of it
    Show {
        #[command(flatten)]
        selection: Selection,
        /// What would be credited for this amount, as a decimal in the currency the provider buys
        #[arg(long, value_name = "DECIMAL")]
        amount: Option<String>,
    },
}

/// A quote by flags.
#[derive(Debug, clap::Args)]
pub struct Terms {
    /// Your own reference for it, never used twice and without a colon
    #[arg(long, value_name = "TEXT", value_parser = reference)]
    reference: ReferenceText,

    /// The currency you take: the debtor agent pays in it
    #[arg(long, value_name = "CODE")]
    buy: Currency,

    /// The currency you give: the creditor agent is paid in it
    #[arg(long, value_name = "CODE")]
    sell: Currency,

    /// How much of what you give for one of what you take: a decimal such as 0.92, or a ratio of minor units such as
    /// 92/100; read exactly
    #[arg(long)]
    rate: String,

    /// What you keep of what you give, in basis points
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    spread: u16,

    /// The least a transfer may use, in the currency you take [default: one minor unit]
    #[arg(long, value_name = "DECIMAL")]
    min: Option<String>,

    /// The most all transfers may use together, in the currency you take
    #[arg(long, value_name = "DECIMAL")]
    max: String,

    /// Only this participant may use it [default: anyone]
    #[arg(long = "for", value_name = "AGENT")]
    counterparty: Option<AgentId>,

    /// How long it can be used, at most 31 days
    #[arg(long, value_name = "TIME", default_value = "1h")]
    expires_in: ShortDuration,

    /// How long a transfer on it may wait for acceptance
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = seconds_or_none)]
    hold: u32,

    /// How long after instruction returns unwind at its rate; 0s for never
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = seconds_or_none)]
    unwind: u32,
}

fn reference(text: &str) -> Result<ReferenceText, String> {
    match text {
        "" => Err("a reference has at least one character".into()),
        _ if text.contains(':') => {
            Err("a reference has no colon: quotes are named PROVIDER:REFERENCE".into())
        }
        _ => text.parse().map_err(|error| format!("{error}")),
    }
}

/// Which quote.
#[derive(Clone, Debug, clap::Args)]
pub struct Selection {
    /// The quote, as PROVIDER:REFERENCE, such as BKCHCNBJ:FX-1
    #[arg(
        value_name = "QUOTE",
        required_unless_present = "signed_quote",
        conflicts_with = "signed_quote"
    )]
    quote: Option<QuoteName>,

    /// The file of a signed quote; `-` is standard input
    #[arg(long, value_name = "FILE")]
    signed_quote: Option<PathBuf>,
}

impl QuoteCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Publish(terms) => publish(context, &terms).await,
            Self::Sign { terms, out } => sign(context, &terms, out).await,
            Self::Withdraw(selection) => withdraw(context, &selection).await,
            Self::Show { selection, amount } => show(context, &selection, amount.as_deref()).await,
        }
    }
}

/// What of the flags needs no chain to be checked.
struct Checked<'a> {
    terms: &'a Terms,
    rate: Rate,
    minimum: Money,
    maximum: Money,
}

impl Terms {
    fn check(&self) -> Result<Checked<'_>, Failure> {
        let rate = parse_rate(&self.rate, self.buy, self.sell).map_err(|error| {
            let text = format!("--rate {:?}: {error}", self.rate);
            let advice = format!(
                "Say how many {} one {} is worth, such as 0.92.",
                self.sell, self.buy
            );
            Failure::usage("cli.rate", text, advice)
        })?;
        let minimum = self
            .min
            .as_deref()
            .map(|text| money(self.buy, text))
            .transpose()?;
        Ok(Checked {
            terms: self,
            rate,
            minimum: minimum.unwrap_or(Money::new(self.buy, 1)),
            maximum: money(self.buy, &self.max)?,
        })
    }
}

impl Checked<'_> {
    /// The quote. One that is recorded under the reference already keeps its expiry, so that giving the same command
    /// again has no second effect.
    async fn quote(
        &self,
        corridor: &Corridor,
        directory: &Directory,
        provider: ParticipantId,
    ) -> Result<Quote, Failure> {
        let terms = self.terms;
        let id = QuoteId {
            provider,
            reference: terms.reference.0,
        };
        let counterparty = terms.counterparty.as_ref().map(|agent| directory.find(agent));
        let expires_at = match corridor.quote(id).await? {
            Some(known) => known.quote.expires_at,
            None => expiry_after(corridor, terms.expires_in.0).await?,
        };
        let quote = Quote {
            id,
            provider_buys: terms.buy,
            provider_sells: terms.sell,
            rate: self.rate,
            spread_basis_points: terms.spread,
            minimum_minor_units: self.minimum.minor_units,
            maximum_minor_units: self.maximum.minor_units,
            counterparty: counterparty.transpose()?,
            expires_at,
            hold_seconds: terms.hold,
            unwind_seconds: terms.unwind,
        };
        quote.validate().map_err(|error| {
            let advice =
                "A quote has two currencies, a spread below 10000, a minimum above zero and not above the \
                          maximum, and a hold of at least a second.";
            Failure::usage("cli.quote", error, advice)
        })?;
        Ok(quote)
    }
}

impl Selection {
    /// The file of a signed quote, which needs no chain to be read.
    fn read(&self) -> Result<Option<SignedQuoteFile>, Failure> {
        self.signed_quote
            .as_deref()
            .map(SignedQuoteFile::read)
            .transpose()
    }

    /// The quote's terms, those of the file or those recorded, and what is recorded.
    async fn find(
        &self,
        file: Option<&SignedQuoteFile>,
        corridor: &Corridor,
        directory: &Directory,
    ) -> Result<(Quote, Option<QuoteState>), Failure> {
        if let Some(file) = file {
            let signed = file.signed(corridor)?;
            return Ok((signed.quote, corridor.quote(signed.quote.id).await?));
        }
        let name = self.quote.as_ref().ok_or_else(|| Failure::internal("no quote"))?;
        let state = published(corridor, directory, name).await?;
        Ok((state.quote, Some(state)))
    }
}

/// What is recorded of a quote.
pub(super) async fn published(
    corridor: &Corridor,
    directory: &Directory,
    name: &QuoteName,
) -> Result<QuoteState, Failure> {
    let state = corridor.quote(name.id(directory)?).await?;
    state.ok_or_else(|| {
        let text = format!("no quote {}:{} is recorded", name.provider, name.reference);
        let advice = "Check provider and reference; a signed quote nobody has used is only in its file (--signed-quote).";
        Failure::not_found("cli.unknown_quote", text, advice)
    })
}

/// A quote and what became of it.
#[derive(Debug, Serialize)]
struct QuoteStateView {
    #[serde(flatten)]
    quote: QuoteView,
    used: MoneyView,
    left: MoneyView,
    withdrawn: bool,
}

impl QuoteStateView {
    fn new(state: &QuoteState, directory: &Directory) -> Self {
        let quote = &state.quote;
        let money = |minor_units| MoneyView(Money::new(quote.provider_buys, minor_units));
        let left = quote.maximum_minor_units.saturating_sub(state.used_minor_units);
        Self {
            quote: QuoteView::new(quote, directory),
            used: money(state.used_minor_units),
            left: money(left),
            withdrawn: state.withdrawn,
        }
    }
}

fn answer(
    context: &Context,
    corridor: &Corridor,
    directory: &Directory,
    outcome: &Outcome<QuoteReceipt>,
) -> Result<(), Failure> {
    let view = QuoteStateView::new(&outcome.receipt.state, directory);
    let (quote, left) = (&view.quote, view.left);
    let name = format!("{}:{}", quote.provider, quote.reference);
    let text = match view.withdrawn {
        true => format!("quote {name} is withdrawn; {} of it are used", view.used),
        false => format!(
            "quote {name}: 1 {} = {} {} less {} basis points, {left} left until {}",
            quote.provider_buys,
            quote.rate,
            quote.provider_sells,
            quote.spread_basis_points,
            quote.expires_at
        ),
    };
    context
        .output
        .answer(&Changed::new(view, text, outcome, corridor))
}

async fn publish(context: &Context, terms: &Terms) -> Result<(), Failure> {
    let terms = terms.check()?;
    let corridor = context.signer(Duty::Quoter).await?;
    let directory = Directory::read(&corridor).await?;
    let provider = context.participant(&corridor, &directory).await?;
    let quote = terms.quote(&corridor, &directory, provider).await?;
    let progress = context.output.progress("publishing", 1);
    let outcome = corridor.publish_quote(quote).await?;
    drop(progress);
    answer(context, &corridor, &directory, &outcome)
}

async fn withdraw(context: &Context, selection: &Selection) -> Result<(), Failure> {
    let file = selection.read()?;
    let corridor = context.signer(Duty::Quoter).await?;
    let directory = Directory::read(&corridor).await?;
    let (quote, _) = selection.find(file.as_ref(), &corridor, &directory).await?;
    let progress = context.output.progress("withdrawing", 1);
    let outcome = corridor.withdraw_quote(quote).await?;
    drop(progress);
    answer(context, &corridor, &directory, &outcome)
}

/// A quote that was signed.
#[derive(Debug, Serialize)]
struct SignedView {
    #[serde(flatten)]
    quote: QuoteView,
    public_key: String,
    file: String,
}

impl Answer for SignedView {
    fn print(&self, page: &mut Page) {
        page.fields(self.quote.fields());
        page.line(format!("signed by {}, written to {}", self.public_key, self.file));
    }
}

async fn sign(context: &Context, terms: &Terms, out: PathBuf) -> Result<(), Failure> {
    if out.exists() {
        let text = format!("{} exists already", out.display());
        let advice = "Give another name: a quote that was handed on is not replaced.";
        return Err(Failure::new(Exit::Usage, "cli.file_exists", text, advice));
    }
    let terms = terms.check()?;
    let corridor = context.signer(Duty::Quoter).await?;
    let directory = Directory::read(&corridor).await?;
    let provider = context.participant(&corridor, &directory).await?;
    let quote = terms.quote(&corridor, &directory, provider).await?;
    let signed = corridor.sign_quote(quote).await?;
    let settlement = corridor
        .settlement()
        .ok_or(corridor_client::Error::NoSettlement)?;
    let genesis_hash = corridor.chain_info().genesis;
    SignedQuoteFile::new(&signed, AddressText(settlement), &genesis_hash).write(&out)?;
    context.output.answer(&SignedView {
        quote: QuoteView::new(&quote, &directory),
        public_key: hex(&signed.public_key),
        file: out.display().to_string(),
    })
}

/// A quote, what is left of it, and what it gives for an amount.
#[derive(Debug, Serialize)]
struct ShownView {
    #[serde(flatten)]
    state: QuoteStateView,
    recorded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<ExampleView>,
}

#[derive(Debug, Serialize)]
struct ExampleView {
    amount: MoneyView,
    credited_amount: MoneyView,
    spread: MoneyView,
    rounding: String,
}

impl ExampleView {
    fn new(quote: &Quote, amount: Money) -> Result<Self, Failure> {
        let refused = |error: corridor_client::core::Error| {
            Failure::usage("cli.amount", format!("{amount}: {error}"), error.advice())
        };
        let exchange = quote.exchange(amount.minor_units).map_err(refused)?;
        let net = quote
            .rate
            .less_spread(quote.spread_basis_points)
            .map_err(refused)?;
        let money = |minor_units| MoneyView(Money::new(quote.provider_sells, minor_units));
        Ok(Self {
            amount: MoneyView(amount),
            credited_amount: money(exchange.credited_minor_units),
            spread: money(exchange.spread_minor_units),
            rounding: format!("{}/{}", exchange.remainder, net.denominator),
        })
    }
}

impl Answer for ShownView {
    fn print(&self, page: &mut Page) {
        let state = &self.state;
        let mut fields = state.quote.fields();
        let status = match (state.withdrawn, self.recorded) {
            (true, _) => "withdrawn".into(),
            (false, true) => format!("{} used, {} left", state.used, state.left),
            (false, false) => "signed; nobody has used it".into(),
        };
        fields.push(("status", status));
        if let Some(example) = &self.example {
            let text = format!(
                "{} is credited for {}; the provider keeps {}, rounding takes {} of a minor unit",
                example.credited_amount, example.amount, example.spread, example.rounding
            );
            fields.push(("gives", text));
        }
        page.fields(fields);
    }
}

async fn show(context: &Context, selection: &Selection, amount: Option<&str>) -> Result<(), Failure> {
    let file = selection.read()?;
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let (quote, recorded) = selection.find(file.as_ref(), &corridor, &directory).await?;
    let example = amount.map(|text| ExampleView::new(&quote, money(quote.provider_buys, text)?));
    let state = recorded.unwrap_or(QuoteState::unused(quote));
    context.output.answer(&ShownView {
        state: QuoteStateView::new(&state, &directory),
        recorded: recorded.is_some(),
        example: example.transpose()?,
    })
}

//! Arguments and answers several commands share.

use crate::{
    context::Context,
    movement::Planned,
    output::{Answer, Page},
    reference::ReferenceText,
    view::OutcomeView,
    Failure,
};
use corridor_client::{
    core::{Currency, Money},
    Corridor, Outcome,
};
use serde::Serialize;
use std::path::PathBuf;

/// An amount of money.
#[derive(Clone, Debug, clap::Args)]
pub struct Amount {
    /// How much, as a decimal such as 1250.50
    #[arg(long, value_name = "DECIMAL")]
    amount: String,

    /// ISO 4217 code, such as CNY
    #[arg(long, value_name = "CODE")]
    currency: Currency,
}

impl Amount {
    /// The money.
    pub fn money(&self) -> Result<Money, Failure> {
        money(self.currency, &self.amount)
    }
}

/// A movement of one's own money: by flags, or as a message says.
#[derive(Clone, Debug, clap::Args)]
pub struct Moving {
    /// How much, as a decimal such as 1250.50
    #[arg(
        long,
        value_name = "DECIMAL",
        required_unless_present = "iso",
        conflicts_with = "iso"
    )]
    amount: Option<String>,

    /// ISO 4217 code, such as CNY
    #[arg(
        long,
        value_name = "CODE",
        required_unless_present = "iso",
        conflicts_with = "iso"
    )]
    currency: Option<Currency>,

    /// Your own reference: the same one with the same amount is carried out once [default: a fresh one]
    #[arg(long, value_name = "TEXT", conflicts_with = "iso")]
    reference: Option<ReferenceText>,

    /// As this message says: a pacs.009 to deposit or withdraw, whose account with Corridor is written
    /// ESCROW-<participant>-<currency>; a camt.050 to pledge or release, between that and
    /// COLLATERAL-<participant>-<currency>. Its UETR is the reference. `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub iso: Option<PathBuf>,
}

impl Moving {
    /// What the flags say, with a reference a person can repeat it by.
    pub fn by_flags(&self, context: &Context) -> Result<Planned, Failure> {
        let (Some(amount), Some(currency)) = (&self.amount, self.currency) else {
            let advice = "Give --amount and --currency, or --iso FILE.";
            return Err(Failure::usage("cli.arguments", "the amount is missing", advice));
        };
        let amount = money(currency, amount)?;
        let reference = self.reference.unwrap_or_else(|| {
            let fresh = ReferenceText::fresh();
            context.output.note(&format!(
                "reference {fresh} (repeat with --reference {fresh} if this is cut short)"
            ));
            fresh
        });
        Ok(Planned {
            reference: reference.0,
            amount,
        })
    }
}

/// An amount with the currency's decimals.
pub fn money(currency: Currency, text: &str) -> Result<Money, Failure> {
    Money::parse_decimal(currency, text).map_err(|error| {
        let message = format!("{text:?} is no amount of {currency}: {error}");
        Failure::usage(
            "cli.amount",
            message,
            "Write the amount as 1250.50, without sign or grouping.",
        )
    })
}

/// The answer of a command that changed one thing.
#[derive(Debug, Serialize)]
pub struct Changed<T: Serialize> {
    #[serde(flatten)]
    what: T,
    #[serde(flatten)]
    outcome: OutcomeView,
    #[serde(skip)]
    text: String,
}

impl<T: Serialize> Changed<T> {
    /// `what` for programs, `text` for people.
    pub fn new<R>(what: T, text: impl Into<String>, outcome: &Outcome<R>, corridor: &Corridor) -> Self {
        let (text, outcome) = (text.into(), OutcomeView::of(outcome, corridor.chain_info()));
        Self { what, outcome, text }
    }
}

impl<T: Serialize> Answer for Changed<T> {
    fn print(&self, page: &mut Page) {
        page.line(&self.text);
        page.line(format!("  {}", self.outcome));
    }
}

//! Arguments and answers several commands share.

use crate::{
    output::{Answer, Page},
    view::OutcomeView,
    Failure,
};
use corridor_client::{
    core::{Currency, Money},
    Corridor, Outcome,
};
use serde::Serialize;

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

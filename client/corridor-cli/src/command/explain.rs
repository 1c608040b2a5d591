//! `corridor explain`.

use crate::{
    context::Context,
    output::{Answer, Page, Table},
    Failure,
};
use corridor_client::core::Error as Refusal;
use serde::Serialize;

/// Explain the contract's errors: number, name, ISO 20022 reason, what to do
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// Only this one, by number or name, such as 26 or InsufficientFunds
    #[arg(value_name = "ERROR")]
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct ErrorsView {
    errors: Vec<ErrorView>,
}

#[derive(Debug, Serialize)]
struct ErrorView {
    number: u8,
    name: &'static str,
    iso_reason: String,
    transient: bool,
    text: &'static str,
    advice: &'static str,
}

impl Explain {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let wanted = |error: &&Refusal| match &self.error {
            Some(text) => error.name().eq_ignore_ascii_case(text) || error.number().to_string() == *text,
            None => true,
        };
        let errors: Vec<ErrorView> = Refusal::ALL.iter().filter(wanted).map(ErrorView::from).collect();
        if errors.is_empty() {
            let text = format!("there is no error {}", self.error.unwrap_or_default());
            return Err(Failure::not_found(
                "cli.unknown_error",
                text,
                "`corridor explain` lists all of them.",
            ));
        }
        context.output.answer(&ErrorsView { errors })
    }
}

impl From<&Refusal> for ErrorView {
    fn from(error: &Refusal) -> Self {
        Self {
            number: error.number(),
            name: error.name(),
            iso_reason: error.iso_reason().to_string(),
            transient: error.is_transient(),
            text: error.text(),
            advice: error.advice(),
        }
    }
}

impl Answer for ErrorsView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["number>", "name", "ISO", "again?", "meaning and what to do"]);
        for error in &self.errors {
            table.row([
                error.number.into(),
                error.name.into(),
                error.iso_reason.clone().into(),
                if error.transient { "later" } else { "no" }.into(),
                format!("{} {}", error.text, error.advice).into(),
            ]);
        }
        page.table(&table);
    }
}

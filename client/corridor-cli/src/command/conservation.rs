//! `corridor conservation`.

use crate::{
    context::Context,
    output::{Answer, Cell, Page, Table, Tone},
    view::MoneyView,
    Exit, Failure,
};
use corridor_client::{
    core::{Currency, Money},
    Corridor,
};
use serde::Serialize;

/// Ask the contract whether it holds what its books say
///
/// Money that was sent to the contract without a deposit is shown as unallocated and credited to nobody. Ends
/// with exit code 11 where less is held than booked.
#[derive(Debug, clap::Args)]
pub struct Conservation {
    /// Only this currency
    #[arg(value_name = "CURRENCY")]
    currency: Option<Currency>,
}

impl Conservation {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.reader().await?;
        let view = ConservationView::read(&corridor, self.currency).await?;
        context.output.answer(&view)?;
        if view.holds {
            return Ok(());
        }
        let advice = "Stop new business (`corridor pause`) and find out why before anything else.";
        let text = "the contract holds less than it has booked";
        Err(Failure::new(Exit::Mismatch, "cli.conservation", text, advice))
    }
}

/// Books against holdings.
#[derive(Clone, Debug, Serialize)]
pub struct ConservationView {
    /// Whether it holds in every currency shown.
    pub holds: bool,
    /// Each currency.
    pub currencies: Vec<CurrencyBooks>,
}

/// One currency's.
#[derive(Clone, Debug, Serialize)]
pub struct CurrencyBooks {
    /// Sum of all positions.
    pub booked: MoneyView,
    /// The token's balance of the contract.
    pub held: MoneyView,
    /// Held and booked to nobody.
    pub unallocated: MoneyView,
    /// Whether everything booked is held.
    pub holds: bool,
}

impl ConservationView {
    /// Asks the contract.
    ///
    /// # Errors
    /// The client library's.
    pub async fn read(corridor: &Corridor, only: Option<Currency>) -> Result<Self, Failure> {
        let currencies = match only {
            Some(currency) => vec![currency],
            None => corridor
                .currencies()
                .await?
                .iter()
                .map(|entry| entry.currency)
                .collect(),
        };
        let mut books = Vec::new();
        for currency in currencies {
            let answer = corridor.conservation(currency).await?;
            let money = |minor_units| MoneyView(Money::new(currency, minor_units));
            books.push(CurrencyBooks {
                booked: money(answer.booked),
                held: money(answer.held),
                unallocated: money(answer.unallocated),
                holds: answer.holds,
            });
        }
        Ok(Self {
            holds: books.iter().all(|books| books.holds),
            currencies: books,
        })
    }
}

impl Answer for ConservationView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["currency", "booked>", "held>", "unallocated>", "conservation"]);
        for books in &self.currencies {
            let verdict = if books.holds {
                Cell::toned("holds", Tone::Good)
            } else {
                Cell::toned("BROKEN", Tone::Bad)
            };
            table.row([
                books.booked.0.currency.into(),
                books.booked.0.to_decimal().into(),
                books.held.0.to_decimal().into(),
                books.unallocated.0.to_decimal().into(),
                verdict,
            ]);
        }
        page.table(&table);
    }
}

//! `corridor currency`.

use super::common::Changed;
use crate::{
    context::Context,
    output::{Answer, Page, Table},
    settings::Duty,
    view::Text,
    Failure,
};
use corridor_client::{
    core::{registry::CurrencyEntry, Currency},
    AddressText, RegisterCurrency,
};
use serde::Serialize;

/// Register or list the currencies the contract settles
#[derive(Debug, clap::Subcommand)]
pub enum CurrencyCommand {
    /// Admit a currency and the token that is its money (governor)
    Register {
        /// ISO 4217 code
        currency: Currency,

        /// The ERC-20 contract
        #[arg(long, value_name = "ADDRESS")]
        token: AddressText,

        /// Digits after the decimal point, which must be the token's [default: as ISO 4217 says]
        #[arg(long, value_name = "NUMBER")]
        exponent: Option<u8>,
    },
    /// Show every currency
    List,
}

impl CurrencyCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Register {
                currency,
                token,
                exponent,
            } => register(context, currency, token, exponent).await,
            Self::List => {
                let corridor = context.reader().await?;
                let currencies = corridor.currencies().await?;
                let currencies = currencies.iter().map(CurrencyLine::from).collect();
                context.output.answer(&CurrenciesView { currencies })
            }
        }
    }
}

/// The currency's decimals: those of ISO 4217, which `--exponent` may only give where ISO 4217 has none.
fn decimals(currency: Currency, given: Option<u8>) -> Result<u8, Failure> {
    match (currency.exponent(), given) {
        (Some(assigned), Some(given)) if given != assigned => Err(Failure::usage(
            "cli.exponent",
            format!("ISO 4217 gives {currency} {assigned} decimals, not {given}"),
            "Leave --exponent out, and register a token with that many decimals.",
        )),
        (assigned, given) => assigned.or(given).ok_or_else(|| {
            let text = format!("ISO 4217 has no minor unit for {currency}");
            Failure::usage("cli.exponent", text, "Check the code, or give --exponent.")
        }),
    }
}

async fn register(
    context: &Context,
    currency: Currency,
    token: AddressText,
    exponent: Option<u8>,
) -> Result<(), Failure> {
    let exponent = decimals(currency, exponent)?;
    let corridor = context.signer(Duty::Governor).await?;
    let progress = context.output.progress("registering", 1);
    let entry = CurrencyEntry {
        currency,
        exponent,
        token: token.0,
    };
    let request = RegisterCurrency {
        currency,
        exponent,
        token: token.0,
    };
    let outcome = corridor.register_currency(request).await?;
    drop(progress);
    let text = format!("{currency} with {exponent} decimals is token {token}");
    context.output.answer(&Changed::new(
        CurrencyLine::from(&entry),
        text,
        &outcome,
        &corridor,
    ))
}

#[derive(Debug, Serialize)]
struct CurrenciesView {
    currencies: Vec<CurrencyLine>,
}

#[derive(Debug, Serialize)]
struct CurrencyLine {
    currency: Text<Currency>,
    exponent: u8,
    token: Text<AddressText>,
}

impl From<&CurrencyEntry> for CurrencyLine {
    fn from(entry: &CurrencyEntry) -> Self {
        Self {
            currency: Text(entry.currency),
            exponent: entry.exponent,
            token: Text(AddressText(entry.token)),
        }
    }
}

impl Answer for CurrenciesView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["currency", "decimals>", "token"]);
        for entry in &self.currencies {
            table.row([entry.currency.into(), entry.exponent.into(), entry.token.into()]);
        }
        page.table(&table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_those_of_iso_4217() {
        let code = |text: &str| -> Currency { text.parse().expect("a code") };
        assert_eq!(decimals(code("CNY"), None).ok(), Some(2));
        assert_eq!(decimals(code("JPY"), Some(0)).ok(), Some(0));
        assert!(decimals(code("JPY"), Some(2)).is_err());
        assert!(decimals(code("XAU"), None).is_err());
        assert_eq!(decimals(code("XAU"), Some(3)).ok(), Some(3));
    }
}

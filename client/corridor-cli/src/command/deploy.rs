//! `corridor deploy`.

use super::common::Changed;
use crate::{context::Context, settings::Duty, view::Text, Exit, Failure};
use corridor_client::{
    core::Currency, AddressText, Corridor, DeployCash, DeploySettlement, Outcome, SettlementCode,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Deploy a settlement or a cash contract
#[derive(Debug, clap::Subcommand)]
pub enum Deploy {
    /// Deploy a settlement contract
    Settlement {
        /// Who governs it [default: the signing account]
        #[arg(long, value_name = "ADDRESS")]
        governor: Option<AddressText>,

        /// Where the pieces of its code are, as scripts/build-contracts makes them
        #[arg(long, value_name = "DIRECTORY", default_value = "target/contracts")]
        contracts: PathBuf,
    },
    /// Deploy one currency's tokenised money
    Cash {
        /// ISO 4217 code; its exponent becomes the token's decimals
        #[arg(long, value_name = "CODE")]
        currency: Currency,

        /// Who issues and redeems [default: the signing account]
        #[arg(long, value_name = "ADDRESS")]
        issuer: Option<AddressText>,

        /// Who pauses and freezes [default: the signing account]
        #[arg(long, value_name = "ADDRESS")]
        guardian: Option<AddressText>,

        /// The token's name [default: Tokenised CODE]
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,

        /// The token's symbol [default: the code]
        #[arg(long, value_name = "TEXT")]
        symbol: Option<String>,

        /// The contract's code, as scripts/build-contracts makes it
        #[arg(long, value_name = "FILE", default_value = "target/contracts/cash.polkavm")]
        code: PathBuf,
    },
}

#[derive(Debug, Serialize)]
struct Deployed {
    contract: &'static str,
    address: Text<AddressText>,
}

impl Deploy {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Settlement { governor, contracts } => {
                let code = SettlementCode::read(|file| read_code(&contracts.join(file)))?;
                let corridor = context.signer(Duty::Governor).await?;
                let request = DeploySettlement {
                    code,
                    governor: account_or(governor, &corridor)?.0,
                };
                let progress = context.output.progress("deploying", 1);
                let outcome = corridor.deploy_settlement(request).await?;
                drop(progress);
                answer(context, &corridor, "settlement", &outcome)?;
                let address = AddressText(outcome.receipt);
                context.output.note(&format!(
                    "Put this into corridor.toml:  settlement = \"{address}\""
                ));
                Ok(())
            }
            Self::Cash {
                currency,
                issuer,
                guardian,
                name,
                symbol,
                code,
            } => {
                let code = read_code(&code)?;
                let corridor = context.signer(Duty::Issuer).await?;
                let request = DeployCash {
                    code,
                    name: name.unwrap_or_else(|| format!("Tokenised {currency}")),
                    symbol: symbol.unwrap_or_else(|| currency.to_string()),
                    currency,
                    issuer: account_or(issuer, &corridor)?.0,
                    guardian: account_or(guardian, &corridor)?.0,
                };
                let progress = context.output.progress("deploying", 1);
                let outcome = corridor.deploy_cash(request).await?;
                drop(progress);
                answer(context, &corridor, "cash", &outcome)?;
                let address = AddressText(outcome.receipt);
                context.output.note(&format!(
                    "Next:  corridor currency register {currency} --token {address}"
                ));
                Ok(())
            }
        }
    }
}

/// Reads a contract's code.
pub(crate) fn read_code(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        let mut failure = Failure::file(Exit::Usage, "read", path, &error);
        failure.advice = "Run scripts/build-contracts, or name the file with --code.".into();
        failure
    })
}

fn account_or(given: Option<AddressText>, corridor: &Corridor) -> Result<AddressText, Failure> {
    let own = corridor.account().map(|account| AddressText(account.address()));
    given.or(own).ok_or_else(|| corridor_client::Error::NoKey.into())
}

fn answer(
    context: &Context,
    corridor: &Corridor,
    contract: &'static str,
    outcome: &Outcome<corridor_client::core::Address>,
) -> Result<(), Failure> {
    let address = AddressText(outcome.receipt);
    let what = Deployed {
        contract,
        address: Text(address),
    };
    context.output.answer(&Changed::new(
        what,
        format!("{contract} contract at {address}"),
        outcome,
        corridor,
    ))
}

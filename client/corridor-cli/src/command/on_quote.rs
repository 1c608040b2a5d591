//! `corridor instruct --quote` and `--signed-quote`: transfers in two currencies.

use super::{common::money, quote::published};
use crate::{
    context::Context,
    directory::Directory,
    instruction,
    quote::{QuoteName, SignedQuoteFile},
    target::summary,
    Failure,
};
use corridor_client::{
    core::{FxTerms, Quote, Seconds, Unwind},
    fx_terms, Corridor, InstructFxRequest, InstructRequest, SignedQuote,
};
use std::path::PathBuf;

/// The quote transfers use, by flags.
#[derive(Debug, clap::Args)]
pub struct OnQuote {
    /// Settle payment versus payment on this published quote, PROVIDER:REFERENCE such as BKCHCNBJ:FX-1: you pay its
    /// provider the amount, the provider pays the creditor agent in the other currency, both at once or not at all
    #[arg(long, value_name = "QUOTE", group = "any_quote", conflicts_with = "net")]
    quote: Option<QuoteName>,

    /// The same, on the signed quote of this file
    #[arg(long, value_name = "FILE", group = "any_quote", conflicts_with = "net")]
    signed_quote: Option<PathBuf>,

    /// What the creditor agents must be credited in all, as a decimal in the currency the provider sells; with it nothing
    /// is asked
    #[arg(long, value_name = "DECIMAL", requires = "any_quote")]
    credited: Option<String>,

    /// How returns go back [default: original-rate]
    #[arg(long, value_name = "HOW", requires = "any_quote")]
    unwind: Option<UnwindFlag>,
}

/// A quote to use.
pub struct Quoted {
    quote: Quote,
    signed: Option<SignedQuote>,
    unwind: Unwind,
}

/// How returns of a transfer in two currencies go back.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum UnwindFlag {
    /// At the rate it settles at, as long as the quote says
    OriginalRate,
    /// At whatever quote the creditor agent has for it then
    NewQuote,
}

impl OnQuote {
    /// Whether the transfers are in two currencies.
    pub fn is_wanted(&self) -> bool {
        self.quote.is_some() || self.signed_quote.is_some()
    }

    /// The file of a signed quote, which needs no chain to be read.
    pub fn read(&self) -> Result<Option<SignedQuoteFile>, Failure> {
        self.signed_quote
            .as_deref()
            .map(SignedQuoteFile::read)
            .transpose()
    }

    /// The quote: as signed in `file`, or as recorded.
    pub async fn find(
        &self,
        file: Option<&SignedQuoteFile>,
        corridor: &Corridor,
        directory: &Directory,
    ) -> Result<Option<Quoted>, Failure> {
        if let Some(file) = file {
            let signed = file.signed(corridor)?;
            corridor.verify_deployment().await?;
            return Ok(Some(Quoted {
                quote: signed.quote,
                signed: Some(signed),
                unwind: self.unwind(),
            }));
        }
        let Some(name) = &self.quote else {
            return Ok(None);
        };
        let state = published(corridor, directory, name).await?;
        Ok(Some(Quoted {
            quote: state.quote,
            signed: None,
            unwind: self.unwind(),
        }))
    }

    fn unwind(&self) -> Unwind {
        match self.unwind {
            None | Some(UnwindFlag::OriginalRate) => Unwind::OriginalRate,
            Some(UnwindFlag::NewQuote) => Unwind::NewQuote,
        }
    }

    /// Compares what would be credited with what was said, or asks.
    pub async fn confirm(&self, context: &Context, requests: &[InstructFxRequest]) -> Result<(), Failure> {
        let debited = instruction::totals(
            requests
                .iter()
                .map(|request| request.transfer.interbank_settlement_amount),
        )?;
        let credited = instruction::totals(requests.iter().map(|request| request.fx.credited))?;
        if let (Some(text), [computed]) = (&self.credited, credited.as_slice()) {
            let said = money(computed.currency, text)?;
            if said == *computed {
                return Ok(());
            }
            let text = format!("the quote gives {computed}, and --credited says {said}");
            let advice = "Nothing was submitted. `corridor quote show` computes what an amount becomes.";
            return Err(Failure::message("cli.credited", text, advice));
        }
        let transfers = summary(requests.len(), &instruction::totals_text(&debited));
        let credited = instruction::totals_text(&credited);
        context
            .confirm(&format!("Instruct {transfers}, {credited} to be credited?"))
            .await
    }
}

impl Quoted {
    /// When transfers lapse where no time was given: `lapses`, or as soon as the quote no longer holds.
    ///
    /// The hold is counted from block time alone, which is behind this machine's.
    pub async fn held(&self, corridor: &Corridor, lapses: Seconds) -> Result<Seconds, Failure> {
        let chain = corridor.finalised_head().await?.time_ms / 1_000;
        Ok(lapses.min(chain.saturating_add(self.quote.hold_seconds.into())))
    }

    /// The transfers with what the quote gives for each.
    pub fn requests(&self, transfers: &[InstructRequest]) -> Result<Vec<InstructFxRequest>, Failure> {
        let (mut requests, mut faults) = (Vec::new(), Vec::new());
        for transfer in transfers {
            let amount = transfer.interbank_settlement_amount;
            match fx_terms(&self.quote, amount) {
                Ok(fx) => requests.push(InstructFxRequest {
                    transfer: transfer.clone(),
                    fx: FxTerms {
                        unwind: self.unwind,
                        ..fx
                    },
                    signed: self.signed,
                }),
                Err(error) => faults.push(format!("{}, {amount}: {error}", transfer.uetr)),
            }
        }
        instruction::refuse(&faults, transfers.len(), "instructed on this quote")?;
        Ok(requests)
    }
}

//! `corridor return --quote` and `--signed-quote`: returns of transfers in two currencies at a new quote.

use super::{common::money, quote::published};
use crate::{
    directory::Directory,
    instruction,
    quote::{QuoteName, SignedQuoteFile},
    Failure,
};
use corridor_client::{
    core::{Error as Refusal, Money, Quote},
    exchanged, ContractError, Corridor, Error, QuotedReturnRequest, ReturnRequest, SignedQuote,
};
use std::path::PathBuf;

/// The quote returns go back at, by flags.
#[derive(Debug, clap::Args)]
pub struct AtQuote {
    /// Pay what is sent back to the provider of this published quote, PROVIDER:REFERENCE such as BKCHCNBJ:FX-2, which
    /// pays the debtor agent in its currency, both at once or not at all
    #[arg(long, value_name = "QUOTE", group = "return_quote")]
    quote: Option<QuoteName>,

    /// The same, at the signed quote of this file
    #[arg(long, value_name = "FILE", group = "return_quote")]
    signed_quote: Option<PathBuf>,

    /// What the debtor agents must get back in all, as a decimal in the currency the provider sells
    #[arg(long, value_name = "DECIMAL", requires = "return_quote")]
    given_back: Option<String>,
}

/// A quote to use.
pub struct Offer {
    quote: Quote,
    signed: Option<SignedQuote>,
}

/// A return to carry out.
pub struct Planned {
    /// What every return has.
    pub request: ReturnRequest,
    /// Its amount.
    pub amount: Money,
    /// The whole request, where it goes back at a quote.
    pub at: Option<QuotedReturnRequest>,
}

impl Planned {
    /// With what the quote gives for it.
    pub fn new(request: ReturnRequest, amount: Money, offer: Option<&Offer>) -> Result<Self, Failure> {
        let quoted = |offer: &Offer| -> Result<QuotedReturnRequest, Refusal> {
            Ok(QuotedReturnRequest {
                returned: request,
                quote: offer.quote.id,
                given_back: exchanged(&offer.quote, amount)?,
                signed: offer.signed,
            })
        };
        let at = offer.map(quoted).transpose().map_err(|refusal| {
            let error = Error::from(ContractError::Refused(refusal));
            Failure::from(error).about(request.uetr)
        })?;
        Ok(Self { request, amount, at })
    }
}

impl AtQuote {
    /// The file of a signed quote, which needs no chain to be read.
    pub fn read(&self) -> Result<Option<SignedQuoteFile>, Failure> {
        let file = self.signed_quote.as_deref();
        file.map(SignedQuoteFile::read).transpose()
    }

    /// The quote: as signed in `file`, or as recorded.
    pub async fn find(
        &self,
        file: Option<&SignedQuoteFile>,
        corridor: &Corridor,
    ) -> Result<Option<Offer>, Failure> {
        if let Some(file) = file {
            let signed = file.signed(corridor)?;
            corridor.verify_deployment().await?;
            return Ok(Some(Offer {
                quote: signed.quote,
                signed: Some(signed),
            }));
        }
        let Some(name) = &self.quote else {
            return Ok(None);
        };
        let directory = Directory::read(corridor).await?;
        let state = published(corridor, &directory, name).await?;
        Ok(Some(Offer {
            quote: state.quote,
            signed: None,
        }))
    }

    /// What the debtor agents get back, in words for the question; compared with what was said.
    pub fn given_back(&self, planned: &[Planned]) -> Result<String, Failure> {
        let amounts = planned.iter().filter_map(|one| one.at.map(|at| at.given_back));
        let totals = instruction::totals(amounts)?;
        if let (Some(text), [computed]) = (&self.given_back, totals.as_slice()) {
            let said = money(computed.currency, text)?;
            if said != *computed {
                let text = format!("the quote gives {computed}, and --given-back says {said}");
                let advice = "Nothing was submitted. `corridor quote show` computes what an amount becomes.";
                return Err(Failure::message("cli.given_back", text, advice));
            }
        }
        Ok(match totals.is_empty() {
            true => String::new(),
            false => format!(", {} to be given back", instruction::totals_text(&totals)),
        })
    }
}

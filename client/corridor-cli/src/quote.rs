//! Quotes as people name them and hand them on: `PROVIDER:REFERENCE`, and signed ones as files.

use crate::{directory::Directory, message, reference::ReferenceText, view::hex, Failure};
use corridor_client::{
    core::{AgentId, Currency, ParticipantId, Quote, QuoteId, Rate},
    AddressText, Corridor, SignedQuote,
};
use serde::{Deserialize, Serialize};
use std::{fmt, path::Path, str::FromStr};

/// A quote by its provider and the provider's reference for it: `BKCHCNBJ:FX-2026-11-24`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteName {
    /// One of the provider's identifiers.
    pub provider: AgentId,
    /// The provider's reference.
    pub reference: ReferenceText,
}

impl QuoteName {
    /// The quote's identity.
    ///
    /// # Errors
    /// [`Exit::NotFound`](crate::Exit::NotFound) for a provider nobody has registered.
    pub fn id(&self, directory: &Directory) -> Result<QuoteId, Failure> {
        Ok(QuoteId {
            provider: directory.find(&self.provider)?,
            reference: self.reference.0,
        })
    }
}

/// The text names no quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidQuoteName;

impl fmt::Display for InvalidQuoteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quote is PROVIDER:REFERENCE, such as BKCHCNBJ:FX-1; the reference has no colon")
    }
}

impl std::error::Error for InvalidQuoteName {}

impl FromStr for QuoteName {
    type Err = InvalidQuoteName;

    fn from_str(text: &str) -> Result<Self, InvalidQuoteName> {
        // The last colon: an identifier may have one itself (SYSTEM:MEMBER).
        let (provider, reference) = text.rsplit_once(':').ok_or(InvalidQuoteName)?;
        if reference.is_empty() {
            return Err(InvalidQuoteName);
        }
        Ok(Self {
            provider: provider.parse().map_err(|_| InvalidQuoteName)?,
            reference: reference.parse().map_err(|_| InvalidQuoteName)?,
        })
    }
}

/// How reports name a quote.
#[must_use]
pub fn quote_text(id: QuoteId, directory: &Directory) -> String {
    format!("{}:{}", directory.name(id.provider), ReferenceText(id.reference))
}

/// A signed quote as a file: for whoever may use it. Nothing in it is secret from them, but whoever has it can use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedQuoteFile {
    /// The settlement contract it is good for.
    settlement: String,
    /// The genesis hash of the chain it is good for.
    genesis_hash: String,
    quote: QuoteFields,
    /// The quoter's public key.
    public_key: String,
    signature: String,
}

/// A quote's terms, participants by number and amounts in minor units: exactly what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuoteFields {
    provider: u16,
    reference: String,
    provider_buys: String,
    provider_sells: String,
    rate_numerator: u64,
    rate_denominator: u64,
    spread_basis_points: u16,
    minimum_minor_units: String,
    maximum_minor_units: String,
    counterparty: Option<u16>,
    expires_at: u64,
    hold_seconds: u32,
    unwind_seconds: u32,
}

impl SignedQuoteFile {
    /// What `corridor`'s contract and chain were told to sign.
    #[must_use]
    pub fn new(signed: &SignedQuote, settlement: AddressText, genesis_hash: &[u8; 32]) -> Self {
        let quote = &signed.quote;
        Self {
            settlement: settlement.to_string(),
            genesis_hash: hex(genesis_hash),
            quote: QuoteFields {
                provider: quote.id.provider.0,
                reference: ReferenceText(quote.id.reference).to_string(),
                provider_buys: quote.provider_buys.to_string(),
                provider_sells: quote.provider_sells.to_string(),
                rate_numerator: quote.rate.numerator,
                rate_denominator: quote.rate.denominator,
                spread_basis_points: quote.spread_basis_points,
                minimum_minor_units: quote.minimum_minor_units.to_string(),
                maximum_minor_units: quote.maximum_minor_units.to_string(),
                counterparty: quote.counterparty.map(|id| id.0),
                expires_at: quote.expires_at,
                hold_seconds: quote.hold_seconds,
                unwind_seconds: quote.unwind_seconds,
            },
            public_key: hex(&signed.public_key),
            signature: hex(&signed.signature),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Exit::Message`](crate::Exit::Message) when it is none of these.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = message::read(path)?;
        serde_json::from_slice(&bytes).map_err(|error| invalid(error).about(path.display()))
    }

    /// Writes a file.
    ///
    /// # Errors
    /// [`Exit::Message`](crate::Exit::Message) when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(Failure::internal)?;
        message::write(path, &format!("{text}\n"))
    }

    /// The signed quote, made sure to be for this contract on this chain and to be signed by the key it names. Whether
    /// that key may quote for the provider the contract decides.
    ///
    /// # Errors
    /// [`Exit::Message`](crate::Exit::Message) for a quote that is not good here.
    pub fn signed(&self, corridor: &Corridor) -> Result<SignedQuote, Failure> {
        let settlement = corridor
            .settlement()
            .ok_or(corridor_client::Error::NoSettlement)?;
        let genesis_hash = corridor.chain_info().genesis;
        if self.settlement != AddressText(settlement).to_string() || self.genesis_hash != hex(&genesis_hash) {
            let text = format!(
                "the quote was signed for contract {} on chain {}, not for this one",
                self.settlement, self.genesis_hash
            );
            let advice = "Ask the provider for a quote signed for this contract, or connect to the other.";
            return Err(Failure::message("cli.quote_elsewhere", text, advice));
        }
        let signed = SignedQuote {
            quote: self.quote.quote()?,
            public_key: bytes("public_key", &self.public_key)?,
            signature: bytes("signature", &self.signature)?,
        };
        if !corridor_client::verify_quote(&signed, &genesis_hash, settlement) {
            let text = "the signature is not the public key's over these terms";
            let advice = "Nothing was submitted. Ask the provider for the quote as it was signed.";
            return Err(Failure::message("cli.quote_signature", text, advice));
        }
        Ok(signed)
    }
}

impl QuoteFields {
    fn quote(&self) -> Result<Quote, Failure> {
        let currency = |text: &str| text.parse::<Currency>().map_err(invalid);
        let number = |text: &str| text.parse::<u128>().map_err(invalid);
        let reference: ReferenceText = self.reference.parse().map_err(invalid)?;
        Ok(Quote {
            id: QuoteId {
                provider: ParticipantId(self.provider),
                reference: reference.0,
            },
            provider_buys: currency(&self.provider_buys)?,
            provider_sells: currency(&self.provider_sells)?,
            rate: Rate {
                numerator: self.rate_numerator,
                denominator: self.rate_denominator,
            },
            spread_basis_points: self.spread_basis_points,
            minimum_minor_units: number(&self.minimum_minor_units)?,
            maximum_minor_units: number(&self.maximum_minor_units)?,
            counterparty: self.counterparty.map(ParticipantId),
            expires_at: self.expires_at,
            hold_seconds: self.hold_seconds,
            unwind_seconds: self.unwind_seconds,
        })
    }
}

fn bytes<const N: usize>(name: &str, text: &str) -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    let digits = text.strip_prefix("0x").unwrap_or_default();
    match hex::decode_to_slice(digits, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(invalid(format!(
            "{name} is not 0x and {} hexadecimal digits",
            N * 2
        ))),
    }
}

fn invalid(fault: impl fmt::Display) -> Failure {
    let text = format!("this is no signed quote: {fault}");
    let advice = "A signed quote is the file `corridor quote sign --out FILE` writes.";
    Failure::message("cli.signed_quote", text, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_named_by_provider_and_reference() {
        let name: QuoteName = "CNAPS:104100000004:FX-1".parse().expect("a name");
        assert_eq!(name.provider.to_string(), "CNAPS:104100000004");
        assert_eq!(Ok(name.reference), "FX-1".parse());
        for text in ["", "FX-1", "BKCHCNBJ:", ":FX-1", "Bank of China:FX-1"] {
            assert_eq!(text.parse::<QuoteName>(), Err(InvalidQuoteName), "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_else_is_taken() {
        let quote = Quote {
            id: QuoteId {
                provider: ParticipantId(1),
                reference: corridor_client::core::Reference([7; 16]),
            },
            provider_buys: Currency::CNY,
            provider_sells: Currency::HKD,
            rate: Rate {
                numerator: 10_873,
                denominator: 10_000,
            },
            spread_basis_points: 5,
            minimum_minor_units: 1,
            maximum_minor_units: u128::MAX,
            counterparty: Some(ParticipantId(0)),
            expires_at: 1_900_000_000,
            hold_seconds: 900,
            unwind_seconds: 0,
        };
        let signed = SignedQuote {
            quote,
            public_key: [8; 32],
            signature: [9; 64],
        };
        let file = SignedQuoteFile::new(&signed, AddressText([1; 20]), &[2; 32]);
        let text = serde_json::to_string(&file).expect("serialises");
        let read: SignedQuoteFile = serde_json::from_str(&text).expect("reads");
        assert_eq!(read, file);
        assert_eq!(read.quote.quote(), Ok(quote));
        assert_eq!(bytes::<64>("signature", &read.signature), Ok([9; 64]));
        assert!(bytes::<32>("public_key", &read.signature).is_err());
        let more = text.replacen("{\"", "{\"note\":\"\",\"", 1);
        assert!(serde_json::from_str::<SignedQuoteFile>(&more).is_err());
        let mut wrong = read.quote;
        wrong.maximum_minor_units = "-1".into();
        assert_eq!(wrong.quote().expect_err("negative").code, "cli.signed_quote");
    }
}

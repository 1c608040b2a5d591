//! Quotes, and transfers in two currencies.

use super::Instruct;
use crate::text::{hex, hex_bytes, Amount, ReferenceText, Text};
use corridor_client::{
    core::{Address, AgentId, Currency, Error as Refusal, ParticipantId, Quote, QuoteId, Rate},
    parse_rate, AddressText, SignedQuote,
};
use corridor_iso20022::DateTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An offer of this participant to exchange one currency for another, in parts, up to a total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuote {
    /// Your own reference, never used twice for a quote, published or signed.
    pub reference: ReferenceText,
    /// What the debtor agent pays in.
    #[schema(value_type = String, example = "CNY")]
    pub provider_buys: Text<Currency>,
    /// What the creditor agent is paid in.
    #[schema(value_type = String, example = "HKD")]
    pub provider_sells: Text<Currency>,
    /// How much of what you sell one unit of what you buy is worth: a decimal such as 1.0862 in whole units, or a ratio such as
    /// 5431/5000 in minor units.
    #[schema(example = "1.0862")]
    pub rate: String,
    /// What you keep of it, below 10,000.
    #[serde(default)]
    #[schema(maximum = 9999)]
    pub spread_basis_points: u16,
    /// The least one transfer may use, in what you buy.
    pub minimum: Amount,
    /// The most all transfers together may use, in what you buy.
    pub maximum: Amount,
    /// The only debtor agent that may use it; anyone where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "CHUPCNSH")]
    pub counterparty: Option<Text<AgentId>>,
    /// From then on it can no longer be used; with a zone.
    #[schema(value_type = String, format = "date-time")]
    pub expires_at: Text<DateTime>,
    /// How long a transfer on it may wait for acceptance.
    #[schema(minimum = 1)]
    pub hold_seconds: u32,
    /// How long after its instruction a transfer's returns unwind at this rate; never where it is left out.
    #[serde(default)]
    pub unwind_seconds: u32,
}

impl NewQuote {
    /// The quote as the contract has it.
    ///
    /// # Errors
    /// What is wrong with which field, in words.
    pub fn quote(
        &self,
        provider: ParticipantId,
        counterparty: Option<ParticipantId>,
    ) -> Result<Quote, String> {
        let (buys, sells) = (self.provider_buys.0, self.provider_sells.0);
        for (name, amount) in [("minimum", self.minimum.0), ("maximum", self.maximum.0)] {
            if amount.currency != buys {
                return Err(format!("{name}: in {buys}, which is what the provider buys"));
            }
        }
        let rate: Rate = parse_rate(&self.rate, buys, sells).map_err(|error| format!("rate: {error}"))?;
        let expires_at = crate::iso::unix_seconds(&self.expires_at.0)
            .ok_or("expires_at: give the time with its zone, such as ...Z")?;
        let quote = Quote {
            id: QuoteId {
                provider,
                reference: self.reference.reference(),
            },
            provider_buys: buys,
            provider_sells: sells,
            rate,
            spread_basis_points: self.spread_basis_points,
            minimum_minor_units: self.minimum.0.minor_units,
            maximum_minor_units: self.maximum.0.minor_units,
            counterparty,
            expires_at,
            hold_seconds: self.hold_seconds,
            unwind_seconds: self.unwind_seconds,
        };
        quote.validate().map_err(|error| match error {
            Refusal::InvalidQuote => {
                "the quote: two currencies, a spread below 10000, 0 < minimum <= maximum, hold_seconds above 0"
                    .into()
            }
            other => other.to_string(),
        })?;
        Ok(quote)
    }
}

/// A quote to be withdrawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteChange {
    /// Its provider's reference.
    pub reference: ReferenceText,
    /// All of it, for a signed one that nobody has used; `None` for what the contract has recorded.
    pub signed: Option<QuoteFields>,
}

/// Names a quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfQuote {
    /// Who offers it.
    #[schema(value_type = String, example = "HSBCHKHH")]
    pub provider: Text<AgentId>,
    /// The provider's reference.
    pub reference: ReferenceText,
}

/// A quote's terms, participants by number and amounts in minor units: exactly what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteFields {
    /// The provider's number.
    pub provider: u16,
    /// The provider's reference, as a UUID is written.
    #[schema(value_type = String)]
    pub reference: ReferenceText,
    /// What the debtor agent pays in.
    #[schema(value_type = String)]
    pub provider_buys: Text<Currency>,
    /// What the creditor agent is paid in.
    #[schema(value_type = String)]
    pub provider_sells: Text<Currency>,
    /// Minor units sold.
    pub rate_numerator: u64,
    /// For so many minor units bought.
    pub rate_denominator: u64,
    /// What the provider keeps.
    pub spread_basis_points: u16,
    /// The least one transfer may use, in minor units of what the provider buys.
    #[schema(value_type = String)]
    pub minimum_minor_units: Text<u128>,
    /// The most all transfers together may use.
    #[schema(value_type = String)]
    pub maximum_minor_units: Text<u128>,
    /// The number of the only debtor agent that may use it.
    pub counterparty: Option<u16>,
    /// From this second since 1970 on it can no longer be used.
    pub expires_at: u64,
    /// How long a transfer may wait for acceptance.
    pub hold_seconds: u32,
    /// How long returns unwind at its rate.
    pub unwind_seconds: u32,
}

impl QuoteFields {
    /// The quote as the contract has it.
    #[must_use]
    pub fn quote(&self) -> Quote {
        Quote {
            id: QuoteId {
                provider: ParticipantId(self.provider),
                reference: self.reference.reference(),
            },
            provider_buys: self.provider_buys.0,
            provider_sells: self.provider_sells.0,
            rate: Rate {
                numerator: self.rate_numerator,
                denominator: self.rate_denominator,
            },
            spread_basis_points: self.spread_basis_points,
            minimum_minor_units: self.minimum_minor_units.0,
            maximum_minor_units: self.maximum_minor_units.0,
            counterparty: self.counterparty.map(ParticipantId),
            expires_at: self.expires_at,
            hold_seconds: self.hold_seconds,
            unwind_seconds: self.unwind_seconds,
        }
    }
}

impl From<&Quote> for QuoteFields {
    fn from(quote: &Quote) -> Self {
        Self {
            provider: quote.id.provider.0,
            reference: ReferenceText::of(quote.id.reference),
            provider_buys: Text(quote.provider_buys),
            provider_sells: Text(quote.provider_sells),
            rate_numerator: quote.rate.numerator,
            rate_denominator: quote.rate.denominator,
            spread_basis_points: quote.spread_basis_points,
            minimum_minor_units: Text(quote.minimum_minor_units),
            maximum_minor_units: Text(quote.maximum_minor_units),
            counterparty: quote.counterparty.map(|id| id.0),
            expires_at: quote.expires_at,
            hold_seconds: quote.hold_seconds,
            unwind_seconds: quote.unwind_seconds,
        }
    }
}

/// A quote signed off chain: the file that `corridor quote sign` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedQuoteFields {
    /// The settlement contract it is good for.
    #[schema(value_type = String)]
    pub settlement: Text<AddressText>,
    /// The genesis hash of the chain it is good for.
    #[serde(with = "hex_bytes")]
    #[schema(value_type = String)]
    pub genesis_hash: Vec<u8>,
    /// What it says.
    pub quote: QuoteFields,
    /// The quoter's public key.
    #[serde(with = "hex_bytes")]
    #[schema(value_type = String)]
    pub public_key: Vec<u8>,
    /// That key's signature.
    #[serde(with = "hex_bytes")]
    #[schema(value_type = String)]
    pub signature: Vec<u8>,
}

impl SignedQuoteFields {
    /// A quote that was signed for a settlement contract on a chain.
    #[must_use]
    pub fn of(signed: &SignedQuote, settlement: Address, genesis_hash: &[u8; 32]) -> Self {
        Self {
            settlement: Text(AddressText(settlement)),
            genesis_hash: genesis_hash.to_vec(),
            quote: QuoteFields::from(&signed.quote),
            public_key: signed.public_key.to_vec(),
            signature: signed.signature.to_vec(),
        }
    }

    /// The quote with its signature.
    ///
    /// # Errors
    /// The field that has another length, in words.
    pub fn signed(&self) -> Result<SignedQuote, String> {
        let length = |name: &str, bytes: &[u8]| format!("signed_quote: {name} is {}", hex(bytes));
        Ok(SignedQuote {
            quote: self.quote.quote(),
            public_key: self
                .public_key
                .as_slice()
                .try_into()
                .map_err(|_| length("public_key", &self.public_key))?,
            signature: self
                .signature
                .as_slice()
                .try_into()
                .map_err(|_| length("signature", &self.signature))?,
        })
    }
}

/// How returns of a transfer in two currencies go back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unwind {
    /// At the rate it settles at, as long as its quote allows.
    #[default]
    OriginalRate,
    /// At a quote given with the return.
    NewQuote,
}

impl From<Unwind> for corridor_client::core::Unwind {
    fn from(unwind: Unwind) -> Self {
        match unwind {
            Unwind::OriginalRate => Self::OriginalRate,
            Unwind::NewQuote => Self::NewQuote,
        }
    }
}

impl From<corridor_client::core::Unwind> for Unwind {
    fn from(unwind: corridor_client::core::Unwind) -> Self {
        match unwind {
            corridor_client::core::Unwind::OriginalRate => Self::OriginalRate,
            corridor_client::core::Unwind::NewQuote => Self::NewQuote,
        }
    }
}

/// The quote a return goes back at: a published one or a signed one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtQuote {
    /// A published quote.
    pub quote: Option<OfQuote>,
    /// Or a signed one.
    pub signed: Option<SignedQuoteFields>,
    /// What the debtor agent has to get back; what the quote gives where it is left out.
    pub given_back: Option<Amount>,
}

/// A transfer in two currencies to be instructed. Its amount is what the debtor agent pays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstructFx {
    /// Everything it has in common with others; its settlement method says nothing.
    pub transfer: Instruct,
    /// A published quote.
    pub quote: Option<OfQuote>,
    /// Or a signed one.
    pub signed: Option<SignedQuoteFields>,
    /// What the creditor agent has to be paid; what the quote gives where it is left out.
    pub credited: Option<Amount>,
    /// How returns go back.
    #[serde(default)]
    pub unwind: Unwind,
}

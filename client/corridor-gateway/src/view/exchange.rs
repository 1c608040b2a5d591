//! Transfers in two currencies, their quotes, and fees.

use super::moment;
use crate::{directory::Directory, operation::Unwind, text::Amount};
use corridor_client::{
    core::{self, Charges, Currency, Fee, FxTransfer, Leg, Money, Purpose, QuoteId, QuoteState},
    decimal_rate,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Names a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuoteNameView {
    /// Who offers it.
    pub provider: String,
    /// The provider's reference.
    pub reference: String,
}

impl QuoteNameView {
    /// With the provider's name.
    #[must_use]
    pub fn new(id: QuoteId, directory: &Directory) -> Self {
        Self {
            provider: directory.name(id.provider),
            reference: crate::text::reference(id.reference),
        }
    }
}

/// A movement of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MovementView {
    /// debited, credited, debtor_fee, creditor_fee, sent_back or given_back.
    pub purpose: String,
    /// Who pays.
    pub from: String,
    /// Who is paid.
    pub to: String,
    /// How much.
    pub amount: Amount,
}

impl MovementView {
    /// Legs with names.
    #[must_use]
    pub fn all(legs: &[Leg], directory: &Directory) -> Vec<Self> {
        let view = |leg: &Leg| Self {
            purpose: match leg.purpose {
                Purpose::Debited => "debited",
                Purpose::Credited => "credited",
                Purpose::DebtorFee => "debtor_fee",
                Purpose::CreditorFee => "creditor_fee",
                Purpose::SentBack => "sent_back",
                Purpose::GivenBack => "given_back",
            }
            .into(),
            from: directory.name(leg.from),
            to: directory.name(leg.to),
            amount: Amount(leg.money),
        };
        legs.iter().map(view).collect()
    }
}

/// The other side of a transfer in two currencies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExchangeView {
    /// The quote it uses.
    pub quote: QuoteNameView,
    /// What the creditor agent is paid, before its fee.
    pub credited_amount: Amount,
    /// How much of that was sent back.
    pub sent_back_amount: Amount,
    /// How returns go back.
    pub unwind: Unwind,
    /// Until when returns go back at the original rate; nothing where they go back at a new quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unwind_until: Option<String>,
    /// The movements that settle it, in order: all of them or none.
    pub legs: Vec<MovementView>,
}

impl ExchangeView {
    /// What is recorded, with names.
    #[must_use]
    pub fn new(record: &FxTransfer, directory: &Directory) -> Self {
        let credited = record.fx.credited;
        Self {
            quote: QuoteNameView::new(record.fx.quote, directory),
            credited_amount: Amount(credited),
            sent_back_amount: Amount(Money::new(credited.currency, record.sent_back_minor_units)),
            unwind: record.fx.unwind.into(),
            unwind_until: (record.fx.unwind == core::Unwind::OriginalRate)
                .then(|| moment(record.unwind_until)),
            legs: MovementView::all(&record.legs(), directory),
        }
    }
}

/// What a transfer costs its agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeesView {
    /// The debtor agent's, on top of the amount.
    pub debtor: Option<FeeView>,
    /// The creditor agent's, out of what it is credited.
    pub creditor: Option<FeeView>,
}

/// One agent's fee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeeView {
    /// Who gets it.
    pub payee: String,
    /// How much.
    pub amount: Amount,
}

impl FeesView {
    /// Fees in the currencies of both sides; `None` where there are none.
    #[must_use]
    pub fn new(
        charges: &Charges,
        debited: Currency,
        credited: Currency,
        directory: &Directory,
    ) -> Option<Self> {
        let view = |fee: Option<Fee>, currency| {
            fee.map(|fee| FeeView {
                payee: directory.name(fee.to),
                amount: Amount(Money::new(currency, fee.minor_units.into())),
            })
        };
        (!charges.is_empty()).then(|| Self {
            debtor: view(charges.debtor, debited),
            creditor: view(charges.creditor, credited),
        })
    }
}

/// A rate, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateView {
    /// Whole units sold for one unit bought; `null` where no decimal is exact.
    pub decimal: Option<String>,
    /// Minor units sold.
    pub numerator: String,
    /// For so many minor units bought.
    pub denominator: String,
}

/// A quote as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuoteView {
    /// Who offers it.
    pub provider: String,
    /// The provider's reference.
    pub reference: String,
    /// What the debtor agent pays in.
    pub provider_buys: String,
    /// What the creditor agent is paid in.
    pub provider_sells: String,
    /// Before the spread.
    pub rate: RateView,
    /// What the provider keeps.
    pub spread_basis_points: u16,
    /// The least one transfer may use.
    pub minimum: Amount,
    /// The most all transfers together may use.
    pub maximum: Amount,
    /// What pending and settled transfers use.
    pub used: Amount,
    /// Whether no new transfer may use it.
    pub withdrawn: bool,
    /// The only debtor agent that may use it; `null` for anyone.
    pub counterparty: Option<String>,
    /// From then on it can no longer be used.
    pub expires_at: String,
    /// How long a transfer on it may wait for acceptance.
    pub hold_seconds: u32,
    /// How long returns unwind at its rate, from the instruction on.
    pub unwind_seconds: u32,
}

impl QuoteView {
    /// What is recorded, with names.
    #[must_use]
    pub fn new(state: &QuoteState, directory: &Directory) -> Self {
        let quote = &state.quote;
        let money = |minor_units| Amount(Money::new(quote.provider_buys, minor_units));
        Self {
            provider: directory.name(quote.id.provider),
            reference: crate::text::reference(quote.id.reference),
            provider_buys: quote.provider_buys.to_string(),
            provider_sells: quote.provider_sells.to_string(),
            rate: RateView {
                decimal: decimal_rate(quote.rate, quote.provider_buys, quote.provider_sells),
                numerator: quote.rate.numerator.to_string(),
                denominator: quote.rate.denominator.to_string(),
            },
            spread_basis_points: quote.spread_basis_points,
            minimum: money(quote.minimum_minor_units),
            maximum: money(quote.maximum_minor_units),
            used: money(state.used_minor_units),
            withdrawn: state.withdrawn,
            counterparty: quote.counterparty.map(|only| directory.name(only)),
            expires_at: moment(quote.expires_at),
            hold_seconds: quote.hold_seconds,
            unwind_seconds: quote.unwind_seconds,
        }
    }
}

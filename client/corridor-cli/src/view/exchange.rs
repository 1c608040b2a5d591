//! Quotes, transfers in two currencies, and fees.

use super::{Moment, MoneyView, Text};
use crate::{directory::Directory, quote::quote_text, reference::ReferenceText};
use corridor_client::{
    core::{
        charged::FeeEvent, quote::QuoteEvent, Charges, Currency, Fee, FxEvent, FxTransfer, Leg, Money,
        Purpose, Quote, QuoteState, Rate, Unwind,
    },
    decimal_rate, ExchangeRecorded, QuoteRecorded,
};
use serde::Serialize;
use std::fmt;

/// A rate: exactly, and as people write it where that is exact too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateView {
    /// Whole units of the currency sold for one of the currency bought; `null` where no decimal is exact.
    pub decimal: Option<String>,
    /// Minor units of the currency the provider sells.
    pub numerator: String,
    /// Minor units of the currency it buys.
    pub denominator: String,
}

impl RateView {
    /// A quote's rate.
    #[must_use]
    pub fn new(rate: Rate, provider_buys: Currency, provider_sells: Currency) -> Self {
        Self {
            decimal: decimal_rate(rate, provider_buys, provider_sells),
            numerator: rate.numerator.to_string(),
            denominator: rate.denominator.to_string(),
        }
    }
}

impl fmt::Display for RateView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.decimal {
            Some(decimal) => f.write_str(decimal),
            None => write!(f, "{}/{}", self.numerator, self.denominator),
        }
    }
}

/// A quote's terms.
#[derive(Clone, Debug, Serialize)]
pub struct QuoteView {
    /// Who offers.
    pub provider: String,
    /// The provider's reference.
    pub reference: Text<ReferenceText>,
    /// What the provider takes: the debtor agent pays in it.
    pub provider_buys: Text<Currency>,
    /// What the provider gives: the creditor agent is paid in it.
    pub provider_sells: Text<Currency>,
    /// Before the spread.
    pub rate: RateView,
    /// What the provider keeps.
    pub spread_basis_points: u16,
    /// The least one transfer may use.
    pub minimum: MoneyView,
    /// The most all transfers may use.
    pub maximum: MoneyView,
    /// Who alone may use it.
    pub counterparty: Option<String>,
    /// Until when it can be used.
    pub expires_at: Moment,
    /// How long a transfer on it may wait for acceptance.
    pub hold_seconds: u32,
    /// How long after instruction returns unwind at its rate.
    pub unwind_seconds: u32,
}

impl QuoteView {
    /// A quote with participants by name.
    #[must_use]
    pub fn new(quote: &Quote, directory: &Directory) -> Self {
        let money = |minor_units| MoneyView(Money::new(quote.provider_buys, minor_units));
        Self {
            provider: directory.name(quote.id.provider),
            reference: Text(ReferenceText(quote.id.reference)),
            provider_buys: Text(quote.provider_buys),
            provider_sells: Text(quote.provider_sells),
            rate: RateView::new(quote.rate, quote.provider_buys, quote.provider_sells),
            spread_basis_points: quote.spread_basis_points,
            minimum: money(quote.minimum_minor_units),
            maximum: money(quote.maximum_minor_units),
            counterparty: quote.counterparty.map(|id| directory.name(id)),
            expires_at: Moment(quote.expires_at),
            hold_seconds: quote.hold_seconds,
            unwind_seconds: quote.unwind_seconds,
        }
    }

    /// Names and values, for people.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let pair = format!("1 {} = {} {}", self.provider_buys, self.rate, self.provider_sells);
        let rate = match self.rate.decimal {
            Some(_) => pair,
            None => format!(
                "{} minor units of {} for {} of {}",
                self.rate.numerator, self.provider_sells, self.rate.denominator, self.provider_buys
            ),
        };
        let unwind = match self.unwind_seconds {
            0 => "returns never unwind at this rate".into(),
            seconds => format!("returns unwind at this rate for {seconds} s"),
        };
        vec![
            ("provider", self.provider.clone()),
            ("reference", self.reference.to_string()),
            ("rate", rate),
            ("spread", format!("{} basis points", self.spread_basis_points)),
            ("band", format!("{} to {} in all", self.minimum, self.maximum)),
            ("for", self.counterparty.clone().unwrap_or("anyone".into())),
            ("expires at", self.expires_at.to_string()),
            ("held for", format!("{} s", self.hold_seconds)),
            ("returns", unwind),
        ]
    }
}

/// One movement of money.
#[derive(Clone, Debug, Serialize)]
pub struct LegView {
    /// What for.
    pub purpose: &'static str,
    /// Who pays.
    pub from: String,
    /// Who is paid.
    pub to: String,
    /// How much.
    pub amount: MoneyView,
}

impl LegView {
    /// A leg with participants by name.
    #[must_use]
    pub fn new(leg: &Leg, directory: &Directory) -> Self {
        Self {
            purpose: match leg.purpose {
                Purpose::Debited => "debited",
                Purpose::Credited => "credited",
                Purpose::DebtorFee => "debtor fee",
                Purpose::CreditorFee => "creditor fee",
                Purpose::SentBack => "sent back",
                Purpose::GivenBack => "given back",
            },
            from: directory.name(leg.from),
            to: directory.name(leg.to),
            amount: MoneyView(leg.money),
        }
    }

    /// Several.
    #[must_use]
    pub fn all(legs: &[Leg], directory: &Directory) -> Vec<Self> {
        legs.iter().map(|leg| Self::new(leg, directory)).collect()
    }
}

impl fmt::Display for LegView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            purpose,
            from,
            to,
            amount,
        } = self;
        write!(f, "{purpose} {amount} from {from} to {to}")
    }
}

/// What a transfer costs its agents.
#[derive(Clone, Debug, Serialize)]
pub struct FeesView {
    /// The debtor agent's, on top of the amount.
    pub debtor: Option<FeeView>,
    /// The creditor agent's, out of what it is credited.
    pub creditor: Option<FeeView>,
}

/// One agent's fee.
#[derive(Clone, Debug, Serialize)]
pub struct FeeView {
    /// Who gets it.
    pub to: String,
    /// How much.
    pub amount: MoneyView,
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
                to: directory.name(fee.to),
                amount: MoneyView(Money::new(currency, fee.minor_units.into())),
            })
        };
        (!charges.is_empty()).then(|| Self {
            debtor: view(charges.debtor, debited),
            creditor: view(charges.creditor, credited),
        })
    }
}

impl fmt::Display for FeesView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part =
            |fee: &FeeView, agent: &str| format!("{} from the {agent} agent to {}", fee.amount, fee.to);
        let debtor = self.debtor.as_ref().map(|fee| part(fee, "debtor"));
        let creditor = self.creditor.as_ref().map(|fee| part(fee, "creditor"));
        let parts: Vec<String> = debtor.into_iter().chain(creditor).collect();
        f.write_str(&parts.join(", "))
    }
}

/// The second currency of a transfer.
#[derive(Clone, Debug, Serialize)]
pub struct FxView {
    /// The quote it uses.
    pub quote: String,
    /// Before the spread.
    pub rate: Option<RateView>,
    /// What the provider keeps.
    pub spread_basis_points: Option<u16>,
    /// What the creditor agent is paid, before its fee.
    pub credited_amount: MoneyView,
    /// What rounding took from the creditor agent: so many parts of one minor unit.
    pub rounding: String,
    /// How much the creditor agent has sent back.
    pub sent_back_amount: MoneyView,
    /// How returns go back: `original rate` or `new quote`.
    pub unwind: &'static str,
    /// Until when they do at the original rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unwind_until: Option<Moment>,
    /// The movements that settle, or settled, it.
    pub legs: Vec<LegView>,
}

impl FxView {
    /// What is recorded, with the quote it uses.
    #[must_use]
    pub fn new(record: &FxTransfer, quote: Option<&QuoteState>, directory: &Directory) -> Self {
        let credited = record.fx.credited;
        let quote = quote.map(|state| state.quote);
        let whole = quote.and_then(|quote| quote.rate.less_spread(quote.spread_basis_points).ok());
        let whole = whole.map_or(String::new(), |rate| format!("/{}", rate.denominator));
        Self {
            quote: quote_text(record.fx.quote, directory),
            rate: quote.map(|quote| RateView::new(quote.rate, quote.provider_buys, quote.provider_sells)),
            spread_basis_points: quote.map(|quote| quote.spread_basis_points),
            credited_amount: MoneyView(credited),
            rounding: format!("{}{whole}", record.remainder),
            sent_back_amount: MoneyView(Money::new(credited.currency, record.sent_back_minor_units)),
            unwind: record.fx.unwind.name(),
            unwind_until: match record.fx.unwind {
                Unwind::OriginalRate => Some(Moment(record.unwind_until)),
                Unwind::NewQuote => None,
            },
            legs: LegView::all(&record.legs(), directory),
        }
    }
}

/// What happened to a quote, in words.
#[must_use]
pub fn quote_event_text(event: &QuoteRecorded, directory: &Directory) -> String {
    match &event.event {
        QuoteEvent::Published(quote) => {
            let view = QuoteView::new(quote, directory);
            format!(
                "published: {} to {} for {} at {} less {} basis points, until {}",
                view.minimum,
                view.maximum,
                view.provider_sells,
                view.rate,
                view.spread_basis_points,
                view.expires_at
            )
        }
        QuoteEvent::Withdrawn(_) => "withdrawn".into(),
    }
}

/// What happened to fees: in words, and the movements. The event names no currency before they are paid.
#[must_use]
pub fn fee_event_text(event: &FeeEvent, directory: &Directory) -> String {
    match event {
        FeeEvent::Fixed(charges) => {
            let part = |agent: &str, fee: &Option<Fee>| {
                fee.map(|fee| {
                    format!(
                        "{agent} agent {} minor units to {}",
                        fee.minor_units,
                        directory.name(fee.to)
                    )
                })
            };
            let debtor = part("debtor", &charges.debtor);
            let parts: Vec<String> = debtor
                .into_iter()
                .chain(part("creditor", &charges.creditor))
                .collect();
            format!("fixed: {}", parts.join(", "))
        }
        FeeEvent::Reserved => "the creditor agent's is reserved, too".into(),
        FeeEvent::Paid(legs) => {
            let legs: Vec<String> = LegView::all(legs, directory)
                .iter()
                .map(ToString::to_string)
                .collect();
            format!("paid: {}", legs.join(", "))
        }
        FeeEvent::Released => "released".into(),
    }
}

/// What happened to a transfer in two currencies.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ExchangeView {
    /// What the debtor agent pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interbank_settlement_amount: Option<MoneyView>,
    /// What the creditor agent is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credited_amount: Option<MoneyView>,
    /// The quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// What the provider keeps of what it sells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<MoneyView>,
    /// The fees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<FeesView>,
    /// What moved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<LegView>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ExchangeView {
    /// The content of an event.
    #[must_use]
    pub fn new(event: &ExchangeRecorded, directory: &Directory) -> Self {
        let nothing = Self::default();
        match &event.event {
            FxEvent::Instructed {
                terms,
                fx,
                spread_minor_units,
                charges,
                remainder: _,
            } => Self {
                interbank_settlement_amount: Some(MoneyView(terms.interbank_settlement_amount)),
                credited_amount: Some(MoneyView(fx.credited)),
                quote: Some(quote_text(fx.quote, directory)),
                spread: Some(MoneyView(Money::new(fx.credited.currency, *spread_minor_units))),
                fees: FeesView::new(charges, terms.currency(), fx.credited.currency, directory),
                ..nothing
            },
            FxEvent::Settled(legs) => Self {
                legs: LegView::all(legs, directory),
                ..nothing
            },
            FxEvent::Rejected(reason) | FxEvent::Cancelled(reason) => Self {
                reason: Some(reason.to_string()),
                ..nothing
            },
            FxEvent::Expired => nothing,
            FxEvent::Returned {
                legs, reason, quoted, ..
            } => Self {
                quote: quoted.map(|used| quote_text(used.quote, directory)),
                spread: quoted.and_then(|used| {
                    let given_back = legs.iter().find(|leg| leg.purpose == Purpose::GivenBack)?;
                    let currency = given_back.money.currency;
                    Some(MoneyView(Money::new(currency, used.spread_minor_units)))
                }),
                legs: LegView::all(legs, directory),
                reason: Some(reason.to_string()),
                ..nothing
            },
        }
    }
}

impl fmt::Display for ExchangeView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let (Some(debited), Some(credited)) = (&self.interbank_settlement_amount, &self.credited_amount) {
            parts.push(format!("{debited} for {credited}"));
        }
        parts.extend(self.quote.as_ref().map(|quote| format!("on quote {quote}")));
        parts.extend(self.fees.as_ref().map(|fees| format!("fees {fees}")));
        parts.extend(self.legs.iter().map(ToString::to_string));
        parts.extend(self.reason.clone());
        f.write_str(&parts.join("  "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::{
        FxTerms, ParticipantId, QuoteId, ReasonCode, Reference, SettlementMethod, Terms, TransferStatus, Uetr,
    };

    const BOC: ParticipantId = ParticipantId(0);
    const CUP: ParticipantId = ParticipantId(1);
    const BANK: ParticipantId = ParticipantId(2);

    fn text(event: FxEvent) -> String {
        let event = ExchangeRecorded {
            uetr: Uetr([0x11; 16]),
            debtor_agent: BOC,
            creditor_agent: CUP,
            status: TransferStatus::Pending,
            event,
        };
        ExchangeView::new(&event, &Directory::of(Vec::new())).to_string()
    }

    fn leg(from: ParticipantId, to: ParticipantId, money: Money, purpose: Purpose) -> Leg {
        Leg {
            from,
            to,
            money,
            purpose,
        }
    }

    #[test]
    fn an_exchange_is_a_line_with_both_currencies_and_every_movement() {
        let (yuan, dollars) = (
            Money::new(Currency::CNY, 100_000),
            Money::new(Currency::HKD, 108_621),
        );
        let instructed = FxEvent::Instructed {
            terms: Terms {
                debtor_agent: BOC,
                creditor_agent: CUP,
                interbank_settlement_amount: yuan,
                interbank_settlement_date: 0,
                charge_bearer: corridor_client::core::ChargeBearer::Debt,
                settlement_method: SettlementMethod::PaymentVersusPayment,
                expires_at: 0,
                message_digest: [0; 32],
            },
            fx: FxTerms {
                quote: QuoteId {
                    provider: BANK,
                    reference: Reference([7; 16]),
                },
                credited: dollars,
                unwind: Unwind::OriginalRate,
            },
            remainder: 3,
            spread_minor_units: 109,
            charges: Charges {
                debtor: Some(Fee {
                    to: BANK,
                    minor_units: 150,
                }),
                creditor: None,
            },
        };
        assert_eq!(
            text(instructed),
            "CNY 1000.00 for HKD 1086.21  on quote participant 2:07070707-0707-0707-0707-070707070707  fees CNY 1.50 \
             from the debtor agent to participant 2"
        );
        let legs = vec![
            leg(BOC, BANK, yuan, Purpose::Debited),
            leg(BANK, CUP, dollars, Purpose::Credited),
        ];
        assert_eq!(
            text(FxEvent::Settled(legs)),
            "debited CNY 1000.00 from participant 0 to participant 2  credited HKD 1086.21 from participant 2 to \
             participant 1"
        );
        assert_eq!(text(FxEvent::Rejected(ReasonCode::AC04)), "AC04");
        assert_eq!(text(FxEvent::Expired), "");
    }

    #[test]
    fn a_rate_without_an_exact_decimal_is_shown_as_a_ratio() {
        let rate = |numerator, denominator| {
            let rate = Rate {
                numerator,
                denominator,
            };
            RateView::new(rate, Currency::CNY, Currency::HKD).to_string()
        };
        assert_eq!(rate(23, 25), "0.92");
        assert_eq!(rate(1, 3), "1/3");
    }
}

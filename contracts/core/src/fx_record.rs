//! What a transfer in two currencies is: its terms, its record, its legs and its event.

use crate::leg::{Books, Leg, Purpose};
use crate::limits::Counted;
use crate::quote::{QuoteId, QuoteState, QuoteUse};
use crate::tariff::{Charges, Side, Tariffs};
use crate::{Currency, Error, Money, ParticipantId, ReasonCode, Seconds, Terms, Transfer};
use alloc::vec::Vec;
use core::{fmt, str::FromStr};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How returns of a transfer in two currencies go back. Append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Unwind {
    /// At the rate it settled at, with its own provider, until [`FxTransfer::unwind_until`]:
    /// [`fx_return`](crate::fx_return).
    #[codec(index = 0)]
    OriginalRate,
    /// At a quote given for the return, by whichever provider, at any time:
    /// [`quoted_return`](crate::quoted_return).
    #[codec(index = 1)]
    NewQuote,
}

impl Unwind {
    /// The name as reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OriginalRate => "original rate",
            Self::NewQuote => "new quote",
        }
    }
}

/// The text is no way for returns to go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUnwind;

impl fmt::Display for InvalidUnwind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("returns go back at the \"original rate\" or at a \"new quote\"")
    }
}

impl core::error::Error for InvalidUnwind {}

impl FromStr for Unwind {
    type Err = InvalidUnwind;

    /// Reads what [`Unwind::name`] writes.
    fn from_str(text: &str) -> Result<Self, InvalidUnwind> {
        [Self::OriginalRate, Self::NewQuote]
            .into_iter()
            .find(|unwind| unwind.name() == text)
            .ok_or(InvalidUnwind)
    }
}

/// What a transfer in two currencies has besides its [`Terms`], whose amount is the debited one, in A.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct FxTerms {
    /// The quote it uses.
    pub quote: QuoteId,
    /// What the quote gives for the amount, before the creditor agent's fee, in B. The debtor agent says it,
    /// so that both sides' systems are known to count alike.
    pub credited: Money,
    /// How returns go back.
    pub unwind: Unwind,
}

/// What the contract records of a transfer in two currencies, under its UETR, for ever. No record of a
/// [`ChargedTransfer`](crate::ChargedTransfer) is long enough to be read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct FxTransfer {
    /// The record every transfer has, in A. It comes first, so that what reads plain transfers reads this.
    pub transfer: Transfer,
    /// The other currency's side.
    pub fx: FxTerms,
    /// What rounding took from the creditor agent, as [`Exchange`](crate::quote::Exchange) counts it.
    pub remainder: u64,
    /// The fees.
    pub charges: Charges,
    /// How much the creditor agent has sent back, in minor units of B.
    pub sent_back_minor_units: u128,
    /// From this second on returns no longer unwind at the original rate: the second of the instruction where
    /// they go back at a new quote.
    pub unwind_until: Seconds,
}

/// What happened to a transfer in two currencies: the content of its event.
#[must_use = "every change emits its event"]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum FxEvent {
    /// Instructed; both currencies are reserved.
    #[codec(index = 0)]
    Instructed {
        /// The terms.
        terms: Terms,
        /// The other currency's side.
        fx: FxTerms,
        /// What rounding took.
        remainder: u64,
        /// What the provider keeps as its spread, in minor units of B.
        spread_minor_units: u128,
        /// The fees.
        charges: Charges,
    },
    /// Accepted; these legs moved.
    #[codec(index = 1)]
    Settled(Vec<Leg>),
    /// Rejected by the creditor agent; everything released.
    #[codec(index = 2)]
    Rejected(ReasonCode),
    /// Cancelled by the debtor agent; everything released.
    #[codec(index = 3)]
    Cancelled(ReasonCode),
    /// Expired; everything released.
    #[codec(index = 4)]
    Expired,
    /// A part or the rest was sent back.
    #[codec(index = 5)]
    Returned {
        /// The return's identity.
        reference: crate::Reference,
        /// Both legs: what the creditor agent sent back in B and what the debtor agent got back in A.
        legs: Vec<Leg>,
        /// All returns so far, in minor units of B.
        sent_back_minor_units: u128,
        /// All returns so far, in minor units of A: at new quotes perhaps more than the transfer's amount.
        returned_minor_units: u128,
        /// Why.
        reason: ReasonCode,
        /// The quote it used; `None` at the original rate.
        quoted: Option<QuoteUse>,
    },
}

/// What to write for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FxChange {
    /// The transfer's new record.
    pub record: FxTransfer,
    /// The quote's new record, when it changes.
    pub quote: Option<QuoteState>,
    /// The new positions.
    pub books: Books,
    /// The event.
    pub event: FxEvent,
}

impl FxTransfer {
    /// The positions its commands touch, some perhaps twice: what [`Books::load`] takes.
    #[must_use]
    pub fn keys(&self) -> Vec<(ParticipantId, Currency)> {
        keys(&self.transfer.terms, &self.fx, &self.charges)
    }

    pub(crate) fn provider(&self) -> ParticipantId {
        self.fx.quote.provider
    }

    fn debtor_fee(&self) -> Option<Leg> {
        let terms = &self.transfer.terms;
        self.charges.debtor_leg(terms.debtor_agent, terms.currency())
    }

    /// What the debtor agent has reserved: the amount and its fee.
    pub(crate) fn debited(&self) -> Result<Money, Error> {
        debited(&self.transfer.terms, &self.charges)
    }

    /// The legs of its settlement, in the order they are booked.
    #[must_use]
    pub fn legs(&self) -> Vec<Leg> {
        let (terms, credited) = (&self.transfer.terms, self.fx.credited);
        let mut legs = Vec::from([
            Leg {
                from: terms.debtor_agent,
                to: self.provider(),
                money: terms.interbank_settlement_amount,
                purpose: Purpose::Debited,
            },
            Leg {
                from: self.provider(),
                to: terms.creditor_agent,
                money: credited,
                purpose: Purpose::Credited,
            },
        ]);
        legs.extend(self.debtor_fee());
        let creditor_fee = self.charges.creditor_leg(terms.creditor_agent, credited.currency);
        legs.extend(creditor_fee);
        legs
    }
}

/// The positions an instruction touches, some perhaps twice: what [`Books::load`] takes.
#[must_use]
pub fn keys(terms: &Terms, fx: &FxTerms, charges: &Charges) -> Vec<(ParticipantId, Currency)> {
    let (debited, credited) = (terms.currency(), fx.credited.currency);
    let mut keys = Vec::from([
        (terms.debtor_agent, debited),
        (fx.quote.provider, debited),
        (fx.quote.provider, credited),
        (terms.creditor_agent, credited),
    ]);
    keys.extend(charges.debtor.map(|fee| (fee.to, debited)));
    keys.extend(charges.creditor.map(|fee| (fee.to, credited)));
    keys
}

/// What an instruction counts against limits, in this order: in A the amount, as the debtor agent's to the creditor
/// agent; in B what is credited, as the provider's, unless to itself. The rate is the provider's own, so neither amount
/// says anything of the other.
#[must_use]
pub fn counted(terms: &Terms, fx: &FxTerms) -> Vec<Counted> {
    let debited = Counted {
        from: terms.debtor_agent,
        to: terms.creditor_agent,
        money: terms.interbank_settlement_amount,
        transfers: 1,
    };
    let credited = Counted::of_provider(fx.quote.provider, terms.creditor_agent, fx.credited);
    core::iter::once(debited).chain(credited).collect()
}

/// The fees of an instruction at `now`, by the corridor's tariffs in A and in B.
#[must_use]
pub fn charges(
    debtor_tariffs: Option<&Tariffs>,
    creditor_tariffs: Option<&Tariffs>,
    terms: &Terms,
    fx: &FxTerms,
    now: Seconds,
) -> Charges {
    let debtor = Side {
        tariffs: debtor_tariffs,
        agent: terms.debtor_agent,
        money: terms.interbank_settlement_amount,
    };
    let creditor = Side {
        tariffs: creditor_tariffs,
        agent: terms.creditor_agent,
        money: fx.credited,
    };
    Charges::of(&debtor, &creditor, terms.charge_bearer, now)
}

pub(crate) fn debited(terms: &Terms, charges: &Charges) -> Result<Money, Error> {
    let fee = Money::new(terms.currency(), charges.debtor_minor_units());
    terms.interbank_settlement_amount.checked_add(fee)
}

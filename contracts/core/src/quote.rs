//! Quotes: what a provider of foreign exchange offers, published on chain or signed off chain.

use crate::rate::BASIS_POINTS;
use crate::terms::{not_too_far, validate_expiry};
use crate::{
    Address, Caller, Currency, Error, Gate, Money, Outcome, ParticipantId, Rate, Reference, Role, Seconds,
};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// Separates what a quote's signer signs from every other signed text.
pub const QUOTE_DOMAIN: &[u8] = b"corridor/quote/v1";

/// Bytes of a quote before its counterparty.
const HEAD_BYTES: usize = 74;

/// Bytes of a quote after its counterparty.
const TAIL_BYTES: usize = 16;

/// Bytes of a quote for nobody in particular.
const QUOTE_BYTES: usize = HEAD_BYTES + 1 + TAIL_BYTES;

/// A quote's identity: the provider's own reference, which it never uses twice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
pub struct QuoteId {
    /// The provider.
    pub provider: ParticipantId,
    /// Unique among the provider's quotes, published and signed ones together.
    pub reference: Reference,
}

/// An offer to exchange one currency for another, in parts, up to a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct Quote {
    /// Who it is from and how it is called. Also the nonce of a signed quote.
    pub id: QuoteId,
    /// Currency A: the debtor agent pays it to the provider. On a return the creditor agent does, and A and B here are
    /// the transfer's B and A.
    pub provider_buys: Currency,
    /// Currency B: the provider pays it to the creditor agent; on a return to the debtor agent.
    pub provider_sells: Currency,
    /// The reference rate, minor units of B for minor units of A, before the spread.
    pub rate: Rate,
    /// What the provider keeps of B, below 10,000. The creditor agent is credited the rate less the spread;
    /// the spread is no leg, because the provider never pays it out, but it is shown as its own figure.
    pub spread_basis_points: u16,
    /// The least one transfer may use, in minor units of A, above zero.
    pub minimum_minor_units: u128,
    /// The most all transfers and returns together may use, in minor units of A.
    pub maximum_minor_units: u128,
    /// The only participant that may use it, to instruct or to return; `None` for anyone.
    pub counterparty: Option<ParticipantId>,
    /// From this second on it can no longer be used.
    pub expires_at: Seconds,
    /// How long a transfer may wait for acceptance, in seconds: so long the rate is held after its use.
    pub hold_seconds: u32,
    /// How long after instruction returns unwind at the original rate, in seconds; 0 for never. Without an
    /// end the provider would give away an option on the rate.
    pub unwind_seconds: u32,
}

// As derived, except that what has a fixed place is read in two pieces: field by field that is twice the code.
impl Decode for Quote {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let (mut head, mut tail) = ([0; HEAD_BYTES], [0; TAIL_BYTES]);
        input.read(&mut head)?;
        let counterparty = Option::decode(input)?;
        input.read(&mut tail)?;
        Ok(Self {
            id: QuoteId {
                provider: ParticipantId(u16::from_le_bytes(part(&head, 0))),
                reference: Reference(part(&head, 2)),
            },
            provider_buys: Currency::decode(&mut &head[18..21])?,
            provider_sells: Currency::decode(&mut &head[21..24])?,
            rate: Rate {
                numerator: u64::from_le_bytes(part(&head, 24)),
                denominator: u64::from_le_bytes(part(&head, 32)),
            },
            spread_basis_points: u16::from_le_bytes(part(&head, 40)),
            minimum_minor_units: u128::from_le_bytes(part(&head, 42)),
            maximum_minor_units: u128::from_le_bytes(part(&head, 58)),
            counterparty,
            expires_at: u64::from_le_bytes(part(&tail, 0)),
            hold_seconds: u32::from_le_bytes(part(&tail, 8)),
            unwind_seconds: u32::from_le_bytes(part(&tail, 12)),
        })
    }
}

/// So many bytes from `at` on.
#[inline(always)]
fn part<const LENGTH: usize>(bytes: &[u8], at: usize) -> [u8; LENGTH] {
    let part = bytes.get(at..).and_then(|rest| rest.first_chunk());
    part.copied().unwrap_or([0; LENGTH])
}

/// What an amount of A becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What the creditor agent is credited, in minor units of B, rounded down once.
    pub credited_minor_units: u128,
    /// What rounding took, in parts of one minor unit of B: so many of `rate.denominator * 10,000`.
    pub remainder: u64,
    /// What the provider keeps, in minor units of B.
    pub spread_minor_units: u128,
}

impl Quote {
    /// What holds of any quote at any time. Errors, in order: [`Error::InvalidRate`];
    /// [`Error::InvalidQuote`] for one currency twice, a spread of the whole, a minimum of zero or above the
    /// maximum, or no time to accept.
    pub fn validate(&self) -> Result<(), Error> {
        self.rate.validate()?;
        let valid = self.provider_buys != self.provider_sells
            && self.spread_basis_points < BASIS_POINTS
            && self.minimum_minor_units > 0
            && self.minimum_minor_units <= self.maximum_minor_units
            && self.hold_seconds > 0;
        if valid {
            Ok(())
        } else {
            Err(Error::InvalidQuote)
        }
    }

    /// How many bytes its encoding takes: all fields but one have a fixed length.
    #[must_use]
    pub fn encoded_bytes(&self) -> usize {
        let named = self.counterparty.map_or(0, |_| ParticipantId::max_encoded_len());
        named.saturating_add(QUOTE_BYTES)
    }

    /// Converts minor units of A; errors as [`Rate::convert_rounding_down`].
    pub fn exchange(&self, minor_units: u128) -> Result<Exchange, Error> {
        let net = self.rate.less_spread(self.spread_basis_points)?;
        let net = net.convert_rounding_down(minor_units)?;
        let gross = self.rate.convert_rounding_down(minor_units)?;
        Ok(Exchange {
            credited_minor_units: net.minor_units,
            remainder: net.remainder,
            spread_minor_units: gross
                .minor_units
                .checked_sub(net.minor_units)
                .ok_or(Error::AmountOverflow)?,
        })
    }

    /// The bytes a quoter signs off chain: `domain, genesis hash, contract, SCALE(quote)`.
    ///
    /// Bound to one contract on one chain and to every term. All parts before the quote have a fixed
    /// length, so no two quotes have the same bytes.
    #[must_use]
    pub fn signing_payload(&self, genesis_hash: &[u8; 32], contract: &Address) -> Vec<u8> {
        let mut payload = Vec::from(QUOTE_DOMAIN);
        payload.extend_from_slice(genesis_hash);
        payload.extend_from_slice(contract);
        self.encode_to(&mut payload);
        payload
    }
}

/// What the contract records of a quote, under its id, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QuoteState {
    /// As published or signed.
    pub quote: Quote,
    /// What pending and settled transfers, and returns at it, use of it, in minor units of A. A return of a transfer
    /// does not lower it.
    pub used_minor_units: u128,
    /// The provider takes no new transfers on it.
    pub withdrawn: bool,
    /// It was signed off chain, so each use of it takes the signature of who then is a quoter of its provider.
    pub signed: bool,
}

impl QuoteState {
    /// A quote nobody has used yet.
    #[must_use]
    pub fn unused(quote: Quote) -> Self {
        Self {
            quote,
            used_minor_units: 0,
            withdrawn: false,
            signed: false,
        }
    }

    /// Takes so many minor units of A for `user`: the debtor agent of a transfer, the creditor agent of a return.
    ///
    /// Errors, in order: [`Error::NotCounterparty`], [`Error::QuoteWithdrawn`], [`Error::QuoteExpired`],
    /// [`Error::BelowQuoteMinimum`], [`Error::QuoteExhausted`].
    pub fn take(self, user: ParticipantId, minor_units: u128, now: Seconds) -> Result<Self, Error> {
        let quote = &self.quote;
        if quote.counterparty.is_some_and(|only| only != user) {
            return Err(Error::NotCounterparty);
        }
        if self.withdrawn {
            return Err(Error::QuoteWithdrawn);
        }
        if now >= quote.expires_at {
            return Err(Error::QuoteExpired);
        }
        if minor_units < quote.minimum_minor_units {
            return Err(Error::BelowQuoteMinimum);
        }
        let used_minor_units = self
            .used_minor_units
            .checked_add(minor_units)
            .filter(|used| *used <= quote.maximum_minor_units)
            .ok_or(Error::QuoteExhausted)?;
        Ok(Self {
            used_minor_units,
            ..self
        })
    }

    /// Takes so many minor units of A for `user`, who says that the quote gives `credited` for them.
    ///
    /// Errors, in order: those of [`QuoteState::take`], [`Error::AmountOverflow`],
    /// [`Error::BelowQuoteMinimum`] when nothing is left to credit, [`Error::QuoteMismatch`] (another amount).
    #[inline(never)]
    pub fn use_for(
        &mut self,
        user: ParticipantId,
        minor_units: u128,
        credited: Money,
        now: Seconds,
    ) -> Result<QuoteUse, Error> {
        *self = self.take(user, minor_units, now)?;
        let exchange = self.quote.exchange(minor_units)?;
        if exchange.credited_minor_units == 0 {
            return Err(Error::BelowQuoteMinimum);
        }
        if exchange.credited_minor_units != credited.minor_units {
            return Err(Error::QuoteMismatch);
        }
        Ok(QuoteUse {
            quote: self.quote.id,
            remainder: exchange.remainder,
            spread_minor_units: exchange.spread_minor_units,
        })
    }

    /// Gives back what a transfer took that did not settle; [`Error::BooksBroken`] if it was never taken.
    pub fn give_back(self, minor_units: u128) -> Result<Self, Error> {
        let used_minor_units = self
            .used_minor_units
            .checked_sub(minor_units)
            .ok_or(Error::BooksBroken)?;
        Ok(Self {
            used_minor_units,
            ..self
        })
    }
}

/// What came of a use of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QuoteUse {
    /// The quote.
    pub quote: QuoteId,
    /// What rounding took from who is credited, as [`Exchange`] counts it.
    pub remainder: u64,
    /// What the provider keeps as its spread, in minor units of what it sells.
    pub spread_minor_units: u128,
}

/// What happened to a quote: the content of its event.
#[must_use = "every change emits its event"]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum QuoteEvent {
    /// Published with these terms.
    #[codec(index = 0)]
    Published(Quote),
    /// Withdrawn by its provider.
    #[codec(index = 1)]
    Withdrawn(QuoteId),
}

/// What to write for a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteChange {
    /// The quote's new record.
    pub state: QuoteState,
    /// The event.
    pub event: QuoteEvent,
}

/// Where an instruction or a return has its quote from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteSource<'a> {
    /// Published: what is recorded under its id.
    Published(Option<QuoteState>),
    /// Signed off chain.
    Signed {
        /// What is recorded under its id: `None` until it is first used.
        recorded: Option<QuoteState>,
        /// The account of the key whose signature over [`Quote::signing_payload`] was found good.
        signer: Option<Caller>,
        /// The quote.
        quote: &'a Quote,
    },
}

impl QuoteSource<'_> {
    /// The state to take from, if it is that of the quote `id` from A into B, and its provider may trade.
    ///
    /// Errors, in order: those of [`QuoteSource::state`], [`Error::QuoteMismatch`] (another quote or pair),
    /// [`Error::ParticipantSuspended`] (the provider).
    #[inline(never)]
    pub fn offered(
        &self,
        gate: &Gate,
        id: QuoteId,
        from: Currency,
        into: Currency,
        now: Seconds,
    ) -> Result<QuoteState, Error> {
        let state = self.state(now)?;
        let quote = &state.quote;
        if quote.id != id || quote.provider_buys != from || quote.provider_sells != into {
            return Err(Error::QuoteMismatch);
        }
        gate.active(id.provider)?;
        Ok(state)
    }

    /// The state to take from. Errors, in order: for a published quote [`Error::UnknownQuote`],
    /// [`Error::SignatureMissing`] where it was never published; for a signed one [`Error::SignerMayNotQuote`] unless
    /// its signer is now a quoter of its provider, those of [`Quote::validate`], [`Error::QuoteConflict`], at its first
    /// use [`Error::ExpiryTooFar`], as of a published one.
    pub fn state(&self, now: Seconds) -> Result<QuoteState, Error> {
        // By reference throughout: a quote copied is a lot of code, and every byte of it is paid for.
        match self {
            Self::Published(Some(state)) if state.signed => Err(Error::SignatureMissing),
            Self::Published(Some(state)) => Ok(*state),
            Self::Published(None) => Err(Error::UnknownQuote),
            Self::Signed {
                recorded,
                signer,
                quote,
            } => {
                let may_quote = |signer: &Caller| {
                    signer.participant == quote.id.provider && signer.roles.has(Role::Quoter)
                };
                if !signer.as_ref().is_some_and(may_quote) {
                    return Err(Error::SignerMayNotQuote);
                }
                quote.validate()?;
                match recorded {
                    Some(state) if state.quote == **quote => Ok(*state),
                    Some(_) => Err(Error::QuoteConflict),
                    None => {
                        not_too_far(quote.expires_at, now)?;
                        Ok(QuoteState {
                            signed: true,
                            ..QuoteState::unused(**quote)
                        })
                    }
                }
            }
        }
    }
}

/// Whether the caller may publish the quote.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotQuoteProvider`].
pub fn may_publish(caller: &Caller, quote: &Quote) -> Result<(), Error> {
    provider_side(caller, quote, &[Role::Quoter])
}

/// Publishes a quote, by a quoter of its provider.
///
/// `recorded` is what its id stands for. Errors, in order: those of [`may_publish`] (then, before this rule,
/// [`Error::UnknownCurrency`] for either side of the pair), those of [`Quote::validate`],
/// [`Error::QuoteConflict`] for other terms or a quote that was signed and used; then, for a new one,
/// [`Error::Paused`], [`Error::UnknownParticipant`] (the counterparty), [`Error::ParticipantSuspended`] (either),
/// [`Error::ExpiryPassed`], [`Error::ExpiryTooFar`].
#[inline(never)]
pub fn publish_quote(
    recorded: Option<QuoteState>,
    gate: &Gate,
    caller: &Caller,
    quote: &Quote,
    now: Seconds,
) -> Result<Outcome<QuoteChange, QuoteState>, Error> {
    may_publish(caller, quote)?;
    quote.validate()?;
    match recorded {
        Some(state) if state.quote == *quote && !state.signed => return Ok(Outcome::Repeated(state)),
        Some(_) => return Err(Error::QuoteConflict),
        None => {}
    }
    gate.open()?;
    let counterparty = quote.counterparty.unwrap_or(quote.id.provider);
    gate.admitted(counterparty)?;
    gate.active(quote.id.provider)?;
    gate.active(counterparty)?;
    validate_expiry(quote.expires_at, now)?;
    Ok(Outcome::Recorded(QuoteChange {
        state: QuoteState::unused(*quote),
        event: QuoteEvent::Published(*quote),
    }))
}

/// Withdraws a quote, by a quoter or compliance of its provider: no new transfer may use it. What is
/// pending on it is not touched.
///
/// The quote is given whole, so that one signed off chain can be withdrawn before anyone has used it.
/// Errors, in order: [`Error::MissingRole`], [`Error::NotQuoteProvider`], those of [`Quote::validate`],
/// [`Error::QuoteConflict`]. Already withdrawn is a repeat. It does not look at the gate.
#[inline(never)]
pub fn withdraw_quote(
    recorded: Option<QuoteState>,
    caller: &Caller,
    quote: &Quote,
) -> Result<Outcome<QuoteChange, QuoteState>, Error> {
    provider_side(caller, quote, &[Role::Quoter, Role::Compliance])?;
    quote.validate()?;
    let state = match recorded {
        Some(state) if state.quote != *quote => return Err(Error::QuoteConflict),
        Some(state) if state.withdrawn => return Ok(Outcome::Repeated(state)),
        Some(state) => state,
        None => QuoteState::unused(*quote),
    };
    Ok(Outcome::Recorded(QuoteChange {
        state: QuoteState {
            withdrawn: true,
            ..state
        },
        event: QuoteEvent::Withdrawn(quote.id),
    }))
}

fn provider_side(caller: &Caller, quote: &Quote, roles: &[Role]) -> Result<(), Error> {
    caller.require(roles)?;
    if caller.participant == quote.id.provider {
        Ok(())
    } else {
        Err(Error::NotQuoteProvider)
    }
}

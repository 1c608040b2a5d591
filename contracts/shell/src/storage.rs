//! The storage schema, on one page.
//!
//! A cold key costs about 10 KB of proof whatever its size, a second access in the same call next to
//! nothing, and a value may take 416 bytes. So: few keys per call, and values as large as useful.
//!
//! | key | value | bytes at most |
//! |---|---|---|
//! | root cell (ink!) | codes, genesis hash, governor, gate, counts, schedule | 282 |
//! | account | participant and roles | 3 |
//! | transfer | terms and status; fees; in two currencies the quote and the other amount | 203 |
//! | positions | 12 participants' escrow in a currency | 385 |
//! | operation | deposit, withdrawal, pledge, release or return | 74 |
//! | participant | identifiers, admin | 219 |
//! | agent | participant | 2 |
//! | currency | exponent, token | 24 |
//! | currency at | code | 3 |
//! | token | code | 3 |
//! | account at | account | 20 |
//! | net positions | 4 participants' net settlement in a currency, and what they owe each other | 264 |
//! | pairs | what 4 participants and 4 others owe each other in a currency | 264 |
//! | window | how a window of a currency ended | 47 |
//! | batch | commitment; limit, sum and status for each creditor agent | 398 |
//! | last batch | number | 4 |
//! | quote | its terms, how much of it is used, how it was given | 111 |
//! | corridor | tariffs and limits of a debtor agent, a creditor agent and a currency | 337 |
//! | limits | limits of a debtor agent in a currency | 181 |
//! | queue | 9 transfers waiting for cover in a currency | 397 |

use crate::cell;
use alloc::vec::Vec;
use core::marker::PhantomData;
use corridor_api::StorageKey;
use corridor_core::participant::Participant;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{
    Address, AgentId, BatchRecord, Caller, ChargedTransfer, CorridorControls, Currency, Error, FxTransfer,
    Limited, NetPage, Operation, PairPage, ParticipantId, PositionPage, Queued, QuoteId, QuoteState,
    Reference, Uetr, WindowId, WindowRecord,
};
use scale_codec::{Decode, DecodeAll, Encode};

/// A place in storage together with the type of its value.
pub struct Entry<V> {
    key: StorageKey,
    value: PhantomData<V>,
}

impl<V> Entry<V> {
    fn at(key: StorageKey) -> Self {
        Self {
            key,
            value: PhantomData,
        }
    }
}

impl<V: Decode> Entry<V> {
    /// The stored value; [`Error::BooksBroken`] if it is not one of the type.
    #[inline(never)]
    pub fn get(&self) -> Result<Option<V>, Error> {
        let mut bytes = cell::Bytes::new();
        if !cell::read(&self.key, &mut bytes) {
            return Ok(None);
        }
        V::decode_all(&mut bytes.as_bytes())
            .map(Some)
            .map_err(|_| Error::BooksBroken)
    }
}

impl<V: Encode> Entry<V> {
    /// Whether what is stored is `value`; `None` where nothing is. No value has two encodings, so their bytes tell, and
    /// no decoding comes into the code.
    #[inline(never)]
    pub fn is(&self, value: &V) -> Option<bool> {
        let mut stored = cell::Bytes::new();
        if !cell::read(&self.key, &mut stored) {
            return None;
        }
        let mut bytes = cell::Bytes::<{ cell::MAX_VALUE_BYTES }>::new();
        value.encode_to(&mut bytes);
        Some(stored.as_bytes() == bytes.as_bytes())
    }

    /// Stores `value`.
    #[inline(never)]
    pub fn set(&self, value: &V) {
        let mut bytes = cell::Bytes::new();
        value.encode_to(&mut bytes);
        cell::write(&self.key, &bytes);
    }
}

impl<V> Entry<V> {
    /// Leaves nothing there.
    pub fn clear(&self) {
        cell::write(&self.key, &cell::Bytes::new());
    }
}

/// Whom an account acts for, and as what.
pub fn account(account: Address) -> Entry<Caller> {
    Entry::at(StorageKey::Account(account))
}

/// A transfer. In two currencies what it reads is not the whole record, and must not be written.
pub fn transfer(uetr: Uetr) -> Entry<ChargedTransfer> {
    Entry::at(StorageKey::Transfer(uetr))
}

/// A transfer in two currencies, under the same key. One in one currency does not read as one.
pub fn fx_transfer(uetr: Uetr) -> Entry<FxTransfer> {
    Entry::at(StorageKey::Transfer(uetr))
}

/// A quote.
pub fn quote(id: QuoteId) -> Entry<QuoteState> {
    Entry::at(StorageKey::Quote(id.provider, id.reference))
}

/// A corridor's tariffs and limits.
pub fn corridor(
    debtor_agent: ParticipantId,
    creditor_agent: ParticipantId,
    currency: Currency,
) -> Entry<CorridorControls> {
    Entry::at(StorageKey::Corridor(debtor_agent, creditor_agent, currency))
}

/// The limits a value begins with: a debtor agent's, or a corridor's. What follows stays as it is.
#[derive(Encode, Decode)]
pub struct LimitsOf {
    /// The limits, and what counts against them.
    pub limited: Limited,
    rest: cell::Bytes,
}

/// The limits of a debtor agent towards everybody, or towards one creditor agent.
pub fn limits_of(
    debtor_agent: ParticipantId,
    creditor_agent: Option<ParticipantId>,
    currency: Currency,
) -> Entry<LimitsOf> {
    Entry::at(match creditor_agent {
        None => StorageKey::Limits(debtor_agent, currency),
        Some(creditor_agent) => StorageKey::Corridor(debtor_agent, creditor_agent, currency),
    })
}

/// A debtor agent's limits.
pub fn limits(debtor_agent: ParticipantId, currency: Currency) -> Entry<Limited> {
    Entry::at(StorageKey::Limits(debtor_agent, currency))
}

/// Transfers waiting for cover.
pub fn queue(currency: Currency, page: u8) -> Entry<Vec<Queued>> {
    Entry::at(StorageKey::Queue(currency, page))
}

/// The positions of neighbouring participants.
pub fn positions(currency: Currency, page: u16) -> Entry<PositionPage> {
    Entry::at(StorageKey::Positions(currency, page))
}

/// A deposit, withdrawal or return.
pub fn operation(id: ParticipantId, reference: Reference) -> Entry<Operation> {
    Entry::at(StorageKey::Operation(id, reference))
}

/// A participant.
pub fn participant(id: ParticipantId) -> Entry<Participant> {
    Entry::at(StorageKey::Participant(id))
}

/// The participant that goes by an identifier.
pub fn agent(agent: AgentId) -> Entry<ParticipantId> {
    Entry::at(StorageKey::Agent(agent))
}

/// A currency.
pub fn currency(code: Currency) -> Entry<CurrencyEntry> {
    Entry::at(StorageKey::Currency(code))
}

/// [`Error::UnknownCurrency`] unless it is registered. Whether there is an entry tells: nothing is decoded.
#[inline(never)]
pub fn known_currency(code: Currency) -> Result<(), Error> {
    if cell::read(&StorageKey::Currency(code), &mut cell::Bytes::new()) {
        Ok(())
    } else {
        Err(Error::UnknownCurrency)
    }
}

/// A currency by order of registration.
pub fn currency_at(index: u16) -> Entry<Currency> {
    Entry::at(StorageKey::CurrencyAt(index))
}

/// The currency a token is the money of.
pub fn token(token: Address) -> Entry<Currency> {
    Entry::at(StorageKey::Token(token))
}

/// A participant's account by order of its first grant.
pub fn account_at(id: ParticipantId, index: u32) -> Entry<Address> {
    Entry::at(StorageKey::AccountAt(id, index))
}

/// The net settlement of neighbouring participants.
pub fn net_positions(currency: Currency, page: u16) -> Entry<NetPage> {
    Entry::at(StorageKey::NetPositions(currency, page))
}

/// What the participants of two pages of net positions owe each other, the lower number first.
pub fn pairs(currency: Currency, (low, high): (u16, u16)) -> Entry<PairPage> {
    Entry::at(StorageKey::Pairs(currency, low, high))
}

/// How a window ended.
pub fn window(currency: Currency, window: WindowId) -> Entry<WindowRecord> {
    Entry::at(StorageKey::Window(currency, window))
}

/// A clearing batch.
pub fn batch(debtor_agent: ParticipantId, number: u32) -> Entry<BatchRecord> {
    Entry::at(StorageKey::Batch(debtor_agent, number))
}

/// The number of a participant's last batch.
pub fn last_batch(debtor_agent: ParticipantId) -> Entry<u32> {
    Entry::at(StorageKey::LastBatch(debtor_agent))
}

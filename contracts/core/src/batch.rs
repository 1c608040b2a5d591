//! Clearing batches: many small transfers of one debtor agent, checked item by item and netted as sums.
//!
//! The items travel in the call and are not stored. The chain keeps the sums for each counterparty and a
//! commitment to the items ([`batch_proof`](crate::batch_proof)); [`batch_life`](crate::batch_life) says
//! what may happen to a batch.
//!
//! | item byte | content |
//! |---|---|
//! | 0..16 | UETR |
//! | 16..24 | amount in minor units, little endian |
//! | 24 | which of the header's counterparties is the creditor agent |
//! | 25..32 | reserved, zero |
//! | 32..64 | message digest, as in [`Terms`](crate::Terms) |

use crate::{Currency, Error, ParticipantId, Seconds, Uetr};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bytes of one item.
pub const ITEM_BYTES: usize = 64;

/// The most items of one batch: 128,000 bytes, and call data may take 131,072.
pub const MAX_ITEMS: u16 = 2_000;

/// The most counterparties of one batch.
pub const MAX_COUNTERPARTIES: usize = 8;

/// The most invalid items a batch may leave out.
pub const MAX_REJECTED: usize = 64;

/// The most one item may be without any limits, in minor units: what net settlement can book.
pub const MAX_ITEM_MINOR_UNITS: u64 = i64::MAX.unsigned_abs();

/// The most an item may be, in minor units, by place of its creditor agent among the header's counterparties.
pub type ItemLimits = [u64; MAX_COUNTERPARTIES];

/// What the debtor agent says of the batch as a whole (ISO 20022 group header).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct BatchHeader {
    /// The agent whose net position pays.
    pub debtor_agent: ParticipantId,
    /// The batch's number, above all earlier ones of the debtor agent.
    pub number: u32,
    /// The currency of all items.
    pub currency: Currency,
    /// The creditor agents, 1 to [`MAX_COUNTERPARTIES`], each once. Items name them by place.
    pub counterparties: Vec<ParticipantId>,
    /// How many items there are (`NbOfTxs`), 1 to [`MAX_ITEMS`].
    pub items: u16,
    /// The sum of all items' amounts in minor units, valid or not (`CtrlSum`).
    pub control_sum: u128,
    /// Whether one invalid item refuses the whole batch.
    pub all_or_nothing: bool,
    /// From this second on no counterparty can accept it any more.
    pub expires_at: Seconds,
}

impl BatchHeader {
    /// [`Error::InvalidBatch`] outside the documented limits or for a counterparty listed twice, then
    /// [`Error::SameAgent`] when the debtor agent is listed.
    pub fn validate(&self) -> Result<(), Error> {
        let listed = &self.counterparties;
        let twice = listed.iter().enumerate().any(|(at, id)| {
            let mut later = listed.iter().skip(at.saturating_add(1));
            later.any(|other| other == id)
        });
        let count = listed.len();
        if count == 0 || count > MAX_COUNTERPARTIES || twice || self.items == 0 || self.items > MAX_ITEMS {
            return Err(Error::InvalidBatch);
        }
        if listed.contains(&self.debtor_agent) {
            return Err(Error::SameAgent);
        }
        Ok(())
    }

    /// The limits of an item for each counterparty that is listed.
    pub(crate) fn limits_of<'a>(&self, limits: &'a ItemLimits) -> &'a [u64] {
        limits.get(..self.counterparties.len()).unwrap_or(limits)
    }
}

/// Why an item was left out. Append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum ItemFault {
    /// The UETR is not a UUID of version 4.
    #[codec(index = 0)]
    Uetr,
    /// The amount is zero.
    #[codec(index = 1)]
    ZeroAmount,
    /// The amount is above the limit of an item for this counterparty.
    #[codec(index = 2)]
    AboveLimit,
    /// The header lists no counterparty at this place.
    #[codec(index = 3)]
    Counterparty,
    /// A reserved byte is not zero.
    #[codec(index = 4)]
    Reserved,
}

/// One item of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its identity.
    pub uetr: Uetr,
    /// Its amount in minor units.
    pub minor_units: u64,
    /// Place of its creditor agent among the header's counterparties.
    pub counterparty: u8,
    /// keccak256 over a salt and the message, made by the debtor agent.
    pub message_digest: [u8; 32],
}

impl Item {
    /// The item's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ITEM_BYTES] {
        let mut bytes = [0; ITEM_BYTES];
        bytes[..16].copy_from_slice(&self.uetr.0);
        bytes[16..24].copy_from_slice(&self.minor_units.to_le_bytes());
        bytes[24] = self.counterparty;
        bytes[32..].copy_from_slice(&self.message_digest);
        bytes
    }

    /// Reads an item that passes the checks of [`scan`]; `limits` are those of an item for each of the header's
    /// counterparties, in minor units.
    pub fn read(bytes: &[u8; ITEM_BYTES], limits: &[u64]) -> Result<Self, ItemFault> {
        check(bytes, limits)?;
        let (mut uetr, mut message_digest) = ([0; 16], [0; 32]);
        uetr.copy_from_slice(&bytes[..16]);
        message_digest.copy_from_slice(&bytes[32..]);
        Ok(Self {
            uetr: Uetr(uetr),
            minor_units: word(bytes, 16),
            counterparty: bytes[24],
            message_digest,
        })
    }
}

/// The sum of the valid items of one counterparty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ItemTotal {
    /// Their amounts in minor units.
    pub minor_units: u64,
    /// How many.
    pub items: u16,
}

impl ItemTotal {
    /// What is left of it without a part of it.
    #[must_use]
    pub fn less(self, part: Self) -> Self {
        Self {
            minor_units: self.minor_units.saturating_sub(part.minor_units),
            items: self.items.saturating_sub(part.items),
        }
    }
}

/// What [`scan`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The valid items' sums, in the order of the header's counterparties. Places past those are zero.
    pub totals: [ItemTotal; MAX_COUNTERPARTIES],
    /// The items left out, by index, and why.
    pub rejected: Vec<(u16, ItemFault)>,
    /// The limits of an item it was done with.
    pub limits: ItemLimits,
}

/// Checks and adds up the items of a batch whose header is valid.
///
/// Errors, in order: [`Error::InvalidBatch`] when
/// the bytes are not those of the header's number of items; [`Error::InvalidItems`] when more than
/// [`MAX_REJECTED`] items are invalid, or any is and the header says all or nothing;
/// [`Error::NetAmountTooLarge`] when a counterparty's sum is above 64 bits; [`Error::ControlSum`].
///
/// A UETR used twice is not looked for: that is the counterparty's to find, and to except.
#[inline(never)]
pub fn scan(header: &BatchHeader, items: &[u8], limits: ItemLimits) -> Result<Scan, Error> {
    if items.len() != usize::from(header.items).saturating_mul(ITEM_BYTES) {
        return Err(Error::InvalidBatch);
    }
    let most_rejected = if header.all_or_nothing { 0 } else { MAX_REJECTED };
    let of_listed = header.limits_of(&limits);
    let mut totals = [ItemTotal::default(); MAX_COUNTERPARTIES];
    let mut rejected = Vec::new();
    let mut sum: u128 = 0;
    let mut overflow = false;
    let (items, _) = items.as_chunks::<ITEM_BYTES>();
    for (item, index) in items.iter().zip(0u16..) {
        let minor_units = word(item, 16);
        // Cannot wrap: 2^16 items of 2^64.
        sum = sum.wrapping_add(u128::from(minor_units));
        match check(item, of_listed) {
            Ok(place) => {
                let Some(total) = totals.get_mut(place) else {
                    return Err(Error::InvalidBatch);
                };
                let (added, wrapped) = total.minor_units.overflowing_add(minor_units);
                overflow |= wrapped;
                total.minor_units = added;
                total.items = total.items.wrapping_add(1);
            }
            Err(_) if rejected.len() >= most_rejected => return Err(Error::InvalidItems),
            Err(fault) => rejected.push((index, fault)),
        }
    }
    if overflow {
        return Err(Error::NetAmountTooLarge);
    }
    if sum != header.control_sum {
        return Err(Error::ControlSum);
    }
    Ok(Scan {
        totals,
        rejected,
        limits,
    })
}

/// The place of a valid item's counterparty. Inlined: this is what each item costs.
#[inline(always)]
fn check(item: &[u8; ITEM_BYTES], limits: &[u64]) -> Result<usize, ItemFault> {
    // RFC 9562: version 4 in the high half of byte 6, variant 0b10 at the top of byte 8.
    if item[6] & 0xf0 != 0x40 || item[8] & 0xc0 != 0x80 {
        return Err(ItemFault::Uetr);
    }
    let minor_units = word(item, 16);
    if minor_units == 0 {
        return Err(ItemFault::ZeroAmount);
    }
    // Counterparty and reserved bytes as one number: reserved ones that are not zero make it large.
    let place = usize::try_from(word(item, 24)).unwrap_or(usize::MAX);
    match limits.get(place) {
        Some(limit) if minor_units <= *limit => Ok(place),
        Some(_) => Err(ItemFault::AboveLimit),
        None if place > 0xff => Err(ItemFault::Reserved),
        None => Err(ItemFault::Counterparty),
    }
}

/// Eight bytes of an item as a number, little endian.
#[inline(always)]
fn word(item: &[u8; ITEM_BYTES], at: usize) -> u64 {
    item.get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

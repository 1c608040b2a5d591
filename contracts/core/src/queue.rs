//! Saving liquidity: settling queued transfers of one currency against each other.
//!
//! A transfer its debtor agent cannot cover waits. What others pay may cover it, and payments in opposite
//! directions or round a circle may settle together where none of them could alone. [`resolve`] is the
//! procedure central banks describe for their settlement systems (Bech and Soramäki, "Gridlock resolution
//! in interbank payment systems", Bank of Finland 9/2001), in steps whose number is bounded.

use crate::{Error, ParticipantId, Seconds, Uetr};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most transfers resolved at a time.
pub const MAX_QUEUED: usize = 64;

/// The most of them one debtor agent has: a quarter, so that nobody without funds fills the queue for all others.
pub const MAX_QUEUED_PER_DEBTOR: usize = 16;

/// The most queued transfers in one stored value: 9 x 44 bytes and the length stay under pallet-revive's 416.
pub const QUEUED_PER_PAGE: usize = 9;

/// The largest amount in a queue, in minor units: a full queue of them still has a sum in 128 bits, so no
/// single transfer can spoil the sums of the others.
pub const MAX_QUEUED_MINOR_UNITS: u128 = u128::MAX >> 6;

/// A transfer waiting for funds. Nothing is reserved for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Queued {
    /// Which.
    pub uetr: Uetr,
    /// Who pays.
    pub debtor_agent: ParticipantId,
    /// Who is paid.
    pub creditor_agent: ParticipantId,
    /// How much, in minor units of the queue's currency.
    pub minor_units: u128,
    /// From this second on it is not settled.
    pub expires_at: Seconds,
}

impl Queued {
    /// What holds of any queued transfer, to be checked before it is queued. Errors, in order:
    /// [`Error::ZeroAmount`], [`Error::AmountOverflow`] above [`MAX_QUEUED_MINOR_UNITS`],
    /// [`Error::SameAgent`].
    pub fn validate(&self) -> Result<(), Error> {
        if self.minor_units == 0 {
            return Err(Error::ZeroAmount);
        }
        if self.minor_units > MAX_QUEUED_MINOR_UNITS {
            return Err(Error::AmountOverflow);
        }
        if self.debtor_agent == self.creditor_agent {
            return Err(Error::SameAgent);
        }
        Ok(())
    }
}

/// What a participant has available, in minor units of the queue's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidity {
    /// Who.
    pub participant: ParticipantId,
    /// How much.
    pub available: u128,
}

/// What can settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Places in the queue of what settles, in order of settlement. What [`resolve`] settles together it
    /// names one after the other; the whole is to be booked in one step.
    pub settled: Vec<usize>,
    /// Places in the queue of what has expired, in order.
    pub expired: Vec<usize>,
    /// What each participant has available afterwards, in the order given.
    pub positions: Vec<Liquidity>,
    /// The sum of what settles, in minor units.
    pub gross_minor_units: u128,
    /// How much of the participants' own money that took, in minor units: the sum, over those who have less
    /// than before, of how much less.
    pub liquidity_minor_units: u128,
}

/// Finds what of a queue can settle.
///
/// 1. FIFO: goes through the queue, oldest first, and settles what is covered. A transfer that is not
///    blocks the later ones of its debtor agent. Repeats while something settles.
/// 2. Bilateral offset: settles pairs in opposite directions that are covered together, earliest first,
///    whatever stands before them. Then step 1 again.
/// 3. Multilateral offset: takes all that are left as if settled together, and while that would leave a
///    participant below zero drops the latest transfer that participant has to pay. Settles what remains.
/// 4. Bypass: goes through what is left, oldest first, and settles what is covered, blocked or not. Repeats
///    while something settles.
///
/// Each step only adds to what the one before it settled, and the first is plain FIFO: so plain FIFO never
/// settles anything that this does not. Nobody goes below zero, nothing settles twice, and the same input
/// always has the same answer. With `n` transfers and `p` participants it takes at most a small multiple of
/// `n * (n + p)` steps.
///
/// Errors, in order: [`Error::TooMany`] above [`MAX_QUEUED`]; for the first transfer at fault those of
/// [`Queued::validate`], [`Error::UnknownParticipant`] when an agent has no position;
/// [`Error::AmountOverflow`] when all positions together do not fit 128 bits.
#[inline(never)]
pub fn resolve(queue: &[Queued], positions: &[Liquidity], now: Seconds) -> Result<Resolution, Error> {
    let mut work = Work::new(queue, positions, now)?;
    work.release(true)?;
    work.offset_pairs()?;
    work.release(true)?;
    work.offset_all()?;
    work.release(false)?;
    work.finish(queue, positions, now)
}

/// A transfer of the queue, with its agents' places among the positions.
#[derive(Clone, Copy)]
struct Item {
    debtor: usize,
    creditor: usize,
    minor_units: u128,
    waiting: bool,
}

/// Amounts in and out of one participant, were a set of transfers settled.
#[derive(Clone, Copy, Default)]
struct Flow {
    incoming: u128,
    outgoing: u128,
}

/// Sums of a queue's amounts fit: see [`MAX_QUEUED_MINOR_UNITS`].
impl Flow {
    fn gain(&mut self, minor_units: u128) {
        self.incoming = self.incoming.saturating_add(minor_units);
    }

    fn pay(&mut self, minor_units: u128) {
        self.outgoing = self.outgoing.saturating_add(minor_units);
    }
}

struct Work {
    items: Vec<Item>,
    available: Vec<u128>,
    settled: Vec<usize>,
}

impl Work {
    fn new(queue: &[Queued], positions: &[Liquidity], now: Seconds) -> Result<Self, Error> {
        if queue.len() > MAX_QUEUED {
            return Err(Error::TooMany);
        }
        let place = |participant: ParticipantId| {
            positions
                .iter()
                .position(|liquidity| liquidity.participant == participant)
                .ok_or(Error::UnknownParticipant)
        };
        let items = queue
            .iter()
            .map(|queued| {
                queued.validate()?;
                Ok(Item {
                    debtor: place(queued.debtor_agent)?,
                    creditor: place(queued.creditor_agent)?,
                    minor_units: queued.minor_units,
                    waiting: now < queued.expires_at,
                })
            })
            .collect::<Result<_, _>>()?;
        // What all have together never changes, so no position can overflow later.
        positions
            .iter()
            .try_fold(0u128, |sum, liquidity| sum.checked_add(liquidity.available))
            .ok_or(Error::AmountOverflow)?;
        Ok(Self {
            items,
            available: positions.iter().map(|liquidity| liquidity.available).collect(),
            settled: Vec::new(),
        })
    }

    fn item(&self, at: usize) -> Result<Item, Error> {
        self.items.get(at).copied().ok_or(Error::BooksBroken)
    }

    fn available(&self, place: usize) -> Result<u128, Error> {
        self.available.get(place).copied().ok_or(Error::BooksBroken)
    }

    /// Steps 1 and 4: settles what is covered, oldest first. With `in_order` a transfer that is not covered
    /// blocks the later ones of its debtor.
    ///
    /// Each pass but the last settles something, so there are at most as many as transfers, and one more.
    fn release(&mut self, in_order: bool) -> Result<(), Error> {
        loop {
            let before = self.settled.len();
            let mut blocked = Vec::new();
            blocked.resize(self.available.len(), false);
            for at in 0..self.items.len() {
                let item = self.item(at)?;
                let flag = blocked.get_mut(item.debtor).ok_or(Error::BooksBroken)?;
                if !item.waiting || (in_order && *flag) {
                    continue;
                }
                if self.available(item.debtor)? >= item.minor_units {
                    self.settle(&[at])?;
                } else {
                    *flag = true;
                }
            }
            if self.settled.len() == before {
                return Ok(());
            }
        }
    }

    /// Step 2: each transfer with the first later one in the opposite direction that it is covered with.
    fn offset_pairs(&mut self) -> Result<(), Error> {
        for first in 0..self.items.len() {
            for second in first.saturating_add(1)..self.items.len() {
                let (one, other) = (self.item(first)?, self.item(second)?);
                let opposite = one.debtor == other.creditor && one.creditor == other.debtor;
                if one.waiting && other.waiting && opposite && self.pair_covered(&one, &other)? {
                    self.settle(&[first, second])?;
                }
            }
        }
        Ok(())
    }

    /// Whether what one side pays is covered by what it has and gets; the other side gets the difference.
    fn pair_covered(&self, one: &Item, other: &Item) -> Result<bool, Error> {
        let (payer, net) = if one.minor_units >= other.minor_units {
            (one.debtor, one.minor_units.checked_sub(other.minor_units))
        } else {
            (other.debtor, other.minor_units.checked_sub(one.minor_units))
        };
        Ok(net.is_some_and(|net| self.available(payer).is_ok_and(|has| has >= net)))
    }

    fn flow(flows: &mut [Flow], place: usize) -> Result<&mut Flow, Error> {
        flows.get_mut(place).ok_or(Error::BooksBroken)
    }

    /// Step 3. Each round but the last drops a transfer.
    fn offset_all(&mut self) -> Result<(), Error> {
        let mut chosen: Vec<usize> = Vec::new();
        let mut flows: Vec<Flow> = Vec::new();
        flows.resize(self.available.len(), Flow::default());
        for (at, item) in self.items.iter().enumerate().filter(|(_, item)| item.waiting) {
            Self::flow(&mut flows, item.debtor)?.pay(item.minor_units);
            Self::flow(&mut flows, item.creditor)?.gain(item.minor_units);
            chosen.push(at);
        }
        while let Some(short) = self.first_short(&flows) {
            let latest = chosen
                .iter()
                .rposition(|at| self.item(*at).is_ok_and(|item| item.debtor == short))
                .ok_or(Error::BooksBroken)?;
            let item = self.item(chosen.remove(latest))?;
            let debtor = Self::flow(&mut flows, item.debtor)?;
            debtor.outgoing = debtor.outgoing.saturating_sub(item.minor_units);
            let creditor = Self::flow(&mut flows, item.creditor)?;
            creditor.incoming = creditor.incoming.saturating_sub(item.minor_units);
        }
        self.settle(&chosen)
    }

    /// The first participant that would go below zero.
    fn first_short(&self, flows: &[Flow]) -> Option<usize> {
        self.available.iter().zip(flows).position(|(available, flow)| {
            // A sum that does not fit 128 bits covers everything.
            available
                .checked_add(flow.incoming)
                .is_some_and(|has| has < flow.outgoing)
        })
    }

    /// Settles transfers together. Credits come first: within the set one may pay with what another brings.
    fn settle(&mut self, places: &[usize]) -> Result<(), Error> {
        let mut flows: Vec<Flow> = Vec::new();
        flows.resize(self.available.len(), Flow::default());
        for at in places {
            let item = self.items.get_mut(*at).filter(|item| item.waiting);
            let item = item.ok_or(Error::BooksBroken)?;
            item.waiting = false;
            Self::flow(&mut flows, item.debtor)?.pay(item.minor_units);
            Self::flow(&mut flows, item.creditor)?.gain(item.minor_units);
        }
        for (available, flow) in self.available.iter_mut().zip(flows) {
            let gained = flow.incoming.saturating_sub(flow.outgoing);
            let lost = flow.outgoing.saturating_sub(flow.incoming);
            *available = available
                .checked_add(gained)
                .and_then(|has| has.checked_sub(lost))
                .ok_or(Error::BooksBroken)?;
        }
        self.settled.extend_from_slice(places);
        Ok(())
    }

    fn finish(self, queue: &[Queued], before: &[Liquidity], now: Seconds) -> Result<Resolution, Error> {
        let gross_minor_units = self.settled.iter().try_fold(0u128, |sum, at| {
            sum.checked_add(self.item(*at)?.minor_units)
                .ok_or(Error::AmountOverflow)
        })?;
        let (mut positions, mut liquidity_minor_units) = (Vec::new(), 0u128);
        for (was, available) in before.iter().zip(&self.available) {
            // Parts of the sum of all positions, which fits.
            let used = was.available.saturating_sub(*available);
            liquidity_minor_units = liquidity_minor_units.saturating_add(used);
            positions.push(Liquidity {
                available: *available,
                ..*was
            });
        }
        let expired = queue.iter().enumerate();
        Ok(Resolution {
            expired: expired
                .filter(|(_, queued)| now >= queued.expires_at)
                .map(|(at, _)| at)
                .collect(),
            settled: self.settled,
            positions,
            gross_minor_units,
            liquidity_minor_units,
        })
    }
}

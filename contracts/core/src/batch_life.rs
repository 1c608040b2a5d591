//! The life of a batch: submitted by the debtor agent, then answered by each counterparty for its own sum.
//!
//! ```text
//! each counterparty's leg:   Pending -> Accepted (booked net) | Rejected | Cancelled | Expired
//! ```
//!
//! Nothing is reserved for a batch. From `expires_at` on a leg that is still pending cannot be accepted any more, and
//! anyone may expire it: what it counts against limits is given back.

use crate::batch::{
    BatchHeader, Item, ItemFault, ItemLimits, ItemTotal, Scan, MAX_COUNTERPARTIES, MAX_ITEM_MINOR_UNITS,
};
use crate::terms::validate_expiry;
use crate::{
    Caller, Currency, Error, Gate, NetPages, Outcome, ParticipantId, ReasonCode, Role, Seconds, WindowId,
};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Where one counterparty's part of a batch stands. Append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum LegStatus {
    /// Not answered.
    #[codec(index = 0)]
    Pending,
    /// Booked in the window, less what was excepted.
    #[codec(index = 1)]
    Accepted {
        /// The window it settles with.
        window: WindowId,
        /// The items the counterparty did not accept.
        excepted: ItemTotal,
        /// Which they are, as [`fingerprint`] tells.
        fingerprint: u64,
    },
    /// Refused by the counterparty.
    #[codec(index = 2)]
    Rejected(ReasonCode),
    /// Withdrawn by the debtor agent.
    #[codec(index = 3)]
    Cancelled(ReasonCode),
    /// Not answered in time.
    #[codec(index = 4)]
    Expired,
}

/// One counterparty's part of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Leg {
    /// The creditor agent.
    pub creditor_agent: ParticipantId,
    /// The valid items addressed to it.
    pub total: ItemTotal,
    /// The limit of an item for it that the batch was scanned with, in minor units.
    pub limit: u64,
    /// Where it stands.
    pub status: LegStatus,
}

/// What the contract records of a batch, under (debtor agent, number), for ever: at most 398 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct BatchRecord {
    /// The commitment to header and items.
    pub root: [u8; 32],
    /// The agent whose net position pays.
    pub debtor_agent: ParticipantId,
    /// The currency of all items.
    pub currency: Currency,
    /// When it was submitted.
    pub submitted_at: Seconds,
    /// From this second on it can no longer be accepted.
    pub expires_at: Seconds,
    /// The parts, in the order of the header's counterparties.
    pub legs: Vec<Leg>,
}

/// What happened to a batch: the content of its event.
#[must_use = "every change emits its event"]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum BatchChange {
    /// Submitted.
    #[codec(index = 0)]
    Submitted {
        /// The commitment to header and items.
        root: [u8; 32],
        /// The creditor agents and what is addressed to each.
        totals: Vec<(ParticipantId, ItemTotal)>,
        /// The items left out.
        rejected: Vec<(u16, ItemFault)>,
    },
    /// A counterparty accepted; its sum less the exceptions was booked.
    #[codec(index = 1)]
    Accepted {
        /// Who.
        creditor_agent: ParticipantId,
        /// The window it settles with.
        window: WindowId,
        /// What was booked, in minor units.
        minor_units: u64,
        /// The indices of the items it did not accept.
        excepted: Vec<u16>,
    },
    /// A counterparty refused its part.
    #[codec(index = 2)]
    Rejected {
        /// Who.
        creditor_agent: ParticipantId,
        /// Why.
        reason: ReasonCode,
    },
    /// The debtor agent withdrew what nobody had answered.
    #[codec(index = 3)]
    Cancelled(ReasonCode),
    /// What nobody had answered in time has expired.
    #[codec(index = 4)]
    Expired,
}

/// What to write for a change of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchUpdate {
    /// The new record.
    pub record: BatchRecord,
    /// The event.
    pub event: BatchChange,
}

/// What to write when a counterparty accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchAcceptance {
    /// The new record.
    pub record: BatchRecord,
    /// The two agents' pages.
    pub pages: NetPages,
    /// The event.
    pub event: BatchChange,
}

impl BatchRecord {
    /// The limits of an item it was scanned with. At places it has none for, what an item may be at most.
    #[must_use]
    pub fn limits(&self) -> ItemLimits {
        let mut limits = [MAX_ITEM_MINOR_UNITS; MAX_COUNTERPARTIES];
        for (limit, leg) in limits.iter_mut().zip(&self.legs) {
            *limit = leg.limit;
        }
        limits
    }

    /// What of it has ended without being booked, by counterparty: its part, where that was refused, withdrawn
    /// or has expired, and the items it excepted.
    #[must_use]
    pub fn ended(&self) -> [ItemTotal; MAX_COUNTERPARTIES] {
        let mut ended = [ItemTotal::default(); MAX_COUNTERPARTIES];
        for (ended, leg) in ended.iter_mut().zip(&self.legs) {
            *ended = match leg.status {
                LegStatus::Pending => ItemTotal::default(),
                LegStatus::Accepted { excepted, .. } => excepted,
                LegStatus::Rejected(_) | LegStatus::Cancelled(_) | LegStatus::Expired => leg.total,
            };
        }
        ended
    }

    /// The same, of what has ended since it was `before`.
    #[must_use]
    pub fn ended_since(&self, before: &[ItemTotal; MAX_COUNTERPARTIES]) -> [ItemTotal; MAX_COUNTERPARTIES] {
        let mut ended = self.ended();
        for (ended, before) in ended.iter_mut().zip(before) {
            *ended = ended.less(*before);
        }
        ended
    }
}

/// The most exceptions of one acceptance: they are listed in its event.
pub const MAX_EXCEPTIONS: usize = 128;

/// Whether the caller may submit a batch with this header, before the work of scanning it.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotDebtorAgent`], those of [`BatchHeader::validate`].
pub fn admissible(caller: &Caller, header: &BatchHeader) -> Result<(), Error> {
    caller.require(&[Role::Instructor])?;
    if caller.participant != header.debtor_agent {
        return Err(Error::NotDebtorAgent);
    }
    header.validate()
}

/// A submission by the debtor agent's instructor. Nothing moves.
///
/// `recorded` is the batch already recorded under the number, `last` the highest number so far. `root` is
/// that of the header and the scanned items. Errors, in order: those of [`admissible`] (and, before this
/// rule, of [`scan`](crate::batch::scan)); [`Error::BatchConflict`] when the number is recorded with
/// another root, [`Error::BatchNumber`]; [`Error::Paused`], [`Error::UnknownParticipant`],
/// [`Error::ParticipantSuspended`], [`Error::ExpiryPassed`], [`Error::ExpiryTooFar`].
#[allow(clippy::too_many_arguments)] // Everything a pure rule may look at is an argument.
#[inline(never)]
pub fn submit(
    last: Option<u32>,
    recorded: Option<BatchRecord>,
    gate: &Gate,
    caller: &Caller,
    header: &BatchHeader,
    scan: Scan,
    root: [u8; 32],
    now: Seconds,
) -> Result<Outcome<BatchUpdate, BatchRecord>, Error> {
    admissible(caller, header)?;
    match recorded {
        Some(record) if record.root == root => return Ok(Outcome::Repeated(record)),
        Some(_) => return Err(Error::BatchConflict),
        None => {}
    }
    if last.is_some_and(|last| header.number <= last) {
        return Err(Error::BatchNumber);
    }
    gate.open()?;
    for agent in &header.counterparties {
        gate.admitted(*agent)?;
    }
    gate.active(header.debtor_agent)?;
    for agent in &header.counterparties {
        gate.active(*agent)?;
    }
    validate_expiry(header.expires_at, now)?;
    let sums = || header.counterparties.iter().copied().zip(scan.totals);
    let legs = sums()
        .zip(scan.limits)
        .map(|((creditor_agent, total), limit)| Leg {
            creditor_agent,
            total,
            limit,
            status: LegStatus::Pending,
        });
    Ok(Outcome::Recorded(BatchUpdate {
        record: BatchRecord {
            root,
            debtor_agent: header.debtor_agent,
            currency: header.currency,
            submitted_at: now,
            expires_at: header.expires_at,
            legs: legs.collect(),
        },
        event: BatchChange::Submitted {
            root,
            totals: sums().collect(),
            rejected: scan.rejected,
        },
    }))
}

/// Whether the caller may accept a part of the batch, before the work of checking exceptions: its place and the part.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`].
pub fn may_accept(record: &BatchRecord, caller: &Caller) -> Result<(usize, Leg), Error> {
    caller.require(&[Role::Approver])?;
    leg_of(record, caller)
}

/// Acceptance by a counterparty's approver: the sum of its items less the exceptions is booked once in
/// `window`, the one open at `now`.
///
/// `exceptions` are proven items of the batch with their indices, rising. Errors, in order:
/// those of [`may_accept`] (and, before this rule, of the proofs), [`Error::InvalidException`],
/// [`Error::BatchConflict`] when accepted with other exceptions (with the same it is a repeat),
/// [`Error::WrongStatus`] unless pending, [`Error::Expired`], those of [`NetPages::post`].
#[inline(never)]
pub fn accept_batch(
    mut record: BatchRecord,
    caller: &Caller,
    exceptions: &[(u16, Item)],
    mut pages: NetPages,
    window: WindowId,
    now: Seconds,
) -> Result<Outcome<BatchAcceptance, BatchRecord>, Error> {
    let (place, leg) = may_accept(&record, caller)?;
    let excepted = sum_of(exceptions, place, leg.total)?;
    let fingerprint = fingerprint(exceptions);
    match leg.status {
        LegStatus::Pending => {}
        LegStatus::Accepted {
            excepted: known,
            fingerprint: of_known,
            ..
        } => {
            return if (known, of_known) == (excepted, fingerprint) {
                Ok(Outcome::Repeated(record))
            } else {
                Err(Error::BatchConflict)
            };
        }
        _ => return Err(Error::WrongStatus),
    }
    if now >= record.expires_at {
        return Err(Error::Expired);
    }
    let minor_units = leg.total.less(excepted).minor_units;
    pages.post(
        record.debtor_agent,
        leg.creditor_agent,
        u128::from(minor_units),
        window,
    )?;
    if let Some(leg) = record.legs.get_mut(place) {
        leg.status = LegStatus::Accepted {
            window,
            excepted,
            fingerprint,
        };
    }
    Ok(Outcome::Recorded(BatchAcceptance {
        record,
        pages,
        event: BatchChange::Accepted {
            creditor_agent: caller.participant,
            window,
            minor_units,
            excepted: exceptions.iter().map(|(index, _)| *index).collect(),
        },
    }))
}

/// Rejection of its part by a counterparty's approver or compliance.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongStatus`] unless
/// pending (already rejected for the same reason is a repeat).
pub fn reject_batch(
    mut record: BatchRecord,
    caller: &Caller,
    reason: ReasonCode,
) -> Result<Outcome<BatchUpdate, BatchRecord>, Error> {
    caller.require(&[Role::Approver, Role::Compliance])?;
    let (place, leg) = leg_of(&record, caller)?;
    match leg.status {
        LegStatus::Pending => {}
        LegStatus::Rejected(known) if known == reason => return Ok(Outcome::Repeated(record)),
        _ => return Err(Error::WrongStatus),
    }
    if let Some(leg) = record.legs.get_mut(place) {
        leg.status = LegStatus::Rejected(reason);
    }
    let event = BatchChange::Rejected {
        creditor_agent: caller.participant,
        reason,
    };
    Ok(Outcome::Recorded(BatchUpdate { record, event }))
}

/// Cancellation by the debtor agent's instructor or compliance of every part that is still pending.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotDebtorAgent`], [`Error::WrongStatus`] when no part
/// is pending (some already cancelled for the same reason is a repeat).
pub fn cancel_batch(
    record: BatchRecord,
    caller: &Caller,
    reason: ReasonCode,
) -> Result<Outcome<BatchUpdate, BatchRecord>, Error> {
    caller.require(&[Role::Instructor, Role::Compliance])?;
    if caller.participant != record.debtor_agent {
        return Err(Error::NotDebtorAgent);
    }
    let event = BatchChange::Cancelled(reason);
    end_pending(record, LegStatus::Cancelled(reason), event, true)
}

/// Expiry by anyone of every part that nobody answered in time.
///
/// Errors, in order: [`Error::WrongStatus`] when no part is pending (some already expired is a repeat),
/// [`Error::NotYetExpired`].
pub fn expire_batch(record: BatchRecord, now: Seconds) -> Result<Outcome<BatchUpdate, BatchRecord>, Error> {
    let expired = now >= record.expires_at;
    end_pending(record, LegStatus::Expired, BatchChange::Expired, expired)
}

/// Ends every part that is still pending, if it `may`; otherwise [`Error::NotYetExpired`]. [`Error::WrongStatus`] when
/// none is, unless some ended this way: that is a repeat.
#[inline(never)]
fn end_pending(
    mut record: BatchRecord,
    end: LegStatus,
    event: BatchChange,
    may: bool,
) -> Result<Outcome<BatchUpdate, BatchRecord>, Error> {
    let is = |status: LegStatus| record.legs.iter().any(|leg| leg.status == status);
    if !is(LegStatus::Pending) {
        return if is(end) {
            Ok(Outcome::Repeated(record))
        } else {
            Err(Error::WrongStatus)
        };
    }
    if !may {
        return Err(Error::NotYetExpired);
    }
    let legs = record.legs.iter_mut();
    for leg in legs.filter(|leg| leg.status == LegStatus::Pending) {
        leg.status = end;
    }
    Ok(Outcome::Recorded(BatchUpdate { record, event }))
}

/// Tells which items were excepted: FNV-1a of their indices, 64 bits; zero for none.
///
/// Against a mistaken repeat, not against somebody who looks for another list with the same answer: only the
/// counterparty itself could, and would mislead nobody else.
#[must_use]
pub fn fingerprint(exceptions: &[(u16, Item)]) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    if exceptions.is_empty() {
        return 0;
    }
    let indices = exceptions.iter().flat_map(|(index, _)| index.to_le_bytes());
    indices.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// The caller's participant's part and its place.
fn leg_of(record: &BatchRecord, caller: &Caller) -> Result<(usize, Leg), Error> {
    let mut legs = record.legs.iter().take(MAX_COUNTERPARTIES).enumerate();
    legs.find(|(_, leg)| leg.creditor_agent == caller.participant)
        .map(|(place, leg)| (place, *leg))
        .ok_or(Error::NotCreditorAgent)
}

/// The sum of exceptions that are rising items of the part at `place`; [`Error::InvalidException`].
fn sum_of(exceptions: &[(u16, Item)], place: usize, total: ItemTotal) -> Result<ItemTotal, Error> {
    if exceptions.len() > MAX_EXCEPTIONS {
        return Err(Error::InvalidException);
    }
    let mut sum = ItemTotal::default();
    let mut before = None;
    for (index, item) in exceptions {
        let rising = before.is_none_or(|before| before < *index);
        let own = usize::from(item.counterparty) == place;
        sum.minor_units = sum.minor_units.saturating_add(item.minor_units);
        sum.items = sum.items.saturating_add(1);
        if !rising || !own || sum.minor_units > total.minor_units || sum.items > total.items {
            return Err(Error::InvalidException);
        }
        before = Some(*index);
    }
    Ok(sum)
}

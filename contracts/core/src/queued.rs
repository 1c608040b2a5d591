//! The life of a transfer that may wait for cover: accepted at once or queued, then settled from the queue.

use crate::queue::{Queued, Resolution, MAX_QUEUED, MAX_QUEUED_PER_DEBTOR};
use crate::transfer::{creditor_side, pending};
use crate::{
    Books, Caller, ChargedTransfer, Currency, Error, Leg, Outcome, Position, Purpose, Role, Seconds,
    SettlementMethod, Transfer, TransferStatus, Uetr,
};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What to write when such a transfer is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueChange {
    /// The transfer's new record: settled or queued.
    pub record: ChargedTransfer,
    /// The new positions.
    pub books: Books,
    /// What to append to the queue, unless it settled.
    pub waiting: Option<Queued>,
    /// The legs of its fees, if it settled.
    pub fees: Vec<Leg>,
}

/// Acceptance by the creditor agent's approver. It settles if the debtor agent has cover and no earlier
/// transfer waiting; otherwise it is queued. That the creditor agent wants it is final either way.
///
/// `queue` is the currency's. What has expired in it waits for nothing any more, so it neither stands before
/// another transfer nor takes a place. Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`],
/// [`Error::WrongMethod`], [`Error::WrongStatus`] unless pending (queued or settled already is a repeat),
/// [`Error::Expired`], [`Error::QueueShare`], [`Error::QueueFull`], those of [`Queued::validate`],
/// [`Error::InsufficientFunds`] (the creditor agent's fee), [`Error::AmountOverflow`].
#[inline(never)]
pub fn accept_queued(
    uetr: Uetr,
    record: ChargedTransfer,
    caller: &Caller,
    mut books: Books,
    queue: &[Queued],
    now: Seconds,
) -> Result<Outcome<QueueChange, Transfer>, Error> {
    let transfer = record.transfer;
    let terms = &transfer.terms;
    creditor_side(&transfer, caller, &[Role::Approver])?;
    if terms.settlement_method != SettlementMethod::QueuedGross {
        return Err(Error::WrongMethod);
    }
    if transfer.status.has_settled() || transfer.status == TransferStatus::Queued {
        return Ok(Outcome::Repeated(transfer));
    }
    pending(&transfer)?;
    if now >= terms.expires_at {
        return Err(Error::Expired);
    }
    let waiting = || queue.iter().filter(|queued| now < queued.expires_at);
    let share = waiting()
        .filter(|queued| queued.debtor_agent == terms.debtor_agent)
        .count();
    let available = books.get(terms.debtor_agent, terms.currency())?.available;
    if share == 0 && available >= terms.minor_units() {
        books.pay_available(&Leg {
            from: terms.debtor_agent,
            to: terms.creditor_agent,
            money: terms.interbank_settlement_amount,
            purpose: Purpose::Debited,
        })?;
        let fees = record.charges.pay(terms, transfer.status, &mut books)?;
        return Ok(Outcome::Recorded(QueueChange {
            record: record.with_status(TransferStatus::Settled, now),
            books,
            waiting: None,
            fees,
        }));
    }
    if share >= MAX_QUEUED_PER_DEBTOR {
        return Err(Error::QueueShare);
    }
    if waiting().count() >= MAX_QUEUED {
        return Err(Error::QueueFull);
    }
    let waiting = Queued {
        uetr,
        debtor_agent: terms.debtor_agent,
        creditor_agent: terms.creditor_agent,
        minor_units: terms.minor_units(),
        expires_at: terms.expires_at,
    };
    waiting.validate()?;
    record.charges.reserve_creditor(terms, &mut books)?;
    Ok(Outcome::Recorded(QueueChange {
        record: record.with_status(TransferStatus::Queued, now),
        books,
        waiting: Some(waiting),
        fees: Vec::new(),
    }))
}

/// What one resolution of a queue did: the content of its event. Amounts in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueueReport {
    /// How many transfers settled.
    pub settled: u16,
    /// How many had expired.
    pub expired: u16,
    /// How many still wait.
    pub waiting: u16,
    /// The sum of what settled.
    pub gross_minor_units: u128,
    /// How much of the debtor agents' own money that took.
    pub liquidity_minor_units: u128,
}

impl QueueReport {
    /// Describes a resolution of a queue of `queued` transfers.
    #[must_use]
    pub fn of(resolution: &Resolution, queued: usize) -> Self {
        let count = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        let gone = resolution.settled.len().saturating_add(resolution.expired.len());
        Self {
            settled: count(resolution.settled.len()),
            expired: count(resolution.expired.len()),
            waiting: count(queued.saturating_sub(gone)),
            gross_minor_units: resolution.gross_minor_units,
            liquidity_minor_units: resolution.liquidity_minor_units,
        }
    }
}

/// Books what a resolution settles, all at once.
///
/// Errors: [`Error::BooksBroken`] when a position was not loaded, [`Error::AmountOverflow`] when what
/// somebody has, reserved included, no longer fits.
pub fn book(resolution: &Resolution, currency: Currency, books: &mut Books) -> Result<(), Error> {
    for liquidity in &resolution.positions {
        let Position { reserved, .. } = books.get(liquidity.participant, currency)?;
        let position = Position {
            available: liquidity.available,
            reserved,
        };
        position.total()?;
        books.set(liquidity.participant, currency, position)?;
    }
    Ok(())
}

/// Settles one queued transfer whose amount [`book`] has moved: its fees are paid, its record changes.
/// [`Error::BooksBroken`] unless queued.
pub fn settle(
    record: ChargedTransfer,
    books: &mut Books,
    now: Seconds,
) -> Result<(ChargedTransfer, Vec<Leg>), Error> {
    let Transfer { terms, status, .. } = record.transfer;
    if status != TransferStatus::Queued {
        return Err(Error::BooksBroken);
    }
    let fees = record.charges.pay(&terms, status, books)?;
    Ok((record.with_status(TransferStatus::Settled, now), fees))
}

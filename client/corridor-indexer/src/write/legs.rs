//! Movements: each bucket's change and what it holds after it.

use super::{
    books::{Books, Place, Position, Problem},
    rows::row,
    table,
};
use crate::query::movements::{Balances, Bucket};
use crate::EventId;
use corridor_client::core::{self, Currency, ParticipantId, Purpose, Uetr, WindowId};

/// What the legs of one event have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub(crate) kind: &'static str,
    pub(crate) currency: Currency,
    pub(crate) uetr: Option<Uetr>,
    pub(crate) reference: Option<[u8; 16]>,
    pub(crate) batch: Option<EventId>,
    pub(crate) window: Option<WindowId>,
    /// Balances may be below zero until the end of the call: what settles together moved at once.
    pub(crate) together: bool,
}

impl Cause {
    pub(crate) fn new(kind: &'static str, currency: Currency) -> Self {
        Self {
            kind,
            currency,
            uetr: None,
            reference: None,
            batch: None,
            window: None,
            together: false,
        }
    }
}

/// One bucket's change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) participant: ParticipantId,
    pub(crate) bucket: Bucket,
    pub(crate) amount: i128,
    pub(crate) counterparty: Option<ParticipantId>,
    pub(crate) purpose: Option<Purpose>,
    /// Where it is not the cause's.
    pub(crate) kind: Option<&'static str>,
    /// Where it is not the cause's.
    pub(crate) currency: Option<Currency>,
    /// Where it is not the cause's.
    pub(crate) window: Option<WindowId>,
}

impl Leg {
    pub(crate) fn new(participant: ParticipantId, bucket: Bucket, amount: i128) -> Self {
        Self {
            participant,
            bucket,
            amount,
            counterparty: None,
            purpose: None,
            kind: None,
            currency: None,
            window: None,
        }
    }

    pub(crate) fn with(self, counterparty: ParticipantId) -> Self {
        Self {
            counterparty: Some(counterparty),
            ..self
        }
    }

    /// In a currency of its own, for a purpose.
    pub(crate) fn of(self, currency: Currency, purpose: Purpose) -> Self {
        Self {
            currency: Some(currency),
            purpose: Some(purpose),
            ..self
        }
    }

    /// Both sides of money that one participant pays another out of a bucket.
    pub(crate) fn paid(from: Bucket, leg: &core::Leg) -> Result<[Self; 2], Problem> {
        let amount = signed(leg.money.minor_units)?;
        let (currency, purpose) = (leg.money.currency, leg.purpose);
        Ok([
            Self::new(leg.from, from, -amount)
                .with(leg.to)
                .of(currency, purpose),
            Self::new(leg.to, Bucket::Available, amount)
                .with(leg.from)
                .of(currency, purpose),
        ])
    }

    /// Both sides of money that moves between two buckets of who is going to pay it.
    pub(crate) fn moved(from: Bucket, to: Bucket, leg: &core::Leg) -> Result<[Self; 2], Problem> {
        let amount = signed(leg.money.minor_units)?;
        let side = |bucket, amount| {
            let side = Self::new(leg.from, bucket, amount).with(leg.to);
            side.of(leg.money.currency, leg.purpose)
        };
        Ok([side(from, -amount), side(to, amount)])
    }
}

/// The purpose's name in the index.
pub(crate) fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Debited => "debited",
        Purpose::Credited => "credited",
        Purpose::DebtorFee => "debtor_fee",
        Purpose::CreditorFee => "creditor_fee",
        Purpose::SentBack => "sent_back",
        Purpose::GivenBack => "given_back",
    }
}

/// An amount as a leg counts it.
pub(crate) fn signed(minor_units: u128) -> Result<i128, Problem> {
    i128::try_from(minor_units)
        .map_err(|_| format!("{minor_units} minor units are more than the index counts"))
}

impl Books {
    /// What a participant holds.
    pub(crate) fn balances(&self, participant: ParticipantId, currency: Currency) -> Balances {
        let position = self.positions.get(&(participant, currency));
        position.map(|position| position.balances).unwrap_or_default()
    }

    /// Books the legs of an event: all of them or, with a problem, none.
    pub(crate) fn post(&mut self, place: &Place, cause: &Cause, legs: &[Leg]) -> Result<(), Problem> {
        let (mut rows, mut moved) = (Vec::with_capacity(legs.len()), Vec::new());
        for (leg, ordinal) in legs.iter().filter(|leg| leg.amount != 0).zip(0usize..) {
            let id = place
                .id
                .with_ordinal(ordinal)
                .ok_or("more legs than an event has room for")?;
            let currency = leg.currency.unwrap_or(cause.currency);
            let key = (leg.participant, currency);
            let balances = match moved.iter_mut().find(|(of, _)| *of == key) {
                Some((_, balances)) => balances,
                None => {
                    moved.push((key, self.balances(leg.participant, currency)));
                    let (_, balances) = moved.last_mut().ok_or("no position")?;
                    balances
                }
            };
            let balance = balances.get_mut(leg.bucket);
            *balance = balance
                .checked_add(leg.amount)
                .ok_or("a balance is more than the index counts")?;
            // What is added to a balance below zero did not bring it there.
            if *balance < 0 && leg.amount < 0 && leg.bucket != Bucket::Net && !cause.together {
                return Err(missing(leg.participant, currency, leg.bucket, *balance));
            }
            rows.push(row![
                id.0,
                id.block(),
                place.at,
                leg.participant.0,
                currency.as_str(),
                leg.bucket.name(),
                leg.kind.unwrap_or(cause.kind),
                leg.purpose.map(purpose_name),
                leg.amount,
                *balance,
                leg.counterparty.map(|other| other.0),
                cause.uetr.map(|uetr| uetr.to_string()),
                cause.reference.as_ref(),
                cause.batch.map(|batch| batch.0),
                leg.window.or(cause.window).map(|window| window.0),
            ]);
        }
        for ((participant, currency), balances) in moved {
            let position = self.position(participant, currency, place);
            position.balances = balances;
        }
        for row in rows {
            self.add(&table::LEGS, row);
        }
        Ok(())
    }

    /// After what settled together: nobody may be left with less than nothing.
    pub(crate) fn covered(&self, currency: Currency) -> Result<(), Problem> {
        let below = self
            .positions
            .iter()
            .filter(|((_, of), position)| *of == currency && position.balances.available < 0)
            .map(|((participant, _), position)| (*participant, position.balances.available))
            .min();
        match below {
            Some((participant, balance)) => Err(missing(participant, currency, Bucket::Available, balance)),
            None => Ok(()),
        }
    }

    /// A position that is about to change.
    pub(crate) fn position(
        &mut self,
        participant: ParticipantId,
        currency: Currency,
        place: &Place,
    ) -> &mut Position {
        let key = (participant, currency);
        let new = || Position {
            balances: Balances::default(),
            cap: 0,
            updated: place.id,
        };
        let position = self.positions.entry(key, new);
        position.updated = place.id;
        position
    }
}

fn missing(participant: ParticipantId, currency: Currency, bucket: Bucket, balance: i128) -> Problem {
    format!(
        "participant {participant} would hold {balance} {currency} in {bucket}: an earlier event is missing"
    )
}

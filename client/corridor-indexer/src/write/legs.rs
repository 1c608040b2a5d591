//! Movements: each bucket's change and what it holds after it.

use super::{
    books::{Books, Place, Position, Problem},
    rows::row,
    table,
};
use crate::query::movements::{Balances, Bucket};
use crate::EventId;
use corridor_client::core::{Currency, ParticipantId, Uetr, WindowId};

/// What the legs of one event have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub(crate) kind: &'static str,
    pub(crate) currency: Currency,
    pub(crate) uetr: Option<Uetr>,
    pub(crate) reference: Option<[u8; 16]>,
    pub(crate) batch: Option<EventId>,
    pub(crate) window: Option<WindowId>,
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
            window: None,
        }
    }

    pub(crate) fn with(self, counterparty: ParticipantId) -> Self {
        Self {
            counterparty: Some(counterparty),
            ..self
        }
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
            let balances = match moved.iter_mut().find(|(of, _)| *of == leg.participant) {
                Some((_, balances)) => balances,
                None => {
                    moved.push((leg.participant, self.balances(leg.participant, cause.currency)));
                    let (_, balances) = moved.last_mut().ok_or("no position")?;
                    balances
                }
            };
            let balance = balances.get_mut(leg.bucket);
            *balance = balance
                .checked_add(leg.amount)
                .ok_or("a balance is more than the index counts")?;
            if *balance < 0 && leg.bucket != Bucket::Net {
                return Err(format!(
                    "participant {} would hold {balance} {} in {}: an earlier event is missing",
                    leg.participant, cause.currency, leg.bucket
                ));
            }
            rows.push(row![
                id.0,
                id.block(),
                place.at,
                leg.participant.0,
                cause.currency.as_str(),
                leg.bucket.name(),
                cause.kind,
                leg.amount,
                *balance,
                leg.counterparty.map(|other| other.0),
                cause.uetr.map(|uetr| uetr.to_string()),
                cause.reference.as_ref(),
                cause.batch.map(|batch| batch.0),
                leg.window.or(cause.window).map(|window| window.0),
            ]);
        }
        for (participant, balances) in moved {
            let position = self.position(participant, cause.currency, place);
            position.balances = balances;
        }
        for row in rows {
            self.add(&table::LEGS, row);
        }
        Ok(())
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

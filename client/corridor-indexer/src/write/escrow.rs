//! What a deposit or withdrawal means for the books.

use super::{
    books::{Books, Place, Problem},
    legs::{signed, Cause, Leg},
    rows::row,
    table,
};
use crate::query::movements::Bucket;
use corridor_client::{core::MovementKind, EscrowMoved};

impl Books {
    pub(crate) fn take_escrow(&mut self, place: &Place, event: &EscrowMoved) -> Result<(), Problem> {
        let minor_units = event.movement.amount.minor_units;
        let (kind, amount) = match event.movement.kind {
            MovementKind::Deposit => ("deposit", signed(minor_units)?),
            MovementKind::Withdrawal => ("withdrawal", -signed(minor_units)?),
        };
        let cause = Cause {
            reference: Some(event.reference.0),
            ..Cause::new(kind, event.currency)
        };
        let leg = Leg::new(event.participant, Bucket::Available, amount);
        self.post(place, &cause, &[leg])?;
        self.add(
            &table::OPERATIONS,
            row![
                event.participant.0,
                &event.reference.0,
                kind,
                event.currency.as_str(),
                minor_units,
                None::<String>,
                place.at,
                place.id.0,
            ],
        );
        Ok(())
    }
}

//! What a change of net settlement means for the books.

use super::{
    books::{Books, Place, Problem},
    legs::{signed, Cause, Leg},
    rows::row,
    table,
};
use crate::query::movements::Bucket;
use corridor_client::{
    core::{CollateralKind, CollateralMovement, Currency, NetChange, ParticipantId, WindowStatus},
    NettingRecorded,
};

impl Books {
    /// `reference` is what the call says: the event does not repeat it.
    pub(crate) fn take_netting(
        &mut self,
        place: &Place,
        event: &NettingRecorded,
        reference: Option<[u8; 16]>,
    ) -> Result<(), Problem> {
        let currency = event.currency;
        #[allow(unreachable_patterns)] // A later version of the contract may have more.
        match &event.change {
            NetChange::Collateral {
                participant,
                movement,
                collateral_minor_units,
            } => {
                self.collateral(place, *participant, currency, movement, reference)?;
                let held = self.balances(*participant, currency).collateral;
                if held != i128::from(*collateral_minor_units) {
                    return Err(format!(
                        "the collateral is {collateral_minor_units} by the event, {held} by those before"
                    ));
                }
                Ok(())
            }
            NetChange::CapSet {
                participant,
                cap_minor_units,
            } => {
                self.position(*participant, currency, place).cap = *cap_minor_units;
                Ok(())
            }
            NetChange::Results { window, results } => {
                self.results
                    .entry((currency, *window))
                    .or_default()
                    .extend(results);
                Ok(())
            }
            NetChange::Ended(record) => {
                let results = self
                    .results
                    .remove(&(currency, record.window))
                    .unwrap_or_default();
                match record.status {
                    WindowStatus::Settled => self.settle_window(place, currency, record, &results),
                    WindowStatus::Aborted => self.abort_window(place, currency, record, &results),
                    _ => Err("a window ends settled or aborted".into()),
                }
            }
            _ => Err("this version does not know what such a change means".into()),
        }
    }

    fn collateral(
        &mut self,
        place: &Place,
        participant: ParticipantId,
        currency: Currency,
        movement: &CollateralMovement,
        reference: Option<[u8; 16]>,
    ) -> Result<(), Problem> {
        let minor_units = movement.amount.minor_units;
        let (leg_kind, kind, amount) = match movement.kind {
            CollateralKind::Pledge => ("pledge", "pledge", signed(minor_units)?),
            CollateralKind::Release => ("collateral_release", "release", -signed(minor_units)?),
        };
        let cause = Cause {
            reference,
            ..Cause::new(leg_kind, currency)
        };
        let legs = [
            Leg::new(participant, Bucket::Available, -amount),
            Leg::new(participant, Bucket::Collateral, amount),
        ];
        self.post(place, &cause, &legs)?;
        match reference {
            Some(reference) => self.add(
                &table::OPERATIONS,
                row![
                    participant.0,
                    &reference,
                    kind,
                    currency.as_str(),
                    minor_units,
                    None::<String>,
                    place.at,
                    place.id.0,
                ],
            ),
            None => self
                .remark("its reference is not in the extrinsic, or one of several: a contract made the call"),
        }
        Ok(())
    }
}

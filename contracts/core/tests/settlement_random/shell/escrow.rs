//! Escrow, collateral and windows.

use super::{Answer, Done};
use crate::store::Store;
use corridor_core::closing::{Closing, Ending};
use corridor_core::{
    collateral, movement, Caller, CollateralKind, Currency, Error, Money, MovementKind, NetPage, NetResult,
    Operation, Outcome, Reference, WindowId, WindowRecord,
};
use std::collections::BTreeMap;

impl Store {
    pub fn move_money(
        &mut self,
        caller: &Caller,
        reference: Reference,
        kind: MovementKind,
        amount: Money,
    ) -> Answer {
        let id = caller.participant;
        let known = self.operation(id, reference).map(Operation::movement);
        let position = self.position(id, amount.currency);
        match movement::book(known, &self.gate, caller, position, kind, amount, self.now)? {
            Outcome::Recorded(change) => {
                self.write_operation(id, reference, Operation::Movement(change.movement));
                self.set_position(id, amount.currency, change.position);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    pub fn move_collateral(
        &mut self,
        caller: &Caller,
        reference: Reference,
        kind: CollateralKind,
        amount: Money,
    ) -> Answer {
        let (id, currency) = (caller.participant, amount.currency);
        let known = self.operation(id, reference).map(Operation::collateral);
        let (position, entry) = (self.position(id, currency), self.entry(id, currency));
        let (gate, now) = (&self.gate, self.now);
        match collateral::book(known, gate, caller, position, entry, kind, amount, now)? {
            Outcome::Recorded(change) => {
                self.write_operation(id, reference, Operation::Collateral(change.movement));
                self.set_position(id, currency, change.position);
                self.set_entry(id, currency, change.entry);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    /// Ends a window; the record and everybody's results, or `None` for a repeat.
    pub fn end_window(
        &mut self,
        currency: Currency,
        window: WindowId,
        ending: Ending,
    ) -> Result<Option<(WindowRecord, Vec<NetResult>)>, Error> {
        let recorded = self.windows().get(&(currency, window)).copied();
        let begun = Closing::begin(recorded, &self.gate, &self.schedule, window, ending, self.now)?;
        let Outcome::Recorded(mut closing) = begun else {
            return Ok(None);
        };
        let (mut results, mut nets, mut positions) = (Vec::new(), Vec::new(), BTreeMap::new());
        for number in 0..closing.pages() {
            let mut net = self.net_page(currency, number).clone();
            if closing.concerns(&net) {
                let place = NetPage::positions_of(number);
                let held = positions.entry(place);
                let held = held.or_insert_with(|| self.position_page(currency, place).clone());
                results.extend(closing.page(&mut net, held)?);
                nets.push((number, net));
            } else {
                closing.skip(&net)?;
            }
        }
        let record = closing.finish()?;
        for (number, net) in nets {
            self.write_net(currency, number, net);
        }
        for (number, held) in positions {
            self.write_positions(currency, number, held);
        }
        self.write_window(currency, record);
        Ok(Some((record, results)))
    }
}

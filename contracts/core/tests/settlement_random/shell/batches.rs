//! Clearing batches.

use super::{cheap_hash, Answer, Done};
use crate::store::{Scope, Store};
use corridor_core::batch::{scan, ItemLimits, ItemTotal, MAX_COUNTERPARTIES, MAX_ITEM_MINOR_UNITS};
use corridor_core::batch_life::{self, BatchUpdate};
use corridor_core::batch_limits::{self, Count};
use corridor_core::{
    batch_proof, BatchHeader, BatchRecord, Caller, Error, Item, Limited, Outcome, ParticipantId, ReasonCode,
};

/// Sums by counterparty.
type Totals = [ItemTotal; MAX_COUNTERPARTIES];

impl Store {
    pub fn submit(&mut self, caller: &Caller, header: &BatchHeader, items: &[u8]) -> Answer {
        batch_life::admissible(caller, header)?;
        let debtor = header.debtor_agent;
        let known = self.batches().get(&(debtor, header.number)).cloned();
        let limits = match &known {
            Some(record) => record.limits(),
            None => {
                self.known_currency(header.currency)?;
                self.item_limits(header)
            }
        };
        let found = scan(header, items, limits)?;
        let totals = found.totals;
        let root = batch_proof::root(header, items, &mut cheap_hash);
        let last = self.batches().range((debtor, 0)..=(debtor, u32::MAX)).next_back();
        let last = last.map(|((_, number), _)| *number);
        let now = self.now;
        match batch_life::submit(last, known, &self.gate, caller, header, found, root, now)? {
            Outcome::Recorded(BatchUpdate { record, .. }) => {
                self.count(&record, &totals, Count::Take)?;
                self.write_batch(header.number, &record);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    pub fn batch(&self, debtor: ParticipantId, number: u32) -> Result<BatchRecord, Error> {
        let record = self.batches().get(&(debtor, number)).cloned();
        record.ok_or(Error::UnknownBatch)
    }

    pub fn accept_batch(
        &mut self,
        caller: &Caller,
        debtor: ParticipantId,
        number: u32,
        exceptions: &[(u16, Item)],
    ) -> Answer {
        let record = self.batch(debtor, number)?;
        let window = self.schedule.window_of(self.now);
        let (currency, creditor) = (record.currency, caller.participant);
        let before = record.ended();
        let pages = self.pages(currency, debtor, creditor, window)?;
        match batch_life::accept_batch(record, caller, exceptions, pages, window, self.now)? {
            Outcome::Recorded(change) => {
                self.write_pages(currency, debtor, creditor, change.pages);
                self.count(
                    &change.record,
                    &change.record.ended_since(&before),
                    Count::GiveBack,
                )?;
                self.write_batch(number, &change.record);
                Ok(Done::Recorded)
            }
            Outcome::Repeated(_) => Ok(Done::Repeated),
        }
    }

    pub fn reject_batch(
        &mut self,
        caller: &Caller,
        debtor: ParticipantId,
        number: u32,
        reason: ReasonCode,
    ) -> Answer {
        let record = self.batch(debtor, number)?;
        let before = record.ended();
        let outcome = batch_life::reject_batch(record, caller, reason)?;
        self.finish_batch(number, &before, outcome)
    }

    pub fn cancel_batch(&mut self, caller: &Caller, number: u32, reason: ReasonCode) -> Answer {
        let record = self.batch(caller.participant, number)?;
        let before = record.ended();
        let outcome = batch_life::cancel_batch(record, caller, reason)?;
        self.finish_batch(number, &before, outcome)
    }

    pub fn expire_batch(&mut self, debtor: ParticipantId, number: u32) -> Answer {
        let record = self.batch(debtor, number)?;
        let before = record.ended();
        let outcome = batch_life::expire_batch(record, self.now)?;
        self.finish_batch(number, &before, outcome)
    }

    fn finish_batch(
        &mut self,
        number: u32,
        before: &Totals,
        outcome: Outcome<BatchUpdate, BatchRecord>,
    ) -> Answer {
        Ok(match outcome {
            Outcome::Recorded(BatchUpdate { record, .. }) => {
                self.count(&record, &record.ended_since(before), Count::GiveBack)?;
                self.write_batch(number, &record);
                Done::Recorded
            }
            Outcome::Repeated(_) => Done::Repeated,
        })
    }

    pub(super) fn limited(&mut self, scope: Scope) -> Option<&mut Limited> {
        let limited = match scope {
            (debtor, None, currency) => self.limits.get_mut(&(debtor, currency))?,
            (debtor, Some(creditor), currency) => {
                &mut self.corridors.get_mut(&(debtor, creditor, currency))?.limited
            }
        };
        limited.limits.is_some().then_some(limited)
    }

    fn item_limits(&mut self, header: &BatchHeader) -> ItemLimits {
        let mut limits = [MAX_ITEM_MINOR_UNITS; MAX_COUNTERPARTIES];
        for (limit, creditor) in limits.iter_mut().zip(&header.counterparties) {
            for scope in [None, Some(*creditor)] {
                if let Some(limited) = self.limited((header.debtor_agent, scope, header.currency)) {
                    *limit = batch_limits::of_item(limited).min(*limit);
                }
            }
        }
        limits
    }

    /// All of it or, as the contract reverts, nothing.
    fn count(&mut self, record: &BatchRecord, totals: &Totals, way: Count) -> Result<(), Error> {
        let (debtor, currency) = (record.debtor_agent, record.currency);
        let mut counted = Vec::new();
        let of_legs = record.legs.iter().zip(totals);
        let of_legs = of_legs.map(|(leg, total)| (Some(leg.creditor_agent), std::slice::from_ref(total)));
        for (creditor, totals) in std::iter::once((None, totals.as_slice())).chain(of_legs) {
            let scope = (debtor, creditor, currency);
            let known = self.limited(scope).filter(|_| batch_limits::concerns(totals));
            if let Some(limited) = known {
                let after = batch_limits::count(*limited, totals, record.submitted_at, way)?;
                counted.push((scope, after));
            }
        }
        for (scope, after) in counted {
            *self.limited(scope).expect("was there") = after;
        }
        Ok(())
    }
}

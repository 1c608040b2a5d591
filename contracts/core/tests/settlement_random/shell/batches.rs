//! Clearing batches.

use super::{cheap_hash, Answer, Done};
use crate::store::Store;
use corridor_core::batch::scan;
use corridor_core::batch_life::{self, BatchUpdate};
use corridor_core::{
    batch_proof, BatchHeader, BatchRecord, Caller, Error, Item, Outcome, ParticipantId, ReasonCode,
};

impl Store {
    pub fn submit(&mut self, caller: &Caller, header: &BatchHeader, items: &[u8]) -> Answer {
        batch_life::admissible(caller, header)?;
        let debtor = header.debtor_agent;
        let known = self.batches().get(&(debtor, header.number)).cloned();
        let limited = self.limits.get(&(debtor, header.currency)).copied();
        let limited = limited.unwrap_or_default();
        let most = u64::MAX >> 1;
        let limit = limited.limits.map_or(most, |limits| {
            u64::try_from(limits.per_transfer_minor_units).map_or(most, |limit| limit.min(most))
        });
        let limit = known.as_ref().map_or(limit, |record| record.limit);
        let found = scan(header, items, limit)?;
        let root = batch_proof::root(header, items, &mut cheap_hash);
        let last = self.batches().range((debtor, 0)..=(debtor, u32::MAX)).next_back();
        let last = last.map(|((_, number), _)| *number);
        let now = self.now;
        match batch_life::submit(last, known, &self.gate, caller, header, found, root, now)? {
            Outcome::Recorded(BatchUpdate { record, .. }) => {
                if limited.limits.is_some() {
                    let (count, minor_units) = record.whole();
                    let counted = limited.take_many(count, minor_units, now)?;
                    self.limits.insert((debtor, header.currency), counted);
                }
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
                self.uncount(before, &change.record);
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
        Ok(self.finish_batch(number, before, outcome))
    }

    pub fn cancel_batch(&mut self, caller: &Caller, number: u32, reason: ReasonCode) -> Answer {
        let record = self.batch(caller.participant, number)?;
        let before = record.ended();
        let outcome = batch_life::cancel_batch(record, caller, reason)?;
        Ok(self.finish_batch(number, before, outcome))
    }

    fn finish_batch(
        &mut self,
        number: u32,
        before: (u32, u128),
        outcome: Outcome<BatchUpdate, BatchRecord>,
    ) -> Done {
        match outcome {
            Outcome::Recorded(BatchUpdate { record, .. }) => {
                self.uncount(before, &record);
                self.write_batch(number, &record);
                Done::Recorded
            }
            Outcome::Repeated(_) => Done::Repeated,
        }
    }

    /// Gives back to the debtor agent's limits what ended just now.
    fn uncount(&mut self, before: (u32, u128), record: &BatchRecord) {
        let (count, minor_units) = record.ended();
        let key = (record.debtor_agent, record.currency);
        if let Some(limited) = self.limits.get_mut(&key) {
            if limited.limits.is_some() {
                *limited = limited.give_back(record.submitted_at, count - before.0, minor_units - before.1);
            }
        }
    }
}

//! How transfers end without settlement, and how settled ones come back, at random.

use crate::shell::message::Message;
use crate::shell::{Done, End};
use crate::store::Record;
use crate::world::{method, World};
use corridor_core::{ReasonCode, Reference, TransferReturn, TransferStatus, Uetr, Unwind};

impl World {
    pub fn end(&mut self, end: End) {
        let Some((uetr, record)) = self.some_transfer() else {
            return;
        };
        let terms = record.transfer().terms;
        let (action, agent) = match end {
            End::Reject(_) => ("reject", terms.creditor_agent),
            End::Cancel(_) => ("cancel", terms.debtor_agent),
            End::Expire => ("expire", terms.creditor_agent),
        };
        let caller = self.caller(agent);
        let answer = self.store.end(&caller, uetr, end);
        self.record(Some(caller), Message::End(uetr, end), answer);
        let kind = match record.status() {
            TransferStatus::Queued => "out of the queue",
            _ => method(&terms),
        };
        self.note(action, kind, answer);
    }

    /// The last transfer that has settled in two currencies and is not returned in full.
    fn last_exchanged(&self) -> Option<Uetr> {
        let returnable = |uetr: &&Uetr| {
            let record = &self.store.transfers()[*uetr];
            let (settled, returned) = (record.status().has_settled(), TransferStatus::Returned);
            matches!(record, Record::Fx(_)) && settled && record.status() != returned
        };
        self.uetrs.iter().rev().take(200).find(returnable).copied()
    }

    pub fn give_back(&mut self) {
        let Some(mut uetr) = Self::recent(&mut self.random, &self.uetrs, 60) else {
            return;
        };
        let exchanged = self.last_exchanged();
        if let (Some(exchanged), true) = (exchanged, self.random.percent(35)) {
            uetr = exchanged;
        }
        let record = self.store.transfers()[&uetr];
        let terms = record.transfer().terms;
        let (original, sent) = match &record {
            Record::Plain(record) => (terms.minor_units(), record.transfer.returned_minor_units),
            Record::Fx(record) => (record.fx.credited.minor_units, record.sent_back_minor_units),
        };
        let caller = self.caller(terms.creditor_agent);
        let mut reference = Reference(self.random.bytes());
        let mut command = TransferReturn {
            uetr,
            minor_units: match self.random.below(4) {
                0 => original.saturating_sub(sent),
                1 => u128::from(self.random.below(3)),
                _ => u128::from(self.random.next()) % (original + 1),
            },
            reason: ReasonCode::AC01,
        };
        if let Record::Fx(record) = &record {
            let at_quote = record.fx.unwind == Unwind::NewQuote;
            // Now and then the other way, which is refused.
            if at_quote != self.random.percent(4) {
                return self.give_back_at_quote(uetr, record, command.minor_units);
            }
        }
        let known = self.returns.iter().rev().find(|known| known.2.uetr == uetr);
        if let (Some(known), true) = (known, self.random.percent(15)) {
            reference = known.1;
            if self.random.percent(70) {
                command = known.2;
            }
        }
        let answer = self.store.give_back(&caller, reference, &command);
        self.record(Some(caller), Message::Return(reference, command), answer);
        if answer == Ok(Done::Recorded) {
            *self.account.returned.entry(uetr).or_default() += command.minor_units;
            self.returns.push((caller.participant, reference, command));
        }
        self.note("return", method(&terms), answer);
    }
}

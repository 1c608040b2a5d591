//! Random clearing batches, and their counterparties' answers.

use crate::account::Taken;
use crate::common;
use crate::shell::message::Message;
use crate::shell::{cheap_hash, Answer, Done};
use crate::store::{unregistered, Scope, IDS};
use crate::world::World;
use corridor_core::batch_proof::{prove, verify_item};
use corridor_core::{BatchHeader, Currency, Error, Item, ParticipantId, ReasonCode, Uetr};

fn scopes(debtor: ParticipantId, creditor: ParticipantId, currency: Currency) -> [Scope; 2] {
    [(debtor, None, currency), (debtor, Some(creditor), currency)]
}

/// A batch as its debtor agent keeps it.
pub struct Submitted {
    pub header: BatchHeader,
    pub items: Vec<Item>,
}

impl Submitted {
    fn bytes(&self) -> Vec<u8> {
        self.items.iter().flat_map(Item::to_bytes).collect()
    }
}

impl World {
    /// Up to 30 items, some of them invalid, for everybody else.
    pub fn submit(&mut self) {
        let debtor = self.id();
        // Now and then in a currency that is none here.
        let currency = match self.random.percent(2) {
            true => unregistered(),
            false => self.currency(),
        };
        let mut items: Vec<Item> = (0..1 + self.random.below(30))
            .map(|_| Item {
                uetr: Uetr::from_random_bytes(self.random.bytes()),
                minor_units: self.random.below(80),
                counterparty: self.random.next().to_le_bytes()[0] % 4,
                message_digest: [1; 32],
            })
            .collect();
        // A faultless one now and then, and one with an identity twice.
        if self.random.percent(50) {
            for item in &mut items {
                item.minor_units = item.minor_units.max(1);
            }
        }
        if self.random.percent(20) {
            let (first, last) = (items[0].uetr, items.len() - 1);
            items[last].uetr = first;
        }
        let wrong = u128::from(self.random.percent(5));
        let numbers = self.store.batches().keys().filter(|(of, _)| *of == debtor);
        let last = numbers.map(|(_, number)| *number).max().unwrap_or(0);
        let header = BatchHeader {
            debtor_agent: debtor,
            number: last + 1 - u32::from(last > 0 && self.random.percent(5)),
            currency,
            counterparties: IDS.into_iter().filter(|id| *id != debtor).collect(),
            items: u16::try_from(items.len()).expect("few"),
            control_sum: wrong
                + items
                    .iter()
                    .map(|item| u128::from(item.minor_units))
                    .sum::<u128>(),
            all_or_nothing: self.random.percent(20),
            expires_at: self.store.now + 1 + self.random.below(3_000),
        };
        let mut batch = Submitted { header, items };
        let recent = self.batches.pop();
        let repeat = self.random.percent(10);
        let new = match recent {
            Some(known) if repeat => {
                batch = known;
                false
            }
            known => {
                self.batches.extend(known);
                true
            }
        };
        let caller = common::caller(batch.header.debtor_agent);
        let known = self.store.batch(batch.header.debtor_agent, batch.header.number);
        let answer = self.store.submit(&caller, &batch.header, &batch.bytes());
        let message = Message::Submit(batch.header.clone(), batch.bytes());
        self.record(Some(caller), message, answer);
        if known.is_err() {
            self.check_form(&batch, answer);
        }
        if answer == Ok(Done::Recorded) {
            self.submitted(&batch);
        }
        if answer == Err(Error::VelocityExceeded) {
            self.refused_for_its_sums(&batch);
        }
        self.note("submit batch", "", answer);
        if answer == Ok(Done::Recorded) || !new {
            self.batches.push(batch);
        }
    }

    /// A new batch that says all or nothing has no invalid item, and its sum is the one it says. Where both are wrong, the
    /// items are found out first.
    fn check_form(&mut self, batch: &Submitted, answer: Answer) {
        let Submitted { header, items } = batch;
        let addressed = header.counterparties.iter();
        let valid: u32 = addressed.map(|creditor| self.valid(batch, *creditor).0).sum();
        let faultless = usize::try_from(valid) == Ok(items.len());
        let sum: u128 = items.iter().map(|item| u128::from(item.minor_units)).sum();
        match answer {
            Err(Error::InvalidItems) => assert!(header.all_or_nothing && !faultless),
            Err(Error::ControlSum) => assert_ne!(header.control_sum, sum),
            Ok(Done::Recorded) => {
                assert_eq!(header.control_sum, sum);
                assert!(faultless || !header.all_or_nothing);
                let mut uetrs: Vec<Uetr> = items.iter().map(|item| item.uetr).collect();
                uetrs.sort_unstable();
                let twice = uetrs.windows(2).any(|two| two[0] == two[1]);
                for (kind, is) in [
                    ("all or nothing", header.all_or_nothing),
                    ("with an identity twice", twice),
                ] {
                    if is {
                        self.note("batch", kind, answer);
                    }
                }
            }
            _ => {}
        }
    }

    /// What of its items is for one counterparty and within the limits of now: number and sum.
    fn valid(&self, batch: &Submitted, creditor: ParticipantId) -> (u32, u128) {
        let Submitted { header, items } = batch;
        let (debtor, currency) = (header.debtor_agent, header.currency);
        let most = self.account.most(&scopes(debtor, creditor, currency));
        let addressed =
            |item: &&Item| header.counterparties.get(usize::from(item.counterparty)) == Some(&creditor);
        let amounts = items
            .iter()
            .filter(addressed)
            .map(|item| u128::from(item.minor_units));
        let valid = amounts.filter(|amount| (1..=most).contains(amount));
        valid.fold((0, 0), |(count, sum), amount| (count + 1, sum + amount))
    }

    /// The sums are those of its valid items, and count against the debtor agent's limits and its corridors'.
    fn submitted(&mut self, batch: &Submitted) {
        let header = &batch.header;
        let (debtor, number, currency) = (header.debtor_agent, header.number, header.currency);
        let record = self.store.batch(debtor, number).expect("recorded");
        for leg in &record.legs {
            let total = (u32::from(leg.total.items), u128::from(leg.total.minor_units));
            assert_eq!(total, self.valid(batch, leg.creditor_agent));
            let [_, corridor] = scopes(debtor, leg.creditor_agent, currency);
            let part = Taken::Batch(debtor, number, Some(leg.creditor_agent));
            if leg.total.items > 0 {
                self.account.count(&self.store, &corridor, part);
            }
        }
        if record.legs.iter().any(|leg| leg.total.items > 0) {
            let whole = Taken::Batch(debtor, number, None);
            self.account.count(&self.store, &(debtor, None, currency), whole);
        }
    }

    /// A count had no room for the sum of a part, or the debtor agent's for all of them.
    fn refused_for_its_sums(&mut self, batch: &Submitted) {
        let header = &batch.header;
        let (debtor, currency) = (header.debtor_agent, header.currency);
        let (mut all, mut corridor_full) = ((0, 0), false);
        for creditor in &header.counterparties {
            let (count, sum) = self.valid(batch, *creditor);
            all = (all.0 + count, all.1 + sum);
            let [_, corridor] = scopes(debtor, *creditor, currency);
            corridor_full |= count > 0 && self.account.too_many(&self.store, &corridor, count, sum);
        }
        let scope = (debtor, None, currency);
        let full = all.0 > 0 && self.account.too_many(&self.store, &scope, all.0, all.1);
        assert!(full || corridor_full);
        let kind = if full {
            "of the debtor agent"
        } else {
            "of a corridor"
        };
        *self
            .tally
            .recorded
            .entry(("batch above the limits", kind))
            .or_default() += 1;
    }

    pub fn answer_batch(&mut self) {
        let recent = self.batches.len().saturating_sub(4)..self.batches.len();
        if recent.is_empty() {
            return;
        }
        let among = u64::try_from(recent.len()).expect("few");
        let at = recent.start + usize::try_from(self.random.below(among)).expect("few");
        let (debtor, number) = {
            let header = &self.batches[at].header;
            (header.debtor_agent, header.number)
        };
        let creditor = self.random.other(&IDS, debtor);
        match self.random.below(10) {
            0 => {
                let caller = self.caller(creditor);
                let reason = ReasonCode::AC04;
                let answer = self.store.reject_batch(&caller, debtor, number, reason);
                let message = Message::RejectBatch(debtor, number, reason);
                self.record(Some(caller), message, answer);
                self.note("reject batch", "", answer);
            }
            1 => {
                let caller = common::caller(debtor);
                let reason = ReasonCode::CUST;
                let answer = self.store.cancel_batch(&caller, number, reason);
                self.record(Some(caller), Message::CancelBatch(number, reason), answer);
                self.note("cancel batch", "", answer);
            }
            2 => {
                let caller = self.caller(creditor);
                let answer = self.store.expire_batch(debtor, number);
                self.record(Some(caller), Message::ExpireBatch(debtor, number), answer);
                self.note("expire batch", "", answer);
            }
            choice => self.accept_part(at, debtor, creditor, number, choice > 5),
        }
    }

    fn accept_part(
        &mut self,
        at: usize,
        debtor: ParticipantId,
        creditor: ParticipantId,
        number: u32,
        some_excepted: bool,
    ) {
        let exceptions = if some_excepted {
            self.exceptions(at, creditor)
        } else {
            Vec::new()
        };
        let caller = common::caller(creditor);
        let answer = self.store.accept_batch(&caller, debtor, number, &exceptions);
        let message = Message::AcceptBatch(debtor, number, exceptions.clone());
        self.record(Some(caller), message, answer);
        if answer == Ok(Done::Recorded) {
            let entry = self.store.entry(debtor, self.batches[at].header.currency);
            assert!(entry.net_debit() <= entry.cap.min(entry.collateral), "{entry:?}");
        }
        let kind = if exceptions.is_empty() {
            "whole"
        } else {
            "with exceptions"
        };
        self.note("accept batch", kind, answer);
    }

    /// Some of a counterparty's items, each proven: what was left out cannot be.
    fn exceptions(&mut self, at: usize, creditor: ParticipantId) -> Vec<(u16, Item)> {
        let batch = &self.batches[at];
        let (header, bytes) = (&batch.header, batch.bytes());
        let record = self
            .store
            .batch(header.debtor_agent, header.number)
            .expect("recorded");
        let mut exceptions = Vec::new();
        for (index, item) in (0u16..).zip(&batch.items) {
            let own = header.counterparties.get(usize::from(item.counterparty)) == Some(&creditor);
            if !own || self.random.below(4) > 0 {
                continue;
            }
            let proof = prove(&bytes, index, &mut cheap_hash).expect("is there");
            let proven = verify_item(record.root, header, &record.limits(), &proof, &mut cheap_hash);
            let limit = record.limits()[usize::from(item.counterparty)];
            let valid = item.minor_units > 0 && item.minor_units <= limit;
            assert_eq!(proven.is_ok(), valid);
            exceptions.extend(proven.map(|item| (index, item)));
        }
        exceptions
    }
}

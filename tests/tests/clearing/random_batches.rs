//! The batches of the random days, and their creditor agents' answers.

use crate::random_days::{small, Days};
use crate::six::{desks, id, sent, unless_capped, COUNT, CURRENCIES};
use crate::stage::uetr;
use corridor_client::Exceptions;
use corridor_core::batch::{Item, ITEM_BYTES};
use corridor_core::{BatchHeader, Error, ReasonCode};
use corridor_tests::backend::Backend;
use corridor_tests::blob::command::Ending;
use corridor_tests::scenario::batch;
use std::collections::BTreeMap;

/// One creditor agent's part of a batch that it has not answered.
pub struct Part {
    header: BatchHeader,
    items: Vec<u8>,
    currency: usize,
    from: usize,
    to: usize,
    /// Its valid items: index and amount.
    valid: Vec<(u16, i64)>,
}

impl Days {
    /// One institution's batch for one to three others, some of whose items are invalid.
    pub fn batch(&mut self) {
        let (from, _) = self.pair();
        let currency = self.random.below(CURRENCIES.len());
        let mut others: Vec<usize> = (0..COUNT).filter(|other| *other != from).collect();
        while others.len() > 3 || (others.len() > 1 && self.random.percent(40)) {
            others.remove(self.random.below(others.len()));
        }
        let (mut items, mut sum) = (Vec::new(), 0);
        let mut valid: BTreeMap<usize, Vec<(u16, i64)>> = BTreeMap::new();
        for index in 0..u16::try_from(1 + self.random.below(40)).expect("small") {
            let place = self.random.below(others.len());
            let item = Item {
                uetr: uetr(self.number()),
                minor_units: self.amount(300),
                counterparty: u8::try_from(place).expect("small"),
                message_digest: [0xD6; 32],
            };
            sum += u128::from(item.minor_units);
            let mut bytes = item.to_bytes();
            match self.random.below(40) {
                // Nobody's, no UETR, no amount, something where nothing belongs.
                0 => bytes[24] = 3,
                1 => bytes[6] = 0,
                2 => {
                    sum -= u128::from(item.minor_units);
                    bytes[16..24].fill(0);
                }
                3 => bytes[30] = 1,
                _ => {
                    let amount = small(item.minor_units.into());
                    valid.entry(place).or_default().push((index, amount));
                }
            }
            items.extend(bytes);
        }
        let count = items.len() / ITEM_BYTES;
        let faultless = valid.values().map(Vec::len).sum::<usize>() == count;
        let header = BatchHeader {
            debtor_agent: id(from),
            number: self.batches[from] + 1,
            currency: CURRENCIES[currency],
            counterparties: others.iter().map(|other| id(*other)).collect(),
            items: u16::try_from(count).expect("small"),
            control_sum: sum,
            all_or_nothing: self.random.percent(20),
            expires_at: self.system.now() + 10 * 86_400,
        };
        self.submit(header, items, faultless, (currency, from), valid, &others);
    }

    fn submit(
        &mut self,
        header: BatchHeader,
        items: Vec<u8>,
        faultless: bool,
        (currency, from): (usize, usize),
        valid: BTreeMap<usize, Vec<(u16, i64)>>,
        others: &[usize],
    ) {
        let instructor = desks()[from].0;
        let submit = self.system.contract().submit_batch(header.clone(), items.clone());
        if header.all_or_nothing && !faultless {
            let ending = self.system.send(instructor, submit.data().to_vec());
            assert_eq!(ending, Ending::Refused(Error::InvalidItems));
            self.tally.refused += 1;
            return;
        }
        sent(&mut self.system, instructor, submit.data());
        self.batches[from] = header.number;
        self.tally.batches += 1;
        self.parts.extend(valid.into_iter().map(|(place, valid)| Part {
            header: header.clone(),
            items: items.clone(),
            currency,
            from,
            to: others[place],
            valid,
        }));
    }

    /// Some creditor agent answers its part of some batch.
    pub fn answer(&mut self) {
        if self.parts.is_empty() {
            return;
        }
        let part = self.parts.swap_remove(self.random.below(self.parts.len()));
        let (hub, approver) = (self.system.contract(), desks()[part.to].1);
        let (debtor, number) = (part.header.debtor_agent, part.header.number);
        if self.random.percent(10) {
            let reject = hub.reject_batch(debtor, number, ReasonCode::AC04);
            sent(&mut self.system, approver, reject.data());
            self.tally.rejected += 1;
            return;
        }
        // Never all of it.
        let most = part.valid.len().min(5);
        let excepted: Vec<(u16, i64)> = match self.random.percent(40) {
            true => part.valid[1..most].to_vec(),
            false => Vec::new(),
        };
        let sum = |items: &[(u16, i64)]| items.iter().map(|(_, amount)| amount).sum::<i64>();
        let amount = sum(&part.valid) - sum(&excepted);
        let exceptions = (!excepted.is_empty()).then(|| part.exceptions(&excepted));
        let accept = hub.accept_batch(debtor, number, exceptions);
        let window = self.window();
        let booked = unless_capped(&mut self.system, approver, accept.data());
        let covered = self.naive[part.currency].post(window, (part.from, part.to), amount);
        assert_eq!(booked, covered, "batch {number} of {debtor} in window {window}");
        match (booked, excepted.is_empty()) {
            (true, true) => self.tally.whole += 1,
            (true, false) => self.tally.excepted += 1,
            // It may be accepted when there is cover again.
            (false, _) => self.parts.push(part),
        }
    }
}

impl Part {
    fn exceptions(&self, excepted: &[(u16, i64)]) -> Exceptions {
        let indices: Vec<u16> = excepted.iter().map(|(index, _)| *index).collect();
        batch::exceptions(&self.header, &self.items, &indices)
    }
}

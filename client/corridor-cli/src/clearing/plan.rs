//! From payments to batches: at most 2,000 items for at most eight creditor agents each.

use corridor_client::{
    core::{
        batch::{ITEM_BYTES, MAX_COUNTERPARTIES, MAX_ITEMS},
        batch_proof, BatchHeader, BatchRecord, Currency, Item, ItemProof, ParticipantId, Seconds, Uetr,
    },
    keccak256,
};

/// One payment, with its creditor agent found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its identity.
    pub uetr: Uetr,
    /// Who is paid.
    pub creditor_agent: ParticipantId,
    /// How much, in minor units.
    pub minor_units: u64,
    /// Commits to its message.
    pub message_digest: [u8; 32],
}

/// A batch as it is submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The batch as a whole.
    pub header: BatchHeader,
    /// 64 bytes for each item.
    pub items: Vec<u8>,
}

impl Batch {
    /// The commitment the contract records.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        batch_proof::root(&self.header, &self.items, &mut keccak256)
    }

    /// The hashes of all chunks of items.
    #[must_use]
    pub fn chunk_hashes(&self) -> Vec<[u8; 32]> {
        batch_proof::chunk_hashes(&self.items, &mut keccak256)
    }

    /// What shows that the item at `index` is one of the batch.
    #[must_use]
    pub fn prove(&self, index: u16) -> Option<ItemProof> {
        batch_proof::prove(&self.items, index, &mut keccak256)
    }

    /// Every item's bytes with its index.
    pub fn indexed(&self) -> impl Iterator<Item = (u16, &[u8; ITEM_BYTES])> {
        (0u16..).zip(self.items.as_chunks::<ITEM_BYTES>().0)
    }

    /// The index of the item with a UETR.
    #[must_use]
    pub fn find(&self, uetr: Uetr) -> Option<u16> {
        let mut items = self.indexed();
        let found = items.find(|(_, item)| item.get(..16) == Some(uetr.0.as_slice()));
        found.map(|(index, _)| index)
    }

    /// The UETR of the item at `index`.
    #[must_use]
    pub fn uetr(&self, index: u16) -> Option<Uetr> {
        let (_, item) = self.indexed().nth(index.into())?;
        item.first_chunk().map(|bytes| Uetr(*bytes))
    }

    /// Whether `record` is this very batch, submitted under `number`, when and how it may have been.
    ///
    /// Expiry and mode are tried as recorded, since another run may have chosen them.
    #[must_use]
    pub fn recognised(&self, record: &BatchRecord, number: u32) -> Option<Self> {
        [false, true].into_iter().find_map(|all_or_nothing| {
            let mut batch = self.clone();
            batch.header.number = number;
            batch.header.expires_at = record.expires_at;
            batch.header.all_or_nothing = all_or_nothing;
            (batch.root() == record.root).then_some(batch)
        })
    }
}

/// What all batches of a file have in common.
#[derive(Clone, Copy, Debug)]
pub struct Common {
    /// Who pays.
    pub debtor_agent: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// The first batch's number; the others' follow.
    pub number: u32,
    /// Whether one invalid item refuses its whole batch.
    pub all_or_nothing: bool,
    /// Until when they can be accepted.
    pub expires_at: Seconds,
}

/// Cuts payments into batches. `None` when the numbers run out.
///
/// Creditor agents are taken together by eight, in the order they first come up, so that a file for more of them
/// makes few batches; items keep the file's order.
#[must_use]
pub fn split(payments: &[Payment], common: Common) -> Option<Vec<Batch>> {
    let mut agents: Vec<ParticipantId> = Vec::new();
    for payment in payments {
        if !agents.contains(&payment.creditor_agent) {
            agents.push(payment.creditor_agent);
        }
    }
    let mut batches = Vec::new();
    for group in agents.chunks(MAX_COUNTERPARTIES) {
        let of_group: Vec<&Payment> = payments
            .iter()
            .filter(|payment| group.contains(&payment.creditor_agent))
            .collect();
        for part in of_group.chunks(MAX_ITEMS.into()) {
            let later = u32::try_from(batches.len()).ok()?;
            let number = common.number.checked_add(later)?;
            batches.push(batch(part, number, common)?);
        }
    }
    Some(batches)
}

fn batch(payments: &[&Payment], number: u32, common: Common) -> Option<Batch> {
    let mut counterparties: Vec<ParticipantId> = Vec::new();
    let (mut items, mut control_sum) = (Vec::new(), 0u128);
    for payment in payments {
        let known = counterparties
            .iter()
            .position(|agent| *agent == payment.creditor_agent);
        let place = known.unwrap_or_else(|| {
            counterparties.push(payment.creditor_agent);
            counterparties.len().saturating_sub(1)
        });
        let item = Item {
            uetr: payment.uetr,
            minor_units: payment.minor_units,
            counterparty: u8::try_from(place).ok()?,
            message_digest: payment.message_digest,
        };
        items.extend_from_slice(&item.to_bytes());
        control_sum = control_sum.checked_add(payment.minor_units.into())?;
    }
    Some(Batch {
        header: BatchHeader {
            debtor_agent: common.debtor_agent,
            number,
            currency: common.currency,
            counterparties,
            items: u16::try_from(payments.len()).ok()?,
            control_sum,
            all_or_nothing: common.all_or_nothing,
            expires_at: common.expires_at,
        },
        items,
    })
}

/// Gives the batches from place `from` on the numbers from `number` on. `None` when they run out.
///
/// Only for batches that can no longer be recorded under their present numbers.
#[must_use]
pub fn renumber(batches: &mut [Batch], from: usize, number: u32) -> Option<()> {
    for (batch, later) in batches.iter_mut().skip(from).zip(0u32..) {
        batch.header.number = number.checked_add(later)?;
    }
    Some(())
}

/// Finds out which batches of a file without a record were submitted before, under which numbers.
///
/// Those come first, as they were submitted; the others get the numbers from `next` on. `None` when they run out.
#[must_use]
pub fn adopt(batches: Vec<Batch>, recorded: &[(u32, BatchRecord)], next: u32) -> Option<(Vec<Batch>, usize)> {
    let (mut known, mut rest) = (Vec::new(), Vec::new());
    for batch in batches {
        let mut found = recorded.iter();
        match found.find_map(|(number, record)| batch.recognised(record, *number)) {
            Some(batch) => known.push(batch),
            None => rest.push(batch),
        }
    }
    known.sort_by_key(|batch| batch.header.number);
    renumber(&mut rest, 0, next)?;
    let count = known.len();
    known.extend(rest);
    Some((known, count))
}

/// What to change of a batch before it can be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mend {
    /// It needs a number above this one.
    pub above: Option<u32>,
    /// It needs another expiry.
    pub expiry: bool,
}

/// What keeps a planned batch from being recorded for good.
///
/// `last` is the debtor agent's last batch and `now` the chain's clock, both read before it was looked up whether
/// the batch is `recorded`: one that is not by then, with its number or its time past, never will be, so that it
/// cannot be recorded twice.
#[must_use]
pub fn mend(header: &BatchHeader, recorded: bool, last: Option<u32>, now: Seconds) -> Mend {
    if recorded {
        return Mend::default();
    }
    Mend {
        above: last.filter(|last| *last >= header.number),
        expiry: now >= header.expires_at,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use corridor_client::core::batch::scan;

    pub fn payment(seed: u16, creditor_agent: u16) -> Payment {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&seed.to_be_bytes());
        Payment {
            uetr: Uetr::from_random_bytes(bytes),
            creditor_agent: ParticipantId(creditor_agent),
            minor_units: u64::from(seed) + 1,
            message_digest: [1; 32],
        }
    }

    pub fn common() -> Common {
        Common {
            debtor_agent: ParticipantId(0),
            currency: Currency::CNY,
            number: 5,
            all_or_nothing: false,
            expires_at: 1_795_512_600,
        }
    }

    #[test]
    fn every_payment_is_in_one_batch_that_the_contract_takes() {
        let payments: Vec<Payment> = (0..4_500).map(|seed| payment(seed, 1 + seed % 20)).collect();
        let batches = split(&payments, common()).expect("numbers");
        // 8, 8 and 4 creditor agents: 1,800, 1,800 and 900 payments.
        let shape = |batch: &Batch| {
            let header = &batch.header;
            (header.number, header.items, header.counterparties.len())
        };
        let shapes: Vec<_> = batches.iter().map(shape).collect();
        assert_eq!(shapes, [(5, 1_800, 8), (6, 1_800, 8), (7, 900, 4)]);
        let mut all = 0;
        for batch in &batches {
            assert_eq!(batch.header.validate(), Ok(()));
            let scanned = scan(&batch.header, &batch.items, u64::MAX).expect("in order");
            assert!(scanned.rejected.is_empty());
            all += batch.header.control_sum;
        }
        assert_eq!(all, payments.iter().map(|one| u128::from(one.minor_units)).sum());
    }

    #[test]
    fn two_thousand_items_are_one_batch_and_one_more_makes_two() {
        let payments: Vec<Payment> = (0..2_001).map(|seed| payment(seed, 1)).collect();
        assert_eq!(split(&payments[..2_000], common()).map(|all| all.len()), Some(1));
        let batches = split(&payments, common()).expect("numbers");
        assert_eq!(batches.len(), 2);
        assert_eq!(batches[1].header.items, 1);
        assert_eq!(batches[1].find(payments[2_000].uetr), Some(0));
        assert_eq!(batches[0].uetr(1_999), Some(payments[1_999].uetr));
        let last = Common {
            number: u32::MAX,
            ..common()
        };
        assert_eq!(split(&payments, last), None);
    }

    #[test]
    fn the_same_content_is_recognised_under_another_number_and_expiry() {
        let payments: Vec<Payment> = (0..3).map(|seed| payment(seed, 1)).collect();
        let mut batches = split(&payments, common()).expect("numbers");
        let record = |batch: &Batch| BatchRecord {
            root: batch.root(),
            debtor_agent: ParticipantId(0),
            currency: Currency::CNY,
            submitted_at: 0,
            expires_at: batch.header.expires_at,
            limit: 1,
            legs: Vec::new(),
        };
        let mut earlier = batches[0].clone();
        earlier.header.number = 2;
        earlier.header.expires_at = 77;
        earlier.header.all_or_nothing = true;
        assert_eq!(batches[0].recognised(&record(&earlier), 2), Some(earlier.clone()));
        assert_eq!(batches[0].recognised(&record(&earlier), 3), None);
        let stranger = split(&[payment(77, 1)], common()).expect("numbers").remove(0);
        let planned = vec![stranger.clone(), batches[0].clone()];
        let records = [(1, record(&batches[0])), (2, record(&earlier))];
        let (adopted, count) = adopt(planned, &records, 8).expect("numbers");
        // Batch 2 as it was submitted; the other one after all of them.
        assert_eq!((count, &adopted[0]), (1, &earlier));
        assert_eq!(
            (adopted[1].header.number, &adopted[1].items),
            (8, &stranger.items)
        );
        renumber(&mut batches, 0, 9).expect("numbers");
        assert_eq!(batches[0].header.number, 9);
        let other = split(&[payment(9, 1)], common()).expect("numbers");
        assert_eq!(other[0].recognised(&record(&earlier), 2), None);
    }

    #[test]
    fn only_what_can_never_be_recorded_gets_another_number_or_expiry() {
        let batch = split(&[payment(1, 1)], common()).expect("numbers").remove(0);
        let at = |recorded, last, now| mend(&batch.header, recorded, last, now);
        let (before, after) = (batch.header.expires_at - 1, batch.header.expires_at);
        assert_eq!(at(false, None, before), Mend::default());
        assert_eq!(at(false, Some(4), before), Mend::default());
        assert_eq!(at(true, Some(9), after), Mend::default());
        let (above, expiry) = (Some(9), true);
        assert_eq!(at(false, Some(9), after), Mend { above, expiry });
        assert_eq!(at(false, Some(4), after), Mend { above: None, expiry });
    }
}

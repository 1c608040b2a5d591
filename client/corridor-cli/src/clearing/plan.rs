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

/// Gives batches the numbers from `number` on. `None` when they run out.
///
/// Only for batches that can no longer be recorded under their present numbers.
#[must_use]
fn renumber<'a>(batches: impl Iterator<Item = &'a mut Batch>, number: u32) -> Option<()> {
    for (batch, later) in batches.zip(0u32..) {
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
    renumber(rest.iter_mut(), next)?;
    let count = known.len();
    known.extend(rest);
    Some((known, count))
}

/// Which batches are recorded under their numbers, and whether any is recorded in another way than planned: then it is
/// from here on what was recorded. Another run may have submitted the same payments with another expiry or mode.
///
/// `records` are what the contract has under the batches' numbers, in the same order.
#[must_use]
pub fn adopt_recorded(batches: &mut [Batch], records: &[Option<BatchRecord>]) -> (Vec<bool>, bool) {
    let mut adopted = false;
    let recorded = batches.iter_mut().zip(records).map(|(batch, record)| {
        let record = record.as_ref();
        let found = record.and_then(|record| batch.recognised(record, batch.header.number));
        found.is_some_and(|found| {
            adopted |= found != *batch;
            *batch = found;
            true
        })
    });
    (recorded.collect(), adopted)
}

/// What keeps planned batches from being recorded for good.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    /// The debtor agent's last batch.
    pub last: Option<u32>,
    /// The chain's clock.
    pub now: Seconds,
}

impl Passed {
    fn number(&self, header: &BatchHeader) -> bool {
        self.last.is_some_and(|last| last >= header.number)
    }

    fn expiry(&self, header: &BatchHeader) -> bool {
        self.now >= header.expires_at
    }
}

/// What was changed of a file's batches, so that the rest of them can be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// The old and the new numbers of those whose old one was passed.
    pub renumbered: Vec<(u32, u32)>,
    /// How many have a new expiry.
    pub extended: usize,
}

/// Gives what can never be recorded as it is another number or expiry; `None` when the numbers run out.
///
/// `passed` was read before it was looked up which batches are `recorded`, in the order of the file: one that is not
/// by then, with its number or its time past, never will be, so that it cannot be recorded twice. New numbers are
/// above those of all others, which may be on their way; the file stays in the order of its numbers.
#[must_use]
pub fn mend(batches: &mut [Batch], recorded: &[bool], passed: Passed, expires_at: Seconds) -> Option<Mended> {
    let highest = batches
        .iter()
        .map(|batch| batch.header.number)
        .max()
        .max(passed.last);
    let mut mended = Mended::default();
    let mut next = highest;
    for (batch, _) in batches
        .iter_mut()
        .zip(recorded)
        .filter(|(_, recorded)| !**recorded)
    {
        let header = &mut batch.header;
        if passed.expiry(header) {
            header.expires_at = expires_at;
            mended.extended = mended.extended.saturating_add(1);
        }
        if passed.number(header) {
            let number = next.map_or(Some(0), |highest| highest.checked_add(1))?;
            mended.renumbered.push((header.number, number));
            header.number = number;
            next = Some(number);
        }
    }
    batches.sort_by_key(|batch| batch.header.number);
    Some(mended)
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
            let scanned =
                scan(&batch.header, &batch.items, [u64::MAX; MAX_COUNTERPARTIES]).expect("in order");
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

    fn record(batch: &Batch) -> BatchRecord {
        BatchRecord {
            root: batch.root(),
            debtor_agent: ParticipantId(0),
            currency: Currency::CNY,
            submitted_at: 0,
            expires_at: batch.header.expires_at,
            legs: Vec::new(),
        }
    }

    #[test]
    fn what_another_run_recorded_with_another_expiry_is_taken_over() {
        let mut batches = three();
        let mut other_run = batches.clone();
        other_run[0].header.expires_at += 7;
        other_run[1].items[20] ^= 1;
        let records = [
            Some(record(&other_run[0])),
            // Other payments under the same number.
            Some(record(&other_run[1])),
            None,
        ];
        let before = batches.clone();
        let (recorded, adopted) = adopt_recorded(&mut batches, &records);
        assert_eq!(
            (recorded.as_slice(), adopted),
            ([true, false, false].as_slice(), true)
        );
        assert_eq!(batches[0], other_run[0]);
        assert_eq!(batches[1..], before[1..]);
        let (recorded, adopted) = adopt_recorded(&mut batches, &records);
        assert_eq!(
            (recorded.as_slice(), adopted),
            ([true, false, false].as_slice(), false)
        );
    }

    #[test]
    fn the_same_content_is_recognised_under_another_number_and_expiry() {
        let payments: Vec<Payment> = (0..3).map(|seed| payment(seed, 1)).collect();
        let batches = split(&payments, common()).expect("numbers");
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
        let other = split(&[payment(9, 1)], common()).expect("numbers");
        assert_eq!(other[0].recognised(&record(&earlier), 2), None);
    }

    /// Three batches, numbers 5 to 7.
    fn three() -> Vec<Batch> {
        let payments: Vec<Payment> = (0..4_001).map(|seed| payment(seed, 1)).collect();
        split(&payments, common()).expect("numbers")
    }

    fn numbers(batches: &[Batch]) -> Vec<u32> {
        batches.iter().map(|batch| batch.header.number).collect()
    }

    const LATER: Seconds = 1_795_599_000;

    #[test]
    fn only_what_can_never_be_recorded_gets_another_number_or_expiry() {
        let expires_at = common().expires_at;
        for (recorded, last, now, renumbered, extended) in [
            ([false; 3], None, expires_at - 1, vec![], 0),
            ([false; 3], Some(4), expires_at - 1, vec![], 0),
            ([true; 3], Some(9), expires_at, vec![], 0),
            ([true, true, false], Some(6), expires_at - 1, vec![], 0),
            ([true, true, false], Some(6), expires_at, vec![], 1),
            ([false; 3], Some(4), expires_at, vec![], 3),
            // Somebody else used the numbers.
            (
                [false; 3],
                Some(9),
                expires_at - 1,
                vec![(5, 10), (6, 11), (7, 12)],
                0,
            ),
            ([false; 3], Some(5), expires_at, vec![(5, 8)], 3),
        ] {
            let mut batches = three();
            let passed = Passed { last, now };
            let mended = mend(&mut batches, &recorded, passed, LATER).expect("numbers");
            assert_eq!(
                mended,
                Mended { renumbered, extended },
                "{recorded:?} {last:?} {now}"
            );
            let later = batches.iter().filter(|batch| batch.header.expires_at == LATER);
            assert_eq!(later.count(), extended);
        }
    }

    #[test]
    fn a_batch_refused_among_others_goes_behind_those_that_may_be_on_their_way() {
        let before = three();
        let mut batches = before.clone();
        let passed = Passed {
            last: Some(6),
            now: 0,
        };
        // Number 6 is recorded, 7 may be in flight, 5 was refused.
        let mended = mend(&mut batches, &[false, true, false], passed, LATER).expect("numbers");
        assert_eq!(mended.renumbered, [(5, 8)]);
        assert_eq!(numbers(&batches), [6, 7, 8]);
        assert_eq!(batches[..2], before[1..]);
        assert_eq!(batches[2].items, before[0].items);
        // Again with the same answers it stays as it is.
        let mut again = batches.clone();
        let mended = mend(&mut again, &[true, false, false], passed, LATER).expect("numbers");
        assert_eq!((mended, again), (Mended::default(), batches));
    }

    #[test]
    fn there_is_no_number_above_the_highest() {
        let passed = Passed {
            last: Some(u32::MAX),
            now: 0,
        };
        assert_eq!(mend(&mut three(), &[false; 3], passed, LATER), None);
        let recorded = mend(&mut three(), &[true; 3], passed, LATER);
        assert_eq!(recorded, Some(Mended::default()));
    }
}

//! UETRs that were paid otherwise. The contract does not look for them in batches; whoever accepts does.

use super::search::Search;
use crate::{directory::Directory, Failure};
use corridor_client::{
    core::{
        batch::{ITEM_BYTES, MAX_COUNTERPARTIES},
        BatchChange, BatchRecord, Item, ParticipantId, TransferStatus, Uetr,
    },
    BatchContents, Corridor,
};
use futures::{stream, StreamExt, TryStreamExt};
use std::collections::{HashMap, HashSet};

/// How many of the last blocks are compared with a batch when there is no index: a day of six seconds each.
pub const LOOK_BACK: u64 = 14_400;

/// Questions to the index under way at a time.
const QUERIES: usize = 8;

/// A batch's debtor agent and number.
pub type BatchName = (ParticipantId, u32);

/// What pays a UETR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Payment {
    /// A transfer of its own.
    Transfer(TransferStatus),
    /// An item of a batch, in a part that was accepted.
    Item(BatchName, u16),
}

/// An item that would be paid twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// Its place in its batch.
    pub index: u16,
    /// Its identity.
    pub uetr: Uetr,
    /// How it is paid otherwise, for people.
    pub paid: String,
}

/// Everything else that pays some UETRs.
#[derive(Clone, Debug, Default)]
pub struct Paid(HashMap<Uetr, Vec<Payment>>);

impl Paid {
    /// Finds transfers of these UETRs that are on their way or settled, and items in accepted parts of batches.
    ///
    /// # Errors
    /// The client library's and the index's.
    pub async fn find(search: &Search<'_>, corridor: &Corridor, uetrs: &[Uetr]) -> Result<Self, Failure> {
        let mut paid = Self::default();
        let transfers = corridor.transfers(uetrs).await?;
        for (uetr, transfer) in uetrs.iter().zip(transfers) {
            if let Some(status) = transfer
                .map(|transfer| transfer.status)
                .filter(|status| pays(*status))
            {
                paid.add(*uetr, Payment::Transfer(status));
            }
        }
        let wanted = uetrs.iter().copied().collect();
        paid.take_blocks(search, corridor, &wanted).await?;
        paid.take_index(search, &wanted).await?;
        Ok(paid)
    }

    fn add(&mut self, uetr: Uetr, payment: Payment) {
        let known = self.0.entry(uetr).or_default();
        if !known.contains(&payment) {
            known.push(payment);
        }
    }

    /// Parts that were accepted in the blocks that the index does not have.
    async fn take_blocks(
        &mut self,
        search: &Search<'_>,
        corridor: &Corridor,
        wanted: &HashSet<Uetr>,
    ) -> Result<(), Failure> {
        let (mut submitted, mut accepted) = (HashMap::new(), Vec::new());
        let mut progress = search.progress();
        let mut events = search.newest_first();
        while let Some(events) = events.next().await {
            progress.step();
            for event in events? {
                let name = (event.debtor_agent, event.number);
                match event.change {
                    BatchChange::Accepted {
                        creditor_agent,
                        excepted,
                        ..
                    } => accepted.push((name, creditor_agent, excepted)),
                    BatchChange::Submitted { .. } => {
                        submitted.insert(name, event.contents);
                    }
                    BatchChange::Rejected { .. } | BatchChange::Cancelled(_) | BatchChange::Expired => {}
                }
            }
        }
        for (name, creditor_agent, excepted) in accepted {
            // A batch that was submitted before the first of these blocks is looked up by its number.
            if let std::collections::hash_map::Entry::Vacant(entry) = submitted.entry(name) {
                let found = corridor.submitted_batch(name.0, name.1).await?;
                entry.insert(found.and_then(|found| found.event.contents));
            }
            let record = corridor.batch(name.0, name.1).await?;
            let contents = submitted.get(&name).and_then(Option::as_ref);
            let Some((contents, record)) = contents.zip(record) else {
                continue;
            };
            for (index, item) in items_of(contents, &record, creditor_agent) {
                if wanted.contains(&item.uetr) && !excepted.contains(&index) {
                    self.add(item.uetr, Payment::Item(name, index));
                }
            }
        }
        Ok(())
    }

    /// Items that the index has.
    async fn take_index(&mut self, search: &Search<'_>, wanted: &HashSet<Uetr>) -> Result<(), Failure> {
        let Some(index) = search.index() else {
            return Ok(());
        };
        let failed = crate::command::index_failure;
        let rows = stream::iter(wanted).map(|uetr| index.items_by_uetr(*uetr));
        let rows: Vec<Vec<_>> = rows
            .buffer_unordered(QUERIES)
            .try_collect()
            .await
            .map_err(failed)?;
        for row in rows.into_iter().flatten() {
            if row.fault.is_some() || row.excepted {
                continue;
            }
            let parts = index.batch_parts(row.batch).await.map_err(failed)?;
            let accepted = parts
                .iter()
                .any(|part| Some(part.creditor_agent) == row.creditor_agent && part.status == "accepted");
            let batch = index.batch_by_id(row.batch).await.map_err(failed)?;
            if let Some(batch) = batch.filter(|_| accepted) {
                let name = (batch.debtor_agent, batch.number);
                self.add(row.uetr, Payment::Item(name, row.index));
            }
        }
        Ok(())
    }

    /// The items of a batch that are paid otherwise, or that are in it twice.
    #[must_use]
    pub fn duplicates(
        &self,
        batch: BatchName,
        items: &[(u16, Item)],
        directory: &Directory,
    ) -> Vec<Duplicate> {
        let mut first = HashMap::new();
        let mut duplicates = Vec::new();
        for (index, item) in items {
            let other = self.0.get(&item.uetr).into_iter().flatten();
            let mut other =
                other.filter(|payment| !matches!(payment, Payment::Item(name, _) if *name == batch));
            let paid = match (first.get(&item.uetr), other.next()) {
                (Some(earlier), _) => Some(format!("item {earlier} of the same batch")),
                (None, Some(payment)) => Some(payment.text(directory)),
                (None, None) => None,
            };
            first.entry(item.uetr).or_insert(*index);
            if let Some(paid) = paid {
                duplicates.push(Duplicate {
                    index: *index,
                    uetr: item.uetr,
                    paid,
                });
            }
        }
        duplicates
    }

    /// From here on, the items of a batch are paid.
    pub fn accept(&mut self, batch: BatchName, items: &[(u16, Item)]) {
        for (index, item) in items {
            self.add(item.uetr, Payment::Item(batch, *index));
        }
    }
}

impl Payment {
    fn text(self, directory: &Directory) -> String {
        match self {
            Self::Transfer(status) => format!("a transfer of its own, which is {}", status.name()),
            Self::Item((debtor, number), index) => {
                format!("item {index} of batch {number} of {}", directory.name(debtor))
            }
        }
    }
}

/// Whether a transfer is paid, or may still be.
fn pays(status: TransferStatus) -> bool {
    !matches!(
        status,
        TransferStatus::Rejected | TransferStatus::Cancelled | TransferStatus::Expired
    )
}

/// The items of a batch that count for one creditor agent, each with its index.
#[must_use]
pub fn items_of(
    contents: &BatchContents,
    record: &BatchRecord,
    creditor_agent: ParticipantId,
) -> Vec<(u16, Item)> {
    let counterparties = &contents.header.counterparties;
    let limits = record.limits();
    let limits = limits.get(..counterparties.len().min(MAX_COUNTERPARTIES));
    let (items, _) = contents.items.as_chunks::<ITEM_BYTES>();
    let valid = (0u16..).zip(items).filter_map(|(index, bytes)| {
        let item = Item::read(bytes, limits.unwrap_or_default()).ok()?;
        Some((index, item))
    });
    let ours = |item: &Item| counterparties.get(usize::from(item.counterparty)) == Some(&creditor_agent);
    valid.filter(|(_, item)| ours(item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::{
        batch::ItemTotal,
        batch_life::{Leg, LegStatus},
        BatchHeader, Currency,
    };

    const A: ParticipantId = ParticipantId(0);
    const B: ParticipantId = ParticipantId(1);

    fn item(seed: u8, minor_units: u64, counterparty: u8) -> Item {
        Item {
            uetr: Uetr::from_random_bytes([seed; 16]),
            minor_units,
            counterparty,
            message_digest: [0; 32],
        }
    }

    #[test]
    fn what_is_paid_otherwise_is_found_and_oneself_is_not() {
        let directory = Directory::of(Vec::new());
        let (items, mut paid) = (
            [(0, item(1, 5, 0)), (1, item(2, 5, 0)), (2, item(1, 5, 0))],
            Paid::default(),
        );
        let found = paid.duplicates((A, 7), &items, &directory);
        let [twice] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(
            (twice.index, twice.paid.as_str()),
            (2, "item 0 of the same batch")
        );

        paid.accept((A, 7), &items);
        assert_eq!(
            paid.duplicates((A, 7), &items, &directory).len(),
            1,
            "its own acceptance is none"
        );
        let others = paid.duplicates((A, 8), &items[1..2], &directory);
        assert_eq!(others[0].paid, "item 1 of batch 7 of participant 0");
        paid.add(item(3, 5, 0).uetr, Payment::Transfer(TransferStatus::Settled));
        let single = paid.duplicates((A, 8), &[(9, item(3, 5, 0))], &directory);
        assert_eq!(single[0].paid, "a transfer of its own, which is settled");
    }

    #[test]
    fn a_transfer_that_came_to_nothing_pays_nothing() {
        for status in [
            TransferStatus::Rejected,
            TransferStatus::Cancelled,
            TransferStatus::Expired,
        ] {
            assert!(!pays(status), "{status:?}");
        }
        for status in [
            TransferStatus::Pending,
            TransferStatus::Settled,
            TransferStatus::Queued,
        ] {
            assert!(pays(status), "{status:?}");
        }
    }

    #[test]
    fn only_items_that_count_for_the_creditor_agent_are_its_own() {
        let items = [item(1, 5, 0), item(2, 50, 0), item(3, 5, 1)];
        let contents = BatchContents {
            header: BatchHeader {
                debtor_agent: A,
                number: 1,
                currency: Currency::CNY,
                counterparties: vec![B, ParticipantId(2)],
                items: 3,
                control_sum: 60,
                all_or_nothing: false,
                expires_at: 9,
            },
            items: items.iter().flat_map(Item::to_bytes).collect(),
        };
        let leg = |creditor_agent| Leg {
            creditor_agent,
            total: ItemTotal::default(),
            limit: 20,
            status: LegStatus::Pending,
        };
        let record = BatchRecord {
            root: [0; 32],
            debtor_agent: A,
            currency: Currency::CNY,
            submitted_at: 0,
            expires_at: 9,
            legs: vec![leg(B), leg(ParticipantId(2))],
        };
        let ours: Vec<u16> = items_of(&contents, &record, B)
            .iter()
            .map(|(index, _)| *index)
            .collect();
        assert_eq!(ours, [0], "the second is above the limit, the third is another's");
    }
}

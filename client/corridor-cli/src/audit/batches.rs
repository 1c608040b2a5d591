//! What batches booked, added up again from their items.

use corridor_client::{
    core::{
        batch::{self, ItemFault, ItemTotal, ITEM_BYTES},
        BatchChange, BatchRecord, Item, ParticipantId, WindowId,
    },
    BatchContents, BatchEvent,
};
use std::collections::{HashMap, HashSet};

/// One creditor agent's part of one debtor agent's batch of a number.
type PartName = (ParticipantId, u32, ParticipantId);

/// Batches as far as they were read.
#[derive(Debug, Default)]
pub struct Batches {
    /// Index and amount of every item that counts, of parts that were not answered.
    open: HashMap<PartName, Vec<(u16, u64)>>,
    /// Batches whose items no extrinsic shows.
    unread: HashSet<(ParticipantId, u32)>,
    /// Batches answered without having been submitted in the blocks that were read.
    strangers: Vec<(ParticipantId, u32)>,
    /// What the chain says otherwise than the items do.
    faults: Vec<String>,
}

/// What a part of a batch moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// In which window.
    pub window: WindowId,
    /// Who is paid.
    pub creditor_agent: ParticipantId,
    /// How much, in minor units.
    pub minor_units: u64,
}

impl Batches {
    /// Takes in an event, and answers what it books. `record` is what is recorded of its batch.
    pub fn take(&mut self, event: &BatchEvent, record: Option<&BatchRecord>) -> Option<Booked> {
        let batch = (event.debtor_agent, event.number);
        match &event.change {
            BatchChange::Submitted {
                root,
                totals,
                rejected,
            } => {
                let Some((contents, record)) = event.contents.as_ref().zip(record) else {
                    self.unread.insert(batch);
                    return None;
                };
                if record.root != *root {
                    self.fault(event, "its root is not the one that is recorded");
                }
                self.submitted(event, contents, record, totals, rejected);
                None
            }
            BatchChange::Accepted {
                creditor_agent,
                window,
                minor_units,
                excepted,
            } => Some(Booked {
                window: *window,
                creditor_agent: *creditor_agent,
                minor_units: self.accepted(event, *creditor_agent, *minor_units, excepted),
            }),
            BatchChange::Rejected { creditor_agent, .. } => {
                self.open.remove(&(batch.0, batch.1, *creditor_agent));
                None
            }
            BatchChange::Cancelled(_) | BatchChange::Expired => {
                self.open
                    .retain(|(debtor, number, _), _| (*debtor, *number) != batch);
                None
            }
        }
    }

    /// Checks every item again and adds them up.
    fn submitted(
        &mut self,
        event: &BatchEvent,
        contents: &BatchContents,
        record: &BatchRecord,
        totals: &[(ParticipantId, ItemTotal)],
        rejected: &[(u16, ItemFault)],
    ) {
        let header = &contents.header;
        let scan = match batch::scan(header, &contents.items, record.limits()) {
            Ok(scan) => scan,
            Err(error) => return self.fault(event, &format!("its items do not pass: {error}")),
        };
        let ours: Vec<_> = header.counterparties.iter().copied().zip(scan.totals).collect();
        if ours != totals {
            self.fault(event, "its sums are not those of its items");
        }
        if scan.rejected != rejected {
            self.fault(event, "the items left out are not those that are invalid");
        }
        let limits = record.limits();
        let limits = limits.get(..header.counterparties.len()).unwrap_or_default();
        let (items, _) = contents.items.as_chunks::<ITEM_BYTES>();
        for agent in &header.counterparties {
            self.open
                .insert((event.debtor_agent, event.number, *agent), Vec::new());
        }
        for (index, bytes) in (0u16..).zip(items) {
            let Ok(item) = Item::read(bytes, limits) else {
                continue;
            };
            let agent = header.counterparties.get(usize::from(item.counterparty));
            let part = agent.and_then(|agent| self.open.get_mut(&(event.debtor_agent, event.number, *agent)));
            part.into_iter()
                .for_each(|part| part.push((index, item.minor_units)));
        }
    }

    /// What an acceptance books: the items of its part less the exceptions, or, where they cannot be read, what it says.
    fn accepted(&mut self, event: &BatchEvent, agent: ParticipantId, said: u64, excepted: &[u16]) -> u64 {
        let batch = (event.debtor_agent, event.number);
        let Some(items) = self.open.remove(&(batch.0, batch.1, agent)) else {
            if !self.unread.contains(&batch) {
                self.strangers.push(batch);
            }
            return said;
        };
        if let Some(other) = excepted
            .iter()
            .find(|index| !items.iter().any(|(at, _)| at == *index))
        {
            self.fault(
                event,
                &format!("item {other} was excepted and is none of the part"),
            );
        }
        let kept = items.iter().filter(|(index, _)| !excepted.contains(index));
        let sum = kept.fold(0u64, |sum, (_, minor_units)| sum.saturating_add(*minor_units));
        if sum != said {
            let text = format!("its items come to {sum} minor units, and {said} were booked");
            self.fault(event, &text);
        }
        sum
    }

    fn fault(&mut self, event: &BatchEvent, text: &str) {
        let (debtor, number) = (event.debtor_agent, event.number);
        self.faults
            .push(format!("batch {number} of participant {debtor}: {text}"));
    }

    /// Batches that were answered without having been submitted in the blocks that were read.
    #[must_use]
    pub fn strangers(&self) -> &[(ParticipantId, u32)] {
        &self.strangers
    }

    /// How many batches could not be added up again, because no extrinsic shows their items.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// What the chain says otherwise than the items do.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use corridor_client::{
        core::{
            batch::MAX_ITEM_MINOR_UNITS,
            batch_life::{Leg, LegStatus},
            batch_proof, BatchHeader, Currency, Uetr,
        },
        keccak256, BlockRef,
    };

    const A: ParticipantId = ParticipantId(0);
    const B: ParticipantId = ParticipantId(1);

    /// A batch of amounts for one creditor agent: the event of its submission, and its record.
    pub fn submission(
        debtor_agent: ParticipantId,
        number: u32,
        creditor_agent: ParticipantId,
        amounts: &[u64],
    ) -> (BatchEvent, BatchRecord) {
        let items = amounts.iter().zip(0u8..).map(|(minor_units, seed)| Item {
            uetr: Uetr::from_random_bytes([seed; 16]),
            minor_units: *minor_units,
            counterparty: 0,
            message_digest: [0; 32],
        });
        let sum = amounts.iter().copied().map(u128::from).sum();
        let contents = BatchContents {
            items: items.flat_map(|item| item.to_bytes()).collect(),
            header: BatchHeader {
                debtor_agent,
                number,
                currency: Currency::CNY,
                counterparties: vec![creditor_agent],
                items: u16::try_from(amounts.len()).expect("few"),
                control_sum: sum,
                all_or_nothing: false,
                expires_at: 9,
            },
        };
        let total = ItemTotal {
            minor_units: u64::try_from(sum).expect("small"),
            items: contents.header.items,
        };
        let root = batch_proof::root(&contents.header, &contents.items, &mut keccak256);
        let record = BatchRecord {
            root,
            debtor_agent,
            currency: Currency::CNY,
            submitted_at: 0,
            expires_at: 9,
            legs: vec![Leg {
                creditor_agent,
                total,
                limit: MAX_ITEM_MINOR_UNITS,
                status: LegStatus::Pending,
            }],
        };
        let change = BatchChange::Submitted {
            root,
            totals: vec![(creditor_agent, total)],
            rejected: Vec::new(),
        };
        let mut event = happened(debtor_agent, number, change);
        event.contents = Some(contents);
        (event, record)
    }

    /// An event of a batch.
    pub fn happened(debtor_agent: ParticipantId, number: u32, change: BatchChange) -> BatchEvent {
        BatchEvent {
            block: BlockRef {
                number: 1,
                hash: [0; 32],
                time_ms: 0,
            },
            index: 0,
            debtor_agent,
            number,
            currency: Currency::CNY,
            change,
            contents: None,
        }
    }

    fn acceptance(minor_units: u64, excepted: Vec<u16>) -> BatchEvent {
        let change = BatchChange::Accepted {
            creditor_agent: B,
            window: WindowId(7),
            minor_units,
            excepted,
        };
        happened(A, 3, change)
    }

    #[test]
    fn what_is_booked_is_added_up_from_the_items() {
        let (submitted, record) = submission(A, 3, B, &[100, 20, 3]);
        let booked = |said, excepted| {
            let mut batches = Batches::default();
            assert_eq!(batches.take(&submitted, Some(&record)), None);
            let booked = batches
                .take(&acceptance(said, excepted), None)
                .expect("a booking");
            (booked.minor_units, batches.faults().to_vec())
        };
        assert_eq!(booked(123, vec![]), (123, vec![]));
        assert_eq!(booked(103, vec![1]), (103, vec![]));
        let (sum, faults) = booked(124, vec![]);
        assert_eq!(sum, 123, "what the items say");
        assert_eq!(
            faults,
            ["batch 3 of participant 0: its items come to 123 minor units, and 124 were booked"]
        );
        assert_eq!(booked(123, vec![5]).1.len(), 1, "an exception that is no item");
    }

    #[test]
    fn a_submission_that_says_other_than_its_items_is_found() {
        let (submitted, record) = submission(A, 3, B, &[100, 20, 3]);
        let faults = |event: &BatchEvent, record: &BatchRecord| {
            let mut batches = Batches::default();
            batches.take(event, Some(record));
            batches.faults().len()
        };
        assert_eq!(faults(&submitted, &record), 0);
        let mut changed = submitted.clone();
        let BatchChange::Submitted { totals, .. } = &mut changed.change else {
            panic!("made above");
        };
        totals[0].1.minor_units += 1;
        assert_eq!(faults(&changed, &record), 1);
        let mut other = record.clone();
        other.root = [1; 32];
        assert_eq!(faults(&submitted, &other), 1);
        // Under another limit, an item should have been left out.
        let mut lower = record;
        lower.legs[0].limit = 50;
        assert_eq!(faults(&submitted, &lower), 2);
    }

    #[test]
    fn what_cannot_be_read_is_counted_and_what_was_not_submitted_is_named() {
        let (mut submitted, record) = submission(A, 3, B, &[1]);
        submitted.contents = None;
        let mut batches = Batches::default();
        batches.take(&submitted, Some(&record));
        let booked = batches.take(&acceptance(1, vec![]), None).expect("a booking");
        assert_eq!((booked.minor_units, batches.unread()), (1, 1));
        assert!(batches.strangers().is_empty());
        let mut batches = Batches::default();
        batches.take(&acceptance(1, vec![]), None);
        assert_eq!(batches.strangers(), [(A, 3)]);
    }
}

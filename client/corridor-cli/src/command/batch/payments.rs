//! The payments of a batch for the one who is to accept them: what they are, which are paid otherwise, which are
//! left out of the acceptance.

use super::{answer::part, ItemName};
use crate::{
    clearing::{
        duplicates::{items_of, BatchName, Duplicate, Paid},
        plan::Batch,
        record::BatchFile,
        search::Search,
    },
    directory::Directory,
    Exit, Failure,
};
use corridor_client::{
    core::{
        batch::{ItemLimits, MAX_COUNTERPARTIES},
        batch_life::{Leg, LegStatus, MAX_EXCEPTIONS},
        BatchRecord, Item, ParticipantId, Uetr,
    },
    BatchContents, Corridor, Exceptions,
};
use std::{collections::BTreeMap, path::Path};

/// A creditor agent's part of a batch, with the items.
pub(super) struct Part {
    /// Whose batch, and which.
    pub name: BatchName,
    /// The creditor agent's part.
    pub leg: Leg,
    /// Header and items as they were submitted.
    pub batch: Batch,
    /// The items that count for the creditor agent, each with its index.
    pub items: Vec<(u16, Item)>,
}

impl Part {
    /// Takes the items from the debtor agent's record, or from the extrinsic that submitted them.
    pub async fn read(
        corridor: &Corridor,
        directory: &Directory,
        record: &BatchRecord,
        number: u32,
        ours: ParticipantId,
        path: Option<&Path>,
    ) -> Result<Self, Failure> {
        let debtor_agent = record.debtor_agent;
        let leg = part(record, number, ours, directory)?;
        let batch = match path {
            Some(path) => from_record(path, record, number)?,
            None => {
                let found = Search::named(corridor, debtor_agent, number).await?;
                let found = found.ok_or_else(|| Failure::internal("the batch is recorded and is not"))?;
                Batch {
                    header: found.contents.header,
                    items: found.contents.items,
                }
            }
        };
        let contents = BatchContents {
            header: batch.header.clone(),
            items: batch.items.clone(),
        };
        Ok(Self {
            name: (debtor_agent, number),
            items: items_of(&contents, record, ours),
            leg,
            batch,
        })
    }

    /// Whether it has been answered: then repeating the answer is all there is to do.
    pub fn is_answered(&self) -> bool {
        self.leg.status != LegStatus::Pending
    }

    /// The identities of its items.
    pub fn uetrs(&self) -> Vec<Uetr> {
        self.items.iter().map(|(_, item)| item.uetr).collect()
    }

    /// The items that are paid otherwise, but for those that are not accepted anyway.
    pub fn duplicates(&self, paid: &Paid, except: &[ItemName], directory: &Directory) -> Vec<Duplicate> {
        let mut accepted = self.items.clone();
        accepted.retain(|(at, _)| {
            !except.iter().any(|name| match name {
                ItemName::Index(index) => index == at,
                // A UETR names the first item that has it.
                ItemName::Uetr(uetr) => self.batch.find(*uetr) == Some(*at),
            })
        });
        paid.duplicates(self.name, &accepted, directory)
    }
}

/// The batch out of the debtor agent's record, which has to be the one that is recorded.
fn from_record(path: &Path, record: &BatchRecord, number: u32) -> Result<Batch, Failure> {
    let file = BatchFile::read(path)?;
    let batch = file.find(record.debtor_agent, number);
    let batch = batch.filter(|batch| batch.root() == record.root).cloned();
    batch.ok_or_else(|| {
        let text = format!("the file is no record of batch {number} as it was submitted");
        let advice =
            "Ask the debtor agent for the record, or leave --batch out to take the items from the chain.";
        Failure::message("cli.batch_record", text, advice)
    })
}

/// Says which items are paid otherwise.
pub(super) fn refuse(duplicates: &[Duplicate], number: u32) -> Result<(), Failure> {
    if duplicates.is_empty() {
        return Ok(());
    }
    let lines = duplicates.iter().map(|duplicate| {
        let Duplicate { index, uetr, paid } = duplicate;
        format!("item {index}, UETR {uetr}: {paid}")
    });
    let (count, list) = (duplicates.len(), lines.collect::<Vec<_>>().join("\n  "));
    let text = format!("{count} items of batch {number} are paid otherwise:\n  {list}");
    let advice = "Nothing was accepted. Accept the batch by itself with --except-duplicates to leave these items out, or \
                  reject it.";
    Err(Failure::new(Exit::Mismatch, "cli.duplicate", text, advice))
}

/// The exceptions by rising index, each with its chunk, and their sum. Every one must be a valid item of ours.
pub(super) fn exceptions(
    batch: &Batch,
    except: &[ItemName],
    ours: ParticipantId,
    limits: &ItemLimits,
) -> Result<(Option<Exceptions>, u128), Failure> {
    let refused = |text: String| {
        let advice =
            "An exception is an item addressed to you that counts, by its index or UETR; at most 128.";
        Failure::usage("cli.except", text, advice)
    };
    let (mut items, mut sum) = (BTreeMap::new(), 0u128);
    let counterparties = batch.header.counterparties.len().min(MAX_COUNTERPARTIES);
    let limits = limits.get(..counterparties).unwrap_or_default();
    for name in except {
        let (index, text) = match name {
            ItemName::Index(index) => (Some(*index), index.to_string()),
            ItemName::Uetr(uetr) => (batch.find(*uetr), uetr.to_string()),
        };
        let proof = index.and_then(|index| batch.prove(index));
        let proof = proof.ok_or_else(|| refused(format!("--except {text}: the batch has no such item")))?;
        let (_, bytes) = batch
            .indexed()
            .nth(proof.index.into())
            .ok_or_else(|| refused(format!("--except {text}: the batch has no such item")))?;
        let item = Item::read(bytes, limits).map_err(|_| {
            refused(format!(
                "--except {text}: the item was left out as invalid already"
            ))
        })?;
        if batch.header.counterparties.get(usize::from(item.counterparty)) != Some(&ours) {
            return Err(refused(format!(
                "--except {text}: the item is addressed to somebody else"
            )));
        }
        if items.insert(proof.index, proof.chunk).is_none() {
            sum = sum.saturating_add(item.minor_units.into());
        }
    }
    if items.len() > MAX_EXCEPTIONS {
        return Err(refused(format!("{} exceptions are too many", items.len())));
    }
    let exceptions = Exceptions {
        header: batch.header.clone(),
        chunk_hashes: batch.chunk_hashes(),
        items: items.into_iter().collect(),
    };
    // None at all is the same acceptance as one without a record.
    let any = !exceptions.items.is_empty();
    Ok((any.then_some(exceptions), sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearing::plan::{split, Common, Payment};
    use corridor_client::core::Currency;

    #[test]
    fn exceptions_are_ours_once_and_rising() {
        let payment = |seed: u8| Payment {
            uetr: Uetr::from_random_bytes([seed; 16]),
            creditor_agent: ParticipantId(1 + u16::from(seed % 2)),
            minor_units: u64::from(seed) + 1,
            message_digest: [0; 32],
        };
        let payments: Vec<Payment> = (0..40).map(payment).collect();
        let common = Common {
            debtor_agent: ParticipantId(0),
            currency: Currency::CNY,
            number: 1,
            all_or_nothing: false,
            expires_at: 1,
        };
        let batch = split(&payments, common).expect("numbers").remove(0);
        let of = |except: &[ItemName], limit| {
            exceptions(&batch, except, ParticipantId(1), &[limit; MAX_COUNTERPARTIES])
        };
        let (index, uetr) = (ItemName::Index(36), ItemName::Uetr(payments[2].uetr));
        let (all, sum) = of(&[index, uetr, ItemName::Index(36)], u64::MAX).expect("ours");
        let items = all.expect("some").items;
        assert_eq!(items.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [2, 36]);
        assert_eq!((items[0].1.len(), items[1].1.len()), (1_024, 512));
        assert_eq!(sum, 3 + 37);
        assert_eq!(of(&[], u64::MAX), Ok((None, 0)));
        for (except, limit) in [
            (ItemName::Index(40), u64::MAX),
            (ItemName::Index(3), u64::MAX),
            (ItemName::Uetr(Uetr([7; 16])), u64::MAX),
            (index, 36),
        ] {
            assert!(of(&[except], limit).is_err(), "{except:?}");
        }
    }
}

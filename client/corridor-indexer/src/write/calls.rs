//! What the calls of an extrinsic say that its events do not repeat.
//!
//! An extrinsic may carry out several calls, of which some may have failed, and a contract may have made the call an event is of. So
//! a detail is taken only where no other call could have brought it; where none is, the event is without it. Who signs can hide a
//! call from a reader, in a contract of his or in calls within calls, and show another one of his choice beside it.

use corridor_client::{
    chain::{ContractCall, FinalisedBlock},
    contract::{is_batch, read_batch, read_quote, read_reference, settlement_message},
    core::{Address, BatchHeader, ParticipantId, Quote, QuoteId, Reference},
    AccountId,
};

/// The calls that carry out a list of others.
const LISTS: [&str; 3] = ["Utility.batch", "Utility.batch_all", "Utility.force_batch"];

/// The calls of one extrinsic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calls<'b> {
    all: &'b [ContractCall],
    settlement: Address,
}

impl<'b> Calls<'b> {
    /// Those of the extrinsic in this place; none where no extrinsic made an event.
    pub(crate) fn of(block: &'b FinalisedBlock, extrinsic_index: Option<u32>, settlement: Address) -> Self {
        let index = extrinsic_index.and_then(|index| usize::try_from(index).ok());
        let extrinsic = index.and_then(|index| block.extrinsics.get(index));
        Self {
            all: extrinsic.map_or(&[], |extrinsic| &extrinsic.calls),
            settlement,
        }
    }

    fn ours(self) -> impl Iterator<Item = &'b ContractCall> {
        self.all.iter().filter(move |call| call.dest == self.settlement)
    }

    /// Who made all of them.
    pub(crate) fn signer(self) -> Option<AccountId> {
        only(self.all.iter().map(|call| call.signer)).flatten()
    }

    /// Header and items of the batch that was submitted with this root.
    pub(crate) fn batch(self, key: (ParticipantId, u32), root: &[u8; 32]) -> Option<(BatchHeader, Vec<u8>)> {
        // The contract has checked the one call there is against what it emitted.
        let alone = self.all.len() == 1 && self.all.iter().all(|call| call.via.is_empty());
        let batches = self.ours().filter_map(|call| read_batch(&call.data));
        let mut ours = batches.filter(|(header, _)| (header.debtor_agent, header.number) == key);
        ours.find(|(header, items)| alone || is_batch(root, header, items))
    }

    /// The call of the contract that is all the extrinsic carries out.
    fn sole(self) -> Option<&'b ContractCall> {
        let [call] = self.all else {
            return None;
        };
        // A list of calls may have others that cannot be seen.
        let one_by_one = call.via.iter().all(|by| !LISTS.contains(&by.as_str()));
        (one_by_one && call.dest == self.settlement).then_some(call)
    }

    /// The reference of the pledge or release.
    pub(crate) fn reference(self) -> Option<Reference> {
        read_reference(&self.sole()?.data)
    }

    /// The quote of this id that the call brings.
    pub(crate) fn quote(self, id: QuoteId) -> Option<Quote> {
        read_quote(&self.sole()?.data).filter(|quote| quote.id == id)
    }

    /// The signed quote of this id that an instruction or a return brings; `None` where it uses a published one, `Some(None)` where
    /// that cannot be told.
    pub(crate) fn signed_quote(self, id: QuoteId) -> Option<Option<Quote>> {
        let uses_one = |call: &&ContractCall| {
            matches!(
                settlement_message(&call.data),
                Some("instruct_fx" | "return_at_quote")
            )
        };
        let Some(call) = self.sole().filter(uses_one) else {
            return Some(None);
        };
        let brought = read_quote(&call.data)?;
        Some((brought.id == id).then_some(brought))
    }
}

/// What all of them are; `None` where they differ or there is none.
fn only<T: PartialEq>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

//! What became of clearing batches, from the blocks: their events, and their items from the calls that brought them.

use crate::{
    chain::{BlockRef, FinalisedBlock},
    contract::{read_batch, SettlementEvent},
    keccak256, ChainError, Corridor, Error,
};
use corridor_core::{
    batch_proof, Address, BatchChange, BatchHeader, BatchRecord, Currency, ParticipantId, Seconds,
};
use corridor_proof::state::time_key;
use scale_codec::Decode;

/// Header and items of a batch, as they were submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchContents {
    /// The batch as a whole.
    pub header: BatchHeader,
    /// 64 bytes for each item.
    pub items: Vec<u8>,
}

/// Something that happened to a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchEvent {
    /// In which finalised block.
    pub block: BlockRef,
    /// The event's place in the block.
    pub index: u32,
    /// The batch's debtor agent.
    pub debtor_agent: ParticipantId,
    /// Its number.
    pub number: u32,
    /// The currency of its items.
    pub currency: Currency,
    /// What happened.
    pub change: BatchChange,
    /// When it was submitted: what was, which is what the event's root commits to. `None` where no extrinsic shows
    /// it, because the call was made by a contract or inside of another call.
    pub contents: Option<BatchContents>,
}

/// A recorded batch, and the event of its submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmittedBatch {
    /// What is recorded now.
    pub record: BatchRecord,
    /// How it came there.
    pub event: BatchEvent,
}

impl Corridor {
    /// What happened to batches in a finalised block.
    ///
    /// # Errors
    /// [`Error::NoSettlement`]; the chain layer's, such as a block whose state the node no longer keeps.
    pub async fn batch_events(&self, number: u64) -> Result<Vec<BatchEvent>, Error> {
        let contract = self.contract()?.address();
        let block = self.inner.chain.block(number).await?;
        self.batch_events_of(&block, contract).await
    }

    /// The same of a block that has been read.
    ///
    /// # Errors
    /// As [`Corridor::batch_events`].
    pub async fn batch_events_of(
        &self,
        block: &FinalisedBlock,
        contract: Address,
    ) -> Result<Vec<BatchEvent>, Error> {
        let events = read(block, contract)?;
        let submits = |event: &BatchEvent| matches!(event.change, BatchChange::Submitted { .. });
        if !events.iter().any(submits) {
            return Ok(events);
        }
        // Reading the extrinsics takes longer, and most blocks have no batch.
        let block = self.inner.chain.block_with_calls(block.block.number).await?;
        read(&block, contract)
    }

    /// A batch with what was submitted; `None` where nothing is recorded under the number.
    ///
    /// Its block is found by the time that is recorded, so that no block before it has to be read.
    ///
    /// # Errors
    /// As [`Corridor::batch_events`].
    pub async fn submitted_batch(
        &self,
        debtor_agent: ParticipantId,
        number: u32,
    ) -> Result<Option<SubmittedBatch>, Error> {
        let Some(record) = self.batch(debtor_agent, number).await? else {
            return Ok(None);
        };
        let head = self.finalised_head().await?.number;
        let first = self.first_block_of(record.submitted_at, head).await?;
        for block in first..=head {
            let events = self.batch_events(block).await?;
            let found = events.into_iter().find(|event| {
                let ours = event.debtor_agent == debtor_agent && event.number == number;
                ours && matches!(event.change, BatchChange::Submitted { .. })
            });
            if let Some(event) = found {
                return Ok(Some(SubmittedBatch { record, event }));
            }
            if self.block_second(block).await? > record.submitted_at {
                break;
            }
        }
        Err(ChainError::Decode {
            what: "the block a batch was submitted in",
            reason: format!("none of second {} has it", record.submitted_at),
        }
        .into())
    }

    /// The first block, up to `head`, of a second or a later one.
    async fn first_block_of(&self, second: Seconds, head: u64) -> Result<u64, Error> {
        let (mut before, mut found) = (0, head);
        while found.saturating_sub(before) > 1 {
            let middle = before.saturating_add(found.saturating_sub(before) / 2);
            match self.block_second(middle).await? >= second {
                true => found = middle,
                false => before = middle,
            }
        }
        Ok(found)
    }

    /// A block's time as contracts see it.
    async fn block_second(&self, number: u64) -> Result<Seconds, Error> {
        let chain = &self.inner.chain;
        let at = chain.block_hash(number).await?;
        let value = chain
            .read_storage(&time_key(), at)
            .await
            .map_err(|error| match error {
                // What a node says whose state of that block is pruned.
                ChainError::Rpc { reason, .. } if reason.contains("discarded") => {
                    ChainError::BlockUnavailable { number }
                }
                other => other,
            })?;
        // The genesis block has no time.
        let time = value.map_or(Ok(0), |bytes| u64::decode(&mut &bytes[..]));
        let time = time.map_err(|error| ChainError::Decode {
            what: "the block's time",
            reason: error.to_string(),
        })?;
        Ok(time / 1_000)
    }
}

/// The batches' events of a block, with what was submitted where the block was read with its calls.
fn read(block: &FinalisedBlock, contract: Address) -> Result<Vec<BatchEvent>, Error> {
    let mut events = Vec::new();
    for event in block.events.iter().filter(|event| event.contract == contract) {
        let Some(SettlementEvent::Batch(batch)) = SettlementEvent::decode(&event.topics, &event.data)? else {
            continue;
        };
        let contents = match &batch.change {
            BatchChange::Submitted { root, .. } => contents(block, contract, event.extrinsic_index, root),
            _ => None,
        };
        events.push(BatchEvent {
            block: block.block,
            index: event.index,
            debtor_agent: batch.debtor_agent,
            number: batch.number,
            currency: batch.currency,
            change: batch.change,
            contents,
        });
    }
    Ok(events)
}

/// What a call of an extrinsic submits, where that is what the root commits to.
fn contents(
    block: &FinalisedBlock,
    contract: Address,
    extrinsic: Option<u32>,
    root: &[u8; 32],
) -> Option<BatchContents> {
    let extrinsic = block.extrinsics.get(usize::try_from(extrinsic?).ok()?)?;
    let ours = extrinsic.calls.iter().filter(|call| call.dest == contract);
    ours.filter_map(|call| read_batch(&call.data))
        .find(|(header, items)| batch_proof::root(header, items, &mut keccak256) == *root)
        .map(|(header, items)| BatchContents { header, items })
}

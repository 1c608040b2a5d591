//! Clearing batches: thousands of small transfers in one call.

use alloc::vec::Vec;
use corridor_core::batch::{ItemFault, MAX_ITEMS};
use corridor_core::{BatchHeader, BatchRecord, Error, ParticipantId, ReasonCode};
use scale_codec::{decode_vec_with_len, Compact, Decode, Encode, Input};
use scale_info::TypeInfo;

/// The answer to a batch message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct BatchReceipt {
    /// What is recorded of the batch.
    pub record: BatchRecord,
    /// When it was submitted: the items left out, by index, and why.
    pub rejected: Vec<(u16, ItemFault)>,
    /// The command had been carried out before; nothing was changed.
    pub repeated: bool,
}

/// Items a creditor agent does not accept, each shown to be one of the batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, TypeInfo)]
pub struct Exceptions {
    /// The batch's header as it was submitted.
    pub header: BatchHeader,
    /// The hashes of all its chunks.
    pub chunk_hashes: Vec<[u8; 32]>,
    /// Index of the item and the chunk it is in, by rising index.
    pub items: Vec<(u16, Vec<u8>)>,
}

impl Decode for Exceptions {
    /// No more items than a batch has: a list takes ten times the bytes it is decoded from, and a contract's memory is
    /// never given back, so that one as long as call data may be would not fit.
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let header = BatchHeader::decode(input)?;
        let chunk_hashes = Vec::decode(input)?;
        let Compact(items) = Compact::<u32>::decode(input)?;
        let items = u16::try_from(items).ok().filter(|items| *items <= MAX_ITEMS);
        let items = items.ok_or("more exceptions than a batch has items")?;
        Ok(Self {
            header,
            chunk_hashes,
            items: decode_vec_with_len(input, items.into())?,
        })
    }
}

/// A batch is identified by its debtor agent and a number that only rises. Its items travel in the call; the contract
/// checks each, keeps the sum for each creditor agent, and commits to the items.
///
/// Errors: [`Error::UnknownAccount`] (but anyone may expire a batch), [`Error::UnknownBatch`], then those of the rule of the same name in
/// `corridor_core::batch_life`, then [`Error::VelocityExceeded`] where a limit of number or amount has no room for a sum.
/// Between who may do it and the rest, a submission may also answer [`Error::NoSchedule`] and, under a new number,
/// [`Error::UnknownCurrency`]; an acceptance with exceptions [`Error::InvalidProof`] and those of the item, then any
/// acceptance [`Error::NoSchedule`].
#[ink::trait_definition]
pub trait Batches {
    /// Debtor agent's instructor: `items` are 64 bytes each, see `corridor_core::batch`. The same number with the same
    /// content answers what was recorded, for ever.
    #[ink(message)]
    fn submit_batch(&mut self, header: BatchHeader, items: Vec<u8>) -> Result<BatchReceipt, Error>;

    /// Creditor agent's approver: books the sum of its items, less the exceptions, in the open window.
    #[ink(message)]
    fn accept_batch(
        &mut self,
        debtor_agent: ParticipantId,
        number: u32,
        exceptions: Option<Exceptions>,
    ) -> Result<BatchReceipt, Error>;

    /// Creditor agent's approver or compliance: refuses its items.
    #[ink(message)]
    fn reject_batch(
        &mut self,
        debtor_agent: ParticipantId,
        number: u32,
        reason: ReasonCode,
    ) -> Result<BatchReceipt, Error>;

    /// Debtor agent's instructor or compliance: withdraws what no creditor agent has answered.
    #[ink(message)]
    fn cancel_batch(&mut self, number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error>;

    /// Anyone, once the batch has expired: ends what no creditor agent has answered, and gives back what that counts
    /// against limits.
    #[ink(message)]
    fn expire_batch(&mut self, debtor_agent: ParticipantId, number: u32) -> Result<BatchReceipt, Error>;

    /// What is recorded of a batch.
    #[ink(message)]
    fn batch(&self, debtor_agent: ParticipantId, number: u32) -> Option<BatchRecord>;

    /// The number of a participant's last batch.
    #[ink(message)]
    fn last_batch(&self, debtor_agent: ParticipantId) -> Option<u32>;
}

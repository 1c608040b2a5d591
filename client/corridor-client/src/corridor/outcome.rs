//! What became of an operation, as a finalised block shows it.

use crate::chain::{BlockRef, Hash, Weight};

/// A finalised operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<Receipt> {
    /// What the contract recorded.
    pub receipt: Receipt,
    /// It had been carried out before: this call changed nothing.
    pub repeated: bool,
    /// The finalised block that shows it: the one that executed it or, where nothing was submitted because
    /// it was recorded already, the one it was read from.
    pub block: BlockRef,
    /// The extrinsic that carried it; `None` where nothing was submitted.
    pub extrinsic: Option<ExtrinsicRef>,
}

impl<Receipt> Outcome<Receipt> {
    /// The same outcome with another view of the receipt.
    pub fn map<Other>(self, view: impl FnOnce(Receipt) -> Other) -> Outcome<Other> {
        Outcome {
            receipt: view(self.receipt),
            repeated: self.repeated,
            block: self.block,
            extrinsic: self.extrinsic,
        }
    }
}

/// An extrinsic in a finalised block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtrinsicRef {
    /// Its hash.
    pub hash: Hash,
    /// Its place in the block.
    pub index: u32,
    /// The fee paid, in the smallest unit of the chain's own token, where the chain reports it.
    pub fee: Option<u128>,
    /// What its execution cost.
    pub weight: Weight,
}

//! Whether a chain is the one an index was made of, block by block: one that was reset has the same numbers.

use crate::{query::blocks::Source, Index, IndexError};
use corridor_client::{
    chain::{Chain, Hash},
    core::Address,
};

impl Index {
    /// Compares genesis and contract, and the last block of the index, or, where the node is behind, the node's newest one. An index of
    /// nothing is of any chain.
    ///
    /// # Errors
    /// [`IndexError::OtherSource`]; the database's and the connection's.
    pub async fn check_chain(&self, chain: &Chain, settlement: Option<Address>) -> Result<(), IndexError> {
        let source = match self.source().await {
            Ok(source) => source,
            Err(IndexError::Empty) => return Ok(()),
            Err(error) => return Err(error),
        };
        source.same_as(&Source {
            genesis: chain.genesis(),
            settlement: settlement.unwrap_or(source.settlement),
            ..source
        })?;
        let Some(head) = self.head().await? else {
            return Ok(());
        };
        let finalised = chain.finalised_head().await?;
        self.check_block(chain, head.block.number.min(finalised.number))
            .await
            .map(drop)
    }

    /// The hash of a block, which the index has to have, too, as far as it has that block.
    ///
    /// # Errors
    /// As [`Index::check_chain`].
    pub(crate) async fn check_block(&self, chain: &Chain, number: u64) -> Result<Hash, IndexError> {
        let found = chain.block_hash(number).await?;
        let stored = self.block(number).await?.map(|row| row.block.hash);
        match stored {
            Some(stored) if stored != found => Err(IndexError::other_block(number, &stored, &found)),
            _ => Ok(found),
        }
    }
}

//! Where to begin: the block a contract was instantiated in.

use crate::{sql::hex, IndexError};
use corridor_client::{
    chain::{Chain, Execution},
    contract::SettlementContract,
    core::Address,
    AccountId,
};

/// The first finalised block at whose end the contract is there, found by halving: a contract that is there stays.
///
/// # Errors
/// [`IndexError::NoContract`] where it is not there at the finalised head; [`ChainError::BlockUnavailable`](corridor_client::ChainError)
/// where the node does not keep old state: then the first block has to be named.
pub async fn first_block(chain: &Chain, settlement: Address) -> Result<u64, IndexError> {
    let head = chain.finalised_head().await?.number;
    if !exists(chain, settlement, head).await? {
        return Err(IndexError::NoContract {
            address: hex(&settlement),
        });
    }
    let (mut absent, mut present) = (0, head);
    while present.saturating_sub(absent) > 1 {
        let middle = absent.saturating_add(present.saturating_sub(absent) / 2);
        match exists(chain, settlement, middle).await? {
            true => present = middle,
            false => absent = middle,
        }
    }
    Ok(present)
}

/// Whether the contract answers at a block: an address without code answers nothing.
async fn exists(chain: &Chain, settlement: Address, block: u64) -> Result<bool, IndexError> {
    let at = chain.block_hash(block).await?;
    let message = SettlementContract::at(settlement).governance();
    let nobody = AccountId([0; 32]);
    let run = chain
        .dry_run(nobody, settlement, message.data(), Some(at))
        .await?;
    Ok(matches!(run.execution, Execution::Returned { data, .. } if !data.is_empty()))
}

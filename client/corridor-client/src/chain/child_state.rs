//! What a contract has stored: many keys of its child trie at a time.

use super::{connection::Chain, ChainError, Hash};
use futures::{future::BoxFuture, FutureExt};
use subxt::{
    rpcs::{client::rpc_params, methods::legacy::Bytes},
    utils::H256,
};

fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

impl Chain {
    /// At most `count` keys of a child trie, rising, that follow `after`; `child` is the key its root is stored under.
    ///
    /// # Errors
    /// As [`Chain::read_storage`].
    pub fn child_keys<'a>(
        &'a self,
        child: &'a [u8],
        after: Option<&'a [u8]>,
        count: u32,
        at: Hash,
    ) -> BoxFuture<'a, Result<Vec<Vec<u8>>, ChainError>> {
        async move {
            let method = "childstate_getKeysPaged";
            let ask = || {
                let params = rpc_params![hex(child), "0x", count, after.map(hex), Some(H256(at))];
                self.raw().request::<Vec<Bytes>>(method, params)
            };
            let keys = self.ask(method, ask).await?;
            Ok(keys.into_iter().map(|key| key.0).collect())
        }
        .boxed()
    }

    /// The values of these keys of a child trie, in their order; `None` where there is none.
    ///
    /// # Errors
    /// As [`Chain::read_storage`]; [`ChainError::Decode`] where the node answers another number of values.
    pub fn child_values<'a>(
        &'a self,
        child: &'a [u8],
        keys: &'a [Vec<u8>],
        at: Hash,
    ) -> BoxFuture<'a, Result<Vec<Option<Vec<u8>>>, ChainError>> {
        async move {
            let method = "childstate_getStorageEntries";
            let names: Vec<String> = keys.iter().map(|key| hex(key)).collect();
            let ask = || {
                let params = rpc_params![hex(child), &names, Some(H256(at))];
                self.raw().request::<Vec<Option<Bytes>>>(method, params)
            };
            let values = self.ask(method, ask).await?;
            if values.len() != keys.len() {
                return Err(ChainError::Decode {
                    what: method,
                    reason: format!("{} values for {} keys", values.len(), keys.len()),
                });
            }
            Ok(values
                .into_iter()
                .map(|value| value.map(|bytes| bytes.0))
                .collect())
        }
        .boxed()
    }
}

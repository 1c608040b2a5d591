//! The newest finalised block's number, kept up to date by one task for all followers of a connection.
//!
//! Heads only go up, for those who follow. A node that names a lower one than before is behind, or it serves another
//! chain: a block that both should have tells. So does the first head after every new subscription, because a chain is
//! only ever exchanged together with the connection.

use super::{connection::Chain, ChainError, Hash};
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::watch;

/// A subscription silent for this long is checked against the finalised head.
const SILENCE: Duration = Duration::from_secs(5);

/// Between two attempts when the node does not answer.
pub(super) const PAUSE: Duration = Duration::from_millis(250);

/// The newest number, or that the node now serves another chain.
pub(super) type Head = Result<u64, ChainError>;

/// A header, as far as it matters here.
struct Header {
    number: u64,
    parent: Hash,
}

impl Chain {
    /// The newest finalised block's number, as it changes; once the node can be reached.
    pub(super) async fn watch_heads_at_last(&self) -> Result<watch::Receiver<Head>, ChainError> {
        loop {
            match self.watch_heads().await {
                Err(error) if error.is_transient() => tokio::time::sleep(PAUSE).await,
                heads => return heads,
            }
        }
    }

    async fn watch_heads(&self) -> Result<watch::Receiver<Head>, ChainError> {
        let start = || async {
            let header = self.newest_header().await?;
            let mut known = Known::default();
            // Two chains of the same genesis differ from their first block on.
            if header.number > 0 {
                match self.block_hash(1).await {
                    Ok(first) => known.remember(1, first),
                    Err(ChainError::BlockUnavailable { .. }) => {}
                    Err(error) => return Err(error),
                }
                known.remember(header.number.saturating_sub(1), header.parent);
            }
            let (heads, receiver) = watch::channel(Ok(header.number));
            let watcher = Watcher {
                heads,
                newest: header.number,
                known,
            };
            tokio::spawn(watcher.run(self.clone()));
            Ok(receiver)
        };
        self.heads().get_or_try_init(start).await.cloned()
    }

    /// Header of the newest finalised block.
    async fn newest_header(&self) -> Result<Header, ChainError> {
        let header = self.header_of(self.finalised_hash().await?).await?;
        Ok(Header {
            number: header.number,
            parent: header.parent_hash.0,
        })
    }

    /// [`ChainError::OtherChain`] where the node serves another chain than the one connected to, as far as that is known.
    pub(crate) async fn check_same(&self) -> Result<(), ChainError> {
        self.check_genesis().await?;
        match self.heads().get() {
            Some(heads) => heads.borrow().clone().map(|_| ()),
            None => Ok(()),
        }
    }
}

struct Watcher {
    heads: watch::Sender<Head>,
    newest: u64,
    known: Known,
}

impl Watcher {
    /// Watches for as long as anybody holds the connection.
    async fn run(mut self, chain: Chain) {
        while !chain.is_last() {
            if let Err(error) = self.watch_once(&chain).await {
                tracing::debug!(%error, "subscription to finalised heads ended, starting another");
            }
            // The next one may lead to another node.
            chain.recent().forget();
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One subscription's life.
    async fn watch_once(&mut self, chain: &Chain) -> Result<(), ChainError> {
        let rpc = chain.rpc();
        let method = "chain_subscribeFinalizedHeads";
        let mut subscription = chain
            .ask(method, || rpc.chain_subscribe_finalized_heads())
            .await?;
        let mut fresh = true;
        loop {
            match tokio::time::timeout(SILENCE, subscription.next()).await {
                Ok(Some(Ok(header))) => {
                    let (number, parent) = (header.number, header.parent_hash.0);
                    self.take(chain, Header { number, parent }, fresh).await?;
                    fresh = false;
                }
                Ok(Some(Err(error))) => return Err(super::connection::rpc_error(method, error)),
                Ok(None) => return Ok(()),
                Err(_) if chain.is_last() => return Ok(()),
                Err(_) => {
                    let header = chain.newest_header().await?;
                    let number = header.number;
                    if number != self.newest {
                        tracing::warn!(
                            number,
                            "subscription to finalised heads stalled, starting another"
                        );
                        return self.take(chain, header, true).await;
                    }
                }
            }
        }
    }

    /// Takes a head; one that may belong to another chain is looked at first.
    async fn take(&mut self, chain: &Chain, header: Header, fresh: bool) -> Result<(), ChainError> {
        let known_good = self.heads.borrow().is_ok();
        if fresh || !known_good || header.number <= self.newest {
            if let Err(error) = self.compare(chain, &header).await {
                if error.is_transient() {
                    return Err(error);
                }
                tracing::error!(number = header.number, %error, "blocks cannot be followed");
                chain.recent().forget();
                let _ = self.heads.send_replace(Err(error));
                return Ok(());
            }
        }
        if header.number > self.newest {
            self.newest = header.number;
            self.known
                .remember(header.number.saturating_sub(1), header.parent);
        }
        let newest = self.newest;
        self.heads.send_if_modified(|head| {
            let changed = *head != Ok(newest);
            *head = Ok(newest);
            changed
        });
        Ok(())
    }

    /// Whether the chain that has this head has the newest block that is known below it.
    async fn compare(&self, chain: &Chain, header: &Header) -> Result<(), ChainError> {
        let Some((number, expected)) = self.known.below(header.number) else {
            return Ok(());
        };
        let found = match number.checked_add(1) == Some(header.number) {
            true => header.parent,
            false => match chain.block_hash(number).await {
                // Nothing to compare with.
                Err(ChainError::BlockUnavailable { .. }) => return Ok(()),
                found => found?,
            },
        };
        match found == expected {
            true => Ok(()),
            false => Err(ChainError::other_chain(expected, found)),
        }
    }
}

/// So many of the newest blocks are all remembered, then every second, of older ones every fourth, and so on.
const CLOSE: u64 = 8;

/// Hashes of finalised blocks, by number: the lowest one, all of the newest ones, fewer and fewer of those in between.
#[derive(Default)]
struct Known(BTreeMap<u64, Hash>);

impl Known {
    fn remember(&mut self, number: u64, hash: Hash) {
        self.0.insert(number, hash);
        let lowest = self.0.keys().next().copied();
        self.0.retain(|kept, _| {
            let step = (number.saturating_sub(*kept) / CLOSE).next_power_of_two();
            *kept % step == 0 || Some(*kept) == lowest
        });
    }

    /// The newest block known below a number.
    fn below(&self, number: u64) -> Option<(u64, Hash)> {
        let (number, hash) = self.0.range(..number).next_back()?;
        Some((*number, *hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_block_and_the_newest_ones_are_remembered_with_some_in_between() {
        let mut known = Known::default();
        for number in 1..=10_000u64 {
            known.remember(number, [u8::try_from(number % 251).expect("small"); 32]);
        }
        assert!(known.0.len() < 150, "{}", known.0.len());
        assert_eq!(known.below(2), Some((1, [1; 32])));
        assert_eq!(known.below(1), None);
        assert_eq!(known.below(10_001).map(|(number, _)| number), Some(10_000));
        let (middle, hash) = known.below(5_000).expect("one in between");
        assert!(middle > 1_000, "{middle}");
        assert_eq!(hash, [u8::try_from(middle % 251).expect("small"); 32]);
    }
}

//! Connecting, and asking again when the connection was lost.

use super::{
    heads::Head,
    recent::Recent,
    runtime::{Runtime, Runtimes},
    BlockRef, ChainError, ChainInfo, Hash,
};
use crate::AccountId;
use futures::{future::BoxFuture, FutureExt};
use scale_codec::{Decode, Encode};
use sp_crypto_hashing::{blake2_128, twox_128};
use std::{
    future::Future,
    sync::{Arc, RwLock},
    time::Duration,
};
use subxt::{
    config::{
        substrate::{SubstrateConfig, SubstrateHeader},
        RpcConfigFor,
    },
    rpcs::{
        client::{reconnecting_rpc_client::ExponentialBackoff, ReconnectingRpcClient, RpcClient},
        methods::legacy::LegacyRpcMethods,
    },
    utils::H256,
};
use tokio::sync::OnceCell;

pub(super) type Rpc = LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>;

/// How long a question may take, a node's restart in between included.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a node. Cheap to clone; reconnects by itself.
#[derive(Clone)]
pub struct Chain {
    inner: Arc<Inner>,
}

struct Inner {
    url: String,
    raw: RpcClient,
    rpc: Rpc,
    genesis: Hash,
    info: OnceCell<ChainInfo>,
    runtimes: OnceCell<RwLock<Runtimes>>,
    heads: OnceCell<tokio::sync::watch::Receiver<Head>>,
    recent: Recent,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chain({})", self.inner.url)
    }
}

impl Chain {
    /// Connects to the node at a WebSocket URL, looking for it at most `timeout` long.
    ///
    /// # Errors
    /// [`ChainError::InvalidUrl`], [`ChainError::Unreachable`], [`ChainError::Incompatible`].
    pub fn connect<'a>(url: &'a str, timeout: Duration) -> BoxFuture<'a, Result<Self, ChainError>> {
        async move {
            if !(url.starts_with("ws://") || url.starts_with("wss://")) {
                return Err(ChainError::InvalidUrl { url: url.into() });
            }
            let unreachable = |_| ChainError::Unreachable {
                url: url.into(),
                waited: timeout,
            };
            // Without an end: the client goes on looking for its node for as long as the process lives.
            let policy = ExponentialBackoff::from_millis(20).max_delay(Duration::from_secs(1));
            let client = ReconnectingRpcClient::builder().retry_policy(policy).build(url);
            let client = tokio::time::timeout(timeout, client)
                .await
                .map_err(unreachable)?
                .map_err(|_| ChainError::InvalidUrl { url: url.into() })?;
            let raw = RpcClient::new(client);
            let rpc = Rpc::new(raw.clone());
            let genesis = tokio::time::timeout(timeout, rpc.genesis_hash())
                .await
                .map_err(unreachable)?
                .map_err(|error| rpc_error("chain_getBlockHash", error))?;
            let chain = Self {
                inner: Arc::new(Inner {
                    url: url.into(),
                    raw,
                    rpc,
                    genesis: genesis.0,
                    info: OnceCell::new(),
                    runtimes: OnceCell::new(),
                    heads: OnceCell::new(),
                    recent: Recent::default(),
                }),
            };
            chain.learn().await?;
            Ok(chain)
        }
        .boxed()
    }

    /// Fetches what stays the same for the life of a connection.
    async fn learn(&self) -> Result<(), ChainError> {
        let head = self.finalised_hash().await?;
        let rpc = self.rpc();
        let (runtime, name, node, version, properties) = tokio::join!(
            self.fetch_runtime(head),
            self.ask("system_chain", || rpc.system_chain()),
            self.ask("system_name", || rpc.system_name()),
            self.ask("system_version", || rpc.system_version()),
            self.ask("system_properties", || rpc.system_properties()),
        );
        let (runtime, spec_name) = runtime?;
        require_revive(&runtime)?;
        let properties = properties?;
        // Chains with several tokens list them; the first is the one fees are paid in.
        let first = |key: &str| {
            let value = properties.get(key)?;
            Some(
                value
                    .as_array()
                    .and_then(|list| list.first())
                    .unwrap_or(value)
                    .clone(),
            )
        };
        let info = ChainInfo {
            genesis: self.genesis(),
            chain: name?,
            node: format!("{} {}", node?, version?),
            spec_name,
            spec_version: runtime.spec_version,
            token_symbol: first("tokenSymbol")
                .and_then(|value| value.as_str().map(String::from))
                .unwrap_or_else(|| "UNIT".into()),
            token_decimals: first("tokenDecimals")
                .and_then(|value| value.as_u64())
                .and_then(|value| u8::try_from(value).ok())
                .unwrap_or(0),
        };
        let runtimes = Runtimes {
            current: Arc::new(runtime),
            earlier: Vec::new(),
        };
        // Set once, here, before anybody else has the connection.
        let _ = self.inner.runtimes.set(RwLock::new(runtimes));
        let _ = self.inner.info.set(info);
        Ok(())
    }

    /// Which chain this is.
    #[must_use]
    pub fn info(&self) -> &ChainInfo {
        self.inner.info.get().expect("set by connect")
    }

    /// The hash of block 0.
    #[must_use]
    pub fn genesis(&self) -> Hash {
        self.inner.genesis
    }

    /// The node's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    pub(super) fn rpc(&self) -> &Rpc {
        &self.inner.rpc
    }

    /// For methods that subxt has no name for.
    pub(super) fn raw(&self) -> &RpcClient {
        &self.inner.raw
    }

    pub(super) fn runtimes(&self) -> &RwLock<Runtimes> {
        self.inner.runtimes.get().expect("set by connect")
    }

    pub(super) fn heads(&self) -> &OnceCell<tokio::sync::watch::Receiver<Head>> {
        &self.inner.heads
    }

    pub(super) fn recent(&self) -> &Recent {
        &self.inner.recent
    }

    /// Whether nobody else holds this connection.
    pub(super) fn is_last(&self) -> bool {
        Arc::strong_count(&self.inner) == 1
    }

    /// Asks the node, again if the connection is lost meanwhile. Only for questions that change nothing.
    pub(super) async fn ask<T, F>(&self, method: &'static str, ask: impl Fn() -> F) -> Result<T, ChainError>
    where
        F: Future<Output = Result<T, subxt::rpcs::Error>>,
    {
        let answer = async {
            loop {
                match ask().await {
                    Err(error) if error.is_disconnected_will_reconnect() => {
                        tracing::debug!(method, "connection lost, asking again");
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    answer => return answer.map_err(|error| rpc_error(method, error)),
                }
            }
        };
        tokio::time::timeout(PATIENCE, answer)
            .await
            .map_err(|_| ChainError::Unreachable {
                url: self.inner.url.clone(),
                waited: PATIENCE,
            })?
    }

    /// Calls the runtime at a block, or at the best one.
    pub(super) async fn runtime_call(
        &self,
        method: &'static str,
        arguments: &[u8],
        at: Option<Hash>,
    ) -> Result<Vec<u8>, ChainError> {
        let rpc = self.rpc();
        self.ask(method, || rpc.state_call(method, Some(arguments), at.map(H256)))
            .await
    }

    /// Hash of the newest finalised block.
    ///
    /// # Errors
    /// The connection's.
    pub fn finalised_hash(&self) -> BoxFuture<'_, Result<Hash, ChainError>> {
        async move {
            let rpc = self.rpc();
            let hash = self
                .ask("chain_getFinalizedHead", || rpc.chain_get_finalized_head())
                .await?;
            Ok(hash.0)
        }
        .boxed()
    }

    /// Number of a block, if the node has it.
    pub(super) async fn block_number(&self, hash: Hash) -> Result<u64, ChainError> {
        Ok(self.header_of(hash).await?.number)
    }

    /// Header of a block, if the node has it.
    pub(super) async fn header_of(&self, hash: Hash) -> Result<SubstrateHeader<H256>, ChainError> {
        let rpc = self.rpc();
        self.ask("chain_getHeader", || rpc.chain_get_header(Some(H256(hash))))
            .await?
            .ok_or(ChainError::BlockUnavailable { number: 0 })
    }

    /// The newest finalised block.
    ///
    /// # Errors
    /// The connection's.
    pub fn finalised_head(&self) -> BoxFuture<'_, Result<BlockRef, ChainError>> {
        async move {
            let hash = self.finalised_hash().await?;
            let (number, time_ms) = tokio::join!(self.block_number(hash), self.timestamp(hash));
            Ok(BlockRef {
                number: number?,
                hash,
                time_ms: time_ms?,
            })
        }
        .boxed()
    }

    async fn timestamp(&self, at: Hash) -> Result<u64, ChainError> {
        let key = [twox_128(b"Timestamp"), twox_128(b"Now")].concat();
        // The genesis block has no time.
        let Some(value) = self.storage(&key, at).await? else {
            return Ok(0);
        };
        u64::decode(&mut &value[..]).map_err(super::runtime::decode("the block's time"))
    }

    pub(super) async fn storage(&self, key: &[u8], at: Hash) -> Result<Option<Vec<u8>>, ChainError> {
        let rpc = self.rpc();
        self.ask("state_getStorage", || rpc.state_get_storage(key, Some(H256(at))))
            .await
    }

    /// The nonce of an account at a block: how many of its extrinsics are in blocks up to there.
    ///
    /// # Errors
    /// The connection's.
    pub fn nonce_at(&self, account: AccountId, at: Hash) -> BoxFuture<'_, Result<u64, ChainError>> {
        async move {
            let method = "AccountNonceApi_account_nonce";
            let answer = self.runtime_call(method, &account.0, Some(at)).await?;
            let nonce = match answer.len() {
                4 => u32::decode(&mut &answer[..]).map(u64::from),
                _ => u64::decode(&mut &answer[..]),
            };
            nonce.map_err(super::runtime::decode("the account's nonce"))
        }
        .boxed()
    }

    /// The account's next nonce, counting what the node's pool holds.
    ///
    /// # Errors
    /// The connection's.
    pub fn pool_nonce(&self, account: AccountId) -> BoxFuture<'_, Result<u64, ChainError>> {
        async move {
            let account = subxt::utils::AccountId32(account.0);
            let rpc = self.rpc();
            self.ask("system_accountNextIndex", || {
                rpc.system_account_next_index(&account)
            })
            .await
        }
        .boxed()
    }

    /// What an account has free of the chain's own token, at the finalised head.
    ///
    /// # Errors
    /// The connection's.
    pub fn native_balance(&self, account: AccountId) -> BoxFuture<'_, Result<u128, ChainError>> {
        async move {
            let mut key = [twox_128(b"System"), twox_128(b"Account"), blake2_128(&account.0)].concat();
            account.0.encode_to(&mut key);
            let at = self.finalised_hash().await?;
            let Some(value) = self.storage(&key, at).await? else {
                return Ok(0);
            };
            // AccountInfo: nonce, consumers, providers, sufficients, then AccountData whose first field is `free`.
            let info = <(u32, u32, u32, u32, u128)>::decode(&mut &value[..]);
            info.map(|info| info.4)
                .map_err(super::runtime::decode("the account's balance"))
        }
        .boxed()
    }

    /// Whether pallet-revive knows the account, so that it can call contracts.
    ///
    /// # Errors
    /// The connection's.
    pub fn is_mapped(&self, account: AccountId) -> BoxFuture<'_, Result<bool, ChainError>> {
        async move {
            let mut key = [twox_128(b"Revive"), twox_128(b"OriginalAccount")].concat();
            key.extend(account.address());
            let at = self.finalised_hash().await?;
            Ok(self.storage(&key, at).await?.is_some())
        }
        .boxed()
    }

    /// [`ChainError::OtherChain`] when the node now serves another chain than the one connected to.
    pub(super) async fn check_genesis(&self) -> Result<(), ChainError> {
        let rpc = self.rpc();
        let found = self.ask("chain_getBlockHash", || rpc.genesis_hash()).await?;
        if found.0 == self.genesis() {
            return Ok(());
        }
        Err(ChainError::other_chain(self.genesis(), found.0))
    }
}

/// The contracts pallet has to be there, under the name this client signs for.
fn require_revive(runtime: &Runtime) -> Result<(), ChainError> {
    let metadata = runtime.client.metadata_ref();
    let missing = |reason: &str| ChainError::Incompatible {
        reason: format!("it has no {reason}"),
    };
    let revive = metadata
        .pallet_by_name("Revive")
        .ok_or_else(|| missing("pallet Revive"))?;
    for call in ["call", "instantiate_with_code", "map_account"] {
        revive.call_variant_by_name(call).ok_or_else(|| missing(call))?;
    }
    let api = metadata.runtime_api_trait_by_name("ReviveApi");
    api.ok_or_else(|| missing("runtime API ReviveApi")).map(|_| ())
}

/// Translates subxt's error.
pub(super) fn rpc_error(method: &'static str, error: subxt::rpcs::Error) -> ChainError {
    match error {
        subxt::rpcs::Error::User(error) => ChainError::Rpc {
            method,
            code: Some(error.code),
            // The data says why, the message often only that.
            reason: match error.data {
                Some(data) => format!("{}: {}", error.message, data.get().trim_matches('"')),
                None => error.message,
            },
        },
        subxt::rpcs::Error::Deserialization(error) => ChainError::Decode {
            what: method,
            reason: error.to_string(),
        },
        other => ChainError::Disconnected {
            reason: other.to_string(),
        },
    }
}

//! JSON-RPC: the methods, old and new, and the server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jsonrpsee::{
    server::{
        middleware::{http::ProxyGetRequestLayer, rpc::RpcServiceBuilder},
        BatchRequestConfig, PingConfig, RandomStringIdProvider, Server, ServerHandle,
    },
    RpcModule,
};
use polkadot_sdk::{
    pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer},
    sc_chain_spec::{ChainType, Properties},
    sc_rpc::{
        author::{Author, AuthorApiServer},
        chain::{self, ChainApiServer},
        state::{self, ChildStateApiServer, StateApiServer},
        system::{System, SystemApiServer, SystemInfo},
        DenyUnsafe, SubscriptionTaskExecutor,
    },
    sc_rpc_server::{Metrics, MiddlewareLayer, RpcMetrics},
    sc_rpc_spec_v2::{
        archive::{Archive, ArchiveApiServer},
        chain_head::{ChainHead, ChainHeadApiServer, ChainHeadConfig},
        chain_spec::{ChainSpec, ChainSpecApiServer},
        transaction::{
            Transaction, TransactionApiServer, TransactionBroadcast, TransactionBroadcastApiServer,
            TransactionMetrics,
        },
    },
    sc_service::TaskManager,
    sc_utils::mpsc::tracing_unbounded,
    sp_blockchain::HeaderBackend,
    sp_keystore::testing::MemoryKeystore,
    substrate_frame_rpc_system::{System as FrameSystem, SystemApiServer as FrameSystemApiServer},
    substrate_prometheus_endpoint::Registry,
};

use corridor_devnet_runtime::config::{SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL};

use crate::{
    node::{Backend, Client},
    pool::Pool,
    system, Error, Options,
};

/// What wallets and explorers show as the chain's name.
const CHAIN_NAME: &str = "Corridor Development";
/// A contract may have 1 MiB of code, which is 2 MiB as hexadecimal text; batches carry several.
const MAX_REQUEST_BYTES: u32 = 32 * 1024 * 1024;
/// Traces and archive answers can be long.
const MAX_RESPONSE_BYTES: u32 = 64 * 1024 * 1024;
const MAX_SUBSCRIPTIONS_PER_CONNECTION: u32 = 16_384;
/// How many answers may wait for a slow client before it is held back.
const MESSAGES_BUFFERED: u32 = 1_024;
const MAX_BROADCASTS_PER_CONNECTION: usize = 1_024;

/// What the methods work on.
pub(crate) struct Context<'a> {
    pub(crate) client: Arc<Client>,
    pub(crate) backend: Arc<Backend>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) tasks: &'a TaskManager,
    pub(crate) registry: Option<&'a Registry>,
}

/// All methods a client of any age may ask for, and `rpc_methods`, which lists them.
pub(crate) fn methods(context: &Context<'_>) -> Result<RpcModule<()>, Error> {
    let mut module = RpcModule::new(());
    add_old_methods(&mut module, context)?;
    add_new_methods(&mut module, context)?;
    let mut names: Vec<_> = module.method_names().chain(["rpc_methods"]).collect();
    names.sort_unstable();
    module.register_method(
        "rpc_methods",
        move |_, _, _| serde_json::json!({ "methods": names }),
    )?;
    Ok(module)
}

fn executor(context: &Context<'_>) -> SubscriptionTaskExecutor {
    Arc::new(context.tasks.spawn_handle())
}

fn properties() -> Properties {
    let entries = [
        ("ss58Format", SS58_PREFIX.into()),
        ("tokenDecimals", TOKEN_DECIMALS.into()),
        ("tokenSymbol", TOKEN_SYMBOL.into()),
    ];
    entries
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn add_old_methods(module: &mut RpcModule<()>, context: &Context<'_>) -> Result<(), Error> {
    let Context { client, pool, .. } = context;
    let (requests_tx, requests_rx) = tracing_unbounded("system-requests", 10_000);
    context.tasks.spawn_handle().spawn(
        "system-requests",
        None,
        system::answer(client.clone(), requests_rx),
    );
    let info = SystemInfo {
        impl_name: env!("CARGO_PKG_NAME").to_owned(),
        impl_version: env!("CARGO_PKG_VERSION").to_owned(),
        chain_name: CHAIN_NAME.to_owned(),
        properties: properties(),
        chain_type: ChainType::Development,
    };
    let (state, child_state) = state::new_full(client.clone(), executor(context), None);
    // Nothing is signed by the node, but `author_*` wants somewhere to keep keys.
    let keystore = Arc::new(MemoryKeystore::new());

    module.merge(System::new(info, requests_tx).into_rpc())?;
    module.merge(chain::new_full(client.clone(), executor(context)).into_rpc())?;
    module.merge(state.into_rpc())?;
    module.merge(child_state.into_rpc())?;
    module.merge(Author::new(client.clone(), pool.clone(), keystore, executor(context)).into_rpc())?;
    module.merge(FrameSystem::new(client.clone(), pool.clone()).into_rpc())?;
    module.merge(TransactionPayment::new(client.clone()).into_rpc())?;
    Ok(())
}

fn add_new_methods(module: &mut RpcModule<()>, context: &Context<'_>) -> Result<(), Error> {
    let Context {
        client,
        backend,
        pool,
        ..
    } = context;
    let genesis_hash = client.info().genesis_hash;
    let metrics = context.registry.map(TransactionMetrics::new).transpose()?;

    module.merge(ChainSpec::new(CHAIN_NAME.to_owned(), genesis_hash, properties()).into_rpc())?;
    module.merge(
        ChainHead::new(
            client.clone(),
            backend.clone(),
            executor(context),
            ChainHeadConfig::default(),
        )
        .into_rpc(),
    )?;
    module
        .merge(Archive::new(client.clone(), backend.clone(), genesis_hash, executor(context)).into_rpc())?;
    module.merge(Transaction::new(client.clone(), pool.clone(), executor(context), metrics).into_rpc())?;
    module.merge(
        TransactionBroadcast::new(
            client.clone(),
            pool.clone(),
            executor(context),
            MAX_BROADCASTS_PER_CONNECTION,
        )
        .into_rpc(),
    )?;
    Ok(())
}

/// A running server and where it listens.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl Running {
    /// Closes all connections, giving answers under way a moment to get out.
    pub(crate) async fn stop(self) {
        if self.handle.stop().is_ok() {
            let _ = tokio::time::timeout(Duration::from_secs(1), self.handle.stopped()).await;
        }
    }
}

/// Serves `module` over websocket and HTTP.
///
/// sc-rpc-server is not used because it leaves Nagle's algorithm on: short answers then wait for the client's delayed
/// acknowledgement, 40 ms each. jsonrpsee's own accept loop turns it off.
pub(crate) async fn serve(
    options: &Options,
    module: RpcModule<()>,
    registry: Option<&Registry>,
) -> Result<Running, Error> {
    let address = SocketAddr::new(options.rpc_host, options.rpc_port);
    let unsafe_methods = match options.rpc_host.is_loopback() {
        true => DenyUnsafe::No,
        false => DenyUnsafe::Yes,
    };
    let metrics = RpcMetrics::new(registry)?.map(|metrics| {
        let metrics = metrics.with_known_methods(module.method_names());
        MiddlewareLayer::new().with_metrics(Metrics::new(metrics, "ws"))
    });
    let http = tower::ServiceBuilder::new()
        .option_layer(ProxyGetRequestLayer::new("/health", "system_health").ok())
        .map_request(move |mut request: jsonrpsee::server::HttpRequest| {
            request.extensions_mut().insert(unsafe_methods);
            request
        });
    let server = Server::builder()
        .max_request_body_size(MAX_REQUEST_BYTES)
        .max_response_body_size(MAX_RESPONSE_BYTES)
        .max_connections(options.rpc_max_connections)
        .max_subscriptions_per_connection(MAX_SUBSCRIPTIONS_PER_CONNECTION)
        .set_message_buffer_capacity(MESSAGES_BUFFERED)
        .set_batch_request_config(BatchRequestConfig::Unlimited)
        .set_tcp_no_delay(true)
        .enable_ws_ping(
            PingConfig::new()
                .inactive_limit(Duration::from_secs(60))
                .max_failures(3),
        )
        .set_id_provider(RandomStringIdProvider::new(16))
        .set_http_middleware(http)
        .set_rpc_middleware(RpcServiceBuilder::new().option_layer(metrics))
        .build(address)
        .await
        .map_err(listen_error(address))?;
    let address = server.local_addr().map_err(listen_error(address))?;
    Ok(Running {
        address,
        handle: server.start(module),
    })
}

fn listen_error(address: SocketAddr) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Listen { address, source }
}

//! The parts of the node, put together.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use polkadot_sdk::{
    sc_chain_spec::GenesisBlockBuilder,
    sc_client_api::execution_extensions::ExecutionExtensions,
    sc_client_db::{BlocksPruning, DatabaseSettings, DatabaseSource, DbHash, PruningMode},
    sc_service::{self, ClientConfig, TFullBackend, TFullClient, TaskManager},
    sc_transaction_pool::{BasicPool, FullChainApi, Options as PoolOptions, PoolLimit, RevalidationType},
    sp_blockchain::HeaderBackend,
    sp_database::{Database, MemDb},
    substrate_prometheus_endpoint::Registry,
};
use tokio::net::TcpListener;

use corridor_devnet_runtime::{genesis, OpaqueBlock, RuntimeApi};

use crate::{
    database::LoggedDb,
    executor::NativeExecutor,
    metrics,
    pool::{Inner, Pool},
    rpc,
    seal::Sealer,
    Error, Options,
};

pub(crate) type Client = TFullClient<OpaqueBlock, RuntimeApi, NativeExecutor>;
pub(crate) type Backend = TFullBackend<OpaqueBlock>;

/// Below the base path, so that other files can be kept next to the database one day.
const DATABASE_DIRECTORY: &str = "db";
/// Enough for the whole state of a test chain, and small next to what the node takes anyway.
const TRIE_CACHE_BYTES: usize = 32 * 1024 * 1024;
/// Of transactions that may go into the next block, and again of those whose turn has not come: a burst of thousands from
/// one account arrives shuffled, so that most of it is of the second kind for a moment. What exceeds a limit is dropped.
const MAX_POOL_TRANSACTIONS: usize = 65_536;
const MAX_POOL_BYTES: usize = 128 * 1024 * 1024;

/// A node that answers. Dropping it stops its tasks.
pub(crate) struct Node {
    pub(crate) tasks: TaskManager,
    pub(crate) rpc: rpc::Running,
    pub(crate) prometheus: Option<SocketAddr>,
}

impl Node {
    /// Starts all parts; when this returns, JSON-RPC answers.
    pub(crate) async fn start(options: &Options) -> Result<Self, Error> {
        let listener = match options.prometheus_port {
            Some(port) => Some(listen(SocketAddr::new(options.rpc_host, port)).await?),
            None => None,
        };
        let registry = listener.is_some().then(Registry::new);

        let tasks = TaskManager::new(tokio::runtime::Handle::current(), registry.as_ref())?;
        let (client, backend) = new_client(options.base_path.as_deref(), &tasks, registry.as_ref())?;
        let inner = new_pool(&client, &tasks, registry.as_ref());
        let pool = Arc::new(Pool::new(inner.clone(), client.clone()));

        let spawner = tasks.spawn_handle();
        spawner.spawn(
            "blocks",
            None,
            metrics::follow_blocks(client.clone(), registry.clone()),
        );
        let sealer = Sealer::new(
            client.clone(),
            backend.clone(),
            pool.clone(),
            inner,
            spawner.clone(),
            registry.as_ref(),
        )?;
        // It runs the runtime, which takes longer than a task may hold up the others.
        let group = Some("block-authoring");
        tasks
            .spawn_essential_handle()
            .spawn_blocking("seal", group, sealer.run(options.seal));

        let module = rpc::methods(&rpc::Context {
            client,
            backend,
            pool,
            tasks: &tasks,
            registry: registry.as_ref(),
        })?;
        let rpc = rpc::serve(options, module, registry.as_ref()).await?;
        let prometheus = match (listener, registry) {
            (Some((listener, address)), Some(registry)) => {
                spawner.spawn("prometheus", None, metrics::serve(listener, registry));
                Some(address)
            }
            _ => None,
        };
        Ok(Self {
            tasks,
            rpc,
            prometheus,
        })
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| Error::Listen { address, source })?;
    let address = listener
        .local_addr()
        .map_err(|source| Error::Listen { address, source })?;
    Ok((listener, address))
}

/// Opens the database. The flag tells whether it has to be set up first.
fn open_database(base_path: Option<&Path>) -> Result<(Arc<dyn Database<DbHash>>, bool), Error> {
    let Some(base_path) = base_path else {
        return Ok((Arc::new(MemDb::new()), true));
    };
    let database = LoggedDb::open(&base_path.join(DATABASE_DIRECTORY))?;
    let is_new = !database.has_genesis();
    Ok((Arc::new(database), is_new))
}

fn new_client(
    base_path: Option<&Path>,
    tasks: &TaskManager,
    registry: Option<&Registry>,
) -> Result<(Arc<Client>, Arc<Backend>), Error> {
    let (db, is_new) = open_database(base_path)?;
    let backend = sc_service::new_db_backend(DatabaseSettings {
        trie_cache_maximum_size: Some(TRIE_CACHE_BYTES),
        // `archive_*` and reads at old blocks need everything kept.
        state_pruning: Some(PruningMode::ArchiveAll),
        blocks_pruning: BlocksPruning::KeepAll,
        // Asking for the flag is how a database says that it does not exist yet and is to be set up.
        source: DatabaseSource::Custom {
            db,
            require_create_flag: is_new,
        },
        pruning_filters: Vec::new(),
        metrics_registry: registry.cloned(),
    })?;
    let storage = genesis::development_storage().map_err(Error::Genesis)?;
    let genesis = GenesisBlockBuilder::new_with_storage(storage, true, backend.clone(), NativeExecutor)?;
    let client = sc_service::new_client(
        backend.clone(),
        NativeExecutor,
        genesis,
        None,
        None,
        ExecutionExtensions::new(None, Arc::new(NativeExecutor)),
        Box::new(tasks.spawn_handle()),
        registry.cloned(),
        None,
        ClientConfig::default(),
    )?;
    Ok((Arc::new(client), backend))
}

/// The single-state pool: the fork-aware one drops watchers under bursts, and this chain never forks.
///
/// It checks old transactions again now and then. Light means as part of [taking a block in](crate::pool::Turn::applied);
/// otherwise a task of its own does it at any time, and can put a transaction back that a block has just taken out.
fn new_pool(client: &Arc<Client>, tasks: &TaskManager, registry: Option<&Registry>) -> Arc<Inner> {
    let limit = || PoolLimit {
        count: MAX_POOL_TRANSACTIONS,
        total_bytes: MAX_POOL_BYTES,
    };
    let options = PoolOptions {
        ready: limit(),
        future: limit(),
        reject_future_transactions: false,
        // A transaction that failed once may be sent again at once.
        ban_time: Duration::ZERO,
    };
    let spawner = tasks.spawn_essential_handle();
    let api = Arc::new(FullChainApi::new(client.clone(), registry, &spawner));
    let info = client.info();
    let pool = BasicPool::with_revalidation_type(
        options,
        true.into(),
        api,
        registry,
        RevalidationType::Light,
        spawner,
        info.best_number,
        info.best_hash,
        info.finalized_hash,
    );
    Arc::new(pool)
}

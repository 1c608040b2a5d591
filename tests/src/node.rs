//! A real node behind the client library: what the scenarios run on from end to end.
//!
//! One [`Node`] serves many scenarios at once. Each gets a settlement contract and tokens of its own, a
//! [`NodeBackend`]; the accounts are shared, so that one key has many contracts' business in flight.

mod backend;
mod command;
mod record;

use crate::backend::Account;
use corridor_client::core::Address;
use corridor_client::{Config, Corridor, KeySource};
use corridor_devnet::{Devnet, Options};
use record::Record;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

pub use backend::NodeBackend;

/// What every account gets to pay fees and storage from, in the smallest unit of the chain's own token:
/// a millionth of what a development account starts with, and more than a scenario can spend.
const ALLOWANCE: u128 = 10_000_000_000_000_000_000;

/// The key that has money on a new development chain.
const TREASURY: &str = "//Alice";

/// A node, and a connection to it for each account.
pub struct Node {
    url: String,
    treasury: Corridor,
    members: Mutex<HashMap<Account, Arc<OnceCell<Member>>>>,
    record: Record,
    // In this order: what uses the node ends before it.
    runtime: Runtime,
    _devnet: Option<Devnet>,
}

/// An account's connection.
#[derive(Clone, Debug)]
pub struct Member {
    /// Signs with the account's key; no settlement contract is set.
    pub corridor: Corridor,
    /// What contracts know the account by.
    pub address: Address,
}

impl Node {
    /// Starts a node in this process, in memory, on a free port.
    ///
    /// # Panics
    /// When it does not start. So for everything here: a node that fails is a failed test.
    #[must_use]
    pub fn start() -> Arc<Self> {
        Self::start_with(Options::default())
    }

    /// The same with options of its own.
    #[must_use]
    pub fn start_with(options: Options) -> Arc<Self> {
        let devnet = Devnet::start(options).expect("the node starts");
        let url = devnet.url().to_owned();
        Self::connect_to(url, Some(devnet))
    }

    /// Connects to a node that runs already, a development chain.
    #[must_use]
    pub fn at(url: &str) -> Arc<Self> {
        Self::connect_to(url.to_owned(), None)
    }

    fn connect_to(url: String, devnet: Option<Devnet>) -> Arc<Self> {
        let runtime = Runtime::new().expect("threads can be started");
        let config = Config::new(&url).key(KeySource::DevSeed(TREASURY.into()));
        let treasury = runtime.block_on(Corridor::connect(config));
        let treasury = treasury.unwrap_or_else(|error| panic!("cannot connect to {url}: {error}"));
        let record = Record::follow(&runtime, treasury.chain());
        Arc::new(Self {
            url,
            treasury,
            members: Mutex::default(),
            record,
            runtime,
            _devnet: devnet,
        })
    }

    /// Where it is served.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Deploys a settlement contract governed by [`GOVERNOR`](crate::backend::GOVERNOR).
    #[must_use]
    pub fn backend(self: &Arc<Self>) -> NodeBackend {
        NodeBackend::deploy(self.clone())
    }

    /// Waits for something the client does.
    pub fn wait<F: Future>(&self, client: F) -> F::Output {
        self.runtime.block_on(client)
    }

    /// The account's connection, with enough of the chain's own token to pay for everything.
    pub async fn member(&self, account: Account) -> Member {
        let cell = {
            let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
            members.entry(account).or_default().clone()
        };
        cell.get_or_init(|| self.admit(account)).await.clone()
    }

    async fn admit(&self, account: Account) -> Member {
        let config = Config::new(&self.url).key(key_of(account));
        let corridor = Corridor::connect(config).await;
        let corridor = corridor.unwrap_or_else(|error| panic!("cannot connect as {}: {error}", account.0));
        let id = corridor.account().expect("it has a key");
        let funded = self.treasury.fund(id, ALLOWANCE).await;
        funded.unwrap_or_else(|error| panic!("cannot fund {}: {error}", account.0));
        Member {
            corridor,
            address: id.address(),
        }
    }

    /// Makes a block. Without one, time stands still on a chain that seals on demand: a call is judged by the
    /// time of the last block.
    fn make_block(&self) {
        let treasury = self.treasury.account().expect("it has a key");
        let made = self.wait(self.treasury.fund(treasury, 1));
        made.unwrap_or_else(|error| panic!("no block is made: {error}"));
    }
}

/// The development key of an account's label.
#[must_use]
pub fn key_of(account: Account) -> KeySource {
    KeySource::DevSeed(format!("//{}", account.0))
}

//! The contracts' built code on the native runtime, in this process: no node, no network, a call in a millisecond.
//!
//! | module | content |
//! |---|---|
//! | [`artefact`] | the code and metadata `scripts/build-contracts` made |
//! | [`command`] | commands as call data, answers as outcomes |
//! | [`money`] | the tokens |
//! | [`hostile`] | a token that misbehaves as told |
//! | [`solidity`] | call data of tokens, by hand |
//! | [`storage`] | a contract's storage, read around the contract |

pub mod artefact;
pub mod command;
pub mod hostile;
pub mod money;
pub mod solidity;
pub mod storage;

use crate::backend::{Account, Backend, Command, Token, GOVERNOR};
use command::{read, Ending};
use corridor_client::contract::{Message, SettlementContract};
use corridor_client::{Codes, SettlementEvent};
use corridor_core::{
    Address, Conservation, Currency, Error, ParticipantId, Position, Seconds, Transfer, TransferChange, Uetr,
};
use corridor_devnet_runtime::testing::{CallOutcome, Chain, ChainError};
use corridor_devnet_runtime::{AccountId, System};
use ink::env::call::utils::DecodeMessageResult;
use money::Money;
use polkadot_sdk::sp_core::H160;
use polkadot_sdk::sp_io;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many contracts this process has deployed.
static DEPLOYMENTS: AtomicU64 = AtomicU64::new(1);

/// 2023-11-14, as the other backends start.
pub const START: Seconds = 1_700_000_000;

/// What the hub takes for the hash of its chain's block 0.
pub const GENESIS_HASH: [u8; 32] = [0x6e; 32];

/// What each account has for the storage it pays.
const COINS: u128 = 1_000_000_000_000_000_000;

/// A freshly deployed settlement contract on a chain of its own.
pub struct BlobBackend {
    chain: RefCell<Chain>,
    funded: BTreeSet<Account>,
    money: Money,
    hub: Address,
    codes: Codes,
    tokens: BTreeMap<Token, Address>,
    requests: u64,
    events: Vec<SettlementEvent>,
}

impl BlobBackend {
    /// Deploys the contract, governed by [`GOVERNOR`].
    ///
    /// # Panics
    /// When the contracts have not been built.
    #[must_use]
    pub fn new(money: Money) -> Self {
        let mut chain = Chain::new();
        chain.set_time(START);
        let mut system = Self {
            chain: RefCell::new(chain),
            funded: BTreeSet::new(),
            money,
            hub: [0; 20],
            codes: Codes {
                backoffice: [0; 20].into(),
                clearing: [0; 20].into(),
                exchange: [0; 20].into(),
                controls: [0; 20].into(),
                treasury: [0; 20].into(),
            },
            tokens: BTreeMap::new(),
            requests: 0,
            events: Vec::new(),
        };
        let code = artefact::settlement_code();
        let mut piece = |code| {
            let constructor = SettlementContract::piece_constructor();
            system.instantiate(DEPLOYER, code, constructor).into()
        };
        let codes = Codes {
            backoffice: piece(code.backoffice),
            clearing: piece(code.clearing),
            exchange: piece(code.exchange),
            controls: piece(code.controls),
            treasury: piece(code.treasury),
        };
        system.codes = codes;
        system.hub = system.deploy_hub(code.hub, codes, GENESIS_HASH);
        system
    }

    /// Deploys another hub over the same pieces of code.
    pub fn deploy_hub(&mut self, code: Vec<u8>, codes: Codes, genesis_hash: [u8; 32]) -> Address {
        let governor = self.address_of(GOVERNOR);
        let constructor = SettlementContract::constructor(codes, genesis_hash, governor);
        self.instantiate(DEPLOYER, code, constructor)
    }

    /// The chain.
    pub fn chain(&mut self) -> &mut Chain {
        self.chain.get_mut()
    }

    /// The settlement contract's address.
    #[must_use]
    pub fn hub(&self) -> Address {
        self.hub
    }

    /// The contracts whose code the hub executes.
    #[must_use]
    pub fn codes(&self) -> Codes {
        self.codes
    }

    /// The settlement contract's messages.
    #[must_use]
    pub fn contract(&self) -> SettlementContract {
        SettlementContract::at(self.hub)
    }

    /// Every event of the settlement contract, in order.
    #[must_use]
    pub fn events(&self) -> &[SettlementEvent] {
        &self.events
    }

    /// The address of an account.
    #[must_use]
    pub fn address_of(&self, account: Account) -> Address {
        Chain::address_of(&account_id(account)).0
    }

    /// A token's address. Where none was deployed there is no contract.
    #[must_use]
    pub fn token_address(&self, token: Token) -> Address {
        self.tokens
            .get(&token)
            .copied()
            .unwrap_or_else(|| token.address())
    }

    /// Makes a contract known by a token's label.
    pub fn name_token(&mut self, token: Token, address: Address) {
        self.tokens.insert(token, address);
    }

    /// Everything the settlement contract keeps.
    pub fn books(&mut self) -> storage::Books {
        let hub = self.hub;
        storage::read(self.chain(), hub)
    }

    /// Deploys any contract.
    ///
    /// # Panics
    /// When the chain refuses it.
    pub fn instantiate(&mut self, deployer: Account, code: Vec<u8>, data: Vec<u8>) -> Address {
        let origin = self.origin(deployer);
        // The deployer's nonce stays as it is here, so each deployment needs a salt of its own.
        let mut salt = [0; 32];
        salt[..8].copy_from_slice(&DEPLOYMENTS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        let deployed = self.chain().instantiate_with(origin, code, data, Some(salt));
        deployed.unwrap_or_else(|error| panic!("{error}")).0 .0
    }

    /// Sends any bytes to the settlement contract.
    pub fn send(&mut self, caller: Account, data: Vec<u8>) -> Ending {
        let hub = self.hub;
        Ending::of(&self.call(caller, hub, 0, data))
    }

    /// Runs `body` and undoes everything it did: a stage is set once and played on many times.
    pub fn rehearse<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        let (funded, tokens, requests) = (self.funded.clone(), self.tokens.clone(), self.requests);
        let events = self.events.len();
        self.chain().execute_with(sp_io::storage::start_transaction);
        let result = body(self);
        self.chain().execute_with(sp_io::storage::rollback_transaction);
        (self.funded, self.tokens, self.requests) = (funded, tokens, requests);
        self.events.truncate(events);
        result
    }

    /// How sending these bytes would end, with nothing of it kept.
    pub fn try_out(&mut self, caller: Account, data: Vec<u8>) -> Ending {
        let (origin, hub) = (self.origin(caller), H160(self.hub));
        let chain = self.chain.get_mut();
        chain.execute_with(System::reset_events);
        Ending::of(&chain.dry_run(origin, hub, data))
    }

    /// Sends any bytes, and coins, to any contract.
    pub fn call(
        &mut self,
        caller: Account,
        contract: Address,
        planck: u128,
        data: Vec<u8>,
    ) -> Result<CallOutcome, ChainError> {
        let origin = self.origin(caller);
        let chain = self.chain.get_mut();
        // The harness reads all events of a block to find a call's own.
        chain.execute_with(System::reset_events);
        let outcome = chain.call_with_value(origin, H160(contract), planck, data)?;
        if !outcome.reverted {
            let hub = self.hub;
            let own = outcome.events.iter().filter(|(emitter, _, _)| emitter.0 == hub);
            self.events.extend(own.map(|(_, data, topics)| {
                let topics: Vec<[u8; 32]> = topics.iter().map(|topic| topic.0).collect();
                let event = SettlementEvent::decode(&topics, data).expect("what its topic promises");
                event.expect("a known event")
            }));
        }
        Ok(outcome)
    }

    /// Sends any bytes to any contract, which has to carry it out.
    ///
    /// # Panics
    /// When it does not.
    pub fn must(&mut self, caller: Account, contract: Address, data: Vec<u8>) -> CallOutcome {
        let outcome = self
            .call(caller, contract, 0, data)
            .expect("the chain carries it out");
        assert!(!outcome.reverted, "0x{}", hex::encode(&outcome.data));
        outcome
    }

    /// What a contract would answer.
    ///
    /// # Panics
    /// When it would not.
    #[must_use]
    pub fn ask(&self, contract: Address, data: Vec<u8>) -> Vec<u8> {
        let outcome = self.dry_run(contract, data);
        assert!(!outcome.reverted, "0x{}", hex::encode(&outcome.data));
        outcome.data
    }

    /// What the settlement contract answers to a query.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn query<T: DecodeMessageResult<ink::abi::Ink>>(&self, message: &Message<T>) -> T {
        read(message, &self.dry_run(message.dest(), message.data().to_vec()))
    }

    fn dry_run(&self, contract: Address, data: Vec<u8>) -> CallOutcome {
        let mut chain = self.chain.borrow_mut();
        chain.execute_with(System::reset_events);
        let outcome = chain.dry_run(account_id(DEPLOYER), H160(contract), data);
        outcome.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The account behind a label, with coins to pay for storage.
    fn origin(&mut self, account: Account) -> AccountId {
        let id = account_id(account);
        if self.funded.insert(account) {
            storage::endow(self.chain.get_mut(), &id, COINS);
        }
        id
    }
}

/// Who deploys the contracts, and has no role in them.
pub const DEPLOYER: Account = Account("deployer");

/// The account of a label.
fn account_id(account: Account) -> AccountId {
    AccountId::new(sp_crypto_hashing::blake2_256(account.0.as_bytes()))
}

impl Backend for BlobBackend {
    fn submit(&mut self, caller: Account, command: &Command) -> Result<(), Error> {
        self.execute(caller, command).map(|_| ())
    }

    fn deploy_token(&mut self, token: Token, decimals: u8) {
        let address = self.money.deploy(self, token.0, decimals);
        self.name_token(token, address);
    }

    fn fund(&mut self, account: Account, token: Token, minor_units: u128) {
        let (token, to, hub) = (self.tokens[&token], self.address_of(account), self.hub);
        self.money.give(self, token, to, minor_units);
        money::approve_more(self, account, token, hub, minor_units);
    }

    fn send_stray(&mut self, token: Token, minor_units: u128) {
        let (token, hub) = (self.tokens[&token], self.hub);
        self.money.give(self, token, hub, minor_units);
    }

    fn token_balance(&self, account: Account, token: Token) -> u128 {
        let owner = self.address_of(account);
        self.tokens
            .get(&token)
            .map_or(0, |token| money::balance(self, *token, owner))
    }

    fn now(&self) -> Seconds {
        self.chain.borrow_mut().now()
    }

    fn advance_time(&mut self, seconds: Seconds) {
        let now = self.now();
        self.chain().set_time(now + seconds);
    }

    fn position(&self, participant: ParticipantId, currency: Currency) -> Position {
        self.query(&self.contract().position(participant, currency))
    }

    fn transfer(&self, uetr: Uetr) -> Option<Transfer> {
        self.query(&self.contract().transfer(uetr))
    }

    fn changes(&self, uetr: Uetr) -> Vec<TransferChange> {
        let of_this = self.events.iter().filter_map(|event| match event {
            SettlementEvent::Transfer(recorded) if recorded.uetr == uetr => Some(recorded.change),
            _ => None,
        });
        of_this.collect()
    }

    fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
        self.query(&self.contract().conservation(currency))
    }
}

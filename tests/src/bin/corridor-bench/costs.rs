//! What calls cost, measured on the contracts' real code inside the runtime.

use super::{clearing, exchange, queue};
use anyhow::{ensure, Context};
use corridor_client::contract::{CashConstructor, CashContract, SettlementContract};
use corridor_client::submitter::storage_deposit_limit;
use corridor_client::{Codes, SettlementCode};
use corridor_core::batch::{MAX_COUNTERPARTIES, MAX_ITEMS};
use corridor_core::{
    registry::CurrencyEntry, AgentId, ChargeBearer, Currency, Money, ParticipantId, ReasonCode, Reference,
    Role, SettlementMethod, Terms, TransferReturn, Uetr,
};
use corridor_devnet_runtime::testing::{account, CallOutcome, Chain, ExtrinsicCost};
use corridor_devnet_runtime::{AccountId, System};
use corridor_tests::blob::storage;
use ink::U256;
use polkadot_sdk::sp_core::H160;
use scale_codec::Decode;
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// What the hub takes for the hash of its chain's block 0.
pub const GENESIS_HASH: [u8; 32] = [0x6e; 32];

/// What one call takes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// Execution time in picoseconds, the extrinsic's base and extensions included.
    pub ref_time_ps: u64,
    /// Proof in bytes.
    pub proof_bytes: u64,
    /// Length of the extrinsic in bytes.
    pub length_bytes: u64,
    /// Deposit for storage, in planck.
    pub storage_deposit: i128,
    /// How many fit into one block of normal extrinsics.
    pub payments_per_block: u64,
}

/// Cost by call.
pub type Calls = BTreeMap<&'static str, Cost>;

/// All figures.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Cost by call.
    pub calls: Calls,
    /// Cost of one payment, from its instruction to its acceptance.
    pub payments: Calls,
    /// Size of the code by contract, in bytes.
    pub code_bytes: BTreeMap<&'static str, u64>,
}

pub(crate) const BOC: ParticipantId = ParticipantId(0);
pub(crate) const CUP: ParticipantId = ParticipantId(1);
const AMOUNT: u128 = 1_250_050;

pub(crate) struct Bench {
    pub(crate) chain: Chain,
    pub(crate) settlement: SettlementContract,
    /// How many are admitted.
    pub(crate) participants: u16,
    /// The number of BOC's last batch of those that are counted here.
    pub(crate) last_batch: u32,
    cash: Vec<u8>,
    tokens: BTreeMap<String, [u8; 20]>,
}

/// Measures every call in the steady state: positions and balances exist, records of the call itself do not.
pub fn measure(contracts: &Path) -> anyhow::Result<Figures> {
    let code = |name: &str| {
        let path = contracts.join(format!("{name}.polkavm"));
        std::fs::read(&path)
            .with_context(|| format!("{} is missing: run scripts/build-contracts", path.display()))
    };
    let mut code_bytes = BTreeMap::new();
    for name in [
        "settlement",
        "backoffice",
        "clearing",
        "exchange",
        "controls",
        "treasury",
        "cash",
        "plain-erc20",
    ] {
        code_bytes.insert(name, code(name)?.len() as u64);
    }
    let mut calls = Calls::new();
    let mut chain = Chain::new();
    calls.insert("native_transfer", of_extrinsic(&chain.native_transfer_cost()?, 0));
    calls.insert(
        "erc20_transfer",
        erc20_transfer(&mut chain, code("plain-erc20")?)?,
    );
    let mut bench = Bench::open(
        chain,
        SettlementCode::read(|file| code(file.trim_end_matches(".polkavm")))?,
        &code("cash")?,
    )?;
    // A schedule is there in real life, and every call reads it.
    clearing::open_windows(&mut bench)?;
    bench.transfers(&mut calls)?;
    clearing::measure(&mut bench, &mut calls)?;
    exchange::measure(&mut bench, &mut calls)?;
    queue::measure(&mut bench, &mut calls)?;
    let payments = payments(&calls)?;
    Ok(Figures {
        calls,
        payments,
        code_bytes,
    })
}

/// What one payment takes of a block, both sides' calls together; of a batch, its share.
fn payments(calls: &Calls) -> anyhow::Result<Calls> {
    let kinds: [(&'static str, &[&str], u64); 12] = [
        ("gross", &["instruct", "accept"], 1),
        ("gross_across_pages", &["instruct", "accept_across_pages"], 1),
        ("gross_with_fees", &["instruct_with_fees", "accept_with_fees"], 1),
        ("fx", &["fx_instruct", "fx_accept"], 1),
        ("fx_signed", &["fx_instruct_signed", "fx_accept"], 1),
        ("net", &["net_instruct", "net_accept"], 1),
        (
            "net_across_pages",
            &["net_instruct", "net_accept_across_pages"],
            1,
        ),
        ("batch_1", &["batch_1", "batch_accept"], 1),
        ("batch_10", &["batch_10", "batch_accept"], 10),
        ("batch_100", &["batch_100", "batch_accept"], 100),
        ("batch_1000", &["batch_1000", "batch_accept"], 1_000),
        ("batch_max", &["batch_max", "batch_accept"], u64::from(MAX_ITEMS)),
    ];
    let mut payments = Calls::new();
    for (name, parts, items) in kinds {
        let parts = parts.iter().map(|part| measured(calls, part));
        let parts: Vec<&Cost> = parts.collect::<Result<_, _>>()?;
        payments.insert(name, share(&parts, items));
    }
    // Each of the eight accepts its part.
    let submit = measured(calls, "batch_max_8_counterparties")?;
    let accept = measured(calls, "batch_accept_8_counterparties")?;
    let parts = [&[submit][..], &[accept; MAX_COUNTERPARTIES]].concat();
    payments.insert("batch_max_8_counterparties", share(&parts, u64::from(MAX_ITEMS)));
    Ok(payments)
}

fn measured<'a>(calls: &'a Calls, name: &str) -> anyhow::Result<&'a Cost> {
    let cost = calls.get(name);
    cost.with_context(|| format!("{name} was not measured"))
}

/// One item's share of calls that belong together.
fn share(parts: &[&Cost], items: u64) -> Cost {
    let sum = |of: fn(&Cost) -> u64| parts.iter().map(|cost| of(cost)).sum::<u64>();
    let whole = ExtrinsicCost {
        ref_time_ps: sum(|cost| cost.ref_time_ps),
        proof_bytes: sum(|cost| cost.proof_bytes),
        length_bytes: sum(|cost| cost.length_bytes),
    };
    let deposit: i128 = parts.iter().map(|cost| cost.storage_deposit).sum();
    Cost {
        ref_time_ps: whole.ref_time_ps.div_ceil(items),
        proof_bytes: whole.proof_bytes.div_ceil(items),
        length_bytes: whole.length_bytes.div_ceil(items),
        storage_deposit: deposit / i128::from(items),
        payments_per_block: whole.per_block() * items,
    }
}

fn of_extrinsic(cost: &ExtrinsicCost, storage_deposit: i128) -> Cost {
    Cost {
        ref_time_ps: cost.ref_time_ps,
        proof_bytes: cost.proof_bytes,
        length_bytes: cost.length_bytes,
        storage_deposit,
        payments_per_block: cost.per_block(),
    }
}

/// A transfer of the plainest ERC-20 there is, between two accounts that both hold some.
fn erc20_transfer(chain: &mut Chain, code: Vec<u8>) -> anyhow::Result<Cost> {
    // Its constructor takes the supply and the decimals: two words of the Solidity ABI.
    let words = [1_000_000u128, 2].map(|word| U256::from(word).to_big_endian());
    let token = chain.instantiate(account("Alice"), code, words.concat())?;
    let to = Chain::address_of(&account("Bob"));
    let message = CashContract::at(token.0).transfer(to.0, AMOUNT.min(1_000));
    accepted(&chain.call(account("Alice"), token, message.data().to_vec())?)?;
    let outcome = chain.call(account("Alice"), token, message.data().to_vec())?;
    accepted(&outcome)?;
    let cost = chain.call_cost(token, message.data().to_vec(), &outcome)?;
    Ok(of_extrinsic(&cost, outcome.storage_deposit))
}

fn accepted(outcome: &CallOutcome) -> anyhow::Result<()> {
    ensure!(
        !outcome.reverted,
        "a call that should succeed reverted with 0x{}",
        hex::encode(&outcome.data)
    );
    Ok(())
}

impl Bench {
    /// Alice governs and administers; Bob acts for BOC, Charlie for CUP, each in every role.
    fn open(mut chain: Chain, code: SettlementCode, cash: &[u8]) -> anyhow::Result<Self> {
        let address = |name: &str| Chain::address_of(&account(name)).0;
        chain.set_time(1_800_000_000);
        // Each of another account: in process, no nonce tells two deployments by one of them apart.
        let mut piece = |number: u8, code: Vec<u8>| -> anyhow::Result<ink::Address> {
            let deployer = AccountId::new([0xd0 | number; 32]);
            storage::endow(&mut chain, &deployer, 1_000_000_000_000_000_000);
            let constructor = SettlementContract::piece_constructor();
            Ok(chain.instantiate(deployer, code, constructor)?.0.into())
        };
        let codes = Codes {
            backoffice: piece(0, code.backoffice)?,
            clearing: piece(1, code.clearing)?,
            exchange: piece(2, code.exchange)?,
            controls: piece(3, code.controls)?,
            treasury: piece(4, code.treasury)?,
        };
        let constructor = SettlementContract::constructor(codes, GENESIS_HASH, address("Alice"));
        let hub = chain.instantiate(account("Bob"), code.hub, constructor)?;
        let mut bench = Self {
            chain,
            settlement: SettlementContract::at(hub.0),
            participants: 2,
            last_batch: 1_000,
            cash: cash.to_vec(),
            tokens: BTreeMap::new(),
        };
        for (id, agent, who) in [(BOC, "BKCHCNBJXXX", "Bob"), (CUP, "CHUPCNSHXXX", "Charlie")] {
            let agents = vec![agent.parse::<AgentId>()?];
            bench.run(
                "Alice",
                bench
                    .settlement
                    .register_participant(agents, address("Alice"))
                    .data()
                    .to_vec(),
            )?;
            for role in Role::ALL {
                bench.run(
                    "Alice",
                    bench
                        .settlement
                        .grant_role(id, address(who), role)
                        .data()
                        .to_vec(),
                )?;
            }
        }
        bench.open_currency(Currency::CNY, &[("Bob", BOC), ("Charlie", CUP)])?;
        Ok(bench)
    }

    /// Deploys and registers a currency, and gives these accounts some of it, outside escrow.
    pub(crate) fn open_currency(
        &mut self,
        currency: Currency,
        holders: &[(&str, ParticipantId)],
    ) -> anyhow::Result<()> {
        let address = |name: &str| Chain::address_of(&account(name)).0;
        let constructor = CashConstructor {
            name: "Tokenised money".into(),
            symbol: currency.to_string(),
            currency,
            decimals: 2,
            issuer: address("Alice"),
            guardian: address("Alice"),
        };
        let deployer = if self.tokens.is_empty() { "Charlie" } else { "Dave" };
        let token = self
            .chain
            .instantiate(account(deployer), self.cash.clone(), constructor.data())?;
        let entry = CurrencyEntry {
            currency,
            exponent: 2,
            token: token.0,
        };
        self.tokens.insert(currency.to_string(), token.0);
        self.run("Alice", self.settlement.register_currency(entry).data().to_vec())?;
        for (who, id) in holders {
            self.issue(currency, account(who), u8::try_from(id.0)?)?;
        }
        Ok(())
    }

    /// Issues money to an account, which lets the settlement contract pull it.
    fn issue(&mut self, currency: Currency, to: AccountId, request: u8) -> anyhow::Result<()> {
        let token = self.tokens[&currency.to_string()];
        let cash = CashContract::at(token);
        let (address, hub) = (Chain::address_of(&to).0, self.settlement.address());
        let issue = cash.issue(address, u128::MAX >> 8, [request; 32]);
        let approve = cash.approve(hub, u128::MAX >> 8);
        for (origin, data) in [
            (account("Alice"), issue.data().to_vec()),
            (to, approve.data().to_vec()),
        ] {
            accepted(&self.chain.call(origin, token.into(), data)?)?;
        }
        Ok(())
    }

    /// Gives an account money and has it deposit a part.
    pub(crate) fn endow(&mut self, currency: Currency, to: AccountId, number: u8) -> anyhow::Result<()> {
        self.issue(currency, to.clone(), number)?;
        let money = Money::new(currency, AMOUNT * 100);
        let deposit = self.settlement.deposit(Reference([number; 16]), money);
        self.run_as(to, deposit.data().to_vec()).map(drop)
    }

    /// Block time.
    pub(crate) fn now(&mut self) -> u64 {
        self.chain.now()
    }

    /// How many transfers wait in a currency's queue.
    pub(crate) fn queued(&mut self, currency: Currency) -> anyhow::Result<usize> {
        let message = self.settlement.queue(currency);
        let data = message.data().to_vec();
        let outcome = self
            .chain
            .call(account("Alice"), self.settlement.address().into(), data)?;
        accepted(&outcome)?;
        let answer = ink::MessageResult::<Vec<corridor_core::Queued>>::decode(&mut &outcome.data[..])?;
        let queue = answer.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        Ok(queue.len())
    }

    /// Carries out a message, one of many.
    pub(crate) fn send(&mut self, origin: AccountId, data: &[u8]) -> anyhow::Result<()> {
        // Each call looks for its own events among all of the block.
        self.chain.execute_with(System::reset_events);
        let dest = self.settlement.address().into();
        accepted(&self.chain.call(origin, dest, data.to_vec())?)
    }

    /// Carries out a message and tells what it took.
    pub(crate) fn run(&mut self, who: &str, data: Vec<u8>) -> anyhow::Result<Cost> {
        self.run_as(account(who), data)
    }

    /// The same by any account.
    pub(crate) fn run_as(&mut self, origin: AccountId, data: Vec<u8>) -> anyhow::Result<Cost> {
        let dest = self.settlement.address().into();
        let outcome = self.chain.call(origin, dest, data.clone())?;
        accepted(&outcome)?;
        self.signed(dest, data, &outcome)
    }

    /// What the call takes as the client signs it.
    fn signed(&mut self, dest: H160, data: Vec<u8>, outcome: &CallOutcome) -> anyhow::Result<Cost> {
        let signed = CallOutcome {
            max_storage_deposit: storage_deposit_limit(outcome.max_storage_deposit),
            ..outcome.clone()
        };
        let cost = self.chain.call_cost(dest, data, &signed)?;
        Ok(of_extrinsic(&cost, outcome.storage_deposit))
    }

    fn transfers(&mut self, calls: &mut Calls) -> anyhow::Result<()> {
        let hub = self.settlement;
        let money = Money::new(Currency::CNY, AMOUNT * 100);
        for (who, times) in [("Bob", 1), ("Charlie", 2)] {
            for time in 0..times {
                let data = hub.deposit(Reference([time + 1; 16]), money).data().to_vec();
                calls.insert("deposit", self.run(who, data)?);
            }
        }
        for round in 1..=2u8 {
            let uetr = Uetr::from_random_bytes([round; 16]);
            calls.insert(
                "instruct",
                self.run("Bob", hub.instruct(uetr, terms()).data().to_vec())?,
            );
            calls.insert("accept", self.run("Charlie", hub.accept(uetr).data().to_vec())?);
            let part = TransferReturn {
                uetr,
                minor_units: AMOUNT / 2,
                reason: ReasonCode::AC04,
            };
            let data = hub
                .return_transfer(Reference([0xf0 | round; 16]), part)
                .data()
                .to_vec();
            calls.insert("return_transfer", self.run("Charlie", data)?);
        }
        Ok(())
    }
}

/// A gross transfer from BOC to CUP.
pub(crate) fn terms() -> Terms {
    Terms {
        debtor_agent: BOC,
        creditor_agent: CUP,
        interbank_settlement_amount: Money::new(Currency::CNY, AMOUNT),
        interbank_settlement_date: 20_800,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::Gross,
        expires_at: 1_800_086_400,
        message_digest: [7; 32],
    }
}

//! A provider of foreign exchange, its quotes, and the keys that sign them.

use super::stage::{agent_id, reference, Stage, BOC, CNY, CNY_TOKEN, CUP, DAY, HKD, HKD_TOKEN};
use crate::backend::{Account, Command, GOVERNOR};
use corridor_client::{keccak256, SignedQuote};
use corridor_core::{
    Address, ChargeBearer, FxTerms, Money, ParticipantId, Quote, QuoteId, Rate, Role, Seconds,
    SettlementMethod, Terms, Unwind,
};
use polkadot_sdk::sp_core::{sr25519, Pair};

/// The provider: the third participant registered.
pub const HSBC: ParticipantId = ParticipantId(2);
/// Its admin.
pub const HSBC_ADMIN: Account = Account("hsbc-admin");
/// Its quoter.
pub const HSBC_QUOTER: Account = Account("hsbc-quoter");
/// Its treasurer.
pub const HSBC_TREASURER: Account = Account("hsbc-treasurer");
/// Its compliance.
pub const HSBC_COMPLIANCE: Account = Account("hsbc-compliance");

/// Registers the provider and its staff, and has it deposit so much of each currency.
#[track_caller]
pub fn admit_provider(stage: &mut Stage, minor_units: u128) {
    let agents = vec![agent_id("HSBCHKHH")];
    let admin = HSBC_ADMIN;
    stage.ok(GOVERNOR, Command::RegisterParticipant { agents, admin });
    for (account, role) in [
        (HSBC_QUOTER, Role::Quoter),
        (HSBC_TREASURER, Role::Treasurer),
        (HSBC_COMPLIANCE, Role::Compliance),
    ] {
        let participant = HSBC;
        let grant = Command::GrantRole {
            participant,
            account,
            role,
        };
        stage.ok(HSBC_ADMIN, grant);
    }
    for (number, currency, token) in [(202, CNY, CNY_TOKEN), (203, HKD, HKD_TOKEN)] {
        stage.system.fund(HSBC_TREASURER, token, minor_units);
        let deposit = Command::Deposit {
            reference: reference(number),
            amount: Money::new(currency, minor_units),
        };
        stage.ok(HSBC_TREASURER, deposit);
    }
}

/// BOC pays CUP so many fen within a day, by this method.
#[must_use]
pub fn terms(now: Seconds, minor_units: u128, method: SettlementMethod) -> Terms {
    Terms {
        debtor_agent: BOC,
        creditor_agent: CUP,
        interbank_settlement_amount: Money::new(CNY, minor_units),
        interbank_settlement_date: 19_677,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: method,
        expires_at: now + DAY,
        message_digest: [0xD3; 32],
    }
}

/// 1.09 HKD for 1 CNY less 50 basis points, for an hour, held for two days, unwound for ten.
#[must_use]
pub fn quote(now: Seconds, number: u8) -> Quote {
    Quote {
        id: QuoteId {
            provider: HSBC,
            reference: reference(number),
        },
        provider_buys: CNY,
        provider_sells: HKD,
        rate: Rate {
            numerator: 109,
            denominator: 100,
        },
        spread_basis_points: 50,
        minimum_minor_units: 100,
        maximum_minor_units: 100_000,
        counterparty: None,
        expires_at: now + 3_600,
        hold_seconds: 172_800,
        unwind_seconds: 864_000,
    }
}

/// What the quote gives for so many minor units.
///
/// # Panics
/// When the amount is out of range.
#[must_use]
pub fn credited(quote: &Quote, minor_units: u128) -> FxTerms {
    let exchange = quote.exchange(minor_units).expect("within bounds");
    FxTerms {
        quote: quote.id,
        credited: Money::new(quote.provider_sells, exchange.credited_minor_units),
        unwind: Unwind::OriginalRate,
    }
}

/// The account of a key, as pallet-revive derives it.
#[must_use]
pub fn address(key: &sr25519::Pair) -> Address {
    let mut address = [0; 20];
    address.copy_from_slice(&keccak256(&key.public().0)[12..]);
    address
}

/// Signs a quote for any contract on any chain.
#[must_use]
pub fn sign_for(
    key: &sr25519::Pair,
    genesis_hash: &[u8; 32],
    contract: Address,
    quote: Quote,
) -> SignedQuote {
    SignedQuote {
        quote,
        public_key: key.public().0,
        signature: key.sign(&quote.signing_payload(genesis_hash, &contract)).0,
    }
}

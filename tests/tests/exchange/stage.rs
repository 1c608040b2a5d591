//! Two institutions and a provider of foreign exchange: BOC pays yuan, CUP is paid Hong Kong dollars.

use corridor_client::contract::SettlementContract;
use corridor_client::keccak256;
use corridor_client::SignedQuote;
use corridor_core::{
    Address, ChargeBearer, Currency, Error, FxTerms, Money, ParticipantId, Position, Quote, QuoteId, Rate,
    Role, SettlementMethod, Terms, TransferStatus, Uetr, Unwind,
};
use corridor_tests::backend::{Account, Backend, Command, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::{BlobBackend, GENESIS_HASH};
use corridor_tests::scenario::stage::{
    agent_id, reference, Stage, BOC, BOC_STAFF, CNY, CNY_TOKEN, CUP, CUP_STAFF, DAY, HKD, HKD_TOKEN,
};
use polkadot_sdk::sp_core::{sr25519, Pair};

/// The provider: the third participant registered.
pub const HSBC: ParticipantId = ParticipantId(2);
pub const HSBC_ADMIN: Account = Account("hsbc-admin");
pub const HSBC_QUOTER: Account = Account("hsbc-quoter");
pub const HSBC_TREASURER: Account = Account("hsbc-treasurer");
pub const HSBC_COMPLIANCE: Account = Account("hsbc-compliance");
/// What the provider holds of each currency.
pub const LIQUIDITY: u128 = 500_000;

/// The stage: BOC holds a million of each currency, the provider half a million, CUP nothing.
pub fn open() -> BlobBackend {
    let mut system = BlobBackend::new(Tokens::Plain);
    let mut stage = Stage::open(&mut system);
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
    for (number, currency, token) in [(1, CNY, CNY_TOKEN), (2, HKD, HKD_TOKEN)] {
        stage.system.fund(HSBC_TREASURER, token, LIQUIDITY);
        let deposit = Command::Deposit {
            reference: reference(number),
            amount: Money::new(currency, LIQUIDITY),
        };
        stage.ok(HSBC_TREASURER, deposit);
    }
    system
}

/// Sends what has to be carried out.
#[track_caller]
pub fn accepted(system: &mut BlobBackend, caller: Account, data: &[u8]) {
    let ending = system.send(caller, data.to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    covered(system);
}

/// Sends what has to be refused; nothing changes.
#[track_caller]
pub fn refused(system: &mut BlobBackend, caller: Account, data: &[u8], error: Error) {
    let (books, events) = (system.books(), system.events().len());
    let ending = system.send(caller, data.to_vec());
    assert_eq!(ending, Ending::Refused(error));
    assert!(system.books() == books && system.events().len() == events);
}

/// Sends what is answered as before; nothing changes.
#[track_caller]
pub fn repeated(system: &mut BlobBackend, caller: Account, data: &[u8]) {
    let (books, events) = (system.books(), system.events().len());
    let ending = system.send(caller, data.to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    assert!(system.books() == books && system.events().len() == events);
}

/// The books of both currencies are exactly what the contract holds.
#[track_caller]
pub fn covered(system: &BlobBackend) {
    for currency in [CNY, HKD] {
        let conservation = system.conservation(currency).expect("an answer");
        assert_eq!(conservation.booked, conservation.held, "{currency}");
    }
}

/// A participant's available and reserved in a currency.
pub fn held(system: &BlobBackend, id: ParticipantId, currency: Currency) -> (u128, u128) {
    let Position { available, reserved } = system.query(&system.contract().position(id, currency));
    (available, reserved)
}

pub fn uetr(number: u128) -> Uetr {
    Uetr::from_random_bytes(number.to_be_bytes())
}

pub fn status(system: &BlobBackend, uetr: Uetr) -> TransferStatus {
    let transfer = system.query(&system.contract().transfer(uetr));
    transfer.expect("recorded").status
}

/// BOC pays CUP so many fen within a day, by this method.
pub fn terms(system: &BlobBackend, minor_units: u128, method: SettlementMethod) -> Terms {
    Terms {
        debtor_agent: BOC,
        creditor_agent: CUP,
        interbank_settlement_amount: Money::new(CNY, minor_units),
        interbank_settlement_date: 19_677,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: method,
        expires_at: system.now() + DAY,
        message_digest: [0xD3; 32],
    }
}

/// 1.09 HKD for 1 CNY less 50 basis points, for an hour, held for two days, unwound for ten.
pub fn quote(system: &BlobBackend, number: u8) -> Quote {
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
        expires_at: system.now() + 3_600,
        hold_seconds: 172_800,
        unwind_seconds: 864_000,
    }
}

/// What the quote gives for so many fen.
pub fn credited(quote: &Quote, minor_units: u128) -> FxTerms {
    let exchange = quote.exchange(minor_units).expect("within bounds");
    FxTerms {
        quote: quote.id,
        credited: Money::new(quote.provider_sells, exchange.credited_minor_units),
        unwind: Unwind::OriginalRate,
    }
}

/// Call data of BOC's instruction of so many fen on a quote.
pub fn on_quote(
    system: &BlobBackend,
    number: u128,
    minor_units: u128,
    quote: &Quote,
    signed: Option<SignedQuote>,
) -> Vec<u8> {
    let terms = terms(system, minor_units, SettlementMethod::PaymentVersusPayment);
    let fx = credited(quote, minor_units);
    let message = system.contract().instruct_fx(uetr(number), terms, fx, signed);
    message.data().to_vec()
}

/// Publishes the quote and has BOC instruct so many fen on it.
pub fn instructed(system: &mut BlobBackend, number: u8, minor_units: u128) -> (Uetr, Quote) {
    let quote = quote(system, number);
    let publish = system.contract().publish_quote(quote);
    accepted(system, HSBC_QUOTER, publish.data());
    let data = on_quote(system, number.into(), minor_units, &quote, None);
    accepted(system, BOC_STAFF.instructor, &data);
    (uetr(number.into()), quote)
}

/// The same, accepted by CUP.
pub fn settled(system: &mut BlobBackend, number: u8, minor_units: u128) -> (Uetr, Quote) {
    let (uetr, quote) = instructed(system, number, minor_units);
    let accept = system.contract().accept(uetr);
    accepted(system, CUP_STAFF.approver, accept.data());
    (uetr, quote)
}

/// A key that signs quotes.
pub fn key(name: &str) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//{name}"), None).expect("a key")
}

/// The account of a key, as pallet-revive derives it.
pub fn address(key: &sr25519::Pair) -> Address {
    let mut address = [0; 20];
    address.copy_from_slice(&keccak256(&key.public().0)[12..]);
    address
}

/// Makes a key a quoter of the provider.
pub fn let_quote(system: &mut BlobBackend, key: &sr25519::Pair) {
    let grant = system.contract().grant_role(HSBC, address(key), Role::Quoter);
    accepted(system, HSBC_ADMIN, grant.data());
}

/// Signs a quote for a contract on the chain it takes itself to be on.
pub fn sign(key: &sr25519::Pair, contract: SettlementContract, quote: Quote) -> SignedQuote {
    sign_for(key, &GENESIS_HASH, contract.address(), quote)
}

/// Signs a quote for any contract on any chain.
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

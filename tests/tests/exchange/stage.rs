//! Two institutions and a provider of foreign exchange: BOC pays yuan, CUP is paid Hong Kong dollars.

use corridor_client::contract::SettlementContract;
use corridor_client::SignedQuote;
use corridor_core::{
    Currency, Error, ParticipantId, Position, Quote, Role, SettlementMethod, Terms, TransferStatus, Uetr,
};
use corridor_tests::backend::{Account, Backend};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::{BlobBackend, GENESIS_HASH};
use corridor_tests::scenario::exchange;
pub use corridor_tests::scenario::exchange::{
    address, credited, sign_for, HSBC, HSBC_ADMIN, HSBC_COMPLIANCE, HSBC_QUOTER,
};
use corridor_tests::scenario::stage::{Stage, BOC_STAFF, CNY, CUP_STAFF, HKD};
use polkadot_sdk::sp_core::{sr25519, Pair};

/// What the provider holds of each currency.
pub const LIQUIDITY: u128 = 500_000;

/// The stage: BOC holds a million of each currency, the provider half a million, CUP nothing.
pub fn open() -> BlobBackend {
    let mut system = BlobBackend::new(Tokens::Plain);
    exchange::admit_provider(&mut Stage::open(&mut system), LIQUIDITY);
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
    exchange::terms(system.now(), minor_units, method)
}

/// The usual quote, for an hour.
pub fn quote(system: &BlobBackend, number: u8) -> Quote {
    exchange::quote(system.now(), number)
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

/// Makes a key a quoter of the provider.
pub fn let_quote(system: &mut BlobBackend, key: &sr25519::Pair) {
    let grant = system.contract().grant_role(HSBC, address(key), Role::Quoter);
    accepted(system, HSBC_ADMIN, grant.data());
}

/// Signs a quote for a contract on the chain it takes itself to be on.
pub fn sign(key: &sr25519::Pair, contract: SettlementContract, quote: Quote) -> SignedQuote {
    sign_for(key, &GENESIS_HASH, contract.address(), quote)
}

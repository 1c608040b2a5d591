//! What the stage of the settlement engine says in its messages.

use corridor_client::contract::SettlementContract;
use corridor_client::{Exceptions, SignedQuote};
use corridor_core::{
    BatchHeader, Quote, QuotedReturn, Rate, ReasonCode, Schedule, SettlementMethod, Terms, TransferReturn,
    Uetr,
};
use corridor_tests::backend::Backend;
use corridor_tests::blob::{BlobBackend, GENESIS_HASH};
pub use corridor_tests::scenario::exchange::{address, credited};
use corridor_tests::scenario::stage::{CNY, DAY, HKD};
use corridor_tests::scenario::{self, exchange};
use polkadot_sdk::sp_core::sr25519;

/// Hourly windows.
pub fn schedule() -> Schedule {
    Schedule {
        // Thursday 2023-11-16, 00:00 in Beijing.
        anchor: 1_700_064_000,
        length: 3_600,
        cut_off: 300,
        utc_offset: 28_800,
        exceptions: Vec::new(),
    }
}

/// BOC pays CUP so many fen within a day, by this method.
pub fn usual(system: &BlobBackend, minor_units: u128, method: SettlementMethod) -> Terms {
    exchange::terms(system.now(), minor_units, method)
}

/// The usual quote, for two hours.
pub fn quote(system: &BlobBackend, number: u8) -> Quote {
    let now = system.now();
    Quote {
        expires_at: now + 7_200,
        ..exchange::quote(now, number)
    }
}

/// 0.93 CNY for 1 HKD less 20 basis points.
pub fn quote_back(system: &BlobBackend, number: u8) -> Quote {
    Quote {
        provider_buys: HKD,
        provider_sells: CNY,
        rate: Rate {
            numerator: 93,
            denominator: 100,
        },
        spread_basis_points: 20,
        hold_seconds: 1,
        unwind_seconds: 0,
        ..quote(system, number)
    }
}

/// The return of so many cents at a quote.
pub fn returned_at(quote: &Quote, uetr: Uetr, minor_units: u128) -> QuotedReturn {
    QuotedReturn {
        transfer_return: TransferReturn {
            uetr,
            minor_units,
            reason: ReasonCode::AC01,
        },
        quote: quote.id,
        given_back: credited(quote, minor_units).credited,
    }
}

/// Signs a quote for the contract.
pub fn sign(key: &sr25519::Pair, hub: SettlementContract, quote: Quote) -> SignedQuote {
    exchange::sign_for(key, &GENESIS_HASH, hub.address(), quote)
}

/// When the batches expire: the same whenever they are made.
fn batch_expiry() -> u64 {
    schedule().anchor + 2 * DAY
}

/// A batch of BOC's with one counterparty, CUP, and so many items of 1, 2, 3, ... fen.
pub fn batch(number: u32, items: u16) -> (BatchHeader, Vec<u8>) {
    scenario::batch::batch(batch_expiry(), number, items)
}

/// Some items of such a batch, proven.
pub fn exceptions(number: u32, items: u16, indices: &[u16]) -> Exceptions {
    let (header, items) = batch(number, items);
    scenario::batch::exceptions(&header, &items, indices)
}

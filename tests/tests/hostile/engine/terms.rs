//! What the stage of the settlement engine says in its messages.

use corridor_client::contract::SettlementContract;
use corridor_client::{keccak256, Exceptions, SignedQuote};
use corridor_core::batch::Item;
use corridor_core::{
    batch_proof, Address, BatchHeader, ChargeBearer, FxTerms, Money, ParticipantId, Quote, QuoteId,
    QuotedReturn, Rate, ReasonCode, Schedule, SettlementMethod, Terms, TransferReturn, Uetr, Unwind,
};
use corridor_tests::backend::Backend;
use corridor_tests::blob::{BlobBackend, GENESIS_HASH};
use corridor_tests::scenario::stage::{reference, BOC, CNY, CUP, DAY, HKD};
use polkadot_sdk::sp_core::{sr25519, Pair};

/// The provider: the third participant registered.
pub const HSBC: ParticipantId = ParticipantId(2);

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
    Terms {
        debtor_agent: BOC,
        creditor_agent: CUP,
        interbank_settlement_amount: Money::new(CNY, minor_units),
        interbank_settlement_date: 19_677,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: method,
        expires_at: system.now() + DAY,
        message_digest: [0xD4; 32],
    }
}

/// 1.09 HKD for 1 CNY less 50 basis points, for two hours.
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
        expires_at: system.now() + 7_200,
        hold_seconds: 172_800,
        unwind_seconds: 864_000,
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

/// What the quote gives for so many fen.
pub fn credited(quote: &Quote, minor_units: u128) -> FxTerms {
    let exchange = quote.exchange(minor_units).expect("within bounds");
    FxTerms {
        quote: quote.id,
        credited: Money::new(quote.provider_sells, exchange.credited_minor_units),
        unwind: Unwind::OriginalRate,
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

/// The account of a key, as pallet-revive derives it.
pub fn address(key: &sr25519::Pair) -> Address {
    let mut address = [0; 20];
    address.copy_from_slice(&keccak256(&key.public().0)[12..]);
    address
}

/// Signs a quote for the contract.
pub fn sign(key: &sr25519::Pair, hub: SettlementContract, quote: Quote) -> SignedQuote {
    let payload = quote.signing_payload(&GENESIS_HASH, &hub.address());
    SignedQuote {
        quote,
        public_key: key.public().0,
        signature: key.sign(&payload).0,
    }
}

/// When the batches expire: the same whenever they are made.
fn batch_expiry() -> u64 {
    schedule().anchor + 2 * DAY
}

/// A batch of BOC's with one counterparty, CUP, and so many items of 1, 2, 3, ... fen.
pub fn batch(number: u32, items: u16) -> (BatchHeader, Vec<u8>) {
    let bytes = (0..items).flat_map(|index| {
        let identity = u128::from(number) << 64 | u128::from(index) << 32 | 7;
        let item = Item {
            uetr: Uetr::from_random_bytes(identity.to_be_bytes()),
            minor_units: u64::from(index) + 1,
            counterparty: 0,
            message_digest: [0xD5; 32],
        };
        item.to_bytes()
    });
    let count = u128::from(items);
    let header = BatchHeader {
        debtor_agent: BOC,
        number,
        currency: CNY,
        counterparties: vec![CUP],
        items,
        control_sum: count * (count + 1) / 2,
        all_or_nothing: false,
        expires_at: batch_expiry(),
    };
    (header, bytes.collect())
}

/// Some items of such a batch, proven.
pub fn exceptions(number: u32, items: u16, indices: &[u16]) -> Exceptions {
    let (header, items) = batch(number, items);
    let chunk = |index: u16| {
        let proof = batch_proof::prove(&items, index, &mut keccak256);
        proof.expect("an item").chunk
    };
    Exceptions {
        chunk_hashes: batch_proof::chunk_hashes(&items, &mut keccak256),
        items: indices.iter().map(|index| (*index, chunk(*index))).collect(),
        header,
    }
}

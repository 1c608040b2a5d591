//! No bytes from a chain make a reader of events, call data or answers panic, and what one takes is what was written.
//!
//! `CORRIDOR_FUZZ_SECONDS=600 cargo test -p corridor-client --test fuzz soak -- --nocapture` goes on for ten minutes, and says the
//! seed: `CORRIDOR_FUZZ_SEED` begins there again.
#![allow(missing_docs)]

#[path = "../../corridor-iso20022/tests/common/soak.rs"]
#[allow(unreachable_pub)]
mod soak;
#[allow(unreachable_pub)]
mod support;

use corridor_api::{
    BatchRecorded, ControlsChanged, EscrowMoved, ExchangeRecorded, FeesRecorded, NettingRecorded,
    QueueResolved, QuoteRecorded, RegistryChanged, TransferRecorded,
};
use corridor_client::{
    chain::Execution,
    contract::{
        read_batch, read_quote, read_reference, settlement_arguments, settlement_message, token_arguments,
        token_message, CashContract, SettlementContract, TokenEvent,
    },
    core::{
        BatchHeader, ChargeBearer, Currency, Money, ParticipantId, ReasonCode, Reference, SettlementMethod,
        Terms, TransferReturn, Uetr, WindowId,
    },
    SettlementEvent,
};
use ink::{abi::Ink, env::Event};
use proptest::{collection::vec, prelude::*, test_runner::Config};
use scale_codec::Encode;
use support::quote;

const CONTRACT: [u8; 20] = [3; 20];

/// The signature topics of all events.
fn signatures() -> Vec<[u8; 32]> {
    macro_rules! of {
        ($($event:ty)*) => { vec![$(<$event as Event<Ink>>::SIGNATURE_TOPIC.expect("not anonymous")),*] };
    }
    of!(TransferRecorded EscrowMoved RegistryChanged NettingRecorded BatchRecorded QuoteRecorded ExchangeRecorded
        FeesRecorded ControlsChanged QueueResolved)
}

/// Call data of messages with something in them.
fn calls() -> Vec<Vec<u8>> {
    let hub = SettlementContract::at(CONTRACT);
    let uetr = Uetr::from_random_bytes([0x11; 16]);
    let terms = Terms {
        debtor_agent: ParticipantId(0),
        creditor_agent: ParticipantId(1),
        interbank_settlement_amount: Money::new(Currency::CNY, 12_345),
        interbank_settlement_date: 19_677,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::Gross,
        expires_at: 1_700_000_000,
        message_digest: [0xD2; 32],
    };
    let header = BatchHeader {
        debtor_agent: ParticipantId(0),
        number: 7,
        currency: Currency::CNY,
        counterparties: vec![ParticipantId(1)],
        items: 1,
        control_sum: 5,
        all_or_nothing: false,
        expires_at: 1_700_000_000,
    };
    let back = TransferReturn {
        uetr,
        minor_units: 5,
        reason: ReasonCode::AC04,
    };
    let reference = Reference([9; 16]);
    let token = CashContract::at(CONTRACT);
    vec![
        hub.instruct(uetr, terms).data().to_vec(),
        hub.submit_batch(header, vec![7; 64]).data().to_vec(),
        hub.return_transfer(reference, back).data().to_vec(),
        hub.publish_quote(quote()).data().to_vec(),
        hub.pledge(reference, Money::new(Currency::CNY, 5))
            .data()
            .to_vec(),
        hub.close_window(Currency::CNY, WindowId(3)).data().to_vec(),
        token.transfer([4; 20], 77).data().to_vec(),
        token.issue([4; 20], 77, [1; 32]).data().to_vec(),
    ]
}

/// Gives event data to both readers; what the settlement contract's takes is its very encoding.
fn read_event(topics: &[[u8; 32]], data: &[u8]) {
    if let Ok(Some(event)) = SettlementEvent::decode(topics, data) {
        let written = match event {
            SettlementEvent::Transfer(event) => event.encode(),
            SettlementEvent::Escrow(event) => event.encode(),
            SettlementEvent::Registry(event) => event.encode(),
            SettlementEvent::Netting(event) => event.encode(),
            SettlementEvent::Batch(event) => event.encode(),
            SettlementEvent::Quote(event) => event.encode(),
            SettlementEvent::Exchange(event) => event.encode(),
            SettlementEvent::Fees(event) => event.encode(),
            SettlementEvent::Controls(event) => event.encode(),
            SettlementEvent::Queue(event) => event.encode(),
        };
        assert_eq!(hex::encode(written), hex::encode(data));
    }
    drop(TokenEvent::decode(topics, data));
}

/// Gives call data to every reader of it.
fn read_call(data: &[u8]) {
    if let Some((header, items)) = read_batch(data) {
        assert_eq!(settlement_message(data), Some("submit_batch"));
        assert_eq!((header, items).encode(), data[4..]);
    }
    if let Some(quote) = read_quote(data) {
        assert!(data.windows(16).any(|window| window == quote.id.reference.0));
    }
    if let Some(reference) = read_reference(data) {
        assert_eq!(data[4..20], reference.0);
    }
    let _ = token_message(data);
    for said in [settlement_arguments(data), token_arguments(data)]
        .into_iter()
        .flatten()
    {
        assert!(said.starts_with('{') && said.ends_with('}'), "{said}");
    }
}

/// Gives an answer to readers of three shapes.
fn read_answer(data: &[u8], reverted: bool) {
    let execution = Execution::Returned {
        reverted,
        data: data.to_vec(),
        instantiated: None,
    };
    let hub = SettlementContract::at(CONTRACT);
    drop(hub.transfer(Uetr::from_random_bytes([1; 16])).decode(&execution));
    drop(hub.accept(Uetr::from_random_bytes([1; 16])).decode(&execution));
    drop(CashContract::at(CONTRACT).transfer([1; 20], 1).decode(&execution));
}

fn read_all(topics: &[[u8; 32]], data: &[u8]) {
    read_event(topics, data);
    read_call(data);
    read_answer(data, false);
    read_answer(data, true);
}

/// Topics of which the first is mostly an event's.
fn topics() -> impl Strategy<Value = Vec<[u8; 32]>> {
    let first = prop_oneof![9 => prop::sample::select(signatures()), 1 => any::<[u8; 32]>()];
    (first, vec(any::<[u8; 32]>(), 0..4)).prop_map(|(first, rest)| [vec![first], rest].concat())
}

/// Bytes of the kind SCALE has: many small numbers.
fn small_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![6 => 0u8..6, 1 => any::<u8>()];
    vec(byte, 0..220)
}

/// Call data with some bytes changed, added or left out.
fn mutant() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..3), 0..5);
    (prop::sample::select(calls()), changes).prop_map(|(mut data, changes)| {
        for (at, byte, removed) in changes {
            if data.is_empty() {
                break;
            }
            let start = at.index(data.len());
            let end = (start + removed).min(data.len());
            data.splice(start..end, [byte]);
        }
        data
    })
}

proptest! {
    #![proptest_config(Config { cases: 2_048, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_event_data_panics(topics in topics(), data in prop_oneof![small_bytes(), any::<Vec<u8>>()]) {
        read_event(&topics, &data);
    }

    #[test]
    fn no_changed_call_data_panics(data in mutant()) {
        read_call(&data);
    }

    #[test]
    fn no_answer_panics(data in prop_oneof![small_bytes(), any::<Vec<u8>>()], reverted: bool) {
        read_answer(&data, reverted);
    }
}

#[test]
fn the_samples_are_read() {
    let calls = calls();
    let names: Vec<_> = calls
        .iter()
        .map(|data| settlement_message(data).or(token_message(data)))
        .collect();
    assert!(names.iter().all(Option::is_some), "{names:?}");
    assert!(read_batch(&calls[1]).is_some());
    assert_eq!(read_quote(&calls[3]), Some(quote()));
    assert_eq!(read_reference(&calls[4]), Some(Reference([9; 16])));
}

/// Everything at random for as long as the environment asks; a moment otherwise.
#[test]
fn soak_of_what_a_chain_holds() {
    let data = prop_oneof![4 => small_bytes(), 3 => mutant(), 1 => any::<Vec<u8>>()];
    let read = |(topics, data): &(Vec<[u8; 32]>, Vec<u8>)| read_all(topics, data);
    let inputs = soak::soak("chain", &(topics(), data), read, Encode::encode);
    assert!(inputs > 0);
}

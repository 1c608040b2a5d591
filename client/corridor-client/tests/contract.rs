//! Call data, answers and events, against what the ABIs' own specifications say.
#![allow(missing_docs)]

#[allow(unreachable_pub)]
mod support;

use corridor_api::{
    cash::CashError, Codes, EscrowMoved, ExchangeRecorded, QueueResolved, QuoteReceipt, RegistryChanged,
    TransferReceipt, TransferRecorded,
};
use corridor_client::{
    chain::Execution,
    contract::{Answer, CashConstructor, CashContract, Message, SettlementContract, TokenError, Verdict},
    core::{
        movement::{Movement, MovementKind},
        queued::QueueReport,
        registry::RegistryChange,
        Currency, Error, FxEvent, Money, ParticipantId, QuoteState, ReasonCode, Reference, Role,
        TransferChange, TransferReturn, TransferStatus, Uetr,
    },
    fx_terms, ContractError, SettlementEvent,
};
use ink::{abi::Ink, env::Event, sol::SolErrorEncode, U256};
use scale_codec::Encode;
use sp_crypto_hashing::{blake2_256, keccak_256};
use support::quote;

const CONTRACT: [u8; 20] = [3; 20];
const UETR: Uetr = Uetr([0x11; 16]);

/// ink!: the first four bytes of blake2_256 of `Trait::message`.
fn ink_selector(name: &str) -> Vec<u8> {
    blake2_256(name.as_bytes())[..4].to_vec()
}

/// Solidity: the first four bytes of keccak_256 of the signature.
fn sol_selector(signature: &str) -> Vec<u8> {
    keccak_256(signature.as_bytes())[..4].to_vec()
}

/// A Solidity word with bytes at its end.
fn word(bytes: &[u8]) -> Vec<u8> {
    let mut word = vec![0; 32 - bytes.len()];
    word.extend(bytes);
    word
}

fn returned(reverted: bool, data: Vec<u8>) -> Execution {
    Execution::Returned {
        reverted,
        data,
        instantiated: None,
    }
}

#[test]
fn settlement_messages_are_selector_and_scale() {
    let hub = SettlementContract::at(CONTRACT);
    let money = Money::new(Currency::CNY, 125_050);
    let reference = Reference([7; 16]);
    let command = TransferReturn {
        uetr: UETR,
        minor_units: 5,
        reason: ReasonCode::AC04,
    };
    let id = ParticipantId(1);
    for (data, name, arguments) in [
        (hub.accept(UETR).data(), "Transfers::accept", UETR.encode()),
        (
            hub.reject(UETR, ReasonCode::AC04).data(),
            "Transfers::reject",
            (UETR, ReasonCode::AC04).encode(),
        ),
        (
            hub.return_transfer(reference, command).data(),
            "Transfers::return_transfer",
            (reference, command).encode(),
        ),
        (
            hub.deposit(reference, money).data(),
            "Escrow::deposit",
            (reference, money).encode(),
        ),
        (
            hub.accept_governor().data(),
            "Governance::accept_governor",
            vec![],
        ),
        (
            hub.grant_role(id, [9; 20], Role::Approver).data(),
            "Administration::grant_role",
            (id, [9u8; 20], Role::Approver).encode(),
        ),
        (
            hub.set_cap(id, Currency::CNY, 7).data(),
            "Netting::set_cap",
            (id, Currency::CNY, 7u64).encode(),
        ),
        (
            hub.reject_batch(id, 7, ReasonCode::AC04).data(),
            "Batches::reject_batch",
            (id, 7u32, ReasonCode::AC04).encode(),
        ),
        (
            hub.publish_quote(quote()).data(),
            "Exchange::publish_quote",
            quote().encode(),
        ),
        (
            hub.resolve_queue(Currency::CNY).data(),
            "Queueing::resolve_queue",
            Currency::CNY.encode(),
        ),
        (
            hub.position(id, Currency::CNY).data(),
            "Inspection::position",
            (id, Currency::CNY).encode(),
        ),
    ] {
        assert_eq!(data, [ink_selector(name), arguments].concat(), "{name}");
    }
    let codes = Codes {
        backoffice: ink::Address::from([5; 20]),
        clearing: ink::Address::from([6; 20]),
        exchange: ink::Address::from([7; 20]),
        controls: ink::Address::from([8; 20]),
        treasury: ink::Address::from([11; 20]),
    };
    let arguments = [[5; 20], [6; 20], [7; 20], [8; 20], [11; 20]].concat();
    assert_eq!(
        SettlementContract::constructor(codes, [9; 32], [10; 20]),
        [ink_selector("new"), arguments, vec![9; 32], vec![10; 20]].concat()
    );
    assert_eq!(SettlementContract::piece_constructor(), ink_selector("new"));
}

#[test]
fn token_messages_are_solidity() {
    let token = CashContract::at(CONTRACT);
    for (data, signature, words) in [
        (
            token.balance_of([9; 20]).data(),
            "balanceOf(address)",
            vec![word(&[9; 20])],
        ),
        (
            token.approve([9; 20], 5).data(),
            "approve(address,uint256)",
            vec![word(&[9; 20]), word(&[5])],
        ),
        (
            token.issue([9; 20], 5, [6; 32]).data(),
            "issue(address,uint256,bytes32)",
            vec![word(&[9; 20]), word(&[5]), vec![6; 32]],
        ),
        (token.pause().data(), "pause()", vec![]),
        (
            token.is_frozen([9; 20]).data(),
            "isFrozen(address)",
            vec![word(&[9; 20])],
        ),
    ] {
        assert_eq!(
            data,
            [sol_selector(signature), words.concat()].concat(),
            "{signature}"
        );
    }
}

#[test]
fn a_token_is_constructed_without_a_selector() {
    let data = CashConstructor {
        name: "Tokenised yuan".into(),
        symbol: "CNY".into(),
        currency: Currency::CNY,
        decimals: 2,
        issuer: [7; 20],
        guardian: [8; 20],
    }
    .data();
    // Six words: bytes32 twice and bytes3, filled up on the right; uint8 and two addresses on the left.
    assert_eq!(data.len(), 6 * 32);
    assert_eq!(data[..15], *b"Tokenised yuan\0");
    assert_eq!(data[32..36], *b"CNY\0");
    assert_eq!(data[64..67], *b"CNY");
    assert_eq!(data[96..128], word(&[2]));
    assert_eq!(data[128..160], word(&[7; 20]));
    assert_eq!(data[160..192], word(&[8; 20]));
}

#[test]
fn settlement_answers_are_decoded_with_their_refusals() {
    let receipt = TransferReceipt {
        status: TransferStatus::Settled,
        at: 5,
        repeated: true,
    };
    let accept = SettlementContract::at(CONTRACT).accept(UETR);
    let granted = [vec![0, 0], receipt.encode()].concat();
    assert_eq!(accept.decode(&returned(false, granted.clone())), Ok(Ok(receipt)));
    assert_eq!(
        accept.decode(&returned(true, vec![0, 1, 26])),
        Ok(Err(Error::InsufficientFunds))
    );
    assert_eq!(
        accept.decode(&returned(false, vec![])),
        Err(ContractError::NoContract(CONTRACT))
    );
    for malformed in [
        vec![0],
        vec![0, 1, 200],
        [granted.clone(), vec![0]].concat(),
        vec![1, 1],
    ] {
        let error = accept.decode(&returned(false, malformed)).expect_err("malformed");
        assert_eq!(error.code(), "contract.decode");
    }
    let failed = Execution::Failed("Revive::OutOfGas".into());
    assert_eq!(
        accept.decode(&failed),
        Err(ContractError::Failed("Revive::OutOfGas".into()))
    );

    assert_eq!(
        Answer::Transfer.judge(&returned(false, granted)),
        Verdict::Repeated
    );
    assert_eq!(Answer::Unit.judge(&returned(false, vec![0, 0])), Verdict::Fresh);
    assert_eq!(
        Answer::Unit.judge(&returned(true, vec![0, 1, 1])),
        Verdict::Refused(ContractError::Refused(Error::NotAdmin))
    );
}

#[test]
fn answers_on_quotes_and_queues_tell_what_would_change_nothing() {
    let judge =
        |answer: Answer, encoded: Vec<u8>| answer.judge(&returned(false, [vec![0, 0], encoded].concat()));
    for (repeated, verdict) in [(false, Verdict::Fresh), (true, Verdict::Repeated)] {
        let state = QuoteState::unused(quote());
        assert_eq!(
            judge(Answer::Quote, QuoteReceipt { state, repeated }.encode()),
            verdict
        );
    }
    let report = |settled, expired| QueueReport {
        settled,
        expired,
        waiting: 2,
        ..QueueReport::default()
    };
    for (report, verdict) in [
        (report(0, 0), Verdict::Repeated),
        (report(1, 0), Verdict::Fresh),
        (report(0, 1), Verdict::Fresh),
    ] {
        assert_eq!(judge(Answer::Queue, report.encode()), verdict, "{report:?}");
    }
    for answer in [Answer::Quote, Answer::Queue] {
        assert_eq!(Answer::parse(answer.name()), Some(answer));
        assert_eq!(
            answer.judge(&returned(true, vec![0, 1, 62])),
            Verdict::Refused(ContractError::Refused(Error::QuoteConflict))
        );
    }
}

#[test]
fn the_credited_amount_is_rounded_down_once_after_the_spread() {
    let credited =
        |minor_units| fx_terms(&quote(), Money::new(Currency::CNY, minor_units)).map(|fx| fx.credited);
    // 1,000,000 fen * 0.92 * 0.9999 = 919,908; 101 fen: 92.91..., 1 fen: nothing.
    assert_eq!(credited(1_000_000), Ok(Money::new(Currency::HKD, 919_908)));
    assert_eq!(credited(101), Ok(Money::new(Currency::HKD, 92)));
    assert_eq!(credited(1), Err(Error::BelowQuoteMinimum));
    assert_eq!(
        fx_terms(&quote(), Money::new(Currency::HKD, 100)),
        Err(Error::QuoteMismatch)
    );
}

#[test]
fn a_tokens_refusal_is_read_in_its_own_words() {
    let error = CashError::InsufficientBalance;
    let data = error.encode();
    assert_eq!(data, sol_selector("InsufficientBalance()"));
    let approve = CashContract::at(CONTRACT).approve([9; 20], 5);
    let refused = ContractError::Token(TokenError::Known(error));
    assert_eq!(
        approve.decode(&returned(true, data.clone())),
        Err(refused.clone())
    );
    assert_eq!(
        Answer::Token.judge(&returned(true, data)),
        Verdict::Refused(refused)
    );
    // Another token's own words.
    let other = ContractError::Token(TokenError::Other(vec![1, 2, 3, 4]));
    assert_eq!(approve.decode(&returned(true, vec![1, 2, 3, 4])), Err(other));
    // What is shorter than a selector: a constructor's answer in the other ABI, for one.
    for short in [vec![], vec![1, 1]] {
        let other = ContractError::Token(TokenError::Other(short.clone()));
        assert_eq!(
            Answer::Deployment.judge(&returned(true, short)),
            Verdict::Refused(other)
        );
    }
    // No answer at all: no token.
    let balance: Message<U256, _> = CashContract::at(CONTRACT).balance_of([9; 20]);
    assert_eq!(
        balance.decode(&returned(false, vec![])),
        Err(ContractError::NoContract(CONTRACT))
    );
    assert_eq!(balance.decode(&returned(false, word(&[5]))), Ok(U256::from(5)));
}

#[test]
fn events_are_found_by_their_own_topics() {
    let transfer = TransferRecorded {
        uetr: UETR,
        debtor_agent: ParticipantId(0),
        creditor_agent: ParticipantId(1),
        status: TransferStatus::Settled,
        change: TransferChange::Settled,
    };
    let escrow = EscrowMoved {
        participant: ParticipantId(0),
        reference: Reference([7; 16]),
        currency: Currency::CNY,
        movement: Movement {
            kind: MovementKind::Deposit,
            amount: Money::new(Currency::CNY, 1),
            at: 5,
        },
    };
    let registry = RegistryChanged {
        change: RegistryChange::Paused(true),
    };
    let read =
        |topic: Option<[u8; 32]>, data: Vec<u8>| SettlementEvent::decode(&[topic.expect("signed")], &data);
    assert_eq!(
        read(
            <TransferRecorded as Event<Ink>>::SIGNATURE_TOPIC,
            transfer.encode()
        ),
        Ok(Some(SettlementEvent::Transfer(transfer)))
    );
    assert_eq!(
        read(<EscrowMoved as Event<Ink>>::SIGNATURE_TOPIC, escrow.encode()),
        Ok(Some(SettlementEvent::Escrow(escrow)))
    );
    assert_eq!(
        read(
            Some(blake2_256(b"corridor/event/v1/RegistryChanged")),
            registry.encode()
        ),
        Ok(Some(SettlementEvent::Registry(registry)))
    );
    let exchange = ExchangeRecorded {
        uetr: UETR,
        debtor_agent: ParticipantId(0),
        creditor_agent: ParticipantId(1),
        status: TransferStatus::Expired,
        event: FxEvent::Expired,
    };
    assert_eq!(
        read(
            Some(blake2_256(b"corridor/event/v1/ExchangeRecorded")),
            exchange.encode()
        ),
        Ok(Some(SettlementEvent::Exchange(exchange)))
    );
    let resolved = QueueResolved {
        currency: Currency::CNY,
        report: QueueReport::default(),
    };
    assert_eq!(
        read(
            Some(blake2_256(b"corridor/event/v1/QueueResolved")),
            resolved.encode()
        ),
        Ok(Some(SettlementEvent::Queue(resolved)))
    );
    assert_eq!(read(Some([0; 32]), vec![1]), Ok(None));
    assert_eq!(SettlementEvent::decode(&[], &[]), Ok(None));
    let cut = transfer.encode()[1..].to_vec();
    assert!(read(<TransferRecorded as Event<Ink>>::SIGNATURE_TOPIC, cut).is_err());
}

#[test]
fn nothing_has_the_known_hash() {
    assert_eq!(
        hex::encode(corridor_client::keccak256(b"")),
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    );
}

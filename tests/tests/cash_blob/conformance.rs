//! ERC-20 as everybody else implements it: selectors and topics are written down here, not computed.

use crate::token::{address_word, number, small, text, who, Token, Word, HOLDERS, STRANGER};

const NAME: [u8; 4] = [0x06, 0xfd, 0xde, 0x03];
const SYMBOL: [u8; 4] = [0x95, 0xd8, 0x9b, 0x41];
const DECIMALS: [u8; 4] = [0x31, 0x3c, 0xe5, 0x67];
const TOTAL_SUPPLY: [u8; 4] = [0x18, 0x16, 0x0d, 0xdd];
const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
const ALLOWANCE: [u8; 4] = [0xdd, 0x62, 0xed, 0x3e];
const APPROVE: [u8; 4] = [0x09, 0x5e, 0xa7, 0xb3];
const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
const TRANSFER_FROM: [u8; 4] = [0x23, 0xb8, 0x72, 0xdd];

const TRANSFER_TOPIC: &str = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const APPROVAL_TOPIC: &str = "8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925";

const FROM: &str = HOLDERS[0];
const TO: &str = HOLDERS[1];
const MAX_U256: Word = [0xff; 32];

fn data(selector: [u8; 4], arguments: &[Word]) -> Vec<u8> {
    [&selector[..], &arguments.concat()].concat()
}

/// Topics in hex, and data.
type Event = (Vec<String>, Vec<u8>);

/// Sends it, expects success, returns the answer and the events.
fn run(token: &mut Token, caller: &str, data: Vec<u8>) -> (Vec<u8>, Vec<Event>) {
    let outcome = token.send(caller, data).expect("no trap");
    assert!(!outcome.reverted, "refused with {:?}", outcome.data);
    let address = token.address;
    let events = outcome.events.into_iter().map(|(emitter, data, topics)| {
        assert_eq!(emitter, address);
        (topics.iter().map(|topic| hex::encode(topic.0)).collect(), data)
    });
    (outcome.data, events.collect())
}

fn solidity_string(content: &str) -> Vec<u8> {
    [number(32), number(content.len() as u128), text(content)].concat()
}

#[test]
fn the_token_describes_itself() {
    let mut token = Token::with_money();
    for (selector, expected) in [
        (NAME, solidity_string("Bank of China yuan")),
        (SYMBOL, solidity_string("BOCCNY")),
        (DECIMALS, number(2).to_vec()),
        (TOTAL_SUPPLY, number(2_000).to_vec()),
    ] {
        assert_eq!(run(&mut token, STRANGER, data(selector, &[])).0, expected);
    }
    assert_eq!(
        run(&mut token, STRANGER, data(BALANCE_OF, &[who(FROM)])).0,
        number(1_000)
    );
    assert_eq!(
        run(&mut token, STRANGER, data(BALANCE_OF, &[who(STRANGER)])).0,
        number(0)
    );
    assert_eq!(token.ask("currency()", &[]), text("CNY"));
}

#[test]
fn a_transfer_moves_money_and_says_so() {
    let mut token = Token::with_money();
    for (value, from_left, to_has) in [(300, 700, 1_300), (0, 700, 1_300), (700, 0, 2_000)] {
        let (answer, events) = run(&mut token, FROM, data(TRANSFER, &[who(TO), number(value)]));
        assert_eq!(answer, number(1));
        let topics = vec![
            TRANSFER_TOPIC.to_owned(),
            hex::encode(who(FROM)),
            hex::encode(who(TO)),
        ];
        assert_eq!(events, [(topics, number(value).to_vec())]);
        assert_eq!((token.balance(FROM), token.balance(TO)), (from_left, to_has));
    }
    assert_eq!(small(token.ask("totalSupply()", &[])), 2_000);
}

#[test]
fn a_transfer_to_oneself_changes_nothing_but_is_one() {
    let mut token = Token::with_money();
    let (answer, events) = run(&mut token, FROM, data(TRANSFER, &[who(FROM), number(1_000)]));
    assert_eq!((answer, events.len()), (number(1).to_vec(), 1));
    assert_eq!(token.balance(FROM), 1_000);
    token.refuses(
        "InsufficientBalance",
        FROM,
        "transfer(address,uint256)",
        &[who(FROM), number(1_001)],
    );
}

#[test]
fn an_approval_lets_somebody_move_money_once() {
    let mut token = Token::with_money();
    let (answer, events) = run(&mut token, FROM, data(APPROVE, &[who(STRANGER), number(500)]));
    assert_eq!(answer, number(1));
    let topics = vec![
        APPROVAL_TOPIC.to_owned(),
        hex::encode(who(FROM)),
        hex::encode(who(STRANGER)),
    ];
    assert_eq!(events, [(topics, number(500).to_vec())]);

    let (answer, events) = run(
        &mut token,
        STRANGER,
        data(TRANSFER_FROM, &[who(FROM), who(TO), number(200)]),
    );
    assert_eq!(answer, number(1));
    let topics = vec![
        TRANSFER_TOPIC.to_owned(),
        hex::encode(who(FROM)),
        hex::encode(who(TO)),
    ];
    assert_eq!(events, [(topics, number(200).to_vec())]);
    assert_eq!(
        run(&mut token, TO, data(ALLOWANCE, &[who(FROM), who(STRANGER)])).0,
        number(300)
    );
    assert_eq!((token.balance(FROM), token.balance(TO)), (800, 1_200));

    let pull = "transferFrom(address,address,uint256)";
    token.refuses(
        "InsufficientAllowance",
        STRANGER,
        pull,
        &[who(FROM), who(TO), number(301)],
    );
    token.refuses(
        "InsufficientAllowance",
        TO,
        pull,
        &[who(FROM), who(TO), number(1)],
    );
    // An allowance is needed for one's own money too, as with everybody's ERC-20.
    token.refuses(
        "InsufficientAllowance",
        FROM,
        pull,
        &[who(FROM), who(TO), number(1)],
    );
    // The last approval counts, not the sum.
    run(&mut token, FROM, data(APPROVE, &[who(STRANGER), number(10)]));
    token.refuses(
        "InsufficientAllowance",
        STRANGER,
        pull,
        &[who(FROM), who(TO), number(11)],
    );
    // An allowance is not money.
    run(&mut token, FROM, data(APPROVE, &[who(STRANGER), number(5_000)]));
    token.refuses(
        "InsufficientBalance",
        STRANGER,
        pull,
        &[who(FROM), who(TO), number(801)],
    );
}

#[test]
fn an_unlimited_allowance_stays() {
    let mut token = Token::with_money();
    let two_to_the_200 = {
        let mut word = [0; 32];
        word[6] = 1;
        word
    };
    for approved in [MAX_U256, two_to_the_200, number(u128::MAX)] {
        let (_, events) = run(&mut token, FROM, data(APPROVE, &[who(STRANGER), approved]));
        assert_eq!(events[0].1, MAX_U256);
        run(
            &mut token,
            STRANGER,
            data(TRANSFER_FROM, &[who(FROM), who(TO), number(100)]),
        );
        assert_eq!(
            token.ask("allowance(address,address)", &[who(FROM), who(STRANGER)]),
            MAX_U256
        );
    }
    run(
        &mut token,
        FROM,
        data(APPROVE, &[who(STRANGER), number(u128::MAX - 1)]),
    );
    run(
        &mut token,
        STRANGER,
        data(TRANSFER_FROM, &[who(FROM), who(TO), number(100)]),
    );
    assert_eq!(
        token.ask("allowance(address,address)", &[who(FROM), who(STRANGER)]),
        number(u128::MAX - 101)
    );
}

#[test]
fn what_cannot_be_moved_is_refused() {
    let mut token = Token::with_money();
    let push = "transfer(address,uint256)";
    token.refuses("InsufficientBalance", FROM, push, &[who(TO), number(1_001)]);
    token.refuses("InsufficientBalance", STRANGER, push, &[who(TO), number(1)]);
    token.refuses("ValueOutOfRange", FROM, push, &[who(TO), MAX_U256]);
    token.refuses("ZeroAddress", FROM, push, &[number(0), number(1)]);
    token.refuses(
        "ZeroAddress",
        FROM,
        "approve(address,uint256)",
        &[number(0), number(1)],
    );
    // An event from the zero address would read as an issue.
    token.refuses(
        "ZeroAddress",
        STRANGER,
        "transferFrom(address,address,uint256)",
        &[number(0), who(TO), number(0)],
    );
}

#[test]
fn a_contract_can_hold_money_too() {
    let mut token = Token::with_money();
    let contract = address_word(token.address);
    run(&mut token, FROM, data(TRANSFER, &[contract, number(5)]));
    assert_eq!(small(token.ask("balanceOf(address)", &[contract])), 5);
}

//! Issue, redemption, pause and freeze.

use crate::token::{number, small, who, Token, Word, GUARDIAN, HOLDERS, ISSUER, STRANGER};
use polkadot_sdk::sp_io::hashing::keccak_256;

const HOLDER: &str = HOLDERS[0];
const OTHER: &str = HOLDERS[1];
const ISSUE: &str = "issue(address,uint256,bytes32)";
const REDEEM: &str = "redeem(address,uint256,bytes32)";
const TRANSFER: &str = "transfer(address,uint256)";
const PULL: &str = "transferFrom(address,address,uint256)";
const APPROVE: &str = "approve(address,uint256)";

fn supply(token: &mut Token) -> u128 {
    small(token.ask("totalSupply()", &[]))
}

/// Does it again in every way that must have no further effect.
fn repeat(token: &mut Token, message: &str, arguments: &[Word]) {
    let before = token.books();
    for _ in 0..2 {
        let (answer, events) = token.does(ISSUER, message, arguments);
        assert_eq!((answer, events), (vec![], vec![]));
    }
    assert_eq!(token.books(), before);
}

#[test]
fn an_issue_happens_once() {
    let mut token = Token::new();
    let terms = [who(HOLDER), number(700), number(1)];
    let (answer, events) = token.does(ISSUER, ISSUE, &terms);
    assert!(answer.is_empty());
    let topics: Vec<Vec<Word>> = events
        .iter()
        .map(|event| event.2.iter().map(|topic| topic.0).collect())
        .collect();
    assert_eq!(
        topics,
        [
            vec![
                keccak_256(b"Transfer(address,address,uint256)"),
                number(0),
                who(HOLDER)
            ],
            vec![
                keccak_256(b"RequestDone(bytes32,address,uint8,uint256)"),
                number(1),
                who(HOLDER)
            ],
        ]
    );
    assert_eq!(events[0].1, number(700));
    assert_eq!(events[1].1, [number(1), number(700)].concat());
    assert_eq!((supply(&mut token), token.balance(HOLDER)), (700, 700));
    assert_eq!(token.ask("requestValue(bytes32)", &[number(1)]), number(700));

    repeat(&mut token, ISSUE, &terms);
    token.refuses(
        "RequestConflict",
        ISSUER,
        ISSUE,
        &[who(HOLDER), number(701), number(1)],
    );
    token.refuses(
        "RequestConflict",
        ISSUER,
        ISSUE,
        &[who(OTHER), number(700), number(1)],
    );
    token.refuses("RequestConflict", ISSUER, REDEEM, &terms);
    // Another id is another request.
    token.does(ISSUER, ISSUE, &[who(HOLDER), number(700), number(2)]);
    assert_eq!((supply(&mut token), token.balance(HOLDER)), (1_400, 1_400));
}

#[test]
fn a_redemption_happens_once() {
    let mut token = Token::with_money();
    token.does(HOLDER, TRANSFER, &[who(ISSUER), number(400)]);
    let terms = [who(ISSUER), number(300), number(3)];
    let (_, events) = token.does(ISSUER, REDEEM, &terms);
    assert_eq!(events[0].2[2].0, number(0));
    assert_eq!(events[1].1, [number(2), number(300)].concat());
    assert_eq!((supply(&mut token), token.balance(ISSUER)), (1_700, 100));
    repeat(&mut token, REDEEM, &terms);
    token.refuses(
        "RequestConflict",
        ISSUER,
        REDEEM,
        &[who(ISSUER), number(100), number(3)],
    );
    token.refuses(
        "InsufficientBalance",
        ISSUER,
        REDEEM,
        &[who(ISSUER), number(101), number(4)],
    );
}

#[test]
fn a_holders_money_is_redeemed_only_with_its_approval() {
    let mut token = Token::with_money();
    let terms = [who(HOLDER), number(300), number(3)];
    token.refuses("InsufficientAllowance", ISSUER, REDEEM, &terms);
    token.does(HOLDER, APPROVE, &[who(ISSUER), number(400)]);
    token.does(ISSUER, REDEEM, &terms);
    assert_eq!(
        token.ask("allowance(address,address)", &[who(HOLDER), who(ISSUER)]),
        number(100)
    );
    assert_eq!((supply(&mut token), token.balance(HOLDER)), (1_700, 700));
    // What was approved is not used up again.
    repeat(&mut token, REDEEM, &terms);
}

#[test]
fn a_refused_request_leaves_its_id_free() {
    let mut token = Token::new();
    token.refuses("ZeroValue", ISSUER, ISSUE, &[who(HOLDER), number(0), number(1)]);
    token.refuses("ZeroAddress", ISSUER, ISSUE, &[number(0), number(5), number(1)]);
    token.refuses(
        "ValueOutOfRange",
        ISSUER,
        ISSUE,
        &[who(HOLDER), [0xff; 32], number(1)],
    );
    token.refuses(
        "InsufficientBalance",
        ISSUER,
        REDEEM,
        &[who(ISSUER), number(5), number(1)],
    );
    assert_eq!(token.ask("requestValue(bytes32)", &[number(1)]), number(0));
    token.does(ISSUER, ISSUE, &[who(HOLDER), number(u128::MAX), number(1)]);
    token.refuses(
        "SupplyExceeded",
        ISSUER,
        ISSUE,
        &[who(OTHER), number(1), number(2)],
    );
    token.does(HOLDER, TRANSFER, &[who(OTHER), number(u128::MAX)]);
    assert_eq!(token.balance(OTHER), u128::MAX);
}

#[test]
fn a_pause_stops_movements_and_nothing_else() {
    let mut token = Token::with_money();
    token.does(HOLDER, APPROVE, &[who(STRANGER), number(50)]);
    let (_, events) = token.does(GUARDIAN, "pause()", &[]);
    assert_eq!(events[0].1, number(1));
    assert_eq!(events[0].2[0].0, keccak_256(b"PauseChanged(bool)"));
    assert_eq!(token.does(GUARDIAN, "pause()", &[]).1, [], "no change, no event");
    assert_eq!(token.ask("paused()", &[]), number(1));

    token.refuses("EnforcedPause", HOLDER, TRANSFER, &[who(OTHER), number(0)]);
    token.refuses(
        "EnforcedPause",
        STRANGER,
        PULL,
        &[who(HOLDER), who(OTHER), number(1)],
    );
    token.refuses(
        "EnforcedPause",
        ISSUER,
        ISSUE,
        &[who(HOLDER), number(1), number(9)],
    );
    token.refuses(
        "EnforcedPause",
        ISSUER,
        REDEEM,
        &[who(HOLDER), number(1), number(9)],
    );
    // What was done is still answered.
    repeat(&mut token, ISSUE, &[who(HOLDER), number(1_000), number(1)]);
    token.does(HOLDER, APPROVE, &[who(STRANGER), number(0)]);

    token.does(GUARDIAN, "unpause()", &[]);
    assert_eq!(token.does(GUARDIAN, "unpause()", &[]).1, []);
    token.does(HOLDER, TRANSFER, &[who(OTHER), number(1)]);
    token.refuses(
        "InsufficientAllowance",
        STRANGER,
        PULL,
        &[who(HOLDER), who(OTHER), number(1)],
    );
}

#[test]
fn frozen_money_stays_where_it_is() {
    let mut token = Token::with_money();
    for holder in HOLDERS {
        token.does(holder, APPROVE, &[who(STRANGER), number(100)]);
        token.does(holder, APPROVE, &[who(ISSUER), number(100)]);
    }
    let (_, events) = token.does(GUARDIAN, "freeze(address)", &[who(HOLDER)]);
    assert_eq!(events[0].2[0].0, keccak_256(b"FreezeChanged(address,bool)"));
    assert_eq!(
        (events[0].2[1].0, events[0].1.as_slice()),
        (who(HOLDER), &number(1)[..])
    );
    assert_eq!(
        token.does(GUARDIAN, "freeze(address)", &[who(HOLDER)]).1,
        [],
        "no change, no event"
    );
    assert_eq!(token.ask("isFrozen(address)", &[who(HOLDER)]), number(1));
    assert_eq!(token.balance(HOLDER), 1_000);

    token.refuses("AccountFrozen", HOLDER, TRANSFER, &[who(OTHER), number(1)]);
    token.refuses("AccountFrozen", HOLDER, TRANSFER, &[who(HOLDER), number(1)]);
    token.refuses("AccountFrozen", OTHER, TRANSFER, &[who(HOLDER), number(1)]);
    token.refuses(
        "AccountFrozen",
        STRANGER,
        PULL,
        &[who(HOLDER), who(OTHER), number(1)],
    );
    token.refuses(
        "AccountFrozen",
        STRANGER,
        PULL,
        &[who(OTHER), who(HOLDER), number(1)],
    );
    token.refuses(
        "AccountFrozen",
        ISSUER,
        ISSUE,
        &[who(HOLDER), number(1), number(9)],
    );
    token.refuses(
        "AccountFrozen",
        ISSUER,
        REDEEM,
        &[who(HOLDER), number(1), number(9)],
    );
    token.does(OTHER, TRANSFER, &[who(STRANGER), number(1)]);

    token.does(GUARDIAN, "unfreeze(address)", &[who(HOLDER)]);
    assert_eq!(token.does(GUARDIAN, "unfreeze(address)", &[who(HOLDER)]).1, []);
    token.does(HOLDER, TRANSFER, &[who(OTHER), number(1_000)]);
    // An account without money can be frozen as well, before any arrives.
    token.does(GUARDIAN, "freeze(address)", &[who(HOLDER)]);
    token.refuses("AccountFrozen", OTHER, TRANSFER, &[who(HOLDER), number(1)]);
    token.refuses("ZeroAddress", GUARDIAN, "freeze(address)", &[number(0)]);
}

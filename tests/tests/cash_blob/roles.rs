//! Who may do what, and how roles change hands.

use corridor_devnet_runtime::testing::{account, Chain, ChainError};
use polkadot_sdk::sp_io::hashing::keccak_256;

use crate::token::{
    code, constructor, number, selector, text, who, Token, Word, GUARDIAN, HOLDERS, ISSUER, STRANGER,
};

const PROPOSE: &str = "proposeIssuer(address)";
const ACCEPT: &str = "acceptIssuer()";
const APPOINT: &str = "setGuardian(address)";
const ISSUE: &str = "issue(address,uint256,bytes32)";

fn role_changed(role: u128, previous: Word, current: Word) -> Vec<Word> {
    vec![
        keccak_256(b"RoleChanged(uint8,address,address)"),
        number(role),
        previous,
        current,
    ]
}

fn topics(token: &mut Token, caller: &str, message: &str, arguments: &[Word]) -> Vec<Vec<Word>> {
    let (_, events) = token.does(caller, message, arguments);
    events
        .iter()
        .map(|event| event.2.iter().map(|topic| topic.0).collect())
        .collect()
}

#[test]
fn roles_do_what_is_theirs_and_nothing_else() {
    let mut token = Token::with_money();
    let holder = who(HOLDERS[0]);
    let issuers: [(&str, Vec<Word>); 4] = [
        (ISSUE, vec![holder, number(1), number(9)]),
        (
            "redeem(address,uint256,bytes32)",
            vec![holder, number(1), number(9)],
        ),
        (PROPOSE, vec![who(STRANGER)]),
        (APPOINT, vec![who(STRANGER)]),
    ];
    let guardians: [(&str, Vec<Word>); 4] = [
        ("pause()", vec![]),
        ("unpause()", vec![]),
        ("freeze(address)", vec![holder]),
        ("unfreeze(address)", vec![holder]),
    ];
    for (message, arguments) in &issuers {
        for caller in [GUARDIAN, HOLDERS[0], STRANGER] {
            token.refuses("Unauthorized", caller, message, arguments);
        }
    }
    for (message, arguments) in &guardians {
        for caller in [ISSUER, HOLDERS[0], STRANGER] {
            token.refuses("Unauthorized", caller, message, arguments);
        }
    }
    for caller in [ISSUER, GUARDIAN, STRANGER] {
        token.refuses("Unauthorized", caller, ACCEPT, &[]);
    }
    // A repeated request is the issuer's business too.
    token.refuses(
        "Unauthorized",
        STRANGER,
        ISSUE,
        &[holder, number(1_000), number(1)],
    );
}

#[test]
fn the_issuer_hands_over_in_two_steps() {
    let mut token = Token::with_money();
    let [first, second] = [who(ISSUER), who(STRANGER)];
    assert_eq!(
        topics(&mut token, ISSUER, PROPOSE, &[second]),
        [role_changed(2, number(0), second)]
    );
    assert_eq!(
        (token.ask("issuer()", &[]), token.ask("proposedIssuer()", &[])),
        (first, second)
    );
    // Until it is accepted nothing has changed.
    token.refuses("Unauthorized", STRANGER, ISSUE, &[second, number(1), number(9)]);
    token.does(ISSUER, ISSUE, &[second, number(1), number(8)]);

    let changes = topics(&mut token, STRANGER, ACCEPT, &[]);
    assert_eq!(
        changes,
        [role_changed(1, first, second), role_changed(2, second, number(0))]
    );
    assert_eq!(
        (token.ask("issuer()", &[]), token.ask("proposedIssuer()", &[])),
        (second, number(0))
    );
    token.refuses("Unauthorized", ISSUER, ISSUE, &[second, number(1), number(9)]);
    token.refuses("Unauthorized", STRANGER, ACCEPT, &[]);
    // Requests stay done, whoever repeats them.
    assert_eq!(token.does(STRANGER, ISSUE, &[second, number(1), number(8)]).1, []);
    token.refuses(
        "RequestConflict",
        STRANGER,
        ISSUE,
        &[second, number(2), number(8)],
    );
}

#[test]
fn an_offer_can_be_withdrawn() {
    let mut token = Token::new();
    token.does(ISSUER, PROPOSE, &[who(STRANGER)]);
    token.does(ISSUER, PROPOSE, &[who(HOLDERS[0])]);
    token.refuses("Unauthorized", STRANGER, ACCEPT, &[]);
    token.does(ISSUER, PROPOSE, &[number(0)]);
    token.refuses("Unauthorized", HOLDERS[0], ACCEPT, &[]);
}

#[test]
fn the_issuer_appoints_the_guardian() {
    let mut token = Token::new();
    let changes = topics(&mut token, ISSUER, APPOINT, &[who(STRANGER)]);
    assert_eq!(changes, [role_changed(3, who(GUARDIAN), who(STRANGER))]);
    token.refuses("Unauthorized", GUARDIAN, "pause()", &[]);
    token.does(STRANGER, "pause()", &[]);
    token.refuses("ZeroAddress", ISSUER, APPOINT, &[number(0)]);
}

#[test]
fn a_token_of_nothing_is_not_deployed() {
    let mut chain = Chain::new();
    for (argument, value, error) in [
        (0, [0; 32], "InvalidLabel"),
        (1, text("tab\t"), "InvalidLabel"),
        (2, text("cny"), "InvalidCurrency"),
        (2, text("CN"), "InvalidCurrency"),
        (3, number(5), "InvalidDecimals"),
        (4, number(0), "ZeroAddress"),
        (5, number(0), "ZeroAddress"),
    ] {
        let mut arguments = constructor();
        arguments[argument] = value;
        let refused = chain.instantiate(account(ISSUER), code(), arguments.concat());
        let data = selector(&format!("{error}()")).to_vec();
        assert_eq!(
            refused,
            Err(ChainError::ConstructorReverted { data }),
            "argument {argument}"
        );
    }
    for length in 0..constructor().concat().len() {
        let refused = chain.instantiate(account(ISSUER), code(), constructor().concat()[..length].to_vec());
        assert!(
            matches!(refused, Err(ChainError::ConstructorReverted { .. })),
            "{length} bytes: {refused:?}"
        );
    }
}

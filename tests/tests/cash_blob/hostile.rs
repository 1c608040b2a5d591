//! Call data nobody should send.

use corridor_devnet_runtime::testing::account;

use crate::token::{
    message, number, selector, who, Token, Word, EVERYBODY, GUARDIAN, HOLDERS, ISSUER, STRANGER,
};

/// Every message that can change something, with an accomplice who may send it and arguments that would work.
fn messages() -> Vec<(&'static str, &'static str, Vec<Word>)> {
    let [holder, other] = HOLDERS;
    // Nowhere a zero in the last byte, so that every cut changes a value.
    vec![
        (
            holder,
            "transfer(address,uint256)",
            vec![who(other), number(0x0101)],
        ),
        (
            holder,
            "approve(address,uint256)",
            vec![who(other), number(0x0101)],
        ),
        (
            STRANGER,
            "transferFrom(address,address,uint256)",
            vec![who(holder), who(other), number(0x0101)],
        ),
        (
            ISSUER,
            "issue(address,uint256,bytes32)",
            vec![who(holder), number(0x0101), [7; 32]],
        ),
        (
            ISSUER,
            "redeem(address,uint256,bytes32)",
            vec![who(holder), number(0x0101), [7; 32]],
        ),
        (ISSUER, "proposeIssuer(address)", vec![who(STRANGER)]),
        (ISSUER, "setGuardian(address)", vec![who(STRANGER)]),
        (GUARDIAN, "freeze(address)", vec![who(holder)]),
        (GUARDIAN, "unfreeze(address)", vec![who(other)]),
        (GUARDIAN, "pause()", vec![]),
        (GUARDIAN, "unpause()", vec![]),
        (STRANGER, "acceptIssuer()", vec![]),
    ]
}

/// A token where all of [`messages`] would work.
fn token() -> Token {
    let mut token = Token::with_money();
    token.does(
        HOLDERS[0],
        "approve(address,uint256)",
        &[who(STRANGER), number(500)],
    );
    token.does(
        HOLDERS[0],
        "approve(address,uint256)",
        &[who(ISSUER), number(500)],
    );
    token.does(GUARDIAN, "freeze(address)", &[who(HOLDERS[1])]);
    token.does(GUARDIAN, "unfreeze(address)", &[who(HOLDERS[1])]);
    token
}

#[test]
fn cut_off_call_data_is_refused() {
    let mut token = token();
    let before = token.books();
    for (caller, signature, arguments) in messages() {
        let data = message(signature, &arguments);
        for length in 0..data.len() {
            let outcome = token.send(caller, data[..length].to_vec()).expect("no trap");
            assert!(outcome.reverted, "{signature} cut to {length} bytes");
            if length >= 4 {
                assert_eq!(
                    outcome.data,
                    selector("IncompleteCallData()"),
                    "{signature} cut to {length} bytes"
                );
            }
        }
    }
    assert_eq!(token.books(), before);
}

#[test]
fn call_data_may_be_followed_by_anything() {
    let mut token = token();
    let mut data = message("transfer(address,uint256)", &[who(HOLDERS[1]), number(1)]);
    data.extend([0xee; 100]);
    assert!(!token.send(HOLDERS[0], data).expect("no trap").reverted);
    assert_eq!(token.balance(HOLDERS[0]), 999);
}

/// xorshift64*: the same sequence on every run, so that a failure can be looked at.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[7]).collect()
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }
}

#[test]
fn a_strangers_noise_changes_nothing_and_traps_nowhere() {
    let mut token = token();
    token.does(
        HOLDERS[0],
        "approve(address,uint256)",
        &[who(STRANGER), number(0)],
    );
    let before = token.books();
    let signatures = messages();
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for round in 0..2_000 {
        let length = noise.below(160);
        let mut data = noise.bytes(length);
        // Most of it gets past the selector. A stranger's approvals are its own business.
        let (_, signature, _) = &signatures[noise.below(signatures.len())];
        if round % 4 != 0 && *signature != "approve(address,uint256)" {
            data.splice(0..data.len().min(4), selector(signature));
        }
        // Half of it with real accounts, so that it gets past the addresses as well.
        if round % 2 == 0 && data.len() >= 36 {
            data[4..36].copy_from_slice(&who(EVERYBODY[noise.below(EVERYBODY.len())]));
        }
        let outcome = token
            .send(STRANGER, data.clone())
            .unwrap_or_else(|error| panic!("{data:02x?}: {error}"));
        assert!(outcome.reverted, "{data:02x?}");
    }
    assert_eq!(token.books(), before);
}

#[test]
fn no_message_takes_coins() {
    let mut token = token();
    let before = token.books();
    for (caller, signature, arguments) in messages() {
        let data = message(signature, &arguments);
        let address = token.address;
        let outcome = token
            .chain
            .call_with_value(account(caller), address, 1_000_000, data);
        assert!(
            !outcome.is_ok_and(|outcome| !outcome.reverted),
            "{signature} took coins"
        );
    }
    assert_eq!(token.books(), before);
}

#[test]
fn everything_in_the_list_would_have_worked() {
    for (caller, signature, arguments) in messages() {
        let mut token = token();
        if signature == "acceptIssuer()" {
            token.does(ISSUER, "proposeIssuer(address)", &[who(STRANGER)]);
        }
        token.does(caller, signature, &arguments);
    }
}

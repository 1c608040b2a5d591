//! A deployed cash contract on a chain in memory, spoken to in hand-made Solidity call data.

use std::{fs, path::Path};

use corridor_devnet_runtime::testing::{account, CallOutcome, Chain, ChainError, ContractEvent};
use polkadot_sdk::{sp_core::H160, sp_io::hashing::keccak_256};

/// 32 bytes of call data, of a topic or of an answer.
pub type Word = [u8; 32];

/// Issues and redeems.
pub const ISSUER: &str = "Alice";
/// Pauses and freezes.
pub const GUARDIAN: &str = "Bob";
/// Hold money.
pub const HOLDERS: [&str; 2] = ["Charlie", "Dave"];
/// Has neither a role nor money.
pub const STRANGER: &str = "Eve";
/// Everybody who signs in these tests.
pub const EVERYBODY: [&str; 5] = [ISSUER, GUARDIAN, HOLDERS[0], HOLDERS[1], STRANGER];

/// The contract and its chain.
pub struct Token {
    /// The chain.
    pub chain: Chain,
    /// Where the contract is.
    pub address: H160,
}

/// A message's selector, or the name of an error: the first four bytes of the hash of its signature.
pub fn selector(signature: &str) -> [u8; 4] {
    let hash = keccak_256(signature.as_bytes());
    [hash[0], hash[1], hash[2], hash[3]]
}

/// A number as a word.
pub fn number(value: u128) -> Word {
    let mut word = [0; 32];
    word[16..].copy_from_slice(&value.to_be_bytes());
    word
}

/// An account's address as a word.
pub fn who(name: &str) -> Word {
    address_word(Chain::address_of(&account(name)))
}

/// An address as a word.
pub fn address_word(address: H160) -> Word {
    let mut word = [0; 32];
    word[12..].copy_from_slice(&address.0);
    word
}

/// Text filled up with zeros on the right.
pub fn text(text: &str) -> Word {
    let mut word = [0; 32];
    word[..text.len()].copy_from_slice(text.as_bytes());
    word
}

/// Call data of a message.
pub fn message(signature: &str, arguments: &[Word]) -> Vec<u8> {
    [&selector(signature)[..], &arguments.concat()].concat()
}

/// The code `scripts/build-contracts` makes.
pub fn code() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/contracts/cash.polkavm");
    fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run scripts/build-contracts cash", path.display()))
}

/// The arguments of the constructor of [`Token::new`].
pub fn constructor() -> Vec<Word> {
    vec![
        text("Bank of China yuan"),
        text("BOCCNY"),
        text("CNY"),
        number(2),
        who(ISSUER),
        who(GUARDIAN),
    ]
}

impl Token {
    /// A token without money.
    pub fn new() -> Self {
        let mut chain = Chain::new();
        let address = chain
            .instantiate(account(ISSUER), code(), constructor().concat())
            .expect("it can be deployed");
        Self { chain, address }
    }

    /// A token of which each of the [`HOLDERS`] holds 1,000.
    pub fn with_money() -> Self {
        let mut token = Self::new();
        for (id, holder) in (1..).zip(HOLDERS) {
            token.does(
                ISSUER,
                "issue(address,uint256,bytes32)",
                &[who(holder), number(1_000), number(id)],
            );
        }
        token
    }

    /// What comes of a message, whatever it is.
    pub fn send(&mut self, caller: &str, data: Vec<u8>) -> Result<CallOutcome, ChainError> {
        self.chain.call(account(caller), self.address, data)
    }

    /// Sends a message that has to succeed. Returns its answer and its events.
    pub fn does(
        &mut self,
        caller: &str,
        signature: &str,
        arguments: &[Word],
    ) -> (Vec<u8>, Vec<ContractEvent>) {
        let outcome = self.send(caller, message(signature, arguments)).expect("no trap");
        assert!(
            !outcome.reverted,
            "{caller}: {signature} was refused with {:?}",
            outcome.data
        );
        (outcome.data, outcome.events)
    }

    /// Sends a message that has to be refused, with this error and without any effect.
    pub fn refuses(&mut self, error: &str, caller: &str, signature: &str, arguments: &[Word]) {
        let before = self.books();
        let outcome = self.send(caller, message(signature, arguments)).expect("no trap");
        assert!(outcome.reverted, "{caller}: {signature} was not refused");
        assert_eq!(
            outcome.data,
            selector(&format!("{error}()")),
            "{caller}: {signature} was refused, but not with {error}"
        );
        assert_eq!(outcome.events, []);
        assert_eq!(self.books(), before, "{caller}: {signature}");
    }

    /// The one-word answer of a query.
    pub fn ask(&mut self, signature: &str, arguments: &[Word]) -> Word {
        let outcome = self
            .chain
            .dry_run(account(STRANGER), self.address, message(signature, arguments));
        outcome.expect("no trap").data.try_into().expect("one word")
    }

    /// What `name` holds.
    pub fn balance(&mut self, name: &str) -> u128 {
        small(self.ask("balanceOf(address)", &[who(name)]))
    }

    /// Everything the contract can be asked, about everybody.
    pub fn books(&mut self) -> Vec<Word> {
        let mut books = Vec::new();
        for query in [
            "totalSupply()",
            "paused()",
            "issuer()",
            "proposedIssuer()",
            "guardian()",
        ] {
            books.push(self.ask(query, &[]));
        }
        for name in EVERYBODY {
            books.push(self.ask("balanceOf(address)", &[who(name)]));
            books.push(self.ask("isFrozen(address)", &[who(name)]));
            for spender in EVERYBODY {
                books.push(self.ask("allowance(address,address)", &[who(name), who(spender)]));
            }
        }
        for id in 0..5 {
            books.push(self.ask("requestValue(bytes32)", &[number(id)]));
        }
        books
    }
}

/// A word as a number.
pub fn small(word: Word) -> u128 {
    assert_eq!(word[..16], [0; 16], "more than 128 bits");
    u128::from_be_bytes(word[16..].try_into().expect("16 bytes"))
}

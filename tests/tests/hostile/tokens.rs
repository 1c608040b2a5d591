//! Tokens that lie, refuse, trap or never end.

use crate::cast;
use corridor_core::{Currency, Error, Money, Position};
use corridor_tests::backend::{Backend, Command, Token, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::hostile::{Behaviour, Function, HostileToken};
use corridor_tests::blob::{storage, BlobBackend};
use corridor_tests::ledger::Done;
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY};

pub const BAD: Token = Token("bad-token");
/// What BOC holds in the bad token's currency, and has outside.
pub const HELD: u128 = 1_000;

pub fn bad_currency() -> Currency {
    "USD".parse().expect("a code")
}

/// The stage with a registered token that has been honest so far.
pub fn open() -> (BlobBackend, HostileToken) {
    with_token(cast::open())
}

/// The same on any stage.
pub fn with_token(mut system: BlobBackend) -> (BlobBackend, HostileToken) {
    let token = HostileToken::deploy(&mut system, 2);
    system.name_token(BAD, token.0);
    let currency = bad_currency();
    let register = Command::RegisterCurrency {
        currency,
        exponent: 2,
        token: BAD,
    };
    assert_eq!(system.execute(GOVERNOR, &register), Ok(Done::Recorded));
    let treasurer = system.address_of(BOC_STAFF.treasurer);
    token.mint(&mut system, treasurer, 2 * HELD);
    assert_eq!(
        system.execute(BOC_STAFF.treasurer, &deposit(90, HELD)),
        Ok(Done::Recorded)
    );
    // Somebody's mistake, there to be stolen.
    let hub = system.hub();
    token.mint(&mut system, hub, HELD);
    (system, token)
}

pub fn deposit(number: u8, minor_units: u128) -> Command {
    Command::Deposit {
        reference: reference(number),
        amount: Money::new(bad_currency(), minor_units),
    }
}

pub fn withdraw(number: u8, minor_units: u128) -> Command {
    Command::Withdraw {
        reference: reference(number),
        amount: Money::new(bad_currency(), minor_units),
    }
}

fn word(last: u8) -> Vec<u8> {
    let mut word = vec![0; 32];
    word[31] = last;
    word
}

/// Answers that are not one word, or not a sensible one.
fn garbage() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        vec![1],
        word(1)[..31].to_vec(),
        word(2),
        vec![0xFF; 32],
        [vec![1], vec![0; 31]].concat(),
        vec![0xA5; 64],
        vec![0x5A; 15_000],
    ]
}

/// A movement with the token behaving like that: how it ends, with nothing changed on either side.
#[track_caller]
fn attempt(
    (system, token): &mut (BlobBackend, HostileToken),
    function: Function,
    behaviour: Behaviour,
    bytes: &[u8],
    command: &Command,
) -> Ending {
    let token = *token;
    system.rehearse(|system| attempt_on(system, token, function, behaviour, bytes, command))
}

#[track_caller]
fn attempt_on(
    system: &mut BlobBackend,
    token: HostileToken,
    function: Function,
    behaviour: Behaviour,
    bytes: &[u8],
    command: &Command,
) -> Ending {
    let target = system.hub();
    token.prepare(system, target, bytes);
    token.behave(system, function, behaviour);
    let (books, money) = (system.books(), storage::read(system.chain(), token.0));
    let data = system.call_data(command);
    let ending = system.send(BOC_STAFF.treasurer, data);
    assert!(
        system.books() == books,
        "{function:?} {behaviour:?}: the books changed"
    );
    assert!(
        storage::read(system.chain(), token.0) == money,
        "{function:?} {behaviour:?}: tokens moved"
    );
    // The damage is confined: other money moves on.
    for (name, caller, command) in cast::commands(system) {
        if name == "Escrow::deposit" {
            assert_eq!(system.execute(caller, &command), Ok(Done::Recorded));
        }
    }
    assert!(system.conservation(CNY).expect("a registered currency").holds);
    ending
}

#[test]
fn a_token_that_moves_something_else_is_found_out() {
    let mut stage = open();
    for (function, command) in [
        (Function::TransferFrom, deposit(1, 100)),
        (Function::Transfer, withdraw(1, 100)),
    ] {
        for behaviour in [
            Behaviour::Pretend,
            Behaviour::Less,
            Behaviour::More,
            Behaviour::Backwards,
        ] {
            let ending = attempt(&mut stage, function, behaviour, &[], &command);
            assert_eq!(
                ending,
                Ending::Refused(Error::TokenMismatch),
                "{function:?} {behaviour:?}"
            );
        }
    }
}

#[test]
fn a_token_that_does_not_say_yes_has_refused() {
    let mut stage = open();
    for (function, command) in [
        (Function::TransferFrom, deposit(1, 100)),
        (Function::Transfer, withdraw(1, 100)),
    ] {
        for (behaviour, bytes) in [
            (Behaviour::Deny, Vec::new()),
            (Behaviour::Trap, Vec::new()),
            (Behaviour::Revert, Vec::new()),
            (Behaviour::Revert, word(1)),
            (Behaviour::Revert, vec![0xFF; 500]),
            (Behaviour::Answer, word(0)),
        ] {
            let ending = attempt(&mut stage, function, behaviour, &bytes, &command);
            assert_eq!(
                ending,
                Ending::Refused(Error::TokenRefused),
                "{function:?} {behaviour:?} {bytes:?}"
            );
        }
        for bytes in garbage() {
            let ending = attempt(&mut stage, function, Behaviour::Answer, &bytes, &command);
            // What starts like a yes is measured, and found to have moved nothing.
            let found = [Error::TokenRefused, Error::TokenMismatch].map(Ending::Refused);
            assert!(found.contains(&ending), "{function:?} {bytes:?}: {ending:?}");
        }
        let ending = attempt(&mut stage, function, Behaviour::Answer, &word(1), &command);
        assert_eq!(ending, Ending::Refused(Error::TokenMismatch));
    }
}

#[test]
fn a_token_that_lies_about_balances_is_found_out() {
    let mut stage = open();
    for command in [deposit(1, 100), withdraw(1, 100)] {
        let function = Function::BalanceOf;
        // Grows by itself; never changes.
        for (behaviour, bytes) in [
            (Behaviour::Grow, Vec::new()),
            (Behaviour::Answer, word(0)),
            (Behaviour::Answer, word(200)),
            (Behaviour::Answer, [vec![0; 16], vec![0xFF; 16]].concat()),
        ] {
            let ending = attempt(&mut stage, function, behaviour, &bytes, &command);
            assert_eq!(
                ending,
                Ending::Refused(Error::TokenMismatch),
                "{behaviour:?} {bytes:?}"
            );
        }
        for (behaviour, bytes) in [
            (Behaviour::Trap, Vec::new()),
            (Behaviour::Revert, word(5)),
            (Behaviour::Answer, Vec::new()),
            (Behaviour::Answer, word(5)[..31].to_vec()),
            (Behaviour::Answer, vec![0xFF; 32]),
            (Behaviour::Answer, [vec![0; 15], vec![1], vec![0; 16]].concat()),
        ] {
            let ending = attempt(&mut stage, function, behaviour, &bytes, &command);
            assert_eq!(
                ending,
                Ending::Refused(Error::NotAToken),
                "{behaviour:?} {bytes:?}"
            );
        }
    }
}

#[test]
fn a_token_that_never_ends_costs_the_caller_and_nobody_else() {
    let mut stage = open();
    for (function, command) in [
        (Function::TransferFrom, deposit(1, 100)),
        (Function::BalanceOf, withdraw(1, 100)),
    ] {
        let ending = attempt(&mut stage, function, Behaviour::Spin, &[], &command);
        println!("{function:?}: {ending:?}");
        let refused = matches!(
            ending,
            Ending::Stopped(_) | Ending::Refused(Error::TokenRefused | Error::NotAToken | Error::NotExecuted)
        );
        assert!(refused, "{function:?}: {ending:?}");
    }
}

#[test]
fn a_token_that_lies_consistently_harms_its_own_currency_only() {
    let (mut system, token) = open();
    // It claims to have moved everything asked for, and that the contract holds nothing at all.
    token.prepare(&mut system, [0; 20], &word(0));
    token.behave(&mut system, Function::BalanceOf, Behaviour::Answer);
    let found = system.conservation(bad_currency()).expect("an answer");
    assert_eq!((found.booked, found.held, found.holds), (HELD, 0, false));
    assert!(system.conservation(CNY).expect("an answer").holds);
    for (behaviour, bytes) in [
        (Behaviour::Answer, vec![0xFF; 32]),
        (Behaviour::Answer, Vec::new()),
        (Behaviour::Trap, Vec::new()),
    ] {
        token.prepare(&mut system, [0; 20], &bytes);
        token.behave(&mut system, Function::BalanceOf, behaviour);
        assert_eq!(system.conservation(bad_currency()), Err(Error::NotAToken));
        assert!(system.conservation(CNY).expect("an answer").holds);
    }
    token.behave(&mut system, Function::BalanceOf, Behaviour::Honest);
    let found = system.conservation(bad_currency()).expect("an answer");
    assert_eq!((found.unallocated, found.holds), (HELD, true));
    let position = system.position(BOC, bad_currency());
    assert_eq!(
        position,
        Position {
            available: HELD,
            reserved: 0
        }
    );
}

#[test]
fn what_does_not_answer_like_a_token_is_not_registered() {
    let mut system = cast::open();
    let token = HostileToken::deploy(&mut system, 2);
    let (hub, backoffice) = (system.hub(), system.codes().backoffice.0);
    let books = system.books();
    let register = |system: &mut BlobBackend, address, exponent| {
        system.name_token(BAD, address);
        let currency = bad_currency();
        let command = Command::RegisterCurrency {
            currency,
            exponent,
            token: BAD,
        };
        let ending = system.execute(GOVERNOR, &command);
        assert!(system.books() == books);
        ending
    };
    // Nobody, an account, the contract itself and its back office.
    let account = system.address_of(BOC_STAFF.treasurer);
    for address in [[0; 20], [0xFF; 20], account, hub, backoffice] {
        let ending = register(&mut system, address, 2);
        assert_eq!(ending, Err(Error::NotAToken), "{}", hex::encode(address));
    }
    // The chain's own precompiles: a hash function among them answers anything with a number, and the chain itself
    // stops a call to one it does not have.
    for address in (1..=10u8).flat_map(|number| [(0, number), (9, number)]) {
        let mut precompile = [0; 20];
        (precompile[18], precompile[19]) = address;
        system.name_token(BAD, precompile);
        let command = Command::RegisterCurrency {
            currency: bad_currency(),
            exponent: 2,
            token: BAD,
        };
        let data = system.call_data(&command);
        let ending = system.send(GOVERNOR, data);
        let refused = matches!(
            ending,
            Ending::Stopped(_) | Ending::Refused(Error::NotAToken | Error::ExponentMismatch)
        );
        assert!(refused, "{}: {ending:?}", hex::encode(precompile));
        assert!(system.books() == books);
    }
    for bytes in garbage() {
        token.prepare(&mut system, [0; 20], &bytes);
        token.behave(&mut system, Function::Decimals, Behaviour::Answer);
        let ending = register(&mut system, token.0, 3);
        let found = [Error::NotAToken, Error::ExponentMismatch].map(Err);
        assert!(found.contains(&ending), "{bytes:?}: {ending:?}");
    }
    for behaviour in [Behaviour::Trap, Behaviour::Revert] {
        token.behave(&mut system, Function::Decimals, behaviour);
        assert_eq!(register(&mut system, token.0, 2), Err(Error::NotAToken));
    }
    token.behave(&mut system, Function::Decimals, Behaviour::Honest);
    for exponent in [0, 1, 3, 255] {
        assert_eq!(
            register(&mut system, token.0, exponent),
            Err(Error::ExponentMismatch)
        );
    }
}

#[test]
fn decimals_are_asked_for_once() {
    let (mut system, token) = open();
    token.prepare(&mut system, [0; 20], &word(9));
    token.behave(&mut system, Function::Decimals, Behaviour::Answer);
    assert_eq!(
        system.execute(BOC_STAFF.treasurer, &deposit(1, 100)),
        Ok(Done::Recorded)
    );
    assert_eq!(
        system.execute(BOC_STAFF.treasurer, &withdraw(2, HELD + 100)),
        Ok(Done::Recorded)
    );
    let entry = system.query(&system.contract().currency(bad_currency()));
    assert_eq!(entry.map(|entry| entry.exponent), Some(2));
}

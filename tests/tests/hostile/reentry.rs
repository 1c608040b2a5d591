//! Tokens that call the contract back, with the rights of an institution's insider.

use crate::cast;
use crate::tokens::{bad_currency, deposit, open, withdraw, BAD, HELD};
use corridor_core::{Error, Role};
use corridor_tests::backend::{Backend, Command, GOVERNOR};
use corridor_tests::blob::hostile::{Behaviour, CallBack, Function, HostileToken};
use corridor_tests::blob::storage::Books;
use corridor_tests::blob::BlobBackend;
use corridor_tests::ledger::Done;
use corridor_tests::scenario::stage::{BOC_STAFF, CNY, CUP, CUP_STAFF};

/// Gives the token's address every role at CUP: nothing but the chain stands between it and the books.
fn make_insider(system: &mut BlobBackend, token: HostileToken) {
    for role in Role::ALL {
        let grant = system.contract().grant_role(CUP, token.0, role);
        let (hub, data) = (system.hub(), grant.data().to_vec());
        system.must(CUP_STAFF.admin, hub, data);
    }
    token.mint(system, token.0, HELD);
}

/// Everything the token may call back with: every command and every query.
fn call_backs(system: &BlobBackend) -> Vec<(String, Vec<u8>)> {
    let commands = cast::commands(system);
    let commands = commands
        .iter()
        .map(|(name, _, command)| (*name, system.call_data(command)));
    let own = [
        ("its own deposit", system.call_data(&deposit(66, 10))),
        ("its own withdrawal", system.call_data(&withdraw(67, 10))),
    ];
    let calls = commands.chain(cast::queries(system)).chain(own);
    calls.map(|(name, data)| (name.to_owned(), data)).collect()
}

/// Runs a movement with the token doing `behaviour`; returns what came of it, how the call back ended and the books after.
fn run(
    (system, token): &mut (BlobBackend, HostileToken),
    function: Function,
    behaviour: Behaviour,
    command: &Command,
    prepare: impl FnOnce(&mut BlobBackend, HostileToken),
) -> (Result<Done, Error>, CallBack, Books) {
    let token = *token;
    system.rehearse(|system| {
        prepare(system, token);
        token.behave(system, function, behaviour);
        let outcome = system.execute(BOC_STAFF.treasurer, command);
        token.behave(system, function, Behaviour::Honest);
        for currency in [CNY, bad_currency()] {
            assert!(system.conservation(currency).expect("an answer").holds);
        }
        (outcome, token.call_back(system), system.books())
    })
}

/// The stage with an insider for a token.
fn open_with_insider() -> (BlobBackend, HostileToken) {
    let (mut system, token) = open();
    make_insider(&mut system, token);
    (system, token)
}

/// Otherwise the refusals below would prove nothing.
#[test]
fn the_insider_can_do_it_while_the_contract_is_not_at_work() {
    let (mut system, token) = open_with_insider();
    let hub = system.hub();
    for (name, _, command) in cast::commands(&system) {
        if [
            "Transfers::accept",
            "Transfers::reject",
            "Transfers::return_transfer",
        ]
        .contains(&name)
        {
            let data = system.call_data(&command);
            let ending = system.rehearse(|system| token.relay(system, GOVERNOR, hub, data, false));
            assert_eq!(ending, CallBack::Succeeded, "{name}");
        }
    }
}

#[test]
fn a_token_cannot_call_back_during_a_deposit_or_withdrawal() {
    let mut stage = open_with_insider();
    let calls = call_backs(&stage.0);
    let before = stage.0.books();
    for (function, command, refusal) in [
        (Function::TransferFrom, deposit(1, 100), Error::TokenRefused),
        (Function::BalanceOf, deposit(1, 100), Error::NotAToken),
        (Function::Transfer, withdraw(1, 100), Error::TokenRefused),
        (Function::BalanceOf, withdraw(1, 100), Error::NotAToken),
    ] {
        let (outcome, none, _) = run(&mut stage, function, Behaviour::Honest, &command, |_, _| ());
        assert_eq!((outcome, none), (Ok(Done::Recorded), CallBack::None));
        for (name, data) in &calls {
            let (outcome, _, books) = run(
                &mut stage,
                function,
                Behaviour::Reenter,
                &command,
                |system, token| {
                    let hub = system.hub();
                    token.prepare(system, hub, data);
                },
            );
            // The chain ends a token that enters the contract while it is at work; to the contract it has failed.
            assert_eq!(outcome, Err(refusal), "{name} during {function:?}");
            assert!(books == before, "{name} during {function:?} changed the books");
        }
    }
}

#[test]
fn a_token_cannot_call_back_through_another_contract() {
    let mut stage = open_with_insider();
    let command = withdraw(1, 100);
    let (_, _, honest) = run(
        &mut stage,
        Function::Transfer,
        Behaviour::Honest,
        &command,
        |_, _| (),
    );
    for (name, data) in call_backs(&stage.0) {
        let (outcome, ending, books) = run(
            &mut stage,
            Function::Transfer,
            Behaviour::Reenter,
            &command,
            |system, token| {
                let accomplice = HostileToken::deploy(system, 2);
                let relay = accomplice.relay_data(system.hub(), &data);
                token.prepare(system, accomplice.0, &relay);
            },
        );
        // The chain ended the accomplice, and the token went on honestly.
        assert_eq!(
            (outcome, ending),
            (Ok(Done::Recorded), CallBack::Refused),
            "{name}"
        );
        assert!(books == honest, "{name} changed the books");
    }
}

#[test]
fn a_token_cannot_run_the_contracts_code_on_the_contracts_storage() {
    let mut stage = open_with_insider();
    let command = withdraw(1, 100);
    let (_, _, honest) = run(
        &mut stage,
        Function::BalanceOf,
        Behaviour::Honest,
        &command,
        |_, _| (),
    );
    let (mut system, token) = stage;
    let before = system.books();
    for (name, data) in call_backs(&system) {
        for code in cast::pieces(&system).into_iter().chain([system.hub()]) {
            system.rehearse(|system| {
                token.prepare(system, code, &data);
                token.behave(system, Function::BalanceOf, Behaviour::Delegate);
                let ending = system.execute(BOC_STAFF.treasurer, &command);
                // Whatever that did to the token's own storage, the books are those of an honest run or untouched.
                let books = system.books();
                match ending {
                    Ok(_) => assert!(books == honest, "{name}"),
                    Err(_) => assert!(books == before, "{name}"),
                }
            });
        }
    }
}

#[test]
fn a_token_cannot_call_back_while_it_is_registered() {
    let (mut system, _) = open_with_insider();
    let hub = system.hub();
    for (name, data) in call_backs(&system) {
        system.rehearse(|system| {
            let token = HostileToken::deploy(system, 2);
            token.prepare(system, hub, &data);
            token.behave(system, Function::Decimals, Behaviour::Reenter);
            system.name_token(BAD, token.0);
            let register = Command::RegisterCurrency {
                currency: "EUR".parse().expect("a code"),
                exponent: 2,
                token: BAD,
            };
            let books = system.books();
            assert_eq!(
                system.execute(GOVERNOR, &register),
                Err(Error::NotAToken),
                "{name}"
            );
            assert!(system.books() == books, "{name}");
            assert_eq!(system.position(CUP, CNY).available, 1_000);
        });
    }
}

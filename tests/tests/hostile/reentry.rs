//! Tokens that call the contract back, with the rights of an institution's insider.

use crate::cast;
use crate::play::{plays, Call, Play};
use crate::tokens::{bad_currency, deposit, with_token, withdraw, BAD, HELD};
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

/// A stage with an insider for a token, and everything the token may call back with: every command and every query.
struct Inside {
    stage: (BlobBackend, HostileToken),
    calls: Vec<Call>,
}

/// All stages so.
fn insides() -> impl Iterator<Item = Inside> {
    plays().into_iter().map(|play| {
        let mut calls = play.calls();
        let Play { system, .. } = play;
        for (about, command) in [("deposit", deposit(66, 10)), ("withdraw", withdraw(67, 10))] {
            let data = system.call_data(&command);
            calls.push(Call::new("its own", about, BOC_STAFF.treasurer, data));
        }
        let (mut system, token) = with_token(system);
        make_insider(&mut system, token);
        let stage = (system, token);
        Inside { stage, calls }
    })
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

/// Otherwise the refusals below would prove nothing.
#[test]
fn the_insider_can_do_it_while_the_contract_is_not_at_work() {
    for Inside { stage, calls } in insides() {
        let (mut system, token) = stage;
        let hub = system.hub();
        // What CUP's approver may. As a contract the insider has every other role at CUP, too.
        for call in calls.iter().filter(|call| call.caller == CUP_STAFF.approver) {
            let data = call.data.clone();
            let ending = system.rehearse(|system| token.relay(system, GOVERNOR, hub, data, false));
            assert_eq!(ending, CallBack::Succeeded, "{}", call.told());
        }
    }
}

#[test]
fn a_token_cannot_call_back_during_a_deposit_or_withdrawal() {
    for Inside { mut stage, calls } in insides() {
        let before = stage.0.books();
        for (function, command, refusal) in [
            (Function::TransferFrom, deposit(1, 100), Error::TokenRefused),
            (Function::BalanceOf, deposit(1, 100), Error::NotAToken),
            (Function::Transfer, withdraw(1, 100), Error::TokenRefused),
            (Function::BalanceOf, withdraw(1, 100), Error::NotAToken),
        ] {
            let (outcome, none, _) = run(&mut stage, function, Behaviour::Honest, &command, |_, _| ());
            assert_eq!((outcome, none), (Ok(Done::Recorded), CallBack::None));
            for call in &calls {
                let prepare = |system: &mut BlobBackend, token: HostileToken| {
                    let hub = system.hub();
                    token.prepare(system, hub, &call.data);
                };
                let (outcome, _, books) = run(&mut stage, function, Behaviour::Reenter, &command, prepare);
                let told = format!("{} during {function:?}", call.told());
                // The chain ends a token that enters the contract while it is at work; to the contract it has failed.
                assert_eq!(outcome, Err(refusal), "{told}");
                assert!(books == before, "{told} changed the books");
            }
        }
    }
}

/// The books after an honest withdrawal.
fn honest(stage: &mut (BlobBackend, HostileToken), function: Function) -> Books {
    let (_, _, books) = run(stage, function, Behaviour::Honest, &withdraw(1, 100), |_, _| ());
    books
}

#[test]
fn a_token_cannot_call_back_through_another_contract() {
    for Inside { mut stage, calls } in insides() {
        let command = withdraw(1, 100);
        let honest = honest(&mut stage, Function::Transfer);
        for call in calls {
            let prepare = |system: &mut BlobBackend, token: HostileToken| {
                let accomplice = HostileToken::deploy(system, 2);
                let relay = accomplice.relay_data(system.hub(), &call.data);
                token.prepare(system, accomplice.0, &relay);
            };
            let during = (Function::Transfer, Behaviour::Reenter);
            let (outcome, ending, books) = run(&mut stage, during.0, during.1, &command, prepare);
            // The chain ended the accomplice, and the token went on honestly.
            let ended = (Ok(Done::Recorded), CallBack::Refused);
            assert_eq!((outcome, ending), ended, "{}", call.told());
            assert!(books == honest, "{} changed the books", call.told());
        }
    }
}

#[test]
fn a_token_cannot_run_the_contracts_code_on_the_contracts_storage() {
    for Inside { mut stage, calls } in insides() {
        let honest = honest(&mut stage, Function::BalanceOf);
        let (mut system, token) = stage;
        let before = system.books();
        for call in calls {
            for code in cast::pieces(&system).into_iter().chain([system.hub()]) {
                system.rehearse(|system| {
                    token.prepare(system, code, &call.data);
                    token.behave(system, Function::BalanceOf, Behaviour::Delegate);
                    let ending = system.execute(BOC_STAFF.treasurer, &withdraw(1, 100));
                    // Whatever that did to the token's own storage, the books are those of an honest run or untouched.
                    let books = system.books();
                    match ending {
                        Ok(_) => assert!(books == honest, "{}", call.told()),
                        Err(_) => assert!(books == before, "{}", call.told()),
                    }
                });
            }
        }
    }
}

#[test]
fn a_token_cannot_call_back_while_it_is_registered() {
    for Inside { stage, calls } in insides() {
        let (mut system, _) = stage;
        let hub = system.hub();
        for call in calls {
            system.rehearse(|system| {
                let token = HostileToken::deploy(system, 2);
                token.prepare(system, hub, &call.data);
                token.behave(system, Function::Decimals, Behaviour::Reenter);
                system.name_token(BAD, token.0);
                let register = Command::RegisterCurrency {
                    currency: "EUR".parse().expect("a code"),
                    exponent: 2,
                    token: BAD,
                };
                let books = system.books();
                let ending = system.execute(GOVERNOR, &register);
                assert_eq!(ending, Err(Error::NotAToken), "{}", call.told());
                assert!(system.books() == books, "{}", call.told());
            });
        }
    }
}

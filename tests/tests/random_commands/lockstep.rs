//! The same random commands on the reference ledger and on the contract's built code: the same answers, the same
//! records, the same books.

use crate::generator::{kind, Generator, Step};
use crate::world;
use corridor_core::{ParticipantId, TransferChange, Uetr};
use corridor_tests::backend::{Account, Backend, Command};
use corridor_tests::blob::money::Money;
use corridor_tests::blob::BlobBackend;
use corridor_tests::ledger::{Done, Ledger};
use std::collections::BTreeMap;

const DEFAULT_STEPS: u64 = 4_000;
const STEPS_PER_RUN: u64 = 400;
/// How often everything is compared, not only what the command concerned.
const FULL_COMPARISON: u64 = 50;

/// Commands answered alike, by kind and outcome.
type Tally = BTreeMap<(&'static str, &'static str), u64>;

fn run(seed: u64, money: Money, tally: &mut Tally) {
    let mut ledger = world::open();
    let mut code = BlobBackend::new(money);
    world::prepare(&mut code);
    // Other than those of the runs on the ledger alone.
    let mut generator = Generator::new(seed.wrapping_add(1_000_000));
    for number in 0..STEPS_PER_RUN {
        let step = generator.next(&ledger);
        let told = format!("seed {seed}, step {number}: {step:?}");
        match step {
            Step::Pass(seconds) => {
                ledger.advance_time(seconds);
                code.advance_time(seconds);
            }
            Step::Stray(token, minor_units) => {
                ledger.send_stray(token, minor_units);
                code.send_stray(token, minor_units);
            }
            Step::Send(caller, command) => {
                let answer = ledger.execute(caller, &command);
                assert_eq!(code.execute(caller, &command), answer, "{told}");
                concerned(&ledger, &code, caller, &command, &told);
                let outcome = match answer {
                    Ok(Done::Recorded) => "recorded",
                    Ok(Done::Repeated) => "repeated",
                    Err(error) => error.name(),
                };
                *tally.entry((kind(&command), outcome)).or_default() += 1;
                if answer == Ok(Done::Recorded) {
                    generator.remember(caller, command);
                }
            }
        }
        assert_eq!(code.now(), ledger.now, "{told}");
        if number % FULL_COMPARISON == FULL_COMPARISON - 1 {
            everything(&ledger, &code, &told);
        }
    }
    every_event(&ledger, &code);
}

/// What one command may have touched.
fn concerned(ledger: &Ledger, code: &BlobBackend, caller: Account, command: &Command, told: &str) {
    let uetr = match command {
        Command::Instruct { uetr, .. }
        | Command::Accept { uetr }
        | Command::Reject { uetr, .. }
        | Command::Cancel { uetr, .. }
        | Command::Expire { uetr } => *uetr,
        Command::ReturnTransfer { command, .. } => command.uetr,
        Command::Deposit { amount, .. } | Command::Withdraw { amount, .. } => {
            let held = |system: &dyn Backend| {
                world::token_of(amount.currency).map(|token| system.token_balance(caller, token))
            };
            assert_eq!(held(code), held(ledger), "{told}");
            return;
        }
        _ => return,
    };
    let transfer = ledger.transfer(uetr);
    assert_eq!(code.transfer(uetr), transfer, "{told}");
    if let Some(transfer) = transfer {
        let terms = transfer.terms;
        for agent in [terms.debtor_agent, terms.creditor_agent] {
            let position = ledger.position(agent, terms.currency());
            assert_eq!(code.position(agent, terms.currency()), position, "{told}");
        }
    }
}

/// All positions, books, records of the registry.
fn everything(ledger: &Ledger, code: &BlobBackend, told: &str) {
    for (currency, _, _) in world::currencies() {
        assert_eq!(
            code.conservation(currency),
            ledger.conservation(currency),
            "{told}"
        );
        for id in ledger.participants.keys() {
            let position = ledger.position(*id, currency);
            assert_eq!(code.position(*id, currency), position, "{told}");
        }
        let entry = code.query(&code.contract().currency(currency));
        let known = ledger.currencies.get(&currency);
        assert_eq!(
            entry.map(|entry| entry.exponent),
            known.map(|known| known.exponent),
            "{told}"
        );
    }
    let state = code.query(&code.contract().governance());
    assert_eq!(state.gate, ledger.gate, "{told}");
    assert_eq!(usize::from(state.currencies), ledger.currencies.len(), "{told}");
    for participant in 0..world::PARTICIPANTS {
        for post in 0..world::POSTS.len() {
            let account = world::account(participant, post);
            let found = code.query(&code.contract().account(code.address_of(account)));
            assert_eq!(found, ledger.accounts.get(&account.address()).copied(), "{told}");
        }
    }
    let listed = code.query(&code.contract().participants(0, 32));
    let listed: Vec<ParticipantId> = listed.into_iter().map(|entry| entry.id).collect();
    assert_eq!(
        listed,
        ledger.participants.keys().copied().collect::<Vec<_>>(),
        "{told}"
    );
}

/// The code emitted exactly the ledger's events, each transfer's in order.
fn every_event(ledger: &Ledger, code: &BlobBackend) {
    let mut expected: BTreeMap<Uetr, Vec<TransferChange>> = BTreeMap::new();
    for (uetr, change) in &ledger.events {
        expected.entry(*uetr).or_default().push(*change);
    }
    for (uetr, changes) in expected {
        assert_eq!(code.changes(uetr), changes);
    }
}

fn lockstep(money: Money, steps: u64) {
    let mut tally = Tally::new();
    for seed in 0..steps.div_ceil(STEPS_PER_RUN) {
        run(seed, money, &mut tally);
    }
    println!("{tally:?}");
    let recorded = tally.iter().filter(|((_, outcome), _)| *outcome == "recorded");
    assert!(
        recorded.count() >= 16,
        "too few kinds of commands are carried out"
    );
}

#[test]
fn the_code_answers_as_the_rules_do() {
    lockstep(
        Money::Plain,
        crate::variable("CORRIDOR_LOCKSTEP").unwrap_or(DEFAULT_STEPS),
    );
}

//! The settlement engine's random messages on the contract's built code, in step with the rules: the same answers, the
//! same books. What sends them, and checks the rules against an account of its own, is
//! `contracts/core/tests/settlement_random`.
//!
//! `CORRIDOR_LOCKSTEP` sets the number of steps, `CORRIDOR_SEED` where the seeds begin.

#![allow(dead_code)] // The rules' own test uses more of these.

#[path = "../../../contracts/core/tests/settlement_random/account.rs"]
mod account;
#[path = "../../../contracts/core/tests/settlement_random/batches.rs"]
mod batches;
mod code;
#[path = "../../../contracts/core/tests/common/mod.rs"]
mod common;
mod compare;
#[path = "../../../contracts/core/tests/settlement_random/ends.rs"]
mod ends;
#[path = "../../../contracts/core/tests/settlement_random/escrow.rs"]
mod escrow;
#[path = "../../../contracts/core/tests/settlement_random/exchange.rs"]
mod exchange;
#[path = "../../../contracts/core/tests/settlement_random/expected.rs"]
mod expected;
#[path = "../../../contracts/core/tests/settlement_random/governor.rs"]
mod governor;
#[path = "../../../contracts/core/tests/settlement_random/queue.rs"]
mod queue;
#[path = "../../../contracts/core/tests/settlement_random/shell/mod.rs"]
mod shell;
#[path = "../../../contracts/core/tests/settlement_random/store.rs"]
mod store;
#[path = "../../../contracts/core/tests/settlement_random/world.rs"]
mod world;

use code::Code;
use common::variable;
use std::collections::BTreeMap;
use world::{Tally, World};

const DEFAULT_STEPS: u64 = 2_000;
const STEPS_PER_RUN: u64 = 500;
/// How often positions, net positions and queues are compared.
const COMPARISON: u64 = 5;
/// How often everything is.
const FULL_COMPARISON: u64 = 100;

/// Messages answered alike, by kind and outcome.
type Outcomes = BTreeMap<(String, &'static str), u64>;

fn run(seed: u64, outcomes: &mut Outcomes) {
    let mut world = World::new(seed, Tally::default());
    let mut code = Code::new(&world.store);
    // What sets the stage, then what each step sends, down to the last.
    send_all(&mut world, &mut code, &format!("seed {seed}, opening"), outcomes);
    for number in 1..=STEPS_PER_RUN {
        world.step();
        code.pass_to(world.store.now);
        let told = format!("seed {seed}, step {number}");
        send_all(&mut world, &mut code, &told, outcomes);
        if number % COMPARISON == 0 {
            code.compare(&world.store, number % FULL_COMPARISON == 0, &told);
        }
    }
    assert!(world.sent.is_empty(), "some messages were never sent to the code");
}

/// Sends what the rules' test has sent since.
fn send_all(world: &mut World, code: &mut Code, told: &str, outcomes: &mut Outcomes) {
    for sent in std::mem::take(&mut world.sent) {
        let outcome = code.send(&sent, told);
        *outcomes.entry(outcome).or_default() += 1;
    }
}

#[test]
fn the_code_answers_as_the_engines_rules_do() {
    let steps = variable("CORRIDOR_LOCKSTEP").unwrap_or(DEFAULT_STEPS);
    // Other than those of the runs on the rules alone.
    let first = variable("CORRIDOR_SEED").unwrap_or(2_000_000);
    let mut outcomes = Outcomes::new();
    for seed in first..first + steps.div_ceil(STEPS_PER_RUN) {
        run(seed, &mut outcomes);
    }
    println!("{outcomes:#?}");
    let recorded = outcomes.keys().filter(|(_, outcome)| *outcome == "recorded");
    let kinds: Vec<&String> = recorded.map(|(kind, _)| kind).collect();
    // Of 23; in so few steps the rarest may not occur.
    assert!(kinds.len() >= 20, "only {kinds:?} are carried out");
}

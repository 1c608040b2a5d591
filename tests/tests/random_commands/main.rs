//! Random commands on the reference ledger, checked after every step.
//!
//! Five participants, three currencies, honest and hostile callers, valid and broken commands, replays, time
//! jumps, key rotations. What must hold is written down a second time in [`oracle`], without using the rules.
//!
//! `CORRIDOR_STEPS` raises the number of steps, `CORRIDOR_SEED` repeats one failed run.

mod generator;
mod governance;
mod judgement;
mod lockstep;
mod oracle;
mod world;

use corridor_core::Error;
use corridor_tests::ledger::Done;
use generator::{Generator, Step};
use oracle::Oracle;
use std::collections::BTreeMap;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

const DEFAULT_STEPS: u64 = 200_000;
const STEPS_PER_RUN: u64 = 400;

/// How often what happened, to be sure that the mix exercises the rules.
#[derive(Default)]
struct Tally {
    recorded: BTreeMap<&'static str, u64>,
    repeated: BTreeMap<&'static str, u64>,
    errors: BTreeMap<u8, u64>,
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {value}")),
    )
}

/// One run from a fresh ledger.
fn run(seed: u64, tally: &mut Tally) {
    let mut ledger = world::open();
    let mut oracle = Oracle::new(&ledger);
    let mut generator = Generator::new(seed);
    for number in 0..STEPS_PER_RUN {
        let step = generator.next(&ledger);
        let told = format!("{step:?}");
        let checked = catch_unwind(AssertUnwindSafe(|| match step {
            Step::Pass(seconds) => ledger.now += seconds,
            Step::Stray(token, minor_units) => oracle.stray(&mut ledger, token, minor_units),
            Step::Send(caller, command) => {
                let before = ledger.clone();
                let answer = ledger.execute(caller, &command);
                oracle.check(&before, &ledger, caller, &command, answer);
                if answer == Ok(Done::Recorded) {
                    generator.remember(caller, command.clone());
                }
                let count = match answer {
                    Ok(Done::Recorded) => tally.recorded.entry(generator::kind(&command)).or_default(),
                    Ok(Done::Repeated) => tally.repeated.entry(generator::kind(&command)).or_default(),
                    Err(error) => tally.errors.entry(error.number()).or_default(),
                };
                *count += 1;
            }
        }));
        if let Err(panic) = checked {
            eprintln!("repeat with CORRIDOR_SEED={seed}; step {number}: {told}");
            resume_unwind(panic);
        }
    }
}

#[test]
fn money_is_conserved_and_nothing_happens_twice_whatever_is_sent() {
    let mut tally = Tally::default();
    if let Some(seed) = variable("CORRIDOR_SEED") {
        return run(seed, &mut tally);
    }
    let steps = variable("CORRIDOR_STEPS").unwrap_or(DEFAULT_STEPS);
    for seed in 0..steps.div_ceil(STEPS_PER_RUN) {
        run(seed, &mut tally);
    }
    let Tally {
        recorded,
        repeated,
        errors,
    } = tally;
    println!("recorded {recorded:?}\nrepeated {repeated:?}\nerrors {errors:?}");
    if steps >= DEFAULT_STEPS {
        for kind in generator::KINDS {
            assert!(
                recorded.get(kind).is_some_and(|count| *count > 100),
                "{kind} hardly ever succeeds"
            );
        }
        for kind in generator::REPEATABLE {
            assert!(
                repeated.get(kind).is_some_and(|count| *count > 100),
                "{kind} is hardly ever repeated"
            );
        }
        for error in REACHABLE {
            assert!(errors.contains_key(&error.number()), "{error:?} never happens");
        }
    }
}

/// What a command can be refused with while the books are right and the tokens honest.
const REACHABLE: [Error; 27] = [
    Error::NotGovernor,
    Error::NotAdmin,
    Error::NotProposed,
    Error::UnknownAccount,
    Error::MissingRole,
    Error::NotDebtorAgent,
    Error::NotCreditorAgent,
    Error::InvalidUetr,
    Error::ZeroAmount,
    Error::SameAgent,
    Error::TermsConflict,
    Error::ReferenceConflict,
    Error::CurrencyConflict,
    Error::AgentConflict,
    Error::AccountOfOtherParticipant,
    Error::Paused,
    Error::UnknownParticipant,
    Error::ParticipantSuspended,
    Error::UnknownCurrency,
    Error::UnknownTransfer,
    Error::WrongStatus,
    Error::ExpiryPassed,
    Error::ExpiryTooFar,
    Error::Expired,
    Error::NotYetExpired,
    Error::InsufficientFunds,
    Error::ReturnExceedsOriginal,
];

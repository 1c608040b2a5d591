//! All of settlement in one world: five participants and three currencies, gross, net, queued and in two
//! currencies, with fees, limits, cover, windows, batches and returns, checked after every step against a
//! second account that uses none of the rules.
//!
//! `CORRIDOR_STEPS` sets the number of steps, `CORRIDOR_SEED` repeats one failed run.

#[path = "../common/mod.rs"]
mod common;

mod account;
mod batches;
mod shell;
mod store;
mod world;

use common::variable;
use corridor_core::closing::Ending;
use corridor_core::{Error, TransferStatus, Uetr};
use shell::End;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use store::{currencies, IDS};
use world::{Tally, World};

const DEFAULT_STEPS: u64 = 200_000;
const STEPS_PER_RUN: u64 = 800;

/// A week later whatever was open ends: nobody is in the way of a window's closing, an expiry or a queue.
fn wind_down(world: &mut World) {
    world.store.now += 7 * 86_400;
    for currency in currencies() {
        let open: Vec<_> = (0..3)
            .flat_map(|number| {
                let page = world.store.net_page(currency, number);
                page.closing_window().into_iter().chain([page.open_window()])
            })
            .collect();
        for window in open {
            world.end_this(currency, window, Ending::Settle);
        }
        world.resolve_in(currency);
        assert!(world.store.queue(currency).is_empty());
    }
    let pending = world.store.transfers().iter();
    let pending = pending.filter(|(_, record)| record.status() == TransferStatus::Pending);
    let pending: Vec<Uetr> = pending.map(|(uetr, _)| *uetr).collect();
    for uetr in pending {
        let caller = common::caller(IDS[0]);
        assert_eq!(
            world.store.end(&caller, uetr, End::Expire),
            Ok(shell::Done::Recorded)
        );
    }
    world.account.check(&world.store);
    for currency in currencies() {
        for id in IDS {
            assert_eq!(world.store.position(id, currency).reserved, 0);
            assert_eq!(world.store.entry(id, currency).net_debit(), 0);
        }
    }
}

fn run(seed: u64, tally: Tally) -> Tally {
    let mut world = World::new(seed, tally);
    let checked = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..STEPS_PER_RUN {
            world.step();
        }
        wind_down(&mut world);
    }));
    if let Err(panic) = checked {
        eprintln!("repeat with CORRIDOR_SEED={seed}");
        resume_unwind(panic);
    }
    world.tally
}

#[test]
fn whatever_happens_the_books_hold() {
    if let Some(seed) = variable("CORRIDOR_SEED") {
        run(seed, Tally::default());
        return;
    }
    let steps = variable("CORRIDOR_STEPS").unwrap_or(DEFAULT_STEPS);
    let mut tally = Tally::default();
    for seed in 0..steps.div_ceil(STEPS_PER_RUN) {
        tally = run(seed, tally);
    }
    println!("recorded {:#?}", tally.recorded);
    println!("repeated {:#?}", tally.repeated);
    println!("refused {:#?}", tally.refused);
    let _ = Error::Paused;
}

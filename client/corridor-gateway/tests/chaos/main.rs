//! Transfers through two gateways that share a PostgreSQL, while everything around them is killed and cut off.
//!
//! Nothing that was answered 202 is lost, nothing happens twice, and everybody who looks sees the same: the contract, the
//! gateways' store, the webhooks' receiver, an index kept live and one made anew.
//!
//! `CORRIDOR_CHAOS=10000` sends so many transfers (200 where nothing is said), `CORRIDOR_CHAOS_SEED` repeats a run's order of
//! faults. Needs the programs `corridor-devnet` and `corridor` (in `CORRIDOR_BIN_DIR`, or beside the built tests), the
//! contracts' code (`CORRIDOR_CONTRACTS`, or target/contracts) and PostgreSQL's programs; says how to get what is missing.
#![allow(clippy::unwrap_used)]

mod bank;
mod chance;
mod checks;
mod faults;
mod hook;
mod process;
mod proxy;
#[path = "../../../corridor-client/examples/common/setup.rs"]
mod setup;
mod story;
mod world;

use bank::Sent;
use chance::Chance;
use futures::{stream, StreamExt};
use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use story::Story;
use world::World;

/// How many transfers are under way at a time.
const AT_A_TIME: usize = 128;

/// Transfers a second where there are few, so that there is work under way when something is killed.
const PACE: u32 = 20;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is not a number: {text}")),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_whatever_is_killed() {
    let count = number("CORRIDOR_CHAOS").unwrap_or(200) as usize;
    let seed = number("CORRIDOR_CHAOS_SEED").unwrap_or_else(|| {
        let time = std::time::UNIX_EPOCH.elapsed().unwrap();
        time.as_millis() as u64
    });
    println!("seed {seed}");
    let world = World::start().await;
    let started = Instant::now();

    let calm = AtomicBool::new(false);
    let traffic = async {
        let sent = send(&world, count).await;
        calm.store(true, Ordering::Relaxed);
        sent
    };
    let (sent, faults) = tokio::join!(traffic, faults::rain(&world, Chance::new(seed), &calm));
    let all_settled = started.elapsed();
    let ends = checks::until_all_final(&world).await;
    let all_final = started.elapsed();

    assert!(faults.hit_everything(), "nothing was killed: {faults}");
    checks::each_request_has_one_end(&sent, &ends);
    checks::the_contract_carried_out_each_once(&world, &sent).await;
    let events = checks::webhooks_told_everything(&world, &sent).await;
    let repeats = world.bank.repeats.load(Ordering::Relaxed);
    let exits = faults::exits(&world);
    let deliveries = world.hook.0.lock().unwrap().deliveries.len();
    let blocks = checks::the_index_equals_one_made_anew(world, &sent, &events).await;

    let told = |story| sent.iter().filter(|sent| sent.story == story).count();
    println!(
        "chaos: {count} transfers, {} requests: {} settled, {} rejected, {} cancelled, {} partly returned, {} refused, 0 lost, \
         0 doubled; {faults}, {exits} exits by themselves, {repeats} requests repeated; {} events in {deliveries} deliveries; \
         {blocks} blocks indexed twice; ended in {:.1} s, final in {:.1} s, seed {seed}",
        ends.len(),
        told(Story::Settled),
        told(Story::Rejected),
        told(Story::Cancelled),
        told(Story::Returned),
        told(Story::Overdrawn),
        events.len(),
        all_settled.as_secs_f64(),
        all_final.as_secs_f64(),
    );
}

async fn send(world: &World, count: usize) -> Vec<Sent> {
    // Few transfers are spread over time; many are sent as fast as they are taken.
    let pace = if count > 1_000 {
        Duration::ZERO
    } else {
        Duration::from_secs(1) / PACE
    };
    let bank = &world.bank;
    let (started, done) = (Instant::now(), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let transfers = (0..count).map(|number| {
        let done = done.clone();
        async move {
            tokio::time::sleep_until((started + pace * number as u32).into()).await;
            let sent = bank::transfer(bank, number).await;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done % 500 == 0 {
                println!("{done} of {count} transfers ended after {:?}", started.elapsed());
            }
            sent
        }
    });
    stream::iter(transfers)
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await
}

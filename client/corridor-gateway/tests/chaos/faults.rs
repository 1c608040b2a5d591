//! What goes wrong while transfers are under way.

use super::{chance::Chance, world::World};
use sqlx::{Connection, Executor};
use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

#[derive(Clone, Copy)]
enum Fault {
    KillGateway(usize),
    KillIndexer,
    KillNode,
    /// Of one of the connections.
    Cut(usize),
    /// Every connection to the database.
    CutDatabase,
}

/// Each of them in every round, in another order each time.
const ROUND: [Fault; 9] = [
    Fault::KillGateway(0),
    Fault::KillGateway(1),
    Fault::KillIndexer,
    Fault::KillNode,
    Fault::Cut(0),
    Fault::Cut(1),
    Fault::Cut(2),
    Fault::Cut(3),
    Fault::CutDatabase,
];

/// How often what went wrong.
#[derive(Default)]
pub struct Faults {
    gateways: [u32; 2],
    indexer: u32,
    node: u32,
    cuts: u32,
    database: u32,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            gateways: [one, two],
            indexer,
            node,
            cuts,
            database,
        } = self;
        write!(
            f,
            "kill -9: gateways {one} + {two}, indexer {indexer}, node {node}; connections cut {cuts} times, the database's \
             {database} times"
        )
    }
}

/// Rounds of faults until it is calm, at least one.
pub async fn rain(world: &World, mut chance: Chance, calm: &AtomicBool) -> Faults {
    let mut faults = Faults::default();
    loop {
        let mut round = ROUND;
        chance.shuffle(&mut round);
        for fault in round {
            tokio::time::sleep(Duration::from_millis(chance.between(300, 2_000))).await;
            let down = Duration::from_millis(chance.between(50, 1_500));
            happen(world, fault, down, &mut faults).await;
        }
        if calm.load(Ordering::Relaxed) {
            return faults;
        }
    }
}

async fn happen(world: &World, fault: Fault, down: Duration, faults: &mut Faults) {
    match fault {
        Fault::KillGateway(which) => {
            world.gateways[which].kill(down);
            faults.gateways[which] += 1;
        }
        Fault::KillIndexer => {
            world.indexer.kill(down);
            faults.indexer += 1;
        }
        Fault::KillNode => {
            world.node.kill(down);
            faults.node += 1;
        }
        Fault::Cut(which) => {
            world.connections[which].1.cut();
            faults.cuts += 1;
        }
        Fault::CutDatabase => {
            cut_database(world).await;
            faults.database += 1;
        }
    }
}

/// As a network between gateways and database would, or an administrator.
async fn cut_database(world: &World) {
    let mut connection = sqlx::PgConnection::connect(&world.gateway_database)
        .await
        .unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user";
    connection.execute(cut).await.unwrap();
    connection.close().await.unwrap();
}

/// How often programs ended that nobody had killed.
pub fn exits(world: &World) -> usize {
    let programs = world.gateways.iter().chain([&world.indexer, &world.node]);
    programs
        .map(|program| program.counts.exits.load(Ordering::Relaxed))
        .sum()
}

//! What goes wrong while transfers are under way.

use super::{chance::Chance, process::Supervised, world::World};
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

/// How often connections were cut.
#[derive(Clone, Copy, Default)]
struct Cuts {
    connections: u32,
    database: u32,
}

/// How often what went wrong.
pub struct Faults {
    gateways: [usize; 2],
    indexer: usize,
    node: usize,
    cuts: Cuts,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            gateways: [one, two],
            indexer,
            node,
            cuts: Cuts {
                connections,
                database,
            },
        } = self;
        write!(
            f,
            "kill -9: gateways {one} + {two}, indexer {indexer}, node {node}; connections cut {connections} times, the database's \
             {database} times"
        )
    }
}

/// Rounds after which it ends, whatever was hit.
const MOST_ROUNDS: usize = 5;

/// Rounds of faults until it is calm, at least one. A kill that finds its program down already hits nothing: another round follows
/// where that left one out.
pub async fn rain(world: &World, mut chance: Chance, calm: &AtomicBool) -> Faults {
    let mut cuts = Cuts::default();
    let mut rounds = 0;
    loop {
        rounds += 1;
        let mut round = ROUND;
        chance.shuffle(&mut round);
        for fault in round {
            tokio::time::sleep(Duration::from_millis(chance.between(300, 2_000))).await;
            let down = Duration::from_millis(chance.between(50, 1_500));
            happen(world, fault, down, &mut cuts).await;
        }
        let faults = Faults::happened(world, &cuts);
        if calm.load(Ordering::Relaxed) && (faults.hit_everything() || rounds >= MOST_ROUNDS) {
            return faults;
        }
    }
}

impl Faults {
    /// Kills count where a process died of one: what is down already cannot be killed.
    fn happened(world: &World, cuts: &Cuts) -> Self {
        let kills = |program: &Supervised| program.counts.kills.load(Ordering::Relaxed);
        Self {
            gateways: [kills(&world.gateways[0]), kills(&world.gateways[1])],
            indexer: kills(&world.indexer),
            node: kills(&world.node),
            cuts: *cuts,
        }
    }

    /// Whether each program was killed at least once.
    pub fn hit_everything(&self) -> bool {
        let [one, two] = self.gateways;
        [one, two, self.indexer, self.node].iter().all(|kills| *kills > 0)
    }
}

async fn happen(world: &World, fault: Fault, down: Duration, cuts: &mut Cuts) {
    match fault {
        Fault::KillGateway(which) => world.gateways[which].kill(down).await,
        Fault::KillIndexer => world.indexer.kill(down).await,
        Fault::KillNode => world.node.kill(down).await,
        Fault::Cut(which) => {
            world.connections[which].1.cut();
            cuts.connections += 1;
        }
        Fault::CutDatabase => {
            cut_database(world).await;
            cuts.database += 1;
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

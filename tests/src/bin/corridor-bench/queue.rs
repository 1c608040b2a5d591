//! What resolving a queue costs: pairs that pay each other, and the worst a queue can be.

use super::costs::{Bench, Calls, BOC, CUP};
use super::exchange::{usual, PROVIDER};
use super::windows::member;
use corridor_core::queue::{MAX_QUEUED, MAX_QUEUED_PER_DEBTOR};
use corridor_core::{Currency, Money, ParticipantId, Reference, Role, SettlementMethod, Tariff, Terms, Uetr};
use corridor_devnet_runtime::testing::Chain;

/// Measures full queues in which every transfer has agents and a fee of its own.
pub fn measure(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let corridors = corridors()?;
    for corridor in &corridors {
        corridor.open(bench)?;
    }
    chain(bench, calls, &corridors)?;
    expired(bench, calls, &corridors)
}

/// Who pays each other: with two pairs a queue may be full, as no one has more than a quarter of it.
const PAIRS: [(ParticipantId, ParticipantId); 2] = [(BOC, CUP), (PROVIDER, ParticipantId(3))];

/// Pairs of transfers that pay each other, none of which has cover alone: twice the escrow of either agent.
pub fn pairs(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for id in [PAIRS[1].0, PAIRS[1].1] {
        for role in [Role::Instructor, Role::Approver] {
            let grant = hub.grant_role(id, Chain::address_of(&member(id.0)).0, role);
            bench.run("Alice", grant.data().to_vec())?;
        }
    }
    for (name, transfers) in [
        ("resolve_queue_2", 2u8),
        ("resolve_queue_10", 10),
        ("resolve_queue_64", 64),
    ] {
        for number in 0..transfers {
            let mut terms = usual(bench, SettlementMethod::QueuedGross);
            terms.interbank_settlement_amount = Money::new(Currency::CNY, u128::MAX >> 7);
            let pairs = usize::from(transfers).div_ceil(2 * MAX_QUEUED_PER_DEBTOR);
            let (one, other) = PAIRS[usize::from(number / 2) % pairs];
            let (from, to) = if number % 2 == 0 {
                (one, other)
            } else {
                (other, one)
            };
            (terms.debtor_agent, terms.creditor_agent) = (from, to);
            let (from, to) = (member(from.0), member(to.0));
            let uetr =
                Uetr::from_random_bytes([transfers, number, 0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]);
            bench.run_as(from, hub.instruct(uetr, terms).data().to_vec())?;
            calls.insert(
                "queue_accept",
                bench.run_as(to, hub.accept(uetr).data().to_vec())?,
            );
        }
        resolve(bench, calls, name)?;
    }
    Ok(())
}

/// Two agents nobody else in the queue has to do with in this direction, and who is paid their fees.
struct Corridor {
    debtor: ParticipantId,
    creditor: ParticipantId,
    payee: ParticipantId,
}

/// So many that a queue is full: each one's creditor agent is the debtor agent of the one before.
fn corridors() -> anyhow::Result<Vec<Corridor>> {
    (0..u16::try_from(MAX_QUEUED)?)
        .map(|place| {
            Ok(Corridor {
                debtor: ParticipantId(11 + place),
                creditor: ParticipantId(10 + place),
                payee: ParticipantId(80 + place % 20),
            })
        })
        .collect()
}

impl Corridor {
    /// Its debtor agent gets staff and money for fees, and it gets a tariff.
    fn open(&self, bench: &mut Bench) -> anyhow::Result<()> {
        let hub = bench.settlement;
        let who = member(self.debtor.0);
        for role in [Role::Instructor, Role::Treasurer] {
            let grant = hub.grant_role(self.debtor, Chain::address_of(&who).0, role);
            bench.run("Alice", grant.data().to_vec())?;
        }
        bench.endow(Currency::CNY, who, u8::try_from(self.debtor.0)?)?;
        let tariff = Tariff {
            version: 1,
            effective_from: bench.now(),
            fixed_minor_units: 50,
            basis_points: 10,
            minimum_minor_units: 0,
            maximum_minor_units: 1_000,
        };
        let set = hub.set_tariff(self.debtor, self.creditor, Currency::CNY, self.payee, tariff);
        bench.run("Alice", set.data().to_vec()).map(drop)
    }
}

/// More than any of them has.
const UNCOVERED: u128 = 10_000_000_000;

/// Has one transfer of each corridor instructed and accepted: all of them wait.
fn fill(bench: &mut Bench, corridors: &[Corridor], tag: u8, expires_at: u64) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for Corridor { debtor, creditor, .. } in corridors {
        let terms = Terms {
            debtor_agent: *debtor,
            creditor_agent: *creditor,
            interbank_settlement_amount: Money::new(Currency::CNY, UNCOVERED),
            expires_at,
            ..usual(bench, SettlementMethod::QueuedGross)
        };
        let mut seed = [tag; 16];
        seed[..2].copy_from_slice(&debtor.0.to_le_bytes());
        let uetr = Uetr::from_random_bytes(seed);
        bench.send(member(debtor.0), hub.instruct(uetr, terms).data())?;
        bench.send(member(creditor.0), hub.accept(uetr).data())?;
    }
    let waiting = bench.queued(Currency::CNY)?;
    anyhow::ensure!(waiting == corridors.len(), "only {waiting} transfers wait");
    Ok(())
}

/// The first creditor agent of a chain is paid with what the last debtor agent brings, one transfer after the other
/// against the queue's order: as many passes through it as there can be.
fn chain(bench: &mut Bench, calls: &mut Calls, corridors: &[Corridor]) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let tomorrow = bench.now() + 86_400;
    fill(bench, corridors, 0xc1, tomorrow)?;
    if let Some(last) = corridors.last() {
        let money = Money::new(Currency::CNY, UNCOVERED);
        let deposit = hub.deposit(Reference([0xc1; 16]), money);
        bench.send(member(last.debtor.0), deposit.data())?;
    }
    resolve(bench, calls, "resolve_queue_64_corridors")
}

/// All of the queue has expired, so that every fee is given back.
fn expired(bench: &mut Bench, calls: &mut Calls, corridors: &[Corridor]) -> anyhow::Result<()> {
    let soon = bench.now() + 60;
    fill(bench, corridors, 0xe1, soon)?;
    bench.chain.set_time(soon);
    resolve(bench, calls, "resolve_queue_64_expired")
}

/// Resolves a queue that is empty afterwards.
fn resolve(bench: &mut Bench, calls: &mut Calls, name: &'static str) -> anyhow::Result<()> {
    let resolve = bench.settlement.resolve_queue(Currency::CNY);
    calls.insert(name, bench.run("Alice", resolve.data().to_vec())?);
    let left = bench.queued(Currency::CNY)?;
    anyhow::ensure!(left == 0, "{name}: {left} transfers still wait");
    Ok(())
}

//! What net settlement and clearing batches cost.

use super::costs::{terms, Bench, Calls, Cost, BOC, CUP};
use anyhow::Context;
use corridor_core::batch::{BatchHeader, Item, MAX_ITEMS};
use corridor_core::{
    AgentId, Currency, Money, ParticipantId, Reference, Schedule, SettlementMethod, Terms, Uetr, WindowId,
};
use corridor_devnet_runtime::testing::{account, Chain};
use corridor_devnet_runtime::AccountId;
use corridor_tests::blob::storage;

/// The window all postings of the next measurement fall into.
fn schedule() -> Schedule {
    Schedule {
        anchor: 1_800_000_000 - 1_800_000_000 % 86_400,
        length: 3_600,
        cut_off: 300,
        utc_offset: 28_800,
        // A year's holidays, which every posting has to read.
        exceptions: (20_900..20_911).collect(),
    }
}

const COLLATERAL: u128 = 50_000_000_000;

/// Measures net acceptance, batches of several sizes and the end of windows with several numbers of participants.
pub fn measure(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    cover(bench)?;
    net(bench, calls)?;
    batches(bench, calls)?;
    windows(bench, calls)
}

/// Sets the schedule.
pub fn open_windows(bench: &mut Bench) -> anyhow::Result<()> {
    let message = bench.settlement.set_schedule(schedule());
    bench.run("Alice", message.data().to_vec()).map(drop)
}

fn cover(bench: &mut Bench) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for (number, (id, who)) in [(BOC, "Bob"), (CUP, "Charlie")].into_iter().enumerate() {
        let money = Money::new(Currency::CNY, COLLATERAL);
        let reference = |kind: u8| Reference([kind + u8::try_from(number).unwrap_or_default(); 16]);
        bench.run(who, hub.deposit(reference(0x70), money).data().to_vec())?;
        bench.run(who, hub.pledge(reference(0x80), money).data().to_vec())?;
        let cap = hub.set_cap(id, Currency::CNY, u64::MAX);
        bench.run("Alice", cap.data().to_vec())?;
    }
    Ok(())
}

/// A net transfer's acceptance in the steady state: the window has postings already.
fn net(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for round in 1..=2u8 {
        let uetr = Uetr::from_random_bytes([0x40 | round; 16]);
        let terms = Terms {
            settlement_method: SettlementMethod::Net,
            ..terms()
        };
        let instruct = hub.instruct(uetr, terms);
        calls.insert("net_instruct", bench.run("Bob", instruct.data().to_vec())?);
        let accept = hub.accept(uetr);
        calls.insert("net_accept", bench.run("Charlie", accept.data().to_vec())?);
    }
    Ok(())
}

fn batch(number: u32, items: u16) -> (BatchHeader, Vec<u8>) {
    let bytes = (0..items).flat_map(|index| {
        let mut seed = [0; 16];
        seed[..4].copy_from_slice(&number.to_le_bytes());
        seed[14..].copy_from_slice(&index.to_le_bytes());
        let item = Item {
            uetr: Uetr::from_random_bytes(seed),
            minor_units: 1_250,
            counterparty: 0,
            message_digest: [9; 32],
        };
        item.to_bytes()
    });
    let header = BatchHeader {
        debtor_agent: BOC,
        number,
        currency: Currency::CNY,
        counterparties: vec![CUP],
        items,
        control_sum: u128::from(items) * 1_250,
        all_or_nothing: false,
        expires_at: 1_800_086_400,
    };
    (header, bytes.collect())
}

/// Batches of 1, 10, 100 and the most items. A payment's share is what fits into a block times the items.
fn batches(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    // The first creates what later ones find.
    let sizes = [
        ("batch_1", 1),
        ("batch_1", 1),
        ("batch_10", 10),
        ("batch_100", 100),
        ("batch_max", MAX_ITEMS),
    ];
    for ((name, items), number) in sizes.into_iter().zip(1u32..) {
        let (header, bytes) = batch(number, items);
        let message = hub.submit_batch(header, bytes);
        let cost = bench.run("Bob", message.data().to_vec())?;
        calls.insert(name, of_items(cost, items));
        let accept = hub.accept_batch(BOC, number, None);
        calls.insert("batch_accept", bench.run("Charlie", accept.data().to_vec())?);
    }
    Ok(())
}

/// A call's cost with its payments counted instead of itself.
fn of_items(cost: Cost, items: u16) -> Cost {
    Cost {
        payments_per_block: cost.payments_per_block * u64::from(items),
        ..cost
    }
}

/// The end of windows in which 2, 10 and 100 participants have a result, after few transfers and after many.
fn windows(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    calls.insert("close_window_2", end(bench)?);
    many_transfers(bench, 5)?;
    calls.insert("close_window_2_after_10_000_transfers", end(bench)?);
    for (name, participants) in [("close_window_10", 10), ("close_window_100", 100)] {
        admit(bench, participants)?;
        everyone_owes(bench, participants)?;
        calls.insert(name, end(bench)?);
    }
    Ok(())
}

/// Passes the cut-off of the open window and closes it.
fn end(bench: &mut Bench) -> anyhow::Result<Cost> {
    let window: WindowId = schedule().window_of(bench.chain.now());
    bench.chain.set_time(schedule().closes_at(window));
    let close = bench.settlement.close_window(Currency::CNY, window);
    bench.run("Dave", close.data().to_vec())
}

/// So many full batches of 2,000 transfers in the open window.
fn many_transfers(bench: &mut Bench, times: u32) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for number in 100..100 + times {
        let (header, bytes) = batch(number, MAX_ITEMS);
        bench.run("Bob", hub.submit_batch(header, bytes).data().to_vec())?;
        bench.run("Charlie", hub.accept_batch(BOC, number, None).data().to_vec())?;
    }
    Ok(())
}

/// The account that acts for a participant.
pub fn member(id: u16) -> AccountId {
    match id {
        0 => account("Bob"),
        1 => account("Charlie"),
        _ => AccountId::new([u8::try_from(id).unwrap_or(u8::MAX); 32]),
    }
}

/// Admits participants up to that many, each with an approver.
fn admit(bench: &mut Bench, participants: u16) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for id in 2..participants {
        let who = member(id);
        let agent: AgentId = format!("CNAPS:{}", 700_000_000 + u32::from(id)).parse()?;
        let alice = Chain::address_of(&account("Alice")).0;
        let register = hub.register_participant(vec![agent], alice);
        bench.run("Alice", register.data().to_vec())?;
        storage::endow(&mut bench.chain, &who, 1_000_000_000_000_000_000);
        let address = Chain::address_of(&who).0;
        let grant = hub.grant_role(ParticipantId(id), address, corridor_core::Role::Approver);
        bench.run("Alice", grant.data().to_vec())?;
    }
    Ok(())
}

/// One batch from BOC to each group of eight of the others, all accepted: everyone has a result.
fn everyone_owes(bench: &mut Bench, participants: u16) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let others: Vec<ParticipantId> = (1..participants).map(ParticipantId).collect();
    for (group, number) in others.chunks(8).zip(1_000 * u32::from(participants)..) {
        let items = u16::try_from(group.len()).context("at most eight")?;
        let (mut header, mut bytes) = batch(number, items);
        for (item, place) in bytes.chunks_mut(64).zip(0u8..) {
            item[24] = place;
        }
        header.counterparties = group.to_vec();
        header.expires_at = bench.chain.now() + 86_400;
        bench.run("Bob", hub.submit_batch(header, bytes).data().to_vec())?;
        for id in group {
            let accept = hub.accept_batch(BOC, number, None);
            bench.run_as(member(id.0), accept.data().to_vec())?;
        }
    }
    Ok(())
}

//! What the end of a window costs, by participants, currencies and transfers, and what depends on participants besides.

use super::clearing::{batch, net, net_transfer, of_items, pledge, schedule};
use super::costs::{Bench, Calls, Cost, BOC, CUP};
use anyhow::Context;
use corridor_core::batch::{ITEM_BYTES, MAX_COUNTERPARTIES, MAX_ITEMS};
use corridor_core::{AgentId, Currency, ParticipantId, Role, SettlementMethod, Terms, WindowId};
use corridor_devnet_runtime::testing::{account, Chain};
use corridor_devnet_runtime::AccountId;
use corridor_tests::blob::storage;

/// How many participants the windows of most figures have.
const TEN: u16 = 10;

/// The end of windows in which 2, 10 and 100 participants have a result, after few transfers and after many; net
/// and gross transfers between participants of different pages; batches for several creditor agents.
pub fn measure(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    // What was posted before does not count.
    end(bench)?;
    let (_, first) = net(bench, CUP, "Charlie", 10..11)?;
    calls.insert("net_accept_first_of_window", first);
    net_transfers(bench, 11..20)?;
    calls.insert("close_window_2", end(bench)?);
    net_transfers(bench, 20..10_020)?;
    calls.insert("close_window_2_after_10_000_transfers", end(bench)?);
    admit(bench, TEN)?;
    across_pages(bench, calls)?;
    many_counterparties(bench, calls)?;
    in_two_currencies(bench, calls)?;
    admit(bench, 100)?;
    everyone_owes(bench, Currency::CNY, 100)?;
    calls.insert("close_window_100", end(bench)?);
    gross_across_pages(bench, calls)
}

/// Passes the cut-off of the open window and closes it in yuan.
fn end(bench: &mut Bench) -> anyhow::Result<Cost> {
    let window = pass_cut_off(bench);
    close(bench, Currency::CNY, window)
}

fn pass_cut_off(bench: &mut Bench) -> WindowId {
    let window = schedule().window_of(bench.now());
    bench.chain.set_time(schedule().closes_at(window));
    window
}

fn close(bench: &mut Bench, currency: Currency, window: WindowId) -> anyhow::Result<Cost> {
    let close = bench.settlement.close_window(currency, window);
    bench.run("Dave", close.data().to_vec())
}

/// Net transfers from BOC to CUP, each instructed and accepted by itself in the open window.
fn net_transfers(bench: &mut Bench, numbers: std::ops::Range<u32>) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for number in numbers {
        let (uetr, terms) = net_transfer(bench, CUP, number);
        bench.send(account("Bob"), hub.instruct(uetr, terms).data())?;
        bench.send(account("Charlie"), hub.accept(uetr).data())?;
    }
    Ok(())
}

/// Net transfers whose agents are on different pages of net positions.
fn across_pages(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let far = ParticipantId(TEN - 1);
    for number in 30_000..30_003 {
        let (uetr, terms) = net_transfer(bench, far, number);
        bench.send(account("Bob"), hub.instruct(uetr, terms).data())?;
        let accept = bench.run_as(member(far.0), hub.accept(uetr).data().to_vec())?;
        calls.insert("net_accept_across_pages", accept);
    }
    Ok(())
}

/// Gross transfers whose agents are on different pages of positions, which have more places than those of net positions.
fn gross_across_pages(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let far = ParticipantId(bench.participants - 1);
    for number in 40_000..40_003 {
        let (uetr, terms) = net_transfer(bench, far, number);
        let terms = Terms {
            settlement_method: SettlementMethod::Gross,
            ..terms
        };
        bench.send(account("Bob"), hub.instruct(uetr, terms).data())?;
        let accept = bench.run_as(member(far.0), hub.accept(uetr).data().to_vec())?;
        calls.insert("accept_across_pages", accept);
    }
    Ok(())
}

/// The largest batch, for as many creditor agents as there may be; each accepts its part.
fn many_counterparties(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let agents: Vec<ParticipantId> = (1..=MAX_COUNTERPARTIES)
        .map(|id| u16::try_from(id).map(ParticipantId))
        .collect::<Result<_, _>>()?;
    // The first creates what the second finds.
    for number in [100, 101] {
        let (mut header, mut bytes) = batch(number, MAX_ITEMS);
        for (item, place) in bytes.chunks_mut(ITEM_BYTES).zip((0..8u8).cycle()) {
            item[24] = place;
        }
        header.counterparties.clone_from(&agents);
        let submit = hub.submit_batch(header, bytes);
        let cost = bench.run("Bob", submit.data().to_vec())?;
        calls.insert("batch_max_8_counterparties", of_items(cost, MAX_ITEMS));
        for id in &agents {
            let accept = hub.accept_batch(BOC, number, None);
            let cost = bench.run_as(member(id.0), accept.data().to_vec())?;
            // The last is on another page than BOC.
            calls.insert("batch_accept_8_counterparties", cost);
        }
    }
    Ok(())
}

/// The end of one window in two currencies.
fn in_two_currencies(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    bench.open_currency(Currency::HKD, &[("Bob", BOC), ("Charlie", CUP)])?;
    pledge(bench, Currency::HKD, (BOC, "Bob"))?;
    for currency in [Currency::CNY, Currency::HKD] {
        everyone_owes(bench, currency, TEN)?;
    }
    let window = pass_cut_off(bench);
    for (name, currency) in [
        ("close_window_10", Currency::CNY),
        ("close_window_10_second_currency", Currency::HKD),
    ] {
        calls.insert(name, close(bench, currency, window)?);
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

/// Admits participants up to that many, each with an approver, unless they are there.
fn admit(bench: &mut Bench, participants: u16) -> anyhow::Result<()> {
    let hub = bench.settlement;
    for id in bench.participants..participants {
        let who = member(id);
        let agent: AgentId = format!("CNAPS:{}", 700_000_000 + u32::from(id)).parse()?;
        let alice = Chain::address_of(&account("Alice")).0;
        let register = hub.register_participant(vec![agent], alice);
        bench.run("Alice", register.data().to_vec())?;
        storage::endow(&mut bench.chain, &who, 1_000_000_000_000_000_000);
        let address = Chain::address_of(&who).0;
        let grant = hub.grant_role(ParticipantId(id), address, Role::Approver);
        bench.run("Alice", grant.data().to_vec())?;
    }
    bench.participants = bench.participants.max(participants);
    Ok(())
}

/// One batch from BOC to each group of eight of the others, all accepted: everyone has a result.
fn everyone_owes(bench: &mut Bench, currency: Currency, participants: u16) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let others: Vec<ParticipantId> = (1..participants).map(ParticipantId).collect();
    let last = bench.last_batch;
    for (group, number) in others.chunks(8).zip(last + 1..) {
        bench.last_batch = number;
        let items = u16::try_from(group.len()).context("at most eight")?;
        let (mut header, mut bytes) = batch(number, items);
        for (item, place) in bytes.chunks_mut(ITEM_BYTES).zip(0u8..) {
            item[24] = place;
        }
        header.currency = currency;
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

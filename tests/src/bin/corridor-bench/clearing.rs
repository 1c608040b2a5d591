//! What net settlement and clearing batches cost.

use super::costs::{terms, Bench, Calls, Cost, BOC, CUP};
use super::windows;
use anyhow::Context;
use corridor_core::batch::{BatchHeader, Item, MAX_ITEMS};
use corridor_core::{Currency, Money, ParticipantId, Reference, Schedule, SettlementMethod, Terms, Uetr};

/// The window all postings of the next measurement fall into.
pub fn schedule() -> Schedule {
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
    let (instruct, accept) = net(bench, CUP, "Charlie", 1..3)?;
    calls.insert("net_instruct", instruct);
    calls.insert("net_accept", accept);
    batches(bench, calls)?;
    windows::measure(bench, calls)
}

/// Sets the schedule.
pub fn open_windows(bench: &mut Bench) -> anyhow::Result<()> {
    let message = bench.settlement.set_schedule(schedule());
    bench.run("Alice", message.data().to_vec()).map(drop)
}

fn cover(bench: &mut Bench) -> anyhow::Result<()> {
    pledge(bench, Currency::CNY, (BOC, "Bob"))?;
    pledge(bench, Currency::CNY, (CUP, "Charlie"))?;
    // What all windows of the measurement take is paid from what is available.
    let money = Money::new(Currency::CNY, COLLATERAL);
    let deposit = bench.settlement.deposit(Reference([0x90; 16]), money);
    bench.run("Bob", deposit.data().to_vec()).map(drop)
}

/// Deposits and pledges as much as anything here may owe, and sets no cap.
pub fn pledge(bench: &mut Bench, currency: Currency, (id, who): (ParticipantId, &str)) -> anyhow::Result<()> {
    let hub = bench.settlement;
    let money = Money::new(currency, COLLATERAL);
    // Each currency's operations have a reference of their own.
    let reference = |kind: u8| {
        let mut reference = [kind; 16];
        reference[..3].copy_from_slice(currency.to_string().as_bytes());
        Reference(reference)
    };
    bench.run(who, hub.deposit(reference(0x70), money).data().to_vec())?;
    bench.run(who, hub.pledge(reference(0x80), money).data().to_vec())?;
    let cap = hub.set_cap(id, currency, u64::MAX);
    bench.run("Alice", cap.data().to_vec()).map(drop)
}

/// Net transfers from BOC to a participant, by number. Returns what the last one's instruction and acceptance took:
/// in the steady state, when the window has postings already.
pub fn net(
    bench: &mut Bench,
    to: ParticipantId,
    approver: &str,
    numbers: std::ops::Range<u32>,
) -> anyhow::Result<(Cost, Cost)> {
    let hub = bench.settlement;
    let mut last = None;
    for number in numbers {
        let (uetr, terms) = net_transfer(bench, to, number);
        let instruct = bench.run("Bob", hub.instruct(uetr, terms).data().to_vec())?;
        let accept = bench.run(approver, hub.accept(uetr).data().to_vec())?;
        last = Some((instruct, accept));
    }
    last.context("at least one")
}

/// A net transfer that nobody else has.
pub fn net_transfer(bench: &mut Bench, to: ParticipantId, number: u32) -> (Uetr, Terms) {
    let mut seed = [0x40; 16];
    seed[..4].copy_from_slice(&number.to_le_bytes());
    let terms = Terms {
        creditor_agent: to,
        settlement_method: SettlementMethod::Net,
        expires_at: bench.now() + 86_400,
        ..terms()
    };
    (Uetr::from_random_bytes(seed), terms)
}

/// A batch of BOC's for CUP.
pub fn batch(number: u32, items: u16) -> (BatchHeader, Vec<u8>) {
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

/// Batches of 1, 10, 100, 1,000 and the most items. A payment's share is what fits into a block times the items.
fn batches(bench: &mut Bench, calls: &mut Calls) -> anyhow::Result<()> {
    let hub = bench.settlement;
    // The first creates what later ones find.
    let sizes = [
        ("batch_1", 1),
        ("batch_1", 1),
        ("batch_10", 10),
        ("batch_100", 100),
        ("batch_1000", 1_000),
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
pub fn of_items(cost: Cost, items: u16) -> Cost {
    Cost {
        payments_per_block: cost.payments_per_block * u64::from(items),
        ..cost
    }
}

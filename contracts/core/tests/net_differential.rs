//! Netting against an independent, naive one: plain maps over the list of a day's transfers.

mod common;

use common::*;
use corridor_core::closing::{Closing, Ending};
use corridor_core::{
    Gate, NetEntry, NetPage, NetPages, Outcome, PairPage, ParticipantId, PositionPage, Schedule, WindowId,
};
use std::collections::BTreeMap;

const TRANSFERS: usize = 10_000;
const PARTICIPANTS: u16 = 40;
const START: u128 = 1 << 40;
/// More than all days could cost, so that the cap alone decides.
const COLLATERAL: u64 = 1 << 50;
const DAY: u64 = 86_400;

struct Day {
    net: Vec<NetPage>,
    positions: Vec<PositionPage>,
    pairs: BTreeMap<(u16, u16), PairPage>,
}

fn page(id: ParticipantId) -> usize {
    usize::from(NetPage::number_of(id))
}

fn positions(id: ParticipantId) -> usize {
    usize::from(PositionPage::number_of(id))
}

#[derive(Clone, Copy)]
struct Order {
    at: u64,
    debtor: u16,
    creditor: u16,
    amount: u64,
}

/// Days off and worked weekends among those the orders may fall on.
fn exceptions(random: &mut Random) -> Vec<u16> {
    let first = (NOW + 28_800) / DAY - 2;
    (first..first + 14)
        .filter(|_| random.percent(30))
        .map(|day| u16::try_from(day).expect("this century"))
        .collect()
}

fn schedule(random: &mut Random) -> Schedule {
    let length = 600 + u32::try_from(random.below(85_000)).expect("fits");
    Schedule {
        anchor: NOW - DAY,
        length,
        cut_off: u32::try_from(random.below(u64::from(length))).expect("fits"),
        utc_offset: 28_800,
        exceptions: exceptions(random),
    }
}

/// The naive windows: each second's window by walking them, weekends by a table of days, exceptions by looking
/// through them.
fn naive_window(schedule: &Schedule, at: u64) -> u32 {
    let first_end = schedule.anchor + u64::from(schedule.length) - u64::from(schedule.cut_off);
    let mut number = 0;
    loop {
        let end = first_end + u64::from(number) * u64::from(schedule.length);
        let day = (end - 1 + 28_800) / DAY;
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        let name = names[usize::try_from(day % 7).expect("below 7")];
        let weekend = name == "Sat" || name == "Sun";
        let listed = schedule.exceptions.iter().any(|listed| u64::from(*listed) == day);
        if at < end && weekend == listed {
            return number;
        }
        number += 1;
    }
}

fn run(day: &mut Day, schedule: &Schedule, orders: &[Order]) -> (BTreeMap<u32, u128>, u64) {
    let gate = Gate {
        participants: PARTICIPANTS,
        ..Gate::default()
    };
    let (mut moved, mut refused) = (BTreeMap::new(), 0);
    let mut settle = |day: &mut Day, window: WindowId, now: u64| {
        let begun = Closing::begin(None, &gate, schedule, window, Ending::Settle, now);
        let Ok(Outcome::Recorded(mut closing)) = begun else {
            panic!("due");
        };
        for (number, net) in (0..).zip(&mut day.net) {
            let positions = &mut day.positions[usize::from(NetPage::positions_of(number))];
            closing.page(net, positions).expect("covered");
        }
        moved.insert(window.0, closing.finish().expect("zero together").net_minor_units);
    };
    let mut open = schedule.window_of(orders[0].at);
    for order in orders {
        let window = schedule.window_of(order.at);
        if window != open {
            settle(day, open, order.at);
            open = window;
        }
        let (debtor, creditor) = (ParticipantId(order.debtor), ParticipantId(order.creditor));
        let mut pairs = PairPage::default();
        let between = PairPage::numbers_of(debtor, creditor);
        if let Some(known) = day.pairs.get(&between) {
            pairs = known.clone();
        }
        // Whatever was booked in an earlier window has settled with it.
        pairs.roll(window, |_| Ok(None)).expect("nothing is added");
        let mut pages = NetPages {
            debtor: day.net[page(debtor)].clone(),
            creditor: (page(debtor) != page(creditor)).then(|| (day.net[page(creditor)].clone(), pairs)),
        };
        match pages.post(debtor, creditor, u128::from(order.amount), window) {
            Ok(()) => {
                day.net[page(debtor)] = pages.debtor;
                if let Some((other, pairs)) = pages.creditor {
                    day.net[page(creditor)] = other;
                    day.pairs.insert(between, pairs);
                }
            }
            Err(_) => refused += 1,
        }
    }
    settle(day, open, schedule.closes_at(open));
    (moved, refused)
}

/// The same by plain sums. A debit beyond `cap` is refused.
fn naive(schedule: &Schedule, orders: &[Order], cap: i128) -> (Vec<i128>, BTreeMap<u32, u128>, u64) {
    let mut nets: BTreeMap<u32, BTreeMap<u16, i128>> = BTreeMap::new();
    let mut refused = 0;
    for order in orders {
        let net = nets.entry(naive_window(schedule, order.at)).or_default();
        let debtor = net.get(&order.debtor).copied().unwrap_or_default() - i128::from(order.amount);
        if debtor < -cap {
            refused += 1;
            continue;
        }
        net.insert(order.debtor, debtor);
        *net.entry(order.creditor).or_default() += i128::from(order.amount);
    }
    let mut wealth = vec![0i128; usize::from(PARTICIPANTS)];
    let mut moved = BTreeMap::new();
    for (window, net) in nets {
        for (id, net) in &net {
            wealth[usize::from(*id)] += net;
        }
        let debits: i128 = net.values().filter(|net| **net < 0).map(|net| -net).sum();
        moved.insert(window, u128::try_from(debits).expect("positive"));
    }
    (wealth, moved, refused)
}

#[test]
fn netting_agrees_with_plain_sums_over_random_days() {
    let days = std::env::var("CORRIDOR_NET_DAYS").map_or(60, |days| days.parse().expect("a number"));
    let mut random = Random(0xDA11);
    for number in 0..days {
        let schedule = schedule(&mut random);
        // A narrow cap refuses some transfers, a wide one none.
        let cap = if number % 2 == 0 { 3_000_000 } else { 1 << 39 };
        let participants = 2 + random.below(u64::from(PARTICIPANTS) - 1);
        let from = NOW + random.below(7) * DAY;
        let mut orders: Vec<Order> = (0..TRANSFERS)
            .map(|_| {
                let debtor = random.below(participants);
                let creditor = (debtor + 1 + random.below(participants - 1)) % participants;
                Order {
                    at: from + random.below(DAY),
                    debtor: u16::try_from(debtor).expect("small"),
                    creditor: u16::try_from(creditor).expect("small"),
                    amount: 1 + random.below(100_000),
                }
            })
            .collect();
        orders.sort_by_key(|order| order.at);
        let mut day = Day {
            net: vec![NetPage::default(); 10],
            positions: vec![PositionPage::default(); 4],
            pairs: BTreeMap::new(),
        };
        for id in (0..PARTICIPANTS).map(ParticipantId) {
            let entry = NetEntry {
                collateral: COLLATERAL,
                cap,
                ..NetEntry::default()
            };
            day.net[page(id)].set(id, entry);
            // Some pay from what is available, some from collateral.
            let available = START * u128::from(id.0 % 2);
            day.positions[positions(id)].set(id, position(available, 0));
        }
        let (moved, refused) = run(&mut day, &schedule, &orders);
        let (wealth, naively_moved, naively_refused) = naive(&schedule, &orders, i128::from(cap));
        assert_eq!(moved, naively_moved, "day {number}");
        assert_eq!(refused, naively_refused, "day {number}");
        for id in (0..PARTICIPANTS).map(ParticipantId) {
            let start = START * u128::from(id.0 % 2) + u128::from(COLLATERAL);
            let end = day.positions[positions(id)].get(id).available
                + u128::from(day.net[page(id)].get(id).collateral);
            let gained = i128::try_from(end).expect("fits") - i128::try_from(start).expect("fits");
            assert_eq!(
                gained,
                wealth[usize::from(id.0)],
                "participant {id} on day {number}"
            );
        }
    }
}

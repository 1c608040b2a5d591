//! Saving liquidity: the textbook cases, and what holds of any queue.

mod common;

use common::*;
use corridor_core::queue::{resolve, Liquidity, Queued, Resolution, MAX_QUEUED, MAX_QUEUED_MINOR_UNITS};
use corridor_core::queued::QueueReport;
use corridor_core::{Error, ParticipantId, Uetr};

/// (debtor agent, creditor agent, amount)
fn queue(entries: &[(u16, u16, u128)]) -> Vec<Queued> {
    let entries = entries.iter().enumerate();
    entries
        .map(|(at, (debtor, creditor, minor_units))| Queued {
            uetr: Uetr::from_random_bytes([u8::try_from(at).expect("small"); 16]),
            debtor_agent: ParticipantId(*debtor),
            creditor_agent: ParticipantId(*creditor),
            minor_units: *minor_units,
            expires_at: NOW + 1,
        })
        .collect()
}

fn having(available: &[u128]) -> Vec<Liquidity> {
    let has = (0u16..).zip(available);
    has.map(|(participant, available)| Liquidity {
        participant: ParticipantId(participant),
        available: *available,
    })
    .collect()
}

fn resolved(entries: &[(u16, u16, u128)], available: &[u128]) -> Resolution {
    resolve(&queue(entries), &having(available), NOW).expect("well formed")
}

#[test]
fn a_queue_is_refused_in_documented_order() {
    type Args = (Vec<Queued>, Vec<Liquidity>);
    let base: Args = (queue(&[(0, 1, 5); MAX_QUEUED]), having(&[1, 2]));
    assert_precedence(
        &base,
        |(queue, positions)| resolve(queue, positions, NOW),
        &[
            (Error::TooMany, |(entries, _)| entries.push(entries[0])),
            (Error::ZeroAmount, |(entries, _)| entries[0].minor_units = 0),
            (Error::AmountOverflow, |(entries, _)| {
                entries[0].minor_units = MAX_QUEUED_MINOR_UNITS + 1;
            }),
            (Error::SameAgent, |(entries, _)| {
                entries[0].creditor_agent = entries[0].debtor_agent;
            }),
            (Error::UnknownParticipant, |(_, positions)| {
                positions.remove(0);
            }),
            (Error::AmountOverflow, |(_, positions)| {
                positions[0].available = u128::MAX;
            }),
        ],
    );
}

#[test]
fn what_is_covered_settles_in_order_and_what_comes_in_is_used() {
    let entries = [(1, 2, 10), (0, 1, 10), (0, 1, 1), (0, 2, 1)];
    let resolution = resolved(&entries, &[10, 0, 0]);
    assert_eq!(resolution.settled, [1, 0]);
    assert_eq!(resolution.positions, having(&[0, 0, 10]));
    assert_eq!(resolution.gross_minor_units, 20);
    assert_eq!(resolution.liquidity_minor_units, 10);
}

#[test]
fn opposite_payments_settle_with_the_difference_only() {
    let resolution = resolved(&[(0, 1, 100), (1, 0, 90)], &[10, 0]);
    assert_eq!(resolution.settled, [0, 1]);
    assert_eq!(resolution.positions, having(&[0, 10]));
    assert_eq!(
        (resolution.gross_minor_units, resolution.liquidity_minor_units),
        (190, 10)
    );
    assert!(resolved(&[(0, 1, 100), (1, 0, 90)], &[9, 0]).settled.is_empty());
}

#[test]
fn a_circle_settles_without_any_money() {
    let resolution = resolved(&[(0, 1, 100), (1, 2, 100), (2, 0, 100)], &[0, 0, 0]);
    assert_eq!(resolution.settled, [0, 1, 2]);
    assert_eq!(resolution.gross_minor_units, 300);
    assert_eq!(resolution.liquidity_minor_units, 0);
}

#[test]
fn who_would_go_below_zero_loses_its_latest_payments_first() {
    // The circle of 100 settles; the payment of 50 that 0 cannot cover waits.
    let entries = [(0, 1, 100), (1, 2, 100), (2, 0, 100), (0, 2, 50)];
    assert_eq!(resolved(&entries, &[0, 0, 0]).settled, [0, 1, 2]);
    assert_eq!(resolved(&entries, &[50, 0, 0]).settled.len(), 4);
}

#[test]
fn opposite_payments_settle_past_one_that_nothing_covers() {
    // Dropping the latest first, the multilateral step alone would drop the pair with the thousand.
    let entries = [(0, 2, 1_000), (0, 1, 100), (1, 0, 100)];
    assert_eq!(resolved(&entries, &[0, 0, 0]).settled, [1, 2]);
}

#[test]
fn a_payment_that_is_covered_passes_one_that_is_not() {
    assert_eq!(resolved(&[(0, 1, 100), (0, 1, 5)], &[5, 0]).settled, [1]);
}

#[test]
fn what_has_expired_is_named_and_not_settled() {
    let mut entries = queue(&[(0, 1, 1), (0, 1, 2)]);
    entries[0].expires_at = NOW;
    let resolution = resolve(&entries, &having(&[10, 0]), NOW).expect("well formed");
    assert_eq!((resolution.settled, resolution.expired), (vec![1], vec![0]));
}

#[test]
fn the_largest_amounts_do_not_overflow() {
    let around: Vec<_> = (0..64)
        .map(|at| (at % 2, 1 - at % 2, MAX_QUEUED_MINOR_UNITS))
        .collect();
    let resolution = resolved(&around, &[0, 0]);
    assert_eq!(resolution.settled.len(), 64);
    assert_eq!(resolution.gross_minor_units, MAX_QUEUED_MINOR_UNITS * 64);
    let one_way: Vec<_> = (0..64).map(|_| (0, 1, MAX_QUEUED_MINOR_UNITS)).collect();
    assert_eq!(resolved(&one_way, &[u128::MAX, 0]).settled.len(), 64);
    assert!(resolved(&one_way, &[1, u128::MAX - 1]).settled.is_empty());
}

/// Plain FIFO, written a second time.
fn plain_fifo(queue: &[Queued], positions: &[Liquidity]) -> Vec<usize> {
    let mut available: Vec<u128> = positions.iter().map(|has| has.available).collect();
    let mut settled = Vec::new();
    loop {
        let next = (0..queue.len()).find(|at| {
            let entry = &queue[*at];
            let head = (0..*at)
                .all(|before| settled.contains(&before) || queue[before].debtor_agent != entry.debtor_agent);
            head && !settled.contains(at) && available[usize::from(entry.debtor_agent.0)] >= entry.minor_units
        });
        let Some(at) = next else { return settled };
        available[usize::from(queue[at].debtor_agent.0)] -= queue[at].minor_units;
        available[usize::from(queue[at].creditor_agent.0)] += queue[at].minor_units;
        settled.push(at);
    }
}

#[test]
fn random_queues_keep_every_promise() {
    let mut random = Random(0xC0_FFEE);
    let (mut fifo_sum, mut sum) = (0u128, 0u128);
    for _ in 0..20_000 {
        let participants = 2 + random.below(5);
        let entries: Vec<(u16, u16, u128)> = (0..random.below(MAX_QUEUED as u64 + 1))
            .map(|_| {
                let debtor = random.below(participants);
                let creditor = (debtor + 1 + random.below(participants - 1)) % participants;
                (
                    debtor as u16,
                    creditor as u16,
                    u128::from(random.below(1_000)) + 1,
                )
            })
            .collect();
        let has: Vec<u128> = (0..participants).map(|_| u128::from(random.below(800))).collect();
        let (entries, before) = (queue(&entries), having(&has));
        let resolution = resolve(&entries, &before, NOW).expect("well formed");

        let mut once = resolution.settled.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), resolution.settled.len(), "settled at most once");

        // Booking it transfer by transfer, all together, gives the positions it says.
        let mut booked: Vec<i128> = has.iter().map(|has| *has as i128).collect();
        for at in &resolution.settled {
            booked[usize::from(entries[*at].debtor_agent.0)] -= entries[*at].minor_units as i128;
            booked[usize::from(entries[*at].creditor_agent.0)] += entries[*at].minor_units as i128;
        }
        let after: Vec<i128> = resolution
            .positions
            .iter()
            .map(|has| has.available as i128)
            .collect();
        assert_eq!(booked, after, "never below zero, and conserved");
        assert_eq!(after.iter().sum::<i128>(), has.iter().sum::<u128>() as i128);
        let used: u128 = has
            .iter()
            .zip(&resolution.positions)
            .map(|(was, is)| was.saturating_sub(is.available))
            .sum();
        assert_eq!(used, resolution.liquidity_minor_units);
        let gross: u128 = resolution.settled.iter().map(|at| entries[*at].minor_units).sum();
        assert_eq!(gross, resolution.gross_minor_units);

        let fifo = plain_fifo(&entries, &before);
        assert!(
            fifo.iter().all(|at| resolution.settled.contains(at)),
            "never worse than plain FIFO"
        );
        fifo_sum += fifo.iter().map(|at| entries[*at].minor_units).sum::<u128>();
        sum += gross;

        // Nothing that is left could settle by itself.
        for (at, entry) in entries.iter().enumerate() {
            let available = resolution.positions[usize::from(entry.debtor_agent.0)].available;
            assert!(resolution.settled.contains(&at) || available < entry.minor_units);
        }
        assert_eq!(resolve(&entries, &before, NOW), Ok(resolution));
    }
    assert!(
        sum > fifo_sum * 5 / 4,
        "worth the effort: {sum} against {fifo_sum}"
    );
}

/// What everybody has once exactly these have settled together; `None` when that is below zero for somebody.
fn after(queue: &[Queued], positions: &[Liquidity], chosen: impl Fn(usize) -> bool) -> Option<Vec<u128>> {
    let mut has: Vec<i128> = positions
        .iter()
        .map(|has| i128::try_from(has.available).expect("small"))
        .collect();
    for (at, entry) in queue.iter().enumerate() {
        if chosen(at) && NOW < entry.expires_at {
            let minor_units = i128::try_from(entry.minor_units).expect("small");
            has[usize::from(entry.debtor_agent.0)] -= minor_units;
            has[usize::from(entry.creditor_agent.0)] += minor_units;
        }
    }
    has.into_iter().map(|has| u128::try_from(has).ok()).collect()
}

/// The most that any choice of transfers can settle together, found by trying every one.
fn best_choice(queue: &[Queued], positions: &[Liquidity]) -> u128 {
    let sum = |choice: u32| {
        let chosen = queue
            .iter()
            .enumerate()
            .filter(|(at, entry)| choice & (1 << at) != 0 && NOW < entry.expires_at);
        chosen.map(|(_, entry)| entry.minor_units).sum::<u128>()
    };
    (0..1u32 << queue.len())
        .filter(|choice| after(queue, positions, |at| choice & (1 << at) != 0).is_some())
        .map(sum)
        .max()
        .unwrap_or(0)
}

fn random_queue(random: &mut Random, most: u64) -> (Vec<Queued>, Vec<Liquidity>) {
    let participants = 2 + random.below(3);
    let entries: Vec<(u16, u16, u128)> = (0..1 + random.below(most))
        .map(|_| {
            let debtor = random.below(participants);
            let creditor = (debtor + 1 + random.below(participants - 1)) % participants;
            let minor_units = u128::from(random.below(10)) * 10 + 10;
            (debtor as u16, creditor as u16, minor_units)
        })
        .collect();
    let has: Vec<u128> = (0..participants).map(|_| u128::from(random.below(60))).collect();
    let mut entries = queue(&entries);
    for entry in &mut entries {
        if random.percent(10) {
            entry.expires_at = NOW;
        }
    }
    (entries, having(&has))
}

#[test]
fn small_queues_come_close_to_the_best_of_all_choices() {
    let mut random = Random(0xBE57);
    let (mut settled, mut best, mut optimal, mut all, mut fifo_sum) = (0, 0, 0, 0, 0);
    let rounds = 6_000;
    for _ in 0..rounds {
        let (entries, before) = random_queue(&mut random, 9);
        let resolution = resolve(&entries, &before, NOW).expect("well formed");
        let is_settled = |at: usize| resolution.settled.contains(&at);

        // Nobody below zero, and everybody has what the choice comes to.
        let has = after(&entries, &before, is_settled).expect("nobody is below zero");
        let positions: Vec<u128> = resolution.positions.iter().map(|has| has.available).collect();
        assert_eq!(positions, has);
        assert!(resolution.settled.iter().all(|at| NOW < entries[*at].expires_at));

        // Between plain FIFO and the best of all choices; everything, if everything together is covered.
        let waiting: Vec<Queued> = entries
            .iter()
            .filter(|entry| NOW < entry.expires_at)
            .copied()
            .collect();
        let sum = |places: &[usize], of: &[Queued]| places.iter().map(|at| of[*at].minor_units).sum::<u128>();
        let value = sum(&resolution.settled, &entries);
        let fifo = sum(&plain_fifo(&waiting, &before), &waiting);
        let most = best_choice(&entries, &before);
        assert!(fifo <= value && value <= most, "{fifo} {value} {most}");
        if after(&entries, &before, |_| true).is_some() {
            assert_eq!(resolution.settled.len(), waiting.len());
            all += 1;
        }

        // The report.
        let report = QueueReport::of(&resolution, entries.len());
        let count = |number: usize| u16::try_from(number).expect("few");
        assert_eq!(report.settled, count(resolution.settled.len()));
        assert_eq!(report.expired, count(entries.len() - waiting.len()));
        assert_eq!(report.waiting, count(waiting.len() - resolution.settled.len()));
        assert_eq!(report.gross_minor_units, value);
        let used = before.iter().zip(&has);
        let used: u128 = used.map(|(was, is)| was.available.saturating_sub(*is)).sum();
        assert_eq!(report.liquidity_minor_units, used);
        assert!(used <= value);

        settled += value;
        best += most;
        fifo_sum += fifo;
        optimal += u32::from(value == most);
    }
    println!("{settled} settled, {best} at best, {fifo_sum} by plain FIFO; {optimal} of {rounds} optimal, {all} whole");
    assert!(all > rounds / 20, "that everything settles happens");
    assert!(optimal > rounds * 3 / 4);
    assert!(settled * 100 > best * 85, "{settled} of {best}");
}

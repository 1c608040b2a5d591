//! Random days of transfers and batches among six institutions in two currencies, over weekends, holidays and worked
//! weekends: the contract's netting against plain sums.
//!
//! `CORRIDOR_DAYS` sets how many such stretches of days there are (2), `CORRIDOR_DAY_TRANSFERS` how many transfers in
//! each (10,000), `CORRIDOR_DAY_SEED` where they begin (1).

use crate::calendar::{Calendar, DAY, THURSDAY};
use crate::naive::Naive;
use crate::random_batches::Part;
use crate::six::{self, id, sent, COUNT, CURRENCIES};
use corridor_core::{Money, WindowId, WindowStatus};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::random::Random;
use corridor_tests::scenario::stage::STRANGER;
use std::collections::BTreeMap;

/// How long a stretch is: Thursday to Monday.
const STRETCH: u64 = 5 * DAY;

/// What happened how often.
#[derive(Debug, Default)]
pub struct Tally {
    pub booked: usize,
    pub capped: usize,
    pub batches: usize,
    pub whole: usize,
    pub excepted: usize,
    pub rejected: usize,
    pub refused: usize,
    pub settled: usize,
    pub carried_over: usize,
}

/// The contract, and the same by plain sums.
pub struct Days {
    pub random: Random,
    pub system: BlobBackend,
    pub calendar: Calendar,
    pub naive: [Naive; CURRENCIES.len()],
    pub parts: Vec<Part>,
    pub numbers: u128,
    pub batches: [u32; COUNT],
    pub tally: Tally,
}

pub fn small(minor_units: u128) -> i64 {
    i64::try_from(minor_units).expect("small")
}

impl Days {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let calendar = Calendar::random(&mut random);
        let caps: [i64; COUNT] = std::array::from_fn(|_| 40_000 + small(random.below(80_000) as u128));
        let cap = |place: usize| caps[place].unsigned_abs();
        let system = six::open(&calendar.schedule(), THURSDAY, cap);
        // No one may owe more than it has pledged, whatever its cap.
        let limits = caps.map(|cap| cap.min(small(crate::stage::COLLATERAL.into())));
        let naive = std::array::from_fn(|_| Naive::new(limits));
        Self {
            random,
            system,
            calendar,
            naive,
            parts: Vec::new(),
            numbers: 0,
            batches: [0; COUNT],
            tally: Tally::default(),
        }
    }

    pub fn window(&self) -> u32 {
        self.calendar.window_at(self.system.now())
    }

    /// Two institutions.
    pub fn pair(&mut self) -> (usize, usize) {
        let from = self.random.below(COUNT);
        (from, (from + 1 + self.random.below(COUNT - 1)) % COUNT)
    }

    pub fn amount(&mut self, most: usize) -> u64 {
        1 + self.random.below(most) as u64
    }

    pub fn number(&mut self) -> u128 {
        self.numbers += 1;
        self.numbers
    }

    /// Lets time pass, and ends windows: at most one may wait when the next takes its first posting.
    fn pass_to(&mut self, moment: u64) {
        let (now, before) = (self.system.now(), self.window());
        self.system.advance_time(moment.saturating_sub(now));
        let open = self.window();
        for currency in 0..CURRENCIES.len() {
            let waiting = self.naive[currency].waiting(open);
            // All but one have to go, and the last within a while.
            let must = waiting.len().saturating_sub(1);
            for (at, window) in waiting.into_iter().enumerate() {
                if at < must || (open != before && self.random.percent(50)) || self.random.percent(2) {
                    self.end(currency, window, open);
                }
            }
        }
    }

    fn end(&mut self, currency: usize, window: u32, open: u32) {
        self.check(currency);
        let (hub, money) = (self.system.contract(), CURRENCIES[currency]);
        let (naive, id) = (&mut self.naive[currency], WindowId(window));
        // In every stretch of days at least one.
        let never = self.tally.settled >= 3 && self.tally.carried_over == 0;
        if self.random.percent(15) || never {
            sent(&mut self.system, GOVERNOR, hub.abort_window(money, id).data());
            naive.carry_over(window, open);
            self.tally.carried_over += 1;
        } else {
            sent(&mut self.system, STRANGER, hub.close_window(money, id).data());
            let (debits, gross) = naive.settle(window);
            let state = self
                .system
                .query(&hub.window(money, Some(id)))
                .expect("an answer");
            assert_eq!(state.closes_at, self.calendar.end(window));
            let record = state.record.expect("recorded");
            assert_eq!(record.status, WindowStatus::Settled);
            let found = (small(record.net_minor_units), small(record.gross_minor_units));
            assert_eq!(found, (debits, gross), "{money} of window {window}");
            self.tally.settled += 1;
        }
        self.check(currency);
    }

    /// The contract's positions are the sums, each participant's and each two's, and the books are covered.
    fn check(&self, currency: usize) {
        let (hub, money) = (self.system.contract(), CURRENCIES[currency]);
        let naive = &self.naive[currency];
        for of in 0..COUNT {
            let position = self.system.query(&hub.net_position(id(of), money));
            let mut nets = BTreeMap::from([(position.open.0, position.entry.open)]);
            if let Some(closing) = position.closing {
                *nets.entry(closing.0).or_default() += position.entry.closing;
            }
            nets.retain(|_, net| *net != 0);
            assert_eq!(nets, naive.nets(of), "{money} of {of}");
            for with in (0..COUNT).filter(|with| *with != of) {
                let owed = self.system.query(&hub.bilateral(id(of), id(with), money));
                let owed = owed.iter().map(|owed| (owed.window.0, owed.net_minor_units));
                let mut owed: BTreeMap<u32, i64> = owed.collect();
                owed.retain(|_, owed| *owed != 0);
                assert_eq!(owed, naive.between(of, with), "{money} of {of} with {with}");
            }
        }
        let conservation = self.system.conservation(money).expect("an answer");
        assert!(conservation.holds, "{conservation:?}");
    }

    fn transfer(&mut self) {
        let (window, pair, number) = (self.window(), self.pair(), self.number());
        let currency = self.random.below(CURRENCIES.len());
        let amount = self.amount(9_000);
        let money = Money::new(CURRENCIES[currency], amount.into());
        let booked = six::book(&mut self.system, number, pair, money);
        let covered = self.naive[currency].post(window, pair, small(amount.into()));
        assert_eq!(booked, covered, "transfer {number} in window {window}");
        match booked {
            true => self.tally.booked += 1,
            false => self.tally.capped += 1,
        }
    }

    /// Everything ends, and everybody has what it had and what netting brought it.
    fn finish(&mut self, before: &[[u128; COUNT]; CURRENCIES.len()]) {
        let last = self.calendar.end(self.window());
        self.pass_to(last);
        let open = self.window();
        for currency in 0..CURRENCIES.len() {
            for window in self.naive[currency].waiting(open) {
                self.end(currency, window, open);
            }
        }
        // What was carried over just now.
        let last = self.calendar.end(open);
        let now = self.system.now();
        self.system.advance_time(last - now);
        for (currency, before) in before.iter().enumerate() {
            for window in self.naive[currency].waiting(u32::MAX) {
                let (hub, money) = (self.system.contract(), CURRENCIES[currency]);
                let close = hub.close_window(money, WindowId(window));
                sent(&mut self.system, STRANGER, close.data());
                self.naive[currency].settle(window);
            }
            self.check(currency);
            for (place, had) in before.iter().enumerate() {
                let gained = small(self.held(place, currency)) - small(*had);
                assert_eq!(gained, self.naive[currency].gained[place], "participant {place}");
            }
        }
    }

    /// What somebody has, pledged or not.
    fn held(&self, place: usize, currency: usize) -> u128 {
        let (hub, money) = (self.system.contract(), CURRENCIES[currency]);
        let entry = self.system.query(&hub.net_position(id(place), money)).entry;
        self.system.position(id(place), money).available + u128::from(entry.collateral)
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn random_days_net_as_plain_sums_do() {
    let transfers = setting("CORRIDOR_DAY_TRANSFERS", 10_000);
    let first = setting("CORRIDOR_DAY_SEED", 1);
    for seed in first..first + setting("CORRIDOR_DAYS", 2) {
        let mut days = Days::new(seed);
        println!("seed {seed}: {}", days.calendar.told());
        let before = std::array::from_fn(|currency| std::array::from_fn(|place| days.held(place, currency)));
        let mut moments: Vec<u64> = (0..transfers)
            .map(|_| THURSDAY + days.random.draw() % STRETCH)
            .collect();
        moments.sort_unstable();
        for moment in moments {
            days.pass_to(moment);
            days.transfer();
            if days.random.percent(2) {
                days.batch();
            }
            if days.random.percent(5) {
                days.answer();
            }
        }
        days.finish(&before);
        println!("seed {seed}: {:?}", days.tally);
        let Tally {
            booked,
            capped,
            batches,
            whole,
            excepted,
            rejected,
            refused,
            settled,
            carried_over,
        } = days.tally;
        let all = [
            booked,
            capped,
            batches,
            whole,
            excepted,
            rejected,
            refused,
            settled,
            carried_over,
        ];
        assert!(
            transfers < 10_000 || all.iter().all(|count| *count > 0),
            "{all:?}"
        );
    }
}

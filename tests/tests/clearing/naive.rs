//! Netting in one currency by plain sums, with nothing of the contract's rules.

use crate::six::COUNT;
use std::collections::BTreeMap;

/// What everybody owes everybody in one window: credits of the first from the second less debits.
type Sums = [[i64; COUNT]; COUNT];

/// One currency's.
#[derive(Default)]
pub struct Naive {
    /// The most each may owe.
    caps: [i64; COUNT],
    /// Windows with postings that have not been settled.
    unsettled: BTreeMap<u32, Sums>,
    /// All that was posted in each of them.
    gross: BTreeMap<u32, i64>,
    /// What settlement has brought each.
    pub gained: [i64; COUNT],
}

fn net(sums: &Sums, place: usize) -> i64 {
    sums[place].iter().sum()
}

impl Naive {
    pub fn new(caps: [i64; COUNT]) -> Self {
        Self {
            caps,
            ..Self::default()
        }
    }

    /// Whether somebody may owe so much more in this window: what it owes in each window counts by itself.
    fn covers(&self, window: u32, from: usize, amount: i64) -> bool {
        let owed = |of: u32| self.unsettled.get(&of).map_or(0, |sums| net(sums, from));
        let others = self.unsettled.keys().filter(|other| **other != window);
        let others: i64 = others.map(|other| owed(*other).min(0)).sum();
        let here = (owed(window) - amount).min(0);
        others + here >= -self.caps[from]
    }

    /// Posts an amount, unless the cap is in the way.
    pub fn post(&mut self, window: u32, (from, to): (usize, usize), amount: i64) -> bool {
        let covered = self.covers(window, from, amount);
        if covered {
            let sums = self.unsettled.entry(window).or_default();
            sums[from][to] -= amount;
            sums[to][from] += amount;
            *self.gross.entry(window).or_default() += amount;
        }
        covered
    }

    /// The windows before this one that wait for their end.
    pub fn waiting(&self, open: u32) -> Vec<u32> {
        self.unsettled.range(..open).map(|(window, _)| *window).collect()
    }

    /// Everybody is paid. Returns all net debits, and all that was posted.
    pub fn settle(&mut self, window: u32) -> (i64, i64) {
        let sums = self.unsettled.remove(&window).expect("a window with postings");
        for place in 0..COUNT {
            self.gained[place] += net(&sums, place);
        }
        let debits = (0..COUNT).map(|place| net(&sums, place).min(0)).sum::<i64>();
        (-debits, self.gross.remove(&window).expect("as above"))
    }

    /// What was posted counts in a later window.
    pub fn carry_over(&mut self, window: u32, to: u32) {
        let sums = self.unsettled.remove(&window).expect("a window with postings");
        let into = self.unsettled.entry(to).or_default();
        for (into, row) in into.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
            *into += row;
        }
        let gross = self.gross.remove(&window).expect("as above");
        *self.gross.entry(to).or_default() += gross;
    }

    /// What one is owed in each window, where it is anything.
    pub fn nets(&self, place: usize) -> BTreeMap<u32, i64> {
        let nets = self
            .unsettled
            .iter()
            .map(|(window, sums)| (*window, net(sums, place)));
        nets.filter(|(_, net)| *net != 0).collect()
    }

    /// What one is owed by another in each window, where it is anything.
    pub fn between(&self, of: usize, with: usize) -> BTreeMap<u32, i64> {
        let owed = self
            .unsettled
            .iter()
            .map(|(window, sums)| (*window, sums[of][with]));
        owed.filter(|(_, owed)| *owed != 0).collect()
    }
}

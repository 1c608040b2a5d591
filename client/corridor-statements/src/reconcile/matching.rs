//! Which line belongs to which.
//!
//! Lines that share a name may belong together. They are paired in rounds, the most alike first, each line at most once; so a
//! partial return does not take the place of another one, and a line that is there twice is seen as such. A round looks every line up
//! once: however many lines go by one name, it takes no longer than for as many names.

use super::{Finding, FindingKind, Line, LineStatus};
use corridor_client::core::Uetr;
use corridor_iso20022::Date;
use std::collections::{HashMap, VecDeque};

/// A name an entry goes by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Name<'a> {
    Reference(&'a str),
    Uetr(Uetr),
}

/// The names of a line, those of fewer entries first: a transfer and its returns are of one UETR.
pub(super) fn names(line: &Line) -> impl Iterator<Item = Name<'_>> {
    let references = line.references.iter().map(|reference| Name::Reference(reference));
    references.chain(line.uetr.map(Name::Uetr))
}

/// What two lines of a name have in common besides.
#[derive(PartialEq, Eq, Hash)]
enum Likeness {
    Day(i128, LineStatus, Option<Date>),
    Status(i128, LineStatus),
    Amount(i128),
    Side { debit: bool },
    NameOnly,
}

/// Round by round, for lines of the same amount. One that names no day is not of another: it is paired in the second.
const EXACT: [fn(&Line) -> Likeness; 3] = [
    |line| Likeness::Day(line.amount, line.status(), line.date),
    |line| Likeness::Status(line.amount, line.status()),
    |line| Likeness::Amount(line.amount),
];

/// The same for lines whose amounts differ.
const LOOSE: [fn(&Line) -> Likeness; 2] = [
    |line| Likeness::Side {
        debit: line.amount < 0,
    },
    |_| Likeness::NameOnly,
];

/// A day nobody names is no other day.
fn same_day(chain: &Line, ledger: &Line) -> bool {
    match (chain.date, ledger.date) {
        (Some(chain), Some(ledger)) => chain == ledger,
        _ => true,
    }
}

/// Whatever else they are called, lines of two transfers are not each other.
fn of_other_transfers(chain: &Line, ledger: &Line) -> bool {
    matches!((chain.uetr, ledger.uetr), (Some(chain), Some(ledger)) if chain != ledger)
}

/// Every line of both sides, once.
pub(super) fn findings(chain: &[Line], ledger: &[Line]) -> Vec<Finding> {
    let mut table = Table {
        chain,
        ledger,
        taken: vec![None; chain.len()],
        found: vec![false; ledger.len()],
        repeated: HashMap::new(),
    };
    for likeness in EXACT {
        table.pair(likeness);
    }
    // From here on, what the ledger has already is a duplicate, not another amount of something else.
    table.look_for_repeats();
    for likeness in LOOSE {
        table.pair(likeness);
    }
    table.findings()
}

struct Table<'a> {
    chain: &'a [Line],
    ledger: &'a [Line],
    /// For each line of the chain, its ledger line.
    taken: Vec<Option<usize>>,
    /// For each ledger line, whether it has a line of the chain.
    found: Vec<bool>,
    /// What ledger lines that are left may repeat, by name and amount: a line of the chain that has such a ledger line already.
    repeated: HashMap<(Name<'a>, i128), Option<usize>>,
}

impl<'a> Table<'a> {
    /// The ledger lines that have no line of the chain yet.
    fn left(&self) -> impl Iterator<Item = (usize, &'a Line)> + '_ {
        let lines = self.ledger.iter().enumerate().zip(&self.found);
        lines.filter(|(_, found)| !**found).map(|(line, _)| line)
    }

    /// The chain's lines that no ledger line has taken, by names that ledger lines ask for.
    fn free(&self, likeness: fn(&Line) -> Likeness) -> HashMap<(Name<'a>, Likeness), VecDeque<usize>> {
        let asked = self
            .left()
            .flat_map(|(_, line)| names(line).map(move |name| (name, likeness(line))));
        let mut free: HashMap<_, VecDeque<usize>> = asked.map(|asked| (asked, VecDeque::new())).collect();
        let lines = self.chain.iter().enumerate().zip(&self.taken);
        for ((at, line), _) in lines.filter(|(_, taken)| taken.is_none()) {
            for name in names(line) {
                if let Some(queue) = free.get_mut(&(name, likeness(line))) {
                    queue.push_back(at);
                }
            }
        }
        free
    }

    /// Pairs what is alike and free.
    fn pair(&mut self, likeness: fn(&Line) -> Likeness) {
        let mut free = self.free(likeness);
        let left: Vec<_> = self.left().collect();
        for (at, line) in left {
            if self.first_of(line).is_some() {
                continue;
            }
            let candidate = names(line).find_map(|name| {
                let queue = free.get_mut(&(name, likeness(line)))?;
                self.next(queue, line)
            });
            if let Some(candidate) = candidate {
                self.join(candidate, at);
            }
        }
    }

    /// The first free one of a queue that may be the ledger's line. Those at its head that are taken under other names are dropped.
    fn next(&self, queue: &mut VecDeque<usize>, line: &Line) -> Option<usize> {
        let free = |at: &usize| self.taken.get(*at).is_some_and(Option::is_none);
        while queue.front().is_some_and(|at| !free(at)) {
            queue.pop_front();
        }
        let may_be = |at: &usize| {
            let chain = self.chain.get(*at);
            chain.is_some_and(|chain| !of_other_transfers(chain, line))
        };
        queue.iter().copied().find(|at| free(at) && may_be(at))
    }

    fn join(&mut self, chain: usize, ledger: usize) {
        if let (Some(taken), Some(found)) = (self.taken.get_mut(chain), self.found.get_mut(ledger)) {
            *taken = Some(ledger);
            *found = true;
            self.remember(chain);
        }
    }

    /// Lets ledger lines that are left know of a line of the chain that is taken, if any of them asks for it.
    fn remember(&mut self, at: usize) {
        let taken = self.taken.get(at).copied().flatten();
        let ledger = taken.and_then(|ledger| self.ledger.get(ledger));
        if let (Some(chain), Some(ledger)) = (self.chain.get(at), ledger) {
            for name in names(chain) {
                if let Some(first) = self.repeated.get_mut(&(name, ledger.amount)) {
                    first.get_or_insert(at);
                }
            }
        }
    }

    fn look_for_repeats(&mut self) {
        let asked = self
            .left()
            .flat_map(|(_, line)| names(line).map(move |name| (name, line.amount)));
        self.repeated = asked.map(|asked| (asked, None)).collect();
        for at in 0..self.chain.len() {
            self.remember(at);
        }
    }

    /// The ledger line that was paired and that another one repeats.
    fn first_of(&self, line: &Line) -> Option<&'a Line> {
        names(line).find_map(|name| {
            let at = (*self.repeated.get(&(name, line.amount))?)?;
            let chain = self.chain.get(at)?;
            let first = self.ledger.get((*self.taken.get(at)?)?)?;
            (!of_other_transfers(chain, line)).then_some(first)
        })
    }

    fn findings(&self) -> Vec<Finding> {
        let of_chain = self.chain.iter().zip(&self.taken).map(|(chain, taken)| {
            let ledger = taken.and_then(|at| self.ledger.get(at));
            match ledger {
                Some(ledger) => together(chain, ledger),
                None => alone(chain),
            }
        });
        let of_ledger = self.left().map(|(_, line)| self.left_over(line));
        of_chain.chain(of_ledger).collect()
    }

    /// A ledger line without one of the chain: something new, or something the ledger has already.
    fn left_over(&self, line: &Line) -> Finding {
        let (kind, note) = match self.first_of(line) {
            Some(first) => (FindingKind::Duplicate, format!("the same as {}", first.place)),
            None => (FindingKind::MissingOnChain, String::new()),
        };
        Finding {
            kind,
            chain: None,
            ledger: Some(line.clone()),
            note,
        }
    }
}

fn alone(chain: &Line) -> Finding {
    let (kind, note) = match chain.status() {
        LineStatus::Booked => (FindingKind::MissingInLedger, ""),
        LineStatus::Netting => (
            FindingKind::Matched,
            "paid the transfers of its window, which the ledger has one by one",
        ),
        LineStatus::Pending => (FindingKind::Open, "reserved on the chain, not settled"),
        LineStatus::Information | LineStatus::Ended => {
            (FindingKind::Open, "paid with the net position of its window")
        }
    };
    Finding {
        kind,
        chain: Some(chain.clone()),
        ledger: None,
        note: note.into(),
    }
}

/// What is worst about two lines that belong together.
fn together(chain: &Line, ledger: &Line) -> Finding {
    let (kind, note) = if chain.amount != ledger.amount {
        (FindingKind::Amount, String::new())
    } else if chain.status() != ledger.status() {
        let note = format!(
            "{} on the chain, {} in the ledger",
            chain.status(),
            ledger.status()
        );
        (FindingKind::Status, note)
    } else if !same_day(chain, ledger) {
        (FindingKind::Date, String::new())
    } else {
        (FindingKind::Matched, String::new())
    };
    Finding {
        kind,
        chain: Some(chain.clone()),
        ledger: Some(ledger.clone()),
        note,
    }
}

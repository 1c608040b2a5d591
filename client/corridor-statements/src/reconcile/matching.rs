//! Which line belongs to which.
//!
//! Lines that share a name are candidates for each other. They are paired in rounds, the most alike first, each line at most once;
//! so a partial return does not take the place of another one, and a line that is there twice is seen as such.

use super::{Finding, FindingKind, Line, LineStatus};
use corridor_client::core::Uetr;
use std::collections::HashMap;

/// A name an entry goes by.
#[derive(PartialEq, Eq, Hash)]
enum Name<'a> {
    Uetr(Uetr),
    Reference(&'a str),
}

fn names(line: &Line) -> impl Iterator<Item = Name<'_>> {
    let references = line.references.iter().map(|reference| Name::Reference(reference));
    line.uetr.map(Name::Uetr).into_iter().chain(references)
}

/// How alike two lines of the same name have to be, round by round, to be of the same amount.
const EXACT: [fn(&Line, &Line) -> bool; 3] = [
    |chain, ledger| same_amount(chain, ledger) && same_status(chain, ledger) && same_day(chain, ledger),
    |chain, ledger| same_amount(chain, ledger) && same_status(chain, ledger),
    same_amount,
];

/// The same for lines whose amounts differ.
const LOOSE: [fn(&Line, &Line) -> bool; 2] = [same_side, |_, _| true];

fn same_amount(chain: &Line, ledger: &Line) -> bool {
    chain.amount == ledger.amount
}

fn same_status(chain: &Line, ledger: &Line) -> bool {
    chain.status() == ledger.status()
}

/// A day nobody names is no other day.
fn same_day(chain: &Line, ledger: &Line) -> bool {
    match (chain.date, ledger.date) {
        (Some(chain), Some(ledger)) => chain == ledger,
        _ => true,
    }
}

fn same_side(chain: &Line, ledger: &Line) -> bool {
    (chain.amount < 0) == (ledger.amount < 0)
}

/// Whatever else they are called, lines of two transfers are not each other.
fn of_other_transfers(chain: &Line, ledger: &Line) -> bool {
    matches!((chain.uetr, ledger.uetr), (Some(chain), Some(ledger)) if chain != ledger)
}

/// Every line of both sides, once.
pub(super) fn findings(chain: &[Line], ledger: &[Line]) -> Vec<Finding> {
    let mut table = Table::new(chain, ledger);
    for alike in EXACT {
        table.pair(alike, |_, _| true);
    }
    for alike in LOOSE {
        // What the ledger has already is a duplicate, not another amount of something else.
        table.pair(alike, |table, at| table.first_of(at).is_none());
    }
    table.findings()
}

struct Table<'a> {
    chain: &'a [Line],
    ledger: &'a [Line],
    /// For each ledger line the chain's lines of the same name, those with most names in common first.
    candidates: Vec<Vec<usize>>,
    /// For each line of the chain, its ledger line.
    taken: Vec<Option<usize>>,
    /// For each ledger line, its line of the chain.
    found: Vec<Option<usize>>,
}

impl<'a> Table<'a> {
    fn new(chain: &'a [Line], ledger: &'a [Line]) -> Self {
        let mut by_name: HashMap<Name<'a>, Vec<usize>> = HashMap::new();
        for (at, line) in chain.iter().enumerate() {
            for name in names(line) {
                by_name.entry(name).or_default().push(at);
            }
        }
        let candidates = |line: &'a Line| {
            let mut shared: HashMap<usize, usize> = HashMap::new();
            for at in names(line).filter_map(|name| by_name.get(&name)).flatten() {
                if chain
                    .get(*at)
                    .is_some_and(|chain| of_other_transfers(chain, line))
                {
                    continue;
                }
                let count = shared.entry(*at).or_default();
                *count = count.saturating_add(1);
            }
            let mut candidates: Vec<(usize, usize)> = shared.into_iter().collect();
            candidates.sort_unstable_by_key(|(at, shared)| (std::cmp::Reverse(*shared), *at));
            candidates.into_iter().map(|(at, _)| at).collect()
        };
        Self {
            candidates: ledger.iter().map(candidates).collect(),
            taken: vec![None; chain.len()],
            found: vec![None; ledger.len()],
            chain,
            ledger,
        }
    }

    /// Pairs what is alike and free.
    fn pair(&mut self, alike: fn(&Line, &Line) -> bool, may: fn(&Self, usize) -> bool) {
        for (at, line) in self.ledger.iter().enumerate() {
            if self.found.get(at).copied().flatten().is_some() || !may(self, at) {
                continue;
            }
            let candidates = self.candidates.get(at).map(Vec::as_slice).unwrap_or_default();
            let free = candidates.iter().copied().find(|candidate| {
                let free = self.taken.get(*candidate).is_some_and(Option::is_none);
                free && self.chain.get(*candidate).is_some_and(|chain| alike(chain, line))
            });
            let Some(candidate) = free else { continue };
            if let (Some(taken), Some(found)) = (self.taken.get_mut(candidate), self.found.get_mut(at)) {
                *taken = Some(at);
                *found = Some(candidate);
            }
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let of_chain = self.chain.iter().zip(&self.taken).map(|(chain, taken)| {
            let ledger = taken.and_then(|at| self.ledger.get(at));
            match ledger {
                Some(ledger) => together(chain, ledger),
                None => alone(chain),
            }
        });
        let left = self.ledger.iter().enumerate().zip(&self.found);
        let left = left.filter(|(_, found)| found.is_none());
        let of_ledger = left.map(|((at, line), _)| self.left_over(at, line));
        of_chain.chain(of_ledger).collect()
    }

    /// The ledger line that was paired and that another one repeats.
    fn first_of(&self, at: usize) -> Option<&'a Line> {
        let line = self.ledger.get(at)?;
        let paired = self.candidates.get(at)?.iter().filter_map(|candidate| {
            let first = (*self.taken.get(*candidate)?)?;
            self.ledger.get(first)
        });
        let mut same = paired.filter(|first| first.amount == line.amount);
        same.next()
    }

    /// A ledger line without one of the chain: something new, or something the ledger has already.
    fn left_over(&self, at: usize, line: &Line) -> Finding {
        let (kind, note) = match self.first_of(at) {
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
    let (kind, note) = if !same_amount(chain, ledger) {
        (FindingKind::Amount, String::new())
    } else if !same_status(chain, ledger) {
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

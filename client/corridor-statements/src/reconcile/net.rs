//! Ledgers that have the single payments of a settlement window, where the chain books what they come to.
//!
//! A bank may book the net position of a window as one entry, as the chain does, or each transfer of it. Where a ledger has single
//! ones, and those of the chain add up to the very entry that pays them, it is they that count, and the entry is told only. Where they
//! do not add up, because the window began before the days that are compared, everything stays as the chain has it.

use super::{chain, Ledger, Line, LineStatus};
use crate::{Drawn, PaidWindow, Zone};
use corridor_client::core::Uetr;
use corridor_iso20022::statement::Entry;
use std::collections::{HashMap, HashSet};

/// The statement as lines that compare with a ledger.
pub(super) fn lines(drawn: &Drawn, ledger: &Ledger, zone: Zone) -> Vec<Line> {
    let mut lines = chain::chain_lines(&drawn.statement, zone);
    let booked = Booked::of(ledger);
    let entries = drawn.statement.entries.iter();
    let entries: HashMap<&str, &Entry> = entries
        .filter_map(|entry| Some((entry.reference.as_deref()?, entry)))
        .collect();
    for window in &drawn.windows {
        if let Some(singles) = singles(window, &entries, &lines, &booked, zone) {
            count_singly(&mut lines, window, singles);
        }
    }
    lines
}

/// What a ledger has booked, by name.
struct Booked<'a> {
    uetrs: HashMap<Uetr, &'a Line>,
    references: HashSet<&'a str>,
}

impl<'a> Booked<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let booked = || {
            ledger
                .lines
                .iter()
                .filter(|line| line.status() == LineStatus::Booked)
        };
        Self {
            uetrs: booked().filter_map(|line| Some((line.uetr?, line))).collect(),
            references: booked()
                .flat_map(|line| line.references.iter().map(String::as_str))
                .collect(),
        }
    }

    fn names(&self, line: &Line) -> bool {
        let mut references = line.references.iter();
        references.any(|reference| self.references.contains(reference.as_str()))
    }
}

/// The lines a window pays, each transfer by itself, if the ledger has any of them and they come to what was paid.
fn singles(
    window: &PaidWindow,
    entries: &HashMap<&str, &Entry>,
    lines: &[Line],
    booked: &Booked<'_>,
    zone: Zone,
) -> Option<Vec<Line>> {
    let paid = window
        .entry
        .as_ref()
        .and_then(|place| lines.iter().find(|line| line.place == *place));
    if paid.is_some_and(|paid| booked.names(paid)) {
        return None;
    }
    let of_window: HashSet<&String> = window.entries.iter().collect();
    let mut singles = Vec::new();
    for line in lines.iter().filter(|line| of_window.contains(&line.place)) {
        let entry = entries.get(line.place.as_str());
        let items = entry.map_or_else(Vec::new, |entry| items(entry, line));
        let listed = items
            .iter()
            .any(|item| item.uetr.is_some_and(|uetr| booked.uetrs.contains_key(&uetr)));
        match listed {
            true => singles.extend(items),
            false => singles.push(line.clone()),
        }
    }
    let on = |line: &Line| line.uetr.and_then(|uetr| booked.uetrs.get(&uetr)).copied();
    let known = singles.iter().any(|line| on(line).is_some());
    let mut amounts = singles.iter().map(|line| line.amount);
    let sum = amounts.try_fold(0i128, |sum, amount| sum.checked_add(amount))?;
    if !known || sum != paid.map_or(0, |paid| paid.amount) {
        return None;
    }
    let paid_on = paid
        .and_then(|paid| paid.date)
        .or_else(|| zone.date(window.paid_at));
    for line in &mut singles {
        // A ledger may book a transfer when it is accepted, or when it is paid.
        let accepted_on = line.date;
        let ledger = on(line).and_then(|ledger| ledger.date);
        line.date = if ledger == accepted_on {
            accepted_on
        } else {
            paid_on
        };
        line.status = Some(LineStatus::Booked);
    }
    Some(singles)
}

/// The items of a batch as lines, where the entry lists them.
fn items(entry: &Entry, line: &Line) -> Vec<Line> {
    let sign = if line.amount < 0 { -1 } else { 1 };
    let item = |(at, details): (usize, &corridor_iso20022::statement::EntryDetails)| {
        let amount = i128::try_from(details.amount?.minor_units).ok()?;
        Some(Line {
            place: format!("{}, item {}", line.place, at.saturating_add(1)),
            uetr: Some(details.uetr?),
            references: Vec::new(),
            amount: amount.checked_mul(sign)?,
            ..line.clone()
        })
    };
    match entry.batch {
        Some(_) => entry.details.iter().enumerate().filter_map(item).collect(),
        None => Vec::new(),
    }
}

/// Puts the single lines in the place of those of the window, and what pays them aside.
fn count_singly(lines: &mut Vec<Line>, window: &PaidWindow, singles: Vec<Line>) {
    let of_window: HashSet<&String> = window.entries.iter().collect();
    lines.retain(|line| !of_window.contains(&line.place));
    for line in lines.iter_mut() {
        if Some(&line.place) == window.entry.as_ref() {
            line.status = Some(LineStatus::Netting);
        }
    }
    lines.extend(singles);
}

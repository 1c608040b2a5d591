//! Ledgers that have the single payments of a settlement window, where the chain books what they come to.
//!
//! A bank may book the net position of a window as one entry, as the chain does, or each transfer of it. Where a ledger has single
//! ones, and those of the chain add up to the very entry that pays them, it is they that count, and the entry is told only. Where they
//! do not add up, because the window began before the days that are compared, everything stays as the chain has it.

use super::{
    chain,
    matching::{names, Name},
    Ledger, Line, LineStatus,
};
use crate::{Drawn, PaidWindow, Zone};
use corridor_iso20022::{statement::Entry, Date};
use std::collections::{HashMap, HashSet};

/// The statement as lines that compare with a ledger.
pub(super) fn lines(drawn: &Drawn, ledger: &Ledger, zone: Zone) -> Vec<Line> {
    let entries = drawn.statement.entries.iter().enumerate();
    let entries = entries.filter_map(|(at, entry)| Some((chain::line(entry, at, zone)?, entry)));
    let chain: Vec<(Line, &Entry)> = entries.collect();
    let places = chain.iter().map(|told| (told.0.place.as_str(), told)).collect();
    let booked = Booked::of(ledger);
    let mut singly = Vec::new();
    let (mut paid, mut paying) = (HashSet::new(), HashSet::new());
    for window in &drawn.windows {
        if let Some(singles) = singles(window, &places, &booked, zone) {
            singly.extend(singles);
            paid.extend(window.entries.iter().map(String::as_str));
            paying.extend(window.entry.as_deref());
        }
    }
    // The single lines stand in the place of those of their window, and what pays them is put aside.
    let others = chain.into_iter().map(|(line, _)| line);
    let others = others.filter(|line| !paid.contains(line.place.as_str()));
    let others = others.map(|line| match paying.contains(line.place.as_str()) {
        true => Line {
            status: Some(LineStatus::Netting),
            ..line
        },
        false => line,
    });
    others.chain(singly).collect()
}

/// What a ledger has booked: on which days and in which amounts, by name.
struct Booked<'a>(HashMap<Name<'a>, HashSet<(Option<Date>, i128)>>);

impl<'a> Booked<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let mut booked: HashMap<Name<'a>, HashSet<_>> = HashMap::new();
        let lines = ledger.lines.iter();
        for line in lines.filter(|line| line.status() == LineStatus::Booked) {
            for name in names(line) {
                booked.entry(name).or_default().insert((line.date, line.amount));
            }
        }
        Self(booked)
    }

    fn has(&self, line: &Line) -> bool {
        names(line).any(|name| self.0.contains_key(&name))
    }

    /// Whether it has the line on the very day.
    fn has_on_its_day(&self, line: &Line) -> bool {
        let same = (line.date, line.amount);
        names(line).any(|name| self.0.get(&name).is_some_and(|booked| booked.contains(&same)))
    }
}

/// The lines a window pays, each transfer by itself, if the ledger has any of them and they come to what was paid.
fn singles(
    window: &PaidWindow,
    places: &HashMap<&str, &(Line, &Entry)>,
    booked: &Booked<'_>,
    zone: Zone,
) -> Option<Vec<Line>> {
    let at = |place: &String| places.get(place.as_str()).copied();
    let paid = window.entry.as_ref().and_then(at).map(|(line, _)| line);
    if paid.is_some_and(|paid| booked.has(paid)) {
        return None;
    }
    let mut singles = Vec::new();
    for (line, entry) in window.entries.iter().filter_map(at) {
        let items = items(entry, line);
        match items.iter().any(|item| booked.has(item)) {
            true => singles.extend(items),
            false => singles.push(line.clone()),
        }
    }
    let mut amounts = singles.iter().map(|line| line.amount);
    let sum = amounts.try_fold(0i128, |sum, amount| sum.checked_add(amount))?;
    let known = singles.iter().any(|line| booked.has(line));
    if !known || sum != paid.map_or(0, |paid| paid.amount) {
        return None;
    }
    let paid_on = paid
        .and_then(|paid| paid.date)
        .or_else(|| zone.date(window.paid_at));
    for line in &mut singles {
        // A ledger may book a transfer when it is accepted, or when it is paid.
        if !booked.has_on_its_day(line) {
            line.date = paid_on;
        }
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

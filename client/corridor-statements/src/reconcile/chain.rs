//! A statement as lines.

use super::line::{plain_reference, Line, LineStatus};
use crate::Zone;
use corridor_iso20022::{
    statement::{DateOrTime, Entry, EntryStatus, Statement},
    Date,
};

/// The lines of a statement. An entry whose amount cannot be counted is left out; a statement that ties has none.
#[must_use]
pub fn chain_lines(statement: &Statement, zone: Zone) -> Vec<Line> {
    let entries = statement.entries.iter().enumerate();
    entries.filter_map(|(at, entry)| line(entry, at, zone)).collect()
}

/// An entry as a line, whoever wrote the statement.
pub(super) fn line(entry: &Entry, at: usize, zone: Zone) -> Option<Line> {
    let place = match &entry.reference {
        Some(reference) => reference.clone(),
        None => format!("entry {}", at.saturating_add(1)),
    };
    let first = entry.details.first();
    // The first of several transactions names itself, not the batch.
    let details = first.filter(|_| entry.batch.is_none() || entry.details.len() == 1);
    let batch = entry.batch.as_ref();
    let named = [
        details.and_then(|details| details.instruction_id.as_deref()),
        details.and_then(|details| details.transaction_id.as_deref()),
        batch.and_then(|batch| batch.reference.as_deref()),
        entry.reference.as_deref(),
    ];
    let evidence = first.and_then(|details| details.evidence.as_ref());
    Some(Line {
        uetr: details.and_then(|details| details.uetr),
        references: named.into_iter().flatten().map(plain_reference).collect(),
        amount: entry.signed()?,
        status: Some(status(&entry.status)),
        date: entry.booked_at.as_ref().and_then(|at| day(at, zone)),
        kind: kind(entry),
        extrinsic: evidence.and_then(|block| {
            let index = block.extrinsic_index?;
            Some(format!("{}-{index}", block.block_number))
        }),
        place,
    })
}

fn status(status: &EntryStatus) -> LineStatus {
    match status {
        EntryStatus::Booked => LineStatus::Booked,
        EntryStatus::Pending => LineStatus::Pending,
        // Of another sender's words only one thing is known: they do not count.
        EntryStatus::Information | EntryStatus::Other(_) | EntryStatus::Proprietary(_) => {
            LineStatus::Information
        }
    }
}

fn kind(entry: &Entry) -> String {
    match (&entry.code.kind(), &entry.code.proprietary, &entry.code.domain) {
        (Some(kind), ..) => kind.name().to_ascii_lowercase(),
        (None, Some(own), _) => own.code.to_ascii_lowercase(),
        (None, None, Some(code)) => format!("{}/{}/{}", code.domain, code.family, code.sub_family),
        (None, None, None) => String::new(),
    }
}

/// The local day of a date or time.
pub(super) fn day(at: &DateOrTime, zone: Zone) -> Option<Date> {
    match at {
        DateOrTime::Date(date) => Some(*date),
        DateOrTime::Time(time) => zone.day_of(time),
    }
}

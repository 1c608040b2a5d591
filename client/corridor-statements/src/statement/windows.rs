//! Which settlement windows paid the transfers that a statement tells.

use super::entries::Written;
use crate::StatementError;
use corridor_client::core::{Currency, Seconds, WindowId};
use corridor_indexer::Index;
use corridor_iso20022::statement::EntryStatus;
use std::collections::{BTreeMap, HashMap};

/// A settlement window that was paid before the statement's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidWindow {
    /// Which.
    pub window: WindowId,
    /// When it was settled.
    pub paid_at: Seconds,
    /// Reference of the entry that pays the net position; `None` where that came to nothing.
    pub entry: Option<String>,
    /// References of the entries that are paid with it: transfers and batches, also of windows that were carried over to it.
    pub entries: Vec<String>,
}

/// The windows of the entries, as far as they were settled in blocks before `end`.
pub(super) async fn paid(
    index: &Index,
    currency: Currency,
    end: u64,
    written: &Written,
) -> Result<Vec<PaidWindow>, StatementError> {
    let entries = written.entries.iter();
    let told: HashMap<&str, &EntryStatus> = entries
        .filter_map(|entry| Some((entry.reference.as_deref()?, &entry.status)))
        .collect();
    let mut paid: BTreeMap<WindowId, PaidWindow> = BTreeMap::new();
    let mut settles: HashMap<WindowId, Option<(WindowId, Seconds)>> = HashMap::new();
    for (reference, window) in &written.of_windows {
        let settled = match settles.get(window) {
            Some(settled) => *settled,
            None => {
                let settled = settled(index, currency, *window, end).await?;
                settles.insert(*window, settled);
                settled
            }
        };
        let Some((window, paid_at)) = settled else {
            continue;
        };
        let of = paid.entry(window).or_insert_with(|| PaidWindow {
            window,
            paid_at,
            entry: None,
            entries: Vec::new(),
        });
        match told.get(reference.as_str()) {
            Some(EntryStatus::Booked) => of.entry = Some(reference.clone()),
            Some(_) => of.entries.push(reference.clone()),
            None => {}
        }
    }
    Ok(paid.into_values().collect())
}

/// The window that paid one, and when.
async fn settled(
    index: &Index,
    currency: Currency,
    window: WindowId,
    end: u64,
) -> Result<Option<(WindowId, Seconds)>, StatementError> {
    let Some(booked) = index.window(currency, window).await? else {
        return Ok(None);
    };
    let Some(last) = index.window(currency, booked.settled_in).await? else {
        return Ok(None);
    };
    let in_time = last.ended.is_some_and(|event| event.block() < end);
    let settled = (last.status == "settled" && in_time)
        .then_some(last.closed_at)
        .flatten();
    Ok(settled.map(|at| (last.window, at)))
}

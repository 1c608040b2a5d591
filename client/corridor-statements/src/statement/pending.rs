//! What is reserved at the end of a block, transfer by transfer.

use super::entries::Scribe;
use crate::StatementError;
use corridor_client::core::{Currency, Money, ParticipantId, Seconds};
use corridor_indexer::{
    query::{
        journal::JournalTransfer,
        movements::Bucket,
        transfers::{TransferFilter, TransferRow},
    },
    Index, PageRequest,
};
use corridor_iso20022::{
    statement::{CreditDebit, DateOrTime, Entry, EntryDetails, EntryKind, EntryStatus},
    Date,
};

/// Transfers read at a time.
const AT_A_TIME: u32 = 1_000;

/// The transfers a participant has money reserved for at the end of the blocks before `end`, the oldest first: what it pays, its
/// fees, and what it exchanges as a quote's provider.
///
/// Those that are open now are looked at first; older ones only until everything reserved is explained.
pub(super) async fn pending(
    index: &Index,
    participant: ParticipantId,
    (end, until): (u64, Seconds),
    reserved: i128,
    scribe: &Scribe<'_>,
) -> Result<Vec<Entry>, StatementError> {
    let mut found: Vec<(TransferRow, u128)> = Vec::new();
    let mut unexplained = reserved;
    for status in OPEN.into_iter().map(Some).chain([None]) {
        let filter = TransferFilter {
            participant: Some(participant),
            instructed_until: Some(until),
            status: status.map(String::from),
            ..TransferFilter::default()
        };
        let mut page = PageRequest::newest(AT_A_TIME);
        while unexplained > 0 {
            let read = index.transfers(&filter, page).await?;
            for row in read.items {
                let seen = status.is_none() && is_open(&row);
                if seen {
                    continue;
                }
                let held = held(index, &row, (participant, scribe.currency), end).await?;
                if let Some(minor_units) = u128::try_from(held).ok().filter(|units| *units > 0) {
                    unexplained = unexplained.saturating_sub(held);
                    found.push((row, minor_units));
                    scribe.has_room(found.len())?;
                }
            }
            match read.next {
                Some(next) => page = page.after(next),
                None => break,
            }
        }
    }
    found.sort_by_key(|(row, _)| row.instructed);
    let entry = |(row, minor_units): &(TransferRow, u128)| {
        entry(row, Money::new(scribe.currency, *minor_units), scribe)
    };
    Ok(found.iter().map(entry).collect())
}

/// Statuses of transfers that may hold money.
const OPEN: [&str; 2] = ["pending", "queued"];

fn is_open(row: &TransferRow) -> bool {
    OPEN.contains(&row.status.as_str())
}

/// What was reserved for a transfer at the end of the blocks before `end`.
async fn held(
    index: &Index,
    row: &TransferRow,
    (participant, currency): (ParticipantId, Currency),
    end: u64,
) -> Result<i128, StatementError> {
    let touched = row.instructed.block() < end && (is_open(row) || row.updated.block() >= end);
    if !touched {
        return Ok(0);
    }
    let legs = index.legs_of_transfer(row.uetr).await?;
    let ours = legs.iter().filter(|leg| {
        leg.participant == participant
            && leg.currency == currency
            && leg.bucket == Bucket::Reserved
            && leg.id.block() < end
    });
    let held = ours.fold(0i128, |sum, leg| sum.saturating_add(leg.amount));
    Ok(held)
}

fn entry(row: &TransferRow, amount: Money, scribe: &Scribe<'_>) -> Entry {
    let side = CreditDebit::Debit;
    let transfer = JournalTransfer {
        debtor_agent: row.debtor_agent,
        creditor_agent: row.creditor_agent,
        interbank_settlement_date: row.interbank_settlement_date,
    };
    let value_date = Date::from_days_since_epoch(row.interbank_settlement_date);
    Entry {
        reference: Some(row.instructed.event().to_string()),
        amount,
        side,
        reversal: false,
        status: EntryStatus::Pending,
        booked_at: None,
        value_date: value_date.map(DateOrTime::Date),
        servicer_reference: None,
        code: EntryKind::Transfer.code(side),
        batch: None,
        details: vec![EntryDetails {
            uetr: Some(row.uetr),
            ..scribe.agents(&transfer)
        }],
        additional: Some("Reserved, not settled".into()),
    }
}

//! What is reserved at the end of a block, transfer by transfer.

use super::entries::Scribe;
use crate::StatementError;
use corridor_client::core::{ParticipantId, Seconds};
use corridor_indexer::{
    query::{
        journal::JournalTransfer,
        transfers::{Side, TransferFilter, TransferRow},
    },
    Index, PageRequest,
};
use corridor_iso20022::{
    statement::{CreditDebit, DateOrTime, Entry, EntryDetails, EntryKind, EntryStatus},
    Date,
};

/// Transfers read at a time.
const AT_A_TIME: u32 = 1_000;

/// The transfers a participant has money reserved for at the end of the blocks before `end`, the oldest first.
///
/// Those that are pending now are looked at first; older ones only until everything reserved is explained.
pub(super) async fn pending(
    index: &Index,
    participant: ParticipantId,
    (end, until): (u64, Seconds),
    reserved: i128,
    scribe: &Scribe<'_>,
) -> Result<Vec<Entry>, StatementError> {
    let mut found: Vec<TransferRow> = Vec::new();
    let mut unexplained = reserved;
    for status in [Some("pending".to_owned()), None] {
        let still_pending = status.is_some();
        let filter = TransferFilter {
            participant: Some(participant),
            side: Side::DebtorAgent,
            currency: Some(scribe.currency),
            instructed_until: Some(until),
            status,
            ..TransferFilter::default()
        };
        let mut page = PageRequest::newest(AT_A_TIME);
        while unexplained > 0 {
            let read = index.transfers(&filter, page).await?;
            for row in read.items {
                let seen = !still_pending && row.status == "pending";
                if !seen && was_pending(index, &row, end).await? {
                    let amount = i128::try_from(row.interbank_settlement_amount.minor_units);
                    unexplained = unexplained.saturating_sub(amount.unwrap_or(i128::MAX));
                    found.push(row);
                }
            }
            match read.next {
                Some(next) => page = page.after(next),
                None => break,
            }
        }
    }
    found.sort_by_key(|row| row.instructed);
    Ok(found.iter().map(|row| entry(row, scribe)).collect())
}

/// Whether money was reserved for a transfer at the end of the blocks before `end`.
async fn was_pending(index: &Index, row: &TransferRow, end: u64) -> Result<bool, StatementError> {
    if row.settlement_method != "gross" || row.instructed.block() >= end {
        return Ok(false);
    }
    if row.status == "pending" {
        return Ok(true);
    }
    if row.updated.block() < end {
        return Ok(false);
    }
    let life = index.transfer_life(row.uetr).await?;
    let before = life.iter().rfind(|change| change.id.block() < end);
    Ok(before.is_some_and(|change| change.status == "pending"))
}

fn entry(row: &TransferRow, scribe: &Scribe<'_>) -> Entry {
    let side = CreditDebit::Debit;
    let transfer = JournalTransfer {
        debtor_agent: row.debtor_agent,
        creditor_agent: row.creditor_agent,
        interbank_settlement_date: row.interbank_settlement_date,
    };
    let value_date = Date::from_days_since_epoch(row.interbank_settlement_date);
    Entry {
        reference: Some(row.instructed.event().to_string()),
        amount: row.interbank_settlement_amount,
        side,
        reversal: false,
        status: EntryStatus::Pending,
        booked_at: None,
        value_date: value_date.map(DateOrTime::Date),
        servicer_reference: None,
        code: EntryKind::Transfer.code(side),
        details: vec![EntryDetails {
            uetr: Some(row.uetr),
            ..scribe.agents(&transfer)
        }],
        additional: Some("Reserved, not settled".into()),
    }
}

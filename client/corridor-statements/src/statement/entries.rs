//! Entries: one for each event that moves the book.

use super::{batches::tell_batch, belongs};
use crate::{StatementError, Zone};
use corridor_client::core::{Currency, Money, ParticipantId, Seconds, WindowId};
use corridor_indexer::{
    query::{
        journal::{JournalRow, JournalTransfer},
        movements::Bucket,
        participants::ParticipantRow,
    },
    EventId, Index, PageRequest,
};
use corridor_iso20022::{
    statement::{
        BankTransactionCode, BlockEvidence, CreditDebit, DateOrTime, Entry, EntryDetails, EntryKind,
        EntryStatus, ProprietaryCode,
    },
    Agent, Book, Date, StatusReason,
};
use std::ops::Range;

/// Legs read at a time.
const AT_A_TIME: u32 = 1_000;

/// What entries are made with.
pub(super) struct Scribe<'a> {
    pub(super) book: Book,
    pub(super) currency: Currency,
    pub(super) zone: Zone,
    pub(super) participants: &'a [ParticipantRow],
    /// How many entries there may be.
    pub(super) most_entries: Option<usize>,
}

/// Entries, and which of them are of a settlement window.
#[derive(Default)]
pub(super) struct Written {
    pub(super) entries: Vec<Entry>,
    /// Reference of the entry and its window.
    pub(super) of_windows: Vec<(String, WindowId)>,
}

impl Written {
    fn add(&mut self, entry: Option<Entry>, legs: &[JournalRow]) {
        let window = legs.iter().find_map(|row| row.leg.window);
        let reference = entry.as_ref().and_then(|entry| entry.reference.clone());
        self.of_windows.extend(reference.zip(window));
        self.entries.extend(entry);
    }
}

/// Reads every leg of a participant in a range of blocks and makes entries of them, with at most `items` items of batches.
pub(super) async fn entries(
    index: &Index,
    participant: ParticipantId,
    blocks: Range<u64>,
    scribe: &Scribe<'_>,
    items: usize,
) -> Result<Written, StatementError> {
    let mut room = items;
    let mut written = Written::default();
    // The legs of one event, which may be on two pages; a fee that settles with an exchange is an entry of its own.
    let mut legs: Vec<JournalRow> = Vec::new();
    let mut page = PageRequest::first(AT_A_TIME);
    loop {
        let read = index
            .journal(participant, scribe.currency, blocks.clone(), page)
            .await?;
        for row in read.items {
            if legs.first().is_some_and(|first| !together(first, &row)) {
                written.add(whole_entry(index, scribe, &legs, &mut room).await?, &legs);
                scribe.has_room(written.entries.len())?;
                legs.clear();
            }
            legs.push(row);
        }
        match read.next {
            Some(next) => page = page.after(next),
            None => break,
        }
    }
    written.add(whole_entry(index, scribe, &legs, &mut room).await?, &legs);
    scribe.has_room(written.entries.len())?;
    Ok(written)
}

/// The entry of one event's legs, with its batch where it is of one.
async fn whole_entry(
    index: &Index,
    scribe: &Scribe<'_>,
    legs: &[JournalRow],
    room: &mut usize,
) -> Result<Option<Entry>, StatementError> {
    let entry = scribe.entry(legs)?;
    let (Some(mut entry), Some(first)) = (entry, legs.first()) else {
        return Ok(None);
    };
    tell_batch(index, scribe, &first.leg, &mut entry, room).await?;
    Ok(Some(entry))
}

/// Whether two legs are of the same entry.
fn together(first: &JournalRow, other: &JournalRow) -> bool {
    first.leg.id.event() == other.leg.id.event() && first.leg.kind == other.leg.kind
}

/// The entry's reference: the event's, with its first leg's place where it is one of several entries.
fn entry_reference(first: &JournalRow) -> String {
    let event = first.leg.id.event();
    match first.leg.purpose {
        Some(_) => format!("{event}-{}", first.leg.id.ordinal()),
        None => event.to_string(),
    }
}

impl Scribe<'_> {
    /// Stops at more entries than there may be, before more of them are read.
    pub(super) fn has_room(&self, entries: usize) -> Result<(), StatementError> {
        match self.most_entries {
            Some(most) if entries > most => Err(StatementError::TooMany(most)),
            _ => Ok(()),
        }
    }

    /// The entry of one event's legs; none where the book is as before.
    fn entry(&self, legs: &[JournalRow]) -> Result<Option<Entry>, StatementError> {
        let Some(first) = legs.first() else {
            return Ok(None);
        };
        let moved = sum(legs, |bucket| belongs(bucket, self.book));
        let moved = moved.ok_or_else(|| StatementError::TooLarge(first.leg.id.to_string()))?;
        if moved != 0 {
            return self.of_amount(legs, first, moved, EntryStatus::Booked).map(Some);
        }
        // A net position is no money until its window settles: told, and not counted.
        let net = sum(legs, |bucket| bucket == Bucket::Net).unwrap_or_default();
        if net == 0 || self.book != Book::Escrow {
            return Ok(None);
        }
        self.of_amount(legs, first, net, EntryStatus::Information)
            .map(Some)
    }

    fn of_amount(
        &self,
        legs: &[JournalRow],
        first: &JournalRow,
        signed: i128,
        status: EntryStatus,
    ) -> Result<Entry, StatementError> {
        let side = CreditDebit::of(signed);
        let amount = Money::new(self.currency, signed.unsigned_abs());
        let at = self.moment(first.leg.at)?;
        let value_date = self.zone.date(first.leg.at).map(DateOrTime::Date);
        Ok(Entry {
            reference: Some(entry_reference(first)),
            status,
            value_date,
            details: vec![self.details(first)],
            additional: additional(legs),
            ..Entry::booked(amount, side, code(&first.leg.kind, side), at)
        })
    }

    fn details(&self, row: &JournalRow) -> EntryDetails {
        EntryDetails {
            // The 32 digits of a UUID; its hyphens are one character too many for the standard.
            instruction_id: row.leg.reference.map(hex::encode),
            uetr: row.leg.uetr,
            evidence: Some(BlockEvidence {
                block_number: row.leg.id.block(),
                block_hash: row.block_hash,
                extrinsic_index: row.extrinsic_index,
            }),
            return_reason: row
                .reason
                .filter(|_| row.leg.kind == "return")
                .map(StatusReason::new),
            ..row
                .transfer
                .map(|transfer| self.agents(&transfer))
                .unwrap_or_default()
        }
    }

    pub(super) fn agents(&self, transfer: &JournalTransfer) -> EntryDetails {
        EntryDetails {
            debtor_agent: self.agent(transfer.debtor_agent),
            creditor_agent: self.agent(transfer.creditor_agent),
            interbank_settlement_date: Date::from_days_since_epoch(transfer.interbank_settlement_date),
            ..EntryDetails::default()
        }
    }

    pub(super) fn agent(&self, id: ParticipantId) -> Option<Agent> {
        agent(self.participants, id)
    }

    pub(super) fn moment(&self, at: Seconds) -> Result<DateOrTime, StatementError> {
        let time = self.zone.time(at);
        let time =
            time.ok_or_else(|| StatementError::TooLarge(format!("a block {at} seconds after 1970")))?;
        Ok(DateOrTime::Time(time))
    }
}

/// A participant as messages name it.
pub(super) fn agent(participants: &[ParticipantRow], id: ParticipantId) -> Option<Agent> {
    let row = participants.iter().find(|row| row.id == id)?;
    let identifiers = row.agents.iter().filter_map(|agent| agent.parse().ok());
    Some(Agent::new(identifiers)).filter(|agent| !agent.identifiers().is_empty())
}

fn sum(legs: &[JournalRow], counts: impl Fn(Bucket) -> bool) -> Option<i128> {
    let mut amounts = legs.iter().filter(|row| counts(row.leg.bucket));
    amounts.try_fold(0i128, |sum, row| sum.checked_add(row.leg.amount))
}

/// What an entry is, by the kind of its legs. One this version has no kind for keeps its own word.
fn code(kind: &str, side: CreditDebit) -> BankTransactionCode {
    let kind = match kind {
        "deposit" => EntryKind::Deposit,
        "withdrawal" => EntryKind::Withdrawal,
        "settlement" | "posting" | "batch_posting" | "reservation" => EntryKind::Transfer,
        "return" => EntryKind::Return,
        "window_settlement" => EntryKind::NetSettlement,
        "pledge" => EntryKind::Pledge,
        "collateral_release" => EntryKind::Release,
        "fee" | "charge" => EntryKind::Fee,
        "exchange" => EntryKind::Exchange,
        other => {
            return BankTransactionCode {
                domain: None,
                proprietary: Some(ProprietaryCode {
                    code: other.to_ascii_uppercase().chars().take(35).collect(),
                    issuer: None,
                }),
            }
        }
    };
    kind.code(side)
}

fn additional(legs: &[JournalRow]) -> Option<String> {
    let leg = &legs.first()?.leg;
    let window = legs.iter().find_map(|row| row.leg.window);
    match (leg.batch, window) {
        (Some(batch), Some(window)) => {
            let batch = event_text(batch);
            Some(format!(
                "Clearing batch submitted at {batch}, in settlement window {window}"
            ))
        }
        (None, Some(window)) => Some(format!("Settlement window {window}")),
        _ => None,
    }
}

fn event_text(id: EventId) -> String {
    id.event().to_string()
}

//! What the index knows of ledger lines that have no entry of the chain within the days.

use super::{Finding, FindingKind, Line, LineStatus, Reconciliation};
use crate::Zone;
use corridor_client::core::{Seconds, Uetr};
use corridor_indexer::{
    query::{
        batches::{BatchItemRow, BatchRow},
        transfers::TransferRow,
    },
    Index, IndexError,
};
use corridor_iso20022::BookAccount;

/// The most lines that are looked up: beyond that something else is wrong.
const MOST: usize = 10_000;

/// Looks every ledger line up that is missing on the chain, and says where it is instead: on another day, in another
/// status, in another currency, in a clearing batch, or nowhere.
///
/// A line whose transfer came to nothing, and which the ledger knows to have come to nothing, is matched.
///
/// # Errors
/// The database's.
pub async fn explain(index: &Index, result: &mut Reconciliation) -> Result<(), IndexError> {
    let reader = Reader {
        index,
        account: result.account,
        zone: result.period.zone(),
    };
    let missing = result
        .findings
        .iter_mut()
        .filter(|finding| finding.kind == FindingKind::MissingOnChain);
    for finding in missing.take(MOST) {
        if let Some(line) = &finding.ledger {
            let known = reader.of_line(line).await?;
            known.tell(finding);
        }
    }
    Ok(())
}

/// What the chain knows of a line.
#[derive(Default)]
struct Known {
    note: String,
    /// Whether it came to nothing.
    ended: bool,
}

impl Known {
    fn note(note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ended: false,
        }
    }

    fn tell(self, finding: &mut Finding) {
        let status = finding.ledger.as_ref().map(Line::status);
        finding.kind = match (self.ended, status) {
            (false, _) => finding.kind,
            (true, Some(LineStatus::Ended)) => FindingKind::Matched,
            (true, _) => FindingKind::Status,
        };
        finding.note = self.note;
    }
}

/// Asks for one account.
struct Reader<'a> {
    index: &'a Index,
    account: BookAccount,
    zone: Zone,
}

impl Reader<'_> {
    async fn of_line(&self, line: &Line) -> Result<Known, IndexError> {
        let Some(uetr) = line.uetr else {
            return self.of_references(&line.references).await;
        };
        match self.index.transfer(uetr).await? {
            Some(row) => self.of_transfer(&row).await,
            None => self.of_items(uetr).await,
        }
    }

    async fn of_references(&self, references: &[String]) -> Result<Known, IndexError> {
        for reference in references.iter().filter_map(|text| bytes(text)) {
            let row = self.index.operation(self.account.participant, reference).await?;
            if let Some(row) = row {
                let day = self.day(row.at);
                let note = format!("the chain has a {} of {} on {day}", row.kind, row.amount);
                return Ok(Known::note(note));
            }
        }
        Ok(Known::default())
    }

    async fn of_transfer(&self, row: &TransferRow) -> Result<Known, IndexError> {
        if !self.takes_part(row).await? {
            return Ok(Known::note("the transfer is between other participants"));
        }
        let credited = row.exchange.as_ref().map(|exchange| exchange.credited);
        let amounts = || [row.interbank_settlement_amount].into_iter().chain(credited);
        if !amounts().any(|amount| amount.currency == self.account.currency) {
            let amounts: Vec<_> = amounts().map(|amount| amount.to_string()).collect();
            return Ok(Known::note(format!(
                "the transfer is of {}",
                amounts.join(" for ")
            )));
        }
        let because = row.reason.map_or(String::new(), |reason| format!(", {reason}"));
        Ok(Known {
            note: format!(
                "{} on the chain on {}{because}",
                row.status,
                self.day(row.updated_at)
            ),
            ended: is_end(&row.status),
        })
    }

    /// Whether the transfer pays, is paid by or could have paid the participant: also as provider of its quote, and for fees.
    async fn takes_part(&self, row: &TransferRow) -> Result<bool, IndexError> {
        let ours = self.account.participant;
        let provider = row.exchange.as_ref().map(|exchange| exchange.quote.provider);
        if [row.debtor_agent, row.creditor_agent].contains(&ours) || provider == Some(ours) {
            return Ok(true);
        }
        let legs = self.index.legs_of_transfer(row.uetr).await?;
        Ok(legs.iter().any(|leg| leg.participant == ours))
    }

    /// Of the items of that UETR the first that concerns the account.
    async fn of_items(&self, uetr: Uetr) -> Result<Known, IndexError> {
        let mut known = Known::note("there is no such transfer");
        for item in self.index.items_by_uetr(uetr).await? {
            let Some(batch) = self.index.batch_by_id(item.batch).await? else {
                continue;
            };
            let ours = self.account.participant;
            if batch.debtor_agent == ours || item.creditor_agent == Some(ours) {
                return self.of_item(&item, &batch).await;
            }
            known = Known::note("the transfer is between other participants");
        }
        Ok(known)
    }

    async fn of_item(&self, item: &BatchItemRow, batch: &BatchRow) -> Result<Known, IndexError> {
        let name = format!("an item of BATCH-{}-{}", batch.debtor_agent, batch.number);
        if batch.currency != self.account.currency {
            return Ok(Known::note(format!("{name}, which is of {}", batch.currency)));
        }
        if let Some(fault) = &item.fault {
            return Ok(Known {
                note: format!("{name}, left out on the chain, {}", fault.replace('_', " ")),
                ended: true,
            });
        }
        let parts = self.index.batch_parts(batch.id).await?;
        let part = parts
            .iter()
            .find(|part| Some(part.creditor_agent) == item.creditor_agent);
        let Some(part) = part else {
            return Ok(Known::note(name));
        };
        let status = match item.excepted {
            true => "excepted",
            false => part.status.as_str(),
        };
        let window = part
            .window
            .map(|window| format!(", in settlement window {window}"));
        let reason = part.reason.map(|reason| format!(", {reason}"));
        Ok(Known {
            note: format!(
                "{name}, {status} on the chain on {}{}",
                self.day(part.updated_at),
                window.filter(|_| !item.excepted).or(reason).unwrap_or_default()
            ),
            ended: item.excepted || is_end(&part.status),
        })
    }

    fn day(&self, at: Seconds) -> String {
        let date = self.zone.date(at);
        date.map_or(String::new(), |date| date.to_string())
    }
}

fn is_end(status: &str) -> bool {
    matches!(status, "rejected" | "cancelled" | "expired")
}

fn bytes(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

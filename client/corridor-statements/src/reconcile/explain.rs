//! What the index knows of ledger lines that have no entry of the chain within the days.

use super::{Finding, FindingKind, Line, LineStatus, Reconciliation};
use corridor_client::core::{Currency, ParticipantId};
use corridor_indexer::{query::transfers::TransferRow, Index, IndexError};

/// The most lines that are looked up: beyond that something else is wrong.
const MOST: usize = 10_000;

/// Looks every ledger line up that is missing on the chain, and says where it is instead: on another day, in another
/// status, in another currency, or nowhere.
///
/// A line whose transfer came to nothing, and which the ledger knows to have come to nothing, is matched.
///
/// # Errors
/// The database's.
pub async fn explain(index: &Index, result: &mut Reconciliation) -> Result<(), IndexError> {
    let account = result.account;
    let missing = result
        .findings
        .iter_mut()
        .filter(|finding| finding.kind == FindingKind::MissingOnChain);
    for finding in missing.take(MOST) {
        let Some(line) = finding.ledger.clone() else {
            continue;
        };
        let zone = result.period.zone();
        if let Some(uetr) = line.uetr {
            match index.transfer(uetr).await? {
                Some(row) => {
                    let day = zone
                        .date(row.updated_at)
                        .map_or(String::new(), |date| date.to_string());
                    of_transfer(
                        finding,
                        &line,
                        &row,
                        (account.participant, account.currency),
                        &day,
                    );
                }
                None => finding.note = "there is no such transfer".into(),
            }
            continue;
        }
        for reference in line.references.iter().filter_map(|text| bytes(text)) {
            let Some(row) = index.operation(account.participant, reference).await? else {
                continue;
            };
            let day = zone.date(row.at).map_or(String::new(), |date| date.to_string());
            finding.note = format!("the chain has a {} of {} on {day}", row.kind, row.amount);
        }
    }
    Ok(())
}

fn bytes(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

fn of_transfer(
    finding: &mut Finding,
    line: &Line,
    row: &TransferRow,
    (participant, currency): (ParticipantId, Currency),
    day: &str,
) {
    let concerned = row.debtor_agent == participant || row.creditor_agent == participant;
    if !concerned {
        finding.note = "the transfer is between other participants".into();
        return;
    }
    let amount = row.interbank_settlement_amount;
    if amount.currency != currency {
        finding.note = format!("the transfer is of {amount}");
        return;
    }
    let ended = matches!(row.status.as_str(), "rejected" | "cancelled" | "expired");
    finding.note = match &row.reason {
        Some(reason) => format!("{} on the chain on {day}, {reason}", row.status),
        None => format!("{} on the chain on {day}", row.status),
    };
    if !ended {
        return;
    }
    finding.kind = match line.status() {
        LineStatus::Ended => FindingKind::Matched,
        _ => FindingKind::Status,
    };
}

//! A statement as comma-separated values (RFC 4180), for spreadsheets and reconciliation.

use super::ties::signed_decimal;
use super::{Balance, Entry, EntryDetails, EntryStatus, Statement};
use crate::error::{ErrorKind, Iso20022Error};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// The columns. `amount` has a sign; `balance` is the booked balance after the line.
const COLUMNS: [&str; 17] = [
    "statement",
    "account",
    "currency",
    "record",
    "booked_at",
    "value_date",
    "reference",
    "uetr",
    "end_to_end_id",
    "kind",
    "status",
    "debtor_agent",
    "creditor_agent",
    "amount",
    "balance",
    "block_number",
    "block_hash",
];

/// Writes a statement as CSV: a line of column names, the opening balance, the entries, the closing balance.
///
/// Amounts are decimals with a sign, a point and no grouping. A text a spreadsheet would take for a formula has
/// an apostrophe before it.
///
/// # Errors
/// As [`Statement::check`]: a statement that does not tie is not written.
pub fn to_csv(statement: &Statement) -> Result<String> {
    statement.check()?;
    let mut out = String::new();
    line(&mut out, COLUMNS.map(str::to_owned));
    let mut running = None;
    if let Some(opening) = &statement.opening {
        running = opening.signed();
        line(&mut out, balance_line(statement, "opening", opening)?);
    }
    for entry in &statement.entries {
        if entry.status == EntryStatus::Booked {
            running = running.and_then(|balance| balance.checked_add(entry.signed()?));
        }
        line(&mut out, entry_line(statement, entry, running)?);
    }
    if let Some(closing) = &statement.closing {
        line(&mut out, balance_line(statement, "closing", closing)?);
    }
    Ok(out)
}

fn balance_line(statement: &Statement, record: &str, balance: &Balance) -> Result<[String; 17]> {
    let signed = balance.signed().ok_or_else(|| too_large(statement))?;
    let mut fields = common(statement, record);
    fields[4] = balance.at.to_string();
    fields[9] = plain(balance.kind.code());
    fields[14] = signed_decimal(statement.account.currency, signed);
    if let Some(evidence) = statement.evidence.as_ref().filter(|_| record == "closing") {
        fields[15] = evidence.block_number.to_string();
        fields[16] = format!("0x{}", super::evidence::hex(&evidence.block_hash));
    }
    Ok(fields)
}

fn entry_line(statement: &Statement, entry: &Entry, running: Option<i128>) -> Result<[String; 17]> {
    let currency = statement.account.currency;
    let signed = entry.signed().ok_or_else(|| too_large(statement))?;
    let mut fields = common(statement, "entry");
    let text = |text: Option<String>| text.unwrap_or_default();
    fields[4] = text(entry.booked_at.as_ref().map(ToString::to_string));
    fields[5] = text(entry.value_date.as_ref().map(ToString::to_string));
    fields[6] = plain(entry.reference.as_deref().unwrap_or_default());
    fields[9] = plain(&kind_text(entry));
    fields[10] = plain(entry.status.code());
    fields[13] = signed_decimal(currency, signed);
    fields[14] = text(running.map(|balance| signed_decimal(currency, balance)));
    // An entry of several transactions names none of them.
    if let [details] = &entry.details[..] {
        put_details(&mut fields, details);
    }
    Ok(fields)
}

fn put_details(fields: &mut [String; 17], details: &EntryDetails) {
    let agent = |agent: &Option<crate::Agent>| {
        let identifier = agent.as_ref().and_then(|agent| agent.identifiers().first());
        identifier.map(ToString::to_string).unwrap_or_default()
    };
    fields[7] = details.uetr.map(|uetr| uetr.to_string()).unwrap_or_default();
    fields[8] = plain(details.end_to_end_id.as_deref().unwrap_or_default());
    fields[11] = agent(&details.debtor_agent);
    fields[12] = agent(&details.creditor_agent);
    if let Some(evidence) = &details.evidence {
        fields[15] = evidence.block_number.to_string();
        fields[16] = format!("0x{}", super::evidence::hex(&evidence.block_hash));
    }
}

fn common(statement: &Statement, record: &str) -> [String; 17] {
    let mut fields: [String; 17] = Default::default();
    fields[0] = plain(&statement.id);
    fields[1] = plain(statement.account.id.number());
    fields[2] = statement.account.currency.to_string();
    fields[3] = record.to_owned();
    fields
}

/// Corridor's own kind, else the standard's code.
pub(super) fn kind_text(entry: &Entry) -> String {
    if let Some(kind) = entry.code.kind() {
        return kind.name().to_owned();
    }
    match (&entry.code.domain, &entry.code.proprietary) {
        (Some(code), _) => format!("{}/{}/{}", code.domain, code.family, code.sub_family),
        (None, Some(own)) => own.code.clone(),
        (None, None) => String::new(),
    }
}

fn too_large(statement: &Statement) -> Iso20022Error {
    Iso20022Error::new(
        ErrorKind::SumTooLarge,
        format!("statement {}", statement.id),
        None,
    )
}

/// A text of somebody else's that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text.to_owned()
}

fn line(out: &mut String, fields: [String; 17]) {
    let quoted = fields.map(|field| {
        if field.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field
        }
    });
    out.push_str(&quoted.join(","));
    out.push_str("\r\n");
}

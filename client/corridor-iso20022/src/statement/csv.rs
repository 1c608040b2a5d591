//! A statement as comma-separated values (RFC 4180), for spreadsheets and reconciliation.

use super::ties::signed_decimal;
use super::{Balance, Entry, EntryDetails, EntryStatus, Statement};
use crate::error::{ErrorKind, Iso20022Error};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// One line. `amount` and `balance` have a sign; `balance` is the booked balance after the line.
#[derive(Default)]
struct Line {
    statement: String,
    account: String,
    currency: String,
    record: String,
    booked_at: String,
    value_date: String,
    reference: String,
    uetr: String,
    instruction_id: String,
    end_to_end_id: String,
    kind: String,
    status: String,
    debtor_agent: String,
    creditor_agent: String,
    amount: String,
    balance: String,
    block_number: String,
    block_hash: String,
    extrinsic: String,
    batch: String,
}

/// The columns: the fields of a line.
const COLUMNS: [&str; 20] = [
    "statement",
    "account",
    "currency",
    "record",
    "booked_at",
    "value_date",
    "reference",
    "uetr",
    "instruction_id",
    "end_to_end_id",
    "kind",
    "status",
    "debtor_agent",
    "creditor_agent",
    "amount",
    "balance",
    "block_number",
    "block_hash",
    "extrinsic",
    "batch",
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
    put(&mut out, COLUMNS.map(str::to_owned));
    let mut running = None;
    if let Some(opening) = &statement.opening {
        running = opening.signed();
        put(
            &mut out,
            Line::of_balance(statement, "opening", opening)?.fields(),
        );
    }
    for entry in &statement.entries {
        if entry.status == EntryStatus::Booked {
            running = running.and_then(|balance| balance.checked_add(entry.signed()?));
        }
        put(&mut out, Line::of_entry(statement, entry, running)?.fields());
    }
    if let Some(closing) = &statement.closing {
        put(
            &mut out,
            Line::of_balance(statement, "closing", closing)?.fields(),
        );
    }
    Ok(out)
}

impl Line {
    fn of(statement: &Statement, record: &str) -> Self {
        Self {
            statement: plain(&statement.id),
            account: plain(statement.account.id.number()),
            currency: statement.account.currency.to_string(),
            record: record.to_owned(),
            ..Self::default()
        }
    }

    fn of_balance(statement: &Statement, record: &str, balance: &Balance) -> Result<Self> {
        let signed = balance.signed().ok_or_else(|| too_large(statement))?;
        let mut line = Self::of(statement, record);
        line.booked_at = balance.at.to_string();
        line.kind = plain(balance.kind.code());
        line.balance = signed_decimal(statement.account.currency, signed);
        if let Some(state) = statement.evidence.as_ref().filter(|_| record == "closing") {
            line.put_block(state.block_number, &state.block_hash);
        }
        Ok(line)
    }

    fn of_entry(statement: &Statement, entry: &Entry, running: Option<i128>) -> Result<Self> {
        let currency = statement.account.currency;
        let signed = entry.signed().ok_or_else(|| too_large(statement))?;
        let moment =
            |at: &Option<super::DateOrTime>| at.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut line = Self {
            booked_at: moment(&entry.booked_at),
            value_date: moment(&entry.value_date),
            reference: plain(entry.reference.as_deref().unwrap_or_default()),
            kind: plain(&kind_text(entry)),
            status: plain(entry.status.code()),
            amount: signed_decimal(currency, signed),
            balance: running
                .map(|balance| signed_decimal(currency, balance))
                .unwrap_or_default(),
            ..Self::of(statement, "entry")
        };
        // An entry of several transactions names none of them; what the first of a batch is part of, all are.
        match (&entry.batch, &entry.details[..]) {
            (Some(batch), details) => {
                line.batch = plain(batch.reference.as_deref().unwrap_or_default());
                if let [first, ..] = details {
                    line.put_origin(first);
                }
            }
            (None, [details]) => line.put_details(details),
            (None, _) => {}
        }
        Ok(line)
    }

    fn put_details(&mut self, details: &EntryDetails) {
        self.uetr = details.uetr.map(|uetr| uetr.to_string()).unwrap_or_default();
        self.instruction_id = plain(details.instruction_id.as_deref().unwrap_or_default());
        self.end_to_end_id = plain(details.end_to_end_id.as_deref().unwrap_or_default());
        self.put_origin(details);
    }

    /// The agents, and the block.
    fn put_origin(&mut self, details: &EntryDetails) {
        let agent = |agent: &Option<crate::Agent>| {
            let identifier = agent.as_ref().and_then(|agent| agent.identifiers().first());
            identifier.map(ToString::to_string).unwrap_or_default()
        };
        self.debtor_agent = agent(&details.debtor_agent);
        self.creditor_agent = agent(&details.creditor_agent);
        if let Some(block) = &details.evidence {
            self.put_block(block.block_number, &block.block_hash);
            self.extrinsic = block
                .extrinsic_index
                .map_or_else(String::new, |index| index.to_string());
        }
    }

    fn put_block(&mut self, number: u64, hash: &[u8]) {
        self.block_number = number.to_string();
        self.block_hash = format!("0x{}", super::evidence::hex(hash));
    }

    /// In the order of the columns.
    fn fields(self) -> [String; 20] {
        [
            self.statement,
            self.account,
            self.currency,
            self.record,
            self.booked_at,
            self.value_date,
            self.reference,
            self.uetr,
            self.instruction_id,
            self.end_to_end_id,
            self.kind,
            self.status,
            self.debtor_agent,
            self.creditor_agent,
            self.amount,
            self.balance,
            self.block_number,
            self.block_hash,
            self.extrinsic,
            self.batch,
        ]
    }
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

fn put(out: &mut String, fields: [String; 20]) {
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

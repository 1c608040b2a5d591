//! A ledger as comma-separated values. docs/reconciliation.md describes the columns.

use super::{
    line::{plain_reference, Line},
    Ledger, LedgerError, MAX_LINES,
};
use crate::Zone;
use corridor_client::core::{Currency, Money, Uetr};
use corridor_iso20022::{statement::CreditDebit, Date, DateTime};

type Result<T> = std::result::Result<T, LedgerError>;

/// The longest field worth reading, in bytes.
const LONGEST_FIELD: usize = 1_024;

/// Where each column is, `None` for one that is not there.
#[derive(Debug, Default)]
struct Columns {
    record: Option<usize>,
    uetr: Option<usize>,
    references: Vec<usize>,
    amount: Option<usize>,
    side: Option<usize>,
    balance: Option<usize>,
    currency: Option<usize>,
    date: Option<usize>,
    status: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    fn of(names: &csv::StringRecord) -> Result<Self> {
        let mut columns = Self::default();
        for (at, name) in names.iter().enumerate() {
            let name = name.trim().trim_start_matches('\u{feff}').to_ascii_lowercase();
            let place = match name.as_str() {
                "record" => &mut columns.record,
                "uetr" => &mut columns.uetr,
                "amount" => &mut columns.amount,
                "side" => &mut columns.side,
                "balance" => &mut columns.balance,
                "currency" => &mut columns.currency,
                "date" | "booked_at" => &mut columns.date,
                "status" => &mut columns.status,
                "kind" => &mut columns.kind,
                "reference" | "instruction_id" => {
                    columns.references.push(at);
                    continue;
                }
                _ => continue,
            };
            if place.replace(at).is_some() {
                return Err(LedgerError::Columns(format!("there are two columns for {name}")));
            }
        }
        if columns.amount.is_none() {
            return Err(LedgerError::Columns("there is no column amount".into()));
        }
        if columns.uetr.is_none() && columns.references.is_empty() {
            let text = "there is neither a column uetr nor a column reference: entries cannot be told apart";
            return Err(LedgerError::Columns(text.into()));
        }
        Ok(columns)
    }
}

pub(super) fn read(bytes: &[u8], currency: Currency, zone: Zone) -> Result<Ledger> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let columns = Columns::of(reader.headers().map_err(|error| unreadable(&error))?)?;
    let mut ledger = Ledger {
        name: String::new(),
        lines: Vec::new(),
        opening: None,
        closing: None,
        other_currency: 0,
    };
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        if ledger.lines.len() >= MAX_LINES {
            return Err(LedgerError::TooLong);
        }
        let row = Row {
            number: record.position().map_or(0, csv::Position::line),
            record: &record,
            columns: &columns,
            currency,
            zone,
        };
        row.add_to(&mut ledger)?;
    }
    Ok(ledger)
}

fn unreadable(error: &csv::Error) -> LedgerError {
    let line = error.position().map_or(1, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".into(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("it has {len} fields, the first line {expected_len}"),
        _ => "it is no CSV".into(),
    };
    LedgerError::Line { line, reason }
}

/// A line under examination.
struct Row<'a> {
    number: u64,
    record: &'a csv::StringRecord,
    columns: &'a Columns,
    currency: Currency,
    zone: Zone,
}

impl<'a> Row<'a> {
    fn wrong(&self, reason: String) -> LedgerError {
        LedgerError::Line {
            line: self.number,
            reason,
        }
    }

    /// A field; `None` where it is empty. The apostrophe that keeps a spreadsheet from reading a formula is taken off.
    fn field(&self, column: Option<usize>) -> Result<Option<&'a str>> {
        let text = column
            .and_then(|column| self.record.get(column))
            .unwrap_or_default();
        if text.len() > LONGEST_FIELD {
            return Err(self.wrong(format!("a field has more than {LONGEST_FIELD} bytes")));
        }
        let plain = match text.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
            _ => text,
        };
        Ok(Some(plain).filter(|text| !text.is_empty()))
    }

    fn add_to(&self, ledger: &mut Ledger) -> Result<()> {
        if let Some(currency) = self.field(self.columns.currency)? {
            let code = currency.to_ascii_uppercase();
            let code: Option<Currency> = code.parse().ok();
            let code = code.ok_or_else(|| self.wrong(format!("{currency:?} is no currency")))?;
            if code != self.currency {
                ledger.other_currency = ledger.other_currency.saturating_add(1);
                return Ok(());
            }
        }
        match self.field(self.columns.record)?.unwrap_or("entry") {
            "entry" => ledger.lines.push(self.line()?),
            "opening" => self.balance(&mut ledger.opening)?,
            "closing" => self.balance(&mut ledger.closing)?,
            other => {
                let reason = format!("record is {other:?}, not opening, entry or closing");
                return Err(self.wrong(reason));
            }
        }
        Ok(())
    }

    fn balance(&self, of: &mut Option<i128>) -> Result<()> {
        let column = self.columns.balance.or(self.columns.amount);
        let text = self
            .field(column)?
            .ok_or_else(|| self.wrong("the balance is missing".into()))?;
        if of.replace(self.signed(text)?).is_some() {
            return Err(self.wrong("it is the second balance of its kind".into()));
        }
        Ok(())
    }

    fn line(&self) -> Result<Line> {
        let uetr = self
            .field(self.columns.uetr)?
            .map(|text| self.uetr(text))
            .transpose()?;
        let mut references = Vec::new();
        for column in &self.columns.references {
            references.extend(self.field(Some(*column))?.map(plain_reference));
        }
        if uetr.is_none() && references.is_empty() {
            return Err(self.wrong("it has neither a uetr nor a reference".into()));
        }
        let status = self.field(self.columns.status)?.map(|text| {
            let unknown = |_| {
                let reason = format!(
                    "status is {text:?}, not booked, pending, information, rejected, cancelled or expired"
                );
                self.wrong(reason)
            };
            text.parse().map_err(unknown)
        });
        Ok(Line {
            place: format!("line {}", self.number),
            uetr,
            references,
            amount: self.amount()?,
            status: status.transpose()?,
            date: self.date()?,
            kind: self.field(self.columns.kind)?.unwrap_or_default().to_owned(),
            extrinsic: None,
        })
    }

    fn uetr(&self, text: &str) -> Result<Uetr> {
        let uetr = text.to_ascii_lowercase().parse();
        uetr.map_err(|_| self.wrong(format!("uetr is {text:?}, which is no UUID")))
    }

    /// The amount with its sign: its own, or that of the column `side`.
    fn amount(&self) -> Result<i128> {
        let text = self.field(self.columns.amount)?;
        let text = text.ok_or_else(|| self.wrong("the amount is missing".into()))?;
        let signed = self.signed(text)?;
        let Some(side) = self.field(self.columns.side)? else {
            return Ok(signed);
        };
        let side = match side.to_ascii_uppercase().as_str() {
            "CRDT" | "CREDIT" | "CR" | "C" => CreditDebit::Credit,
            "DBIT" | "DEBIT" | "DR" | "D" => CreditDebit::Debit,
            _ => return Err(self.wrong(format!("side is {side:?}, not CRDT or DBIT"))),
        };
        if signed < 0 {
            return Err(self.wrong("an amount with a side has no sign".into()));
        }
        let amount = Money::new(self.currency, signed.unsigned_abs());
        side.signed(&amount)
            .ok_or_else(|| self.wrong("the amount is too large".into()))
    }

    fn signed(&self, text: &str) -> Result<i128> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let wrong = || {
            let currency = self.currency;
            self.wrong(format!(
                "{text:?} is no amount of {currency}: digits, a point and its decimals"
            ))
        };
        let money = Money::parse_decimal(self.currency, digits).map_err(|_| wrong())?;
        let units = i128::try_from(money.minor_units).map_err(|_| wrong())?;
        Ok(if negative { units.saturating_neg() } else { units })
    }

    fn date(&self) -> Result<Option<Date>> {
        let Some(text) = self.field(self.columns.date)? else {
            return Ok(None);
        };
        if let Ok(date) = text.parse::<Date>() {
            return Ok(Some(date));
        }
        let time = text.replacen(' ', "T", 1).parse::<DateTime>().ok();
        let date = time.and_then(|time| self.zone.day_of(&time));
        let date = date.ok_or_else(|| {
            self.wrong(format!(
                "{text:?} is no date: 2026-11-24, or a time such as 2026-11-24T09:30:00+08:00"
            ))
        })?;
        Ok(Some(date))
    }
}

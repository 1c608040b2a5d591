//! A statement as comma-separated values.

use super::{
    claimed::{bytes, none, signed_units, tie, Claimed, ClaimedBlock, Unreadable},
    time,
};
use corridor_client::core::Currency;
use corridor_iso20022::{statement::EntryStatus, BookAccount};
use serde::Deserialize;

/// How every such file begins.
const FIRST_COLUMNS: &[u8] = b"statement,account,currency,record,";

/// The columns that count here.
#[derive(Debug, Deserialize)]
struct Line {
    account: String,
    currency: String,
    record: String,
    booked_at: String,
    status: String,
    amount: String,
    balance: String,
    block_number: String,
    block_hash: String,
}

pub(super) fn is_statement(bytes: &[u8]) -> bool {
    bytes.starts_with(FIRST_COLUMNS)
}

pub(super) fn read(file: &[u8]) -> Result<Claimed, Unreadable> {
    let mut reader = csv::Reader::from_reader(file);
    let lines = reader.deserialize().collect::<Result<Vec<Line>, _>>();
    let lines = lines.map_err(|error| Unreadable::Statement(error.to_string()))?;
    let of = |record: &str| {
        let mut found = lines.iter().filter(|line| line.record == record);
        match (found.next(), found.next()) {
            (Some(line), None) => Ok(line),
            _ => Err(none("it has not one opening and one closing balance")),
        }
    };
    let (opening, last) = (of("opening")?, of("closing")?);
    let account: BookAccount = last.account.parse().map_err(|_| none("its account is another"))?;
    let currency: Currency = last.currency.parse().map_err(|_| none("its currency is none"))?;
    let same = |line: &&Line| line.account == last.account && line.currency == last.currency;
    if account.currency != currency || !lines.iter().all(|line| same(&line)) {
        return Err(none("its lines are of several accounts"));
    }
    let booked = lines
        .iter()
        .filter(|line| line.record == "entry" && line.status == EntryStatus::Booked.code());
    let entries = booked.map(|line| signed_units(currency, &line.amount));
    let closing = signed_units(currency, &last.balance)?;
    tie(
        signed_units(currency, &opening.balance)?,
        &entries.collect::<Result<Vec<_>, _>>()?,
        closing,
    )?;
    Ok(Claimed {
        account,
        owner: None,
        moments: time::moments(
            None,
            &time::read(&opening.booked_at)?,
            &time::read(&last.booked_at)?,
        )?,
        closing,
        further: Vec::new(),
        block: ClaimedBlock {
            number: last.block_number.parse().map_err(|_| none("it names no block"))?,
            hash: bytes(&last.block_hash)?,
            genesis: None,
            contract: None,
        },
    })
}

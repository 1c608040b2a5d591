//! A ledger as camt.053.

use super::{chain, Ledger, LedgerError};
use crate::Zone;
use corridor_client::core::Currency;
use corridor_iso20022::{camt053, statement::Balance, Limits};

pub(super) fn read(bytes: &[u8], currency: Currency, zone: Zone) -> Result<Ledger, LedgerError> {
    // A file of one's own bank, as long as a ledger may be.
    let limits = Limits {
        bytes: 512 * 1024 * 1024,
        transactions: super::MAX_LINES,
        ..Limits::default()
    };
    let message = camt053::read(bytes, &limits)?;
    let all = message.statements.len();
    let mut statements: Vec<_> = message.statements.into_iter().collect();
    statements.retain(|statement| statement.account.currency == currency);
    let found = statements.len();
    let (Some(statement), 1) = (statements.pop(), found) else {
        return Err(LedgerError::Statements { found, currency });
    };
    let entries = statement.entries.iter().enumerate();
    let lines = entries.filter_map(|(at, entry)| {
        let mut line = chain::line(entry, at, zone)?;
        line.place = format!("entry {}", at.saturating_add(1));
        Some(line)
    });
    Ok(Ledger {
        name: String::new(),
        lines: lines.collect(),
        opening: statement.opening.as_ref().and_then(Balance::signed),
        closing: statement.closing.as_ref().and_then(Balance::signed),
        other_currency: all.saturating_sub(found),
    })
}

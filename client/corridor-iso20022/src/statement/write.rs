//! Writing statements.

use super::message::{Balances, Kind};
use super::{summary, Statement, StatementMessage};
use crate::document;
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::{MAX_35, MAX_500, MAX_70};
use crate::xml::writer::Writer;

type Result<T> = std::result::Result<T, Iso20022Error>;

pub(crate) fn write(message: &StatementMessage, kind: &Kind) -> Result<String> {
    let header = message.business_header.as_ref();
    document::write(&kind.shape, message.version, header, |writer| {
        writer.element("GrpHdr", |writer| {
            writer.text("MsgId", &message.message_id, MAX_35)?;
            writer.value("CreDtTm", &message.created_at);
            Ok(())
        })?;
        if message.statements.is_empty() {
            return Err(writer.error(kind.group.name, ErrorKind::MissingElement));
        }
        let mut statements = message.statements.iter();
        statements.try_for_each(|statement| {
            writer.element(kind.group.name, |writer| write_statement(statement, kind, writer))
        })
    })
}

fn write_statement(statement: &Statement, kind: &Kind, writer: &mut Writer) -> Result<()> {
    statement.ties().map_err(|fault| writer.error("Bal", fault))?;
    writer.text("Id", &statement.id, MAX_35)?;
    if let Some(number) = statement.sequence_number {
        writer.number("ElctrncSeqNb", number)?;
    }
    writer.optional_value("CreDtTm", statement.created_at.as_ref());
    if let Some(period) = &statement.period {
        writer.element("FrToDt", |writer| {
            writer.value("FrDtTm", &period.from);
            writer.value("ToDtTm", &period.to);
            Ok(())
        })?;
    }
    write_account(statement, writer)?;
    write_balances(statement, kind, writer)?;
    summary::write(statement, writer)?;
    for (position, entry) in statement.entries.iter().enumerate() {
        let end_to_end_id = entry.details.first().and_then(|one| one.end_to_end_id.as_deref());
        writer
            .element("Ntry", |writer| entry.write(writer))
            .map_err(|error| error.in_transaction(position.saturating_add(1), end_to_end_id))?;
    }
    writer.optional_text(kind.additional, additional(statement).as_deref(), MAX_500)
}

fn write_account(statement: &Statement, writer: &mut Writer) -> Result<()> {
    let account = &statement.account;
    writer.element("Acct", |writer| {
        account.id.write_id(writer)?;
        writer.value("Ccy", account.currency);
        writer.optional_text("Nm", account.name.as_deref(), MAX_70)?;
        if let Some(owner) = &account.owner {
            owner.write_party(writer, "Ownr")?;
        }
        match &account.servicer {
            Some(servicer) => servicer.write(writer, "Svcr"),
            None => Ok(()),
        }
    })
}

/// The opening and the closing balance are told from others by their kinds alone, when read.
fn write_balances(statement: &Statement, kind: &Kind, writer: &mut Writer) -> Result<()> {
    let (opening, closing) = (&statement.opening, &statement.closing);
    let further = &statement.further_balances;
    let any = opening.is_some() || closing.is_some() || !further.is_empty();
    match kind.balances {
        Balances::None if any => return Err(writer.error("Bal", ErrorKind::UnexpectedElement)),
        Balances::Required if opening.is_none() || closing.is_none() => {
            return Err(writer.error("Bal", ErrorKind::MissingElement));
        }
        _ => {}
    }
    let wrong = |found: &super::Balance, expected| ErrorKind::InvalidValue {
        found: found.kind.code().to_owned(),
        expected,
    };
    let balances = opening.iter().chain(closing).chain(further);
    for (balance, fits, expected) in [
        (
            opening,
            super::BalanceKind::opens as fn(&_) -> bool,
            "OPBD or PRCD",
        ),
        (closing, super::BalanceKind::closes, "CLBD or ITBD"),
    ] {
        if let Some(balance) = balance.as_ref().filter(|balance| !fits(&balance.kind)) {
            return Err(writer.error("Bal/Tp", wrong(balance, expected)));
        }
    }
    let hidden = further.iter().find(|balance| {
        (opening.is_none() && balance.kind.opens()) || (closing.is_none() && balance.kind.closes())
    });
    if let Some(hidden) = hidden {
        let expected = "a further balance: give it as the opening or the closing one";
        return Err(writer.error("Bal/Tp", wrong(hidden, expected)));
    }
    for balance in balances {
        balance.write(writer)?;
    }
    Ok(())
}

/// The evidence and the text behind it, in one.
fn additional(statement: &Statement) -> Option<String> {
    match (&statement.evidence, &statement.additional) {
        (Some(evidence), Some(text)) => Some(format!("{evidence} {text}")),
        (Some(evidence), None) => Some(evidence.to_string()),
        (None, text) => text.clone(),
    }
}

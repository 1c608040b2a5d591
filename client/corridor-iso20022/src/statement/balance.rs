//! Balances, and the sign of amounts.

use super::schema::BALANCE;
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use crate::{Date, DateTime};
use corridor_core::Money;
use std::fmt;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Which side of the account (`CreditDebitCode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreditDebit {
    /// `CRDT`: in the owner's favour.
    Credit,
    /// `DBIT`: against the owner.
    Debit,
}

impl CreditDebit {
    /// The ISO 20022 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Credit => "CRDT",
            Self::Debit => "DBIT",
        }
    }

    /// The side of a signed number of minor units; zero is a credit.
    #[must_use]
    pub fn of(signed: i128) -> Self {
        if signed < 0 {
            Self::Debit
        } else {
            Self::Credit
        }
    }

    /// The amount with its sign, in minor units; `None` past 127 bits.
    #[must_use]
    pub fn signed(self, amount: &Money) -> Option<i128> {
        let units = i128::try_from(amount.minor_units).ok()?;
        match self {
            Self::Credit => Some(units),
            Self::Debit => units.checked_neg(),
        }
    }

    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        match node.text(4)? {
            "CRDT" => Ok(Self::Credit),
            "DBIT" => Ok(Self::Debit),
            other => Err(node.invalid(other, "CRDT or DBIT")),
        }
    }
}

/// `DateAndDateTime2Choice`: a day, or a moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DateOrTime {
    /// `Dt`.
    Date(Date),
    /// `DtTm`.
    Time(DateTime),
}

impl DateOrTime {
    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        match (node.optional("Dt")?, node.optional("DtTm")?) {
            (Some(date), None) => date.date().map(Self::Date),
            (None, Some(time)) => time.date_time().map(Self::Time),
            (None, None) => Err(node.missing("Dt")),
            (Some(_), Some(time)) => Err(time.error(ErrorKind::UnexpectedElement)),
        }
    }

    pub(super) fn write(&self, name: &'static str, writer: &mut Writer) -> Result<()> {
        writer.element(name, |writer| {
            match self {
                Self::Date(date) => writer.value("Dt", date),
                Self::Time(time) => writer.value("DtTm", time),
            }
            Ok(())
        })
    }
}

impl fmt::Display for DateOrTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Time(time) => time.fmt(f),
        }
    }
}

/// What a balance is of (`ExternalBalanceType1Code`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BalanceKind {
    /// `OPBD`: booked, at the beginning.
    OpeningBooked,
    /// `CLBD`: booked, at the end of a finished day.
    ClosingBooked,
    /// `ITBD`: booked, so far.
    InterimBooked,
    /// `PRCD`: booked, at the end of the statement before.
    PreviouslyClosedBooked,
    /// `CLAV`: at the owner's disposal, at the end of a finished day.
    ClosingAvailable,
    /// `ITAV`: at the owner's disposal, so far.
    InterimAvailable,
    /// Another code of the list, one to four characters.
    Other(String),
    /// `Prtry`: a word of the sender's own, at most 35 characters.
    Proprietary(String),
}

impl BalanceKind {
    /// The code, or the sender's own word.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::OpeningBooked => "OPBD",
            Self::ClosingBooked => "CLBD",
            Self::InterimBooked => "ITBD",
            Self::PreviouslyClosedBooked => "PRCD",
            Self::ClosingAvailable => "CLAV",
            Self::InterimAvailable => "ITAV",
            Self::Other(code) | Self::Proprietary(code) => code,
        }
    }

    /// The kind of a code, known or not.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        [
            Self::OpeningBooked,
            Self::ClosingBooked,
            Self::InterimBooked,
            Self::PreviouslyClosedBooked,
            Self::ClosingAvailable,
            Self::InterimAvailable,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
        .unwrap_or_else(|| Self::Other(code.to_owned()))
    }

    /// Whether a statement begins with it.
    pub(super) fn opens(&self) -> bool {
        matches!(self, Self::OpeningBooked | Self::PreviouslyClosedBooked)
    }

    /// Whether a statement ends with it.
    pub(super) fn closes(&self) -> bool {
        matches!(self, Self::ClosingBooked | Self::InterimBooked)
    }
}

/// `Bal`: a balance at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// `Tp/CdOrPrtry`.
    pub kind: BalanceKind,
    /// `Amt`, without sign.
    pub amount: Money,
    /// `CdtDbtInd`: a debit balance is one the owner owes.
    pub side: CreditDebit,
    /// `Dt`.
    pub at: DateOrTime,
}

impl Balance {
    /// The balance with its sign, in minor units; `None` past 127 bits.
    #[must_use]
    pub fn signed(&self) -> Option<i128> {
        self.side.signed(&self.amount)
    }

    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        node.check(BALANCE)?;
        let choice = node.required("Tp")?.required("CdOrPrtry")?;
        let kind = match choice.optional_text("Cd", 4)? {
            Some(code) => BalanceKind::from_code(&code),
            None => BalanceKind::Proprietary(choice.required_text("Prtry", MAX_35)?),
        };
        Ok(Self {
            kind,
            amount: node.required("Amt")?.money()?,
            side: CreditDebit::read(node.required("CdtDbtInd")?)?,
            at: DateOrTime::read(node.required("Dt")?)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<()> {
        writer.element("Bal", |writer| {
            writer.element("Tp", |writer| {
                writer.element("CdOrPrtry", |writer| match &self.kind {
                    BalanceKind::Proprietary(text) => writer.text("Prtry", text, MAX_35),
                    kind => writer.text("Cd", kind.code(), 4),
                })
            })?;
            writer.amount("Amt", &self.amount)?;
            writer.value("CdtDbtInd", self.side.code());
            self.at.write("Dt", writer)
        })
    }
}

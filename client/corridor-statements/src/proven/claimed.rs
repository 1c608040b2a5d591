//! What a written statement says about its end.

use super::time::moments;
use corridor_client::core::{AgentId, Currency, Money, Seconds};
use corridor_iso20022::{
    statement::{CreditDebit, Statement},
    Book, BookAccount, Iso20022Error,
};
use std::ops::Range;

/// Not a statement whose end can be proven.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The message cannot be read, or does not tie.
    #[error(transparent)]
    Message(#[from] Iso20022Error),
    /// The file is none.
    #[error("the file is no statement of an account with Corridor: {0}")]
    Statement(String),
    /// It does not add up.
    #[error(
        "opening balance and booked entries come to {sum}, the closing balance is {closing} minor units"
    )]
    DoesNotTie {
        /// What they come to, in minor units.
        sum: i128,
        /// What is stated, in minor units.
        closing: i128,
    },
}

/// The block a statement says it was read at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimedBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// The hash of the chain's first block, where it is stated.
    pub genesis: Option<[u8; 32]>,
    /// The settlement contract, where it is stated.
    pub contract: Option<[u8; 20]>,
}

/// What a statement says about its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Which account.
    pub account: BookAccount,
    /// The identifiers of the account's owner, where it is stated.
    pub owner: Option<Vec<AgentId>>,
    /// The moments at which the end may be, by everything that is stated of the time.
    pub moments: Range<Seconds>,
    /// The closing booked balance, in minor units.
    pub closing: i128,
    /// The further closing balances by their codes or words, in minor units.
    pub further: Vec<(String, i128)>,
    /// The block that is the end.
    pub block: ClaimedBlock,
}

impl Claimed {
    /// Of a statement that was drawn up or read: it ties already.
    ///
    /// # Errors
    /// [`Unreadable::Statement`] without balances or a block, or of an account elsewhere.
    pub fn of(statement: &Statement) -> Result<Self, Unreadable> {
        let (Some(opening), Some(last)) = (&statement.opening, &statement.closing) else {
            return Err(none("it has no opening and closing balance"));
        };
        let state = statement.evidence.as_ref();
        let further = statement.further_balances.iter().map(|balance| {
            let signed = balance.signed()?;
            Some((balance.kind.code().to_owned(), signed))
        });
        Ok(Self {
            account: BookAccount::of(&statement.account.id).ok_or_else(|| none("its account is another"))?,
            owner: statement
                .account
                .owner
                .as_ref()
                .map(|owner| owner.identifiers().to_vec()),
            moments: moments(statement.period.as_ref(), &opening.at, &last.at)?,
            closing: last.signed().ok_or_else(beyond)?,
            further: further.collect::<Option<_>>().ok_or_else(beyond)?,
            block: state
                .map(|state| ClaimedBlock {
                    number: state.block_number,
                    hash: state.block_hash,
                    genesis: Some(state.genesis_hash),
                    contract: Some(state.contract),
                })
                .ok_or_else(|| none("it names no block"))?,
        })
    }

    /// What the account is, in words.
    pub(super) fn words(&self) -> &'static str {
        match self.account.book {
            Book::Escrow => "available and reserved",
            Book::Collateral => "collateral",
        }
    }
}

fn beyond() -> Unreadable {
    none("a balance is beyond what can be counted")
}

pub(super) fn none(why: &str) -> Unreadable {
    Unreadable::Statement(why.into())
}

/// An amount without sign, as statements write it.
pub(super) fn units(currency: Currency, text: &str) -> Result<i128, Unreadable> {
    let units = match currency.exponent() {
        Some(_) => Money::parse_decimal(currency, text)
            .ok()
            .map(|money| money.minor_units),
        // Without a known minor unit amounts are written in minor units.
        None => text.parse::<u128>().ok(),
    };
    let units = units.and_then(|units| i128::try_from(units).ok());
    units.ok_or_else(|| Unreadable::Statement(format!("{text:?} is no amount of {currency}")))
}

/// The same with a minus sign before it, or none.
pub(super) fn signed_units(currency: Currency, text: &str) -> Result<i128, Unreadable> {
    match text.strip_prefix('-') {
        Some(digits) => Ok(units(currency, digits)?.saturating_neg()),
        None => units(currency, text),
    }
}

/// An amount and its side.
pub(super) fn with_side(currency: Currency, text: &str, side: &str) -> Result<i128, Unreadable> {
    let units = units(currency, text)?;
    match side {
        _ if side == CreditDebit::Credit.code() => Ok(units),
        _ if side == CreditDebit::Debit.code() => Ok(units.saturating_neg()),
        other => Err(Unreadable::Statement(format!(
            "{other:?} is neither CRDT nor DBIT"
        ))),
    }
}

/// [`Unreadable::DoesNotTie`] unless the parts add up.
pub(super) fn tie(opening: i128, entries: &[i128], closing: i128) -> Result<(), Unreadable> {
    let sum = entries
        .iter()
        .try_fold(opening, |sum, entry| sum.checked_add(*entry));
    let sum = sum.ok_or_else(|| none("the entries come to more than can be counted"))?;
    match sum == closing {
        true => Ok(()),
        false => Err(Unreadable::DoesNotTie { sum, closing }),
    }
}

/// `0x` and hexadecimal digits of exactly that many bytes.
pub(super) fn bytes<const N: usize>(text: &str) -> Result<[u8; N], Unreadable> {
    let mut bytes = [0; N];
    let decoded = text
        .strip_prefix("0x")
        .map(|digits| hex::decode_to_slice(digits, &mut bytes));
    match decoded {
        Some(Ok(())) => Ok(bytes),
        _ => Err(Unreadable::Statement(format!("{text:?} is no hash or address"))),
    }
}

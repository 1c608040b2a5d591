//! Accounts participants hold with Corridor, as messages number them.

use crate::Account;
use corridor_core::{Currency, ParticipantId};
use std::fmt;
use std::str::FromStr;

/// Which book of a participant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Book {
    /// Money to settle with: available and reserved.
    Escrow,
    /// Money pledged to cover what is owed in net settlement.
    Collateral,
}

impl Book {
    fn name(self) -> &'static str {
        match self {
            Self::Escrow => "ESCROW",
            Self::Collateral => "COLLATERAL",
        }
    }
}

/// An account with the settlement contract, written `ESCROW-1-CNY`: the book, the participant's number in the
/// contract, the currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BookAccount {
    /// Which book.
    pub book: Book,
    /// Whose.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
}

impl BookAccount {
    /// The account as messages carry it.
    #[must_use]
    pub fn account(&self) -> Account {
        Account::Other(self.to_string())
    }

    /// The account a message means, if it is one with Corridor.
    #[must_use]
    pub fn of(account: &Account) -> Option<Self> {
        match account {
            Account::Other(number) => number.parse().ok(),
            Account::Iban(_) => None,
        }
    }

    /// Checks that an element of a message names this account.
    ///
    /// # Errors
    /// [`WrongAccount`] where it names another one, or is absent.
    pub(crate) fn check(self, element: &'static str, found: Option<&Account>) -> Result<(), WrongAccount> {
        if found.and_then(Self::of) == Some(self) {
            return Ok(());
        }
        Err(WrongAccount {
            element,
            found: found.map_or_else(|| "absent".to_owned(), |account| account.number().to_owned()),
            expected: self,
        })
    }
}

/// A message names another account than the one it should move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{element} is {found}, and should be {expected}")]
pub struct WrongAccount {
    /// The element.
    pub element: &'static str,
    /// What it says, or that it is absent.
    pub found: String,
    /// The account it should name.
    pub expected: BookAccount,
}

impl fmt::Display for BookAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.book.name(), self.participant, self.currency)
    }
}

/// The text is not such an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account with Corridor is written ESCROW-1-CNY or COLLATERAL-1-CNY: book, participant, currency")]
pub struct InvalidBookAccount;

impl FromStr for BookAccount {
    type Err = InvalidBookAccount;

    fn from_str(text: &str) -> Result<Self, InvalidBookAccount> {
        let mut parts = text.split('-');
        let (Some(book), Some(participant), Some(currency), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidBookAccount);
        };
        let book = [Book::Escrow, Book::Collateral]
            .into_iter()
            .find(|known| known.name() == book)
            .ok_or(InvalidBookAccount)?;
        let account = Self {
            book,
            participant: ParticipantId(participant.parse().map_err(|_| InvalidBookAccount)?),
            currency: currency.parse().map_err(|_| InvalidBookAccount)?,
        };
        // One account, one number: no leading zeros, no sign.
        if account.to_string() == text {
            Ok(account)
        } else {
            Err(InvalidBookAccount)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_number() {
        let account = BookAccount {
            book: Book::Collateral,
            participant: ParticipantId(12),
            currency: Currency::CNY,
        };
        assert_eq!(account.to_string(), "COLLATERAL-12-CNY");
        assert_eq!(BookAccount::of(&account.account()), Some(account));
        for text in [
            "",
            "ESCROW-1",
            "ESCROW-01-CNY",
            "ESCROW-+1-CNY",
            "escrow-1-CNY",
            "ESCROW-1-CNY-",
            "ESCROW-70000-CNY",
        ] {
            assert_eq!(text.parse::<BookAccount>(), Err(InvalidBookAccount), "{text}");
        }
    }
}

//! Accounts of debtors and creditors.

use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_140;
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use std::fmt;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// ISO 20022 `Max34Text`, the length of account numbers.
const MAX_34: usize = 34;

/// An account (`CashAccount/Id`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// `IBAN`: an international account number with valid check digits, without spaces.
    Iban(String),
    /// `Othr/Id`: any other account number.
    Other(String),
}

impl Account {
    /// The number, whichever kind it is.
    #[must_use]
    pub fn number(&self) -> &str {
        match self {
            Self::Iban(number) | Self::Other(number) => number,
        }
    }

    /// Reads what stands in an element such as `CdtrAcct`.
    ///
    /// From 2021 on an account may be given by proxy (`Prxy`) alone; then there is no number.
    pub(crate) fn read(node: Node<'_>) -> Result<Option<Self>> {
        let Some(id) = node.optional("Id")? else {
            return match node.optional("Prxy")? {
                Some(_) => Ok(None),
                None => Err(node.missing("Id")),
            };
        };
        match (id.optional("IBAN")?, id.optional("Othr")?) {
            (Some(iban), None) => {
                let number = iban.text(MAX_140)?;
                if !is_iban(number) {
                    return Err(iban.invalid(number, "an IBAN with valid check digits"));
                }
                Ok(Some(Self::Iban(number.to_owned())))
            }
            (None, Some(other)) => Ok(Some(Self::Other(other.required_text("Id", MAX_34)?))),
            (None, None) => Err(id.missing("IBAN")),
            (Some(_), Some(other)) => Err(other.error(ErrorKind::UnexpectedElement)),
        }
    }

    /// Writes the element `name`.
    pub(crate) fn write(&self, writer: &mut Writer, name: &'static str) -> Result<()> {
        writer.element(name, |writer| self.write_id(writer))
    }

    /// Writes the element `Id`.
    pub(crate) fn write_id(&self, writer: &mut Writer) -> Result<()> {
        writer.element("Id", |writer| match self {
            Self::Iban(number) if is_iban(number) => writer.text("IBAN", number, MAX_34),
            Self::Iban(number) => {
                let found = number.clone();
                let expected = "an IBAN with valid check digits";
                Err(writer.error("IBAN", ErrorKind::InvalidValue { found, expected }))
            }
            Self::Other(number) => writer.element("Othr", |writer| writer.text("Id", number, MAX_34)),
        })
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())
    }
}

/// `[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}` with an ISO 7064 MOD 97-10 remainder of 1; check digits are 02 to 98.
fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(head), Some(tail)) = (bytes.get(..4), bytes.get(4..)) else {
        return false;
    };
    let country = head.iter().take(2).all(u8::is_ascii_uppercase);
    let check = text.get(2..4).unwrap_or_default();
    let check = check.bytes().all(|byte| byte.is_ascii_digit()) && ("02"..="98").contains(&check);
    if !country || !check || !(1..=30).contains(&tail.len()) {
        return false;
    }
    let remainder = tail.iter().chain(head).try_fold(0u32, |remainder, byte| {
        let value = char::from(*byte).to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        Some((remainder * shift + value) % 97)
    });
    remainder == Some(1)
}

#[cfg(test)]
mod tests {
    use super::is_iban;

    #[test]
    fn check_digits_of_ibans_are_checked() {
        for iban in [
            "GB82WEST12345698765432",
            "DE89370400440532013000",
            "FR1420041010050500013M02606",
        ] {
            assert!(is_iban(iban), "{iban}");
        }
        for text in [
            "",
            "GB8",
            "GB82",
            "GB82WEST12345698765433",
            "gb82WEST12345698765432",
            "DE89 3704",
            "DE8é370400",
        ] {
            assert!(!is_iban(text), "{text}");
        }
    }
}

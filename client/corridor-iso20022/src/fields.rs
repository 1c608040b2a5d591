//! Values that occur in every message: texts, dates, amounts, codes.

use crate::error::{ErrorKind, Iso20022Error};
use crate::xml::tree::Node;
use crate::{Date, DateTime, Decimal};
use corridor_core::{ChargeBearer, Currency, Money, Uetr};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// ISO 20022 `Max35Text`, the length of identifications.
pub(crate) const MAX_35: usize = 35;
/// ISO 20022 `Max70Text`, the length of an account's name.
pub(crate) const MAX_70: usize = 70;
/// ISO 20022 `Max105Text`, a line of additional status information.
pub(crate) const MAX_105: usize = 105;
/// ISO 20022 `Max140Text`, the length of names and remittance lines.
pub(crate) const MAX_140: usize = 140;
/// ISO 20022 `Max500Text`, additional information about a statement or an entry.
pub(crate) const MAX_500: usize = 500;

impl<'t> Node<'t> {
    /// The text of an element without children: 1 to `max` characters, not only spaces.
    pub fn text(self, max: usize) -> Result<&'t str> {
        if let Some(child) = self.children().next() {
            return Err(child.error(ErrorKind::UnexpectedElement));
        }
        let text = self.raw_text();
        if text.trim().is_empty() {
            return Err(self.error(ErrorKind::EmptyText));
        }
        let found = text.chars().count();
        if found > max {
            return Err(self.error(ErrorKind::TextTooLong { found, max }));
        }
        Ok(text)
    }

    /// A required child's text.
    pub fn required_text(self, name: &'static str, max: usize) -> Result<String> {
        self.required(name)?.text(max).map(str::to_owned)
    }

    /// An optional child's text.
    pub fn optional_text(self, name: &'static str, max: usize) -> Result<Option<String>> {
        let child = self.optional(name)?;
        child.map(|child| child.text(max).map(str::to_owned)).transpose()
    }

    /// An optional child, read by `read`.
    pub fn optional_with<T>(
        self,
        name: &'static str,
        read: impl FnOnce(Node<'t>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.optional(name)?.map(read).transpose()
    }

    /// A value whose surrounding spaces XML Schema drops, read by `parse`.
    fn value<T>(self, expected: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        let text = self.text(MAX_140)?.trim();
        parse(text).ok_or_else(|| self.invalid(text, expected))
    }

    pub fn invalid(self, text: &str, expected: &'static str) -> Iso20022Error {
        let found = text.to_owned();
        self.error(ErrorKind::InvalidValue { found, expected })
    }

    /// `ISODate`.
    pub fn date(self) -> Result<Date> {
        self.value("a date such as 2026-11-24", |text| text.parse().ok())
    }

    /// `ISODateTime`.
    pub fn date_time(self) -> Result<DateTime> {
        self.value("a time such as 2026-11-24T09:30:00+08:00", |text| {
            text.parse().ok()
        })
    }

    /// `DecimalNumber`, not negative.
    pub fn decimal(self) -> Result<Decimal> {
        self.value(
            "a decimal number of at most 18 digits, such as 1250.50",
            Decimal::parse,
        )
    }

    /// `Max15NumericText`.
    pub fn count(self) -> Result<u64> {
        let text = self.text(15)?;
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let count = plain.then(|| text.parse().ok()).flatten();
        count.ok_or_else(|| self.invalid(text, "a number of at most 15 digits"))
    }

    /// `Number`, as far as it counts something: whole, not negative, at most 18 digits.
    pub fn number(self) -> Result<u64> {
        self.value("a whole number of at most 18 digits", |text| {
            let plain = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        })
    }

    /// `TrueFalseIndicator`, `YesNoIndicator`.
    pub fn indicator(self) -> Result<bool> {
        self.value("true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    /// `ActiveOrHistoricCurrencyCode`.
    pub fn currency(self) -> Result<Currency> {
        let text = self.text(MAX_35)?;
        text.parse().map_err(|reason| {
            let found = text.to_owned();
            self.error(ErrorKind::InvalidCurrency { found, reason })
        })
    }

    /// `UUIDv4Identifier`.
    pub fn uetr(self) -> Result<Uetr> {
        let text = self.text(MAX_140)?;
        text.parse().map_err(|reason| {
            self.error(ErrorKind::InvalidUetr {
                found: text.to_owned(),
                reason,
            })
        })
    }

    /// `ChargeBearerType1Code`.
    pub fn charge_bearer(self) -> Result<ChargeBearer> {
        let text = self.text(MAX_140)?;
        text.parse().map_err(|reason| {
            self.error(ErrorKind::InvalidChargeBearer {
                found: text.to_owned(),
                reason,
            })
        })
    }

    /// `ActiveCurrencyAndAmount`, held to the exponent of its currency.
    pub fn money(self) -> Result<Money> {
        let attribute = self.attributes().iter().find(|(name, _)| name == "Ccy");
        let Some((_, code)) = attribute else {
            return Err(self.error(ErrorKind::MissingAttribute { name: "Ccy" }));
        };
        let currency: Currency = code.parse().map_err(|reason| {
            let found = code.chars().take(MAX_35).collect();
            self.error(ErrorKind::InvalidCurrency { found, reason })
        })?;
        let text = self.text(MAX_140)?.trim();
        Money::parse_decimal(currency, text).map_err(|reason| {
            self.error(ErrorKind::InvalidAmount {
                found: text.to_owned(),
                currency: currency.to_string(),
                reason,
            })
        })
    }

    /// An amount that moves: above zero.
    pub fn money_to_settle(self) -> Result<Money> {
        let amount = self.money()?;
        if amount.minor_units == 0 {
            return Err(self.error(ErrorKind::ZeroAmount));
        }
        Ok(amount)
    }
}

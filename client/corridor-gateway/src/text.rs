//! Values that JSON carries as texts: amounts, identities, codes. No number of JSON ever holds money.

use corridor_client::core::{ChargeBearer, Currency, Money, Reference};
use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

/// A value written and read by its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<T>(pub T);

impl<T: fmt::Display> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

/// An amount with its currency. Both texts: no program that reads them can lose a digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(as = Amount, value_type = AmountFields)]
pub struct Amount(pub Money);

/// An amount.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmountFields {
    /// ISO 4217 code.
    #[schema(example = "CNY", pattern = "^[A-Z]{3}$")]
    currency: String,
    /// The amount as a decimal with a point, at most as many decimals as the currency has.
    #[schema(example = "1250.50", pattern = "^[0-9]+([.][0-9]+)?$")]
    decimal: String,
    /// The same in minor units. Answers have it; in a request it may be left out, and must agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "125050", pattern = "^[0-9]+$")]
    minor_units: Option<String>,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        AmountFields {
            currency: self.0.currency.to_string(),
            decimal: self.0.to_decimal(),
            minor_units: Some(self.0.minor_units.to_string()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = AmountFields::deserialize(deserializer)?;
        let currency: Currency = fields.currency.parse().map_err(D::Error::custom)?;
        let money = Money::parse_decimal(currency, &fields.decimal).map_err(D::Error::custom)?;
        match fields.minor_units {
            Some(units) if units != money.minor_units.to_string() => Err(D::Error::custom(format!(
                "minor_units is {units}, but {} is {} minor units",
                fields.decimal, money.minor_units
            ))),
            _ => Ok(Self(money)),
        }
    }
}

/// An institution's own reference, at most 64 characters: a UUID (or 32 hexadecimal digits) goes on chain as it is,
/// any other text by its digest. The same rule as `corridor --reference`.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "DEP-2026-0001", pattern = "^.{1,64}$")]
pub struct ReferenceText(String);

impl ReferenceText {
    /// What is recorded on chain, as a UUID is written: it stands for itself.
    #[must_use]
    pub fn of(recorded: Reference) -> Self {
        Self(reference(recorded))
    }

    /// What goes on chain.
    #[must_use]
    pub fn reference(&self) -> Reference {
        let mut bytes = [0; 16];
        if hex::decode_to_slice(self.0.replace('-', "").to_lowercase(), &mut bytes).is_err() {
            let digest =
                Sha256::digest([b"corridor/reference/v1".as_slice(), &[0], self.0.as_bytes()].concat());
            bytes.copy_from_slice(&digest[..16]);
        }
        Reference(bytes)
    }
}

impl fmt::Display for ReferenceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ReferenceText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = text.chars().count();
        let fits = (1..=64).contains(&length) && !text.chars().any(char::is_control);
        fits.then(|| Self(text.into()))
            .ok_or("a reference is 1 to 64 characters")
    }
}

impl Serialize for ReferenceText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ReferenceText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// A charge bearer by its ISO 20022 code, which is not its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer(pub ChargeBearer);

impl fmt::Display for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code())
    }
}

impl FromStr for Bearer {
    type Err = <ChargeBearer as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Bytes as `0x` and hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// A reference as a UUID is written.
#[must_use]
pub fn reference(reference: Reference) -> String {
    corridor_client::core::Uetr(reference.0).to_string()
}

/// Bytes that JSON carries as hexadecimal digits.
pub mod hex_bytes {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};

    /// Writes them.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::hex(bytes))
    }

    /// Reads them.
    ///
    /// # Errors
    /// A text that is something else.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        hex::decode(digits)
            .map_err(|_| D::Error::custom("expected 0x and an even number of hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_texts_and_nothing_else() {
        let amount: Amount =
            serde_json::from_str(r#"{"currency":"CNY","decimal":"12.5"}"#).expect("an amount");
        assert_eq!(amount.0, Money::new(Currency::CNY, 1250));
        assert_eq!(
            serde_json::to_string(&amount).expect("json"),
            r#"{"currency":"CNY","decimal":"12.50","minor_units":"1250"}"#
        );
        for text in [
            r#"{"currency":"CNY","decimal":12.5}"#,
            r#"{"currency":"CNY","decimal":"12.505"}"#,
            r#"{"currency":"cny","decimal":"12"}"#,
            r#"{"currency":"CNY","decimal":"12","minor_units":"1201"}"#,
            r#"{"currency":"CNY","decimal":"12","units":"1"}"#,
        ] {
            assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_uuid_is_its_own_reference() {
        let uuid = "8a562c67-ca16-48ba-b074-65581be6f001";
        let of = |text: &str| text.parse::<ReferenceText>().expect("fits").reference();
        assert_eq!(reference(of(uuid)), uuid);
        assert_ne!(of("DEP-1"), of("DEP-2"));
        assert!("".parse::<ReferenceText>().is_err());
    }
}

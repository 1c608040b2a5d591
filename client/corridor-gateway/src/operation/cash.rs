//! Tokenised money: a currency's ERC-20 contract.

use crate::text::{Amount, ReferenceText, Text};
use corridor_client::{core::Currency, AddressText};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Money to be created in an account, or taken out of circulation from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Issuance {
    /// The issuer's own identity of this request: the token carries it out once. The same rule as `corridor cash --request-id`.
    pub request_id: ReferenceText,
    /// Whose account, as SS58 or an address of 20 bytes.
    #[schema(value_type = String, example = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")]
    pub account: Text<AddressText>,
    /// How much, in a registered currency.
    pub amount: Amount,
}

impl Issuance {
    /// The request's 32 bytes on chain.
    #[must_use]
    pub fn request_id(&self) -> [u8; 32] {
        let text = self.request_id.to_string();
        // The zero byte keeps the domain apart from the text.
        Sha256::digest([b"corridor/request/v1".as_slice(), &[0], text.as_bytes()].concat()).into()
    }
}

/// How much the settlement contract may pull from the treasurer's account.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// At most this much; replaces an earlier approval in its currency.
    pub amount: Amount,
}

/// Stops all movements of a currency's money, or allows them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenPause {
    /// Which currency.
    pub currency: Text<Currency>,
    /// `true` stops them.
    pub paused: bool,
}

/// Stops the movements of one account's money, or allows them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Freeze {
    /// Which currency.
    pub currency: Text<Currency>,
    /// Whose money.
    pub account: Text<AddressText>,
    /// `true` stops them.
    pub frozen: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_the_one_of_the_command_line() {
        let issuance: Issuance = serde_json::from_str(
            r#"{"request_id":"ISS-1","account":"0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4",
                "amount":{"currency":"CNY","decimal":"1"}}"#,
        )
        .expect("an issuance");
        let expected = Sha256::digest(b"corridor/request/v1\0ISS-1");
        assert_eq!(issuance.request_id(), <[u8; 32]>::from(expected));
    }
}

//! ISO 20022 external status and return reason codes.

use core::{fmt, str::FromStr};
use scale_codec::{Decode, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// A code of the ISO 20022 lists `ExternalStatusReason1Code`, `ExternalReturnReason1Code` or
/// `ExternalCancellationReason1Code`: four capital letters or digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct ReasonCode([u8; 4]);

/// Names the codes Corridor itself uses.
macro_rules! codes {
    ($($name:ident $bytes:literal $text:literal;)*) => {
        impl ReasonCode {
            $(#[doc = $text] pub const $name: Self = Self(*$bytes);)*
        }
    };
}

codes! {
    AC01 b"AC01" "Incorrect account number.";
    AC04 b"AC04" "Closed account number.";
    AG01 b"AG01" "Transaction forbidden.";
    AG09 b"AG09" "Settlement not received: the service is stopped for now.";
    AM01 b"AM01" "Zero amount.";
    AM03 b"AM03" "Currency not allowed.";
    AM04 b"AM04" "Insufficient funds.";
    AM06 b"AM06" "Too low amount: less than the agreed minimum.";
    AM10 b"AM10" "Invalid control sum.";
    AM12 b"AM12" "Invalid amount.";
    AM13 b"AM13" "Amount exceeds the clearing system's limit.";
    AM14 b"AM14" "Amount exceeds agreed limit.";
    AM21 b"AM21" "Limit exceeded.";
    AM23 b"AM23" "Amount exceeds the settlement limit.";
    CUST b"CUST" "Requested by customer.";
    DT01 b"DT01" "Invalid date.";
    DUPL b"DUPL" "Duplicate.";
    FF01 b"FF01" "Invalid file format.";
    MS03 b"MS03" "Reason not specified by the agent.";
    RC01 b"RC01" "Bank identifier incorrect.";
    TM01 b"TM01" "Invalid cut-off time: too late.";
}

impl ReasonCode {
    /// Takes four capital ASCII letters or digits.
    #[must_use]
    pub fn new(code: [u8; 4]) -> Option<Self> {
        let valid = code
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        valid.then_some(Self(code))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Decode for ReasonCode {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let code = <[u8; 4]>::decode(input)?;
        Self::new(code).ok_or_else(|| "not a reason code".into())
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a reason code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidReasonCode;

impl fmt::Display for InvalidReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reason is an ISO 20022 code of four capital letters or digits, such as AC04")
    }
}

impl core::error::Error for InvalidReasonCode {}

impl FromStr for ReasonCode {
    type Err = InvalidReasonCode;

    fn from_str(text: &str) -> Result<Self, InvalidReasonCode> {
        text.as_bytes()
            .try_into()
            .ok()
            .and_then(Self::new)
            .ok_or(InvalidReasonCode)
    }
}

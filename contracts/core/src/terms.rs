//! The terms of a transfer: everything both agents agree to, fixed at instruction.

use crate::net::net_amount;
use crate::{Currency, Error, Money, ParticipantId, Seconds, Uetr};
use alloc::vec::Vec;
use core::{fmt, str::FromStr};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The longest a transfer may wait for acceptance: 31 days. Escrow must not be reserved for ever by a
/// slip in a date.
pub const MAX_PENDING_SECONDS: Seconds = 31 * 24 * 60 * 60;

/// Separates the digest of terms from every other digest in the system.
pub const TERMS_DOMAIN: &[u8] = b"corridor/terms/v1";

/// Who bears the charges (ISO 20022 `ChargeBearerType1Code`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum ChargeBearer {
    /// The debtor.
    #[codec(index = 0)]
    Debt,
    /// The creditor.
    #[codec(index = 1)]
    Cred,
    /// Shared.
    #[codec(index = 2)]
    Shar,
    /// As the service level says.
    #[codec(index = 3)]
    Slev,
}

impl ChargeBearer {
    /// The ISO 20022 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Debt => "DEBT",
            Self::Cred => "CRED",
            Self::Shar => "SHAR",
            Self::Slev => "SLEV",
        }
    }
}

/// The text is no charge bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidChargeBearer;

impl fmt::Display for InvalidChargeBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a charge bearer is one of DEBT, CRED, SHAR, SLEV")
    }
}

impl core::error::Error for InvalidChargeBearer {}

impl FromStr for ChargeBearer {
    type Err = InvalidChargeBearer;

    fn from_str(text: &str) -> Result<Self, InvalidChargeBearer> {
        [Self::Debt, Self::Cred, Self::Shar, Self::Slev]
            .into_iter()
            .find(|bearer| bearer.code() == text)
            .ok_or(InvalidChargeBearer)
    }
}

/// How a transfer settles. Append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum SettlementMethod {
    /// Each transfer by itself, in full, the moment it is accepted.
    #[codec(index = 0)]
    Gross,
    /// Added up with others; the sum settles when the window closes in which it was accepted.
    #[codec(index = 1)]
    Net,
    /// Payment versus payment: in two currencies, both legs in the same step, against a quote.
    #[codec(index = 2)]
    PaymentVersusPayment,
    /// Each by itself and in full, but it may be accepted without cover: then it waits in a queue until
    /// there is, until it is set off against others, or until it expires. Nothing is reserved for it.
    #[codec(index = 3)]
    QueuedGross,
}

/// What a transfer is. The UETR that identifies it is kept beside, not inside.
///
/// Names and accounts are not here: the message stays with the banks, and `message_digest` commits to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Terms {
    /// The agent whose escrow pays.
    pub debtor_agent: ParticipantId,
    /// The agent whose escrow is paid.
    pub creditor_agent: ParticipantId,
    /// ISO 20022 `IntrBkSttlmAmt`.
    pub interbank_settlement_amount: Money,
    /// ISO 20022 `IntrBkSttlmDt` as days since 1970-01-01. Recorded as agreed; block time decides.
    pub interbank_settlement_date: u32,
    /// ISO 20022 `ChrgBr`.
    pub charge_bearer: ChargeBearer,
    /// How it settles.
    pub settlement_method: SettlementMethod,
    /// From this second on it can no longer be accepted, and anyone may expire it.
    pub expires_at: Seconds,
    /// keccak256 over a salt and the message, made by the debtor agent.
    pub message_digest: [u8; 32],
}

impl Terms {
    /// The currency it settles in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.interbank_settlement_amount.currency
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor_units(&self) -> u128 {
        self.interbank_settlement_amount.minor_units
    }

    /// What holds of any terms at any time: [`Error::InvalidUetr`], [`Error::ZeroAmount`],
    /// [`Error::SameAgent`]; for net settlement [`Error::NetAmountTooLarge`].
    pub fn validate(&self, uetr: Uetr) -> Result<(), Error> {
        uetr.validate()?;
        if self.minor_units() == 0 {
            return Err(Error::ZeroAmount);
        }
        if self.debtor_agent == self.creditor_agent {
            return Err(Error::SameAgent);
        }
        if self.settlement_method == SettlementMethod::Net {
            net_amount(self.minor_units())?;
        }
        Ok(())
    }

    /// [`Error::WrongMethod`] for payment versus payment: the rules for one currency would move
    /// one leg of two.
    pub fn settles_in_one_currency(&self) -> Result<(), Error> {
        if self.settlement_method == SettlementMethod::PaymentVersusPayment {
            return Err(Error::WrongMethod);
        }
        Ok(())
    }

    /// [`Error::ExpiryPassed`] or [`Error::ExpiryTooFar`] as seen at `now`.
    pub fn validate_expiry(&self, now: Seconds) -> Result<(), Error> {
        validate_expiry(self.expires_at, now)
    }

    /// The digest by which two banks compare terms: `keccak256(domain, uetr, SCALE(terms))`.
    ///
    /// The hash function is the caller's, because a contract's is a host function.
    pub fn digest(&self, uetr: Uetr, keccak256: impl FnOnce(&[u8]) -> [u8; 32]) -> [u8; 32] {
        let mut preimage = Vec::from(TERMS_DOMAIN);
        uetr.encode_to(&mut preimage);
        self.encode_to(&mut preimage);
        keccak256(&preimage)
    }
}

/// [`Error::ExpiryPassed`] unless `expires_at` is after `now`, [`Error::ExpiryTooFar`] when it is more than
/// [`MAX_PENDING_SECONDS`] after.
pub(crate) fn validate_expiry(expires_at: Seconds, now: Seconds) -> Result<(), Error> {
    if expires_at <= now {
        return Err(Error::ExpiryPassed);
    }
    not_too_far(expires_at, now)
}

/// [`Error::ExpiryTooFar`] when `expires_at` is more than [`MAX_PENDING_SECONDS`] after `now`.
pub(crate) fn not_too_far(expires_at: Seconds, now: Seconds) -> Result<(), Error> {
    if expires_at.saturating_sub(now) > MAX_PENDING_SECONDS {
        return Err(Error::ExpiryTooFar);
    }
    Ok(())
}

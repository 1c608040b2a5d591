//! Accounts of the chain: 32 bytes, their SS58 text, and the 20-byte address contracts see.

use corridor_core::Address;
use sp_crypto_hashing::keccak_256;
use std::{fmt, str::FromStr};
use subxt_signer::sr25519::PublicKey;

/// An account of the chain: the public key that signs for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, scale_codec::Encode, scale_codec::Decode)]
pub struct AccountId(pub [u8; 32]);

impl AccountId {
    /// The address contracts know the account by, as pallet-revive derives it.
    ///
    /// An account that stands for an Ethereum key or a contract (its last 12 bytes are `0xEE`) has the
    /// address in its first 20 bytes; any other is hashed, because cutting a public key is not safe.
    #[must_use]
    pub fn address(&self) -> Address {
        let mut address = [0; 20];
        if self.0[20..].iter().all(|byte| *byte == 0xee) {
            address.copy_from_slice(&self.0[..20]);
        } else {
            address.copy_from_slice(&keccak_256(&self.0)[12..]);
        }
        address
    }
}

impl From<PublicKey> for AccountId {
    fn from(key: PublicKey) -> Self {
        Self(key.0)
    }
}

impl fmt::Display for AccountId {
    /// Generic SS58 (prefix 42).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        subxt::utils::AccountId32(self.0).fmt(f)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account is an SS58 address (5Grw...) or 0x and 64 hexadecimal digits")]
pub struct InvalidAccount;

impl FromStr for AccountId {
    type Err = InvalidAccount;

    fn from_str(text: &str) -> Result<Self, InvalidAccount> {
        if let Some(digits) = text.strip_prefix("0x") {
            let mut bytes = [0; 32];
            hex::decode_to_slice(digits, &mut bytes).map_err(|_| InvalidAccount)?;
            return Ok(Self(bytes));
        }
        let account: subxt::utils::AccountId32 = text.parse().map_err(|_| InvalidAccount)?;
        Ok(Self(account.0))
    }
}

/// A 20-byte address written for people: all of its 40 digits after `0x`.
///
/// Reads an address, or an account (SS58 or 64 digits) and gives the address contracts know it by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AddressText(pub Address);

impl fmt::Display for AddressText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Debug for AddressText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address is 0x and 40 hexadecimal digits, or an account (SS58, or 0x and 64 digits)")]
pub struct InvalidAddress;

impl FromStr for AddressText {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let mut address = [0; 20];
        if let Some(digits) = text.strip_prefix("0x").filter(|digits| digits.len() == 40) {
            hex::decode_to_slice(digits, &mut address).map_err(|_| InvalidAddress)?;
            return Ok(Self(address));
        }
        let account: AccountId = text.parse().map_err(|_| InvalidAddress)?;
        Ok(Self(account.address()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Alice, as every Substrate development chain knows her.
    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    #[test]
    fn accounts_are_read_in_both_forms_and_written_as_ss58() {
        let alice: AccountId = ALICE.parse().expect("SS58");
        assert_eq!(alice.to_string(), ALICE);
        let digits = format!("0x{}", hex::encode(alice.0));
        assert_eq!(digits.parse(), Ok(alice));
        for text in [
            "",
            "Alice",
            "0x00",
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX",
        ] {
            assert_eq!(text.parse::<AccountId>(), Err(InvalidAccount), "{text}");
        }
    }

    #[test]
    fn addresses_are_derived_as_the_pallet_does() {
        let alice: AccountId = ALICE.parse().expect("SS58");
        let address = "0x9621dde636de098b43efb0fa9b61facfe328f99d";
        assert_eq!(AddressText(alice.address()).to_string(), address);
        assert_eq!(ALICE.parse(), Ok(AddressText(alice.address())));
        let mut contract = [0xee; 32];
        contract[..20].copy_from_slice(&[7; 20]);
        assert_eq!(AccountId(contract).address(), [7; 20]);
    }
}

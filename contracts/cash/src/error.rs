//! Why a message was refused. In call results each variant is a Solidity custom error of the same name,
//! without fields: the figures are on the books for everyone to read, and every byte of code is paid for at
//! every call.

/// A refused message. Nothing has changed.
///
/// Where several apply, the first in this order is returned.
#[ink::error]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The call data ends before the last argument does.
    IncompleteCallData,
    /// The constructor's currency is not three letters A to Z (ISO 4217 alphabetic code).
    InvalidCurrency,
    /// The constructor's decimals are more than any ISO 4217 exponent.
    InvalidDecimals,
    /// The constructor's name or symbol is empty, or not printable ASCII followed by zeros.
    InvalidLabel,
    /// The caller does not have the role this message needs.
    Unauthorized,
    /// More than 2^128 - 1 minor units: there cannot be that much money.
    ValueOutOfRange,
    /// A role, an approval, frozen or transferred money cannot be the zero address's.
    ZeroAddress,
    /// This request id has been used with other terms.
    RequestConflict,
    /// No money moves while the contract is paused.
    EnforcedPause,
    /// `from` has not approved the caller for that much.
    InsufficientAllowance,
    /// The money in one of the accounts is frozen: it can neither leave nor come in.
    AccountFrozen,
    /// Nothing to issue or redeem.
    ZeroValue,
    /// More money than the books can count: 2^128 - 1 minor units in all.
    SupplyExceeded,
    /// The account does not hold that much.
    InsufficientBalance,
}

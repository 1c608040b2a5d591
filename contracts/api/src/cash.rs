//! The cash contract's messages as its callers see them, in the Solidity ABI, and its refusals.
//!
//! EIP-20 is the part every token has; this adds to it: an issuer, a guardian, requests
//! with an identity of their own.
#![allow(missing_docs)] // The macros' generated items cannot carry documentation.

use alloc::string::String;
use ink::{primitives::sol::FixedBytes, Address, U256};

/// One currency's tokenised money.
#[ink::contract_ref(abi = "sol", env = crate::CorridorEnvironment)]
pub trait Cash {
    /// The token's name, for people.
    #[ink(message)]
    fn name(&self) -> String;

    /// The token's short name, for people.
    #[ink(message)]
    fn symbol(&self) -> String;

    /// Digits after the decimal point: the currency's ISO 4217 exponent.
    #[ink(message)]
    fn decimals(&self) -> u8;

    /// The currency's ISO 4217 alphabetic code.
    #[ink(message)]
    fn currency(&self) -> FixedBytes<3>;

    /// Minor units in circulation.
    #[ink(message, name = "totalSupply")]
    fn total_supply(&self) -> U256;

    /// Minor units `account` holds.
    #[ink(message, name = "balanceOf")]
    fn balance_of(&self, account: Address) -> U256;

    /// Minor units of `owner` that `spender` may move.
    #[ink(message)]
    fn allowance(&self, owner: Address, spender: Address) -> U256;

    /// Who issues and redeems.
    #[ink(message)]
    fn issuer(&self) -> Address;

    /// Who pauses and freezes.
    #[ink(message)]
    fn guardian(&self) -> Address;

    /// Whether all movements are stopped.
    #[ink(message)]
    fn paused(&self) -> bool;

    /// Whether the money in `account` is frozen.
    #[ink(message, name = "isFrozen")]
    fn is_frozen(&self, account: Address) -> bool;

    /// Minor units issued or redeemed under `request_id`; zero: it has not been used.
    #[ink(message, name = "requestValue")]
    fn request_value(&self, request_id: FixedBytes<32>) -> U256;

    /// Lets `spender` move up to `value` of the caller's money.
    #[ink(message)]
    fn approve(&mut self, spender: Address, value: U256) -> bool;

    /// Moves the caller's money.
    #[ink(message)]
    fn transfer(&mut self, to: Address, value: U256) -> bool;

    /// Moves `from`'s money, using up the caller's allowance.
    #[ink(message, name = "transferFrom")]
    fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> bool;

    /// Creates money. Only the issuer; once for each request id, for ever.
    #[ink(message)]
    fn issue(&mut self, to: Address, value: U256, request_id: FixedBytes<32>);

    /// Takes money out of circulation. Only the issuer; once for each request id, for ever.
    #[ink(message)]
    fn redeem(&mut self, from: Address, value: U256, request_id: FixedBytes<32>);

    /// Stops all movements. Only the guardian.
    #[ink(message)]
    fn pause(&mut self);

    /// Allows movements again. Only the guardian.
    #[ink(message)]
    fn unpause(&mut self);

    /// Freezes the money in an account. Only the guardian.
    #[ink(message)]
    fn freeze(&mut self, account: Address);

    /// Thaws it. Only the guardian.
    #[ink(message)]
    fn unfreeze(&mut self, account: Address);
}

/// Why the cash contract refuses: Solidity custom errors without fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ink::SolErrorDecode, ink::SolErrorEncode)]
pub enum CashError {
    /// The call data ends before the last argument does.
    IncompleteCallData,
    /// Not three letters.
    InvalidCurrency,
    /// More decimals than any ISO 4217 exponent.
    InvalidDecimals,
    /// The name or symbol is empty or too long.
    InvalidLabel,
    /// The caller does not have the role this message needs.
    Unauthorized,
    /// More than the books can count.
    ValueOutOfRange,
    /// The zero address has no role and no money.
    ZeroAddress,
    /// This request id has been used with other terms.
    RequestConflict,
    /// No money moves while the contract is paused.
    EnforcedPause,
    /// The spender may not move that much.
    InsufficientAllowance,
    /// The money in the account is frozen.
    AccountFrozen,
    /// Nothing to issue or redeem.
    ZeroValue,
    /// More money than the books can count.
    SupplyExceeded,
    /// The sender does not hold that much.
    InsufficientBalance,
}

//! The part of ERC-20 (EIP-20) the settlement contract calls, in the Solidity ABI.
#![allow(missing_docs)] // The macro's generated items cannot carry documentation.

use ink::{Address, U256};

/// A token: ours, or any contract with this ABI, a chain's asset precompile included.
#[ink::contract_ref(abi = "sol", env = crate::CorridorEnvironment)]
pub trait Erc20 {
    /// Digits after the decimal point.
    #[ink(message)]
    fn decimals(&self) -> u8;

    /// What `owner` holds.
    #[ink(message, name = "balanceOf")]
    fn balance_of(&self, owner: Address) -> U256;

    /// Moves the caller's tokens.
    #[ink(message)]
    fn transfer(&mut self, to: Address, value: U256) -> bool;

    /// Moves tokens the caller has been approved for.
    #[ink(message, name = "transferFrom")]
    fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> bool;
}

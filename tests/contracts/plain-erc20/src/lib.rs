//! The least an ERC-20 (EIP-20) can be, after ink!'s own example: one account starts with everything, and there is no
//! issuer, no pause and no freeze.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macros' generated items cannot carry documentation.

#[ink::contract]
#[allow(unsafe_code)] // The macro's dispatch code.
mod erc20 {
    use ink::{storage::Mapping, U256};

    /// Balances and allowances.
    #[ink(storage)]
    pub struct Erc20 {
        total_supply: U256,
        decimals: u8,
        balances: Mapping<Address, U256>,
        allowances: Mapping<(Address, Address), U256>,
    }

    /// Tokens moved.
    #[ink(event)]
    pub struct Transfer {
        /// From whom; zero for what is there from the start.
        #[ink(topic)]
        from: Address,
        /// To whom.
        #[ink(topic)]
        to: Address,
        /// How many.
        value: U256,
    }

    /// An allowance was set.
    #[ink(event)]
    pub struct Approval {
        /// Whose tokens.
        #[ink(topic)]
        owner: Address,
        /// Who may move them.
        #[ink(topic)]
        spender: Address,
        /// How many.
        value: U256,
    }

    /// Why nothing moved.
    #[ink::error]
    #[derive(Debug, PartialEq, Eq)]
    pub enum Error {
        /// The owner does not hold that much.
        InsufficientBalance,
        /// The spender may not move that much.
        InsufficientAllowance,
    }

    impl Erc20 {
        /// Gives `total_supply` to the caller.
        #[ink(constructor)]
        pub fn new(total_supply: U256, decimals: u8) -> Self {
            let caller = Self::env().caller();
            let mut balances = Mapping::default();
            balances.insert(caller, &total_supply);
            Self::env().emit_event(Transfer {
                from: Address::zero(),
                to: caller,
                value: total_supply,
            });
            Self {
                total_supply,
                decimals,
                balances,
                allowances: Mapping::default(),
            }
        }

        /// EIP-20.
        #[ink(message)]
        pub fn decimals(&self) -> u8 {
            self.decimals
        }

        /// EIP-20.
        #[ink(message, name = "totalSupply")]
        pub fn total_supply(&self) -> U256 {
            self.total_supply
        }

        /// EIP-20.
        #[ink(message, name = "balanceOf")]
        pub fn balance_of(&self, owner: Address) -> U256 {
            self.balances.get(owner).unwrap_or_default()
        }

        /// EIP-20.
        #[ink(message)]
        pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
            self.allowances.get((owner, spender)).unwrap_or_default()
        }

        /// EIP-20.
        #[ink(message)]
        pub fn transfer(&mut self, to: Address, value: U256) -> Result<bool, Error> {
            self.shift(self.env().caller(), to, value)?;
            Ok(true)
        }

        /// EIP-20.
        #[ink(message)]
        pub fn approve(&mut self, spender: Address, value: U256) -> bool {
            let owner = self.env().caller();
            self.allowances.insert((owner, spender), &value);
            self.env().emit_event(Approval {
                owner,
                spender,
                value,
            });
            true
        }

        /// EIP-20.
        #[ink(message, name = "transferFrom")]
        pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Error> {
            let caller = self.env().caller();
            let left = self
                .allowance(from, caller)
                .checked_sub(value)
                .ok_or(Error::InsufficientAllowance)?;
            self.shift(from, to, value)?;
            self.allowances.insert((from, caller), &left);
            Ok(true)
        }

        fn shift(&mut self, from: Address, to: Address, value: U256) -> Result<(), Error> {
            let left = self
                .balance_of(from)
                .checked_sub(value)
                .ok_or(Error::InsufficientBalance)?;
            self.balances.insert(from, &left);
            // All balances together are the total supply, which fits.
            let received = self.balance_of(to).saturating_add(value);
            self.balances.insert(to, &received);
            self.env().emit_event(Transfer { from, to, value });
            Ok(())
        }
    }
}

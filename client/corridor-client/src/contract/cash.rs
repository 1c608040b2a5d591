//! A token's messages, in the Solidity ABI.

use super::Message;
use corridor_api::cash::{Cash, CashRef};
use corridor_core::{Address, Currency};
use ink::{
    abi::Sol, codegen::TraitCallBuilder, env::call::FromAddr, primitives::sol::FixedBytes,
    sol::SolParamsEncode, U256,
};

/// A token at an address: our cash contract or, for the messages ERC-20 has, any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CashContract {
    address: Address,
}

/// What the cash contract's constructor takes.
#[derive(Clone, Debug)]
pub struct CashConstructor {
    /// The token's name, at most 32 bytes.
    pub name: String,
    /// Its short name, at most 32 bytes.
    pub symbol: String,
    /// The currency.
    pub currency: Currency,
    /// Digits after the decimal point.
    pub decimals: u8,
    /// Who issues.
    pub issuer: Address,
    /// Who pauses and freezes.
    pub guardian: Address,
}

impl CashConstructor {
    /// Call data of the constructor: the Solidity ABI has no selector there.
    #[must_use]
    pub fn data(&self) -> Vec<u8> {
        SolParamsEncode::encode(&(
            label(&self.name),
            label(&self.symbol),
            FixedBytes(self.currency.code()),
            self.decimals,
            ink::Address::from(self.issuer),
            ink::Address::from(self.guardian),
        ))
    }
}

/// A text of at most 32 bytes, filled up with zeros. A longer one becomes the empty label, which the contract
/// refuses as `InvalidLabel`.
fn label(text: &str) -> FixedBytes<32> {
    let mut bytes = [0; 32];
    if let Some(space) = bytes.get_mut(..text.len()) {
        space.copy_from_slice(text.as_bytes());
    }
    FixedBytes(bytes)
}

/// Declares one method for each message, with the arguments and the answer of its trait.
macro_rules! messages {
    ($($(#[$doc:meta])* $message:ident ($($argument:ident : $type:ty),*) -> $answer:ty;)*) => {
        impl CashContract {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $message(&self $(, $argument: $type)*) -> Message<$answer, Sol> {
                    let mut token = CashRef::from_addr(self.address.into());
                    Message::new(self.address, Cash::$message(token.call_mut() $(, $argument.into())*))
                }
            )*
        }
    };
}

impl CashContract {
    /// The token at `address`.
    #[must_use]
    pub fn at(address: Address) -> Self {
        Self { address }
    }
}

messages! {
    /// The token's name.
    name() -> String;
    /// The token's short name.
    symbol() -> String;
    /// Digits after the decimal point.
    decimals() -> u8;
    /// Minor units in circulation.
    total_supply() -> U256;
    /// Minor units an account holds.
    balance_of(account: Address) -> U256;
    /// Minor units of `owner` that `spender` may move.
    allowance(owner: Address, spender: Address) -> U256;
    /// Whether all movements are stopped.
    paused() -> bool;
    /// Whether an account's money is frozen.
    is_frozen(account: Address) -> bool;
    /// Minor units issued or redeemed under a request id; zero: it has not been used.
    request_value(request_id: [u8; 32]) -> U256;
    /// Lets `spender` move the caller's money.
    approve(spender: Address, value: u128) -> bool;
    /// Moves the caller's money.
    transfer(to: Address, value: u128) -> bool;
    /// Creates money.
    issue(to: Address, value: u128, request_id: [u8; 32]) -> ();
    /// Takes money out of circulation.
    redeem(from: Address, value: u128, request_id: [u8; 32]) -> ();
    /// Stops all movements.
    pause() -> ();
    /// Allows movements again.
    unpause() -> ();
    /// Freezes an account's money.
    freeze(account: Address) -> ();
    /// Thaws it.
    unfreeze(account: Address) -> ();
}

//! What the contract reports, one event for each change of state. Values are in minor units.
//!
//! `Transfer` and `Approval` are ERC-20's. Of the others there are few on purpose, with a field saying which
//! case it is: the code that emits an event is 300 bytes for each kind, paid for at every call.

use ink::{primitives::sol::FixedBytes, Address, U256};

/// Money moved. From the zero address: issued. To the zero address: redeemed.
#[ink::event]
pub struct Transfer {
    /// Who had it.
    #[ink(topic)]
    pub from: Address,
    /// Who has it.
    #[ink(topic)]
    pub to: Address,
    /// How much.
    pub value: U256,
}

/// `spender` may now move up to `value` of the owner's money; the largest number means any amount.
#[ink::event]
pub struct Approval {
    /// Whose money.
    #[ink(topic)]
    pub owner: Address,
    /// Who may move it.
    #[ink(topic)]
    pub spender: Address,
    /// How much at most.
    pub value: U256,
}

/// The issuer issued or redeemed money. A `Transfer` from or to the zero address goes with it.
#[ink::event]
pub struct RequestDone {
    /// The issuer's id of the request.
    #[ink(topic)]
    pub request_id: FixedBytes<32>,
    /// Who received or gave the money.
    #[ink(topic)]
    pub account: Address,
    /// 1: issued; 2: redeemed.
    pub kind: u8,
    /// How much.
    pub value: U256,
}

/// Movements were stopped, or let go again.
#[ink::event]
pub struct PauseChanged {
    /// Whether they are stopped.
    pub paused: bool,
}

/// The money in `account` was frozen, or let go again.
#[ink::event]
pub struct FreezeChanged {
    /// The account.
    #[ink(topic)]
    pub account: Address,
    /// Whether its money is frozen.
    pub frozen: bool,
}

/// A role went to somebody else.
#[ink::event]
pub struct RoleChanged {
    /// 1: issuer; 2: who may accept to be the issuer (zero: nobody); 3: guardian.
    #[ink(topic)]
    pub role: u8,
    /// Who had it.
    #[ink(topic)]
    pub previous: Address,
    /// Who has it.
    #[ink(topic)]
    pub current: Address,
}

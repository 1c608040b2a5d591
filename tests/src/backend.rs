//! What a system under test offers: one door for commands, a few queries, a clock.
//!
//! The same scenarios run on the reference ledger, on the contract's code and on a node. A backend stands
//! for ONE freshly deployed settlement contract, governed by [`GOVERNOR`], with nothing registered.

use corridor_core::{
    Address, AgentId, Conservation, Currency, Error, Money, ParticipantId, Position, ReasonCode, Reference,
    Role, Seconds, Terms, Transfer, TransferChange, TransferReturn, Uetr,
};

/// A signing account, by a label of at most 20 bytes. A backend gives each label a key of its own, and
/// whatever the account needs to pay fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(pub &'static str);

/// The account that deployed the contract and governs it at first.
pub const GOVERNOR: Account = Account("governor");

/// A token contract, by label. It exists once [`Backend::deploy_token`] was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub &'static str);

impl Account {
    /// An address for backends that may choose: the label, padded with zeros.
    #[must_use]
    pub fn address(self) -> Address {
        padded(self.0)
    }
}

impl Token {
    /// An address for backends that may choose: the label, padded with zeros.
    #[must_use]
    pub fn address(self) -> Address {
        padded(self.0)
    }
}

fn padded(label: &str) -> Address {
    let mut address = [0; 20];
    address[..label.len()].copy_from_slice(label.as_bytes());
    address
}

/// A message that changes the contract's state. Variants and fields are those of the contract's messages,
/// with labels in place of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Documented where the messages are defined.
pub enum Command {
    ProposeGovernor {
        successor: Account,
    },
    AcceptGovernor,
    SetPaused {
        paused: bool,
    },
    RegisterCurrency {
        currency: Currency,
        exponent: u8,
        token: Token,
    },
    RegisterParticipant {
        agents: Vec<AgentId>,
        admin: Account,
    },
    SetSuspended {
        participant: ParticipantId,
        suspended: bool,
    },
    ProposeAdmin {
        participant: ParticipantId,
        successor: Account,
    },
    AcceptAdmin {
        participant: ParticipantId,
    },
    GrantRole {
        participant: ParticipantId,
        account: Account,
        role: Role,
    },
    RevokeRole {
        participant: ParticipantId,
        account: Account,
        role: Role,
    },
    Deposit {
        reference: Reference,
        amount: Money,
    },
    Withdraw {
        reference: Reference,
        amount: Money,
    },
    Instruct {
        uetr: Uetr,
        terms: Terms,
    },
    Accept {
        uetr: Uetr,
    },
    Reject {
        uetr: Uetr,
        reason: ReasonCode,
    },
    Cancel {
        uetr: Uetr,
        reason: ReasonCode,
    },
    Expire {
        uetr: Uetr,
    },
    ReturnTransfer {
        reference: Reference,
        command: TransferReturn,
    },
}

/// A settlement contract under test, with its tokens and its clock.
///
/// Queries and commands see each other's effects at once. Whatever is not a refusal by the contract (a lost
/// connection, a message that does not decode) is a panic: it is a broken test, not a result.
pub trait Backend {
    /// Sends a command signed by `caller` and waits until it is final, or was refused.
    ///
    /// A repeat is a success. What was refused has changed nothing.
    fn submit(&mut self, caller: Account, command: &Command) -> Result<(), Error>;

    /// Deploys a token with that many decimals and no owner but the test.
    fn deploy_token(&mut self, token: Token, decimals: u8);

    /// Mints tokens to an account and lets the settlement contract pull them: approves that much more.
    fn fund(&mut self, account: Account, token: Token, minor_units: u128);

    /// Mints tokens to the settlement contract itself, outside of any deposit.
    fn send_stray(&mut self, token: Token, minor_units: u128);

    /// What an account holds of a token.
    fn token_balance(&self, account: Account, token: Token) -> u128;

    /// The time the next command will see, or a little less where the clock runs by itself.
    fn now(&self) -> Seconds;

    /// Lets at least that much time pass. A backend with a real clock sleeps, or is not given the scenarios
    /// that need this.
    fn advance_time(&mut self, seconds: Seconds);

    /// A participant's escrow in a currency; zero for whatever is unknown.
    fn position(&self, participant: ParticipantId, currency: Currency) -> Position;

    /// The transfer recorded under a UETR.
    fn transfer(&self, uetr: Uetr) -> Option<Transfer>;

    /// Every event of a transfer, in order.
    fn changes(&self, uetr: Uetr) -> Vec<TransferChange>;

    /// A currency's books against its token.
    fn conservation(&self, currency: Currency) -> Result<Conservation, Error>;
}

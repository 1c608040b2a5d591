//! The reference ledger: the rules of `corridor_core` over plain maps.
//!
//! It does what the contract's shell does (resolve the caller, read, ask the rule, write, emit, move tokens)
//! and nothing else. What the shell answers and what this answers must never differ.

mod fake_token;
mod registry;
mod transfers;

use crate::backend::{Account, Backend, Command, Token, GOVERNOR};
use corridor_core::movement::{self, MovementKind};
use corridor_core::participant::Participant;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{
    Address, AgentId, Caller, Conservation, Currency, Error, Gate, Money, Operation, Outcome, ParticipantId,
    Position, PositionPage, Reference, Seconds, Transfer, TransferChange, Uetr,
};
pub use fake_token::FakeToken;
use std::collections::BTreeMap;

/// The address the fake tokens know the ledger by.
pub const SETTLEMENT: Address = [0xC0; 20];

/// Whether a command did something or had been done before.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Something was written.
    Recorded,
    /// Nothing was written.
    Repeated,
}

/// The whole state of a settlement contract and of its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub struct Ledger {
    pub now: Seconds,
    pub governor: Address,
    pub proposed_governor: Option<Address>,
    pub gate: Gate,
    pub currencies: BTreeMap<Currency, CurrencyEntry>,
    pub agents: BTreeMap<AgentId, ParticipantId>,
    pub participants: BTreeMap<ParticipantId, Participant>,
    pub accounts: BTreeMap<Address, Caller>,
    pub pages: BTreeMap<(Currency, u16), PositionPage>,
    pub transfers: BTreeMap<Uetr, Transfer>,
    pub operations: BTreeMap<(ParticipantId, Reference), Operation>,
    pub tokens: BTreeMap<Address, FakeToken>,
    pub events: Vec<(Uetr, TransferChange)>,
}

impl Ledger {
    /// A contract just deployed by [`GOVERNOR`].
    #[must_use]
    pub fn new(now: Seconds) -> Self {
        Self {
            now,
            governor: GOVERNOR.address(),
            proposed_governor: None,
            gate: Gate::default(),
            currencies: BTreeMap::new(),
            agents: BTreeMap::new(),
            participants: BTreeMap::new(),
            accounts: BTreeMap::new(),
            pages: BTreeMap::new(),
            transfers: BTreeMap::new(),
            operations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    /// Carries out any command.
    pub fn execute(&mut self, caller: Account, command: &Command) -> Result<Done, Error> {
        let caller = caller.address();
        match command.clone() {
            Command::ProposeGovernor { successor } => self.propose_governor(caller, successor.address()),
            Command::AcceptGovernor => self.accept_governor(caller),
            Command::SetPaused { paused } => self.set_paused(caller, paused),
            Command::RegisterCurrency {
                currency,
                exponent,
                token,
            } => {
                let token = token.address();
                self.register_currency(
                    caller,
                    CurrencyEntry {
                        currency,
                        exponent,
                        token,
                    },
                )
            }
            Command::RegisterParticipant { agents, admin } => {
                self.register_participant(caller, agents, admin.address())
            }
            Command::SetSuspended {
                participant,
                suspended,
            } => self.set_suspended(caller, participant, suspended),
            Command::ProposeAdmin {
                participant,
                successor,
            } => self.propose_admin(caller, participant, successor.address()),
            Command::AcceptAdmin { participant } => self.accept_admin(caller, participant),
            Command::GrantRole {
                participant,
                account,
                role,
            } => self.grant_role(caller, participant, account.address(), role),
            Command::RevokeRole {
                participant,
                account,
                role,
            } => self.revoke_role(caller, participant, account.address(), role),
            Command::Deposit { reference, amount } => self.deposit(caller, reference, amount),
            Command::Withdraw { reference, amount } => self.withdraw(caller, reference, amount),
            Command::Instruct { uetr, terms } => self.instruct(caller, uetr, &terms),
            Command::Accept { uetr } => self.accept(caller, uetr),
            Command::Reject { uetr, reason } => self.reject(caller, uetr, reason),
            Command::Cancel { uetr, reason } => self.cancel(caller, uetr, reason),
            Command::Expire { uetr } => self.expire(uetr),
            Command::ReturnTransfer { reference, command } => {
                self.return_transfer(caller, reference, &command)
            }
        }
    }

    /// Pulls tokens from the caller into its participant's escrow.
    pub fn deposit(&mut self, caller: Address, reference: Reference, amount: Money) -> Result<Done, Error> {
        self.book(caller, reference, MovementKind::Deposit, amount)
    }

    /// Pays tokens out of the available escrow of the caller's participant to the caller.
    pub fn withdraw(&mut self, caller: Address, reference: Reference, amount: Money) -> Result<Done, Error> {
        self.book(caller, reference, MovementKind::Withdrawal, amount)
    }

    fn book(
        &mut self,
        account: Address,
        reference: Reference,
        kind: MovementKind,
        amount: Money,
    ) -> Result<Done, Error> {
        let caller = self.caller(account)?;
        let key = (caller.participant, reference);
        let recorded = self.operations.get(&key).map(|operation| operation.movement());
        let position = self.position_of(caller.participant, amount.currency);
        let change = match movement::book(recorded, &self.gate, &caller, position, kind, amount, self.now)? {
            Outcome::Recorded(change) => change,
            Outcome::Repeated(_) => return Ok(Done::Repeated),
        };
        // The contract writes first and lets an error revert everything; here the token is asked first.
        let entry = self
            .currencies
            .get(&amount.currency)
            .ok_or(Error::UnknownCurrency)?;
        let token = self.tokens.get_mut(&entry.token).ok_or(Error::NotAToken)?;
        match kind {
            MovementKind::Deposit => {
                token.transfer_from(SETTLEMENT, account, SETTLEMENT, amount.minor_units)?
            }
            MovementKind::Withdrawal => token.transfer(SETTLEMENT, account, amount.minor_units)?,
        }
        self.operations.insert(key, Operation::Movement(change.movement));
        self.set_position(change.participant, amount.currency, change.position);
        Ok(Done::Recorded)
    }

    /// Whom an account acts for; [`Error::UnknownAccount`].
    pub fn caller(&self, account: Address) -> Result<Caller, Error> {
        self.accounts.get(&account).copied().ok_or(Error::UnknownAccount)
    }

    /// A participant's escrow in a currency.
    #[must_use]
    pub fn position_of(&self, participant: ParticipantId, currency: Currency) -> Position {
        self.pages
            .get(&(currency, PositionPage::number_of(participant)))
            .map(|page| page.get(participant))
            .unwrap_or_default()
    }

    fn set_position(&mut self, participant: ParticipantId, currency: Currency, position: Position) {
        let key = (currency, PositionPage::number_of(participant));
        self.pages.entry(key).or_default().set(participant, position);
    }

    /// A currency's books against its token.
    pub fn conservation_of(&self, currency: Currency) -> Result<Conservation, Error> {
        let entry = self.currencies.get(&currency).ok_or(Error::UnknownCurrency)?;
        let token = self.tokens.get(&entry.token).ok_or(Error::NotAToken)?;
        let pages = self.pages.iter().filter(|((code, _), _)| *code == currency);
        let mut booked = 0u128;
        for (_, page) in pages {
            booked = booked.checked_add(page.total()?).ok_or(Error::AmountOverflow)?;
        }
        Ok(Conservation::of(booked, token.balance_of(SETTLEMENT)))
    }
}

impl Backend for Ledger {
    fn submit(&mut self, caller: Account, command: &Command) -> Result<(), Error> {
        self.execute(caller, command).map(|_| ())
    }

    fn deploy_token(&mut self, token: Token, decimals: u8) {
        self.tokens.insert(token.address(), FakeToken::new(decimals));
    }

    fn fund(&mut self, account: Account, token: Token, minor_units: u128) {
        let token = self.tokens.get_mut(&token.address()).expect("a deployed token");
        token.mint(account.address(), minor_units);
        token.approve_more(account.address(), SETTLEMENT, minor_units);
    }

    fn send_stray(&mut self, token: Token, minor_units: u128) {
        let token = self.tokens.get_mut(&token.address()).expect("a deployed token");
        token.mint(SETTLEMENT, minor_units);
    }

    fn token_balance(&self, account: Account, token: Token) -> u128 {
        self.tokens
            .get(&token.address())
            .map_or(0, |token| token.balance_of(account.address()))
    }

    fn now(&self) -> Seconds {
        self.now
    }

    fn advance_time(&mut self, seconds: Seconds) {
        self.now += seconds;
    }

    fn position(&self, participant: ParticipantId, currency: Currency) -> Position {
        self.position_of(participant, currency)
    }

    fn transfer(&self, uetr: Uetr) -> Option<Transfer> {
        self.transfers.get(&uetr).copied()
    }

    fn changes(&self, uetr: Uetr) -> Vec<TransferChange> {
        let own = self.events.iter().filter(|(of, _)| *of == uetr);
        own.map(|(_, change)| *change).collect()
    }

    fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
        self.conservation_of(currency)
    }
}

//! One settlement contract on the node, commanded and asked through the client only.

use super::{command::carry_out, Node};
use crate::backend::{Account, Backend, Command, Token, GOVERNOR};
use crate::blob::artefact::code;
use crate::blob::artefact::settlement_code;
use corridor_client::core::{
    Address, Conservation, Currency, Error, ParticipantId, Position, Seconds, Terms, Transfer,
    TransferChange, Uetr,
};
use corridor_client::{ApproveRequest, Corridor, DeployCash, DeploySettlement, IssueRequest};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A settlement contract just deployed, with its tokens.
pub struct NodeBackend {
    node: Arc<Node>,
    settlement: Address,
    tokens: BTreeMap<Token, Address>,
    /// The message digests the client made, and the scenario's in their place.
    digests: BTreeMap<[u8; 32], [u8; 32]>,
    /// How much money was issued so far, in requests: each has an identity of its own.
    issued: u8,
}

impl NodeBackend {
    pub(super) fn deploy(node: Arc<Node>) -> Self {
        let governor = node.wait(node.member(GOVERNOR));
        let request = DeploySettlement {
            code: settlement_code(),
            governor: governor.address,
        };
        let deployed = node.wait(governor.corridor.deploy_settlement(request));
        let settlement = deployed
            .unwrap_or_else(|error| panic!("cannot deploy: {error}"))
            .receipt;
        Self {
            node,
            settlement,
            tokens: BTreeMap::new(),
            digests: BTreeMap::new(),
            issued: 0,
        }
    }

    /// The node it is on.
    #[must_use]
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// The contract's address.
    #[must_use]
    pub fn settlement(&self) -> Address {
        self.settlement
    }

    /// A connection that signs with the account's key, to this contract.
    #[must_use]
    pub fn corridor(&self, account: Account) -> Corridor {
        self.node
            .wait(self.node.member(account))
            .corridor
            .with_settlement(self.settlement)
    }

    fn address(&self, account: Account) -> Address {
        self.node.wait(self.node.member(account)).address
    }

    pub(super) fn token(&self, token: Token) -> Address {
        // Where there is no contract, any address will do.
        self.tokens.get(&token).copied().unwrap_or(token.address())
    }

    /// Puts the scenario's digest in the place of the client's.
    fn translate(&self, terms: &mut Terms) {
        if let Some(digest) = self.digests.get(&terms.message_digest) {
            terms.message_digest = *digest;
        }
    }

    /// Waits for an answer that nothing but a broken test can prevent.
    fn must<Answer>(
        &self,
        what: &str,
        client: impl Future<Output = Result<Answer, corridor_client::Error>>,
    ) -> Answer {
        let answer = self.node.wait(client);
        answer.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    fn issue(&mut self, token: Token, account: Address, minor_units: u128) {
        self.issued += 1;
        let request = IssueRequest {
            token: self.token(token),
            account,
            minor_units,
            request_id: [self.issued; 32],
        };
        let issuer = self.corridor(GOVERNOR);
        self.must("issue", issuer.issue(request));
    }
}

impl Backend for NodeBackend {
    fn submit(&mut self, caller: Account, command: &Command) -> Result<(), Error> {
        let corridor = self.corridor(caller);
        let answer = self.node.wait(carry_out(self, &corridor, command));
        if let (Ok(()), Command::Instruct { uetr, terms }) = (&answer, command) {
            let kept = self.must("stored transfer", corridor.recorded_transfer(*uetr));
            let digest = kept.expect("it was instructed").terms.message_digest;
            self.digests.insert(digest, terms.message_digest);
        }
        answer.map_err(|error| {
            let refusal = error.refusal();
            refusal.unwrap_or_else(|| panic!("{} {command:?}: {error}", caller.0))
        })
    }

    fn deploy_token(&mut self, token: Token, decimals: u8) {
        let governor = self.address(GOVERNOR);
        let request = DeployCash {
            code: code("cash"),
            name: token.0.into(),
            symbol: "TST".into(),
            currency: currency_with(decimals),
            issuer: governor,
            guardian: governor,
        };
        let issuer = self.corridor(GOVERNOR);
        let deployed = self.must("deploy a token", issuer.deploy_cash(request));
        self.tokens.insert(token, deployed.receipt);
    }

    fn fund(&mut self, account: Account, token: Token, minor_units: u128) {
        let (owner, spender) = (self.address(account), self.settlement);
        self.issue(token, owner, minor_units);
        let (corridor, token) = (self.corridor(account), self.token(token));
        let allowed = self.must("allowance", corridor.token_allowance(token, owner, spender));
        let request = ApproveRequest {
            token,
            spender,
            minor_units: allowed + minor_units,
        };
        self.must("approve", corridor.approve(request));
    }

    fn send_stray(&mut self, token: Token, minor_units: u128) {
        self.issue(token, self.settlement, minor_units);
    }

    fn token_balance(&self, account: Account, token: Token) -> u128 {
        let (corridor, owner) = (self.corridor(account), self.address(account));
        self.must("balance", corridor.token_balance(self.token(token), owner))
    }

    fn now(&self) -> Seconds {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.expect("a clock after 1970").as_secs()
    }

    fn advance_time(&mut self, seconds: Seconds) {
        std::thread::sleep(Duration::from_secs(seconds));
        self.node.make_block();
    }

    fn position(&self, participant: ParticipantId, currency: Currency) -> Position {
        let corridor = self.corridor(GOVERNOR);
        self.must("position", corridor.position(participant, currency))
    }

    fn transfer(&self, uetr: Uetr) -> Option<Transfer> {
        let mut found = self.must("transfer", self.corridor(GOVERNOR).transfer(uetr))?;
        self.translate(&mut found.terms);
        Some(found)
    }

    fn changes(&self, uetr: Uetr) -> Vec<TransferChange> {
        let head = self.must("head", self.corridor(GOVERNOR).finalised_head());
        let record = &self.node.record;
        let mut changes = self.node.wait(record.changes(self.settlement, uetr, head.number));
        for change in &mut changes {
            if let TransferChange::Instructed(terms) = change {
                self.translate(terms);
            }
        }
        changes
    }

    fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
        let answer = self.node.wait(self.corridor(GOVERNOR).conservation(currency));
        answer.map_err(|error| {
            let refusal = error.refusal();
            refusal.unwrap_or_else(|| panic!("conservation of {currency}: {error}"))
        })
    }
}

/// A currency that has so many digits after the decimal point.
fn currency_with(decimals: u8) -> Currency {
    let code = match decimals {
        0 => *b"JPY",
        2 => *b"CNY",
        3 => *b"KWD",
        _ => panic!("no currency with {decimals} decimals is at hand"),
    };
    Currency::new(code).expect("a code")
}

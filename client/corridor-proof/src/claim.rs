//! What evidence says: values as the contract records them, in words.
//!
//! Amounts are strings of minor units and identifiers are text, so that no program that reads the file loses a digit.

use crate::{BatchClaim, Bytes, Fixed};
use corridor_core::{
    participant::Participant, AgentId, Currency, NetEntry, NetPage, ParticipantId, Position, ReasonCode,
    Transfer, TransferStatus, Uetr,
};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// One thing the contract records, or that it records nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Claim {
    /// A participant's escrow in a currency.
    Position(PositionClaim),
    /// A participant's net settlement in a currency.
    NetPosition(NetPositionClaim),
    /// A transfer.
    Transfer(TransferClaim),
    /// A clearing batch.
    Batch(BatchClaim),
}

/// A participant's escrow in a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PositionClaim {
    /// The identifier that was asked about.
    pub agent: Text<AgentId>,
    /// The participant that goes by it; `null` where none does.
    pub participant: Option<u16>,
    /// In which currency.
    pub currency: Text<Currency>,
    /// Free to instruct or withdraw, in minor units.
    pub available: Text<u128>,
    /// Held for pending transfers, in minor units.
    pub reserved: Text<u128>,
}

/// A participant's net settlement in a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetPositionClaim {
    /// The identifier that was asked about.
    pub agent: Text<AgentId>,
    /// The participant that goes by it; `null` where none does.
    pub participant: Option<u16>,
    /// In which currency.
    pub currency: Text<Currency>,
    /// Set aside to pay net debits, in minor units.
    pub collateral: Text<u64>,
    /// The net debit cap, in minor units.
    pub cap: Text<u64>,
    /// The window `open` belongs to, as of the last posting.
    pub open_window: u32,
    /// Credits less debits of that window, in minor units.
    pub open: Text<i64>,
    /// The window that waits for its closing, where one does.
    pub closing_window: Option<u32>,
    /// Credits less debits of that window, in minor units.
    pub closing: Text<i64>,
}

/// A transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferClaim {
    /// Its identity.
    pub uetr: Text<Uetr>,
    /// What is recorded under it; `null` where nothing is.
    pub recorded: Option<Box<TransferRecord>>,
}

/// What is recorded of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferRecord {
    /// Where it stands, in the contract's words.
    pub status: String,
    /// The settlement window it was booked in, where it settles net.
    pub window: Option<u32>,
    /// The ISO 20022 reason, where there is one.
    pub reason: Option<Text<ReasonCode>>,
    /// Whose escrow pays.
    pub debtor_agent: Party,
    /// Whose escrow is paid.
    pub creditor_agent: Party,
    /// ISO 4217 code.
    pub currency: Text<Currency>,
    /// The amount, in minor units.
    pub minor_units: Text<u128>,
    /// How much was sent back, in minor units.
    pub returned_minor_units: Text<u128>,
    /// How it settles, in the contract's words: `Gross`, `Net`.
    pub settlement_method: String,
    /// ISO 20022 `IntrBkSttlmDt`, as days since 1970-01-01.
    pub interbank_settlement_day: u32,
    /// ISO 20022 `ChrgBr`.
    pub charge_bearer: String,
    /// Block time in seconds since 1970 at which it was instructed.
    pub instructed_at: u64,
    /// Block time in seconds since 1970 at which the status last changed.
    pub updated_at: u64,
    /// Block time in seconds since 1970 from which on it cannot be accepted.
    pub expires_at: u64,
    /// The salted digest of the message.
    pub message_digest: Fixed<32>,
    /// What the record holds besides, SCALE-encoded, for kinds of transfers that have more; otherwise empty.
    pub further: Bytes,
}

/// A participant and the first of its identifiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its number in the contract.
    pub participant: u16,
    /// What it goes by; `null` where the contract records no such participant.
    pub agent: Option<Text<AgentId>>,
}

impl PositionClaim {
    pub(crate) fn new(
        agent: AgentId,
        id: Option<ParticipantId>,
        currency: Currency,
        position: Position,
    ) -> Self {
        Self {
            agent: Text(agent),
            participant: id.map(|id| id.0),
            currency: Text(currency),
            available: Text(position.available),
            reserved: Text(position.reserved),
        }
    }
}

impl NetPositionClaim {
    pub(crate) fn new(agent: AgentId, id: Option<ParticipantId>, currency: Currency, page: &NetPage) -> Self {
        let entry = id.map_or(NetEntry::default(), |id| page.get(id));
        Self {
            agent: Text(agent),
            participant: id.map(|id| id.0),
            currency: Text(currency),
            collateral: Text(entry.collateral),
            cap: Text(entry.cap),
            open_window: page.open_window().0,
            open: Text(entry.open),
            closing_window: page.closing_window().map(|window| window.0),
            closing: Text(entry.closing),
        }
    }
}

impl TransferRecord {
    pub(crate) fn new(
        transfer: &Transfer,
        debtor_agent: Party,
        creditor_agent: Party,
        further: Vec<u8>,
    ) -> Self {
        let terms = &transfer.terms;
        Self {
            status: transfer.status.name().into(),
            window: match transfer.status {
                TransferStatus::Netted(window) => Some(window.0),
                _ => None,
            },
            reason: transfer.reason.map(Text),
            debtor_agent,
            creditor_agent,
            currency: Text(terms.currency()),
            minor_units: Text(terms.minor_units()),
            returned_minor_units: Text(transfer.returned_minor_units),
            settlement_method: format!("{:?}", terms.settlement_method),
            interbank_settlement_day: terms.interbank_settlement_date,
            charge_bearer: terms.charge_bearer.code().into(),
            instructed_at: transfer.instructed_at,
            updated_at: transfer.updated_at,
            expires_at: terms.expires_at,
            message_digest: Fixed(terms.message_digest),
            further: Bytes(further),
        }
    }
}

impl Party {
    pub(crate) fn new(id: ParticipantId, participant: Option<Participant>) -> Self {
        let agent = participant.and_then(|participant| participant.agents.into_iter().next());
        Self {
            participant: id.0,
            agent: agent.map(Text),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.agent {
            Some(agent) => agent.fmt(f),
            None => write!(f, "participant {}", self.participant),
        }
    }
}

/// A value that JSON shows by its own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<T>(pub T);

impl<T: fmt::Display> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map(Self)
            .map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
    }
}

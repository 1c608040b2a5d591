//! What evidence is asked about, and how the answer is read from the contract's storage.

use crate::{
    claim::{NetPositionClaim, Party, PositionClaim, Text, TransferClaim, TransferRecord},
    BatchClaim, Claim, ProofError, RecordedBatch,
};
use corridor_api::StorageKey;
use corridor_core::{
    participant::Participant, AgentId, BatchRecord, Currency, NetPage, ParticipantId, PositionPage, Transfer,
    Uetr,
};
use scale_codec::{Decode, DecodeAll};

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The escrow, in a currency, of whoever goes by an identifier.
    Position {
        /// The identifier.
        agent: AgentId,
        /// The currency.
        currency: Currency,
    },
    /// The net settlement, in a currency, of whoever goes by an identifier.
    NetPosition {
        /// The identifier.
        agent: AgentId,
        /// The currency.
        currency: Currency,
    },
    /// The transfer under a UETR.
    Transfer(Uetr),
    /// A clearing batch.
    Batch {
        /// Its debtor agent.
        debtor_agent: ParticipantId,
        /// Its number among the debtor agent's.
        number: u32,
    },
}

/// Why a claim could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// This key's value is needed first.
    Needs(StorageKey),
    /// What there is does not make a claim.
    Fault(ProofError),
}

impl From<ProofError> for Unread {
    fn from(fault: ProofError) -> Self {
        Self::Fault(fault)
    }
}

/// The contract's storage, by whatever way it is read.
pub(crate) struct Books<R>(pub(crate) R);

impl<R: Fn(&StorageKey) -> Result<Option<Vec<u8>>, Unread>> Books<R> {
    fn get<V: DecodeAll>(&self, key: StorageKey) -> Result<Option<V>, Unread> {
        let Some(bytes) = (self.0)(&key)? else {
            return Ok(None);
        };
        let value = V::decode_all(&mut &bytes[..]);
        let fault = |_| undecodable(&key);
        Ok(Some(value.map_err(fault)?))
    }

    /// A value of which only the first part is known here, and the rest of it.
    fn get_first<V: Decode>(&self, key: StorageKey) -> Result<Option<(V, Vec<u8>)>, Unread> {
        let Some(bytes) = (self.0)(&key)? else {
            return Ok(None);
        };
        let mut rest = &bytes[..];
        let fault = |_| undecodable(&key);
        let value = V::decode(&mut rest).map_err(fault)?;
        Ok(Some((value, rest.to_vec())))
    }

    fn holder(&self, agent: &AgentId) -> Result<Option<ParticipantId>, Unread> {
        self.get(StorageKey::Agent(agent.clone()))
    }

    fn party(&self, id: ParticipantId) -> Result<Party, Unread> {
        let participant: Option<Participant> = self.get(StorageKey::Participant(id))?;
        Ok(Party::new(id, participant))
    }
}

fn undecodable(key: &StorageKey) -> ProofError {
    ProofError::Decode {
        what: format!("{key:?}"),
    }
}

impl Subject {
    /// What a claim is about.
    #[must_use]
    pub fn of(claim: &Claim) -> Self {
        match claim {
            Claim::Position(claim) => Self::Position {
                agent: claim.agent.0.clone(),
                currency: claim.currency.0,
            },
            Claim::NetPosition(claim) => Self::NetPosition {
                agent: claim.agent.0.clone(),
                currency: claim.currency.0,
            },
            Claim::Transfer(claim) => Self::Transfer(claim.uetr.0),
            Claim::Batch(claim) => Self::Batch {
                debtor_agent: ParticipantId(claim.debtor_agent),
                number: claim.number,
            },
        }
    }

    /// Reads the claim about this subject. `value` answers what is stored under a key.
    ///
    /// # Errors
    /// Those of `value`; [`ProofError::Decode`].
    pub fn read(
        &self,
        value: impl Fn(&StorageKey) -> Result<Option<Vec<u8>>, Unread>,
    ) -> Result<Claim, Unread> {
        let books = Books(value);
        match self {
            Self::Position { agent, currency } => {
                let id = books.holder(agent)?;
                let page: PositionPage = match id {
                    Some(id) => books.get(StorageKey::Positions(*currency, PositionPage::number_of(id)))?,
                    None => None,
                }
                .unwrap_or_default();
                let position = id.map(|id| page.get(id)).unwrap_or_default();
                let claim = PositionClaim::new(agent.clone(), id, *currency, position);
                Ok(Claim::Position(claim))
            }
            Self::NetPosition { agent, currency } => {
                let id = books.holder(agent)?;
                let page: NetPage = match id {
                    Some(id) => books.get(StorageKey::NetPositions(*currency, NetPage::number_of(id)))?,
                    None => None,
                }
                .unwrap_or_default();
                let claim = NetPositionClaim::new(agent.clone(), id, *currency, &page);
                Ok(Claim::NetPosition(claim))
            }
            Self::Transfer(uetr) => {
                // Every kind of transfer begins with the record that all of them have.
                let found: Option<(Transfer, _)> = books.get_first(StorageKey::Transfer(*uetr))?;
                let recorded = match found {
                    Some((transfer, further)) => Some(Box::new(TransferRecord::new(
                        &transfer,
                        books.party(transfer.terms.debtor_agent)?,
                        books.party(transfer.terms.creditor_agent)?,
                        further,
                    ))),
                    None => None,
                };
                let uetr = Text(*uetr);
                Ok(Claim::Transfer(TransferClaim { uetr, recorded }))
            }
            Self::Batch { debtor_agent, number } => {
                let record: Option<BatchRecord> = books.get(StorageKey::Batch(*debtor_agent, *number))?;
                let recorded = record.map(|record| RecordedBatch::new(&record, |id| books.party(id)));
                Ok(Claim::Batch(BatchClaim {
                    debtor_agent: debtor_agent.0,
                    number: *number,
                    recorded: recorded.transpose()?.map(Box::new),
                }))
            }
        }
    }
}

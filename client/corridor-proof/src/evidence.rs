//! The file: format `corridor/evidence/v1`, how it is made, and how it is checked.

use crate::{
    finality::{Authorities, Finality, FinalityProof},
    header::Header,
    state::{genesis_key, slot_key, time_key},
    Bytes, Claim, Contract, Fixed, Hash, ProofError, ProvenState, Subject, Unread,
};
use corridor_api::StorageKey;
use corridor_core::Address;
use scale_codec::Decode;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt::Display};

/// What the file says it is.
pub const FORMAT: &str = "corridor/evidence/v1";

/// Claims about what the settlement contract records at a block, with everything it takes to check them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// [`FORMAT`].
    pub format: String,
    /// The hash of block 0: which chain.
    pub genesis: Fixed<32>,
    /// Which contract.
    pub settlement: Fixed<20>,
    /// The hash of the contract's code.
    pub code_hash: Fixed<32>,
    /// Which block.
    pub block: Block,
    /// The chain's proof that the block is final; `null` where it gives none.
    pub finality: Option<FinalityProof>,
    /// What is claimed.
    pub claims: Vec<Claim>,
    /// Nodes of the chain's state trie and of the contract's child trie, in no particular order.
    pub proof: Vec<Bytes>,
}

/// The block whose state is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Fixed<32>,
    /// The root of the chain's state after it.
    pub state_root: Fixed<32>,
    /// Its time in milliseconds since 1970.
    pub time_ms: u64,
    /// Its header, SCALE-encoded.
    pub header: Bytes,
}

/// What was found out about evidence that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The evidence; every word of it but `finality` follows from the block's hash.
    pub evidence: &'a Evidence,
    /// Whether the block is known to be final.
    pub finality: Finality,
}

/// What a chain answers about a block, to make evidence of.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The block's header, SCALE-encoded.
    pub header: Vec<u8>,
    /// The chain's proof of finality.
    pub finality: Option<FinalityProof>,
    /// Nodes of the tries.
    pub nodes: BTreeSet<Vec<u8>>,
    /// The keys of the contract's child trie that `nodes` answer.
    pub slots: BTreeSet<Vec<u8>>,
}

impl Evidence {
    /// Makes evidence of what was gathered. The claims are read from the proof itself, as a verifier reads them.
    ///
    /// # Errors
    /// [`Unread::Needs`] a key of which no proof has been gathered yet; otherwise as [`Evidence::verify`].
    pub fn of(settlement: Address, subjects: &[Subject], gathered: &Gathered) -> Result<Self, Unread> {
        let header = Header::read(&gathered.header)?;
        let state = ProvenState::new(header.state_root, gathered.nodes.iter().cloned());
        let contract = state.contract(settlement)?;
        let value = |key: &StorageKey| {
            if gathered.slots.contains(&slot_key(key)) {
                Ok(stored(&state, &contract, key)?)
            } else {
                Err(Unread::Needs(key.clone()))
            }
        };
        let claims = subjects.iter().map(|subject| subject.read(value));
        Ok(Self {
            format: FORMAT.into(),
            genesis: Fixed(genesis(&state)?),
            settlement: Fixed(settlement),
            code_hash: Fixed(contract.code_hash),
            block: Block {
                number: header.number,
                hash: Fixed(header.hash),
                state_root: Fixed(header.state_root),
                time_ms: time_ms(&state)?,
                header: Bytes(gathered.header.clone()),
            },
            finality: gathered.finality.clone(),
            claims: claims.collect::<Result<_, _>>()?,
            proof: gathered.nodes.iter().cloned().map(Bytes).collect(),
        })
    }

    /// Checks everything the evidence says, without any chain: the header's hash, each node on the way from the
    /// state root to each value, and each value.
    ///
    /// `authorities` are those that decide finality, where the verifier knows them.
    ///
    /// # Errors
    /// [`ProofError`]: the first thing that does not hold.
    pub fn verify(&self, authorities: Option<&Authorities>) -> Result<Verified<'_>, ProofError> {
        self.check_format()?;
        let header = Header::read(&self.block.header.0)?;
        same("the block's hash", self.block.hash, Fixed(header.hash))?;
        same("the block's number", self.block.number, header.number)?;
        same("the state root", self.block.state_root, Fixed(header.state_root))?;
        let nodes = self.proof.iter().map(|node| node.0.clone());
        let state = ProvenState::new(header.state_root, nodes);
        same("the block's time", self.block.time_ms, time_ms(&state)?)?;
        same("the chain's genesis", self.genesis, Fixed(genesis(&state)?))?;
        let contract = state.contract(self.settlement.0)?;
        same("the code's hash", self.code_hash, Fixed(contract.code_hash))?;
        for claim in &self.claims {
            check(claim, |key| Ok(stored(&state, &contract, key)?))?;
        }
        let finality = match &self.finality {
            Some(proof) => proof.check(&header, authorities)?,
            None => Finality::NotProvable,
        };
        Ok(Verified {
            evidence: self,
            finality,
        })
    }

    fn check_format(&self) -> Result<(), ProofError> {
        if self.format == FORMAT {
            return Ok(());
        }
        Err(ProofError::Format {
            reason: format!("its format is {:?} instead of {FORMAT}", self.format),
        })
    }

    /// The file's text.
    ///
    /// # Errors
    /// [`ProofError::Format`]: a fault of this program.
    pub fn to_json(&self) -> Result<String, ProofError> {
        serde_json::to_string_pretty(self).map_err(not_evidence)
    }

    /// Reads a file. Nothing it says is checked yet but its form.
    ///
    /// # Errors
    /// [`ProofError::Format`].
    pub fn from_json(json: &[u8]) -> Result<Self, ProofError> {
        let evidence: Self = serde_json::from_slice(json).map_err(not_evidence)?;
        evidence.check_format()?;
        Ok(evidence)
    }
}

fn not_evidence(error: serde_json::Error) -> ProofError {
    ProofError::Format {
        reason: error.to_string(),
    }
}

/// The claim, when it is what the contract's storage says.
fn check(
    claim: &Claim,
    value: impl Fn(&StorageKey) -> Result<Option<Vec<u8>>, Unread>,
) -> Result<(), ProofError> {
    let proven = Subject::of(claim).read(value).map_err(|fault| match fault {
        Unread::Fault(fault) => fault,
        Unread::Needs(key) => ProofError::Incomplete {
            what: format!("{key:?}"),
        },
    })?;
    if proven == *claim {
        return Ok(());
    }
    let text = |claim: &Claim| serde_json::to_string(claim).map_err(not_evidence);
    Err(ProofError::Differs {
        what: "a claim".into(),
        stated: text(claim)?,
        proven: text(&proven)?,
    })
}

fn same<T: PartialEq + Display>(what: &str, stated: T, proven: T) -> Result<(), ProofError> {
    if stated == proven {
        return Ok(());
    }
    Err(ProofError::Differs {
        what: what.into(),
        stated: stated.to_string(),
        proven: proven.to_string(),
    })
}

/// What the contract has stored under a key.
fn stored(state: &ProvenState, contract: &Contract, key: &StorageKey) -> Result<Option<Vec<u8>>, ProofError> {
    state.get_child(&contract.trie_id, &slot_key(key), &format!("{key:?}"))
}

fn genesis(state: &ProvenState) -> Result<Hash, ProofError> {
    decode(state, &genesis_key(), "the chain's genesis")
}

fn time_ms(state: &ProvenState) -> Result<u64, ProofError> {
    decode(state, &time_key(), "the block's time")
}

fn decode<T: Decode>(state: &ProvenState, key: &[u8], what: &str) -> Result<T, ProofError> {
    let value = state.get(key, what)?;
    value
        .and_then(|bytes| T::decode(&mut &bytes[..]).ok())
        .ok_or_else(|| ProofError::Decode { what: what.into() })
}

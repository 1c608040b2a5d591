//! Whether a block is final: GRANDPA's justification, checked against authorities the verifier trusts.
//!
//! A justification is the votes of more than two thirds of an authority set. Which set that was cannot be taken from
//! the file: who forges a block can forge a set that voted for it. So the verifier names the set
//! ([`Authorities`]), taken from any node it trusts; without it a justification is there but proves nothing.

use crate::{header::Header, Bytes, Fixed, Hash, ProofError};
use finality_grandpa::{validate_commit, voter_set::VoterSet, Chain, Commit, Error as VoteError, Message};
use scale_codec::{Compact, Decode, Encode};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The number GRANDPA votes on; every chain that uses it today has 32 bits.
type Number = u32;
type AuthorityId = [u8; 32];
type Signature = [u8; 64];

/// What a chain gives as the proof of a block's finality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalityProof {
    /// A SCALE-encoded `GrandpaJustification` of the block, or of one that descends from it.
    pub grandpa_justification: Bytes,
    /// Headers from the block's child to the justified block, in order; none where it is the block itself.
    pub descendants: Vec<Bytes>,
}

/// The authorities that decide finality at some time, as the verifier knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorities {
    /// The set's number: `grandpa.currentSetId`.
    pub set_id: u64,
    /// Ed25519 public keys with their weights: `GrandpaApi_grandpa_authorities`.
    pub authorities: Vec<Authority>,
}

/// One authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Its Ed25519 public key.
    pub public_key: Fixed<32>,
    /// How much its vote counts.
    pub weight: u64,
}

/// What is known of a block's finality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finality {
    /// More than two thirds of the given authorities voted for the block or a descendant of it.
    Proven,
    /// The file has a justification, and no authorities were given to check it against.
    NotChecked,
    /// The chain gave no justification. The block's hash has to be compared with a node's.
    NotProvable,
}

impl fmt::Display for Finality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proven => "proven: more than two thirds of the authorities given voted for it",
            Self::NotChecked => "not checked: give the authorities that the file's justification is to be checked against",
            Self::NotProvable => "not provable: the chain gave no justification; compare the block's hash with a node you trust",
        })
    }
}

/// `GrandpaJustification` of sp-consensus-grandpa.
#[derive(Encode, Decode)]
struct Justification {
    round: u64,
    commit: Commit<Hash, Number, Signature, AuthorityId>,
    votes_ancestries: Vec<AnyHeader>,
}

/// A header of a list: its length is only known when it has been read to its end.
struct AnyHeader(Vec<u8>);

impl Encode for AnyHeader {
    fn encode(&self) -> Vec<u8> {
        self.0.clone()
    }
}

impl Decode for AnyHeader {
    fn decode<I: scale_codec::Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let (parent, number, roots) = <(Hash, Compact<u64>, [Hash; 2])>::decode(input)?;
        let mut bytes = (parent, number, roots).encode();
        let Compact(items) = Compact::<u32>::decode(input)?;
        Compact(items).encode_to(&mut bytes);
        for _ in 0..items {
            digest_item(input)?.encode_to(&mut bytes);
        }
        Ok(Self(bytes))
    }
}

/// One item of a header's digest, as `sp_runtime::generic::DigestItem` encodes it.
#[derive(Encode, Decode)]
enum DigestItem {
    #[codec(index = 0)]
    Other(Vec<u8>),
    #[codec(index = 4)]
    Consensus([u8; 4], Vec<u8>),
    #[codec(index = 5)]
    Seal([u8; 4], Vec<u8>),
    #[codec(index = 6)]
    PreRuntime([u8; 4], Vec<u8>),
    #[codec(index = 8)]
    RuntimeEnvironmentUpdated,
}

fn digest_item<I: scale_codec::Input>(input: &mut I) -> Result<DigestItem, scale_codec::Error> {
    DigestItem::decode(input)
}

impl FinalityProof {
    /// Whether this shows `block` to be final.
    ///
    /// # Errors
    /// [`ProofError::Justification`].
    pub fn check(&self, block: &Header, authorities: Option<&Authorities>) -> Result<Finality, ProofError> {
        let Some(authorities) = authorities else {
            return Ok(Finality::NotChecked);
        };
        let bytes = &self.grandpa_justification.0;
        let justification = scale_codec::DecodeAll::decode_all(&mut &bytes[..])
            .map_err(|_| refuse("it cannot be decoded"))?;
        let target = self.last_descendant(block)?;
        judge(&justification, &target, authorities)?;
        Ok(Finality::Proven)
    }

    /// The justified block, reached from `block` parent by parent.
    fn last_descendant(&self, block: &Header) -> Result<Header, ProofError> {
        self.descendants.iter().try_fold(*block, |parent, bytes| {
            let header = Header::read(&bytes.0)?;
            if header.parent == parent.hash {
                Ok(header)
            } else {
                Err(refuse("its headers are no chain that begins at the block"))
            }
        })
    }
}

fn judge(justification: &Justification, target: &Header, trusted: &Authorities) -> Result<(), ProofError> {
    let commit = &justification.commit;
    if commit.target_hash != target.hash || u64::from(commit.target_number) != target.number {
        return Err(refuse("it is another block's"));
    }
    let weights = trusted.authorities.iter();
    let voters = VoterSet::new(weights.map(|authority| (authority.public_key.0, authority.weight)))
        .ok_or_else(|| refuse("the authorities given are no set"))?;
    let ancestry = Ancestry::new(&justification.votes_ancestries)?;
    let valid = validate_commit(commit, &voters, &ancestry).is_ok_and(|result| result.is_valid());
    if !valid {
        return Err(refuse(
            "it is not the votes of more than two thirds of the authorities given",
        ));
    }
    for vote in &commit.precommits {
        let message = Message::Precommit(vote.precommit.clone());
        let signed = (message, justification.round, trusted.set_id).encode();
        if !is_signed(&vote.id, &vote.signature, &signed) {
            return Err(refuse(
                "a vote is not signed by its authority, or was cast in another set",
            ));
        }
    }
    Ok(())
}

fn is_signed(key: &AuthorityId, signature: &Signature, message: &[u8]) -> bool {
    let key = ed25519_zebra::VerificationKey::try_from(*key);
    let signature = ed25519_zebra::Signature::from(*signature);
    key.is_ok_and(|key| key.verify(&signature, message).is_ok())
}

fn refuse(reason: &str) -> ProofError {
    ProofError::Justification {
        reason: reason.into(),
    }
}

/// Parents of the blocks that were voted for.
struct Ancestry(BTreeMap<Hash, Hash>);

impl Ancestry {
    fn new(headers: &[AnyHeader]) -> Result<Self, ProofError> {
        let parents = headers.iter().map(|bytes| {
            let header = Header::read(&bytes.0)?;
            Ok((header.hash, header.parent))
        });
        Ok(Self(parents.collect::<Result<_, ProofError>>()?))
    }
}

impl Chain<Hash, Number> for Ancestry {
    fn ancestry(&self, base: Hash, block: Hash) -> Result<Vec<Hash>, VoteError> {
        let mut route = Vec::new();
        let mut current = block;
        while current != base {
            current = *self.0.get(&current).ok_or(VoteError::NotDescendent)?;
            route.push(current);
        }
        // What is asked for ends before the base.
        route.pop();
        Ok(route)
    }
}

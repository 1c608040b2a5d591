//! Finality by GRANDPA: made here, as the development chain has none, by keys that vote on recorded blocks.

mod common;

use common::{read, POSITIONS};
use corridor_proof::{
    finality::{Authorities, Authority, FinalityProof},
    header::Header,
    Bytes, Evidence, Finality, Fixed, ProofError,
};
use ed25519_zebra::{SigningKey, VerificationKey};
use finality_grandpa::{Message, Precommit};
use scale_codec::{Compact, Encode};

const SET: u64 = 7;
const ROUND: u64 = 12;

fn keys(count: u8) -> Vec<SigningKey> {
    (1..=count).map(|seed| SigningKey::from([seed; 32])).collect()
}

fn public(key: &SigningKey) -> [u8; 32] {
    VerificationKey::from(key).into()
}

fn authorities(keys: &[SigningKey]) -> Authorities {
    let authority = |key| Authority {
        public_key: Fixed(public(key)),
        weight: 1,
    };
    Authorities {
        set_id: SET,
        authorities: keys.iter().map(authority).collect(),
    }
}

/// A `GrandpaJustification` of `target` as the chain encodes it, written out by hand: `votes`, signed for a set.
fn justification(target: &Header, votes: &[(&SigningKey, Header)], headers: &[Vec<u8>], set: u64) -> Bytes {
    let number = |header: &Header| u32::try_from(header.number).expect("small");
    let mut bytes = (ROUND, target.hash, number(target), Compact(votes.len() as u32)).encode();
    for (key, block) in votes {
        let vote = Precommit::new(block.hash, number(block));
        let signed = (Message::Precommit(vote.clone()), ROUND, set).encode();
        let signature: [u8; 64] = key.sign(&signed).into();
        (vote, signature, public(key)).encode_to(&mut bytes);
    }
    Compact(headers.len() as u32).encode_to(&mut bytes);
    for header in headers {
        bytes.extend(header);
    }
    Bytes(bytes)
}

/// A child of a block, with a digest of each kind.
fn child(parent: &Header) -> Vec<u8> {
    let mut bytes = (parent.hash, Compact(parent.number + 1), [[1u8; 32], [2; 32]]).encode();
    Compact(4u32).encode_to(&mut bytes);
    (6u8, *b"aura", vec![1u8, 2, 3]).encode_to(&mut bytes);
    (0u8, vec![9u8]).encode_to(&mut bytes);
    8u8.encode_to(&mut bytes);
    (5u8, *b"aura", vec![7u8; 64]).encode_to(&mut bytes);
    bytes
}

fn with(justification: Bytes, descendants: Vec<Bytes>) -> Evidence {
    let mut evidence = read(POSITIONS);
    evidence.finality = Some(FinalityProof {
        grandpa_justification: justification,
        descendants,
    });
    evidence
}

fn block() -> Header {
    Header::read(&read(POSITIONS).block.header.0).expect("a header")
}

fn refused(evidence: &Evidence, authorities: &Authorities) {
    let fault = evidence.verify(Some(authorities)).expect_err("must not hold");
    assert!(matches!(fault, ProofError::Justification { .. }), "{fault}");
}

#[test]
fn votes_of_more_than_two_thirds_prove_a_block_final() {
    let (keys, block) = (keys(4), block());
    let votes: Vec<_> = keys[..3].iter().map(|key| (key, block)).collect();
    let evidence = with(justification(&block, &votes, &[], SET), Vec::new());
    let known = authorities(&keys);
    let finality = |authorities| evidence.verify(authorities).map(|verified| verified.finality);
    assert_eq!(finality(Some(&known)), Ok(Finality::Proven));
    assert_eq!(
        finality(None),
        Ok(Finality::NotChecked),
        "a set nobody vouches for proves nothing"
    );
}

#[test]
fn two_thirds_are_not_enough() {
    let (keys, block) = (keys(3), block());
    let votes: Vec<_> = keys[..2].iter().map(|key| (key, block)).collect();
    refused(
        &with(justification(&block, &votes, &[], SET), Vec::new()),
        &authorities(&keys),
    );
    let twice: Vec<_> = [0, 1, 1].map(|at| (&keys[at], block)).to_vec();
    refused(
        &with(justification(&block, &twice, &[], SET), Vec::new()),
        &authorities(&keys),
    );
    refused(
        &with(justification(&block, &[], &[], SET), Vec::new()),
        &authorities(&keys),
    );
}

#[test]
fn votes_of_strangers_of_another_set_or_unsigned_do_not_count() {
    let (all, block) = (keys(8), block());
    let votes = |keys: &[SigningKey]| keys.iter().map(|key| (*key, block)).collect::<Vec<_>>();
    let borrowed = |votes: &[(SigningKey, Header)], set| {
        let votes: Vec<_> = votes.iter().map(|(key, block)| (key, *block)).collect();
        with(justification(&block, &votes, &[], set), Vec::new())
    };
    refused(&borrowed(&votes(&all[4..]), SET), &authorities(&all[..4]));
    refused(&borrowed(&votes(&all[..4]), SET - 1), &authorities(&all[..4]));
    let mut evidence = borrowed(&votes(&all[..4]), SET);
    let proof = evidence.finality.as_mut().expect("there");
    // The first signature: after round, target, count, and what was voted for.
    proof.grandpa_justification.0[8 + 36 + 1 + 36] ^= 1;
    refused(&evidence, &authorities(&all[..4]));
    refused(
        &borrowed(&votes(&all[..4]), SET),
        &Authorities {
            set_id: SET,
            authorities: Vec::new(),
        },
    );
}

#[test]
fn a_descendants_justification_proves_the_block() {
    let (keys, block) = (keys(4), block());
    let first = child(&block);
    let middle = Header::read(&first).expect("a header");
    let second = child(&middle);
    let target = Header::read(&second).expect("a header");
    let votes: Vec<_> = keys.iter().map(|key| (key, target)).collect();
    let justified = justification(&target, &votes, &[], SET);
    let chain = vec![Bytes(first.clone()), Bytes(second.clone())];
    let evidence = with(justified.clone(), chain);
    let proven = evidence
        .verify(Some(&authorities(&keys)))
        .map(|verified| verified.finality);
    assert_eq!(proven, Ok(Finality::Proven));
    for broken in [
        vec![],
        vec![Bytes(first.clone())],
        vec![Bytes(second.clone())],
        vec![Bytes(second), Bytes(first)],
    ] {
        refused(&with(justified.clone(), broken), &authorities(&keys));
    }
}

#[test]
fn votes_for_descendants_count_for_the_block_when_their_headers_are_there() {
    let (keys, block) = (keys(4), block());
    let header = child(&block);
    let descendant = Header::read(&header).expect("a header");
    let votes = [(&keys[0], block), (&keys[1], block), (&keys[2], descendant)];
    let evidence = with(justification(&block, &votes, &[header], SET), Vec::new());
    let proven = evidence
        .verify(Some(&authorities(&keys)))
        .map(|verified| verified.finality);
    assert_eq!(proven, Ok(Finality::Proven));
    refused(
        &with(justification(&block, &votes, &[], SET), Vec::new()),
        &authorities(&keys),
    );
}

#[test]
fn another_blocks_justification_and_rubbish_are_refused() {
    let (keys, block) = (keys(4), block());
    let other = Header::read(&child(&block)).expect("a header");
    let votes: Vec<_> = keys.iter().map(|key| (key, other)).collect();
    refused(
        &with(justification(&other, &votes, &[], SET), Vec::new()),
        &authorities(&keys),
    );
    for rubbish in [vec![], vec![0; 7], vec![255; 300]] {
        refused(&with(Bytes(rubbish), Vec::new()), &authorities(&keys));
    }
}

#[test]
fn authorities_are_read_from_json() {
    let json = format!(
        r#"{{"set_id": 7, "authorities": [{{"public_key": "0x{}", "weight": 1}}]}}"#,
        "01".repeat(32)
    );
    let read: Authorities = serde_json::from_str(&json).expect("reads");
    assert_eq!((read.set_id, read.authorities[0].weight), (7, 1));
    assert!(serde_json::from_str::<Authorities>(&json.replace("0x01", "0x")).is_err());
}

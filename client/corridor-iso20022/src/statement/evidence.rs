//! Where on the chain it stands: what lets an auditor look it up again.

use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use std::fmt;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// The references an entry carries, `Refs/Prtry/Tp`. A reference has at most 35 characters, a hash in
/// hexadecimal 64: it takes two.
const BLOCK: &str = "CORRIDOR/BLOCK";
const EXTRINSIC: &str = "CORRIDOR/EXTRINSIC";
const HASH_BEGIN: &str = "CORRIDOR/BLOCKHASH/1";
const HASH_END: &str = "CORRIDOR/BLOCKHASH/2";

/// The finalised block an entry was booked in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockEvidence {
    /// Its number.
    pub block_number: u64,
    /// Its hash.
    pub block_hash: [u8; 32],
    /// The extrinsic in it, counted from 0, where known.
    pub extrinsic_index: Option<u32>,
}

impl BlockEvidence {
    /// Reads the references among those of others; `None` when there are none.
    pub(super) fn read(refs: Node<'_>) -> Result<Option<Self>> {
        let (mut number, mut begin, mut end, mut index) = (None, None, None, None);
        for reference in refs.all("Prtry") {
            let place = match reference.required_text("Tp", MAX_35)?.as_str() {
                BLOCK => &mut number,
                EXTRINSIC => &mut index,
                HASH_BEGIN => &mut begin,
                HASH_END => &mut end,
                _ => continue,
            };
            if place.is_some() {
                return Err(reference.error(ErrorKind::RepeatedElement));
            }
            *place = Some(reference.required("Ref")?);
        }
        let Some(number) = number else {
            return Ok(None);
        };
        let (Some(begin), Some(end)) = (begin, end) else {
            return Err(refs.missing("Prtry"));
        };
        let block_number = number_of(number)?;
        let extrinsic_index = index.map(|index| index_of(index, block_number)).transpose()?;
        let mut block_hash = [0; 32];
        for (half, node) in block_hash.chunks_mut(16).zip([begin, end]) {
            let text = node.text(MAX_35)?;
            let expected = "half a block hash: 32 hexadecimal digits";
            half.copy_from_slice(&bytes::<16>(text).ok_or_else(|| node.invalid(text, expected))?);
        }
        Ok(Some(Self {
            block_number,
            block_hash,
            extrinsic_index,
        }))
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<()> {
        let number = self.block_number;
        let hash = hex(&self.block_hash);
        let (begin, end) = hash.split_at(32);
        let index = self.extrinsic_index.map(|index| format!("{number}-{index}"));
        let references = [
            (BLOCK, Some(number.to_string())),
            (EXTRINSIC, index),
            (HASH_BEGIN, Some(begin.to_owned())),
            (HASH_END, Some(end.to_owned())),
        ];
        for (kind, reference) in references {
            let Some(reference) = reference else { continue };
            writer.element("Prtry", |writer| {
                writer.text("Tp", kind, MAX_35)?;
                writer.text("Ref", &reference, MAX_35)
            })?;
        }
        Ok(())
    }
}

fn number_of(node: Node<'_>) -> Result<u64> {
    let text = node.text(MAX_35)?;
    let number = text
        .parse()
        .ok()
        .filter(|number: &u64| number.to_string() == text);
    number.ok_or_else(|| node.invalid(text, "the number of a block"))
}

/// Explorers name an extrinsic by its block and its place in it.
fn index_of(node: Node<'_>, block_number: u64) -> Result<u32> {
    let text = node.text(MAX_35)?;
    let place = text.strip_prefix(&format!("{block_number}-"));
    let index = place.and_then(|place| {
        place
            .parse()
            .ok()
            .filter(|index: &u32| index.to_string() == place)
    });
    index.ok_or_else(|| node.invalid(text, "an extrinsic of the block: its number, a hyphen, the place"))
}

/// The finalised state the balances were read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateEvidence {
    /// The block's number.
    pub block_number: u64,
    /// The block's hash.
    pub block_hash: [u8; 32],
    /// The hash of the chain's first block, which names the chain.
    pub genesis_hash: [u8; 32],
    /// The address of the settlement contract.
    pub contract: [u8; 20],
}

impl fmt::Display for StateEvidence {
    /// One line: `[block=7 hash=0x.. chain=0x.. contract=0x..]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hash, chain) = (hex(&self.block_hash), hex(&self.genesis_hash));
        let (number, contract) = (self.block_number, hex(&self.contract));
        write!(
            f,
            "[block={number} hash=0x{hash} chain=0x{chain} contract=0x{contract}]"
        )
    }
}

impl StateEvidence {
    /// What stands at the beginning of a text, and the rest of it. A text that does not begin with evidence
    /// is all rest.
    pub(super) fn split(text: &str) -> (Option<Self>, Option<&str>) {
        let parsed = text.strip_prefix('[').and_then(|text| {
            let (line, rest) = text.split_once(']')?;
            let evidence = Self::parse(line)?;
            let rest = match rest {
                "" => None,
                rest => Some(rest.strip_prefix(' ')?),
            };
            Some((evidence, rest))
        });
        match parsed {
            Some((evidence, rest)) => (Some(evidence), rest),
            None => (None, Some(text)),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ');
        let number = fields.next()?.strip_prefix("block=")?;
        let evidence = Self {
            block_number: number.parse().ok()?,
            block_hash: bytes(fields.next()?.strip_prefix("hash=0x")?)?,
            genesis_hash: bytes(fields.next()?.strip_prefix("chain=0x")?)?,
            contract: bytes(fields.next()?.strip_prefix("contract=0x")?)?,
        };
        (fields.next().is_none() && number == evidence.block_number.to_string()).then_some(evidence)
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Exactly `N` bytes of lower-case hexadecimal digits.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !plain || text.len() != N.checked_mul(2)? {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        let digits = text.get(at.checked_mul(2)?..)?.get(..2)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}

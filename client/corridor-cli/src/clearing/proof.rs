//! A proof that an item is one of a batch, as a file that can be handed to anyone.
//!
//! Two steps lead from the item to the chain: from the item to the batch's root, and, with evidence of the batch's record,
//! from the root to a block's header. Without the second a root is worth as much as whoever names it.

use super::{
    csv::hash,
    plan::Batch,
    record::{bytes, HeaderText},
};
use crate::view::hex;
use corridor_client::{
    core::{
        batch::{ItemFault, ItemLimits, ITEM_BYTES, MAX_COUNTERPARTIES, MAX_ITEM_MINOR_UNITS},
        batch_proof::{self, CHUNK_ITEMS},
        BatchHeader, Error, Item, ItemProof, Uetr,
    },
    keccak256,
    proof::{Claim, Evidence, RecordedBatch},
    AddressText,
};
use serde::{Deserialize, Serialize};

/// What the file says it is.
const FORMAT: &str = "corridor/item-proof/v2";

/// A proof with everything it takes to check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFile {
    /// The settlement contract that records the batch.
    pub settlement: AddressText,
    /// What it calls the batch's root. Worth as much as whoever says so.
    pub root: [u8; 32],
    /// The batch's header.
    pub header: BatchHeader,
    /// The item and its chunk.
    pub proof: ItemProof,
    /// Evidence of what is recorded of the batch.
    pub evidence: Option<Evidence>,
    /// Whether the creditor agent excepted the item, as the acceptance's event says; the record does not say which items
    /// those were.
    pub excepted: Option<bool>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofText {
    format: String,
    settlement: String,
    uetr: String,
    root: String,
    header: HeaderText,
    index: u16,
    chunk: String,
    chunk_hashes: Vec<String>,
    excepted: Option<bool>,
    evidence: Option<Evidence>,
}

/// An item that a proof shows to have been sent, whether or not it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its identity.
    pub uetr: Uetr,
    /// Its amount in minor units.
    pub minor_units: u64,
    /// Place of its creditor agent among the header's counterparties.
    pub counterparty: u8,
    /// Commits to its message.
    pub message_digest: [u8; 32],
    /// Why it was left out, where it was.
    pub fault: Option<ItemFault>,
}

impl ProofFile {
    /// The proof of the item with a UETR, without evidence; `None` where the batch has no such item.
    #[must_use]
    pub fn new(settlement: AddressText, batch: &Batch, uetr: Uetr) -> Option<Self> {
        Some(Self {
            settlement,
            root: batch.root(),
            header: batch.header.clone(),
            proof: batch.prove(batch.find(uetr)?)?,
            evidence: None,
            excepted: None,
        })
    }

    /// The item that this proves to have been sent with the batch that has a root.
    ///
    /// With the recorded `limits` it is known whether it was counted; without, only what no limit could have let pass.
    ///
    /// # Errors
    /// [`Error::InvalidProof`].
    pub fn open(&self, root: [u8; 32], limits: Option<ItemLimits>) -> Result<Opened, Error> {
        let limits = limits.unwrap_or([MAX_ITEM_MINOR_UNITS; MAX_COUNTERPARTIES]);
        match batch_proof::verify_item(root, &self.header, &limits, &self.proof, &mut keccak256) {
            // What is shown to be in the batch may still be invalid.
            Ok(_) | Err(Error::InvalidException) => {}
            Err(error) => return Err(error),
        }
        let (items, _) = self.proof.chunk.as_chunks::<ITEM_BYTES>();
        let place = usize::from(self.proof.index % CHUNK_ITEMS);
        let bytes = items.get(place).ok_or(Error::InvalidProof)?;
        let listed = limits.get(..self.header.counterparties.len());
        let fault = Item::read(bytes, listed.unwrap_or(&limits)).err();
        let (uetr, rest) = bytes.split_first_chunk().ok_or(Error::InvalidProof)?;
        let (amount, rest) = rest.split_first_chunk().ok_or(Error::InvalidProof)?;
        Ok(Opened {
            uetr: Uetr(*uetr),
            minor_units: u64::from_le_bytes(*amount),
            counterparty: rest.first().copied().unwrap_or_default(),
            message_digest: rest.last_chunk().copied().unwrap_or_default(),
            fault,
        })
    }

    /// What the evidence claims of the batch; to be believed once the evidence has been verified.
    #[must_use]
    pub fn claimed<'a>(&self, evidence: &'a Evidence) -> Option<&'a RecordedBatch> {
        let (debtor_agent, number) = (self.header.debtor_agent.0, self.header.number);
        evidence.claims.iter().find_map(|claim| match claim {
            Claim::Batch(claim) if claim.debtor_agent == debtor_agent && claim.number == number => {
                claim.recorded.as_deref()
            }
            _ => None,
        })
    }

    /// The proof as JSON.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn to_json(&self, uetr: Uetr) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&ProofText {
            format: FORMAT.into(),
            settlement: self.settlement.to_string(),
            uetr: uetr.to_string(),
            root: hex(&self.root),
            header: HeaderText::from(&self.header),
            index: self.proof.index,
            chunk: hex(&self.proof.chunk),
            chunk_hashes: self.proof.chunk_hashes.iter().map(|hash| hex(hash)).collect(),
            excepted: self.excepted,
            evidence: self.evidence.clone(),
        })
    }

    /// Reads a proof, and the UETR it says it is about.
    ///
    /// # Errors
    /// A text that says what is wrong.
    pub fn from_json(json: &[u8]) -> Result<(Self, Uetr), String> {
        let text: ProofText = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if text.format != FORMAT {
            return Err(format!("its format is {:?} instead of {FORMAT}", text.format));
        }
        let hashes = text.chunk_hashes.iter().map(|text| hash(text));
        let proof = ItemProof {
            index: text.index,
            chunk: bytes(&text.chunk).ok_or("chunk is no bytes")?,
            chunk_hashes: hashes.collect::<Option<_>>().ok_or("chunk_hashes has no hash")?,
        };
        let file = Self {
            settlement: text
                .settlement
                .parse()
                .map_err(|error| format!("settlement: {error}"))?,
            root: hash(&text.root).ok_or("root is no hash")?,
            header: text.header.header()?,
            proof,
            evidence: text.evidence,
            excepted: text.excepted,
        };
        let uetr = text.uetr.parse().map_err(|error| format!("uetr: {error}"))?;
        Ok((file, uetr))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearing::plan::{
        split,
        tests::{common, payment},
    };

    #[test]
    fn every_item_is_proven_and_nothing_else() {
        let payments: Vec<_> = (0..40).map(|seed| payment(seed, 1)).collect();
        let batch = split(&payments, common()).expect("numbers").remove(0);
        for payment in &payments {
            let file = ProofFile::new(AddressText([3; 20]), &batch, payment.uetr).expect("an item");
            let json = file.to_json(payment.uetr).expect("serialises");
            let (read, uetr) = ProofFile::from_json(json.as_bytes()).expect("reads");
            assert_eq!((&read, uetr), (&file, payment.uetr));
            let item = read.open(batch.root(), None).expect("proven");
            assert_eq!((item.uetr, item.minor_units), (uetr, payment.minor_units));
            assert_eq!(item.message_digest, payment.message_digest);
            assert_eq!((item.counterparty, item.fault), (0, None));
            assert_eq!(read.open([0; 32], None), Err(Error::InvalidProof));
        }
        let file = ProofFile::new(AddressText([3; 20]), &batch, payments[20].uetr).expect("an item");
        let mut forged = file.clone();
        forged.proof.chunk[16] ^= 1;
        assert_eq!(forged.open(batch.root(), None), Err(Error::InvalidProof));
        let stranger = payment(99, 1).uetr;
        assert_eq!(ProofFile::new(AddressText([3; 20]), &batch, stranger), None);
    }

    #[test]
    fn an_item_that_was_left_out_is_shown_to_have_been() {
        let payments: Vec<_> = (0..40).map(|seed| payment(seed, 1)).collect();
        let batch = split(&payments, common()).expect("numbers").remove(0);
        let file = ProofFile::new(AddressText([3; 20]), &batch, payments[20].uetr).expect("an item");
        let item = file
            .open(batch.root(), Some([20; MAX_COUNTERPARTIES]))
            .expect("it was sent");
        assert_eq!(item.fault, Some(ItemFault::AboveLimit));
        // Above what any limit lets pass, it was left out whatever the limits were.
        let mut huge = payment(1, 1);
        huge.minor_units = u64::MAX;
        let batch = split(&[huge], common()).expect("numbers").remove(0);
        let file = ProofFile::new(AddressText([3; 20]), &batch, huge.uetr).expect("an item");
        let item = file.open(batch.root(), None).expect("it was sent");
        assert_eq!(item.fault, Some(ItemFault::AboveLimit));
    }
}

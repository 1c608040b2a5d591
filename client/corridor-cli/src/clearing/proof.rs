//! A proof that an item is one of a batch, as a file that can be handed to anyone.

use super::{
    csv::hash,
    plan::Batch,
    record::{bytes, HeaderText},
};
use crate::view::hex;
use corridor_client::{
    core::{
        batch::{ItemLimits, MAX_COUNTERPARTIES},
        batch_proof, BatchHeader, Error, Item, ItemProof, Uetr,
    },
    keccak256, AddressText,
};
use serde::{Deserialize, Serialize};

/// What the file says it is.
const FORMAT: &str = "corridor/item-proof/v1";

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
}

impl ProofFile {
    /// The proof of the item with a UETR; `None` where the batch has no such item.
    #[must_use]
    pub fn new(settlement: AddressText, batch: &Batch, uetr: Uetr) -> Option<Self> {
        Some(Self {
            settlement,
            root: batch.root(),
            header: batch.header.clone(),
            proof: batch.prove(batch.find(uetr)?)?,
        })
    }

    /// The item that this proves to be one of the batch with a root.
    ///
    /// With the recorded `limits` also that it was counted; without, only that it was sent.
    ///
    /// # Errors
    /// [`Error::InvalidProof`], [`Error::InvalidException`] for an item that was left out.
    pub fn verify(&self, root: [u8; 32], limits: Option<ItemLimits>) -> Result<Item, Error> {
        let limits = limits.unwrap_or([u64::MAX; MAX_COUNTERPARTIES]);
        batch_proof::verify_item(root, &self.header, &limits, &self.proof, &mut keccak256)
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
            let item = read.verify(batch.root(), None).expect("proven");
            assert_eq!((item.uetr, item.minor_units), (uetr, payment.minor_units));
            assert_eq!(read.verify([0; 32], None), Err(Error::InvalidProof));
        }
        let file = ProofFile::new(AddressText([3; 20]), &batch, payments[20].uetr).expect("an item");
        assert_eq!(
            file.verify(batch.root(), Some([20; MAX_COUNTERPARTIES])),
            Err(Error::InvalidException),
            "above the limit"
        );
        let mut forged = file.clone();
        forged.proof.chunk[16] ^= 1;
        assert_eq!(forged.verify(batch.root(), None), Err(Error::InvalidProof));
        let stranger = payment(99, 1).uetr;
        assert_eq!(ProofFile::new(AddressText([3; 20]), &batch, stranger), None);
    }
}

//! `FILE.csv.batch.json`: what was made of a CSV, written before anything of it is sent.
//!
//! With it the same file is recognised, an interrupted submission goes on, and items can be proven and excepted.

use super::{csv::hash, plan::Batch};
use crate::{message, view::hex, Failure};
use corridor_client::{
    core::{BatchHeader, Currency, ParticipantId},
    AddressText,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What the file says it is.
const FORMAT: &str = "corridor/batch-record/v1";

/// The batches of one CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFile {
    /// The settlement contract they are for.
    pub settlement: AddressText,
    /// The digest of the CSV.
    pub file_digest: [u8; 32],
    /// In order of their numbers.
    pub batches: Vec<Batch>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    format: String,
    settlement: String,
    file_digest: String,
    batches: Vec<BatchText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchText {
    header: HeaderText,
    root: String,
    chunk_hashes: Vec<String>,
    items: String,
}

/// A batch's header in JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderText {
    /// The debtor agent's number.
    pub debtor_agent: u16,
    /// The batch's number.
    pub number: u32,
    /// The currency's code.
    pub currency: String,
    /// The creditor agents' numbers.
    pub counterparties: Vec<u16>,
    /// How many items there are.
    pub items: u16,
    /// The sum of all items in minor units.
    pub control_sum: String,
    /// Whether one invalid item refuses the whole batch.
    pub all_or_nothing: bool,
    /// In seconds since 1970.
    pub expires_at: u64,
}

impl From<&BatchHeader> for HeaderText {
    fn from(header: &BatchHeader) -> Self {
        Self {
            debtor_agent: header.debtor_agent.0,
            number: header.number,
            currency: header.currency.to_string(),
            counterparties: header.counterparties.iter().map(|agent| agent.0).collect(),
            items: header.items,
            control_sum: header.control_sum.to_string(),
            all_or_nothing: header.all_or_nothing,
            expires_at: header.expires_at,
        }
    }
}

impl HeaderText {
    /// The header.
    ///
    /// # Errors
    /// A text that says which field is wrong.
    pub fn header(&self) -> Result<BatchHeader, String> {
        Ok(BatchHeader {
            debtor_agent: ParticipantId(self.debtor_agent),
            number: self.number,
            currency: self
                .currency
                .parse::<Currency>()
                .map_err(|error| error.to_string())?,
            counterparties: self.counterparties.iter().copied().map(ParticipantId).collect(),
            items: self.items,
            control_sum: self
                .control_sum
                .parse()
                .map_err(|_| format!("control_sum {:?} is no whole number", self.control_sum))?,
            all_or_nothing: self.all_or_nothing,
            expires_at: self.expires_at,
        })
    }
}

impl BatchText {
    fn of(batch: &Batch) -> Self {
        Self {
            header: HeaderText::from(&batch.header),
            root: hex(&batch.root()),
            chunk_hashes: batch.chunk_hashes().iter().map(|hash| hex(hash)).collect(),
            items: hex(&batch.items),
        }
    }

    /// The batch, when everything fits together.
    fn batch(&self) -> Result<Batch, String> {
        let number = self.header.number;
        let batch = Batch {
            header: self.header.header()?,
            items: bytes(&self.items).ok_or_else(|| format!("the items of batch {number} are no bytes"))?,
        };
        if *self.root != hex(&batch.root()) || self.chunk_hashes != Self::of(&batch).chunk_hashes {
            return Err(format!("the hashes of batch {number} do not fit its content"));
        }
        Ok(batch)
    }
}

/// Bytes in hexadecimal digits, with or without `0x`.
#[must_use]
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).ok()
}

impl BatchFile {
    /// Where the record of a CSV is.
    #[must_use]
    pub fn path_of(csv: &Path) -> PathBuf {
        let mut path = csv.as_os_str().to_owned();
        path.push(".batch.json");
        path.into()
    }

    /// The record as JSON.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn to_json(&self) -> Result<String, Failure> {
        let text = FileText {
            format: FORMAT.into(),
            settlement: self.settlement.to_string(),
            file_digest: hex(&self.file_digest),
            batches: self.batches.iter().map(BatchText::of).collect(),
        };
        serde_json::to_string_pretty(&text).map_err(Failure::internal)
    }

    /// Reads a record's JSON, every hash of which is checked.
    ///
    /// # Errors
    /// A text that says what is wrong.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let text: FileText = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if text.format != FORMAT {
            return Err(format!("its format is {:?} instead of {FORMAT}", text.format));
        }
        Ok(Self {
            settlement: text
                .settlement
                .parse()
                .map_err(|error| format!("settlement: {error}"))?,
            file_digest: hash(&text.file_digest).ok_or("file_digest is no digest")?,
            batches: text
                .batches
                .iter()
                .map(BatchText::batch)
                .collect::<Result<_, _>>()?,
        })
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`Exit::Message`](crate::Exit::Message) when it cannot be read or does not fit together.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        Self::from_json(&message::read(path)?).map_err(|fault| {
            let text = format!("{} is no record of batches: {fault}", path.display());
            let advice =
                "Take the .batch.json file that `corridor batch submit` wrote beside the CSV, unchanged.";
            Failure::message("cli.batch_record", text, advice)
        })
    }

    /// Writes the record.
    ///
    /// # Errors
    /// [`Exit::Message`](crate::Exit::Message) when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        // On disk before anything is sent: what is lost here could be submitted twice.
        message::write(path, &self.to_json()?)
    }

    /// The batch with a number.
    #[must_use]
    pub fn find(&self, debtor_agent: ParticipantId, number: u32) -> Option<&Batch> {
        self.batches
            .iter()
            .find(|batch| batch.header.debtor_agent == debtor_agent && batch.header.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearing::plan::{
        split,
        tests::{common, payment},
    };

    fn file() -> BatchFile {
        let payments: Vec<_> = (0..40).map(|seed| payment(seed, 1 + seed % 9)).collect();
        BatchFile {
            settlement: AddressText([3; 20]),
            file_digest: [4; 32],
            batches: split(&payments, common()).expect("numbers"),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let file = file();
        let json = file.to_json().expect("serialises");
        assert_eq!(BatchFile::from_json(json.as_bytes()), Ok(file.clone()));
        assert_eq!(file.find(ParticipantId(0), 6), file.batches.get(1));
        assert_eq!(file.find(ParticipantId(0), 7), None);
        assert_eq!(file.find(ParticipantId(1), 6), None);
        assert_eq!(
            BatchFile::path_of(Path::new("a/pay.csv")),
            Path::new("a/pay.csv.batch.json")
        );
    }

    #[test]
    fn a_changed_record_is_refused() {
        let json = file().to_json().expect("serialises");
        for (from, to) in [
            ("\"number\": 5", "\"number\": 8"),
            ("\"control_sum\": \"", "\"control_sum\": \"1"),
            ("record/v1", "record/v2"),
            ("\"items\": \"0x0000", "\"items\": \"0x0001"),
            ("\"items\": \"0x00", "\"items\": \"0x0"),
            ("\"format\"", "\"extra\": 1, \"format\""),
        ] {
            assert!(json.contains(from), "{from}");
            let changed = json.replacen(from, to, 1);
            assert!(BatchFile::from_json(changed.as_bytes()).is_err(), "{from}");
        }
        assert!(BatchFile::from_json(b"").is_err());
    }
}

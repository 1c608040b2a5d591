//! The messages, and what is to become of each transfer.

use crate::{message, Exit, Failure};
use corridor_client::core::{ReasonCode, TransferStatus, Uetr};
use corridor_iso20022::{
    pacs004::PaymentReturn,
    pacs008::{CreditTransferTransaction, CustomerCreditTransfer},
};
use std::path::Path;

/// Everything that is to happen.
pub struct Script {
    /// The pacs.008 files.
    pub files: Vec<ScriptFile>,
    /// The pacs.004.
    pub returns: PaymentReturn,
}

/// One pacs.008 with what is to become of its transactions.
pub struct ScriptFile {
    /// The file's name.
    pub name: String,
    /// The message.
    pub message: CustomerCreditTransfer,
    /// One for each transaction.
    pub endings: Vec<Ending>,
}

/// What is to become of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The creditor agent accepts.
    Accept,
    /// The creditor agent rejects.
    Reject(ReasonCode),
    /// The debtor agent cancels.
    Cancel(ReasonCode),
    /// Nobody answers.
    Expire,
    /// The creditor agent accepts, then returns a part.
    ReturnPart,
}

impl Ending {
    /// What the chain is to say in the end.
    pub fn status(self) -> TransferStatus {
        match self {
            Self::Accept => TransferStatus::Settled,
            Self::Reject(_) => TransferStatus::Rejected,
            Self::Cancel(_) => TransferStatus::Cancelled,
            Self::Expire => TransferStatus::Expired,
            Self::ReturnPart => TransferStatus::PartlyReturned,
        }
    }

    fn parse(outcome: &str, reason: &str) -> Option<Self> {
        match outcome {
            "accept" => Some(Self::Accept),
            "reject" => reason.parse().ok().map(Self::Reject),
            "cancel" => reason.parse().ok().map(Self::Cancel),
            "expire" => Some(Self::Expire),
            "return-part" => Some(Self::ReturnPart),
            _ => None,
        }
    }
}

/// The list of endings.
const OUTCOMES: &str = "outcomes.csv";
/// The return message.
const RETURNS: &str = "cup-return-part.pacs004.xml";

impl Script {
    /// Reads the messages and the list of endings.
    pub fn read(data: &Path) -> Result<Self, Failure> {
        let path = data.join(OUTCOMES);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::file(Exit::Message, "read", &path, &error))?;
        let mut files: Vec<ScriptFile> = Vec::new();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let &[name, index, _, _, _, _, _, outcome, reason] = fields.as_slice() else {
                return Err(unreadable(&path, line));
            };
            let ending = Ending::parse(outcome, reason).ok_or_else(|| unreadable(&path, line))?;
            if files.last().is_none_or(|file| file.name != name) {
                files.push(ScriptFile {
                    name: name.into(),
                    message: message::read_pacs008(&data.join(name))?,
                    endings: Vec::new(),
                });
            }
            let file = files.last_mut().ok_or_else(|| unreadable(&path, line))?;
            file.endings.push(ending);
            if index != file.endings.len().to_string() {
                return Err(unreadable(&path, line));
            }
        }
        for file in &files {
            if file.endings.len() != file.message.transactions.len() {
                return Err(unreadable(&path, &file.name));
            }
        }
        let returns = message::read_pacs004(&data.join(RETURNS))?;
        Ok(Self { files, returns })
    }

    /// Every transfer with its ending.
    pub fn transfers(&self) -> impl Iterator<Item = (&CreditTransferTransaction, Ending)> {
        self.files.iter().flat_map(ScriptFile::transfers)
    }
}

impl ScriptFile {
    /// Every transfer with its ending.
    pub fn transfers(&self) -> impl Iterator<Item = (&CreditTransferTransaction, Ending)> {
        self.message.transactions.iter().zip(self.endings.iter().copied())
    }

    /// The transfers whose ending is wanted.
    pub fn wanted(&self, want: impl Fn(Ending) -> bool) -> Vec<Uetr> {
        let wanted = self.transfers().filter(|(_, ending)| want(*ending));
        wanted.map(|(transaction, _)| transaction.uetr).collect()
    }
}

fn unreadable(path: &Path, line: &str) -> Failure {
    let text = format!("{}: {line:?} does not fit the messages", path.display());
    Failure::message(
        "demo.outcomes",
        text,
        "Give each transaction of each file one line, in order.",
    )
}

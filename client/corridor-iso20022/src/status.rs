//! From Corridor's words to those of a status report.

use crate::fields::MAX_105;
use crate::Iso20022Error;
use corridor_core::{ReasonCode, TransferStatus};
use std::fmt;

/// Where a transfer stands (`ExternalPaymentTransactionStatus1Code`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TransactionStatus {
    /// `PDNG`: instructed, not yet answered.
    Pending,
    /// `ACSC`: settled, which is final.
    Settled,
    /// `RJCT`: refused, or lapsed.
    Rejected,
    /// `CANC`: withdrawn before it was answered.
    Cancelled,
    /// Another code of the list, which Corridor neither writes nor acts on.
    Other(String),
}

impl TransactionStatus {
    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Pending => "PDNG",
            Self::Settled => "ACSC",
            Self::Rejected => "RJCT",
            Self::Cancelled => "CANC",
            Self::Other(code) => code,
        }
    }

    /// The status of a code, known or not.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        [Self::Pending, Self::Settled, Self::Rejected, Self::Cancelled]
            .into_iter()
            .find(|status| status.code() == code)
            .unwrap_or_else(|| Self::Other(code.to_owned()))
    }
}

impl From<TransferStatus> for TransactionStatus {
    /// A transfer that was settled and sent back was settled: the return has a message of its own.
    fn from(status: TransferStatus) -> Self {
        Self::from_code(status.iso_code())
    }
}

impl fmt::Display for TransactionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a transfer has its status, or why it is sent back (`StsRsnInf`, `RtrRsnInf`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatusReason {
    /// `Rsn`.
    pub reason: Reason,
    /// `AddtlInf`, in lines of at most 105 characters.
    pub additional: Vec<String>,
}

/// `Rsn`: a code of the lists, or a text of the sender's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// `Cd`.
    Code(ReasonCode),
    /// `Prtry`.
    Proprietary(String),
}

impl Reason {
    /// The code, or the one that says there is none.
    #[must_use]
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::Code(code) => *code,
            Self::Proprietary(_) => ReasonCode::MS03,
        }
    }
}

impl StatusReason {
    /// A reason by its code.
    #[must_use]
    pub fn new(code: ReasonCode) -> Self {
        Self {
            reason: Reason::Code(code),
            additional: Vec::new(),
        }
    }

    /// The same with an explanation, cut into lines of the standard's length between words.
    #[must_use]
    pub fn explained(mut self, text: &str) -> Self {
        self.additional = lines(text, MAX_105);
        self
    }
}

impl From<corridor_core::Error> for StatusReason {
    /// Why the contract refused.
    fn from(error: corridor_core::Error) -> Self {
        let text = format!("{}: {} {}", error.name(), error.text(), error.advice());
        Self::new(error.iso_reason()).explained(&text)
    }
}

impl From<&Iso20022Error> for StatusReason {
    /// Why a message was refused before anything of it was submitted.
    fn from(error: &Iso20022Error) -> Self {
        Self::new(error.iso_reason()).explained(&format!("{}: {error}", error.code()))
    }
}

/// Cuts text into lines of at most `max` characters, between words where there are spaces to cut at.
fn lines(text: &str, max: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split_whitespace() {
        let characters: Vec<char> = word.chars().collect();
        for piece in characters.chunks(max) {
            let Some(line) = lines.last_mut() else {
                return lines;
            };
            if length > 0 && length + 1 + piece.len() <= max {
                line.push(' ');
                line.extend(piece);
                length += 1 + piece.len();
            } else {
                lines.push(piece.iter().collect());
                length = piece.len();
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_status_has_its_code() {
        for (status, code) in [
            (TransferStatus::Pending, "PDNG"),
            (TransferStatus::Settled, "ACSC"),
            (TransferStatus::PartlyReturned, "ACSC"),
            (TransferStatus::Returned, "ACSC"),
            (TransferStatus::Rejected, "RJCT"),
            (TransferStatus::Expired, "RJCT"),
            (TransferStatus::Cancelled, "CANC"),
        ] {
            let mapped = TransactionStatus::from(status);
            assert_eq!(mapped.code(), code, "{status}");
            assert!(!matches!(mapped, TransactionStatus::Other(_)), "{status}");
        }
        assert_eq!(TransactionStatus::from_code("ACTC").code(), "ACTC");
    }

    #[test]
    fn a_refusal_by_the_contract_keeps_its_reason_and_says_what_to_do() {
        for error in corridor_core::Error::ALL {
            let reason = StatusReason::from(*error);
            assert_eq!(reason.reason, Reason::Code(error.iso_reason()));
            let text = reason.additional.join(" ");
            assert!(
                text.contains(error.text()) && text.contains(error.advice()),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn explanations_fit_and_lose_nothing_but_spaces(text in "\\PC{0,400}", max in 1usize..120) {
            let lines = lines(&text, max);
            prop_assert!(lines.iter().all(|line| (1..=max).contains(&line.chars().count())));
            let without_spaces = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(without_spaces(&lines.concat()), without_spaces(&text));
        }
    }
}

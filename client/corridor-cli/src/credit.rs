//! Messages that instruct transfers: pacs.008 of customers' money, pacs.009 of institutions' own. Both go the same way.

use crate::{directory::Directory, instruction, message, Failure};
use corridor_client::core::ParticipantId;
use corridor_iso20022::{
    pacs008::CustomerCreditTransfer,
    pacs009::{InstitutionCreditTransfer, NotOwn},
    OriginalGroup,
};
use std::path::Path;

/// A message that instructs transfers.
#[derive(Clone, Debug)]
pub struct CreditMessage {
    /// The message, as reports about it name it.
    pub original: OriginalGroup,
    /// Its transfers: as they are, or as the pacs.008 that says the same has them.
    pub transfers: CustomerCreditTransfer,
    /// What else a pacs.009 says.
    institutions: Option<InstitutionCreditTransfer>,
}

impl CreditMessage {
    /// Reads whichever of the two is named.
    ///
    /// # Errors
    /// [`Exit::Message`](crate::Exit::Message), with the element, the place and the transaction at fault.
    pub fn read(pacs008: Option<&Path>, pacs009: Option<&Path>) -> Result<Option<Self>, Failure> {
        match (pacs008, pacs009) {
            (Some(path), _) => Ok(Some(message::read_pacs008(path)?.into())),
            (None, Some(path)) => Ok(Some(message::read_pacs009(path)?.into())),
            (None, None) => Ok(None),
        }
    }

    /// Reads whichever of the two a file is.
    ///
    /// # Errors
    /// As [`CreditMessage::read`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        // The element below `Document` tells; whether the file is one is for the reader to find out.
        let institutions = bytes.windows(8).any(|bytes| bytes == b"FICdtTrf");
        match institutions {
            true => Ok(message::parse_pacs009(path, bytes)?.into()),
            false => Ok(message::parse_pacs008(path, bytes)?.into()),
        }
    }

    /// Whether every transfer of a pacs.009 is `debtor`'s own money for another participant; always so for a pacs.008.
    ///
    /// # Errors
    /// [`Exit::Message`](crate::Exit::Message) naming every transaction that is not.
    pub fn check_own(&self, directory: &Directory, debtor: ParticipantId) -> Result<(), Failure> {
        let transactions = self.institutions.iter().flat_map(|message| &message.transactions);
        let faults = transactions.filter_map(|transaction| {
            let fault = transaction
                .check_own(debtor, |agent| directory.resolve(agent))
                .err()?;
            let fault = said(fault, directory, debtor);
            let (index, id) = (transaction.index, &transaction.end_to_end_id);
            Some(format!(
                "transaction {index}, EndToEndId {id}, UETR {}: {fault}",
                transaction.uetr
            ))
        });
        let faults: Vec<String> = faults.collect();
        instruction::refuse(&faults, self.transfers.transactions.len(), "instructed")
    }
}

/// Why a transfer is not one's own, in words.
fn said(fault: NotOwn, directory: &Directory, debtor: ParticipantId) -> String {
    let name = |id| directory.name(id);
    match fault {
        NotOwn::Account(book) => format!(
            "the account {book} is a participant's with Corridor: `corridor deposit --iso` and `corridor withdraw --iso` \
             move money between it and elsewhere"
        ),
        NotOwn::Unknown(what, fault) => format!("{what}: {fault}"),
        NotOwn::Debtor(pays) => format!("the debtor is {}, and you act for {}", name(pays), name(debtor)),
        NotOwn::Creditor {
            creditor,
            instructed,
        } => format!(
            "the creditor is {}, and the instructed agent is {}",
            name(creditor),
            name(instructed)
        ),
        NotOwn::Itself => format!("{} is debtor and creditor", name(debtor)),
    }
}

impl From<CustomerCreditTransfer> for CreditMessage {
    fn from(message: CustomerCreditTransfer) -> Self {
        Self {
            original: OriginalGroup::of(&message),
            transfers: message,
            institutions: None,
        }
    }
}

impl From<InstitutionCreditTransfer> for CreditMessage {
    fn from(message: InstitutionCreditTransfer) -> Self {
        let header = &message.group_header;
        let name = format!("pacs.009.001.{:02}", message.version);
        Self {
            original: OriginalGroup::named(&header.message_id, &name, Some(header.created_at.clone())),
            transfers: message.credit_transfers(),
            institutions: Some(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_iso20022::{pacs009, Limits};

    fn directory() -> Directory {
        Directory::for_tests(&[(0, "BKCHCNBJ"), (1, "CHUPCNSH"), (2, "BKCHHKHH")])
    }

    fn sample() -> String {
        let path = format!(
            "{}/../../tests/data/boc-to-cup-own.pacs009.xml",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read_to_string(path).expect("a sample")
    }

    fn read(text: &str) -> CreditMessage {
        let message = pacs009::read(text.as_bytes(), &Limits::default());
        message.expect("valid").into()
    }

    #[test]
    fn a_pacs009_says_what_a_pacs008_would() {
        let message = read(&sample());
        assert_eq!(message.original.message_name_id, "pacs.009.001.08");
        assert!(message.check_own(&directory(), ParticipantId(0)).is_ok());
        let [first, second] = &message.transfers.transactions[..] else {
            panic!("two transfers");
        };
        assert_eq!(first.interbank_settlement_amount.to_string(), "CNY 250000.00");
        assert_eq!(first.end_to_end_id, "BOC-OWN-1");
        assert_ne!(first.canonical_form, second.canonical_form);
        assert!(!first.canonical_form.is_empty());
    }

    #[test]
    fn only_ones_own_money_for_another_participant_is_instructed() {
        let refused = |text: &str, debtor| {
            let failure = read(text).check_own(&directory(), ParticipantId(debtor));
            let failure = failure.expect_err("not one's own");
            assert_eq!(failure.exit, crate::Exit::Message);
            failure.message
        };
        let text = sample();
        let message = refused(&text, 1);
        assert!(message.starts_with("2 of 2 transactions"), "{message}");
        assert!(
            message.contains("the debtor is BKCHCNBJXXX, and you act for CHUPCNSHXXX"),
            "{message}"
        );
        let for_another = text.replacen(
            "<Cdtr>\n        <FinInstnId>\n          <BICFI>CHUPCNSHXXX",
            "<Cdtr>\n        <FinInstnId>\n          <BICFI>BKCHHKHHXXX",
            1,
        );
        assert_ne!(for_another, text);
        let message = refused(&for_another, 0);
        assert!(
            message.contains("the creditor is BKCHHKHHXXX, and the instructed agent is CHUPCNSHXXX"),
            "{message}"
        );
        let for_itself = text.replace("CHUPCNSHXXX", "BKCHCNBJXXX");
        let message = refused(&for_itself, 0);
        assert!(
            message.contains("BKCHCNBJXXX is debtor and creditor"),
            "{message}"
        );
        let escrow = text.replacen("347500990001", "ESCROW-0-CNY", 1);
        assert_ne!(escrow, text);
        assert!(refused(&escrow, 0).contains("`corridor deposit --iso`"));
    }
}

//! The UETR of a transaction that came without one: derived as that of a pacs.008 is, in a domain of its own.

use super::InstitutionTransaction;
use crate::canonical::Canonical;
use crate::pacs008::GroupHeader;
use crate::{Account, Agent};
use corridor_core::Uetr;
use sha2::{Digest, Sha256};

/// Separates these digests from every other in the system. A change of the fields below changes the name.
const DOMAIN: &str = "corridor/uetr/pacs.009/v1";

/// SHA-256 of all that tells the transaction from another, first 16 bytes, marked as a UUID of version 4.
pub(super) fn derive(header: &GroupHeader, transaction: &InstitutionTransaction) -> Uetr {
    let mut fields = Canonical::new(DOMAIN);
    for agent in [
        Some(&transaction.instructing_agent),
        Some(&transaction.instructed_agent),
        Some(&transaction.debtor),
        transaction.debtor_agent.as_ref(),
        transaction.creditor_agent.as_ref(),
        Some(&transaction.creditor),
    ] {
        let identifiers = agent.map_or(&[][..], Agent::identifiers);
        fields.number(identifiers.len());
        for identifier in identifiers {
            fields.text(&identifier.to_string());
        }
    }
    fields.text(&header.message_id);
    fields.optional_text(transaction.instruction_id.as_deref());
    fields.text(&transaction.end_to_end_id);
    fields.optional_text(transaction.transaction_id.as_deref());
    let amount = transaction.interbank_settlement_amount;
    fields.text(amount.currency.as_str());
    fields.text(&amount.minor_units.to_string());
    fields.text(&transaction.interbank_settlement_date.to_string());
    for account in [&transaction.debtor_account, &transaction.creditor_account] {
        fields.optional_text(account.as_ref().map(Account::number));
    }
    let digest: [u8; 32] = Sha256::digest(fields.finish()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uetr::from_random_bytes(bytes)
}

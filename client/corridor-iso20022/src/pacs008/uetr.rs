//! The UETR of a transaction that came without one.

use super::{CreditTransferTransaction, GroupHeader};
use crate::canonical::Canonical;
use crate::Agent;
use corridor_core::Uetr;
use sha2::{Digest, Sha256};

/// Separates these digests from every other in the system. A change of the fields below changes the name.
const DOMAIN: &str = "corridor/uetr/v1";

/// Everything that tells a transaction from another, within the message and between messages.
///
/// The same message read again gives the same bytes; creation time, names and remittance do not count, so
/// that a message sent again under its own `MsgId` is the same message.
pub(super) fn identity(header: &GroupHeader, transaction: &CreditTransferTransaction) -> Vec<u8> {
    let mut fields = Canonical::new(DOMAIN);
    for agent in [
        &transaction.instructing_agent,
        &transaction.instructed_agent,
        &transaction.debtor_agent,
        &transaction.creditor_agent,
    ] {
        put_agent(&mut fields, agent);
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
        fields.optional_text(account.as_ref().map(crate::Account::number));
    }
    fields.finish()
}

/// The UETR derived from an identity: SHA-256, first 16 bytes, marked as a UUID of version 4.
pub(crate) fn derive(identity: &[u8]) -> Uetr {
    let digest: [u8; 32] = Sha256::digest(identity).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uetr::from_random_bytes(bytes)
}

pub(crate) fn put_agent(fields: &mut Canonical, agent: &Agent) {
    fields.number(agent.identifiers().len());
    for identifier in agent.identifiers() {
        fields.text(&identifier.to_string());
    }
}

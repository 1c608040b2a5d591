//! The UETR of a transaction that came without one: derived as that of a pacs.008 is, in a domain of its own.

use super::InstitutionTransaction;
use crate::canonical::Canonical;
use crate::pacs008::{derive_uetr, put_agent, GroupHeader};
use crate::Account;
use corridor_core::Uetr;

/// Separates these digests from every other in the system. A change of the fields below changes the name.
const DOMAIN: &str = "corridor/uetr/pacs.009/v1";

/// From all that tells the transaction from another.
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
        match agent {
            Some(agent) => put_agent(&mut fields, agent),
            None => fields.number(0),
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
    derive_uetr(&fields.finish())
}

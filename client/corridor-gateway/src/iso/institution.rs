//! pacs.009 between participants: their own money, instructed as a pacs.008 instructs their customers'.

use super::{instructions, movement::neither, Own};
use crate::{app::App, operation::Method, problem::Problem, routes::accepted::Wanted};
use corridor_iso20022::pacs009::{InstitutionCreditTransfer, InstitutionTransaction, NotOwn};

/// Whether a pacs.009 instructs transfers: no account in it is one with Corridor.
#[must_use]
pub fn instructs(message: &InstitutionCreditTransfer) -> bool {
    let mut transactions = message.transactions.iter();
    transactions.all(InstitutionTransaction::is_between_institutions)
}

/// The operations of a pacs.009 that instructs transfers: the same as those of a pacs.008 that says the same.
///
/// # Errors
/// As [`read_pacs008`](super::read_pacs008); 422 with every transaction that is not the participant's own money for another one; 503 where
/// the chain cannot be asked who that is.
pub async fn read(
    app: &App,
    message: &InstitutionCreditTransfer,
    method: Method,
) -> Result<Vec<Wanted>, Problem> {
    Own::check(app, |own| {
        let faults = message.transactions.iter().filter_map(|transaction| {
            let fault = transaction.check_own(own.id, |agent| own.resolve(agent)).err()?;
            let (index, id) = (transaction.index, &transaction.end_to_end_id);
            let said = said(fault, transaction, own);
            Some(format!("transaction {index}, EndToEndId {id}: {said}"))
        });
        let faults: Vec<String> = faults.collect();
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Problem::transactions(&faults, message.transactions.len())),
        }
    })
    .await?;
    instructions(&message.credit_transfers(), method)
}

/// Why a transfer is not the participant's own money for another one, in words.
fn said(fault: NotOwn, transaction: &InstitutionTransaction, own: &Own) -> String {
    let name = |id| own.directory.name(id);
    match fault {
        NotOwn::Account(book) => {
            format!("the account {book} is with Corridor: deposits and withdrawals go in a message of their own, to /v1/messages")
        }
        NotOwn::Unknown(what, fault) => format!("the {what}, {fault}"),
        NotOwn::Debtor(pays) => {
            format!(
                "the debtor is {}, and this gateway acts for {}",
                name(pays),
                own.name()
            )
        }
        NotOwn::Creditor { creditor, instructed } => format!(
            "the creditor is {}, and the instructed agent is {}",
            name(creditor),
            name(instructed)
        ),
        // Perhaps a deposit or a withdrawal that names no account, or misspells it.
        NotOwn::Itself => format!(
            "{} is debtor and creditor: {}",
            own.name(),
            neither(transaction, own)
        ),
    }
}

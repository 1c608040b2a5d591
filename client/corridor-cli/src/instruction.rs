//! From a pacs.008 to requests: every transaction is checked before any is submitted.

use crate::{directory::Directory, message, Failure};
use corridor_client::{
    core::{Currency, Money, ParticipantId, Seconds, SettlementMethod},
    Corridor, InstructRequest,
};
use corridor_iso20022::pacs008::{CreditTransferTransaction, CustomerCreditTransfer};
use std::time::Duration;

/// How long a transfer waits for an answer when nothing says otherwise.
pub const DEFAULT_EXPIRY: Duration = Duration::from_secs(24 * 60 * 60);

/// When an instruction given now lapses after `wait`.
///
/// Counted from whichever is later, the chain's clock or this machine's: a chain that has been idle for a
/// while has an old clock, and a machine with a slow clock would give an expiry that has already passed.
///
/// # Errors
/// The client library's.
pub async fn expiry_after(corridor: &Corridor, wait: Duration) -> Result<Seconds, Failure> {
    let chain = corridor.finalised_head().await?.time_ms / 1_000;
    Ok(chain.max(message::now()).saturating_add(wait.as_secs()))
}

/// Requests for every transaction of a message that `debtor` is to instruct.
///
/// A transfer that the store knows already is requested with the expiry it was instructed with, so that giving
/// the same file again has no second effect.
///
/// # Errors
/// [`Exit::Message`](crate::Exit::Message) naming every transaction that cannot be instructed; then none of
/// them may be.
pub async fn requests(
    corridor: &Corridor,
    directory: &Directory,
    message: &CustomerCreditTransfer,
    debtor: ParticipantId,
    settlement_method: SettlementMethod,
    expires_at: impl Fn(&CreditTransferTransaction) -> Seconds,
) -> Result<Vec<InstructRequest>, Failure> {
    let currencies: Vec<Currency> = corridor
        .currencies()
        .await?
        .iter()
        .map(|entry| entry.currency)
        .collect();
    let mut requests = Vec::new();
    let mut faults = Vec::new();
    for transaction in &message.transactions {
        match creditor_of(directory, transaction, debtor, &currencies) {
            Ok(creditor) => requests.push(InstructRequest {
                uetr: transaction.uetr,
                end_to_end_id: transaction.end_to_end_id.clone(),
                debtor_agent: debtor,
                creditor_agent: creditor,
                interbank_settlement_amount: transaction.interbank_settlement_amount,
                interbank_settlement_date: transaction.interbank_settlement_date.days_since_epoch(),
                charge_bearer: transaction.charge_bearer,
                settlement_method,
                expires_at: expires_at(transaction),
                message: transaction.canonical_form.clone(),
            }),
            Err(fault) => faults.push(format!("{}: {fault}", name(transaction))),
        }
    }
    refuse(&faults, message.transactions.len(), "instructed")?;
    for request in &mut requests {
        let Some(known) = corridor.recorded_transfer(request.uetr).await? else {
            continue;
        };
        // Terms that have lapsed without being recorded never will be: then, and only then, they are replaced.
        let open = known.terms.expires_at > message::now();
        if open || corridor.transfer(request.uetr).await?.is_some() {
            request.expires_at = known.terms.expires_at;
        }
    }
    Ok(requests)
}

/// Who is paid, once everything else about the transaction is in order.
fn creditor_of(
    directory: &Directory,
    transaction: &CreditTransferTransaction,
    debtor: ParticipantId,
    currencies: &[Currency],
) -> Result<ParticipantId, String> {
    let named = directory
        .resolve(&transaction.instructing_agent)
        .map_err(|fault| format!("instructing agent: {fault}"))?;
    if named != debtor {
        let (named, ours) = (directory.name(named), directory.name(debtor));
        return Err(format!(
            "the instructing agent is {named}, and you act for {ours}"
        ));
    }
    let creditor = directory
        .resolve(&transaction.instructed_agent)
        .map_err(|fault| format!("instructed agent: {fault}"))?;
    if creditor == debtor {
        return Err("both agents are the same participant".into());
    }
    let currency = transaction.interbank_settlement_amount.currency;
    if !currencies.contains(&currency) {
        return Err(format!("the currency {currency} is not registered"));
    }
    Ok(creditor)
}

/// How a transaction is named to people.
#[must_use]
pub fn name(transaction: &CreditTransferTransaction) -> String {
    format!(
        "transaction {}, EndToEndId {}, UETR {}",
        transaction.index, transaction.end_to_end_id, transaction.uetr
    )
}

/// One failure for all faults of a message.
///
/// # Errors
/// [`Exit::Message`](crate::Exit::Message) when there is any.
pub fn refuse(faults: &[String], total: usize, verb: &str) -> Result<(), Failure> {
    if faults.is_empty() {
        return Ok(());
    }
    let count = faults.len();
    let list = faults.join("\n  ");
    let message = format!("{count} of {total} transactions cannot be {verb}:\n  {list}");
    let advice = "Nothing was submitted. Correct the message, or have what is missing registered.";
    Err(Failure::message("cli.transactions", message, advice))
}

/// Amounts added up, one sum for each currency.
///
/// # Errors
/// A sum that does not fit.
pub fn totals(amounts: impl IntoIterator<Item = Money>) -> Result<Vec<Money>, Failure> {
    let mut totals: Vec<Money> = Vec::new();
    for amount in amounts {
        let known = totals.iter_mut().find(|total| total.currency == amount.currency);
        match known {
            Some(total) => {
                *total = total
                    .checked_add(amount)
                    .map_err(|error| Failure::message("cli.total", error, error.advice()))?;
            }
            None => totals.push(amount),
        }
    }
    Ok(totals)
}

/// Sums for a sentence: `CNY 1589210.06, HKD 7800.00`.
#[must_use]
pub fn totals_text(totals: &[Money]) -> String {
    let texts: Vec<String> = totals.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_kept_apart_by_currency() {
        let money = |currency, minor_units| Money::new(currency, minor_units);
        let amounts = [
            money(Currency::CNY, 100),
            money(Currency::HKD, 5),
            money(Currency::CNY, 250),
        ];
        let sums = totals(amounts).expect("fits");
        assert_eq!(totals_text(&sums), "CNY 3.50, HKD 0.05");
        assert!(totals([money(Currency::CNY, u128::MAX), money(Currency::CNY, 1)]).is_err());
    }

    #[test]
    fn all_faults_are_named_at_once() {
        assert!(refuse(&[], 3, "instructed").is_ok());
        let failure = refuse(
            &["transaction 1: a".into(), "transaction 3: b".into()],
            3,
            "instructed",
        )
        .expect_err("two");
        assert_eq!(
            failure.message,
            "2 of 3 transactions cannot be instructed:\n  transaction 1: a\n  transaction 3: b"
        );
    }
}

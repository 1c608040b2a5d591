//! pacs.009 and camt.050: a participant's own money into and out of escrow and collateral.

use super::{of_progress, report_on, stored_limits, Own};
use crate::{
    app::App,
    operation::{Moved, Operation},
    problem::Problem,
    routes::accepted::Wanted,
    store::MessageRecord,
    text::{Amount, ReferenceText},
    view::request::{ReceiptView, ResultView},
};
use corridor_client::core::{AgentId, Money, Reference};
use corridor_iso20022::{
    camt050::{self, CollateralMovement, LiquidityTransfer},
    pacs002::TransactionReport,
    pacs009::{self, Direction, InstitutionCreditTransfer, InstitutionTransaction},
    Account, Agent, Book, BookAccount, Limits, OriginalGroup, OriginalTransaction, TransactionStatus,
};

/// The operations of a pacs.009: each transaction a deposit or a withdrawal, as its accounts say, or all of them `only` one of these.
///
/// # Errors
/// 422 with the element, the place and the transaction at fault, or with every transaction that is not the participant's own; 503 where
/// the chain cannot be asked who that is.
pub async fn read_pacs009(
    app: &App,
    body: &[u8],
    limits: &Limits,
    only: Option<Direction>,
) -> Result<Vec<Wanted>, Problem> {
    let message = pacs009::read(body, limits)?;
    let own = Own::of(app).await?;
    let (mut wanted, mut faults) = (Vec::new(), Vec::new());
    for transaction in &message.transactions {
        match direction(transaction, only, &own) {
            Ok(direction) => wanted.push(funding(transaction, direction)),
            Err(fault) => {
                let (index, id) = (transaction.index, &transaction.end_to_end_id);
                faults.push(format!("transaction {index}, EndToEndId {id}: {fault}"));
            }
        }
    }
    match faults.is_empty() {
        true => Ok(wanted),
        false => Err(Problem::transactions(&faults, message.transactions.len())),
    }
}

fn funding(transaction: &InstitutionTransaction, direction: Direction) -> Wanted {
    let moved = moved(transaction.reference(), transaction.interbank_settlement_amount);
    let operation = match direction {
        Direction::Deposit => Operation::Deposit(moved.clone()),
        Direction::Withdraw => Operation::Withdraw(moved.clone()),
    };
    Wanted::new(operation, &moved)
}

/// Named as JSON names it: the same movement asked for either way is one.
fn moved(reference: Reference, amount: Money) -> Moved {
    Moved {
        reference: ReferenceText::of(reference),
        amount: Amount(amount),
    }
}

/// Which way the money moves, once it is the participant's own, and the account with Corridor its escrow.
fn direction(
    transaction: &InstitutionTransaction,
    only: Option<Direction>,
    own: &Own,
) -> Result<Direction, String> {
    let direction = only.or_else(|| transaction.direction());
    let direction = direction.ok_or_else(|| neither(transaction, own))?;
    let (whose, institution) = transaction.own_side(direction);
    let named = own.directory.resolve(institution.identifiers());
    let named = named.ok_or_else(|| {
        format!(
            "the {whose}, {}, is no participant, or not the same one by each name",
            names(institution)
        )
    })?;
    if named != own.id {
        let (named, ours) = (own.directory.name(named), own.name());
        return Err(format!(
            "the {whose} is {named}, and this gateway acts for {ours}"
        ));
    }
    let checked = transaction.check_account(direction, own.id);
    checked.map_err(|fault| fault.to_string()).map(|()| direction)
}

/// Neither account, or both, are with Corridor.
fn neither(transaction: &InstitutionTransaction, own: &Own) -> String {
    let said = |account: &Option<Account>| account.as_ref().map_or("absent".to_owned(), Account::to_string);
    let escrow = BookAccount {
        book: Book::Escrow,
        participant: own.id,
        currency: transaction.interbank_settlement_amount.currency,
    };
    format!(
        "DbtrAcct is {} and CdtrAcct {}: for a deposit CdtrAcct alone is {escrow}, for a withdrawal DbtrAcct alone",
        said(&transaction.debtor_account),
        said(&transaction.creditor_account)
    )
}

fn names(agent: &Agent) -> String {
    let names: Vec<String> = agent.identifiers().iter().map(ToString::to_string).collect();
    match names.is_empty() {
        true => "without an identifier".into(),
        false => names.join(" or "),
    }
}

/// The operation of a camt.050: a pledge or a release, as its accounts say, or `only` a pledge (`true`) or a release.
///
/// # Errors
/// As [`read_pacs009`].
pub async fn read_camt050(
    app: &App,
    body: &[u8],
    limits: &Limits,
    only: Option<bool>,
) -> Result<Vec<Wanted>, Problem> {
    let message = camt050::read(body, limits)?;
    let own = Own::of(app).await?;
    let pledges = only.unwrap_or(!matches!(
        message.movement(),
        Some(CollateralMovement::Release(_))
    ));
    let expected = match pledges {
        true => CollateralMovement::Pledge(own.id),
        false => CollateralMovement::Release(own.id),
    };
    if let Err(fault) = message.check(expected) {
        let ours = own.name();
        let fault = format!("{fault} for {ours}, whom this gateway acts for; a release is the other way");
        return Err(Problem::transactions(&[fault], 1));
    }
    let moved = moved(message.reference(), message.amount);
    let operation = match pledges {
        true => Operation::Pledge(moved.clone()),
        false => Operation::Release(moved.clone()),
    };
    Ok(vec![Wanted::new(operation, &moved)])
}

/// What became of a pacs.009 that was taken, as a pacs.002.
///
/// # Errors
/// 500 for a field that does not fit the standard.
pub fn report_pacs009(from: &AgentId, record: &MessageRecord) -> Result<String, Problem> {
    let message = pacs009::read(&record.body, &stored_limits(&record.body))?;
    let originals = message.transactions.iter().map(original_pacs009).collect();
    let InstitutionCreditTransfer {
        version,
        group_header: header,
        ..
    } = message;
    let name = format!("pacs.009.001.{version:02}");
    let about = OriginalGroup::named(&header.message_id, &name, Some(header.created_at));
    report(from, about, originals, record)
}

/// What became of a camt.050 that was taken, as a pacs.002.
///
/// # Errors
/// As [`report_pacs009`].
pub fn report_camt050(from: &AgentId, record: &MessageRecord) -> Result<String, Problem> {
    let message = camt050::read(&record.body, &stored_limits(&record.body))?;
    let originals = vec![original_camt050(&message)];
    let name = format!("camt.050.001.{:02}", message.version);
    let about = OriginalGroup::named(&message.message_id, &name, message.created_at);
    report(from, about, originals, record)
}

fn original_pacs009(transaction: &InstitutionTransaction) -> OriginalTransaction {
    OriginalTransaction {
        group: None,
        instruction_id: transaction.instruction_id.clone(),
        end_to_end_id: Some(transaction.end_to_end_id.clone()),
        transaction_id: transaction.transaction_id.clone(),
        uetr: Some(transaction.uetr),
    }
}

fn original_camt050(message: &LiquidityTransfer) -> OriginalTransaction {
    let id = message.transfer_id.as_ref();
    OriginalTransaction {
        group: None,
        instruction_id: id.and_then(|id| id.instruction_id.clone()),
        end_to_end_id: id.map(|id| id.end_to_end_id.clone()),
        transaction_id: id.and_then(|id| id.transaction_id.clone()),
        uetr: id.and_then(|id| id.uetr),
    }
}

fn report(
    from: &AgentId,
    about: OriginalGroup,
    originals: Vec<OriginalTransaction>,
    record: &MessageRecord,
) -> Result<String, Problem> {
    let reports = originals
        .into_iter()
        .zip(&record.requests)
        .map(|(original, request)| {
            let mut report = of_progress(original, request, TransactionStatus::Settled);
            if let Some(ResultView::Outcome(outcome)) = request.result() {
                if let ReceiptView::Movement { at, .. } = outcome.receipt {
                    report.accepted_at = at.parse().ok();
                }
            }
            report
        });
    let reports: Vec<TransactionReport> = reports.collect();
    report_on(from, None, vec![about], reports)
}

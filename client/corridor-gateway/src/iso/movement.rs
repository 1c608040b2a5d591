//! pacs.009 and camt.050: a participant's own money into and out of escrow and collateral.

use super::Own;
use crate::{
    app::App,
    operation::{Moved, Operation},
    problem::Problem,
    routes::accepted::Wanted,
    text::{Amount, ReferenceText},
};
use corridor_client::core::{Money, Reference};
use corridor_iso20022::{
    camt050::{self, CollateralMovement},
    pacs009::{Direction, InstitutionCreditTransfer, InstitutionTransaction},
    Account, Book, BookAccount, Limits,
};

/// The operations of a pacs.009: each transaction a deposit or a withdrawal, as its accounts say, or all of them `only` one of these.
///
/// # Errors
/// 422 with every transaction that is not the participant's own; 503 where the chain cannot be asked who that is.
pub async fn read_pacs009(
    app: &App,
    message: &InstitutionCreditTransfer,
    only: Option<Direction>,
) -> Result<Vec<Wanted>, Problem> {
    Own::check(app, |own| {
        let (mut wanted, mut faults) = (Vec::new(), Vec::new());
        for transaction in &message.transactions {
            match direction(transaction, only, own) {
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
    })
    .await
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
    let direction = direction.ok_or_else(|| {
        let fault = neither(transaction, own);
        match transaction.is_between_institutions() {
            true => format!("{fault}; transfers to other participants go in a message of their own"),
            false => fault,
        }
    })?;
    let (whose, institution) = transaction.own_side(direction);
    let named = own.resolve(institution);
    let named = named.map_err(|fault| format!("the {whose}, {fault}"))?;
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
pub(super) fn neither(transaction: &InstitutionTransaction, own: &Own) -> String {
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

/// The operation of a camt.050: a pledge or a release, as its accounts say, or `only` a pledge (`true`) or a release.
///
/// # Errors
/// 422 with the element and the place at fault, and as [`read_pacs009`].
pub async fn read_camt050(
    app: &App,
    body: &[u8],
    limits: &Limits,
    only: Option<bool>,
) -> Result<Vec<Wanted>, Problem> {
    let message = camt050::read(body, limits)?;
    let pledges = only.unwrap_or(!matches!(
        message.movement(),
        Some(CollateralMovement::Release(_))
    ));
    Own::check(app, |own| {
        let expected = match pledges {
            true => CollateralMovement::Pledge(own.id),
            false => CollateralMovement::Release(own.id),
        };
        message.check(expected).map_err(|fault| {
            let ours = own.name();
            let fault = format!("{fault} for {ours}, whom this gateway acts for; a release is the other way");
            Problem::transactions(&[fault], 1)
        })
    })
    .await?;
    let moved = moved(message.reference(), message.amount);
    let operation = match pledges {
        true => Operation::Pledge(moved.clone()),
        false => Operation::Release(moved.clone()),
    };
    Ok(vec![Wanted::new(operation, &moved)])
}

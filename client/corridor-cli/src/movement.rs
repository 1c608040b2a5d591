//! From a pacs.009 or a camt.050 to movements of one's own money: every one is checked before any is submitted.

use crate::{directory::Directory, instruction, Failure};
use corridor_client::core::{Money, ParticipantId, Reference};
use corridor_iso20022::{
    camt050::{CollateralMovement, LiquidityTransfer},
    pacs009::{InstitutionCreditTransfer, InstitutionTransaction},
    Account, Book, BookAccount,
};

/// Into or out of escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The escrow account is credited.
    Deposit,
    /// The escrow account is debited.
    Withdraw,
}

/// One movement a message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What the contract records it under.
    pub reference: Reference,
    /// How much.
    pub amount: Money,
}

/// The deposits or withdrawals of `participant` that a pacs.009 asks for.
///
/// # Errors
/// [`Exit::Message`](crate::Exit::Message) naming every transaction that does not fit; then none may be done.
pub fn funding(
    message: &InstitutionCreditTransfer,
    direction: Direction,
    participant: ParticipantId,
    directory: &Directory,
) -> Result<Vec<Planned>, Failure> {
    let (mut planned, mut faults) = (Vec::new(), Vec::new());
    for transaction in &message.transactions {
        match fits(transaction, direction, participant, directory) {
            Ok(()) => planned.push(Planned {
                reference: transaction.reference(),
                amount: transaction.interbank_settlement_amount,
            }),
            Err(fault) => {
                let (index, id) = (transaction.index, &transaction.end_to_end_id);
                faults.push(format!("transaction {index}, EndToEndId {id}: {fault}"));
            }
        }
    }
    let verb = match direction {
        Direction::Deposit => "deposited",
        Direction::Withdraw => "withdrawn",
    };
    instruction::refuse(&faults, message.transactions.len(), verb)?;
    Ok(planned)
}

/// The money is the participant's own, and the account on Corridor's side its escrow.
fn fits(
    transaction: &InstitutionTransaction,
    direction: Direction,
    participant: ParticipantId,
    directory: &Directory,
) -> Result<(), String> {
    let (whose, side, account) = match direction {
        Direction::Deposit => ("debtor", "CdtrAcct", &transaction.creditor_account),
        Direction::Withdraw => ("creditor", "DbtrAcct", &transaction.debtor_account),
    };
    let institution = match direction {
        Direction::Deposit => &transaction.debtor,
        Direction::Withdraw => &transaction.creditor,
    };
    let named = directory
        .resolve(institution)
        .map_err(|fault| format!("{whose}: {fault}"))?;
    if named != participant {
        let (named, ours) = (directory.name(named), directory.name(participant));
        return Err(format!("the {whose} is {named}, and you act for {ours}"));
    }
    let expected = BookAccount {
        book: Book::Escrow,
        participant,
        currency: transaction.interbank_settlement_amount.currency,
    };
    let said = account.as_ref().map_or("absent", Account::number);
    if account.as_ref().and_then(BookAccount::of) == Some(expected) {
        return Ok(());
    }
    Err(format!("{side} is {said}, and should be {expected}"))
}

/// The pledge, or the release, of `participant` that a camt.050 asks for.
///
/// # Errors
/// [`Exit::Message`](crate::Exit::Message) when it asks for something else.
pub fn collateral(
    message: &LiquidityTransfer,
    pledge: bool,
    participant: ParticipantId,
) -> Result<Planned, Failure> {
    let (expected, from, to) = match pledge {
        true => (
            CollateralMovement::Pledge(participant),
            Book::Escrow,
            Book::Collateral,
        ),
        false => (
            CollateralMovement::Release(participant),
            Book::Collateral,
            Book::Escrow,
        ),
    };
    if message.movement() == Some(expected) {
        return Ok(Planned {
            reference: message.reference(),
            amount: message.amount,
        });
    }
    let said = |account: &Option<Account>| account.as_ref().map_or("absent".to_owned(), Account::to_string);
    let account = |book| BookAccount {
        book,
        participant,
        currency: message.amount.currency,
    };
    let text = format!(
        "DbtrAcct is {} and CdtrAcct {}, and they should be {} and {}",
        said(&message.debtor_account),
        said(&message.creditor_account),
        account(from),
        account(to),
    );
    let advice = "Nothing was submitted. Correct the accounts, or give the other command.";
    Err(Failure::message("cli.collateral", text, advice))
}

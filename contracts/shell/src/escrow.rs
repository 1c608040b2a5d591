//! deposit and withdraw: the books first, the tokens last.

use crate::book::Book;
use crate::transfers::caller_entry;
use crate::{storage, token};
use corridor_api::{EscrowMoved, MovementReceipt};
use corridor_core::{movement, Error, Gate, Money, MovementKind, Operation, Outcome, Reference, Seconds};
use ink::Address;

/// [`corridor_api::Escrow`]: both messages.
pub fn book(
    gate: &Gate,
    account: Address,
    reference: Reference,
    kind: MovementKind,
    amount: Money,
    now: Seconds,
) -> Result<MovementReceipt, Error> {
    let caller = caller_entry(account)?;
    let operation = storage::operation(caller.participant, reference);
    let recorded = operation.get()?.map(Operation::movement);
    let mut book = Book::of_one(amount.currency, caller.participant)?;
    let position = book.get(caller.participant);
    let change = match movement::book(recorded, gate, &caller, position, kind, amount, now)? {
        Outcome::Recorded(change) => change,
        Outcome::Repeated(movement) => {
            return Ok(MovementReceipt {
                movement,
                repeated: true,
            })
        }
    };
    operation.set(&Operation::Movement(change.movement));
    book.set(change.participant, change.position);
    book.store();
    ink::env::emit_event(EscrowMoved {
        participant: change.participant,
        reference,
        currency: amount.currency,
        movement: change.movement,
    });
    let entry = storage::currency(amount.currency)
        .get()?
        .ok_or(Error::UnknownCurrency)?;
    match kind {
        MovementKind::Deposit => token::pull(entry.token, account, amount.minor_units)?,
        MovementKind::Withdrawal => token::push(entry.token, account, amount.minor_units)?,
    }
    Ok(MovementReceipt {
        movement: change.movement,
        repeated: false,
    })
}

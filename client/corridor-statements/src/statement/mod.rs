//! From movements to a statement.
//!
//! A statement is about one *book* of a participant in one currency. **Escrow** is booked when it comes in or goes out for good:
//! its booked balance is what is available and what is reserved, so that a reservation moves nothing and settlement does.
//! **Collateral** is a book of its own: a pledge is a debit of escrow and a credit of collateral.
//!
//! | file | content |
//! |---|---|
//! | `drawing.rs` | the whole: which blocks, balances, evidence |
//! | `entries.rs` | one entry for each event that moves the book |
//! | `batches.rs` | the items of a clearing batch, in the entry that books it |
//! | `pending.rs` | what is reserved, transfer by transfer |
//! | `windows.rs` | which settlement windows paid what is told |

mod batches;
mod drawing;
mod entries;
mod pending;
mod windows;

pub use drawing::{draw_up, Drawn, Form, StatementRequest};
pub use windows::PaidWindow;

use corridor_indexer::query::movements::{Balances, Bucket};
use corridor_iso20022::Book;

/// Whether a bucket is money of a book.
fn belongs(bucket: Bucket, book: Book) -> bool {
    match book {
        Book::Escrow => matches!(bucket, Bucket::Available | Bucket::Reserved),
        Book::Collateral => bucket == Bucket::Collateral,
    }
}

/// What a book holds; `None` where the sum does not fit.
fn booked(balances: &Balances, book: Book) -> Option<i128> {
    match book {
        Book::Escrow => balances.available.checked_add(balances.reserved),
        Book::Collateral => Some(balances.collateral),
    }
}

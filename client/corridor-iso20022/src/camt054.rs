//! camt.054 BankToCustomerDebitCreditNotification: single entries of an account, as they are booked.

use crate::statement::message::NOTIFICATION;
use crate::statement::{self, StatementMessage};
use crate::{Iso20022Error, Limits};

/// Reads a camt.054.001.08 or later, plain or with a business application header in an outer element.
///
/// Each statement must tie (see [`statement`]), and what its summary says of its entries must be so.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<StatementMessage, Iso20022Error> {
    statement::read(bytes, limits, &NOTIFICATION)
}

/// Writes the message. Entries are counted and added up; what does not tie is refused.
pub fn write(message: &StatementMessage) -> Result<String, Iso20022Error> {
    statement::write(message, &NOTIFICATION)
}

//! A camt.052 or camt.053.

use super::claimed::{none, Claimed, Unreadable};
use corridor_iso20022::{camt052, camt053, Limits};

/// Where the namespace of the document is looked for: a business application header may stand before it.
const HEAD: usize = 16_384;

/// A statement is as long as its entries, not as short as a payment message.
fn limits() -> Limits {
    Limits {
        bytes: 512 * 1024 * 1024,
        transactions: crate::reconcile::MAX_LINES,
        ..Limits::default()
    }
}

fn names(bytes: &[u8], message: &str) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    head.windows(message.len())
        .any(|window| window == message.as_bytes())
}

pub(super) fn is_statement(bytes: &[u8]) -> bool {
    ["xsd:camt.052.", "xsd:camt.053."]
        .into_iter()
        .any(|message| names(bytes, message))
}

pub(super) fn read(bytes: &[u8]) -> Result<Claimed, Unreadable> {
    let message = match names(bytes, "xsd:camt.052.") {
        true => camt052::read(bytes, &limits())?,
        false => camt053::read(bytes, &limits())?,
    };
    match message.statements.as_slice() {
        [statement] => Claimed::of(statement),
        _ => Err(none("it has several statements; one is proven at a time")),
    }
}

//! A statement with the chain's own proof of what it ends with: checked without a node, an index or the bank that wrote it.
//!
//! | file | content |
//! |---|---|
//! | `claimed.rs` | what a written statement says about its end, whatever it is written as |
//! | `time.rs` | when it says that is |
//! | `camt.rs`, `json.rs`, `csv.rs` | reading that back |
//! | `check.rs` | whether evidence proves it |

mod camt;
mod check;
mod claimed;
mod csv;
mod json;
mod time;

pub use check::{check, Unproven};
pub use claimed::{Claimed, ClaimedBlock, Unreadable};

use corridor_client::{
    core::{AgentId, Currency},
    proof::{Evidence, Subject},
};

/// What has to be proven at the closing block for the statement of a participant's account in a currency, by every identifier the
/// statement names its owner by.
#[must_use]
pub fn subjects(owner: &[AgentId], currency: Currency) -> Vec<Subject> {
    let of = |agent: &AgentId| {
        let agent = agent.clone();
        let net = Subject::NetPosition {
            agent: agent.clone(),
            currency,
        };
        [Subject::Position { agent, currency }, net]
    };
    owner.iter().flat_map(of).collect()
}

/// What a file says, and the evidence in it: a statement as JSON carries its own.
///
/// # Errors
/// [`Unreadable`] for what is no statement, or does not add up.
pub fn read(bytes: &[u8]) -> Result<(Claimed, Option<Evidence>), Unreadable> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => json::read(bytes),
        Some(b'<') => Ok((camt::read(bytes)?, None)),
        _ => Ok((csv::read(bytes)?, None)),
    }
}

/// Whether a file looks like a statement: which of these it is, [`read`] finds out.
#[must_use]
pub fn looks_like_statement(bytes: &[u8]) -> bool {
    json::is_statement(bytes) || camt::is_statement(bytes) || csv::is_statement(bytes)
}

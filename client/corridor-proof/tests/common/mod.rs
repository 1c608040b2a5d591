//! Evidence recorded from a development chain after `corridor-demo`.
//!
//! To record it again: run `corridor-devnet` and `corridor-demo --url ..`, then, with the configuration the demo wrote,
//! `corridor evidence position --all --out positions.json`, the same with `--block 22` for `positions-earlier.json`, and
//! `corridor evidence transfer` with the UETRs of `transfers.json`. Expected values are in the tests.
#![allow(dead_code)] // Each test program uses its part.

use corridor_proof::{Evidence, ProofError};
use serde_json::Value;

/// Everybody's positions in the end.
pub const POSITIONS: &str = include_str!("../data/positions.json");
/// The same at block 22: money is in escrow, nothing was transferred.
pub const EARLIER: &str = include_str!("../data/positions-earlier.json");
/// A settled, a partly returned and an expired transfer, and a UETR under which there is nothing.
pub const TRANSFERS: &str = include_str!("../data/transfers.json");

/// A recorded file.
pub fn read(json: &str) -> Evidence {
    Evidence::from_json(json.as_bytes()).expect("recorded evidence")
}

/// Checks a file without knowing any authorities.
pub fn check(json: &[u8]) -> Result<Evidence, ProofError> {
    let evidence = Evidence::from_json(json)?;
    evidence.verify(None)?;
    Ok(evidence)
}

/// What becomes of a file with the value at a JSON pointer replaced.
pub fn with(json: &str, pointer: &str, value: impl Into<Value>) -> Result<Evidence, ProofError> {
    let mut file: Value = serde_json::from_str(json).expect("JSON");
    *file.pointer_mut(pointer).expect("a field") = value.into();
    check(file.to_string().as_bytes())
}

/// The value at a JSON pointer.
pub fn field(json: &str, pointer: &str) -> Value {
    let file: Value = serde_json::from_str(json).expect("JSON");
    file.pointer(pointer).expect("a field").clone()
}

/// Everything that evidence states; the nodes that prove it are not a statement.
pub fn statement(evidence: &Evidence) -> Evidence {
    Evidence {
        proof: Vec::new(),
        ..evidence.clone()
    }
}

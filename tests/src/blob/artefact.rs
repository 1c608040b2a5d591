//! What `scripts/build-contracts` left in `target/contracts`.

use corridor_client::SettlementCode;
use serde_json::Value;
use std::{convert::Infallible, path::PathBuf};

fn read(file: &str) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/contracts")).join(file);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Build the contracts first: scripts/build-contracts settlement backoffice clearing exchange controls treasury cash \
             plain-erc20 hostile-token",
            path.display()
        )
    })
}

/// A contract's code.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn code(name: &str) -> Vec<u8> {
    read(&format!("{name}.polkavm"))
}

/// All pieces of the settlement contract's code.
///
/// # Panics
/// When they have not been built.
#[must_use]
pub fn settlement_code() -> SettlementCode {
    let Ok(code) = SettlementCode::read(|file| Ok::<_, Infallible>(read(file)));
    code
}

/// A contract's metadata.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn metadata(name: &str) -> Value {
    json(&format!("{name}.json"))
}

/// A contract's Solidity ABI.
///
/// # Panics
/// When it has not been built, or does not speak it.
#[must_use]
pub fn solidity_abi(name: &str) -> Value {
    json(&format!("{name}.abi"))
}

fn json(file: &str) -> Value {
    serde_json::from_slice(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

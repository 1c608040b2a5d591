//! Printing and writing the figures.

use crate::costs::{Calls, Figures};
use anyhow::Context;
use std::path::Path;

/// Prints the figures as tables.
pub fn print(figures: &Figures) {
    println!("Cost per call: the runtime's own weights, the same on every machine");
    table("call", &figures.calls);
    println!("\nCost per payment: instruction and acceptance together, of a batch its share");
    table("payment", &figures.payments);
    println!();
    for (name, bytes) in &figures.code_bytes {
        println!("{name:<16} {bytes:>7} bytes of code");
    }
}

fn table(what: &str, costs: &Calls) {
    println!(
        "{what:<38} {:>13} {:>12} {:>12} {:>18} {:>15}",
        "ref_time us", "proof bytes", "length bytes", "storage deposit", "fit in a block"
    );
    for (name, cost) in costs {
        println!(
            "{name:<38} {:>9}.{:03} {:>12} {:>12} {:>18} {:>15}",
            cost.ref_time_ps / 1_000_000,
            cost.ref_time_ps / 1_000 % 1_000,
            cost.proof_bytes,
            cost.length_bytes,
            cost.storage_deposit,
            cost.payments_per_block
        );
    }
}

/// Writes the figures as JSON.
pub fn write(figures: &Figures, path: &Path) -> anyhow::Result<()> {
    let directory = path.parent().context("the path has a directory")?;
    std::fs::create_dir_all(directory)?;
    std::fs::write(path, serde_json::to_string_pretty(figures)? + "\n")?;
    println!("\nwritten to {}", path.canonicalize()?.display());
    Ok(())
}

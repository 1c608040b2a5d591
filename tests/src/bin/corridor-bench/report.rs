//! Printing, writing and judging the figures.

use crate::costs::{Cost, Figures};
use anyhow::{ensure, Context};
use std::path::Path;

/// Prints the figures as a table.
pub fn print(figures: &Figures) {
    println!("Cost per call: the runtime's own weights, the same on every machine");
    println!(
        "{:<38} {:>13} {:>12} {:>12} {:>18} {:>15}",
        "call", "ref_time us", "proof bytes", "length bytes", "storage deposit", "fit in a block"
    );
    for (name, cost) in &figures.calls {
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
    println!();
    for (name, bytes) in &figures.code_bytes {
        println!("{name:<16} {bytes:>7} bytes of code");
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

/// The bars: a settled transfer against two plain ERC-20 transfers, and the size of the code.
pub fn judge(figures: &Figures) -> anyhow::Result<()> {
    let cost = |name: &str| {
        figures
            .calls
            .get(name)
            .with_context(|| format!("{name} was not measured"))
    };
    let (instruct, accept, erc20) = (cost("instruct")?, cost("accept")?, cost("erc20_transfer")?);
    let rows = [
        (
            "ref_time",
            instruct.ref_time_ps + accept.ref_time_ps,
            2 * erc20.ref_time_ps,
        ),
        (
            "proof",
            instruct.proof_bytes + accept.proof_bytes,
            2 * erc20.proof_bytes,
        ),
    ];
    println!("\ninstruct + accept against two plain ERC-20 transfers (at most 2.00):");
    for (name, ours, theirs) in rows {
        let hundredths = ours * 100 / theirs;
        println!("  {name:<9} {}.{:02}", hundredths / 100, hundredths % 100);
    }
    for (name, ours, theirs) in rows {
        ensure!(
            ours <= 2 * theirs,
            "{name} of instruct + accept is more than twice that of two ERC-20 transfers"
        );
    }
    judge_exchange(figures)?;
    judge_clearing(figures)?;
    for (name, bytes) in &figures.code_bytes {
        ensure!(*bytes <= 64 * 1024, "the code of {name} is larger than 64 KiB");
    }
    Ok(())
}

/// The bar of payment versus payment: a transfer in two currencies, its quote published or signed, against two gross ones.
fn judge_exchange(figures: &Figures) -> anyhow::Result<()> {
    let cost = |name: &str| {
        let cost = figures.calls.get(name);
        cost.with_context(|| format!("{name} was not measured"))
    };
    let both = |instruct: &Cost, accept: &Cost| {
        (
            instruct.ref_time_ps + accept.ref_time_ps,
            instruct.proof_bytes + accept.proof_bytes,
        )
    };
    let (ref_time, proof) = both(cost("instruct")?, cost("accept")?);
    for name in ["fx_instruct", "fx_instruct_signed"] {
        let (fx_ref_time, fx_proof) = both(cost(name)?, cost("fx_accept")?);
        println!(
            "{name} + fx_accept against two gross transfers: ref_time {fx_ref_time} to {} ps, proof {fx_proof} to {} bytes",
            2 * ref_time,
            2 * proof
        );
        ensure!(
            fx_ref_time <= 2 * ref_time && fx_proof <= 2 * proof,
            "{name} + fx_accept cost more than two gross transfers"
        );
    }
    Ok(())
}

/// The bars of net settlement: payments per block in full batches, acceptance against gross, closing whatever the number
/// of transfers.
fn judge_clearing(figures: &Figures) -> anyhow::Result<()> {
    let cost = |name: &str| {
        figures
            .calls
            .get(name)
            .with_context(|| format!("{name} was not measured"))
    };
    let (net, gross) = (cost("net_accept")?, cost("accept")?);
    let (few, many) = (
        cost("close_window_2")?,
        cost("close_window_2_after_10_000_transfers")?,
    );
    let payments = cost("batch_max")?.payments_per_block;
    println!("\nclearing batches: {payments} payments in a block (at least 30000)");
    println!(
        "net accept against gross: ref_time {} to {} ps, proof {} to {} bytes",
        net.ref_time_ps, gross.ref_time_ps, net.proof_bytes, gross.proof_bytes
    );
    ensure!(payments >= 30_000, "fewer than 30,000 payments in a block");
    // Net acceptance writes the window's number: its deposit makes the extrinsic three bytes longer, and those count twice.
    let proven = |cost: &Cost| cost.proof_bytes.saturating_sub(cost.length_bytes);
    ensure!(
        net.ref_time_ps <= gross.ref_time_ps && proven(net) <= proven(gross),
        "a net acceptance costs more than a gross one"
    );
    ensure!(
        many.ref_time_ps <= few.ref_time_ps + few.ref_time_ps / 50 && many.proof_bytes == few.proof_bytes,
        "closing a window costs more after more transfers"
    );
    Ok(())
}

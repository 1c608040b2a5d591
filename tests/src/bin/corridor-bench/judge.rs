//! The bars, and whether the figures meet them.

use crate::costs::{Cost, Figures};
use anyhow::{ensure, Context};
use corridor_devnet_runtime::testing::block_limits;

/// Fails when a bar is missed; prints how near each is.
pub fn judge(figures: &Figures) -> anyhow::Result<()> {
    gross(figures)?;
    exchange(figures)?;
    net(figures)?;
    batches(figures)?;
    windows(figures)?;
    for (name, bytes) in &figures.code_bytes {
        ensure!(*bytes <= 64 * 1024, "the code of {name} is larger than 64 KiB");
    }
    Ok(())
}

fn call<'a>(figures: &'a Figures, name: &str) -> anyhow::Result<&'a Cost> {
    let call = figures.calls.get(name);
    call.with_context(|| format!("{name} was not measured"))
}

fn payment<'a>(figures: &'a Figures, name: &str) -> anyhow::Result<&'a Cost> {
    let payment = figures.payments.get(name);
    payment.with_context(|| format!("{name} was not measured"))
}

/// Ratios of ref_time and proof, in thousandths, which it prints.
fn ratios(what: &str, ours: (u64, u64), theirs: (u64, u64)) -> [u64; 2] {
    let thousandths = [ours.0 * 1_000 / theirs.0, ours.1 * 1_000 / theirs.1];
    let text = thousandths.map(|ratio| format!("{}.{:03}", ratio / 1_000, ratio % 1_000));
    println!("{what}: ref_time {}, proof {}", text[0], text[1]);
    thousandths
}

/// A settled transfer against two plain ERC-20 transfers.
fn gross(figures: &Figures) -> anyhow::Result<()> {
    let (gross, erc20) = (payment(figures, "gross")?, call(figures, "erc20_transfer")?);
    let two = (2 * erc20.ref_time_ps, 2 * erc20.proof_bytes);
    ratios(
        "\ninstruct + accept against two plain ERC-20 transfers (at most 2)",
        (gross.ref_time_ps, gross.proof_bytes),
        two,
    );
    ensure!(
        gross.ref_time_ps <= 2 * two.0 && gross.proof_bytes <= 2 * two.1,
        "instruct + accept costs more than twice two ERC-20 transfers"
    );
    Ok(())
}

/// Payment versus payment against gross, its quote published or signed.
fn exchange(figures: &Figures) -> anyhow::Result<()> {
    let gross = payment(figures, "gross")?;
    let of = |cost: &Cost| (cost.ref_time_ps, cost.proof_bytes);
    for (name, what) in [
        ("fx", "a transfer in two currencies against gross (at most 2)"),
        ("fx_signed", "the same on a signed quote (at most 2)"),
    ] {
        let fx = payment(figures, name)?;
        ratios(what, of(fx), of(gross));
        ensure!(
            fx.ref_time_ps <= 2 * gross.ref_time_ps && fx.proof_bytes <= 2 * gross.proof_bytes,
            "{name}: a transfer in two currencies costs more than twice a gross one"
        );
    }
    Ok(())
}

/// Net acceptance against gross, on one page of positions and across two.
fn net(figures: &Figures) -> anyhow::Result<()> {
    let (net, gross) = (call(figures, "net_accept")?, call(figures, "accept")?);
    let across = (
        call(figures, "net_accept_across_pages")?,
        call(figures, "accept_across_pages")?,
    );
    for (what, net, gross) in [
        ("net accept", net, gross),
        ("net accept across two pages, not judged", across.0, across.1),
    ] {
        println!(
            "{what} against gross: ref_time {} to {} ps, proof {} to {} bytes, of which the extrinsic {} to {}",
            net.ref_time_ps,
            gross.ref_time_ps,
            net.proof_bytes,
            gross.proof_bytes,
            net.length_bytes,
            gross.length_bytes
        );
    }
    ensure!(
        net.ref_time_ps <= gross.ref_time_ps
            && net.proof_bytes <= gross.proof_bytes
            && net.length_bytes <= gross.length_bytes,
        "a net acceptance costs more than a gross one"
    );
    Ok(())
}

/// Payments per block in full batches, and growth with their size.
fn batches(figures: &Figures) -> anyhow::Result<()> {
    for name in ["batch_max", "batch_max_8_counterparties"] {
        let payments = call(figures, name)?.payments_per_block;
        let accepted = payment(figures, name)?.payments_per_block;
        println!(
            "{name}: {payments} payments in a block (at least 30000), {accepted} with their acceptances"
        );
        ensure!(
            payments >= 30_000,
            "{name}: fewer than 30,000 payments in a block"
        );
    }
    // The block also takes their acceptance; of as many counterparties as there may be, each accepts for itself.
    ensure!(
        payment(figures, "batch_max")?.payments_per_block >= 30_000,
        "fewer than 30,000 payments of full batches are submitted and accepted in a block"
    );
    let sizes = [
        call(figures, "batch_100")?,
        call(figures, "batch_1000")?,
        call(figures, "batch_max")?,
    ];
    let slope = |from: &Cost, to: &Cost, items: u64| {
        let each = |from: u64, to: u64| (to - from) / items;
        (
            each(from.ref_time_ps, to.ref_time_ps),
            each(from.proof_bytes, to.proof_bytes),
        )
    };
    let (small, large) = (slope(sizes[0], sizes[1], 900), slope(sizes[1], sizes[2], 1_000));
    let growth = ratios(
        "an item of the second thousand of a batch against one of the first (at most 1.05)",
        large,
        small,
    );
    ensure!(
        growth.iter().all(|ratio| *ratio <= 1_050),
        "a batch's cost grows faster than its size"
    );
    Ok(())
}

/// A window's end whatever the number of transfers, and in two currencies in one block.
fn windows(figures: &Figures) -> anyhow::Result<()> {
    let few = call(figures, "close_window_2")?;
    let many = call(figures, "close_window_2_after_10_000_transfers")?;
    println!(
        "closing a window after 10 and after 10,000 transfers: ref_time {} and {} ps, proof {} and {} bytes",
        few.ref_time_ps, many.ref_time_ps, few.proof_bytes, many.proof_bytes
    );
    ensure!(
        many.ref_time_ps <= few.ref_time_ps + few.ref_time_ps / 50 && many.proof_bytes == few.proof_bytes,
        "closing a window costs more after more transfers"
    );
    let limits = block_limits();
    let currencies = [
        call(figures, "close_window_10")?,
        call(figures, "close_window_10_second_currency")?,
    ];
    let sum = |of: fn(&Cost) -> u64| currencies.iter().map(|cost| of(cost)).sum::<u64>();
    ensure!(
        sum(|cost| cost.ref_time_ps) <= limits.ref_time_ps
            && sum(|cost| cost.proof_bytes) <= limits.proof_bytes
            && sum(|cost| cost.length_bytes) <= limits.length_bytes,
        "a window of ten participants cannot be closed in two currencies in one block"
    );
    for name in [
        "resolve_queue_64",
        "resolve_queue_64_corridors",
        "resolve_queue_64_expired",
    ] {
        let fit = call(figures, name)?.payments_per_block;
        ensure!(fit >= 1, "{name} does not fit into a block");
    }
    Ok(())
}

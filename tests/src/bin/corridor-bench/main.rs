//! The figures: what each call costs a block, and what the whole path takes by the clock.
//!
//! The costs come from the runtime's own weights, so they are the same on every machine. The times are of
//! this machine; what counts there is the ratio to native transfers through the same client in the same run.

mod clearing;
mod clock;
mod costs;
mod exchange;
mod judge;
mod queue;
mod report;
mod windows;

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let contracts = repository.join("target/contracts");
    let figures = costs::measure(&contracts)?;
    report::print(&figures);
    report::write(&figures, &repository.join("target/bench/figures.json"))?;
    judge::judge(&figures)?;
    if std::env::args().any(|argument| argument == "--costs-only") {
        return Ok(());
    }
    clock::measure(&contracts)
}

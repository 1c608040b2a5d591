//! Runs the demonstration. See `scripts/demo --help`.

use clap::Parser;
use corridor_cli::{demo::Demo, output::Output, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    corridor_cli::log();
    let demo = Demo::parse();
    let result = tokio::runtime::Runtime::new()
        .map_err(Failure::internal)
        .and_then(|runtime| runtime.block_on(demo.run()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Output::default().fail(&failure);
            ExitCode::from(failure.exit.code())
        }
    }
}

//! The `corridor-gateway` command.

use clap::Parser;
use std::process::ExitCode;

/// Requests and rows cross threads: cheaper than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = corridor_gateway::Arguments::parse();
    match corridor_gateway::run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            // At once: a gateway that is fenced must not sign another byte, and the runtime would wait for threads.
            std::process::exit(1)
        }
    }
}

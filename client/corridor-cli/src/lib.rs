//! The `corridor` command, as a library: what its two programs and their tests share.
//!
//! | module | content |
//! |---|---|
//! | [`command`] | one file for each command: what it takes, what it does, what it answers |
//! | [`demo`] | the story `scripts/demo` tells |
//! | [`settings`], [`context`] | `corridor.toml`, connections, confirmations |
//! | [`credit`], [`instruction`], [`movement`], [`target`], [`batch`], [`message`] | message files in and out, many at once |
//! | [`netting`], [`audit`] | net settlement: what is outstanding, and its recomputation |
//! | [`clearing`] | batch files: CSV, record, proofs |
//! | [`quote`] | quotes by name, signed quotes as files |
//! | [`output`], [`view`] | JSON and tables |
//! | [`failure`] | errors and exit codes |
//!
//! There are no payment rules here: the contract decides, and this only carries its answer.

pub mod arguments;
pub mod audit;
pub mod batch;
pub mod clearing;
pub mod command;
pub mod context;
pub mod credit;
pub mod demo;
pub mod directory;
pub mod duration;
pub mod failure;
pub mod instruction;
pub mod message;
pub mod movement;
pub mod netting;
pub mod output;
pub mod quote;
pub mod reference;
pub mod settings;
pub mod target;
pub mod view;

pub use arguments::{Arguments, Common};
pub use failure::{Exit, Failure};

use context::Context;
use output::Output;
use settings::Settings;
use std::future::Future;
use tokio::signal::unix::{signal, SignalKind};

/// Runs a command line to its end.
///
/// # Errors
/// Whatever the command ends with.
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { common, command } = arguments;
    let settings = Settings::read(&common)?;
    let output = Output {
        json: common.json,
        quiet: common.quiet,
    };
    let context = Context::new(settings, output, common.yes);
    let endless = command.is_endless();
    let result = until_interrupted(command.run(&context)).await;
    context.close().await;
    match result {
        // There is no other end.
        Err(failure) if endless && failure.exit == Exit::Interrupted => Ok(()),
        result => result,
    }
}

/// Lets the client library tell what it does, on standard error, as far as `RUST_LOG` asks for it
/// (`RUST_LOG=corridor_client=debug`).
pub fn log() {
    if std::env::var_os("RUST_LOG").is_some() {
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
        subscriber.with_writer(std::io::stderr).init();
    }
}

/// The work's result, or [`Failure::interrupted`] when Ctrl-C or SIGTERM comes first.
///
/// # Errors
/// The work's.
pub async fn until_interrupted<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::internal)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::internal)?;
    tokio::select! {
        biased;
        _ = interrupt.recv() => Err(Failure::interrupted()),
        _ = terminate.recv() => Err(Failure::interrupted()),
        result = work => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn only_what_has_no_other_end_ends_well_when_interrupted() {
        for (line, endless) in [
            ("index", true),
            ("index --from 7", true),
            ("index --once", false),
            ("index --check", false),
            ("index --status", false),
            ("index --digest", false),
            ("watch", true),
            ("watch --count 2", false),
            ("explore", true),
            ("resume", false),
        ] {
            let words = std::iter::once("corridor").chain(line.split(' '));
            let command = Arguments::try_parse_from(words).expect("a command").command;
            assert_eq!(command.is_endless(), endless, "{line}");
        }
    }
}

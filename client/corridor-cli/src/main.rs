//! The `corridor` command. See `corridor --help`.

use clap::{error::ErrorKind, Parser};
use corridor_cli::{output::Output, Arguments, Exit, Failure};
use std::process::exit;

/// Values cross threads on their way into a database: the index is filled a fifth faster than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    corridor_cli::log();
    let arguments = Arguments::try_parse().unwrap_or_else(|error| refuse(&error));
    let output = Output {
        json: arguments.common.json,
        quiet: arguments.common.quiet,
    };
    let result = tokio::runtime::Runtime::new()
        .map_err(Failure::internal)
        .and_then(|runtime| runtime.block_on(corridor_cli::run(arguments)));
    let code = match result {
        Ok(()) => Exit::Done,
        Err(failure) => {
            if failure.exit != Exit::Done {
                output.fail(&failure);
            }
            failure.exit
        }
    };
    // Not by returning: a thread that waits for an answer at the terminal would be waited for.
    exit(code.code().into());
}

/// Help goes where it was asked for; anything else is a failure, in JSON for those who read JSON.
fn refuse(error: &clap::Error) -> ! {
    let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !help && std::env::args().any(|argument| argument == "--json") {
        let text = error.to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let output = Output {
            json: true,
            quiet: false,
        };
        output.fail(&Failure::usage("cli.arguments", message.trim(), rest.trim()));
    } else {
        // Nobody is left to be told when the stream is gone.
        let _ = error.print();
    }
    exit(if help { Exit::Done } else { Exit::Usage }.code().into());
}

//! What goes to standard output and standard error: JSON for programs, text for people.

mod page;
mod progress;

pub use page::{Cell, Page, Table, Tone};
pub use progress::Progress;

use crate::{Exit, Failure};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// A command's answer: one JSON value, or a text.
pub trait Answer: Serialize {
    /// Writes the text for people.
    fn print(&self, page: &mut Page);
}

/// How to answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Output {
    /// JSON on standard output and standard error.
    pub json: bool,
    /// No progress.
    pub quiet: bool,
}

impl Output {
    /// Writes the answer to standard output.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub fn answer(&self, answer: &impl Answer) -> Result<(), Failure> {
        let text = if self.json {
            let text = serde_json::to_string_pretty(answer).map_err(Failure::internal)?;
            format!("{text}\n")
        } else {
            let mut page = Page::new(colour(&io::stdout()));
            answer.print(&mut page);
            page.finish()
        };
        write_out(text.as_bytes())
    }

    /// Writes one answer of many: a line of JSON, or a text.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub fn answer_line(&self, answer: &impl Answer) -> Result<(), Failure> {
        if !self.json {
            return self.answer(answer);
        }
        let text = serde_json::to_string(answer).map_err(Failure::internal)?;
        write_out(format!("{text}\n").as_bytes())
    }

    /// Tells a person something beside the answer, on standard error.
    pub fn note(&self, text: &str) {
        if !self.json && !self.quiet {
            // Nobody is left to be told when standard error is gone.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// Writes a failure to standard error.
    pub fn fail(&self, failure: &Failure) {
        let text = if self.json {
            serde_json::to_string(&serde_json::json!({ "error": failure })).unwrap_or_default()
        } else {
            let label = Tone::Bad.paint("error:", colour(&io::stderr()));
            let mut text = format!("{label} {}", failure.message);
            for line in failure.advice.lines() {
                text.push_str(&format!("\n  {line}"));
            }
            text
        };
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Progress of `total` steps of work.
    #[must_use]
    pub fn progress(&self, label: &str, total: usize) -> Progress {
        Progress::start(label, total, self.quiet || self.json)
    }
}

/// Whether colour belongs on this stream: a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
#[must_use]
pub fn colour(stream: &impl IsTerminal) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !set("NO_COLOR") && !dumb
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no failure worth words.
pub(crate) fn write_out(text: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Done, "cli.pipe", "", ""))
        }
        Err(error) => {
            let message = format!("standard output cannot be written to: {error}");
            Err(Failure::new(
                Exit::Internal,
                "cli.output",
                message,
                "Check the disk or the pipe.",
            ))
        }
    }
}

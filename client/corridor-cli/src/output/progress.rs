//! Progress of long work: a bar on a terminal, plain lines in a pipe. Always on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// In a pipe, at most one line in this time: a log of a thousand transfers should not have a thousand lines.
const BETWEEN_LINES: Duration = Duration::from_secs(1);

/// Work under way. Dropping it removes the bar.
pub struct Progress {
    label: String,
    total: usize,
    done: usize,
    shown: Shown,
}

enum Shown {
    Nothing,
    Bar(ProgressBar),
    Lines { last: Instant },
}

impl Progress {
    pub(super) fn start(label: &str, total: usize, silent: bool) -> Self {
        let shown = if silent {
            Shown::Nothing
        } else if io::stderr().is_terminal() {
            Shown::Bar(bar(label, total))
        } else {
            say(&format!("{label} ..."));
            Shown::Lines { last: Instant::now() }
        };
        Self {
            label: label.into(),
            total,
            done: 0,
            shown,
        }
    }

    /// One step is done.
    pub fn step(&mut self) {
        self.done = self.done.saturating_add(1);
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.inc(1),
            Shown::Lines { last } => {
                if self.total > 1 && (self.done == self.total || last.elapsed() >= BETWEEN_LINES) {
                    say(&format!("{}: {} of {}", self.label, self.done, self.total));
                    *last = Instant::now();
                }
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn bar(label: &str, total: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = if total > 1 {
        bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
        "{spinner} {msg} [{bar:30}] {pos}/{len} {elapsed}"
    } else {
        "{spinner} {msg} {elapsed}"
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar.set_message(label.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

//! `corridor completions`.

use crate::{output::write_out, Arguments, Failure};
use clap::CommandFactory;
use clap_complete::Shell;

/// Write completions for a shell to standard output
///
/// bash: corridor completions bash > /etc/bash_completion.d/corridor; zsh: into a directory of $fpath as
/// _corridor; fish: corridor completions fish > ~/.config/fish/completions/corridor.fish
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "corridor", &mut script);
        write_out(&script)
    }
}

//! The command line: what every command takes, and which commands there are.

use crate::{command::Command, duration::ShortDuration, settings::Duty, Exit};
use clap::Parser;
use corridor_client::{core::AgentId, AddressText};
use std::path::PathBuf;

/// Settles cross-border transfers between institutions on a smart contract.
///
/// Where to connect, as whom and with which key comes from flags, else from the environment, else from
/// corridor.toml in the working directory (`corridor config --help` shows all of it).
///
/// Every answer is read from finalised blocks. Every command may be repeated: what has been done before is
/// answered with what was recorded, and changes nothing. RUST_LOG=corridor_client=debug shows what goes on.
#[derive(Debug, Parser)]
#[command(name = "corridor", version, arg_required_else_help = true)]
#[command(after_help = Exit::help(), max_term_width = 110)]
pub struct Arguments {
    /// What every command takes.
    #[command(flatten, next_help_heading = "Common options")]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Common {
    /// Configuration file [default: corridor.toml where there is one]
    #[arg(
        long,
        global = true,
        env = "CORRIDOR_CONFIG",
        value_name = "FILE",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,

    /// The node's WebSocket URL [default: ws://127.0.0.1:9944]
    #[arg(
        long,
        global = true,
        env = "CORRIDOR_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub url: Option<String>,

    /// The settlement contract
    #[arg(
        long,
        global = true,
        env = "CORRIDOR_SETTLEMENT",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub settlement: Option<AddressText>,

    /// On behalf of which participant: a BIC, an LEI or SYSTEM:MEMBER
    #[arg(
        long,
        global = true,
        env = "CORRIDOR_PARTICIPANT",
        value_name = "AGENT",
        hide_env_values = true
    )]
    pub participant: Option<AgentId>,

    // Kept as text until it is known to be no secret: what fails to parse here would be printed.
    /// Key to sign with: file:PATH, env:NAME or a development key such as //Alice; never the secret itself
    #[arg(
        long,
        global = true,
        env = "CORRIDOR_KEY",
        value_name = "SOURCE",
        hide_env_values = true
    )]
    pub key: Option<String>,

    /// Sign with another key of `[keys]` than the command's usual one: governor, admin, instructor, approver,
    /// treasurer, compliance, quoter, issuer or guardian
    #[arg(long = "as", global = true, value_name = "DUTY", hide_possible_values = true)]
    pub duty: Option<Duty>,

    /// Where submissions are recorded [default: corridor.sqlite beside the configuration file]
    #[arg(
        long,
        global = true,
        env = "CORRIDOR_STORE",
        value_name = "FILE",
        hide_env_values = true
    )]
    pub store: Option<PathBuf>,

    /// How long to look for the node [default: 10s]
    #[arg(long, global = true, value_name = "TIME")]
    pub connect_timeout: Option<ShortDuration>,

    /// How long to wait for a finalised block before the outcome counts as unknown [default: 120s]
    #[arg(long, global = true, value_name = "TIME")]
    pub finality_timeout: Option<ShortDuration>,

    /// Answer in JSON; errors too, on standard error
    #[arg(long, global = true)]
    pub json: bool,

    /// Show no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Do not ask before what cannot be taken back
    #[arg(long, short, global = true)]
    pub yes: bool,
}

//! Runs a Corridor development chain. See `corridor-devnet --help`.

use std::{
    io::{self, IsTerminal, Write},
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use anyhow::Context;
use clap::Parser;
use corridor_devnet::{Devnet, Options, Seal};
use tokio::signal::unix::{signal, SignalKind};
use tracing_subscriber::EnvFilter;

/// What is logged unless RUST_LOG or --log says otherwise: our own progress, and others' trouble.
const DEFAULT_LOG: &str = "warn,corridor_devnet=info";

/// Runs a Corridor development chain: a complete Substrate node with smart contracts (pallet-revive), in one process.
///
/// Every block is final at once. The accounts //Alice, //Bob, //Charlie, //Dave, //Eve and //Ferdie are funded, //Alice
/// is sudo. Connect with Polkadot-JS, subxt or any Substrate tool.
///
/// Standard output has one line for each address, for scripts to read; the log goes to standard error:
///
///     RPC ws://127.0.0.1:9944
///     PROMETHEUS http://127.0.0.1:9615/metrics
///
/// The program ends with exit code 0 on Ctrl-C or SIGTERM, 1 on an error and 2 on wrong arguments.
#[derive(Parser)]
#[command(version, verbatim_doc_comment)]
struct Arguments {
    /// When to make blocks: `instant` (as soon as there is a transaction, empty after six seconds of rest) or an interval such as `6s`
    #[arg(long, default_value = "instant", value_name = "instant|SECONDSs")]
    seal: Seal,

    /// Keep the chain in this directory and go on from there next time; without it, the chain lives in memory
    #[arg(long, value_name = "DIR")]
    base_path: Option<PathBuf>,

    /// Port for JSON-RPC, websocket and HTTP alike; 0 takes a free one
    #[arg(long, default_value_t = 9944, value_name = "PORT")]
    rpc_port: u16,

    /// Address for JSON-RPC and Prometheus; methods that can harm the node are denied beyond this machine
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    rpc_host: IpAddr,

    /// How many JSON-RPC connections may be open at once
    #[arg(long, default_value_t = 1_024, value_name = "NUMBER")]
    rpc_max_connections: u32,

    /// Serve Prometheus metrics on this port; 0 takes a free one
    #[arg(long, value_name = "PORT")]
    prometheus_port: Option<u16>,

    /// What to log, such as `debug` or `warn,txpool=trace`; RUST_LOG says the same
    #[arg(long, env = "RUST_LOG", default_value = DEFAULT_LOG, value_name = "FILTER")]
    log: String,
}

impl From<Arguments> for Options {
    fn from(arguments: Arguments) -> Self {
        Self {
            seal: arguments.seal,
            base_path: arguments.base_path,
            rpc_host: arguments.rpc_host,
            rpc_port: arguments.rpc_port,
            rpc_max_connections: arguments.rpc_max_connections,
            prometheus_port: arguments.prometheus_port,
        }
    }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_new(&arguments.log).context("--log (or RUST_LOG) is not a log filter")?;
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colours)
        .init();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(arguments.into()))
}

async fn run(options: Options) -> anyhow::Result<()> {
    // Before anything is written, so that a signal that comes early still ends the chain in order.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;

    let seal = options.seal;
    let mut devnet = Devnet::start(options)?;
    announce(&devnet).context("cannot write to standard output")?;
    tracing::info!(%seal, url = devnet.url(), "the chain is running; press Ctrl-C to stop it");

    tokio::select! {
        _ = interrupt.recv() => {},
        _ = terminate.recv() => {},
        () = devnet.stopped() => {},
    }
    devnet.stop()?;
    tracing::info!("the chain has stopped");
    Ok(())
}

fn announce(devnet: &Devnet) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "RPC {}", devnet.url())?;
    if let Some(url) = devnet.prometheus_url() {
        writeln!(out, "PROMETHEUS {url}")?;
    }
    out.flush()
}

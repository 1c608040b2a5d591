//! A development chain as a process of its own, for tests that kill it.
//!
//! The program `corridor-devnet` belongs to another package, whose binaries tests here cannot ask cargo for.
//! This is the same library with the options the tests need: `corridor-node BASE_PATH PORT`, 0 for a free
//! port. The first line on standard output is `RPC` and the URL; SIGTERM ends it in order.

use anyhow::Context;
use corridor_devnet::{Devnet, Options};
use tokio::signal::unix::{signal, SignalKind};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut arguments = std::env::args().skip(1);
    let base_path = arguments.next().context("missing argument: the base path")?;
    let port = arguments.next().context("missing argument: the port")?;
    let mut devnet = Devnet::start(Options {
        base_path: Some(base_path.into()),
        rpc_port: port.parse()?,
        ..Options::default()
    })?;
    println!("RPC {}", devnet.url());
    tokio::select! {
        _ = terminate.recv() => {}
        () = devnet.stopped() => {}
    }
    devnet.stop()?;
    Ok(())
}

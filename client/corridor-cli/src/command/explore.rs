//! `corridor explore`.

use super::index;
use crate::{context::Context, Failure};
use corridor_client::Corridor;
use corridor_explorer::Explorer;
use corridor_indexer::Index;
use futures::FutureExt;
use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Show an index as web pages: transfers, positions, windows, batches, blocks
///
/// Read only, and needs no key: the pages show what `corridor index` has written, also while it writes. The node is asked only for how far
/// behind the index is; without it everything else works. There is no log-in and no TLS: listen on this machine, or behind a server that has
/// both. Ends with Ctrl-C.
#[derive(Debug, clap::Args)]
pub struct Explore {
    /// The index: a SQLite file, or postgres://USER@HOST/DATABASE [default: corridor-index.sqlite beside the store]
    #[arg(long, env = "CORRIDOR_INDEX", value_name = "DATABASE", hide_env_values = true)]
    index: Option<String>,

    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8088")]
    listen: SocketAddr,
}

/// Until the node is asked again, where it could not be reached.
const RETRY: Duration = Duration::from_secs(10);

impl Explore {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let location = index::location(context, self.index.as_deref())?;
        let index = Index::open(&location).await.map_err(index::failure)?;
        let chain: Arc<OnceLock<Corridor>> = Arc::default();
        let asked = chain.clone();
        let explorer = Explorer::new(index).finalised(move || {
            let corridor = asked.get().cloned();
            async move { corridor?.finalised_head().await.ok() }.boxed()
        });
        let output = context.output;
        let served = explorer.serve(self.listen, |address| {
            output.note(&format!("{location} at http://{address}/; press Ctrl-C to end"));
            if !address.ip().is_loopback() {
                output.note("anyone who reaches this address can read everything: there is no log-in");
            }
        });
        tokio::select! {
            served = served => served.map_err(|error| cannot_listen(self.listen, &error)),
            never = connect(context, &chain) => match never {},
        }
    }
}

/// Connects to the node in the background, then has nothing more to do.
async fn connect(context: &Context, chain: &OnceLock<Corridor>) -> std::convert::Infallible {
    let mut said = false;
    loop {
        match context.reader().await {
            Ok(corridor) => {
                // Nobody else fills it.
                let _ = chain.set(corridor);
                return std::future::pending().await;
            }
            Err(failure) => {
                if !std::mem::replace(&mut said, true) {
                    context.output.note(&format!(
                        "how far behind the index is cannot be told yet: {}",
                        failure.message
                    ));
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    let message = format!("cannot listen on {address}: {error}");
    Failure::usage(
        "cli.listen",
        message,
        "Name another address and port with --listen.",
    )
}

use std::{
    io,
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{runtime::Runtime, sync::oneshot};

use crate::{node::Node, Error, Options};

/// The runtime is executed on whatever thread the node happens to be on, and a chain of contract calls is deep.
const THREAD_STACK_BYTES: usize = 16 * 1024 * 1024;
/// Each `chainHead_follow` holds a blocking thread for as long as it lasts.
const MAX_BLOCKING_THREADS: usize = 2_048;
/// How long tasks get to end when the node stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// A running chain. It stops when dropped.
pub struct Devnet {
    url: String,
    prometheus_url: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<oneshot::Receiver<()>>,
    thread: Option<JoinHandle<Result<(), Error>>>,
}

struct Addresses {
    url: String,
    prometheus_url: Option<String>,
}

impl Devnet {
    /// Starts a chain; when this returns, it answers. Takes about 50 ms, in which the calling thread is blocked.
    ///
    /// # Errors
    /// When a port or the database is taken, or a part of the node cannot be set up.
    pub fn start(options: Options) -> Result<Self, Error> {
        let (ready_tx, ready_rx) = std::sync::mpsc::sync_channel(1);
        let (stop_tx, stop_rx) = oneshot::channel();
        let (ended_tx, ended_rx) = oneshot::channel();
        // A runtime may be neither created nor dropped inside another one, which the caller may be in: hence a thread.
        let thread = thread::Builder::new()
            .name("devnet".to_owned())
            .stack_size(THREAD_STACK_BYTES)
            .spawn(move || {
                let _ended_tx = ended_tx; // Dropped at the end, however that comes.
                run(&options, stop_rx, |addresses| {
                    // Nobody receives when the caller is gone; it then drops `stop_tx` too.
                    let _ = ready_tx.send(addresses);
                })
            })
            .map_err(Error::Thread)?;
        match ready_rx.recv() {
            Ok(Addresses { url, prometheus_url }) => Ok(Self {
                url,
                prometheus_url,
                stop: Some(stop_tx),
                ended: Some(ended_rx),
                thread: Some(thread),
            }),
            Err(_) => Err(join(thread).err().unwrap_or(Error::EssentialTask)),
        }
    }

    /// Where JSON-RPC is served, such as `ws://127.0.0.1:9944`. The same port takes HTTP.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where Prometheus finds the metrics, if it was asked for.
    #[must_use]
    pub fn prometheus_url(&self) -> Option<&str> {
        self.prometheus_url.as_deref()
    }

    /// Waits until the chain has stopped by itself, which it does only when a part of it fails.
    pub async fn stopped(&mut self) {
        if let Some(ended) = &mut self.ended {
            // The sender is only ever dropped, never used.
            let _ = ended.await;
            self.ended = None;
        }
    }

    /// Stops the chain and waits until its database is written and closed.
    ///
    /// # Errors
    /// When the chain had stopped by itself before.
    pub fn stop(mut self) -> Result<(), Error> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<(), Error> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        self.thread.take().map_or(Ok(()), join)
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            tracing::error!(%error, "the chain did not stop cleanly");
        }
    }
}

fn join(thread: JoinHandle<Result<(), Error>>) -> Result<(), Error> {
    thread.join().unwrap_or(Err(Error::Panicked))
}

fn run(options: &Options, stop: oneshot::Receiver<()>, ready: impl FnOnce(Addresses)) -> Result<(), Error> {
    let runtime = new_runtime().map_err(Error::Thread)?;
    let result = runtime.block_on(async {
        let mut node = Node::start(options).await?;
        ready(Addresses {
            url: format!("ws://{}", node.rpc.address),
            prometheus_url: node.prometheus.map(|address| format!("http://{address}/metrics")),
        });
        let result = tokio::select! {
            // An error means that the handle is gone without a word: stop as well.
            _ = stop => Ok(()),
            _ = node.tasks.future() => Err(Error::EssentialTask),
        };
        node.rpc.stop().await;
        result
    });
    // The database closes when the last task that holds the client is gone.
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    result
}

fn new_runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("devnet-worker")
        .thread_stack_size(THREAD_STACK_BYTES)
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .build()
}

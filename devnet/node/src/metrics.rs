//! Prometheus: the gauges that dashboards for Substrate nodes look for, and the endpoint.

use std::sync::Arc;

use futures::StreamExt;
use polkadot_sdk::{
    sc_client_api::BlockchainEvents,
    sp_blockchain::HeaderBackend,
    substrate_prometheus_endpoint::{
        prometheus::{Encoder, TextEncoder},
        register, GaugeVec, Opts, PrometheusError, Registry, U64,
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::node::Client;

/// More than any scraper's request; a longer one is cut off.
const MAX_REQUEST_BYTES: usize = 8 * 1024;

/// Follows the chain: logs each block and keeps `substrate_block_height` up to date.
pub(crate) async fn follow_blocks(client: Arc<Client>, registry: Option<Registry>) {
    let height = registry
        .as_ref()
        .and_then(|registry| match register_height(registry) {
            Ok(height) => Some(height),
            Err(error) => {
                tracing::warn!(%error, "the block height will be missing from the metrics");
                None
            }
        });
    let show = || {
        let (Some(height), info) = (&height, client.info()) else {
            return;
        };
        height.with_label_values(&["best"]).set(info.best_number.into());
        height
            .with_label_values(&["finalized"])
            .set(info.finalized_number.into());
    };
    show();
    let mut blocks = client.finality_notification_stream();
    while let Some(block) = blocks.next().await {
        tracing::info!(number = block.header.number, hash = ?block.hash, "block sealed and finalised");
        show();
    }
}

fn register_height(registry: &Registry) -> Result<GaugeVec<U64>, PrometheusError> {
    register(
        GaugeVec::new(
            Opts::new("substrate_block_height", "Block height info of the chain"),
            &["status"],
        )?,
        registry,
    )
}

/// Serves the metrics at `/metrics` until it is dropped.
pub(crate) async fn serve(listener: TcpListener, registry: Registry) {
    loop {
        match listener.accept().await {
            Ok((connection, _)) => {
                let registry = registry.clone();
                tokio::spawn(async move {
                    if let Err(error) = answer(connection, &registry).await {
                        tracing::debug!(%error, "a metrics request failed");
                    }
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: waiting is better than spinning.
                tracing::warn!(%error, "cannot accept a metrics request");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(mut connection: TcpStream, registry: &Registry) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") && request.len() < MAX_REQUEST_BYTES {
        if connection.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let encoder = TextEncoder::new();
    let (status, body) = match request.starts_with(b"GET /metrics ") {
        true => {
            let mut text = Vec::new();
            match encoder.encode(&registry.gather(), &mut text) {
                Ok(()) => ("200 OK", text),
                Err(error) => ("500 Internal Server Error", error.to_string().into_bytes()),
            }
        }
        false => (
            "404 Not Found",
            b"Not found. The metrics are at /metrics.\n".to_vec(),
        ),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        encoder.format_type(),
        body.len(),
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(&body).await?;
    connection.shutdown().await
}

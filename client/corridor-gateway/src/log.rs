//! One JSON object a line, on standard error. Spans carry `request_id`, `uetr` and the id of the API key.

use crate::traces::Traces;
use tracing_subscriber::{fmt, layer::SubscriberExt, util::SubscriberInitExt, EnvFilter, Layer};

/// Starts to log, as `RUST_LOG` says or from `info` on, and to export spans where there is a collector.
pub fn start(traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,hyper=warn,reqwest=warn,rustls=warn"));
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let registry = tracing_subscriber::registry().with(lines);
    // Whoever embeds the gateway may log already.
    let _ = registry.with(traces.map(Traces::layer)).try_init();
}

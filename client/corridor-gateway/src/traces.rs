//! Spans to an OpenTelemetry collector, where the configuration names one: OTLP over HTTP, protobuf.
//!
//! They are the spans of the log, with the same fields and events, and so with UETRs and without names, bodies and
//! secrets. What surrounds them, of other crates, is left out. Spans are sent in batches from a thread of its own;
//! where the collector does not keep up, spans are dropped and nobody waits.

use crate::config::{Config, TracesConfig};
use async_trait::async_trait;
use axum::http::{header::AUTHORIZATION, HeaderMap, HeaderValue, Request, Response};
use opentelemetry::{propagation::TextMapPropagator, trace::TracerProvider, KeyValue};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    propagation::TraceContextPropagator,
    trace::{SdkTracerProvider, Tracer},
    Resource,
};
use secrecy::ExposeSecret;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::{Level, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{filter::Targets, registry::LookupSpan, Layer};

/// How long what is left may take when the gateway stops.
const FLUSH: Duration = Duration::from_secs(5);

/// Spans on their way to a collector.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Ready to send; nothing is connected to yet. Within a Tokio runtime.
    ///
    /// # Errors
    /// A header that cannot be sent, or no TLS.
    pub fn of(config: &Config) -> Result<Option<Self>, String> {
        let Some(traces) = &config.traces else {
            return Ok(None);
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(traces)?)
            .with_endpoint(traces.endpoint.as_str())
            .build()
            .map_err(|error| format!("traces: {error}"))?;
        let resource = Resource::builder()
            .with_service_name("corridor-gateway")
            .with_attributes([
                KeyValue::new("service.instance.id", config.name.clone()),
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            ])
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        Ok(Some(Self { provider }))
    }

    /// What takes spans from the subscriber: this project's own.
    #[must_use]
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> {
        let tracer: Tracer = self.provider.tracer("corridor-gateway");
        let ours = Targets::new()
            .with_target("corridor_gateway", Level::INFO)
            .with_target("corridor_client", Level::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(ours)
    }

    /// Sends what is left.
    pub async fn finish(self) {
        // It blocks while the batch is on its way, which this runtime sends.
        let flushed = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FLUSH)).await;
        if !matches!(flushed, Ok(Ok(()))) {
            tracing::warn!("the last spans were not exported");
        }
    }
}

/// Puts a request's span into the trace its client is in (`traceparent`, W3C). Where nothing is exported, nothing is
/// done.
pub fn continue_trace(span: &tracing::Span, headers: &HeaderMap) {
    let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // The only failure is that nobody takes spans.
    let _ = span.set_parent(context);
}

/// Sends batches. The exporter's thread is not one of the runtime's, on which the client depends.
#[derive(Debug)]
struct Collector {
    client: reqwest::Client,
    runtime: Handle,
}

impl Collector {
    fn new(config: &TracesConfig) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        if let Some(secret) = &config.authorization {
            let mut value = HeaderValue::from_str(secret.expose_secret())
                .map_err(|_| "traces.authorization is no value of a header")?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .timeout(config.timeout.0)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| format!("traces: {error}"))?;
        Ok(Self {
            client,
            runtime: Handle::current(),
        })
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self
            .runtime
            .spawn(async move { send(&client, request).await })
            .await?;
        if let Err(error) = &sent {
            tracing::warn!(error, "spans were not exported");
        }
        Ok(sent?)
    }
}

/// # Errors
/// What went wrong, in words that name no secret.
async fn send(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let request = request
        .try_into()
        .map_err(|error: reqwest::Error| error.to_string())?;
    let answer = client.execute(request).await.map_err(|error| error.to_string())?;
    let status = answer.status();
    match status.is_success() {
        true => Ok(Response::new(Bytes::new())),
        false => Err(format!("the collector answers {}", status.as_u16())),
    }
}

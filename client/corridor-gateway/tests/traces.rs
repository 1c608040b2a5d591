//! What an OpenTelemetry collector is sent and what it is never sent.
#![allow(clippy::unwrap_used)]

mod common;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::HeaderMap,
    routing::post,
    Router,
};
use common::{config, request, transfer, uetr, Gateway};
use corridor_gateway::traces::Traces;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{any_value::Value, KeyValue},
    trace::v1::{span::SpanKind, Span},
};
use prost::Message;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;
use tracing_subscriber::layer::SubscriberExt;

/// A collector that keeps what it is sent, as it was sent.
#[derive(Clone, Default)]
struct Collector {
    bodies: Arc<Mutex<Vec<Bytes>>>,
}

impl Collector {
    /// Its endpoint.
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = Router::new()
            .route("/v1/traces", post(Self::take))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, service).await });
        format!("http://{address}/v1/traces")
    }

    async fn take(State(collector): State<Self>, headers: HeaderMap, body: Bytes) {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        assert_eq!(headers["authorization"], "Bearer of-the-collector");
        collector.bodies.lock().unwrap().push(body);
    }

    fn requests(&self) -> Vec<ExportTraceServiceRequest> {
        let bodies = self.bodies.lock().unwrap();
        let decode = |body: &Bytes| ExportTraceServiceRequest::decode(body.clone()).unwrap();
        bodies.iter().map(decode).collect()
    }

    fn spans(&self) -> Vec<Span> {
        let resources = self
            .requests()
            .into_iter()
            .flat_map(|request| request.resource_spans);
        let scopes = resources.flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

fn text(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        other => panic!("{name} is {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_reach_the_collector_with_the_uetr_and_without_a_secret() {
    let collector = Collector::default();
    std::env::set_var("CORRIDOR_TEST_COLLECTOR", "of-the-collector");
    let more = format!(
        "[traces]\nendpoint = \"{}\"\nauthorization = \"Bearer ${{CORRIDOR_TEST_COLLECTOR}}\"",
        collector.listen().await
    );
    let gateway = Gateway::with(&more).await;
    assert!(!format!("{:?}", gateway.app.config.traces).contains("of-the-collector"));
    let traces = Traces::of(&gateway.app.config).unwrap().unwrap();
    // For the whole process: the worker's threads are logged, too. The other test has a subscriber of its own.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(traces.layer())).unwrap();

    let (key, uetr) = (gateway.master().await, uetr());
    let mut body = transfer(uetr);
    body["creditor_name"] = "Lin Mei".into();
    let of_client = "0af7651916cd43dd8448eb211c80319c";
    let instruct = request(&key, "POST", "/v1/transfers")
        .header("x-secret", "of-the-client")
        .header("content-type", "application/json")
        .header("traceparent", format!("00-{of_client}-b7ad6b7169203331-01"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let location = gateway.send(instruct).await.location();
    let work = gateway.work();
    gateway.until_final(&key, &location).await;
    gateway.get("ck_0123456789abcdef_not-a-key", "/v1/requests").await;
    gateway.app.stop();
    work.await.unwrap();
    traces.finish().await;

    let spans = collector.spans();
    let of_uetr = |name: &str| {
        let uetr = Some(uetr.to_string());
        let mut found = spans.iter().filter(|span| span.name == name);
        let span = found.find(|span| text(&span.attributes, "uetr") == uetr);
        span.unwrap_or_else(|| panic!("no span {name} with the UETR: {spans:#?}"))
    };
    let http = of_uetr("http");
    assert_eq!(hex::encode(&http.trace_id), of_client);
    assert_eq!(http.kind(), SpanKind::Server);
    assert_eq!(text(&http.attributes, "route").as_deref(), Some("/v1/transfers"));
    let carried_out = of_uetr("request");
    assert_eq!(text(&carried_out.attributes, "kind").as_deref(), Some("instruct"));
    assert!(carried_out.end_time_unix_nano > carried_out.start_time_unix_nano);
    let resource = collector.requests()[0].resource_spans[0]
        .resource
        .clone()
        .unwrap();
    assert_eq!(
        text(&resource.attributes, "service.instance.id").as_deref(),
        Some("gateway-1")
    );

    let sent = collector.bodies.lock().unwrap().concat();
    let sent = String::from_utf8_lossy(&sent);
    let secret = key.rsplit('_').next().unwrap();
    for hidden in [
        secret,
        "not-a-key",
        "Lin Mei",
        "of-the-client",
        "of-the-collector",
        "Bearer",
    ] {
        assert!(!sent.contains(hidden), "{hidden} was sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_nothing_is_exported_and_one_that_is_gone_holds_nobody_up() {
    let plain = config("gateway-1", "sqlite:unused.sqlite", "");
    assert!(Traces::of(&plain).unwrap().is_none());

    let gone = "[traces]\nendpoint = \"http://127.0.0.1:1/v1/traces\"";
    let gone = config("gateway-1", "sqlite:unused.sqlite", gone);
    let traces = Traces::of(&gone).unwrap().unwrap();
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!(target: "corridor_gateway", "lost").in_scope(|| ())
    });
    let started = Instant::now();
    traces.finish().await;
    assert!(
        started.elapsed() < Duration::from_secs(6),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_refused_and_not_shown() {
    let text = "[traces]\nendpoint = \"http://127.0.0.1:4318/v1/traces\"\nauthorization = \"line\\nbreak\"";
    let error = Traces::of(&config("gateway-1", "sqlite:unused.sqlite", text))
        .err()
        .unwrap();
    assert!(
        error.contains("traces.authorization") && !error.contains("break"),
        "{error}"
    );
}

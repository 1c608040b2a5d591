//! Figures for Prometheus.

use prometheus_client::{
    encoding::{text::encode, EncodeLabelSet},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Metric, Registry, Unit},
};
use std::time::Duration;

/// Upper bounds of the buckets answers are counted in, in seconds.
const ANSWER_BUCKETS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0,
];

/// The same for requests from durable to final.
const FINAL_BUCKETS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 3600.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: String,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabels {
    kind: String,
    state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    result: String,
}

/// Counters of one process, and gauges of the store that are read when asked for.
pub struct Metrics {
    registry: Registry,
    answers: Family<AnswerLabels, Counter>,
    answer_seconds: Family<RouteLabels, Histogram>,
    ended: Family<EndLabels, Counter>,
    final_seconds: Histogram,
    in_flight: Gauge,
    backlog: Gauge,
    backlog_age_ms: Gauge,
    deliveries: Family<ResultLabels, Counter>,
    pending_deliveries: Gauge,
    dead_letters: Gauge,
    followed_block: Gauge,
    head_block: Gauge,
    chain_up: Gauge,
}

/// A figure, registered.
fn counted<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

/// A figure in seconds, registered.
fn timed<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register_with_unit(name, help, Unit::Seconds, metric.clone());
    metric
}

/// Gauges of the store and the chain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Requests that are not final.
    pub backlog: i64,
    /// Age of the oldest of them.
    pub backlog_age_ms: i64,
    /// Deliveries that wait.
    pub pending_deliveries: i64,
    /// Deliveries given up.
    pub dead_letters: i64,
    /// The last block whose events are recorded.
    pub followed_block: i64,
    /// The newest finalised block; `None` where the chain cannot be asked.
    pub head_block: Option<i64>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("corridor_gateway");
        let all = &mut registry;
        let answer_seconds: Family<RouteLabels, Histogram> =
            Family::new_with_constructor(|| Histogram::new(ANSWER_BUCKETS));
        Self {
            answers: counted(all, "answers", "Answers given"),
            answer_seconds: timed(
                all,
                "answer_duration",
                "From a request's arrival to its answer",
                answer_seconds,
            ),
            ended: counted(all, "requests_ended", "Requests this process brought to an end"),
            final_seconds: timed(
                all,
                "request_duration",
                "From a request's durable acceptance to its end",
                Histogram::new(FINAL_BUCKETS),
            ),
            in_flight: counted(all, "requests_in_flight", "Requests this process carries out"),
            backlog: counted(all, "requests_open", "Requests of the store that are not final"),
            backlog_age_ms: counted(
                all,
                "oldest_open_request_milliseconds",
                "Age of the oldest of them",
            ),
            deliveries: counted(all, "deliveries", "Webhook deliveries tried"),
            pending_deliveries: counted(all, "deliveries_pending", "Deliveries that wait"),
            dead_letters: counted(all, "dead_letters", "Deliveries given up"),
            followed_block: counted(all, "followed_block", "Last block whose events are recorded"),
            head_block: counted(
                all,
                "head_block",
                "Newest finalised block; the last one known while chain_up is 0",
            ),
            chain_up: counted(all, "chain_up", "1 while the chain answers, else 0"),
            registry,
        }
    }

    /// An answer was given.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = RouteLabels {
            method: method.into(),
            route: route.into(),
        };
        self.answer_seconds
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
        let RouteLabels { method, route } = labels;
        self.answers
            .get_or_create(&AnswerLabels {
                method,
                route,
                status,
            })
            .inc();
    }

    /// A request came to its end.
    pub fn ended(&self, kind: &str, state: &str, took: Duration) {
        let labels = EndLabels {
            kind: kind.into(),
            state: state.into(),
        };
        self.ended.get_or_create(&labels).inc();
        self.final_seconds.observe(took.as_secs_f64());
    }

    /// So many requests are under way.
    pub fn in_flight(&self, count: usize) {
        self.in_flight.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// A delivery was tried.
    pub fn delivery(&self, result: &str) {
        let labels = ResultLabels {
            result: result.into(),
        };
        self.deliveries.get_or_create(&labels).inc();
    }

    /// All of it, in the OpenMetrics text format.
    #[must_use]
    pub fn text(&self, standing: Standing) -> String {
        self.backlog.set(standing.backlog);
        self.backlog_age_ms.set(standing.backlog_age_ms);
        self.pending_deliveries.set(standing.pending_deliveries);
        self.dead_letters.set(standing.dead_letters);
        self.followed_block.set(standing.followed_block);
        self.chain_up.set(i64::from(standing.head_block.is_some()));
        if let Some(head) = standing.head_block {
            self.head_block.set(head);
        }
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

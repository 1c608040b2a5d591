//! `/v1/events`: pages of events, and the live stream of server-sent events.

use super::{cursor, page_size, place, Asked, Problems};
use crate::{
    app::App,
    auth::{Caller, FRESH},
    problem::Problem,
    store::{EventId, StoredEvent},
    view::event::EventView,
};
use axum::{
    extract::State,
    http::{header, HeaderMap},
    response::{
        sse::{Event, KeepAlive, Sse},
        IntoResponse, Response,
    },
    Json,
};
use futures::{stream, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Instant};
use tokio::sync::{watch, OwnedSemaphorePermit};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(events))
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventsView {
    /// In order.
    #[schema(value_type = Vec<EventView>)]
    pub events: Vec<Value>,
    /// Where the next page starts; `null` where there are no more for now.
    pub next_cursor: Option<String>,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsPage {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// Events of finalised blocks, in order
///
/// As JSON a page from the beginning or from a cursor. Where Accept says `text/event-stream`, a stream without an
/// end: it starts after `Last-Event-ID`, or with what happens from now on. It ends when the key is revoked or expires.
#[utoipa::path(
    get, path = "/v1/events", tag = "Events", operation_id = "events",
    params(
        EventsPage,
        ("Last-Event-ID" = Option<String>, Header, description = "Where a stream goes on, such as 1204-3")
    ),
    responses((status = 200, content((EventsView = "application/json"), (String = "text/event-stream"))), Problems)
)]
async fn events(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(page): Asked<EventsPage>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("text/event-stream")) {
        return live(app, caller, &headers).await;
    }
    let after: Option<EventId> = place(page.cursor.as_deref())?;
    Ok(history(&app, after, None, page_size(page.limit)?)
        .await?
        .into_response())
}

/// A page of events after one.
///
/// # Errors
/// The store's.
pub async fn history(
    app: &App,
    after: Option<EventId>,
    stream: Option<&str>,
    limit: i64,
) -> Result<Json<EventsView>, Problem> {
    let events = app.store.events(after.unwrap_or_default(), stream, limit).await?;
    let full = i64::try_from(events.len()).unwrap_or(i64::MAX) == limit;
    Ok(Json(EventsView {
        next_cursor: events.last().filter(|_| full).map(|event| cursor(event.id)),
        events: events
            .iter()
            .filter_map(|event| serde_json::from_str(&event.body).ok())
            .collect(),
    }))
}

async fn live(app: Arc<App>, caller: Caller, headers: &HeaderMap) -> Result<Response, Problem> {
    let from = match headers.get("last-event-id") {
        Some(value) => {
            let text = value.to_str().unwrap_or_default();
            text.parse()
                .map_err(|error| Problem::malformed(format!("Last-Event-ID: {error}")))?
        }
        None => app.store.last_event().await?.unwrap_or_default(),
    };
    let permit = app.streams.clone().try_acquire_owned();
    let permit = permit.map_err(|_| Problem::busy("too many event streams are open"))?;
    let events = tail(app, caller, from, permit).map(|event| {
        Ok::<_, Infallible>(
            Event::default()
                .id(event.id.to_string())
                .event(event.kind)
                .data(event.body),
        )
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// What a stream remembers between two events.
struct Tail {
    app: Arc<App>,
    caller: Caller,
    /// When its key was last looked at.
    looked: Instant,
    newest: watch::Receiver<EventId>,
    last: EventId,
    waiting: VecDeque<StoredEvent>,
    _permit: OwnedSemaphorePermit,
}

impl Tail {
    /// The next event; `None` at the end.
    async fn next(&mut self) -> Option<StoredEvent> {
        loop {
            self.still_allowed().await?;
            if let Some(event) = self.waiting.pop_front() {
                self.last = event.id;
                return Some(event);
            }
            self.newest.mark_unchanged();
            let events = self.app.store.events(self.last, None, super::PAGE).await;
            self.waiting = events.ok()?.into();
            if self.waiting.is_empty() {
                tokio::select! {
                    changed = self.newest.changed() => changed.ok()?,
                    () = tokio::time::sleep(FRESH.saturating_sub(self.looked.elapsed())) => {}
                    () = self.app.stopped() => return None,
                }
            }
        }
    }

    /// Looks at the key as often as another request with it would.
    async fn still_allowed(&mut self) -> Option<()> {
        if self.looked.elapsed() < FRESH {
            return Some(());
        }
        self.looked = Instant::now();
        let good = self.app.keys.is_still_good(&self.caller.key_id).await;
        good.ok()?.then_some(())
    }
}

/// Events after one, and then as they are recorded, until the gateway stops or the key is no longer good. A failing
/// store ends it: the client comes back with the last id it has.
fn tail(
    app: Arc<App>,
    caller: Caller,
    from: EventId,
    permit: OwnedSemaphorePermit,
) -> impl Stream<Item = StoredEvent> {
    let tail = Tail {
        newest: app.newest_event.subscribe(),
        app,
        caller,
        looked: Instant::now(),
        last: from,
        waiting: VecDeque::new(),
        _permit: permit,
    };
    stream::unfold(tail, |mut tail| async move { Some((tail.next().await?, tail)) })
}

//! `/v1/webhooks`: where events go, what did not arrive, and trying again.

use super::{
    cursor,
    intent::{digest_of, Intent},
    page_size, place,
    requests::printable,
    Asked, Named, OwnKey, Problems,
};
use crate::{
    app::App,
    auth::{Caller, Scope},
    problem::Problem,
    store::{now_ms, Added, EventId, WebhookRecord},
    text::Text,
    view::{event::Kind, moment_ms},
    webhook::{target, Secrets},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use corridor_client::new_uetr;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// More than there are.
const MOST_KINDS: usize = 64;

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(delete))
        .routes(routes!(dead_letters))
        .routes(routes!(replay))
}

fn secrets<'a>(app: &'a App, caller: &Caller) -> Result<&'a Secrets, Problem> {
    caller.acts_as(&[Scope::Operator])?;
    app.secrets
        .as_ref()
        .ok_or_else(|| Problem::not_found("this gateway has no [webhooks] in its configuration"))
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: String,
    /// Where events go.
    pub url: String,
    /// Which events; none means all.
    pub kinds: Vec<String>,
    /// When it was made.
    pub created_at: String,
    /// What deliveries are signed with; shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl WebhookView {
    fn new(record: WebhookRecord, secret: Option<String>) -> Self {
        Self {
            id: record.id,
            url: record.url,
            kinds: record.kinds,
            created_at: moment_ms(record.created_at_ms),
            secret,
        }
    }
}

/// A webhook to be made.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where events go: https, and no address of a private network unless the configuration allows it.
    #[schema(example = "https://bank.example/corridor", max_length = 2048)]
    pub url: String,
    /// Only these kinds; all where none are given.
    #[serde(default)]
    #[schema(max_items = 64)]
    pub kinds: Vec<Kind>,
}

/// Every webhook
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "Webhooks", operation_id = "webhooks",
    responses((status = 200, body = Vec<WebhookView>), Problems)
)]
async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Vec<WebhookView>>, Problem> {
    secrets(&app, &caller)?;
    let records = app.store.webhooks().await?;
    Ok(Json(
        records
            .into_iter()
            .map(|record| WebhookView::new(record, None))
            .collect(),
    ))
}

/// Have events recorded from now on sent to a URL
///
/// Each delivery has `Corridor-Event-Id`, and `Corridor-Signature: t=SECONDS,v1=HEX` where HEX is HMAC-SHA256 with the
/// secret over the seconds, a dot and the body. Deliveries about one UETR come in order, each at least once. The same
/// `Idempotency-Key` again is answered with the same webhook, and with 409 once that was deleted.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "Webhooks", operation_id = "create_webhook", params(OwnKey),
    request_body = NewWebhook, responses((status = 201, body = WebhookView), Problems)
)]
async fn create(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    let secrets = secrets(&app, &caller)?;
    let new: NewWebhook = intent.json()?;
    let rules = app
        .config
        .webhooks
        .as_ref()
        .map(target::Rules::from)
        .unwrap_or_default();
    let url = rules
        .check(&new.url)
        .map_err(|error| Problem::invalid(format!("url: {error}")))?;
    if new.kinds.len() > MOST_KINDS {
        return Err(Problem::invalid(format!("kinds: at most {MOST_KINDS}")));
    }
    let digest = digest_of("webhook", &new);
    let record = WebhookRecord {
        id: new_uetr().to_string(),
        owner: caller.owner.to_string(),
        url: url.to_string(),
        kinds: new.kinds.iter().map(|kind| kind.name().into()).collect(),
        created_at_ms: now_ms(),
    };
    let key = intent.idempotency_key.as_deref();
    let record = match app.store.add_webhook(&record, key, &digest).await? {
        Added::Webhook(record) => record,
        Added::Conflict(recorded) => {
            let identity = format!("the idempotency key {}", key.unwrap_or_default());
            return Err(Problem::conflict(&identity, digest, recorded, None));
        }
        Added::Deleted(record) => {
            return Err(Problem::deleted_webhook(key.unwrap_or_default(), &record.id));
        }
    };
    let secret = secrets.reveal(&record.id);
    Ok((StatusCode::CREATED, Json(WebhookView::new(record, Some(secret)))).into_response())
}

/// Stop sending events to a webhook, and forget what was not delivered
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "Webhooks", operation_id = "delete_webhook",
    params(("id" = String, Path, format = "uuid")),
    responses((status = 204), Problems)
)]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<StatusCode, Problem> {
    secrets(&app, &caller)?;
    match app.store.delete_webhook(&printable(id)?).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such_webhook()),
    }
}

fn no_such_webhook() -> Problem {
    Problem::not_found("there is no such webhook")
}

/// The id of a webhook that was not deleted.
async fn existing(app: &App, id: String) -> Result<String, Problem> {
    let id = printable(id)?;
    match app.store.has_webhook(&id).await? {
        true => Ok(id),
        false => Err(no_such_webhook()),
    }
}

/// A delivery that was given up.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetterView {
    /// The event's id.
    pub event_id: String,
    /// The event.
    #[schema(value_type = crate::view::event::EventView)]
    pub event: Value,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When that was.
    pub at: String,
}

/// A page of dead letters.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLettersView {
    /// In order.
    pub dead_letters: Vec<DeadLetterView>,
    /// Where the next page starts; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Which dead letters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadLettersPage {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// Deliveries of a webhook that were given up
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/dead-letters", tag = "Webhooks", operation_id = "dead_letters",
    params(("id" = String, Path, format = "uuid"), DeadLettersPage),
    responses((status = 200, body = DeadLettersView), Problems)
)]
async fn dead_letters(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named(id): Named<String>,
    Asked(page): Asked<DeadLettersPage>,
) -> Result<Json<DeadLettersView>, Problem> {
    secrets(&app, &caller)?;
    let (after, limit): (Option<EventId>, i64) = (place(page.cursor.as_deref())?, page_size(page.limit)?);
    let letters = app
        .store
        .dead_letters(&existing(&app, id).await?, after.unwrap_or_default(), limit)
        .await?;
    let full = i64::try_from(letters.len()).unwrap_or(i64::MAX) == limit;
    Ok(Json(DeadLettersView {
        next_cursor: letters
            .last()
            .filter(|_| full)
            .map(|letter| cursor(letter.event.id)),
        dead_letters: letters
            .into_iter()
            .map(|letter| DeadLetterView {
                event_id: letter.event.id.to_string(),
                event: serde_json::from_str(&letter.event.body).unwrap_or_default(),
                attempts: letter.attempts,
                last_error: letter.last_error,
                at: moment_ms(letter.updated_at_ms),
            })
            .collect(),
    }))
}

/// What to try again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// One event; all dead letters of the webhook where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "1204-3")]
    pub event_id: Option<Text<EventId>>,
}

/// How many are tried again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedView {
    /// Dead letters that are due again.
    pub replayed: u64,
}

/// Try dead letters of a webhook again
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/replay", tag = "Webhooks", operation_id = "replay", request_body = Replay,
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = ReplayedView), Problems)
)]
async fn replay(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named(id): Named<String>,
    intent: Intent,
) -> Result<Json<ReplayedView>, Problem> {
    secrets(&app, &caller)?;
    let only = intent.json::<Replay>()?.event_id.map(|id| id.0);
    let replayed = app.store.replay(&existing(&app, id).await?, only).await?;
    Ok(Json(ReplayedView { replayed }))
}

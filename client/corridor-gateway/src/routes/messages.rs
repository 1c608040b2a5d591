//! `/v1/messages`: ISO 20022 messages, taken by what they are, and what became of them.

use super::{
    accepted::{answer, take, Wanted},
    intent::{is_xml, wants_xml, Intent},
    requests::printable,
    transfers::{xml, Settles},
    Asked, Named, OwnKey, Problems,
};
use crate::{
    app::App,
    auth::Caller,
    iso::{self, cancellation, institution, movement, report, status},
    operation::{Ended, Method, Operation},
    problem::Problem,
    store::{MessageRecord, RequestRecord, Taken},
    text::Text,
    view::{
        answer::AnswerView,
        request::{MessageView, TakenView},
    },
};
use axum::{
    extract::State,
    http::{header, HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use corridor_client::core::{ReasonCode, Uetr};
use corridor_iso20022::{
    camt029,
    pacs009::{self, Direction},
    Limits, MessageKind,
};
use std::{future::Future, sync::Arc};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(post)).routes(routes!(show))
}

/// Hand in an ISO 20022 message: it is taken for what it is
///
/// pacs.008 instructs, and so does a pacs.009 between participants, pacs.004 returns, a pacs.009 that names an account with Corridor deposits
/// or withdraws, camt.050 pledges or releases, camt.056 cancels, pacs.028 asks.
/// Each needs the scope of what it asks for. A message is taken whole or refused whole. What changes something is stored durably before
/// it is answered: 202, with `Location` to follow. A pacs.028 changes nothing and is answered at once, with 200; so is a camt.056 of which
/// every transfer is decided. `Accept` says in which form: JSON, or the ISO 20022 message that answers, a camt.029 to a camt.056 and a
/// pacs.002 to all others.
#[utoipa::path(
    post, path = "/v1/messages", tag = "Requests", operation_id = "post_message",
    params(Settles, OwnKey),
    request_body(content = String, content_type = "application/xml"),
    responses(
        (status = 200, description = "Answered at once", content((AnswerView = "application/json"), (String = "application/xml"))),
        (status = 202, description = "Stored durably; follow `Location`", headers(("Location" = String)),
            content((TakenView = "application/json"), (String = "application/xml"))),
        Problems
    )
)]
async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(settles): Asked<Settles>,
    intent: Intent,
) -> Result<Response, Problem> {
    let kind = kind(&app, &intent)?;
    let method = settles.settlement_method;
    if method != Method::Gross && !matches!(kind, MessageKind::Pacs008 | MessageKind::Pacs009) {
        return Err(Problem::invalid(format!(
            "settlement_method: goes with a pacs.008 or a pacs.009, and this is a {kind}"
        )));
    }
    match kind {
        MessageKind::Pacs008 => {
            let wanted = async { iso::read_pacs008(&intent.body, &limits(&app), method) };
            message(&app, &caller, &intent, method, wanted).await
        }
        MessageKind::Pacs004 => returns(&app, &caller, &intent).await,
        MessageKind::Pacs009 => {
            let wanted = institutions(&app, &intent, method);
            message(&app, &caller, &intent, method, wanted).await
        }
        MessageKind::Camt050 => collateral(&app, &caller, &intent, None).await,
        MessageKind::Camt056 => cancel(&app, &caller, &intent).await,
        MessageKind::Pacs028 => asked(&app, &intent).await,
        MessageKind::Pacs002
        | MessageKind::Camt029
        | MessageKind::Camt052
        | MessageKind::Camt053
        | MessageKind::Camt054 => Err(Problem::invalid(format!(
            "Document: a {kind} asks for nothing; taken are pacs.004, pacs.008, pacs.009, pacs.028, camt.050 and camt.056"
        ))),
    }
}

fn kind(app: &App, intent: &Intent) -> Result<MessageKind, Problem> {
    match is_xml(&intent.content_type) {
        true => Ok(MessageKind::of(&intent.body, &limits(app))?),
        false => Err(Problem::media_type("application/xml")),
    }
}

fn limits(app: &App) -> Limits {
    iso::limits(app.config.limits.body_bytes, app.config.limits.transactions)
}

/// What a pacs.009 asks for: transfers where no account in it is with Corridor, otherwise deposits and withdrawals.
async fn institutions(app: &App, intent: &Intent, method: Method) -> Result<Vec<Wanted>, Problem> {
    let read = pacs009::read(&intent.body, &limits(app))?;
    if institution::instructs(&read) {
        return institution::read(app, &read, method).await;
    }
    if method != Method::Gross {
        return Err(Problem::invalid(
            "settlement_method: goes with transfers, and this pacs.009 moves money into or out of escrow",
        ));
    }
    movement::read_pacs009(app, &read, None).await
}

/// Takes transfers: a pacs.009 between participants, or a pacs.008.
pub(super) async fn transfers(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    method: Method,
) -> Result<Response, Problem> {
    let limits = limits(app);
    let wanted = async {
        match MessageKind::of(&intent.body, &limits) {
            Ok(MessageKind::Pacs009) => {
                institution::read(app, &pacs009::read(&intent.body, &limits)?, method).await
            }
            _ => iso::read_pacs008(&intent.body, &limits, method),
        }
    };
    message(app, caller, intent, method, wanted).await
}

/// Takes a pacs.004.
pub(super) async fn returns(app: &App, caller: &Caller, intent: &Intent) -> Result<Response, Problem> {
    let wanted = async { iso::read_pacs004(&intent.body, &limits(app)) };
    message(app, caller, intent, Method::Gross, wanted).await
}

/// Takes a pacs.009, of which every transaction has to be `only` a deposit or a withdrawal.
pub(super) async fn funding(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    only: Direction,
) -> Result<Response, Problem> {
    let wanted = async {
        let read = pacs009::read(&intent.body, &limits(app))?;
        movement::read_pacs009(app, &read, Some(only)).await
    };
    message(app, caller, intent, Method::Gross, wanted).await
}

/// Takes a camt.050, which has to be `only` a pledge (`true`) or a release, where that is said.
pub(super) async fn collateral(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    only: Option<bool>,
) -> Result<Response, Problem> {
    let wanted = async { movement::read_camt050(app, &intent.body, &limits(app), only).await };
    message(app, caller, intent, Method::Gross, wanted).await
}

/// Takes a camt.056; answers at once where nothing of it is open.
async fn cancel(app: &App, caller: &Caller, intent: &Intent) -> Result<Response, Problem> {
    // Also where nothing is left to cancel: only who may cancel is answered.
    let any = Operation::Cancel(Ended {
        uetr: Text(Uetr([0; 16])),
        reason: Text(ReasonCode::CUST),
    });
    caller.acts_as(any.scopes())?;
    let limits = limits(app);
    let wanted = cancellation::read(app, &intent.body, &limits);
    let (taken, digest) = taken(app, caller, intent, Method::Gross, wanted).await?;
    let record = app.store.message(&taken.message).await?;
    let record = record.ok_or_else(Problem::internal)?;
    let open = record.requests.iter().any(|request| !request.state.is_final());
    let follow = format!("/v1/messages/{}", taken.message);
    if open && !intent.wants_xml {
        return Ok(answer(&taken, digest, follow));
    }
    let resolution = cancellation::resolution(app, &record).await?;
    let told = match intent.wants_xml {
        true => xml(camt029::write(&resolution)?),
        false => Json(AnswerView::from(&resolution)).into_response(),
    };
    Ok(match open {
        true => accepted(told, &follow),
        false => located(told, &follow),
    })
}

/// Answers a pacs.028.
async fn asked(app: &App, intent: &Intent) -> Result<Response, Problem> {
    let status = status::answer(app, &intent.body, &limits(app)).await?;
    Ok(match intent.wants_xml {
        true => xml(status.into_xml(app)?),
        false => Json(AnswerView::of_status(status.as_of, &status.transactions)).into_response(),
    })
}

/// Takes an ISO 20022 message; the answer is JSON or a pacs.002, as Accept says.
async fn message(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    method: Method,
    wanted: impl Future<Output = Result<Vec<Wanted>, Problem>>,
) -> Result<Response, Problem> {
    let (taken, digest) = taken(app, caller, intent, method, wanted).await?;
    let follow = format!("/v1/messages/{}", taken.message);
    if !intent.wants_xml {
        return Ok(answer(&taken, digest, follow));
    }
    let record = app.store.message(&taken.message).await?;
    let record = record.ok_or_else(Problem::internal)?;
    // What is recorded is for whoever follows: that it is stored is answered without the chain.
    let report = report::of_message(app, &record, false).await?;
    Ok(accepted(xml(report), &follow))
}

/// Stores what a message asks for; also the digest of what it says. What is recorded is not asked for again: `wanted` may need the chain.
async fn taken(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    method: Method,
    wanted: impl Future<Output = Result<Vec<Wanted>, Problem>>,
) -> Result<(Taken, String), Problem> {
    let digest = intent.message_digest(method);
    let taken = match repeated(app, caller, intent, method, &digest).await? {
        Some(taken) => taken,
        None => take(app, caller, intent, wanted.await?, digest.clone()).await?,
    };
    Ok((taken, digest))
}

/// The message that was taken before under the same idempotency key and says the same.
async fn repeated(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    method: Method,
    digest: &str,
) -> Result<Option<Taken>, Problem> {
    let Some(key) = &intent.idempotency_key else {
        return Ok(None);
    };
    let record = app.store.message_under(&caller.owner, key).await?;
    // Earlier versions recorded the digest of the bytes alone, whatever the method: that of the requests tells.
    let as_earlier = intent.message_digest(Method::Gross);
    let same = |record: &MessageRecord| {
        let settles = |request: &RequestRecord| request.operation.settlement_method() == method;
        record.target == intent.target
            && (record.digest == digest || record.digest == as_earlier)
            && record.requests.iter().all(settles)
    };
    let Some(record) = record.filter(same) else {
        return Ok(None);
    };
    for request in &record.requests {
        caller.acts_as(request.operation.scopes())?;
    }
    Ok(Some(Taken {
        message: record.id,
        requests: record.requests.into_iter().map(|request| request.id).collect(),
        fresh: false,
    }))
}

fn accepted(mut response: Response, follow: &str) -> Response {
    *response.status_mut() = StatusCode::ACCEPTED;
    located(response, follow)
}

fn located(mut response: Response, follow: &str) -> Response {
    if let Ok(follow) = follow.parse() {
        response.headers_mut().insert(header::LOCATION, follow);
    }
    response
}

/// A message and what became of each of its requests
///
/// As JSON, or where Accept says XML as the message that answers it: a camt.029 to a camt.056, a pacs.002 to any other.
#[utoipa::path(
    get, path = "/v1/messages/{id}", tag = "Requests", operation_id = "message",
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, content((MessageView = "application/json"), (String = "application/xml"))), Problems)
)]
async fn show(
    State(app): State<Arc<App>>,
    Named(id): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, as_xml) = (printable(id)?, wants_xml(&headers)?);
    let record = app.store.message(&id).await?;
    let record = record.ok_or_else(|| Problem::not_found(format!("there is no message {id}")))?;
    let resolution = match report::kind_of(&record) {
        Some(MessageKind::Camt056) => Some(cancellation::resolution(&app, &record).await?),
        _ => None,
    };
    if !as_xml {
        let mut view = MessageView::from(&record);
        view.answer = resolution.as_ref().map(AnswerView::from);
        return Ok(Json(view).into_response());
    }
    Ok(xml(match resolution {
        Some(resolution) => camt029::write(&resolution)?,
        None => report::of_message(&app, &record, true).await?,
    }))
}

//! From an intent to its answer: checked, stored, 202.

use super::intent::{digest_of, Intent};
use crate::{
    app::App,
    auth::Caller,
    operation::Operation,
    problem::Problem,
    store::{Intake, NewMessage, NewRequest, Taken},
    view::request::TakenView,
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use corridor_client::new_uetr;
use serde::{de::DeserializeOwned, Serialize};
use std::sync::Arc;

/// One operation of an intent, with the digest that tells it from others of the same subject.
pub struct Wanted {
    /// What is to be done.
    pub operation: Operation,
    /// SHA-256 of what was asked for.
    pub digest: String,
}

impl Wanted {
    /// An operation whose digest is that of what was given, defaults left out.
    #[must_use]
    pub fn new(operation: Operation, given: &impl Serialize) -> Self {
        let digest = digest_of(operation.kind(), given);
        Self { operation, digest }
    }
}

/// Somebody who asks for something to be done.
pub struct Asking {
    /// The gateway.
    pub app: Arc<App>,
    /// Who asks.
    pub caller: Caller,
    /// What for.
    pub intent: Intent,
}

impl FromRequest<Arc<App>> for Asking {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let intent = Intent::from_request(Request::from_parts(parts, body), app).await?;
        Ok(Self {
            app: app.clone(),
            caller,
            intent,
        })
    }
}

impl Asking {
    /// What the body says.
    ///
    /// # Errors
    /// As [`Intent::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.intent.json()
    }

    /// Makes sure that there is no body.
    ///
    /// # Errors
    /// As [`Intent::nothing`].
    pub fn nothing(&self) -> Result<(), Problem> {
        self.intent.nothing()
    }

    /// Stores the operation that was asked for with what was given, and answers 202.
    ///
    /// # Errors
    /// As [`one`].
    pub async fn take<T: Clone + Serialize>(
        &self,
        given: T,
        operation: impl FnOnce(T) -> Operation,
    ) -> Result<Response, Problem> {
        let wanted = Wanted::new(operation(given.clone()), &given);
        one(&self.app, &self.caller, &self.intent, wanted).await
    }

    /// The same, where the body says all there is to say.
    ///
    /// # Errors
    /// As [`Intent::json`] and [`one`].
    pub async fn take_body<T: Clone + Serialize + DeserializeOwned>(
        &self,
        operation: impl FnOnce(T) -> Operation,
    ) -> Result<Response, Problem> {
        self.take(self.json::<T>()?, operation).await
    }
}

/// Stores one operation and answers 202 with where to follow it.
///
/// # Errors
/// 403 without the scope, 409 for a conflict, 503 where it could not be stored.
pub async fn one(app: &App, caller: &Caller, intent: &Intent, wanted: Wanted) -> Result<Response, Problem> {
    let digest = wanted.digest.clone();
    let taken = take(app, caller, intent, vec![wanted], digest.clone()).await?;
    let request = taken.requests.first().cloned().unwrap_or_default();
    Ok(answer(&taken, digest, format!("/v1/requests/{request}")))
}

/// Stores operations all or none.
///
/// # Errors
/// As [`one`].
pub async fn take(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    wanted: Vec<Wanted>,
    digest: String,
) -> Result<Taken, Problem> {
    if app.stopping() {
        return Err(Problem::busy("this gateway is stopping"));
    }
    let requests = wanted
        .into_iter()
        .map(|wanted| request(app, caller, intent, wanted))
        .collect::<Result<_, Problem>>()?;
    let message = NewMessage {
        id: new_uetr().to_string(),
        owner: caller.owner.to_string(),
        key_id: caller.key_id.to_string(),
        idempotency_key: intent.idempotency_key.clone(),
        target: intent.target.clone(),
        digest,
        content_type: intent.content_type.clone(),
        body: intent.body.to_vec(),
        requests,
    };
    match app.store.take(message).await? {
        Intake::Taken(taken) => {
            if taken.fresh {
                app.work.notify_one();
            }
            Ok(taken)
        }
        Intake::Conflict {
            identity,
            digest,
            recorded,
            request,
        } => Err(Problem::conflict(&identity, digest, recorded, request)),
    }
}

fn request(app: &App, caller: &Caller, intent: &Intent, wanted: Wanted) -> Result<NewRequest, Problem> {
    let Wanted { operation, digest } = wanted;
    let role = caller.acts_as(operation.scopes())?;
    if !app.backend.signs(role) {
        return Err(Problem::no_signer(role.name()));
    }
    let id = new_uetr().to_string();
    let identity = operation.identity();
    let subject = match identity.subject {
        Some(subject) => subject,
        None if intent.idempotency_key.is_some() => format!("{}:{id}", operation.kind()),
        None => {
            return Err(Problem::malformed(
                "this operation needs an Idempotency-Key, which is its identity",
            ))
        }
    };
    tracing::Span::current().record("uetr", operation.uetr().map(|uetr| uetr.to_string()));
    let json = serde_json::to_string(&operation).map_err(|error| {
        tracing::error!(%error, "an operation cannot be written");
        Problem::internal()
    })?;
    Ok(NewRequest {
        id,
        kind: operation.kind(),
        subject,
        stream: identity.stream,
        role: role.name(),
        operation: json,
        digest,
    })
}

/// 202 with where to follow.
#[must_use]
pub fn answer(taken: &Taken, digest: String, follow: String) -> Response {
    let view = TakenView {
        message: taken.message.clone(),
        requests: taken.requests.clone(),
        follow: follow.clone(),
        digest,
    };
    (StatusCode::ACCEPTED, [(header::LOCATION, follow)], Json(view)).into_response()
}

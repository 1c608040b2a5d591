//! Who may ask for what: API keys, their scopes, how often.

mod key;
mod limit;
mod ring;
mod scope;

pub use key::{ApiKey, KeyRecord, PresentedKey};
pub use limit::RateLimit;
pub use ring::KeyRing;
pub(crate) use ring::FRESH;
pub use scope::{Scope, Scopes};

use crate::{app::App, problem::Problem};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{header::AUTHORIZATION, request::Parts, HeaderMap},
    middleware::Next,
    response::Response,
};
use base64::{engine::general_purpose::STANDARD, Engine};
use std::sync::Arc;

/// Who asks, once its key was found good.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key's id, which is no secret.
    pub key_id: Arc<str>,
    /// The system the key was made for. Idempotency keys are its own.
    pub owner: Arc<str>,
    /// What it may do.
    pub scopes: Scopes,
}

impl Caller {
    /// The first of several scopes that the caller has: the capacity it acts in.
    ///
    /// # Errors
    /// 403 where it has none of them.
    pub fn acts_as(&self, any_of: &[Scope]) -> Result<Scope, Problem> {
        let found = any_of.iter().find(|scope| self.scopes.has(**scope));
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = any_of.iter().map(|scope| scope.name()).collect();
            Problem::forbidden(format!("this key has none of the scopes {}", names.join(", ")))
        })
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::unauthorised("this needs an API key"))
    }
}

/// Lets a request through whose key is good and not too busy, and notes who asks.
pub async fn authenticate(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let presented = bearer(request.headers())?;
    let caller = admit(&app, &presented).await?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Who presents a key that is good and not too busy.
///
/// # Errors
/// 401, 429, and 503 where the store does not answer.
pub async fn admit(app: &App, presented: &PresentedKey) -> Result<Caller, Problem> {
    let caller = app.keys.find(presented).await?;
    let caller = caller.ok_or_else(|| Problem::unauthorised("the API key is unknown, expired or revoked"))?;
    app.rate.check(&caller.key_id)?;
    tracing::Span::current().record("key", &*caller.key_id);
    Ok(caller)
}

/// The key a program presents.
///
/// # Errors
/// 401 where there is none.
pub fn bearer(headers: &HeaderMap) -> Result<PresentedKey, Problem> {
    let key = credentials(headers, "Bearer")?.and_then(PresentedKey::parse);
    key.ok_or_else(|| Problem::unauthorised("the Authorization header is not `Bearer ck_...`"))
}

/// The key a browser presents: the password of HTTP Basic (RFC 7617), under whatever name.
///
/// # Errors
/// 401 where there is none.
pub fn password(headers: &HeaderMap) -> Result<PresentedKey, Problem> {
    let key = credentials(headers, "Basic")?.and_then(|text| {
        let bytes = STANDARD.decode(text).ok()?;
        let (_, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        PresentedKey::parse(password)
    });
    key.ok_or_else(|| Problem::unauthorised("the password is no API key"))
}

/// What follows a scheme's name, which is the same in capitals and small letters; `None` for another scheme.
fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Result<Option<&'a str>, Problem> {
    let header = headers
        .get(AUTHORIZATION)
        .ok_or_else(|| Problem::unauthorised("there is no Authorization header"))?;
    let given = header.to_str().ok().and_then(|text| text.split_once(' '));
    let given = given.filter(|(name, _)| name.eq_ignore_ascii_case(scheme));
    Ok(given.map(|(_, text)| text.trim()))
}

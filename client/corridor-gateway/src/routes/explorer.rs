//! `/explorer`: web pages over the index that `corridor index` keeps. They read, and nothing else.

use crate::{
    app::App,
    auth::{admit, bearer, password, Scope},
    config::ExplorerAccess,
    problem::Problem,
};
use axum::{
    extract::{Request, State},
    http::{header::WWW_AUTHENTICATE, HeaderMap, HeaderValue, StatusCode},
    middleware::{from_fn_with_state, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
    Router,
};
use corridor_explorer::Explorer;
use futures::FutureExt;
use std::sync::Arc;
use tokio::sync::OnceCell;
use tower::ServiceExt;

/// Where it is.
const PATH: &str = "/explorer";

/// Asks a browser for a key. It is sent with pages of the explorer only: nothing under `/v1` takes a password, so that no
/// page of another site can act with it.
const CHALLENGE: HeaderValue = HeaderValue::from_static(
    "Basic realm=\"Corridor explorer, any name, an API key as password\", charset=\"UTF-8\"",
);

/// Whose requests without a key are counted together, so that they cannot keep the index busy.
const ANYONE: &str = "explorer";

/// The pages, as the configuration lets people see them; nothing where there is no index.
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    if app.config.explorer.is_none() {
        return Router::new();
    }
    let pages = Arc::new(Pages {
        app: app.clone(),
        made: OnceCell::new(),
    });
    let whole = |path: &str| format!("{PATH}{path}");
    let slash = get(|| async { Redirect::permanent(PATH) });
    let show = get(show).with_state(pages);
    Router::new()
        .route(PATH, show.clone())
        .route(&whole("/"), slash)
        .route(&whole("/{*page}"), show)
        .layer(from_fn_with_state(app.clone(), admitted))
}

struct Pages {
    app: Arc<App>,
    made: OnceCell<Router>,
}

impl Pages {
    /// They are made when they are first asked for, as the index is opened.
    async fn made(&self) -> Result<Router, Problem> {
        let router = self.made.get_or_try_init(|| async {
            let index = self.app.index.opened().await?.clone();
            let app = self.app.clone();
            let explorer = Explorer::new(index).mounted_at(PATH).finalised(move || {
                let app = app.clone();
                async move { app.backend.head().await.ok() }.boxed()
            });
            Ok(Router::new().nest(PATH, explorer.router()))
        });
        router.await.cloned()
    }
}

async fn show(State(pages): State<Arc<Pages>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    // Without what this router has noted of its path: the explorer's own reads the path anew.
    let mut plain = Request::new(body);
    *plain.method_mut() = parts.method;
    *plain.uri_mut() = parts.uri;
    *plain.headers_mut() = parts.headers;
    let Ok(answer) = pages.made().await?.oneshot(plain).await;
    Ok(answer)
}

/// Lets those through who may look.
async fn admitted(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match may_look(&app, request.headers()).await {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            let mut answer = problem.into_response();
            if answer.status() == StatusCode::UNAUTHORIZED {
                answer.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
            }
            answer
        }
    }
}

async fn may_look(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let access = app.config.explorer.as_ref().map(|config| config.access);
    if access == Some(ExplorerAccess::Public) {
        return app.rate.check(&ANYONE.into());
    }
    let presented = bearer(headers).or_else(|_| password(headers))?;
    let caller = admit(app, &presented).await?;
    caller.acts_as(&[Scope::Auditor]).map(|_| ())
}

//! All resources together, and what surrounds each of them.

use crate::{app::App, auth::authenticate, layers, problem::Problem, routes};
use axum::{extract::DefaultBodyLimit, middleware, Router};
use std::sync::Arc;
use utoipa::{
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
    Modify, OpenApi,
};
use utoipa_axum::router::OpenApiRouter;

/// The description of the interface as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Corridor gateway",
        description = "Cross-border settlement for bank systems. Whatever changes something is stored durably before \
                       it is answered with 202; follow its Location until its state is final. Repeating a request is \
                       always safe."
    ),
    modifiers(&Keys),
    security(("api_key" = []))
)]
struct Description;

struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("api_key", scheme);
    }
}

/// What needs an API key.
fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(routes::transfers::router())
        .merge(routes::returns::router())
        .merge(routes::requests::router())
        .merge(routes::messages::router())
        .merge(routes::escrow::router())
        .merge(routes::quotes::router())
        .merge(routes::controls::router())
        .merge(routes::netting::router())
        .merge(routes::batches::router())
        .merge(routes::participants::router())
        .merge(routes::accounts::router())
        .merge(routes::statements::router())
        .merge(routes::tokens::router())
        .merge(routes::evidence::router())
        .merge(routes::governance::router())
        .merge(routes::events::router())
        .merge(routes::webhooks::router())
}

/// The description as JSON.
#[must_use]
pub fn openapi() -> serde_json::Value {
    let described = OpenApiRouter::with_openapi(Description::openapi())
        .merge(routes::health::router())
        .merge(api());
    serde_json::to_value(described.into_openapi()).unwrap_or_default()
}

/// The whole service.
pub fn router(app: Arc<App>) -> Router {
    let api: Router<Arc<App>> = api().into();
    let open: Router<Arc<App>> = routes::health::router().into();
    api.layer(middleware::from_fn_with_state(app.clone(), authenticate))
        .merge(open)
        .merge(routes::documentation::router(openapi()))
        .merge(routes::explorer::router(&app))
        .fallback(|| async { Problem::not_found("there is no such resource") })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        // Bodies are counted where they are read.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.clone(), layers::timed))
        .layer(middleware::from_fn(layers::caught))
        .layer(middleware::from_fn_with_state(app.clone(), layers::observed))
        .with_state(app)
}

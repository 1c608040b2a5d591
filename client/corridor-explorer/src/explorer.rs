//! What is served where.

use crate::{
    frame,
    links::Links,
    page,
    site::{FinalisedHead, Shared, Site},
};
use axum::{middleware, routing::get, Router};
use corridor_client::BlockRef;
use corridor_indexer::Index;
use futures::future::BoxFuture;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// The explorer of one index.
pub struct Explorer {
    index: Index,
    base: String,
    finalised: Option<FinalisedHead>,
}

impl Explorer {
    /// Of this index, at the root of its server.
    #[must_use]
    pub fn new(index: Index) -> Self {
        Self {
            index,
            base: String::new(),
            finalised: None,
        }
    }

    /// Under a path, such as `/explorer`: the one [`Explorer::router`]'s result is nested at. Links begin with it.
    #[must_use]
    pub fn mounted_at(self, base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').into(),
            ..self
        }
    }

    /// Asks the chain for its newest finalised block whenever the lag is shown; `None` where the chain does not answer. Without this,
    /// pages tell the age of the last indexed block only.
    #[must_use]
    pub fn finalised(
        self,
        head: impl Fn() -> BoxFuture<'static, Option<BlockRef>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            finalised: Some(Arc::new(head)),
            ..self
        }
    }

    /// The pages. Whom to let in is the server's business.
    pub fn router(self) -> Router {
        let site = Arc::new(Site::new(self.index, Links::new(&self.base), self.finalised));
        pages()
            .fallback(page::missing)
            .layer(middleware::from_fn_with_state(site.clone(), frame::frame))
            .merge(frame::assets())
            .with_state(site)
    }

    /// Serves the pages alone, without TLS and to anyone who can connect, until the future is dropped. `ready` is told the address,
    /// with the port that was chosen where 0 was asked for.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn serve(self, address: SocketAddr, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
        let listener = TcpListener::bind(address).await?;
        ready(listener.local_addr()?);
        axum::serve(listener, self.router()).await
    }
}

fn pages() -> Router<Shared> {
    Router::new()
        .route("/", get(page::home::show))
        .route("/search", get(page::search::show))
        .route("/transfers", get(page::transfers::show))
        .route("/transfers/{uetr}", get(page::transfer::show))
        .route("/participants", get(page::participants::show))
        .route("/participants/{id}", get(page::participant::show))
        .route("/participants/{id}/legs", get(page::legs::show))
        .route(
            "/participants/{id}/operations/{reference}",
            get(page::operation::show),
        )
        .route("/currencies/{currency}", get(page::currency::show))
        .route("/windows", get(page::windows::show))
        .route("/windows/{currency}/{window}", get(page::window::show))
        .route("/batches", get(page::batches::show))
        .route("/batches/{agent}/{number}", get(page::batch::show))
        .route("/quotes", get(page::quotes::show))
        .route("/quotes/{provider}/{reference}", get(page::quote::show))
        .route("/queue", get(page::queue::show))
        .route("/tariffs", get(page::tariffs::show))
        .route("/limits", get(page::limits::show))
        .route("/blocks", get(page::blocks::show))
        .route("/blocks/{block}", get(page::block::show))
        .route("/extrinsics", get(page::extrinsics::show))
        .route("/extrinsics/{place}", get(page::extrinsic::show))
        .route("/events/{place}", get(page::event::show))
        .route("/problems", get(page::problems::show))
}

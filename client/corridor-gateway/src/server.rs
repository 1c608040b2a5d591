//! Listening, and stopping in order: no new connections, requests under way to their answers, work to its end.

use crate::{
    app::App,
    backend::ChainBackend,
    config::{Config, TlsConfig},
    follower,
    incarnation::Incarnation,
    router::router,
    store::Store,
    webhook::{self, Secrets},
    worker,
};
use axum_server::{tls_rustls::RustlsConfig, Handle};
use futures::future::join_all;
use rustls::{
    pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
    RootCertStore, ServerConfig,
};
use std::{
    future::Future,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    time::Duration,
};

/// How long a client may take to send its headers, or to shake hands.
const SLOW_CLIENT: Duration = Duration::from_secs(15);

/// How long connections to the store may take to open before the gateway listens; the pool gives up on one after ten seconds.
const WARMING: Duration = Duration::from_secs(15);

/// How long connections may take to close.
const CLOSING: Duration = Duration::from_secs(10);

/// Why a gateway does not run, in words for its operator.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ServeError(pub String);

impl ServeError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A gateway that listens.
pub struct Running {
    /// Where.
    pub address: SocketAddr,
    /// Ends with the gateway: an error where it had to stop by itself.
    pub finished: tokio::task::JoinHandle<Result<(), ServeError>>,
    app: Arc<App>,
}

impl Running {
    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// A fault of this program.
    pub async fn stop(&mut self) -> Result<Result<(), ServeError>, tokio::task::JoinError> {
        self.app.stop();
        (&mut self.finished).await
    }

    /// The same after `limits.lame_duck`, in which it serves and tells balancers to look elsewhere.
    ///
    /// # Errors
    /// A fault of this program.
    pub async fn leave(&mut self) -> Result<Result<(), ServeError>, tokio::task::JoinError> {
        self.app.leave();
        (&mut self.finished).await
    }
}

/// Opens store and chain, and starts to serve.
///
/// # Errors
/// Whatever is in the way, and what to do about it.
pub async fn start(config: Config) -> Result<Running, ServeError> {
    let secrets = match &config.webhooks {
        Some(webhooks) => Some(Secrets::read(&webhooks.secret).map_err(ServeError)?),
        None => None,
    };
    let tls = config.tls.as_ref().map(tls).transpose().map_err(ServeError)?;
    // Before anything is touched that belongs to a process: another one may have it.
    let incarnation = Incarnation::enter(&config.store.signing).map_err(ServeError)?;
    let store = Store::open(&config.store.url, config.store.connections.get())
        .await
        .map_err(ServeError::of)?;
    match tokio::time::timeout(WARMING, store.warm()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%error, "not every connection to the store could be opened: is store.connections more than it grants?");
        }
        Err(_) => tracing::warn!("the store is slow: connections are opened when they are needed"),
    }
    let backend = ChainBackend::connect(&config).await.map_err(|error| {
        let advice = error.advice();
        ServeError(format!("{error}. {advice}"))
    })?;
    store
        .belongs_to(&backend.identity())
        .await
        .map_err(ServeError::of)?;
    let app = App::new(config, store, Arc::new(backend), secrets);
    succeed(&app, &incarnation).await?;
    serve_as(app, tls, Some(incarnation))
}

/// Takes over what the last process here held, which is gone.
async fn succeed(app: &App, incarnation: &Incarnation) -> Result<(), ServeError> {
    if let Some(former) = incarnation.former() {
        let left = app.store.expire_leases(former).await.map_err(ServeError::of)?;
        if left > 0 {
            tracing::info!(left, "requests an earlier process had begun are taken up again");
        }
    }
    incarnation.record(&app.owner).map_err(ServeError)
}

/// Serves a gateway that was put together.
///
/// # Errors
/// The address cannot be listened on.
pub fn serve(app: Arc<App>, tls: Option<RustlsConfig>) -> Result<Running, ServeError> {
    serve_as(app, tls, None)
}

fn serve_as(
    app: Arc<App>,
    tls: Option<RustlsConfig>,
    incarnation: Option<Incarnation>,
) -> Result<Running, ServeError> {
    let listen = app.config.listen;
    let cannot = |error: std::io::Error| ServeError(format!("{listen} cannot be listened on: {error}"));
    let listener = TcpListener::bind(listen).map_err(cannot)?;
    listener.set_nonblocking(true).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!(%address, scheme, name = app.config.name, owner = app.owner, "listening");
    Ok(Running {
        address,
        finished: tokio::spawn(run(app.clone(), listener, tls, incarnation)),
        app,
    })
}

/// Runs every part until the gateway has stopped, or is fenced: then at once.
async fn run(
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    incarnation: Option<Incarnation>,
) -> Result<(), ServeError> {
    let mut leases = tokio::spawn(worker::keep_leases(app.clone()));
    let fenced = tokio::select! {
        ended = &mut leases => ended.map_or_else(|error| error.to_string(), |end| end.err().unwrap_or_default()),
        () = serve_and_stop(app.clone(), listener, tls) => {
            leases.abort();
            return match app.failure() {
                None => Ok(()),
                Some(reason) => Err(ServeError(format!(
                    "this gateway could not go on: {reason}. Start it again: what is open is taken up from the store."
                ))),
            };
        }
    };
    // Another gateway may have its requests already. What signs for this one ends with the process and not before:
    // nothing is waited for, neither a request nor a connection, and nobody else signs from its directory until then.
    std::mem::forget(incarnation);
    tracing::error!(reason = fenced, "this gateway is fenced and stops at once");
    app.stop();
    Err(ServeError(format!(
        "{fenced}. Start it again once the store answers."
    )))
}

/// Runs every part but the leases until the gateway is told to stop, and then each to its end.
async fn serve_and_stop(app: Arc<App>, listener: TcpListener, tls: Option<RustlsConfig>) {
    let handle = Handle::new();
    let http = tokio::spawn(listen(app.clone(), listener, tls, handle.clone()));
    let work = tokio::spawn(worker::run(app.clone()));
    let others = [
        tokio::spawn(follower::run(app.clone())),
        tokio::spawn(follower::announce(app.clone())),
        tokio::spawn(report(webhook::run(app.clone()))),
    ];
    tokio::select! {
        () = leave(&app) => {}
        () = app.stopped() => {}
    }
    let drain = app.config.limits.drain.0;
    handle.graceful_shutdown(Some(drain));
    let _ = http.await;
    let _ = work.await;
    let _ = tokio::time::timeout(drain, join_all(others)).await;
    // A node or a database that does not answer holds nobody up.
    let close = async {
        app.backend.close().await;
        app.store.close().await;
    };
    let _ = tokio::time::timeout(CLOSING, close).await;
    tracing::info!("stopped");
}

/// Serves on for a while once the gateway is on its way out, so that balancers see it and look elsewhere.
async fn leave(app: &App) {
    app.left().await;
    tokio::time::sleep(app.config.limits.lame_duck.0).await;
    app.stop();
}

/// A part whose failure is no reason to stop the others.
async fn report(part: impl Future<Output = Result<(), String>>) {
    if let Err(error) = part.await {
        tracing::error!(error);
    }
}

async fn listen(
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let service = router(app).into_make_service();
    match tls {
        Some(tls) => {
            let mut server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle);
            patient(&mut server);
            server.serve(service).await
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.handle(handle);
            patient(&mut server);
            server.serve(service).await
        }
    }
}

/// Nobody holds a connection by sending nothing.
fn patient<A: axum_server::Address, Acceptor>(server: &mut axum_server::Server<A, Acceptor>) {
    let builder = server.http_builder();
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(SLOW_CLIENT);
    builder
        .http2()
        .timer(hyper_util::rt::TokioTimer::new())
        .keep_alive_interval(SLOW_CLIENT)
        .max_concurrent_streams(250);
}

/// Reads certificates; with authorities, clients need certificates, too.
///
/// # Errors
/// Which file is in the way, and why.
pub fn tls(config: &TlsConfig) -> Result<RustlsConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = match &config.client_authorities {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots
                    .add(certificate)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| format!("{}: {error}", path.display()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let key = PrivateKeyDer::from_pem_file(&config.key).map_err(|_| {
        format!(
            "{} holds no private key in PEM form, or cannot be read",
            config.key.display()
        )
    })?;
    let mut server = builder
        .with_single_cert(certificates(&config.certificate)?, key)
        .map_err(|error| format!("{}: {error}", config.certificate.display()))?;
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(server)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let cannot = |error: rustls::pki_types::pem::Error| format!("{}: {error}", path.display());
    let all: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(cannot)?
        .collect::<Result<_, _>>()
        .map_err(cannot)?;
    match all.is_empty() {
        true => Err(format!("{} holds no certificate in PEM form", path.display())),
        false => Ok(all),
    }
}

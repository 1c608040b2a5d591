//! Listening, and stopping in order: no new connections, requests under way to their answers, work to its end.

use crate::{
    app::App,
    backend::ChainBackend,
    config::{Config, TlsConfig},
    follower,
    router::router,
    store::Store,
    webhook::{self, Secrets},
    worker,
};
use axum_server::{tls_rustls::RustlsConfig, Handle};
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

/// How long connections may take to close.
const CLOSING: Duration = Duration::from_secs(10);

/// Why a gateway does not run, in words for its operator.
#[derive(Debug, thiserror::Error)]
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
    let store = Store::open(&config.store.url, config.store.connections.get())
        .await
        .map_err(ServeError::of)?;
    let backend = ChainBackend::connect(&config).await.map_err(|error| {
        let advice = error.advice();
        ServeError(format!("{error}. {advice}"))
    })?;
    store
        .belongs_to(&backend.identity())
        .await
        .map_err(ServeError::of)?;
    let left = store.expire_leases(&config.name).await.map_err(ServeError::of)?;
    if left > 0 {
        tracing::info!(left, "requests an earlier process had begun are taken up again");
    }
    serve(App::new(config, store, Arc::new(backend), secrets), tls)
}

/// Serves a gateway that was put together.
///
/// # Errors
/// The address cannot be listened on.
pub fn serve(app: Arc<App>, tls: Option<RustlsConfig>) -> Result<Running, ServeError> {
    let listen = app.config.listen;
    let cannot = |error: std::io::Error| ServeError(format!("{listen} cannot be listened on: {error}"));
    let listener = TcpListener::bind(listen).map_err(cannot)?;
    listener.set_nonblocking(true).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!(%address, scheme, name = app.config.name, "listening");
    let finished = tokio::spawn(run(app.clone(), listener, tls));
    Ok(Running {
        address,
        finished,
        app,
    })
}

async fn run(app: Arc<App>, listener: TcpListener, tls: Option<RustlsConfig>) -> Result<(), ServeError> {
    let handle = Handle::new();
    let http = tokio::spawn(listen(app.clone(), listener, tls, handle.clone()));
    let leases = tokio::spawn(worker::keep_leases(app.clone()));
    let work = tokio::spawn(worker::run(app.clone()));
    let others = [
        tokio::spawn(follower::run(app.clone())),
        tokio::spawn(follower::announce(app.clone())),
        tokio::spawn(report(webhook::run(app.clone()))),
    ];
    let aborts = leases.abort_handle();
    let fenced = tokio::select! {
        () = app.stopped() => None,
        ended = leases => Some(ended.map_or_else(|error| error.to_string(), |end| end.err().unwrap_or_default())),
    };
    if let Some(reason) = &fenced {
        tracing::error!(reason, "this gateway is fenced and stops at once");
    }
    app.stop();
    handle.graceful_shutdown(Some(app.config.limits.drain.0));
    if fenced.is_none() {
        let _ = http.await;
        let _ = work.await;
    } else {
        work.abort();
        http.abort();
    }
    aborts.abort();
    for task in others {
        let _ = tokio::time::timeout(app.config.limits.drain.0, task).await;
    }
    // A node or a database that does not answer holds nobody up.
    let close = async {
        app.backend.close().await;
        app.store.close().await;
    };
    let _ = tokio::time::timeout(CLOSING, close).await;
    tracing::info!("stopped");
    match fenced {
        None => Ok(()),
        Some(reason) => Err(ServeError(format!(
            "{reason}. Start it again once the store answers."
        ))),
    }
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

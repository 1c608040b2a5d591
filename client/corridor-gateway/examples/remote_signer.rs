//! A remote signer with keys from files: what an HSM's service would look like to a gateway.
//!
//! ```text
//! cargo run -p corridor-gateway --example remote_signer -- /run/corridor/signer.sock file:instructor.key //Alice
//! ```
//!
//! It listens on a socket that only its owner can use, and prints the account of each key. A gateway names it as
//! `remote:unix:/run/corridor/signer.sock#ACCOUNT`. It signs whatever payload it is given for an account it has: a
//! real one would read the payload first, and keep a count.

use axum::{body::Bytes, extract::State, http::StatusCode, routing::post, Json, Router};
use corridor_client::{KeySource, SigningKey};
use corridor_gateway::signer::{SignAnswer, SignRequest};
use std::{collections::HashMap, error::Error, os::unix::net::UnixListener, path::Path, sync::Arc};

type Keys = Arc<HashMap<String, SigningKey>>;

async fn sign(State(keys): State<Keys>, body: Bytes) -> Result<Json<SignAnswer>, (StatusCode, String)> {
    let request: SignRequest =
        serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let key = keys.get(&request.account);
    let key = key.ok_or((StatusCode::NOT_FOUND, format!("no key for {}", request.account)))?;
    let signature = key.sign(&request.payload).await;
    let signature = signature.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    Ok(Json(SignAnswer {
        signature: signature.to_vec(),
    }))
}

/// Reads `file:PATH`, `env:NAME` or `//NAME`.
fn source(text: &str) -> Result<KeySource, String> {
    match text.split_once(':') {
        Some(("file", path)) => Ok(KeySource::File(path.into())),
        Some(("env", name)) => Ok(KeySource::Env(name.into())),
        _ if text.starts_with("//") => Ok(KeySource::DevSeed(text.into())),
        _ => Err("a key is file:PATH, env:NAME or a development key such as //Alice".into()),
    }
}

/// Serves on a socket until the process ends.
async fn serve(socket: &Path, keys: Vec<SigningKey>) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let _ = std::fs::remove_file(socket);
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))?;
    listener.set_nonblocking(true)?;
    let keys: Keys = Arc::new(
        keys.into_iter()
            .map(|key| (key.account().to_string(), key))
            .collect(),
    );
    let router = Router::new().route("/v1/sign", post(sign)).with_state(keys);
    axum_server::from_unix(listener)?
        .serve(router.into_make_service())
        .await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let socket = arguments.next().ok_or("usage: remote_signer SOCKET KEY...")?;
    let mut keys = Vec::new();
    for text in arguments {
        let key = source(&text)?.load()?;
        println!("remote:unix:{socket}#{}", key.account());
        keys.push(key);
    }
    Ok(serve(Path::new(&socket), keys).await?)
}

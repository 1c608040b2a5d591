//! TLS, client certificates, and stopping in order, over a real socket.
#![allow(clippy::unwrap_used)]

mod common;

use common::{home, transfer, uetr, FakeChain, Gateway};
use corridor_gateway::{
    config::TlsConfig,
    server::{serve, tls, Running},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{path::Path, time::Duration};

/// An authority, and what it signs.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// Certificate and key, as PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }
}

fn write(home: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = home.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

async fn start(clients: Option<&Authority>) -> (Gateway, Running, Authority) {
    let (home, authority) = (home(), Authority::new());
    let (certificate, key) = authority.sign("localhost");
    let config = TlsConfig {
        certificate: write(&home, "gateway.pem", &certificate),
        key: write(&home, "gateway.key", &key),
        client_authorities: clients.map(|clients| write(&home, "clients.pem", &clients.pem())),
    };
    let url = format!("sqlite:{}", home.join("gateway.sqlite").display());
    let gateway = Gateway::on("gateway-1", &url, "", FakeChain::new(), home).await;
    let running = serve(gateway.app.clone(), Some(tls(&config).unwrap())).unwrap();
    (gateway, running, authority)
}

fn client(authority: &Authority, identity: Option<(String, String)>) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().add_root_certificate(root);
    let builder = match identity {
        Some((certificate, key)) => {
            builder.identity(reqwest::Identity::from_pem(format!("{certificate}{key}").as_bytes()).unwrap())
        }
        None => builder,
    };
    builder.build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_encrypted_and_a_stranger_s_authority_is_not_believed() {
    let (_gateway, mut running, authority) = start(None).await;
    let url = format!("https://localhost:{}/health", running.address.port());
    let answer = client(&authority, None).get(&url).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "ok\n");
    assert!(client(&Authority::new(), None).get(&url).send().await.is_err());
    let plain = url.replace("https", "http");
    assert!(reqwest::Client::new().get(plain).send().await.is_err());
    running.stop().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_client_authorities_only_their_clients_are_served() {
    let clients = Authority::new();
    let (_gateway, mut running, authority) = start(Some(&clients)).await;
    let url = format!("https://localhost:{}/health", running.address.port());
    let known = client(&authority, Some(clients.sign("core-banking")));
    assert_eq!(known.get(&url).send().await.unwrap().status(), 200);
    assert!(client(&authority, None).get(&url).send().await.is_err());
    let forged = client(&authority, Some(Authority::new().sign("core-banking")));
    assert!(forged.get(&url).send().await.is_err());
    running.stop().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_told_to_stop_answers_first_and_then_listens_no_more() {
    let (gateway, mut running, authority) = start(None).await;
    let key = gateway.master().await;
    gateway.chain.slow(Duration::from_millis(500));
    let url = format!("https://localhost:{}", running.address.port());
    let client = client(&authority, None);
    let posted = client
        .post(format!("{url}/v1/transfers"))
        .bearer_auth(&key)
        .header("content-type", "application/json")
        .body(transfer(uetr()).to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 202);
    let location = posted.headers()["location"].to_str().unwrap().to_owned();
    gateway.chain.until_executed(1).await;
    let store = gateway.app.config.store.url.clone();
    running.stop().await.unwrap().unwrap();
    assert!(client.get(format!("{url}/health")).send().await.is_err());
    // What was under way came to its end.
    let after = Gateway::on("gateway-2", &store, "", FakeChain::new(), home()).await;
    assert_eq!(after.get(&key, &location).await.json()["state"], "succeeded");
}

#[test]
fn files_that_are_no_certificates_are_named() {
    let home = home();
    let nothing = write(&home, "nothing.pem", "nothing");
    let (certificate, _) = Authority::new().sign("localhost");
    let config = TlsConfig {
        certificate: write(&home, "gateway.pem", &certificate),
        key: nothing.clone(),
        client_authorities: None,
    };
    assert!(tls(&config).unwrap_err().contains("nothing.pem"));
    let config = TlsConfig {
        certificate: nothing,
        ..config
    };
    assert!(tls(&config).is_err());
    std::fs::remove_dir_all(home).unwrap();
}

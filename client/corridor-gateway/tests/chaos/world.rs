//! Everything that runs: a node, two gateways, an index, databases, and the connections between them.

use super::{
    bank::Bank,
    hook::Hook,
    process::{self, program, Supervised},
    proxy::Proxy,
    setup::{self, Blobs, TwoBanks},
};
use corridor_client::AddressText;
use corridor_test_postgres::Cluster;
use serde_json::json;
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::process::Command;

pub struct World {
    pub chain: TwoBanks,
    pub bank: Arc<Bank>,
    pub hook: Hook,
    pub node: Supervised,
    pub gateways: Vec<Supervised>,
    pub indexer: Supervised,
    /// What can be cut.
    pub connections: Vec<(&'static str, Arc<Proxy>)>,
    pub gateway_database: String,
    pub index_database: String,
    /// For an index made anew.
    pub fresh_database: String,
    pub settlement: AddressText,
    pub home: PathBuf,
    // Dropped last: everything else uses it.
    _cluster: Cluster,
}

impl World {
    pub async fn start() -> Self {
        let home = std::env::temp_dir().join(format!("corridor-chaos-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
        let database = |name| cluster.database(name).unwrap();
        let [gateway_database, index_database, fresh_database] = ["gateways", "live", "fresh"].map(database);

        let node_side = Arc::new(Proxy::start().await);
        let node = node(&home, &node_side);
        let url = format!("ws://{}", node_side.address);
        let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
        chain.second_keys().await.unwrap();
        let settlement = AddressText(chain.settlement);

        write_secret(&home.join("webhook.secret"));
        let fronts = [Arc::new(Proxy::start().await), Arc::new(Proxy::start().await)];
        // Each gateway has keys of its own. The approvers are the creditor's, so that both halves of a transfer go
        // through the same two processes.
        let keys = [
            ("gateway-1", "//Bob", "//Charlie"),
            ("gateway-2", "//Dave", "//Eve"),
        ];
        let mut gateways = Vec::new();
        for ((name, instructor, approver), front) in keys.into_iter().zip(&fronts) {
            let text = format!(
                "name = \"{name}\"\nlisten = \"127.0.0.1:0\"\nparticipant = \"BKCHCNBJ\"\n\
                 [store]\nurl = \"{gateway_database}\"\nsigning = \"{name}\"\n\
                 [chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\nfinality_timeout = \"10s\"\n\
                 [signers]\ninstructor = [\"{instructor}\"]\napprover = [\"{approver}\"]\n[worker]\nlease = \"5s\"\n\
                 [limits]\nrequests_per_second = 5000\nburst = 5000\n\
                 [webhooks]\nsecret = \"webhook.secret\"\nallow_http = true\nallow_networks = [\"127.0.0.0/8\"]\n\
                 attempts = 1000\nback_off = \"50ms\"\ntimeout = \"2s\"\n"
            );
            let config = home.join(format!("{name}.toml"));
            std::fs::write(&config, text).unwrap();
            gateways.push(gateway(name, &home, config, front.clone()));
        }
        let bank = Bank::new(api_key(&home.join("gateway-1.toml")).await, fronts.clone());

        let (hook, receiver) = Hook::start().await;
        let hook_side = Arc::new(Proxy::start().await);
        hook_side.lead_to(receiver);
        let webhook = json!({ "url": format!("http://{}/hook", hook_side.address) });
        let made = bank.post("/v1/webhooks", "webhook", &webhook).await;
        hook.0.lock().unwrap().secret = made["secret"].as_str().unwrap().into();

        let indexer = indexer(&home, &url, settlement, &index_database);
        let [one, two] = fronts;
        Self {
            chain,
            bank: Arc::new(bank),
            hook,
            node,
            gateways,
            indexer,
            connections: vec![
                ("node", node_side),
                ("gateway-1", one),
                ("gateway-2", two),
                ("hook", hook_side),
            ],
            gateway_database,
            index_database,
            fresh_database,
            settlement,
            home,
            _cluster: cluster,
        }
    }

    pub fn node_url(&self) -> &str {
        &self.chain.url
    }
}

/// The chain is kept on disk: what was finalised has to be there after a kill.
fn node(home: &Path, side: &Arc<Proxy>) -> Supervised {
    let (program, base, side) = (program("corridor-devnet"), home.join("chain"), side.clone());
    let make = move || {
        let mut command = Command::new(&program);
        command.args(["--rpc-port", "0", "--base-path"]).arg(&base);
        command
    };
    Supervised::start("node", home, make, move |line| {
        if let Some(url) = line.strip_prefix("RPC ws://") {
            side.lead_to(url.trim().parse().unwrap());
        }
    })
}

fn gateway(name: &'static str, home: &Path, config: PathBuf, front: Arc<Proxy>) -> Supervised {
    let make = move || {
        let mut command = Command::new(process::gateway());
        command.arg("--config").arg(&config).arg("serve");
        command
    };
    Supervised::start(name, home, make, move |line| {
        if let Some(address) = line.strip_prefix("LISTENING ") {
            front.lead_to(address.trim().parse().unwrap());
        }
    })
}

/// `corridor`, with the options every call of it needs.
pub fn corridor(home: &Path, url: &str, settlement: AddressText) -> Command {
    let mut command = Command::new(program("corridor"));
    command
        .current_dir(home)
        .args(["--url", url, "--settlement", &settlement.to_string()]);
    command
}

fn indexer(home: &Path, url: &str, settlement: AddressText, database: &str) -> Supervised {
    let (home, url, database) = (home.to_owned(), url.to_owned(), database.to_owned());
    let log = home.clone();
    let make = move || {
        let mut command = corridor(&home, &url, settlement);
        command.args(["index", "--database", &database]);
        command
    };
    Supervised::start("indexer", &log, make, |_| {})
}

async fn api_key(config: &Path) -> String {
    let output = Command::new(process::gateway())
        .arg("--config")
        .arg(config)
        .args([
            "key",
            "create",
            "--owner",
            "core",
            "--scopes",
            "instructor,approver,operator",
        ])
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().into()
}

fn write_secret(path: &Path) {
    std::fs::write(path, [9; 32]).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn contracts() -> Blobs {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/contracts");
    let directory = std::env::var_os("CORRIDOR_CONTRACTS").map_or(here, PathBuf::from);
    Blobs::read(&directory).unwrap_or_else(|error| {
        let shown = directory.display();
        panic!("the contracts' code cannot be read from {shown} ({error}): run scripts/build-contracts")
    })
}

/// Waits for something to hold.
pub async fn until<F: std::future::Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let started = std::time::Instant::now();
    while !holds().await {
        assert!(started.elapsed() < super::bank::PATIENCE, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

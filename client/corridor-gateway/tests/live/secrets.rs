//! What a gateway that says all there is to say never says.

use crate::{
    bank_of_china,
    programs::{api_key, contracts, devnet, home, hook, write_config, write_secret, Bank, Process, PATIENCE},
    setup, transfer,
};
use corridor_client::{new_uetr, AddressText};
use corridor_test_postgres::Cluster;
use serde_json::json;
use std::{process::Command, time::Instant};

const SEED: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Bob";

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_any_kind_reaches_the_log_of_a_gateway_at_work() {
    let (_devnet, url) = devnet();
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    bank_of_china(&chain).await;
    let home = home("secrets");
    write_secret(&home);
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let database = cluster.database("secrets").unwrap();
    std::env::set_var("CORRIDOR_SECRETS_PASSWORD", "of-the-database");
    let database = database.replace("corridor@", "corridor:${CORRIDOR_SECRETS_PASSWORD}@");
    let settlement = AddressText(chain.settlement);
    let text = format!(
        "name = \"g\"\nlisten = \"127.0.0.1:0\"\nparticipant = \"BKCHCNBJ\"\n[store]\nurl = \"{database}\"\n\
         [chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n\
         [signers]\ninstructor = [\"env:CORRIDOR_SECRETS_SEED\"]\n[limits]\nlame_duck = \"0s\"\n\
         [webhooks]\nsecret = \"webhook.secret\"\nallow_http = true\nallow_networks = [\"127.0.0.0/8\"]\n\
         [traces]\nendpoint = \"http://127.0.0.1:9/v1/traces\"\nauthorization = \"Bearer ${{CORRIDOR_SECRETS_TOKEN}}\"\n"
    );
    std::env::set_var("CORRIDOR_SECRETS_TOKEN", "of-the-collector");
    let config = write_config(&home, "g", &text);
    let bank = Bank::new(api_key(&config, "instructor,operator"));
    let log = home.join("g.log");
    let (process, address) = Process::start(
        Command::new(env!("CARGO_BIN_EXE_corridor-gateway"))
            .arg("--config")
            .arg(&config)
            .arg("serve")
            .env("CORRIDOR_SECRETS_SEED", SEED)
            .env("RUST_LOG", "trace")
            .stderr(std::fs::File::create(&log).unwrap()),
        "LISTENING ",
    );
    let gateway = format!("http://{address}");

    let (came, hook) = hook();
    let made = bank
        .post(&[&gateway], "/v1/webhooks", &json!({ "url": hook }))
        .await;
    let uetr = new_uetr();
    bank.post(&[&gateway], "/v1/transfers", &transfer(uetr)).await;
    assert_eq!(bank.until_all_final(&gateway).await["succeeded"], 1);
    let started = Instant::now();
    while came.lock().unwrap().is_empty() {
        assert!(started.elapsed() < PATIENCE, "nothing was delivered");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    // A database that is gone is spoken of, too.
    drop(cluster);
    bank.client
        .get(format!("{gateway}/v1/requests"))
        .bearer_auth(&bank.key)
        .send()
        .await
        .unwrap();
    process.terminate();

    let said = std::fs::read_to_string(&log).unwrap();
    assert!(said.contains(&uetr.to_string()), "{said}");
    assert!(said.contains("the store failed"), "the outage was not logged");
    let webhook = made["secret"].as_str().unwrap();
    let whole = bank.key.rsplit('_').next().unwrap();
    for hidden in [
        webhook,
        "whsec_",
        whole,
        "of-the-database",
        "of-the-collector",
        "bottom drive",
        SEED,
    ] {
        let line = said.lines().find(|line| line.contains(hidden));
        assert_eq!(line, None, "{hidden}");
    }
    std::fs::remove_dir_all(home).unwrap();
}

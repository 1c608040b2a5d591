//! Real gateways, a real chain: processes that are killed, a remote signer, webhooks of everything that happened.
//!
//! Needs the program `corridor-devnet` (named by `CORRIDOR_DEVNET`, or beside the built tests) and the contracts' code
//! (`CORRIDOR_CONTRACTS`, or target/contracts); says how to build them where they are missing.
#![allow(clippy::unwrap_used)]

mod exchange;
mod programs;
mod secrets;
#[path = "../../../corridor-client/examples/common/setup.rs"]
mod setup;
mod stopping;

use axum::{body::Bytes, routing::post, Router};
use corridor_client::{
    core::{Currency, ParticipantId, Role, TransferStatus, Uetr},
    new_uetr, AddressText, KeySource, RoleRequest,
};
use corridor_gateway::signer::{SignAnswer, SignRequest};
use corridor_test_postgres::Cluster;
use programs::{api_key, contracts, devnet, gateway, home, hook, write_config, write_secret, Bank, PATIENCE};
use serde_json::{json, Value};
use setup::TwoBanks;
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

fn transfer(uetr: Uetr) -> Value {
    json!({
        "uetr": uetr.to_string(),
        "end_to_end_id": "LIVE",
        "creditor_agent": "CNAPS:302290000002",
        "interbank_settlement_amount": { "currency": "CNY", "decimal": "12.50" },
    })
}

async fn bank_of_china(chain: &TwoBanks) {
    // A second key for the second gateway: each has its own.
    let dave = KeySource::DevSeed("//Dave".into()).load().unwrap().account();
    let request = RoleRequest {
        participant: ParticipantId(0),
        account: dave.address(),
        role: Role::Instructor,
    };
    chain.boc.grant_role(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_gateways_killed_at_any_moment_settle_every_transfer_once() {
    let (_devnet, url) = devnet();
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    bank_of_china(&chain).await;
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (database, home) = (cluster.database("gateways").unwrap(), home("killed"));
    let settlement = AddressText(chain.settlement);
    let config = |name: &str, key: &str| {
        let text = format!(
            "name = \"{name}\"\nlisten = \"127.0.0.1:0\"\nparticipant = \"BKCHCNBJ\"\n[store]\nurl = \"{database}\"\n\
             signing = \"{name}\"\n[chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n\
             [signers]\ninstructor = [\"{key}\"]\n[worker]\nlease = \"5s\"\n"
        );
        write_config(&home, name, &text)
    };
    let (one, two) = (config("gateway-1", "//Bob"), config("gateway-2", "//Dave"));
    let bank = Bank::new(api_key(&one, "instructor"));
    let (mut first, mut first_url) = gateway(&one);
    let (second, second_url) = gateway(&two);

    let uetrs: Vec<Uetr> = (0..120).map(|_| new_uetr()).collect();
    for (count, uetr) in uetrs.iter().enumerate() {
        let gateways = match count % 2 {
            0 => [first_url.as_str(), &second_url],
            _ => [&second_url, first_url.as_str()],
        };
        bank.post(&gateways, "/v1/transfers", &transfer(*uetr)).await;
        // Every request again: a client that did not hear the answer.
        bank.post(&gateways, "/v1/transfers", &transfer(*uetr)).await;
        if count % 40 == 20 {
            first.kill();
            (first, first_url) = gateway(&one);
        }
    }
    first.kill();
    let ends = bank.until_all_final(&second_url).await;
    assert_eq!(ends, BTreeMap::from([("succeeded".to_owned(), 120)]));
    for uetr in &uetrs {
        let recorded = chain.boc.transfer(*uetr).await.unwrap().unwrap();
        assert_eq!(recorded.status, TransferStatus::Pending);
    }
    let position = chain.boc.position(ParticipantId(0), Currency::CNY).await.unwrap();
    assert_eq!(position.reserved, 120 * 1_250);
    assert!(second.terminate(), "SIGTERM ends it in order");
    std::fs::remove_dir_all(home).unwrap();
}

/// A remote signer on a socket, with one key.
async fn remote_signer(socket: &Path, key: &str) -> String {
    let key = KeySource::DevSeed(key.into()).load().unwrap();
    let account = key.account().to_string();
    let sign = move |body: Bytes| {
        let key = key.clone();
        async move {
            let request: SignRequest = serde_json::from_slice(&body).unwrap();
            assert_eq!(request.account, key.account().to_string());
            let signature = key.sign(&request.payload).await.unwrap().to_vec();
            axum::Json(SignAnswer { signature })
        }
    };
    let listener = std::os::unix::net::UnixListener::bind(socket).unwrap();
    listener.set_nonblocking(true).unwrap();
    let router = Router::new().route("/v1/sign", post(sign));
    let server = axum_server::from_unix(listener).unwrap();
    tokio::spawn(server.serve(router.into_make_service()));
    format!("remote:unix:{}#{account}", socket.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_banks_settle_through_their_gateways_with_a_remote_signer_and_hear_of_every_change() {
    let (_devnet, url) = devnet();
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    let home = home("both");
    write_secret(&home);
    let signer = remote_signer(&home.join("signer.sock"), "//Charlie").await;
    let settlement = AddressText(chain.settlement);
    let common = format!(
        "listen = \"127.0.0.1:0\"\n[chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n\
         [webhooks]\nsecret = \"webhook.secret\"\nallow_http = true\nallow_networks = [\"127.0.0.0/8\"]\n"
    );
    let config = |name: &str, agent: &str, signers: &str| {
        let text = format!(
            "name = \"{name}\"\nparticipant = \"{agent}\"\n{common}[store]\nurl = \"sqlite:{name}.sqlite\"\n\
             signing = \"{name}\"\n[signers]\n{signers}\n"
        );
        write_config(&home, name, &text)
    };
    let boc = config(
        "boc",
        "BKCHCNBJ",
        "instructor = [\"//Bob\"]\ntreasurer = [\"//Bob\"]",
    );
    let cup = config("cup", "CNAPS:302290000002", &format!("approver = [\"{signer}\"]"));
    let debtor = Bank::new(api_key(&boc, "instructor,treasurer,operator"));
    let creditor = Bank::new(api_key(&cup, "approver"));
    let (boc_process, boc_url) = gateway(&boc);
    let (cup_process, cup_url) = gateway(&cup);

    let (came, hook) = hook();
    let kinds = json!(["transfer.instructed", "transfer.settled", "transfer.returned"]);
    let webhook = json!({ "url": hook, "kinds": kinds });
    debtor.post(&[&boc_url], "/v1/webhooks", &webhook).await;

    let uetrs: Vec<Uetr> = (0..20).map(|_| new_uetr()).collect();
    for uetr in &uetrs {
        debtor.post(&[&boc_url], "/v1/transfers", &transfer(*uetr)).await;
    }
    assert_eq!(debtor.until_all_final(&boc_url).await["succeeded"], 20);
    for uetr in &uetrs {
        creditor
            .post(&[&cup_url], &format!("/v1/transfers/{uetr}/accept"), &json!({}))
            .await;
    }
    let part = json!({
        "return_id": "R-1", "reason": "AM09", "amount": { "currency": "CNY", "decimal": "2.50" },
    });
    creditor
        .post(&[&cup_url], &format!("/v1/transfers/{}/return", uetrs[0]), &part)
        .await;
    let foreign = json!({
        "return_id": "R-2", "reason": "AM09", "amount": { "currency": "HKD", "decimal": "2.50" },
    });
    let refused = creditor
        .post(
            &[&cup_url],
            &format!("/v1/transfers/{}/return", uetrs[1]),
            &foreign,
        )
        .await;
    let ends = creditor.until_all_final(&cup_url).await;
    assert_eq!(
        ends,
        BTreeMap::from([("succeeded".to_owned(), 21), ("refused".to_owned(), 1)])
    );
    let refused = creditor.get(&cup_url, refused["follow"].as_str().unwrap()).await;
    assert_eq!(refused["fault"]["code"], "contract.CurrencyMismatch", "{refused}");

    let view = creditor
        .get(&cup_url, &format!("/v1/transfers/{}", uetrs[0]))
        .await;
    assert_eq!(
        (&view["status"], &view["returned_amount"]["decimal"]),
        (&json!("partly returned"), &json!("2.50"))
    );
    let positions = debtor.get(&boc_url, "/v1/positions").await;
    let received = positions
        .as_array()
        .unwrap()
        .iter()
        .find(|position| position["participant"] == "CNAPS:302290000002");
    assert_eq!(received.unwrap()["available"]["decimal"], "247.50");
    let conservation = debtor.get(&boc_url, "/v1/currencies/CNY/conservation").await;
    assert_eq!(conservation["holds"], true);

    // Every change came, once or more, and for each transfer in order.
    let started = Instant::now();
    while came.lock().unwrap().len() < 41 && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in came.lock().unwrap().iter() {
        let (uetr, kind) = (event["uetr"].as_str().unwrap(), event["kind"].as_str().unwrap());
        let kinds = told.entry(uetr.into()).or_default();
        if kinds.last().is_none_or(|last| last != kind) {
            kinds.push(kind.into());
        }
    }
    for uetr in &uetrs {
        let mut expected = vec!["transfer.instructed", "transfer.settled"];
        if *uetr == uetrs[0] {
            expected.push("transfer.returned");
        }
        assert_eq!(told[&uetr.to_string()], expected);
    }
    assert!(boc_process.terminate() && cup_process.terminate());
    std::fs::remove_dir_all(home).unwrap();
}

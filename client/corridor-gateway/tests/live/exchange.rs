//! Foreign exchange, tariffs, limits and the queue through gateways alone: whoever listens hears of all of it.

use crate::{
    programs::{api_key, contracts, devnet, gateway, home, hook, write_config, write_secret, Bank, PATIENCE},
    setup,
};
use corridor_client::{core::Currency, new_uetr, AddressText, DeployCash, KeySource};
use corridor_iso20022::DateTime;
use serde_json::{json, Value};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

const CUP: &str = "CNAPS:302290000002";

/// A bank's system and the gateway it talks to.
struct Desk {
    bank: Bank,
    url: String,
}

impl Desk {
    /// Has something done; the request as it ended.
    async fn does(&self, path: &str, body: Value) -> Value {
        let own = new_uetr().to_string();
        let sent = self.bank.client.post(format!("{}{path}", self.url));
        let sent = sent.bearer_auth(&self.bank.key).header("idempotency-key", own);
        let answer = sent.header("content-type", "application/json");
        let answer = answer.body(body.to_string()).send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 202, "{path}: {text}");
        let taken: Value = serde_json::from_str(&text).unwrap();
        let started = Instant::now();
        loop {
            let request = self.bank.get(&self.url, taken["follow"].as_str().unwrap()).await;
            if !matches!(request["state"].as_str(), Some("accepted" | "working")) {
                assert_eq!(request["state"], "succeeded", "{path}: {request}");
                return request;
            }
            assert!(started.elapsed() < PATIENCE, "{path}: {request}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Listens to the live stream from now on: the kind of each event with its id.
    async fn listen(&self) -> Arc<Mutex<Vec<(String, String)>>> {
        let stream = self.bank.client.get(format!("{}/v1/events", self.url));
        let stream = stream
            .bearer_auth(&self.bank.key)
            .header("accept", "text/event-stream");
        let mut stream = stream.send().await.unwrap();
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let heard = Arc::<Mutex<Vec<(String, String)>>>::default();
        let told = heard.clone();
        tokio::spawn(async move {
            let mut text = String::new();
            while let Ok(Some(bytes)) = stream.chunk().await {
                text.push_str(std::str::from_utf8(&bytes).unwrap());
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                    if let (Some(id), Some(kind)) = (field("id: "), field("event: ")) {
                        told.lock().unwrap().push((id.into(), kind.into()));
                    }
                    text = rest.to_owned();
                }
            }
        });
        heard
    }
}

fn money(currency: &str, decimal: &str) -> Value {
    json!({ "currency": currency, "decimal": decimal })
}

fn transfer(creditor: &str, decimal: &str) -> Value {
    json!({
        "uetr": new_uetr().to_string(), "end_to_end_id": "LIVE", "creditor_agent": creditor,
        "interbank_settlement_amount": money("CNY", decimal),
    })
}

/// A day from now: expiries have to be within 31 days.
fn tomorrow() -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    DateTime::from_unix_seconds(now + 86_400).unwrap().to_string()
}

fn quote(reference: &str) -> Value {
    json!({
        "reference": reference, "provider_buys": "CNY", "provider_sells": "HKD", "rate": "1.0862",
        "minimum": money("CNY", "1"), "maximum": money("CNY", "1000"),
        "expires_at": tomorrow(), "hold_seconds": 172_800,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_controls_and_queue_are_told_to_the_stream_and_to_the_webhook_alike() {
    let (_devnet, url) = devnet();
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    let alice = chain.governor.account().unwrap().address();
    let cash = DeployCash {
        code: contracts().cash,
        name: "Tokenised Hong Kong dollar".into(),
        symbol: "HKD".into(),
        currency: Currency::HKD,
        issuer: alice,
        guardian: alice,
    };
    let token = AddressText(chain.governor.deploy_cash(cash).await.unwrap().receipt).to_string();
    let dave = KeySource::DevSeed("//Dave".into())
        .load()
        .unwrap()
        .account()
        .to_string();

    let home = home("exchange");
    write_secret(&home);
    let settlement = AddressText(chain.settlement);
    let common = format!(
        "listen = \"127.0.0.1:0\"\n[chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n\
         [webhooks]\nsecret = \"webhook.secret\"\nallow_http = true\nallow_networks = [\"127.0.0.0/8\"]\n"
    );
    let all = "instructor,approver,treasurer,admin,quoter,governor,issuer,guardian,operator";
    let mut processes = Vec::new();
    let mut desk = |name: &str, agent: &str, key: &str, more: &str| {
        let roles = ["instructor", "approver", "treasurer", "admin", "quoter"];
        let signers = roles.map(|role| format!("{role} = [\"{key}\"]\n")).concat();
        let text = format!(
            "name = \"{name}\"\nparticipant = \"{agent}\"\n{common}[store]\nurl = \"sqlite:{name}.sqlite\"\n\
             signing = \"{name}\"\n[signers]\n{signers}{more}"
        );
        let config = write_config(&home, name, &text);
        let bank = Bank::new(api_key(&config, all));
        let (process, url) = gateway(&config);
        processes.push(process);
        Desk { bank, url }
    };
    let governs = "governor = [\"//Alice\"]\nissuer = [\"//Alice\"]\nguardian = [\"//Alice\"]\n";
    let boc = desk("boc", "BKCHCNBJ", "//Bob", governs);
    let cup = desk("cup", CUP, "//Charlie", "");
    let hong_kong = desk("hong-kong", "BKCHHKHH", "//Dave", "");

    let heard = cup.listen().await;
    let (came, hook) = hook();
    let webhook = json!({ "url": hook });
    boc.bank.post(&[&boc.url], "/v1/webhooks", &webhook).await;

    // A provider of Hong Kong dollars is admitted, funded and covered, all through gateways.
    boc.does("/v1/currencies", json!({ "currency": "HKD", "token": token }))
        .await;
    boc.does(
        "/v1/participants",
        json!({ "agents": ["BKCHHKHH"], "admin": dave }),
    )
    .await;
    for role in ["treasurer", "quoter"] {
        hong_kong
            .does("/v1/roles/grants", json!({ "account": dave, "role": role }))
            .await;
    }
    let issue = json!({ "request_id": "I-1", "account": dave, "amount": money("HKD", "5000") });
    boc.does("/v1/tokens/issues", issue).await;
    let amount = money("HKD", "5000");
    hong_kong
        .does("/v1/escrow/approvals", json!({ "amount": amount }))
        .await;
    let deposit = json!({ "reference": "D-1", "amount": amount });
    hong_kong.does("/v1/escrow/deposits", deposit).await;
    let balance = format!("/v1/tokens/HKD/accounts/{dave}");
    let left = hong_kong.bank.get(&hong_kong.url, &balance).await;
    assert_eq!(
        (&left["balance"]["decimal"], &left["approved"]["decimal"]),
        (&json!("0.00"), &json!("0.00"))
    );

    let tariff = json!({
        "debtor_agent": "BKCHCNBJ", "creditor_agent": CUP, "currency": "CNY", "payee": "BKCHHKHH",
        "tariff": { "version": 1, "effective_from": tomorrow(), "basis_points": 25, "fixed": money("CNY", "0.10") },
    });
    boc.does("/v1/tariffs", tariff).await;
    let limits = json!({
        "debtor_agent": "BKCHCNBJ", "currency": "CNY",
        "limits": { "per_transfer": money("CNY", "1000000"), "period": money("CNY", "5000000"),
                    "period_count": 100, "bucket_seconds": 17_280 },
    });
    boc.does("/v1/limits", limits).await;

    // One transfer on a published quote, one on a signed quote.
    hong_kong.does("/v1/quotes", quote("Q-1")).await;
    let signed = hong_kong.does("/v1/signed-quotes", quote("Q-2")).await;
    let signed = &signed["outcome"]["receipt"]["signed_quote"];
    let mut on_published = transfer(CUP, "100");
    on_published["quote"] = json!({ "provider": "BKCHHKHH", "reference": "Q-1" });
    on_published["credited_amount"] = money("HKD", "108.62");
    let mut on_signed = transfer(CUP, "50");
    on_signed["signed_quote"] = signed.clone();
    for body in [&on_published, &on_signed] {
        boc.does("/v1/transfers", body.clone()).await;
        let accept = format!("/v1/transfers/{}/accept", body["uetr"].as_str().unwrap());
        cup.does(&accept, json!({})).await;
    }
    hong_kong.does("/v1/quotes/Q-1/withdraw", json!({})).await;

    // A transfer without cover waits, until there is some.
    let mut waits = transfer("BKCHCNBJ", "10");
    waits["settlement_method"] = "queued".into();
    cup.does("/v1/transfers", waits.clone()).await;
    let accept = format!("/v1/transfers/{}/accept", waits["uetr"].as_str().unwrap());
    boc.does(&accept, json!({})).await;
    let cover = transfer(CUP, "10");
    boc.does("/v1/transfers", cover.clone()).await;
    let accept = format!("/v1/transfers/{}/accept", cover["uetr"].as_str().unwrap());
    cup.does(&accept, json!({})).await;
    let resolved = boc.does("/v1/queues/CNY/resolve", json!({})).await;
    assert_eq!(resolved["outcome"]["receipt"]["settled"], 1, "{resolved}");

    let by_kind = |kind: &str| came.lock().unwrap().iter().any(|event| event["kind"] == kind);
    let started = Instant::now();
    while !by_kind("queue.resolved") && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for kind in [
        "registry.currency_registered",
        "escrow.deposited",
        "controls.tariff_set",
        "controls.limits_set",
        "quote.published",
        "quote.withdrawn",
        "transfer.instructed",
        "transfer.settled",
        "transfer.queued",
        "queue.resolved",
    ] {
        assert!(by_kind(kind), "no {kind} came: {:?}", heard.lock().unwrap());
    }
    // In order for each transfer, and with what moved.
    let came = came.lock().unwrap().clone();
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in came.iter().filter(|event| event["uetr"].is_string()) {
        let kinds = told.entry(event["uetr"].as_str().unwrap().into()).or_default();
        let kind = event["kind"].as_str().unwrap();
        if kinds.last().is_none_or(|last| last != kind) {
            kinds.push(kind.into());
        }
    }
    for body in [&on_published, &on_signed] {
        let kinds = &told[body["uetr"].as_str().unwrap()];
        assert_eq!(kinds, &["transfer.instructed", "transfer.settled"]);
    }
    let waited = &told[waits["uetr"].as_str().unwrap()];
    assert_eq!(
        waited,
        &["transfer.instructed", "transfer.queued", "transfer.settled"]
    );
    let settled = came
        .iter()
        .find(|event| event["uetr"] == on_published["uetr"] && event["kind"] == "transfer.settled");
    let credited = &settled.unwrap()["data"]["legs"][1];
    assert_eq!(
        (&credited["purpose"], &credited["amount"]["decimal"]),
        (&json!("credited"), &json!("108.62"))
    );
    // The stream of another bank's gateway said the same, each event once.
    let of_webhook: BTreeMap<String, String> = came
        .iter()
        .map(|event| {
            (
                event["id"].as_str().unwrap().into(),
                event["kind"].as_str().unwrap().into(),
            )
        })
        .collect();
    let heard = heard.lock().unwrap().clone();
    let of_stream: BTreeMap<String, String> = heard.iter().cloned().collect();
    assert_eq!(of_stream.len(), heard.len(), "each event once");
    assert_eq!(of_webhook, of_stream);
    for process in processes {
        assert!(process.terminate());
    }
    std::fs::remove_dir_all(home).unwrap();
}

//! Keys, scopes, limits, and what no answer and no log line shows.
#![allow(clippy::unwrap_used)]

mod common;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use common::{quote, request, transfer, uetr, Gateway};
use corridor_gateway::{auth::Scope, store::now_ms};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn without_a_good_key_there_is_no_answer_but_how_to_get_one() {
    let gateway = Gateway::new().await;
    let good = gateway.key("core", &[Scope::Auditor]).await;
    let expired = gateway
        .key_until("core", &[Scope::Auditor], Some(now_ms() - 1))
        .await
        .reveal();
    let (id, secret) = good.strip_prefix("ck_").unwrap().split_once('_').unwrap();
    let flipped = format!(
        "ck_{id}_{}{}",
        &secret[..63],
        if secret.ends_with('0') { '1' } else { '0' }
    );
    let stranger = format!("ck_{}_{secret}", "0".repeat(16));
    for key in ["", "x", "ck_1_2", &expired, &flipped, &stranger] {
        let refused = gateway.get(key, "/v1/requests").await;
        let problem = refused.problem(401, "gateway.unauthorised");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
        assert!(key.len() < 20 || !problem.to_string().contains(key));
    }
    let none = Request::builder()
        .uri("/v1/requests")
        .body(Body::empty())
        .unwrap();
    gateway.send(none).await.problem(401, "gateway.unauthorised");
    assert_eq!(gateway.get(&good, "/v1/requests").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_seconds() {
    let gateway = Gateway::new().await;
    let key = gateway.key_until("core", &[Scope::Auditor], None).await;
    assert_eq!(
        gateway.get(&key.reveal(), "/v1/requests").await.status,
        StatusCode::OK
    );
    assert!(gateway.app.store.revoke_key(&key.id).await.unwrap());
    assert!(!gateway.app.store.revoke_key(&key.id).await.unwrap());
    // Another process never saw it good.
    let other = gateway.beside("gateway-2").await;
    other
        .get(&key.reveal(), "/v1/requests")
        .await
        .problem(401, "gateway.unauthorised");
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    gateway
        .get(&key.reveal(), "/v1/requests")
        .await
        .problem(401, "gateway.unauthorised");
}

#[tokio::test]
async fn made_up_keys_cost_the_store_little_and_hold_up_nobody_it_knows() {
    let gateway = Gateway::new().await;
    let good = gateway.key("core", &[Scope::Auditor]).await;
    assert_eq!(gateway.get(&good, "/v1/requests").await.status, StatusCode::OK);
    let mut limited = 0;
    for stranger in 0..400 {
        let key = format!("ck_{stranger:016x}_{}", "0".repeat(64));
        let refused = gateway.get(&key, "/v1/requests").await;
        match refused.status.as_u16() {
            401 => {}
            _ => {
                refused.problem(429, "gateway.rate_limited");
                limited += 1;
            }
        }
    }
    assert!(limited > 0, "every one of them was looked up");
    // Also when what is known of it has to be read again.
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    for stranger in 400..800 {
        let key = format!("ck_{stranger:016x}_{}", "0".repeat(64));
        gateway.get(&key, "/v1/requests").await;
    }
    assert_eq!(gateway.get(&good, "/v1/requests").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_scope_may_do_what_its_role_may_and_nothing_else() {
    let gateway = Gateway::new().await;
    let uetr = uetr();
    let deposit = json!({ "reference": "D-1", "amount": { "currency": "CNY", "decimal": "1" } });
    let why = json!({ "reason": "CUST" });
    let cases = [
        (
            "/v1/transfers".to_owned(),
            transfer(uetr),
            vec![Scope::Instructor],
        ),
        (
            format!("/v1/transfers/{uetr}/accept"),
            json!({}),
            vec![Scope::Approver],
        ),
        (
            format!("/v1/transfers/{uetr}/cancel"),
            why.clone(),
            vec![Scope::Instructor, Scope::Compliance],
        ),
        (
            format!("/v1/transfers/{uetr}/reject"),
            why,
            vec![Scope::Approver, Scope::Compliance],
        ),
        ("/v1/escrow/deposits".into(), deposit, vec![Scope::Treasurer]),
        ("/v1/quotes".into(), quote("Q-1"), vec![Scope::Quoter]),
        (
            "/v1/quotes/Q-1/withdraw".into(),
            json!({}),
            vec![Scope::Quoter, Scope::Compliance],
        ),
        (
            "/v1/queues/CNY/resolve".into(),
            json!({}),
            vec![
                Scope::Instructor,
                Scope::Approver,
                Scope::Treasurer,
                Scope::Compliance,
            ],
        ),
        (
            "/v1/governance/pause".into(),
            json!({ "paused": true }),
            vec![Scope::Governor],
        ),
        ("/v1/signed-quotes".into(), quote("Q-2"), vec![Scope::Quoter]),
        (
            "/v1/escrow/approvals".into(),
            json!({ "amount": { "currency": "CNY", "decimal": "1" } }),
            vec![Scope::Treasurer],
        ),
        (
            "/v1/tokens/issues".into(),
            json!({ "request_id": "I-1", "account": "0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4",
                    "amount": { "currency": "CNY", "decimal": "1" } }),
            vec![Scope::Issuer],
        ),
        (
            "/v1/tokens/CNY/pause".into(),
            json!({ "paused": true }),
            vec![Scope::Guardian],
        ),
        ("/v1/roles/admin/accept".into(), json!({}), vec![Scope::Admin]),
        (
            "/v1/governance/successor/accept".into(),
            json!({}),
            vec![Scope::Governor],
        ),
    ];
    for scope in Scope::ALL {
        let key = gateway.key("core", &[scope]).await;
        for (path, body, allowed) in &cases {
            let own = format!("{}{path}", scope.name());
            let answered = gateway.post_as(&key, path, Some(&own), body).await;
            if allowed.contains(&scope) {
                assert_eq!(
                    answered.status,
                    StatusCode::ACCEPTED,
                    "{scope:?} {path} {}",
                    answered.text
                );
            } else {
                answered.problem(403, "gateway.forbidden");
            }
        }
        assert_eq!(gateway.get(&key, "/v1/requests").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_key_that_asks_too_often_waits_and_others_do_not() {
    let gateway = Gateway::with("[limits]\nrequests_per_second = 1\nburst = 3\n").await;
    let (busy, calm) = (gateway.master().await, gateway.master().await);
    for _ in 0..3 {
        assert_eq!(gateway.get(&busy, "/v1/requests").await.status, StatusCode::OK);
    }
    let refused = gateway.get(&busy, "/v1/requests").await;
    refused.problem(429, "gateway.rate_limited");
    assert!(
        refused.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            >= 1
    );
    assert_eq!(gateway.get(&calm, "/v1/requests").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whatever_it_claims_to_be() {
    let gateway = Gateway::with("[limits]\nbody_bytes = 1000\n").await;
    let key = gateway.master().await;
    for content_type in ["application/json", "application/xml", "text/plain"] {
        let large = request(&key, "POST", "/v1/transfers")
            .header("content-type", content_type)
            .body(Body::from("x".repeat(1_001)));
        gateway
            .send(large.unwrap())
            .await
            .problem(413, "gateway.too_large");
    }
    assert_eq!(
        gateway
            .post(&key, "/v1/transfers", &transfer(uetr()))
            .await
            .status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway
        .get(&key, "/v2/anything")
        .await
        .problem(404, "gateway.not_found");
    gateway
        .get(&key, "/v1/requests/none")
        .await
        .problem(404, "gateway.not_found");
    gateway
        .get(&key, "/v1/requests/%00")
        .await
        .problem(404, "gateway.not_found");
    gateway
        .get(&key, "/v1/messages/none")
        .await
        .problem(404, "gateway.not_found");
    gateway
        .get(&key, "/v1/transfers/none")
        .await
        .problem(422, "gateway.invalid");
    let delete = request(&key, "DELETE", "/v1/requests")
        .body(Body::empty())
        .unwrap();
    gateway
        .send(delete)
        .await
        .problem(405, "gateway.method_not_allowed");
    let unrecorded = "00000000-0000-4000-8000-000000000000";
    let path = format!("/v1/transfers/{unrecorded}");
    gateway.get(&key, &path).await.problem(404, "gateway.not_found");
}

#[tokio::test]
async fn quotes_and_comments_are_data_and_nothing_else() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let nasty = "x'; DROP TABLE request; --";
    let mut body = transfer(uetr());
    body["end_to_end_id"] = nasty.into();
    let first = gateway.post_as(&key, "/v1/transfers", Some(nasty), &body).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
    let again = gateway.post_as(&key, "/v1/transfers", Some(nasty), &body).await;
    assert_eq!(again.location(), first.location());
    let path = "/v1/requests/x'%20OR%20'1'='1";
    gateway.get(&key, path).await.problem(404, "gateway.not_found");
    let all = gateway.get(&key, "/v1/requests").await.json();
    assert_eq!(all["requests"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_documentation_names_every_resource_and_loads_nothing_from_elsewhere() {
    let gateway = Gateway::new().await;
    let api = gateway.get("", "/openapi.json").await.json();
    let paths = api["paths"].as_object().unwrap();
    assert!(paths.len() >= 38, "{}", paths.len());
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            if path.starts_with("/v1/") {
                let described = operation["responses"].as_object().unwrap();
                assert!(
                    described.contains_key("406") && described.contains_key("504"),
                    "{method} {path}"
                );
            }
        }
    }
    assert_eq!(
        api["components"]["securitySchemes"]["api_key"]["scheme"],
        "bearer"
    );
    let page = gateway.get("", "/docs").await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    for path in paths.keys() {
        assert!(page.text.contains(path), "{path}");
    }
    assert!(!page.text.contains("<script"), "{}", page.text);
    for loads in ["src=", "href=", "url(", "@import"] {
        for (at, _) in page.text.match_indices(loads) {
            let shown: String = page.text[at..].chars().take(80).collect();
            let target = page.text[at + loads.len()..].trim_start_matches(['"', '\'', ' ']);
            // Examples of URLs are texts; what is loaded or led to is of this page, this gateway, or in the page itself.
            let own = target.starts_with('#')
                || target.starts_with("data:")
                || (target.starts_with('/') && !target.starts_with("//"));
            assert!(own, "{shown}");
        }
    }
    assert!(page.headers["content-security-policy"]
        .to_str()
        .unwrap()
        .contains("default-src 'none'"));
}

#[tokio::test]
async fn figures_and_health_need_no_key_and_tell_no_secret() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway.post(&key, "/v1/transfers", &transfer(uetr())).await;
    assert_eq!(gateway.get("", "/health").await.text, "ok\n");
    let ready = gateway.get("", "/ready").await.json();
    assert_eq!(
        ready,
        json!({ "ready": true, "store": true, "chain": true, "stopping": false })
    );
    let metrics = gateway.get("", "/metrics").await.text;
    let answers = "corridor_gateway_answers_total{method=\"POST\",route=\"/v1/transfers\",status=\"202\"} 1";
    assert!(metrics.contains(answers), "{metrics}");
    assert!(metrics.contains("corridor_gateway_requests_open 1"), "{metrics}");
    assert!(!metrics.contains(&key));
}

#[tokio::test]
async fn figures_say_whether_the_chain_answers_and_keep_the_last_block_they_know() {
    let gateway = Gateway::new().await;
    let figure = async |name: &str| {
        let text = gateway.get("", "/metrics").await.text;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name}in {text}")).to_owned()
    };
    let (up, head) = ("corridor_gateway_chain_up ", "corridor_gateway_head_block ");
    gateway.chain.set_away(true);
    assert_eq!(figure(up).await, "0");
    gateway.chain.set_away(false);
    assert_eq!(
        (figure(up).await, figure(head).await),
        ("1".into(), "1000".into())
    );
    gateway.chain.set_away(true);
    assert_eq!(
        (figure(up).await, figure(head).await),
        ("0".into(), "1000".into())
    );
}

#[tokio::test]
async fn what_takes_longer_than_an_answer_may_is_answered_all_the_same() {
    let gateway = Gateway::with("[limits]\ntimeout = \"1s\"\n").await;
    let key = gateway.master().await;
    let path = format!("/v1/transfers/{}", uetr());
    assert_eq!(gateway.get(&key, &path).await.status, StatusCode::OK);
    gateway.chain.slow(Duration::from_secs(600));
    let late = gateway.get(&key, &path).await;
    let problem = late.problem(504, "gateway.timeout");
    assert!(
        problem["detail"].as_str().unwrap().contains("within 1 s"),
        "{problem}"
    );
    assert_eq!(late.headers["retry-after"], "1");
    // What waits for nothing is answered meanwhile.
    let taken = gateway.post(&key, "/v1/transfers", &transfer(uetr())).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
}

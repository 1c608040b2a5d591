//! Taking requests: durable, once for each identity, with answers that say what is wrong.
#![allow(clippy::unwrap_used)]

mod common;

use axum::{body::Body, http::StatusCode};
use common::{request, transfer, uetr, Gateway};
use corridor_gateway::auth::Scope;
use serde_json::{json, Value};

#[tokio::test]
async fn a_transfer_is_stored_before_it_is_answered_and_the_answer_says_where_to_follow() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetr = uetr();
    let answered = gateway.post(&key, "/v1/transfers", &transfer(uetr)).await;
    assert_eq!(answered.status, StatusCode::ACCEPTED, "{}", answered.text);
    let followed = gateway.get(&key, &answered.location()).await.json();
    assert_eq!(followed["state"], "accepted");
    assert_eq!(followed["subject"], format!("instruct:{uetr}"));
    assert_eq!(followed["uetr"], uetr.to_string());
    // Another process finds it.
    let other = gateway.beside("gateway-2").await;
    assert_eq!(other.get(&key, &answered.location()).await.json(), followed);
    assert!(gateway.chain.executed().is_empty(), "no worker runs here");
}

#[tokio::test]
async fn the_same_key_and_body_is_the_same_answer_and_another_body_a_conflict_with_both_digests() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let body = transfer(uetr());
    let first = gateway.post_as(&key, "/v1/transfers", Some("k-1"), &body).await;
    let again = gateway.post_as(&key, "/v1/transfers", Some("k-1"), &body).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.location(), first.location());
    let mut other = body.clone();
    other["interbank_settlement_amount"]["decimal"] = "1250.51".into();
    let conflict = gateway.post_as(&key, "/v1/transfers", Some("k-1"), &other).await;
    let problem = conflict.problem(409, "gateway.idempotency_conflict");
    assert_eq!(problem["recorded_digest"], first.json()["digest"]);
    assert_eq!(problem["digest"].as_str().unwrap().len(), 64);
    assert_ne!(problem["digest"], problem["recorded_digest"]);
    assert_eq!(problem["iso_reason"], "DUPL");
    // The same key for another resource is a conflict, too.
    let elsewhere = json!({ "reference": "D-1", "amount": { "currency": "CNY", "decimal": "1" } });
    let conflict = gateway
        .post_as(&key, "/v1/escrow/deposits", Some("k-1"), &elsewhere)
        .await;
    conflict.problem(409, "gateway.idempotency_conflict");
    // Another system may use the same key for itself.
    let stranger = gateway.key("card system", &[Scope::Instructor]).await;
    let own = gateway
        .post_as(&stranger, "/v1/transfers", Some("k-1"), &transfer(uetr()))
        .await;
    assert_eq!(own.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_uetr_is_taken_once_whatever_the_idempotency_key() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let body = transfer(uetr());
    let first = gateway.post_as(&key, "/v1/transfers", Some("a"), &body).await;
    for idempotency_key in [None, Some("b")] {
        let again = gateway
            .post_as(&key, "/v1/transfers", idempotency_key, &body)
            .await;
        assert_eq!(again.status, StatusCode::ACCEPTED);
        assert_eq!(again.location(), first.location());
    }
    let mut other = body.clone();
    other["end_to_end_id"] = "INV-89".into();
    let conflict = gateway.post_as(&key, "/v1/transfers", Some("c"), &other).await;
    let problem = conflict.problem(409, "gateway.idempotency_conflict");
    assert_eq!(
        format!("/v1/requests/{}", problem["recorded_request"].as_str().unwrap()),
        first.location()
    );
    // A refused message leaves no trace: the key it came with is free.
    let free = gateway
        .post_as(&key, "/v1/transfers", Some("c"), &transfer(uetr()))
        .await;
    assert_eq!(free.status, StatusCode::ACCEPTED);
    let all = gateway.get(&key, "/v1/requests").await.json();
    assert_eq!(all["requests"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn fifty_at_once_with_one_uetr_make_one_request() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let body = transfer(uetr());
    let posts = (0..50).map(|_| gateway.post(&key, "/v1/transfers", &body));
    let answers = futures::future::join_all(posts).await;
    let first = answers[0].location();
    assert!(answers.iter().all(|answer| answer.location() == first));
}

#[tokio::test]
async fn white_space_and_the_order_of_fields_are_no_difference() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetr = uetr();
    let first = gateway.post(&key, "/v1/transfers", &transfer(uetr)).await;
    let text = format!(
        "{{\n \"creditor_agent\":\"CHUPCNSH\", \"uetr\":\"{uetr}\", \"end_to_end_id\":\"INV-88\",\n \
         \"interbank_settlement_amount\":{{\"decimal\":\"1250.50\",\"currency\":\"CNY\"}}}}"
    );
    let request = request(&key, "POST", "/v1/transfers")
        .header("content-type", "application/json; charset=utf-8")
        .body(Body::from(text));
    let again = gateway.send(request.unwrap()).await;
    assert_eq!(again.location(), first.location());
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_the_field_and_what_to_do() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let with = |path: &str, value: Value| {
        let mut body = transfer(uetr());
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    for (body, place) in [
        (
            with("/interbank_settlement_amount/decimal", json!(1250.5)),
            "interbank_settlement_amount",
        ),
        (
            with("/interbank_settlement_amount/decimal", json!("1250.505")),
            "interbank_settlement_amount",
        ),
        (
            with("/interbank_settlement_amount/decimal", json!("-1")),
            "interbank_settlement_amount",
        ),
        (
            with("/interbank_settlement_amount/currency", json!("cny")),
            "interbank_settlement_amount",
        ),
        (
            with("/uetr", json!("8a562c67-ca16-18ba-b074-65581be6f001")),
            "uetr",
        ),
        (with("/creditor_agent", json!("BANK")), "creditor_agent"),
        (with("/end_to_end_id", json!("x".repeat(36))), "EndToEndId"),
        (with("/end_to_end_id", json!("")), "EndToEndId"),
        (json!({ "uetr": uetr().to_string() }), "end_to_end_id"),
        (json!([]), "NewTransfer"),
    ] {
        let answered = gateway.post(&key, "/v1/transfers", &body).await;
        assert_eq!(
            answered.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answered.text
        );
        let problem = answered.json();
        assert!(
            problem["detail"].as_str().unwrap().contains(place),
            "{place}: {problem}"
        );
    }
    let mut unknown = transfer(uetr());
    unknown["ammount"] = "1".into();
    let problem = gateway.post(&key, "/v1/transfers", &unknown).await;
    assert!(problem.problem(422, "gateway.invalid")["detail"]
        .as_str()
        .unwrap()
        .contains("ammount"));
    let broken = request(&key, "POST", "/v1/transfers").header("content-type", "application/json");
    let broken = gateway
        .send(broken.body(Body::from("{\"uetr\": ")).unwrap())
        .await;
    broken.problem(400, "gateway.malformed");
    let untyped = request(&key, "POST", "/v1/transfers").body(Body::from("{}"));
    gateway
        .send(untyped.unwrap())
        .await
        .problem(415, "gateway.media_type");
    let nothing = gateway.get(&key, "/v1/requests").await.json();
    assert!(nothing["requests"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn what_has_no_identity_of_its_own_needs_an_idempotency_key() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let body = json!({ "paused": true });
    let without = gateway.post(&key, "/v1/governance/pause", &body).await;
    without.problem(400, "gateway.malformed");
    let first = gateway
        .post_as(&key, "/v1/governance/pause", Some("p-1"), &body)
        .await;
    let again = gateway
        .post_as(&key, "/v1/governance/pause", Some("p-1"), &body)
        .await;
    assert_eq!(first.location(), again.location());
    let other = gateway
        .post_as(&key, "/v1/governance/pause", Some("p-2"), &body)
        .await;
    assert_ne!(first.location(), other.location());
}

fn schedule() -> Value {
    json!({
        "anchor": "2026-11-24T00:00:00Z", "length_seconds": 3_600, "cut_off_seconds": 300,
        "utc_offset_seconds": 28_800, "holidays": ["2027-01-01"],
    })
}

#[tokio::test]
async fn a_schedule_that_cannot_be_is_refused_before_it_is_taken() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    for (field, value) in [
        ("length_seconds", json!(59)),
        ("cut_off_seconds", json!(3_600)),
        ("utc_offset_seconds", json!(50_401)),
        ("anchor", json!("2026-11-24T00:00:00")),
        ("holidays", json!(["9999-12-31"])),
        ("holidays", json!(["2027-02-30"])),
    ] {
        let mut body = schedule();
        body[field] = value;
        let refused = gateway.post_as(&key, "/v1/schedule", Some("s"), &body).await;
        refused.problem(422, "gateway.invalid");
    }
}

#[tokio::test]
async fn a_batch_is_accepted_less_exceptions_that_are_its_items() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetrs = [uetr(), uetr()];
    let item = |uetr: &corridor_client::core::Uetr| {
        json!({ "uetr": uetr.to_string(), "creditor_agent": "BKCHCNBJ", "amount": "12.50",
                "message_digest": format!("0x{}", "07".repeat(32)) })
    };
    let items: Vec<Value> = uetrs.iter().map(item).collect();
    let batch = json!({ "number": 7, "currency": "CNY", "expires_at": 1_900_000_000, "items": items });
    let path = "/v1/batches/CHUPCNSH/7/accept";
    for (body, text) in [
        (json!({ "batch": batch, "except": [] }), "1 to 128"),
        (
            json!({ "batch": batch, "except": [uetr().to_string()] }),
            "no item",
        ),
        (json!({ "except": [uetrs[0].to_string()] }), "give one"),
        (json!({ "batch": batch }), "except"),
        (
            json!({ "batch": { "number": 7, "currency": "CNY", "expires_at": 1, "items": [] }, "except": [] }),
            "batch.items",
        ),
    ] {
        let problem = gateway
            .post(&key, path, &body)
            .await
            .problem(422, "gateway.invalid");
        assert!(problem["detail"].as_str().unwrap().contains(text), "{problem}");
    }
    let body = json!({ "batch": batch, "except": [uetrs[1].to_string()] });
    let taken = gateway.post(&key, path, &body).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    // Accepting it whole is something else.
    let whole = gateway.post(&key, path, &json!({})).await;
    whole.problem(409, "gateway.idempotency_conflict");
}

#[tokio::test]
async fn every_operation_is_taken_where_the_documentation_says() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetr = uetr();
    let money = json!({ "currency": "CNY", "decimal": "5.00" });
    let moved = |reference: &str| json!({ "reference": reference, "amount": money });
    let item = json!({
        "uetr": uetr.to_string(), "creditor_agent": "CHUPCNSH", "amount": "12.50",
        "message_digest": format!("0x{}", "07".repeat(32)),
    });
    let why = json!({ "reason": "CUST" });
    let account = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    let address = "0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4";
    for (path, body, kind) in [
        ("/v1/transfers".to_owned(), transfer(uetr), "instruct"),
        (format!("/v1/transfers/{uetr}/accept"), json!({}), "accept"),
        (format!("/v1/transfers/{uetr}/reject"), why.clone(), "reject"),
        (format!("/v1/transfers/{uetr}/cancel"), why.clone(), "cancel"),
        (format!("/v1/transfers/{uetr}/expire"), json!({}), "expire"),
        (
            format!("/v1/transfers/{uetr}/return"),
            json!({ "return_id": "R-1", "amount": money, "reason": "AM09" }),
            "return",
        ),
        ("/v1/escrow/deposits".into(), moved("D-1"), "deposit"),
        ("/v1/escrow/withdrawals".into(), moved("W-1"), "withdraw"),
        ("/v1/collateral/pledges".into(), moved("P-1"), "pledge"),
        ("/v1/collateral/releases".into(), moved("L-1"), "release"),
        ("/v1/windows/CNY/7/close".into(), json!({}), "close_window"),
        ("/v1/windows/CNY/7/abort".into(), json!({}), "abort_window"),
        (
            "/v1/batches".into(),
            json!({ "number": 1, "currency": "CNY", "expires_at": 1_900_000_000, "items": [item] }),
            "submit_batch",
        ),
        ("/v1/batches/BKCHCNBJ/1/accept".into(), json!({}), "accept_batch"),
        (
            "/v1/batches/BKCHCNBJ/1/reject".into(),
            why.clone(),
            "reject_batch",
        ),
        ("/v1/batches/BKCHCNBJ/1/cancel".into(), why, "cancel_batch"),
        ("/v1/batches/BKCHCNBJ/1/expire".into(), json!({}), "expire_batch"),
        (
            "/v1/roles/grants".into(),
            json!({ "account": account, "role": "instructor" }),
            "grant_role",
        ),
        (
            "/v1/roles/revocations".into(),
            json!({ "account": account, "role": "auditor" }),
            "revoke_role",
        ),
        ("/v1/roles/leave".into(), json!({ "account": account }), "leave"),
        (
            "/v1/participants".into(),
            json!({ "agents": ["HASEHKHH"], "admin": address }),
            "register_participant",
        ),
        (
            "/v1/participants/CHUPCNSH/suspension".into(),
            json!({ "suspended": true }),
            "set_suspended",
        ),
        (
            "/v1/participants/CHUPCNSH/cap".into(),
            json!({ "amount": money }),
            "set_cap",
        ),
        (
            "/v1/currencies".into(),
            json!({ "currency": "CNY", "token": address }),
            "register_currency",
        ),
        (
            "/v1/governance/pause".into(),
            json!({ "paused": false }),
            "set_paused",
        ),
        ("/v1/schedule".into(), schedule(), "set_schedule"),
        (
            "/v1/roles/admin".into(),
            json!({ "account": address }),
            "propose_admin",
        ),
        ("/v1/roles/admin/accept".into(), json!({}), "accept_admin"),
        (
            "/v1/governance/successor".into(),
            json!({ "account": account }),
            "propose_governor",
        ),
        (
            "/v1/governance/successor/accept".into(),
            json!({}),
            "accept_governor",
        ),
        (
            "/v1/escrow/approvals".into(),
            json!({ "amount": money }),
            "approve",
        ),
        (
            "/v1/tokens/issues".into(),
            json!({ "request_id": "I-1", "account": account, "amount": money }),
            "issue",
        ),
        (
            "/v1/tokens/redemptions".into(),
            json!({ "request_id": "I-2", "account": account, "amount": money }),
            "redeem",
        ),
        (
            "/v1/tokens/CNY/pause".into(),
            json!({ "paused": true }),
            "pause_token",
        ),
        (
            format!("/v1/tokens/CNY/accounts/{account}/freeze"),
            json!({ "frozen": true }),
            "freeze",
        ),
        ("/v1/signed-quotes".into(), common::quote("S-1"), "sign_quote"),
    ] {
        let answered = gateway.post_as(&key, &path, Some(kind), &body).await;
        assert_eq!(answered.status, StatusCode::ACCEPTED, "{path}: {}", answered.text);
        let request = gateway.get(&key, &answered.location()).await.json();
        assert_eq!(request["kind"], kind);
    }
    let work = gateway.work();
    let all = gateway.get(&key, "/v1/requests").await.json();
    for request in all["requests"].as_array().unwrap() {
        let location = format!("/v1/requests/{}", request["id"].as_str().unwrap());
        assert_eq!(gateway.until_final(&key, &location).await["state"], "succeeded");
    }
    gateway.app.stop();
    work.await.unwrap();
}

#[tokio::test]
async fn requests_are_listed_page_by_page_without_gap_or_repeat() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    for _ in 0..7 {
        gateway.post(&key, "/v1/transfers", &transfer(uetr())).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/requests?limit=3".to_owned());
    loop {
        let page = gateway.get(&key, &path).await.json();
        seen.extend(
            page["requests"]
                .as_array()
                .unwrap()
                .iter()
                .map(|request| request["id"].to_string()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/requests?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
    for path in ["/v1/requests?cursor=%21", "/v1/requests?limt=3"] {
        gateway.get(&key, path).await.problem(400, "gateway.malformed");
    }
    gateway
        .get(&key, "/v1/requests?limit=0")
        .await
        .problem(422, "gateway.invalid");
    gateway
        .get(&key, "/v1/requests?limit=101")
        .await
        .problem(422, "gateway.invalid");
}

#[tokio::test]
async fn a_store_of_another_contract_is_refused() {
    let gateway = Gateway::new().await;
    gateway.app.store.belongs_to("contract A").await.unwrap();
    gateway.app.store.belongs_to("contract A").await.unwrap();
    let error = gateway
        .app
        .store
        .belongs_to("contract B")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("contract A") && error.contains("contract B"),
        "{error}"
    );
}

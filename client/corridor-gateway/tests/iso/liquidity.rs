//! camt.050: pledges and releases.

use crate::{
    common::{uetr, Gateway},
    refuses_what_it_should, MESSAGES, XML,
};
use axum::http::StatusCode;
use corridor_gateway::auth::Scope;
use corridor_iso20022::{camt050, pacs002, Limits};

fn camt050(from: &str, to: &str, amount: &str, uetr: Option<&str>) -> String {
    let account = |element: &str, number: &str| {
        format!("<{element}><Id><Othr><Id>{number}</Id></Othr></Id></{element}>\n")
    };
    let uetr = uetr
        .map(|uetr| format!("<UETR>{uetr}</UETR>"))
        .unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.050.001.05\"><LqdtyCdtTrf>\
         <MsgHdr><MsgId>PLEDGE-7</MsgId><CreDtTm>2026-11-24T08:56:00+08:00</CreDtTm></MsgHdr>\
         <LqdtyCdtTrf><LqdtyTrfId><EndToEndId>P-1</EndToEndId>{uetr}</LqdtyTrfId>\n\
         {}<TrfdAmt><AmtWthCcy Ccy=\"CNY\">{amount}</AmtWthCcy></TrfdAmt>\n\
         {}</LqdtyCdtTrf></LqdtyCdtTrf></Document>",
        account("CdtrAcct", to),
        account("DbtrAcct", from),
    )
}

fn pledge(amount: &str) -> String {
    camt050("ESCROW-0-CNY", "COLLATERAL-0-CNY", amount, None)
}

#[tokio::test]
async fn the_accounts_say_whether_it_is_a_pledge_or_a_release() {
    let gateway = Gateway::new().await;
    let key = gateway.key("treasury", &[Scope::Treasurer]).await;
    let id = uetr().to_string();
    let release = camt050("COLLATERAL-0-CNY", "ESCROW-0-CNY", "5.00", Some(&id));
    let _work = gateway.work();
    for (message, kind) in [(pledge("7.00"), "pledge"), (release, "release")] {
        let answered = gateway.post_xml(&key, MESSAGES, XML, &message).await;
        assert_eq!(answered.status, StatusCode::ACCEPTED, "{}", answered.text);
        let location = answered.location();
        let view = gateway.get(&key, &location).await.json();
        assert_eq!(view["requests"][0]["kind"], kind);
        // What the command line would record it under.
        let read = camt050::read(message.as_bytes(), &Limits::default()).unwrap();
        let subject = format!("{kind}:{}", hex::encode(read.reference().0));
        assert_eq!(view["requests"][0]["subject"], subject.as_str());
        let path = format!("/v1/requests/{}", view["requests"][0]["id"].as_str().unwrap());
        gateway.until_final(&key, &path).await;
        let report = gateway.get_xml(&key, &location).await;
        let report = pacs002::read(report.text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(report.groups[0].original.message_name_id, "camt.050.001.05");
        let told = &report.transactions[0];
        assert_eq!(told.original.end_to_end_id.as_deref(), Some("P-1"));
        assert_eq!(told.status.as_ref().unwrap().code(), "ACSC");
    }
    let executed = gateway.chain.executed();
    assert!(executed[0].starts_with("pledge:"), "{executed:?}");
    assert_eq!(executed[1], format!("release:{}", id.replace('-', "")));
}

#[tokio::test]
async fn the_same_message_pledges_once_and_another_amount_under_its_name_is_a_conflict() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let first = gateway
        .post_xml(&key, MESSAGES, "*/*", &pledge("7.00"))
        .await
        .json();
    let again = gateway
        .post_xml(&key, "/v1/collateral/pledges", "*/*", &pledge("7.00"))
        .await
        .json();
    assert_eq!(first["requests"], again["requests"]);
    let other = gateway.post_xml(&key, MESSAGES, "*/*", &pledge("7.01")).await;
    let problem = other.problem(409, "gateway.idempotency_conflict");
    assert_ne!(problem["digest"], problem["recorded_digest"]);
}

#[tokio::test]
async fn other_accounts_other_scopes_and_the_wrong_way_are_refused() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    for (from, to) in [
        ("ESCROW-1-CNY", "COLLATERAL-1-CNY"),
        ("COLLATERAL-1-CNY", "ESCROW-1-CNY"),
        ("ESCROW-0-CNY", "COLLATERAL-1-CNY"),
        ("ESCROW-0-HKD", "COLLATERAL-0-HKD"),
        ("347500020001", "COLLATERAL-0-CNY"),
        ("ESCROW-0-CNY", "ESCROW-0-CNY"),
    ] {
        let answered = gateway
            .post_xml(&key, MESSAGES, XML, &camt050(from, to, "1.00", None))
            .await;
        let problem = answered.problem(422, "gateway.transactions");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains(&format!("DbtrAcct is {from} and CdtrAcct {to}")),
            "{detail}"
        );
        assert!(detail.contains("BKCHCNBJXXX"), "{detail}");
    }
    let wrong_way = gateway
        .post_xml(&key, "/v1/collateral/releases", XML, &pledge("1.00"))
        .await;
    wrong_way.problem(422, "gateway.transactions");
    let instructor = gateway.key("core", &[Scope::Instructor]).await;
    let forbidden = gateway
        .post_xml(&instructor, MESSAGES, XML, &pledge("1.00"))
        .await;
    forbidden.problem(403, "gateway.forbidden");
    refuses_what_it_should(&gateway, &key, &pledge("1.00"), "camt.050").await;
}

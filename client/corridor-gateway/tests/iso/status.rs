//! pacs.028, answered by pacs.002.

use crate::{
    common::{uetr, Gateway},
    refuses_what_it_should, transfer, MESSAGES, XML,
};
use axum::http::StatusCode;
use corridor_client::core::{Charges, TransferStatus, Uetr};
use corridor_gateway::{auth::Scope, view::transfer::Details};
use corridor_iso20022::{pacs002, Limits};

fn asks(uetrs: &[Uetr]) -> String {
    let transactions: String = uetrs
        .iter()
        .map(|uetr| {
            format!("<TxInf><OrgnlEndToEndId>INV-88</OrgnlEndToEndId><OrgnlUETR>{uetr}</OrgnlUETR></TxInf>\n")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.028.001.03\"><FIToFIPmtStsReq>\n\
         <GrpHdr><MsgId>REQ-1</MsgId><CreDtTm>2026-11-24T11:00:00+08:00</CreDtTm>\
         <InstgAgt><FinInstnId><BICFI>CHUPCNSH</BICFI></FinInstnId></InstgAgt></GrpHdr>\
         <OrgnlGrpInf><OrgnlMsgId>BOC-1</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId></OrgnlGrpInf>\n\
         {transactions}</FIToFIPmtStsReq></Document>"
    )
}

#[tokio::test]
async fn a_request_for_status_is_answered_at_once_from_what_is_recorded() {
    let gateway = Gateway::new().await;
    let key = gateway.key("audit", &[Scope::Auditor]).await;
    let (settled, queued, mut never) = (uetr(), uetr(), uetr());
    never.0[0] &= 15;
    let waits = transfer(TransferStatus::Queued);
    gateway
        .chain
        .record(queued, waits, Details::Charges(Charges::default()));
    let answered = gateway
        .post_xml(&key, MESSAGES, XML, &asks(&[settled, never, queued]))
        .await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text);
    let report = pacs002::read(answered.text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(report.groups[0].original.message_id, "BOC-1");
    assert_eq!(
        report.instructed_agent.unwrap().identifiers()[0].to_string(),
        "CHUPCNSHXXX"
    );
    let told: Vec<_> = report
        .transactions
        .iter()
        .map(|one| {
            let reason = one.reasons.first().map(|reason| reason.reason.code().to_string());
            let status = one.status.as_ref().map(|status| status.code().to_owned());
            (one.original.uetr.unwrap(), status, reason)
        })
        .collect();
    let expected = [
        (settled, Some("ACSC".to_owned()), None),
        (never, None, Some("NARR".to_owned())),
        (queued, Some("ACSP".to_owned()), None),
    ];
    assert_eq!(told, expected);
    let unknown = report.transactions[1].reasons[0].additional.join(" ");
    assert!(unknown.contains("block 1000"), "{unknown}");
    // Asking changes nothing and leaves nothing.
    assert_eq!(gateway.requests(&key).await, 0);

    let view = gateway
        .post_xml(&key, MESSAGES, "*/*", &asks(&[never, settled]))
        .await
        .json();
    assert_eq!(view["as_of_block"], 1_000);
    assert!(view["transfers"][0]["status"].is_null(), "{view}");
    assert_eq!(view["transfers"][0]["reason"], "NARR");
    assert_eq!(view["transfers"][1]["status"], "ACSC");
}

#[tokio::test]
async fn a_request_that_names_a_transfer_by_something_else_is_refused_whole() {
    let gateway = Gateway::with("[limits]\ntransactions = 2\n").await;
    let key = gateway.master().await;
    let (one, other) = (uetr(), uetr());
    let unnamed = asks(&[one, other]).replace(&format!("<OrgnlUETR>{other}</OrgnlUETR>"), "");
    let answered = gateway.post_xml(&key, MESSAGES, XML, &unnamed).await;
    let problem = answered.problem(422, "gateway.transactions");
    assert!(
        problem["detail"].as_str().unwrap().contains("transaction 2"),
        "{problem}"
    );
    let groups = gateway.post_xml(&key, MESSAGES, XML, &asks(&[])).await;
    let problem = groups.problem(422, "gateway.invalid");
    assert!(
        problem["detail"].as_str().unwrap().contains("OrgnlGrpInf"),
        "{problem}"
    );
    let many = gateway
        .post_xml(&key, MESSAGES, XML, &asks(&[one, other, uetr()]))
        .await;
    many.problem(422, "iso20022.limit-passed");
    // An element that is wrong is named, with its line and its transaction.
    let wrong = asks(&[one, other]).replace(&other.to_string(), "not-a-uuid");
    let problem = gateway.post_xml(&key, MESSAGES, XML, &wrong).await;
    let problem = problem.problem(422, "iso20022.invalid-uetr");
    assert_eq!(problem["element"], "Document/FIToFIPmtStsReq/TxInf[2]/OrgnlUETR");
    assert_eq!(
        (problem["line"].as_u64(), problem["transaction"].as_u64()),
        (Some(5), Some(2)),
        "{problem}"
    );
}

#[tokio::test]
async fn hostile_and_unknown_messages_are_refused() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    refuses_what_it_should(&gateway, &key, &asks(&[uetr()]), "pacs.028").await;
}

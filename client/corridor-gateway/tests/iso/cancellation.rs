//! camt.056, answered by camt.029.

use crate::{
    common::{refused, transfer as instruction, uetr, FakeChain, Gateway},
    of_another, refuses_what_it_should, transfer, work_until_final, MESSAGES, XML,
};
use axum::http::StatusCode;
use corridor_client::core::{Charges, Error as Refusal, Transfer, TransferStatus, Uetr};
use corridor_gateway::{auth::Scope, view::transfer::Details};
use corridor_iso20022::{camt029, Limits};
use serde_json::json;

fn asks_with(uetrs: &[(Uetr, &str)], reason: &str) -> String {
    let party = |element, bic| {
        format!("<{element}><Agt><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></Agt></{element}>")
    };
    let transactions: String = uetrs
        .iter()
        .map(|(uetr, amount)| {
            format!(
                "<TxInf><OrgnlEndToEndId>INV-88</OrgnlEndToEndId><OrgnlUETR>{uetr}</OrgnlUETR>\n\
                 <OrgnlIntrBkSttlmAmt Ccy=\"CNY\">{amount}</OrgnlIntrBkSttlmAmt>\n\
                 <CxlRsnInf><Rsn><Cd>{reason}</Cd></Rsn></CxlRsnInf></TxInf>\n"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.056.001.08\"><FIToFIPmtCxlReq>\
         <Assgnmt><Id>CXL-1</Id>{}{}<CreDtTm>2026-11-24T10:00:00+08:00</CreDtTm></Assgnmt>\
         <Undrlyg>{transactions}</Undrlyg></FIToFIPmtCxlReq></Document>",
        party("Assgnr", "BKCHCNBJ"),
        party("Assgne", "CHUPCNSH"),
    )
}

pub fn asks(uetrs: &[Uetr]) -> String {
    let with_amounts: Vec<_> = uetrs.iter().map(|uetr| (*uetr, "1250.50")).collect();
    asks_with(&with_amounts, "CUST")
}

/// The confirmation, and status with first reason of each transfer.
fn told(text: &str) -> (String, Vec<(String, String)>) {
    let answer =
        camt029::read(text.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let each = answer.transactions.iter().map(|one| {
        let reason = one.reasons.first().map(|reason| reason.reason.code().to_string());
        (one.status.unwrap().code().to_owned(), reason.unwrap_or_default())
    });
    let each = each.collect();
    (answer.confirmation, each)
}

fn lines(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = lines
        .iter()
        .map(|(status, reason)| ((*status).into(), (*reason).into()));
    owned.collect()
}

fn record(chain: &FakeChain, uetr: Uetr, transfer: Transfer) {
    chain.record(uetr, transfer, Details::Charges(Charges::default()));
}

/// A UETR under which the chain has nothing.
fn unrecorded() -> Uetr {
    let mut uetr = uetr();
    uetr.0[0] &= 15;
    uetr
}

#[tokio::test]
async fn what_is_open_is_cancelled_and_the_camt_029_tells_when_it_is() {
    let gateway = Gateway::new().await;
    let key = gateway.key("core", &[Scope::Instructor]).await;
    let (pending, queued, settled) = (uetr(), uetr(), uetr());
    record(&gateway.chain, pending, transfer(TransferStatus::Pending));
    record(&gateway.chain, queued, transfer(TransferStatus::Queued));
    let message = asks(&[pending, settled, queued]);
    let answered = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    assert_eq!(answered.status, StatusCode::ACCEPTED, "{}", answered.text);
    assert_eq!(answered.headers["content-type"], XML);
    let open = lines(&[("PDCR", ""), ("RJCR", "PTNA"), ("PDCR", "")]);
    assert_eq!(told(&answered.text), ("PDCR".into(), open));

    let location = answered.location();
    work_until_final(&gateway, &key, &location).await;
    for uetr in [pending, queued] {
        record(&gateway.chain, uetr, transfer(TransferStatus::Cancelled));
    }
    let mut executed = gateway.chain.executed();
    executed.sort();
    let mut expected = vec![format!("cancel:{pending}"), format!("cancel:{queued}")];
    expected.sort();
    assert_eq!(executed, expected);
    let done = lines(&[("ACCR", ""), ("RJCR", "PTNA"), ("ACCR", "")]);
    let report = gateway.get_xml(&key, &location).await;
    assert_eq!(told(&report.text), ("PECR".into(), done.clone()));
    // Asked again nothing is open: answered at once, with no second effect.
    let again = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    assert_eq!(
        (again.status, told(&again.text)),
        (StatusCode::OK, ("PECR".into(), done))
    );
    let view = gateway.get(&key, &again.location()).await.json();
    assert_eq!(view["requests"], json!([]));
    assert_eq!(view["answer"]["confirmation"], "PECR");
    assert_eq!(gateway.chain.executed().len(), 2);
}

#[tokio::test]
async fn what_is_decided_is_answered_at_once_and_asks_for_nothing() {
    let gateway = Gateway::new().await;
    let key = gateway.key("officer", &[Scope::Compliance]).await;
    let (settled, never, rejected) = (uetr(), unrecorded(), uetr());
    record(&gateway.chain, rejected, transfer(TransferStatus::Rejected));
    let message = asks(&[settled, never, rejected]);
    let answered = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text);
    let expected = (
        "RJCR".to_owned(),
        lines(&[("RJCR", "PTNA"), ("RJCR", "NOOR"), ("RJCR", "ARDT")]),
    );
    assert_eq!(told(&answered.text), expected);
    assert_eq!(gateway.requests(&key).await, 0);
    // What is instructed afterwards is not cancelled by a message that found nothing.
    record(&gateway.chain, never, transfer(TransferStatus::Pending));
    let later = gateway.get_xml(&key, &answered.location()).await;
    assert_eq!(told(&later.text), expected);
    let as_json = gateway
        .post_xml(&key, MESSAGES, "application/json", &asks(&[settled]))
        .await;
    assert_eq!(as_json.status, StatusCode::OK);
    let view = as_json.json();
    assert_eq!(view["confirmation"], "RJCR");
    assert_eq!(view["transfers"][0]["uetr"], settled.to_string());
    assert_eq!(view["transfers"][0]["reason"], "PTNA");
}

#[tokio::test]
async fn a_transfer_that_is_about_to_be_instructed_is_not_unknown_and_is_cancelled_behind_it() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let coming = unrecorded();
    gateway
        .post(&key, "/v1/transfers", &instruction(coming))
        .await
        .location();
    let other = asks_with(&[(coming, "1.00")], "CUST");
    let wrong = gateway.post_xml(&key, MESSAGES, XML, &other).await;
    wrong.problem(422, "gateway.transactions");
    let answered = gateway.post_xml(&key, MESSAGES, XML, &asks(&[coming])).await;
    assert_eq!(answered.status, StatusCode::ACCEPTED, "{}", answered.text);
    assert_eq!(told(&answered.text), ("PDCR".into(), lines(&[("PDCR", "")])));
    work_until_final(&gateway, &key, &answered.location()).await;
    let expected = [format!("instruct:{coming}"), format!("cancel:{coming}")];
    assert_eq!(gateway.chain.executed(), expected);
}

#[tokio::test]
async fn a_message_with_one_transfer_that_is_not_meant_cancels_none() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let (ours, theirs) = (uetr(), uetr());
    record(&gateway.chain, ours, transfer(TransferStatus::Pending));
    record(&gateway.chain, theirs, of_another(TransferStatus::Pending));
    let refused = |answered: crate::common::Answered, said: &[&str]| {
        let problem = answered.problem(422, "gateway.transactions");
        let detail = problem["detail"].as_str().unwrap();
        for said in said {
            assert!(detail.contains(said), "{said}: {detail}");
        }
    };
    let message = asks(&[ours, theirs]);
    let foreign = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    let said = [
        "1 of 2",
        &theirs.to_string(),
        "CHUPCNSHXXX",
        "acts for BKCHCNBJXXX",
    ];
    refused(foreign, &said);
    let message = asks_with(&[(ours, "1250.50"), (uetr(), "1250.51")], "CUST");
    let amount = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    refused(amount, &["OrgnlIntrBkSttlmAmt is CNY 1250.51", "CNY 1250.50"]);
    let message = asks(&[ours, ours]);
    refused(
        gateway.post_xml(&key, MESSAGES, XML, &message).await,
        &["named before"],
    );
    let unnamed = asks(&[ours, theirs]).replacen(&format!("<OrgnlUETR>{theirs}</OrgnlUETR>"), "", 1);
    let unnamed = gateway.post_xml(&key, MESSAGES, XML, &unnamed).await;
    refused(unnamed, &["transaction 2: it has no OrgnlUETR"]);
    assert_eq!(gateway.requests(&key).await, 0);
}

#[tokio::test]
async fn only_who_may_cancel_is_answered() {
    let gateway = Gateway::new().await;
    let (open, settled) = (uetr(), uetr());
    record(&gateway.chain, open, transfer(TransferStatus::Pending));
    let key = gateway
        .key("desk", &[Scope::Treasurer, Scope::Approver, Scope::Auditor])
        .await;
    for uetr in [open, settled] {
        let answered = gateway.post_xml(&key, MESSAGES, XML, &asks(&[uetr])).await;
        answered.problem(403, "gateway.forbidden");
    }
    assert_eq!(gateway.requests(&key).await, 0);
}

#[tokio::test]
async fn a_cancellation_is_one_whichever_way_it_is_asked_for_and_another_reason_is_a_conflict() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let open = uetr();
    record(&gateway.chain, open, transfer(TransferStatus::Pending));
    let first = gateway.post_xml(&key, MESSAGES, "*/*", &asks(&[open])).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
    let again = gateway.post_xml(&key, MESSAGES, "*/*", &asks(&[open])).await;
    let path = format!("/v1/transfers/{open}/cancel");
    let as_json = gateway.post(&key, &path, &json!({ "reason": "CUST" })).await;
    assert_eq!(first.json()["requests"], again.json()["requests"]);
    assert_eq!(first.json()["requests"], as_json.json()["requests"]);
    let other = asks_with(&[(open, "1250.50")], "DUPL");
    let conflict = gateway.post_xml(&key, MESSAGES, "*/*", &other).await;
    let problem = conflict.problem(409, "gateway.idempotency_conflict");
    assert!(problem["digest"].is_string() && problem["recorded_digest"].is_string());
    assert_ne!(problem["digest"], problem["recorded_digest"]);
}

#[tokio::test]
async fn the_same_idempotency_key_with_another_request_to_cancel_is_a_conflict() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let send = |body: String| {
        let request = crate::common::request(&key, "POST", MESSAGES)
            .header("content-type", XML)
            .header("idempotency-key", "k-1")
            .body(axum::body::Body::from(body));
        gateway.send(request.unwrap())
    };
    let message = asks(&[uetr()]);
    let first = send(message.clone()).await;
    let again = send(message).await;
    assert_eq!((first.status, again.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(first.location(), again.location());
    let other = send(asks(&[uetr()])).await;
    let problem = other.problem(409, "gateway.idempotency_conflict");
    assert_ne!(problem["digest"], problem["recorded_digest"]);
}

#[tokio::test]
async fn a_refused_cancellation_of_what_is_still_pending_says_why() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let open = uetr();
    record(&gateway.chain, open, transfer(TransferStatus::Pending));
    gateway.chain.tell("cancel", [Err(refused(Refusal::MissingRole))]);
    let answered = gateway.post_xml(&key, MESSAGES, XML, &asks(&[open])).await;
    let location = answered.location();
    work_until_final(&gateway, &key, &location).await;
    let report = gateway.get_xml(&key, &location).await;
    let (confirmation, each) = told(&report.text);
    assert_eq!((confirmation.as_str(), each[0].0.as_str()), ("PDCR", "PDCR"));
    assert_eq!(each[0].1, Refusal::MissingRole.iso_reason().to_string());
    assert!(
        report.text.contains(Refusal::MissingRole.name()),
        "{}",
        report.text
    );
}

#[tokio::test]
async fn hostile_and_unknown_messages_are_refused() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let good = asks(&[uetr()]);
    refuses_what_it_should(&gateway, &key, &good, "camt.056").await;
    // A version whose elements are not all known is read, with what is not known passed over.
    let newer = good.replace("camt.056.001.08", "camt.056.001.12");
    let read = gateway.post_xml(&key, MESSAGES, XML, &newer).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
}

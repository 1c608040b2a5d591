//! pacs.002 about what was taken: of a return about the return, of anything else about a transfer about the transfer.

use crate::{
    chain::Chain,
    common::{refused, uetr, Gateway},
    transfer, work_until_final, MESSAGES, XML,
};
use corridor_client::core::{Charges, Error as Refusal, TransferStatus, Uetr};
use corridor_gateway::view::transfer::Details;
use corridor_iso20022::{
    pacs002::{self, PaymentStatusReport},
    Limits,
};
use serde_json::json;
use std::time::Duration;

const INSTRUCTS: &str = include_str!("../../../corridor-iso20022/tests/golden/transfer.pacs008.xml");
const RETURNS: &str = include_str!("../../../corridor-iso20022/tests/golden/part.pacs004.xml");

fn read(text: &str) -> PaymentStatusReport {
    pacs002::read(text.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Status and reasons of the only transaction of a report.
fn only(report: &PaymentStatusReport) -> (Option<&str>, Vec<String>) {
    let [told] = &report.transactions[..] else {
        panic!("one transaction: {report:?}");
    };
    let status = told.status.as_ref().map(|status| status.code());
    let reasons = told.reasons.iter().map(|reason| reason.reason.code().to_string());
    (status, reasons.collect())
}

#[tokio::test]
async fn a_refused_return_is_told_about_the_return_and_not_about_the_payment() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let settled = uetr();
    let message = RETURNS.replace("004498f4-b987-47c1-8c9c-26a813678d7a", &settled.to_string());
    let refusal = Refusal::ReturnExceedsOriginal;
    gateway.chain.tell("return", [Err(refused(refusal))]);
    let answered = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    let location = answered.location();
    let about_return = |report: &PaymentStatusReport| {
        let about = &report.groups[0].original;
        assert_eq!(about.message_id, "CUP-RTR-20261125-0001");
        assert_eq!(about.message_name_id, "pacs.004.001.09");
        let original = &report.transactions[0].original;
        assert_eq!(original.transaction_id.as_deref(), Some("CUP-RTR-0001"));
        assert_eq!(original.end_to_end_id.as_deref(), Some("BOCCUP-CNY-0007"));
        assert_eq!(original.uetr, Some(settled));
    };
    let report = read(&answered.text);
    about_return(&report);
    assert_eq!(only(&report), (Some("RCVD"), vec![]));
    work_until_final(&gateway, &key, &location).await;
    let report = read(&gateway.get_xml(&key, &location).await.text);
    about_return(&report);
    assert_eq!(
        only(&report),
        (Some("RJCT"), vec![refusal.iso_reason().to_string()])
    );
    // The payment itself stays settled.
    let payment = gateway.get_xml(&key, &format!("/v1/transfers/{settled}")).await;
    assert_eq!(only(&read(&payment.text)), (Some("ACSC"), vec![]));

    // Once what was refused is possible, the same message again sends the money back.
    let again = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    work_until_final(&gateway, &key, &again.location()).await;
    let report = read(&gateway.get_xml(&key, &again.location()).await.text);
    about_return(&report);
    assert_eq!(only(&report), (Some("ACSC"), vec![]));
}

#[tokio::test]
async fn what_is_refused_about_a_transfer_leaves_the_transfer_as_it_is() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let settled = uetr();
    let refusal = Refusal::WrongStatus;
    for (what, body) in [
        ("cancel", json!({ "reason": "CUST" })),
        ("reject", json!({ "reason": "AC04" })),
        ("accept", json!({})),
    ] {
        gateway.chain.tell(what, [Err(refused(refusal))]);
        let path = format!("/v1/transfers/{settled}/{what}");
        let taken = gateway.post(&key, &path, &body).await.json();
        let location = format!("/v1/messages/{}", taken["message"].as_str().unwrap());
        let before = read(&gateway.get_xml(&key, &location).await.text);
        assert_eq!(only(&before), (Some("ACSC"), vec![]), "{what}");
        assert_eq!(before.transactions[0].original.uetr, Some(settled));
        work_until_final(&gateway, &key, &location).await;
        let after = read(&gateway.get_xml(&key, &location).await.text);
        assert_eq!(
            only(&after),
            (Some("ACSC"), vec![refusal.iso_reason().to_string()]),
            "{what}"
        );
    }
    let mut never = uetr();
    never.0[0] &= 15;
    let path = format!("/v1/transfers/{never}/cancel");
    let taken = gateway
        .post(&key, &path, &json!({ "reason": "CUST" }))
        .await
        .json();
    let location = format!("/v1/messages/{}", taken["message"].as_str().unwrap());
    let unknown = read(&gateway.get_xml(&key, &location).await.text);
    assert_eq!(only(&unknown), (None, vec!["NARR".to_owned()]));
}

#[tokio::test]
async fn a_report_about_a_pacs_008_names_the_message() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let answered = gateway.post_xml(&key, MESSAGES, XML, INSTRUCTS).await;
    for text in [
        &answered.text,
        &gateway.get_xml(&key, &answered.location()).await.text,
    ] {
        let report = read(text);
        let about = &report.groups[0].original;
        assert_eq!(about.message_name_id, "pacs.008.001.10");
        assert!(INSTRUCTS.contains(&format!("<MsgId>{}</MsgId>", about.message_id)));
        assert!(report
            .transactions
            .iter()
            .all(|one| one.original.end_to_end_id.is_some()));
    }
}

/// A pacs.008 of many.
fn many(uetrs: &[Uetr]) -> String {
    let start = INSTRUCTS.find("<CdtTrfTxInf>").unwrap();
    let end = INSTRUCTS.find("</CdtTrfTxInf>").unwrap() + "</CdtTrfTxInf>".len();
    let last = INSTRUCTS.rfind("</CdtTrfTxInf>").unwrap() + "</CdtTrfTxInf>".len();
    let one = &INSTRUCTS[start..end];
    let all: String = uetrs
        .iter()
        .map(|uetr| one.replace("73f80e52-a369-48b5-a441-4c46f147ecf9", &uetr.to_string()))
        .collect();
    let count = format!("<NbOfTxs>{}</NbOfTxs>", uetrs.len());
    let head = INSTRUCTS[..start].replace("<NbOfTxs>2</NbOfTxs>", &count);
    format!("{head}{all}{}", &INSTRUCTS[last..])
}

#[tokio::test]
async fn what_is_recorded_of_a_large_message_is_asked_side_by_side() {
    let mut gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetrs: Vec<Uetr> = (0..40).map(|_| uetr()).collect();
    let answered = gateway.post_xml(&key, MESSAGES, XML, &many(&uetrs)).await;
    let location = answered.location();
    work_until_final(&gateway, &key, &location).await;
    // Every third is pending still.
    for uetr in uetrs.iter().step_by(3) {
        let charges = Details::Charges(Charges::default());
        gateway
            .chain
            .record(*uetr, transfer(TransferStatus::Pending), charges);
    }
    let chain = Chain::behind(&mut gateway, 3, Duration::from_millis(20)).await;
    let report = read(&gateway.get_xml(&key, &location).await.text);
    assert_eq!(chain.most(), 16);
    // In the message's order, whichever was answered first.
    for (place, (told, uetr)) in report.transactions.iter().zip(&uetrs).enumerate() {
        assert_eq!(told.original.uetr, Some(*uetr));
        let expected = if place % 3 == 0 { "PDNG" } else { "ACSC" };
        assert_eq!(told.status.as_ref().unwrap().code(), expected, "{place}");
    }
    assert_eq!(report.transactions.len(), 40);
}

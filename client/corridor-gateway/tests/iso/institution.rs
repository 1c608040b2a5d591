//! pacs.009 between participants: their own money, as a pacs.008 instructs their customers'.

use crate::{
    chain::Chain,
    common::{uetr, Answered, Gateway},
    refuses_what_it_should, transfer, work_until_final, MESSAGES, XML,
};
use axum::http::StatusCode;
use corridor_client::core::{Charges, TransferStatus, Uetr};
use corridor_gateway::{auth::Scope, view::transfer::Details};
use corridor_iso20022::{pacs002, pacs008, pacs009, Limits};
use std::time::Duration;

const SAMPLE: &str = include_str!("../../../../tests/data/boc-to-cup-own.pacs009.xml");
const UETR: &str = "b2b16d0e-0c53-4d0c-9b41-3c1f5f9f7a01";
const CREDITOR: &str = "<Cdtr>\n        <FinInstnId>\n          <BICFI>CHUPCNSHXXX";
const OWN_ACCOUNT: &str = "347500990001";

/// The sample without its comment, its first transfer under this UETR.
fn own_money(uetr: Uetr) -> String {
    let start = SAMPLE.find("<!--").unwrap();
    let end = SAMPLE.find("-->").unwrap() + 3;
    let text = format!("{}{}", &SAMPLE[..start], &SAMPLE[end..]);
    text.replace(UETR, &uetr.to_string())
}

/// A change that takes place.
fn with(text: &str, from: &str, to: &str) -> String {
    let changed = text.replacen(from, to, 1);
    assert_ne!(changed, text, "{from}");
    changed
}

fn uetrs(text: &str) -> Vec<Uetr> {
    let message = pacs009::read(text.as_bytes(), &Limits::default()).unwrap();
    message.transactions.iter().map(|one| one.uetr).collect()
}

fn statuses(answered: &Answered) -> Vec<String> {
    let report = pacs002::read(answered.text.as_bytes(), &Limits::default())
        .unwrap_or_else(|error| panic!("{error}: {}", answered.text));
    let about = &report.groups[0].original;
    assert_eq!(about.message_id, "BOC-OWN-20261124-0001");
    assert_eq!(about.message_name_id, "pacs.009.001.08");
    let ids = report
        .transactions
        .iter()
        .map(|one| one.original.end_to_end_id.as_deref());
    assert_eq!(ids.collect::<Vec<_>>(), [Some("BOC-OWN-1"), Some("BOC-OWN-2")]);
    let each = report.transactions.into_iter();
    each.map(|one| one.status.unwrap().code().to_owned()).collect()
}

#[tokio::test]
async fn ones_own_money_for_another_participant_is_instructed_and_settled_only_when_it_is_accepted() {
    let gateway = Gateway::new().await;
    let key = gateway.key("core", &[Scope::Instructor]).await;
    let message = own_money(uetr());
    let answered = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    assert_eq!(answered.status, StatusCode::ACCEPTED, "{}", answered.text);
    assert_eq!(statuses(&answered), ["RCVD", "RCVD"]);
    let location = answered.location();
    work_until_final(&gateway, &key, &location).await;
    let mut executed = gateway.chain.executed();
    executed.sort();
    let mut expected: Vec<_> = uetrs(&message)
        .iter()
        .map(|uetr| format!("instruct:{uetr}"))
        .collect();
    expected.sort();
    assert_eq!(executed, expected);
    // Instructed is not settled.
    let again = gateway.post_xml(&key, "/v1/transfers", XML, &message).await;
    assert_eq!(statuses(&again), ["ACSP", "ACSP"]);
    for (status, told) in [
        (TransferStatus::Pending, "PDNG"),
        (TransferStatus::Settled, "ACSC"),
    ] {
        for uetr in uetrs(&message) {
            let charges = Details::Charges(Charges::default());
            gateway.chain.record(uetr, transfer(status), charges);
        }
        assert_eq!(statuses(&gateway.get_xml(&key, &location).await), [told, told]);
    }
    assert_eq!(gateway.chain.executed().len(), 2);
}

#[tokio::test]
async fn a_message_with_one_transfer_that_is_not_ones_own_money_instructs_nothing() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let good = own_money(uetr());
    let debtor = "<Dbtr>\n        <FinInstnId>\n          <BICFI>BKCHCNBJXXX";
    let faults = [
        (
            with(&good, debtor, &debtor.replace("BKCHCNBJ", "HSBCHKHH")),
            "the debtor is HSBCHKHHXXX, and this gateway acts for BKCHCNBJXXX",
        ),
        (
            with(&good, debtor, &debtor.replace("BKCHCNBJ", "ICBKCNBJ")),
            "the debtor, ICBKCNBJXXX, is no participant",
        ),
        (
            with(&good, CREDITOR, &CREDITOR.replace("CHUPCNSH", "ICBKCNBJ")),
            "the creditor, ICBKCNBJXXX, is no participant",
        ),
        (
            with(&good, CREDITOR, &CREDITOR.replace("CHUPCNSH", "HSBCHKHH")),
            "the creditor is HSBCHKHHXXX, and the instructed agent is CHUPCNSHXXX",
        ),
    ];
    for (message, said) in faults {
        for path in [MESSAGES, "/v1/transfers"] {
            let answered = gateway.post_xml(&key, path, XML, &message).await;
            let problem = answered.problem(422, "gateway.transactions");
            let detail = problem["detail"].as_str().unwrap();
            assert!(
                detail.starts_with("1 of 2") && detail.contains("transaction 1, EndToEndId BOC-OWN-1"),
                "{detail}"
            );
            assert!(detail.contains(said), "{said}: {detail}");
        }
    }
    // A deposit whose account is misspelt is not taken for a transfer.
    let itself = good.replace("CHUPCNSH", "BKCHCNBJ");
    let problem = gateway.post_xml(&key, MESSAGES, XML, &itself).await;
    let problem = problem.problem(422, "gateway.transactions");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("2 of 2") && detail.contains("for a deposit CdtrAcct alone is ESCROW-0-CNY"),
        "{detail}"
    );
    assert_eq!(gateway.requests(&key).await, 0);
}

#[tokio::test]
async fn transfers_and_movements_of_escrow_do_not_go_in_one_message() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let mixed = with(&own_money(uetr()), OWN_ACCOUNT, "ESCROW-0-CNY");
    for (path, fault, said) in [
        (
            MESSAGES,
            "transaction 2, EndToEndId BOC-OWN-2",
            "transfers to other participants go in a message of their own",
        ),
        (
            "/v1/transfers",
            "1 of 2 transactions cannot be carried out: transaction 1, EndToEndId BOC-OWN-1",
            "the account ESCROW-0-CNY is with Corridor",
        ),
    ] {
        let answered = gateway.post_xml(&key, path, XML, &mixed).await;
        let problem = answered.problem(422, "gateway.transactions");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(fault) && detail.contains(said), "{detail}");
    }
    assert_eq!(gateway.requests(&key).await, 0);
}

#[tokio::test]
async fn a_uetr_is_one_transfers_whether_a_pacs_008_or_a_pacs_009_names_it() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let message = own_money(uetr());
    let taken = gateway.post_xml(&key, MESSAGES, "*/*", &message).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let same = pacs009::read(message.as_bytes(), &Limits::default()).unwrap();
    let mut same = same.credit_transfers();
    for one in &mut same.transactions {
        one.debtor_name = Some("Bank of China".into());
        one.creditor_name = Some("China UnionPay".into());
    }
    let same = pacs008::write(&same).unwrap();
    for path in [MESSAGES, "/v1/transfers"] {
        let conflict = gateway.post_xml(&key, path, XML, &same).await;
        conflict.problem(409, "gateway.idempotency_conflict");
    }
    assert_eq!(gateway.requests(&key).await, 2);
}

#[tokio::test]
async fn who_may_not_instruct_cannot_by_message() {
    let gateway = Gateway::new().await;
    let treasurer = gateway.key("treasury", &[Scope::Treasurer]).await;
    let message = own_money(uetr());
    for path in [MESSAGES, "/v1/transfers"] {
        let answered = gateway.post_xml(&treasurer, path, XML, &message).await;
        answered.problem(403, "gateway.forbidden");
    }
    let key = gateway.master().await;
    refuses_what_it_should(&gateway, &key, &message, "pacs.009").await;
}

#[tokio::test]
async fn net_settlement_is_for_transfers_and_another_method_is_another_transfer() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let net = format!("{MESSAGES}?settlement_method=net");
    let message = own_money(uetr());
    let taken = gateway.post_xml(&key, &net, "*/*", &message).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let gross = gateway.post_xml(&key, MESSAGES, "*/*", &message).await;
    gross.problem(409, "gateway.idempotency_conflict");
    let bilateral = with(&own_money(uetr()), "CLRG", "INGA");
    let problem = gateway.post_xml(&key, &net, XML, &bilateral).await;
    let problem = problem.problem(422, "gateway.invalid");
    assert!(problem["detail"].as_str().unwrap().contains("INGA"), "{problem}");
    let deposits = include_str!("../../../corridor-iso20022/tests/golden/funding.pacs009.xml");
    let problem = gateway.post_xml(&key, &net, XML, deposits).await;
    let problem = problem.problem(422, "gateway.invalid");
    assert!(
        problem["detail"].as_str().unwrap().contains("escrow"),
        "{problem}"
    );
    assert_eq!(gateway.requests(&key).await, 2);
}

#[tokio::test]
async fn money_for_who_was_admitted_a_moment_ago_is_taken() {
    let mut gateway = Gateway::new().await;
    let chain = Chain::behind(&mut gateway, 1, Duration::ZERO).await;
    let key = gateway.master().await;
    let message = own_money(uetr());
    let taken = gateway.post_xml(&key, MESSAGES, "*/*", &message).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    // Who is not known is not refused while nobody can be asked.
    chain.go_down();
    let other = own_money(uetr());
    let answered = gateway.post_xml(&key, MESSAGES, "*/*", &other).await;
    answered.problem(503, "chain.disconnected");
}

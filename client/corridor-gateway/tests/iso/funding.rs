//! pacs.009: deposits and withdrawals.

use crate::{
    common::{uetr, Gateway},
    refuses_what_it_should, MESSAGES, XML,
};
use axum::http::StatusCode;
use corridor_client::core::Uetr;
use corridor_gateway::auth::Scope;
use corridor_iso20022::{pacs002, Limits};
use serde_json::json;

/// One transaction: who pays from which account, who is paid into which.
struct Moves<'a> {
    uetr: Uetr,
    amount: &'a str,
    debtor: (&'a str, Option<&'a str>),
    creditor: (&'a str, Option<&'a str>),
}

fn deposit(uetr: Uetr, amount: &str) -> Moves<'_> {
    Moves {
        uetr,
        amount,
        debtor: ("BKCHCNBJ", Some("347500020001")),
        creditor: ("BKCHCNBJ", Some("ESCROW-0-CNY")),
    }
}

fn withdrawal(uetr: Uetr, amount: &str) -> Moves<'_> {
    Moves {
        uetr,
        amount,
        debtor: ("BKCHCNBJ", Some("ESCROW-0-CNY")),
        creditor: ("BKCHCNBJ", None),
    }
}

fn pacs009(moves: &[Moves<'_>]) -> String {
    let agent = |element: &str, bic: &str| {
        format!("<{element}><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></{element}>")
    };
    let account = |element: &str, number: Option<&str>| {
        let number =
            number.map(|number| format!("<{element}><Id><Othr><Id>{number}</Id></Othr></Id></{element}>"));
        number.unwrap_or_default()
    };
    let transactions: String = moves
        .iter()
        .map(|one| {
            format!(
                "<CdtTrfTxInf><PmtId><EndToEndId>FUND-1</EndToEndId><UETR>{}</UETR></PmtId>\n\
                 <IntrBkSttlmAmt Ccy=\"CNY\">{}</IntrBkSttlmAmt><IntrBkSttlmDt>2026-11-24</IntrBkSttlmDt>\n\
                 {}{}{}{}</CdtTrfTxInf>\n",
                one.uetr,
                one.amount,
                agent("Dbtr", one.debtor.0),
                account("DbtrAcct", one.debtor.1),
                agent("Cdtr", one.creditor.0),
                account("CdtrAcct", one.creditor.1),
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.009.001.08\"><FICdtTrf>\
         <GrpHdr><MsgId>BOC-FUND-1</MsgId><CreDtTm>2026-11-24T08:55:00+08:00</CreDtTm><NbOfTxs>{}</NbOfTxs>\
         <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>{transactions}</FICdtTrf></Document>",
        moves.len()
    )
}

fn statuses(text: &str) -> Vec<(Uetr, String)> {
    let report = pacs002::read(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(report.groups[0].original.message_id, "BOC-FUND-1");
    assert_eq!(report.groups[0].original.message_name_id, "pacs.009.001.08");
    let each = report.transactions.into_iter();
    each.map(|one| (one.original.uetr.unwrap(), one.status.unwrap().code().to_owned()))
        .collect()
}

#[tokio::test]
async fn each_transaction_is_a_deposit_or_a_withdrawal_as_its_accounts_say() {
    let gateway = Gateway::new().await;
    let key = gateway.key("treasury", &[Scope::Treasurer]).await;
    let (into, out) = (uetr(), uetr());
    let message = pacs009(&[deposit(into, "500000.00"), withdrawal(out, "12.50")]);
    let answered = gateway.post_xml(&key, MESSAGES, XML, &message).await;
    assert_eq!(answered.status, StatusCode::ACCEPTED, "{}", answered.text);
    let received = [(into, "RCVD".to_owned()), (out, "RCVD".to_owned())];
    assert_eq!(statuses(&answered.text), received);
    let location = answered.location();
    let view = gateway.get(&key, &location).await.json();
    let kinds: Vec<_> = view["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["deposit", "withdraw"]);
    let _work = gateway.work();
    for request in view["requests"].as_array().unwrap() {
        let path = format!("/v1/requests/{}", request["id"].as_str().unwrap());
        gateway.until_final(&key, &path).await;
    }
    let settled = [(into, "ACSC".to_owned()), (out, "ACSC".to_owned())];
    assert_eq!(statuses(&gateway.get_xml(&key, &location).await.text), settled);
    let mut executed = gateway.chain.executed();
    executed.sort();
    let reference = |uetr: Uetr| uetr.to_string().replace('-', "");
    let expected = [
        format!("deposit:{}", reference(into)),
        format!("withdraw:{}", reference(out)),
    ];
    assert_eq!(executed, expected);
}

#[tokio::test]
async fn a_movement_is_one_whichever_way_it_is_asked_for_and_another_amount_is_a_conflict() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let into = uetr();
    let message = pacs009(&[deposit(into, "10.00")]);
    let first = gateway.post_xml(&key, MESSAGES, "*/*", &message).await.json();
    let again = gateway.post_xml(&key, MESSAGES, "*/*", &message).await.json();
    let there = gateway
        .post_xml(&key, "/v1/escrow/deposits", "*/*", &message)
        .await
        .json();
    let moved = json!({ "reference": into.to_string(), "amount": { "currency": "CNY", "decimal": "10" } });
    let as_json = gateway.post(&key, "/v1/escrow/deposits", &moved).await.json();
    for other in [again, there, as_json] {
        assert_eq!(first["requests"], other["requests"]);
    }
    // The new deposit beside the changed one is not taken either.
    let changed = pacs009(&[deposit(uetr(), "1.00"), deposit(into, "10.01")]);
    let conflict = gateway.post_xml(&key, MESSAGES, "*/*", &changed).await;
    let problem = conflict.problem(409, "gateway.idempotency_conflict");
    assert_ne!(problem["digest"], problem["recorded_digest"]);
    assert_eq!(gateway.requests(&key).await, 1);
}

#[tokio::test]
async fn a_message_with_one_transaction_that_is_not_ones_own_moves_nothing() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let good = uetr();
    let with = |change: fn(&mut Moves<'_>)| {
        let mut bad = deposit(uetr(), "1.00");
        change(&mut bad);
        pacs009(&[deposit(good, "1.00"), bad])
    };
    for (message, said) in [
        (
            with(|bad| bad.debtor.0 = "CHUPCNSH"),
            "the debtor is CHUPCNSHXXX, and this gateway acts for BKCHCNBJXXX",
        ),
        (
            with(|bad| bad.debtor.0 = "ICBKCNBJ"),
            "the debtor, ICBKCNBJXXX, is no participant",
        ),
        (
            with(|bad| bad.creditor.1 = Some("ESCROW-1-CNY")),
            "CdtrAcct is ESCROW-1-CNY, and should be ESCROW-0-CNY",
        ),
        (
            with(|bad| bad.creditor.1 = Some("ESCROW-0-HKD")),
            "CdtrAcct is ESCROW-0-HKD, and should be ESCROW-0-CNY",
        ),
        (
            with(|bad| bad.creditor.1 = Some("COLLATERAL-0-CNY")),
            "CdtrAcct is COLLATERAL-0-CNY",
        ),
        (with(|bad| bad.creditor.1 = None), "CdtrAcct absent"),
        (
            with(|bad| bad.debtor.1 = Some("ESCROW-0-CNY")),
            "DbtrAcct is ESCROW-0-CNY and CdtrAcct ESCROW-0-CNY",
        ),
    ] {
        let answered = gateway.post_xml(&key, MESSAGES, XML, &message).await;
        let problem = answered.problem(422, "gateway.transactions");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("1 of 2") && detail.contains("transaction 2, EndToEndId FUND-1"),
            "{detail}"
        );
        assert!(detail.contains(said), "{said}: {detail}");
    }
    // Where a deposit is expected, a withdrawal is not one.
    let out = pacs009(&[withdrawal(uetr(), "1.00")]);
    let answered = gateway.post_xml(&key, "/v1/escrow/deposits", XML, &out).await;
    answered.problem(422, "gateway.transactions");
    assert_eq!(gateway.requests(&key).await, 0);
}

#[tokio::test]
async fn who_may_not_move_money_cannot_by_message_and_a_cover_is_refused() {
    let gateway = Gateway::new().await;
    let instructor = gateway.key("core", &[Scope::Instructor, Scope::Auditor]).await;
    let message = pacs009(&[deposit(uetr(), "1.00")]);
    let answered = gateway.post_xml(&instructor, MESSAGES, XML, &message).await;
    answered.problem(403, "gateway.forbidden");
    let key = gateway.master().await;
    let cover = message.replace("</CdtTrfTxInf>", "<UndrlygCstmrCdtTrf/></CdtTrfTxInf>");
    let answered = gateway.post_xml(&key, MESSAGES, XML, &cover).await;
    let problem = answered.problem(422, "iso20022.cover-payment");
    assert_eq!(problem["transaction"], 1);
    refuses_what_it_should(&gateway, &key, &message, "pacs.009").await;
}

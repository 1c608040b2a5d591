//! ISO 20022 in and out.
#![allow(clippy::unwrap_used)]

mod common;

use axum::{body::Body, http::StatusCode};
use common::{refused, request, terms, uetr, Gateway};
use corridor_client::core::{
    Charges, Error as Refusal, SettlementMethod, Terms, Transfer, TransferStatus, Uetr, WindowId,
};
use corridor_gateway::view::transfer::Details;
use corridor_iso20022::{pacs002, Limits, TransactionStatus};

fn pacs008(uetrs: &[Uetr], amount: &str) -> String {
    let transactions: String = uetrs
        .iter()
        .map(|uetr| {
            format!(
                "<CdtTrfTxInf><PmtId><EndToEndId>INV-88</EndToEndId><UETR>{uetr}</UETR></PmtId>\
                 <IntrBkSttlmAmt Ccy=\"CNY\">{amount}</IntrBkSttlmAmt><IntrBkSttlmDt>2026-11-24</IntrBkSttlmDt>\
                 <ChrgBr>SHAR</ChrgBr><Dbtr><Nm>Harbour Tea</Nm></Dbtr>\
                 <DbtrAgt><FinInstnId><BICFI>BKCHCNBJ</BICFI></FinInstnId></DbtrAgt>\
                 <CdtrAgt><FinInstnId><BICFI>CHUPCNSH</BICFI></FinInstnId></CdtrAgt>\
                 <Cdtr><Nm>Lin Mei</Nm></Cdtr></CdtTrfTxInf>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08\"><FIToFICstmrCdtTrf>\
         <GrpHdr><MsgId>BOC-1</MsgId><CreDtTm>2026-11-24T09:30:00+08:00</CreDtTm><NbOfTxs>{}</NbOfTxs>\
         <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>{transactions}</FIToFICstmrCdtTrf></Document>",
        uetrs.len()
    )
}

fn statuses(report: &str) -> Vec<(Uetr, TransactionStatus)> {
    let report = pacs002::read(report.as_bytes(), &Limits::default()).unwrap();
    let all = report.transactions.into_iter();
    all.map(|report| (report.original.uetr.unwrap(), report.status.unwrap()))
        .collect()
}

#[tokio::test]
async fn a_netted_transfer_is_reported_settled_once_its_window_is() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    for (window, status) in [(9, "ACSC"), (10, "ACSP")] {
        let uetr = uetr();
        let transfer = Transfer {
            terms: Terms {
                settlement_method: SettlementMethod::Net,
                ..terms()
            },
            status: TransferStatus::Netted(WindowId(window)),
            instructed_at: 1_800_000_000,
            updated_at: 1_800_000_006,
            returned_minor_units: 0,
            reason: None,
        };
        gateway
            .chain
            .record(uetr, transfer, Details::Charges(Charges::default()));
        let path = format!("/v1/transfers/{uetr}");
        let as_xml = request(&key, "GET", &path).header("accept", "application/xml");
        let report = gateway.send(as_xml.body(Body::empty()).unwrap()).await;
        let report = pacs002::read(report.text.as_bytes(), &Limits::default()).unwrap();
        let [told] = &report.transactions[..] else {
            panic!("one transfer");
        };
        assert_eq!(told.status.as_ref().unwrap().code(), status);
        assert_eq!(told.accepted_at.is_some(), status == "ACSC");
        let view = gateway.get(&key, &path).await.json();
        assert_eq!(
            (&view["status"], &view["iso_status"]),
            (&"netted".into(), &status.into())
        );
    }
}

#[tokio::test]
async fn a_pacs_008_of_many_is_taken_whole_and_followed_as_a_pacs_002() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetrs = [uetr(), uetr(), uetr()];
    let message = pacs008(&uetrs, "1250.50");
    let answered = gateway
        .post_xml(&key, "/v1/transfers", "application/xml", &message)
        .await;
    assert_eq!(answered.status, StatusCode::ACCEPTED, "{}", answered.text);
    assert_eq!(answered.headers["content-type"], "application/xml");
    let received = TransactionStatus::Other("RCVD".into());
    let expected: Vec<_> = uetrs.iter().map(|uetr| (*uetr, received.clone())).collect();
    assert_eq!(statuses(&answered.text), expected);

    gateway.chain.tell(
        "instruct",
        [Ok(()), Err(refused(Refusal::InsufficientFunds)), Ok(())],
    );
    let _work = gateway.work();
    let location = answered.location();
    let view = gateway.get(&key, &location).await.json();
    for request in view["requests"].as_array().unwrap() {
        let path = format!("/v1/requests/{}", request["id"].as_str().unwrap());
        gateway.until_final(&key, &path).await;
    }
    let as_xml = request(&key, "GET", &location)
        .header("accept", "application/xml")
        .body(Body::empty());
    let report = gateway.send(as_xml.unwrap()).await;
    let told = statuses(&report.text);
    let rejected = told
        .iter()
        .filter(|(_, status)| *status == TransactionStatus::Rejected)
        .count();
    assert_eq!((told.len(), rejected), (3, 1), "{}", report.text);
    assert!(
        report.text.contains("AM04") && report.text.contains("ACSC"),
        "{}",
        report.text
    );
}

#[tokio::test]
async fn the_same_message_again_has_no_second_effect_and_a_changed_one_is_a_conflict() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetrs = [uetr(), uetr()];
    let first = gateway
        .post_xml(&key, "/v1/transfers", "*/*", &pacs008(&uetrs, "10.00"))
        .await
        .json();
    let again = gateway
        .post_xml(&key, "/v1/transfers", "*/*", &pacs008(&uetrs, "10.00"))
        .await
        .json();
    assert_eq!(first["requests"], again["requests"]);
    // One changed transaction refuses the whole message, the new transfer in it included.
    let mixed = [uetr(), uetrs[1]];
    let changed = gateway
        .post_xml(&key, "/v1/transfers", "*/*", &pacs008(&mixed, "10.01"))
        .await;
    changed.problem(409, "gateway.idempotency_conflict");
    let all = gateway.get(&key, "/v1/requests").await.json();
    assert_eq!(all["requests"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_invalid_message_is_refused_with_the_element_and_nothing_is_stored() {
    let gateway = Gateway::with("[limits]\ntransactions = 2\n").await;
    let key = gateway.master().await;
    let wrong = pacs008(&[uetr()], "10.005");
    let answered = gateway
        .post_xml(&key, "/v1/transfers", "application/xml", &wrong)
        .await;
    assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = answered.json();
    assert!(
        problem["code"].as_str().unwrap().starts_with("iso20022."),
        "{problem}"
    );
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("CdtTrfTxInf[1]/IntrBkSttlmAmt"),
        "{problem}"
    );
    let many = pacs008(&[uetr(), uetr(), uetr()], "10.00");
    let too_many = gateway
        .post_xml(&key, "/v1/transfers", "application/xml", &many)
        .await;
    assert_eq!(too_many.status, StatusCode::UNPROCESSABLE_ENTITY);
    let all = gateway.get(&key, "/v1/requests").await.json();
    assert!(all["requests"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn xml_bombs_and_entities_are_refused_at_once() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let lol = (1..20).fold("<!ENTITY e0 \"lol\">".to_owned(), |text, level| {
        format!(
            "{text}<!ENTITY e{level} \"&e{0};&e{0};&e{0};&e{0};&e{0};\">",
            level - 1
        )
    });
    let bomb = format!("<?xml version=\"1.0\"?><!DOCTYPE Document [{lol}]><Document>&e19;</Document>");
    let external = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Document>&x;</Document>";
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
    for text in [
        bomb.as_str(),
        external,
        &deep,
        "<Document>&#0;</Document>",
        "\u{0}",
    ] {
        let started = std::time::Instant::now();
        let answered = gateway
            .post_xml(&key, "/v1/transfers", "application/xml", text)
            .await;
        assert_eq!(
            answered.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answered.text
        );
        assert!(!answered.text.contains("root:"));
        assert!(started.elapsed() < std::time::Duration::from_secs(2));
    }
}

#[tokio::test]
async fn net_settlement_is_asked_for_and_must_fit_the_message() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let path = "/v1/transfers?settlement_method=net";
    let fits = gateway
        .post_xml(&key, path, "*/*", &pacs008(&[uetr()], "10.00"))
        .await;
    assert_eq!(fits.status, StatusCode::ACCEPTED);
    let other = pacs008(&[uetr()], "10.00").replace("CLRG", "INGA");
    let refused = gateway.post_xml(&key, path, "*/*", &other).await;
    assert!(refused.problem(422, "gateway.invalid")["detail"]
        .as_str()
        .unwrap()
        .contains("INGA"));
    // JSON says it in the body: what the query says is not passed over.
    let as_json = gateway.post(&key, path, &common::transfer(uetr())).await;
    as_json.problem(422, "gateway.invalid");
}

#[tokio::test]
async fn a_pacs_004_returns_each_of_its_transactions_once() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetr = uetr();
    let message = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09\"><PmtRtr>\
         <GrpHdr><MsgId>RTR-1</MsgId><CreDtTm>2026-11-24T09:30:00+08:00</CreDtTm><NbOfTxs>1</NbOfTxs>\
         <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>\
         <TxInf><RtrId>R-1</RtrId><OrgnlEndToEndId>INV-88</OrgnlEndToEndId><OrgnlUETR>{uetr}</OrgnlUETR>\
         <RtrdIntrBkSttlmAmt Ccy=\"CNY\">4.00</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-11-24</IntrBkSttlmDt>\
         <RtrRsnInf><Rsn><Cd>AM09</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr></Document>"
    );
    let first = gateway.post_xml(&key, "/v1/returns", "*/*", &message).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
    let again = gateway.post_xml(&key, "/v1/returns", "*/*", &message).await;
    assert_eq!(first.json()["requests"], again.json()["requests"]);
    let location = format!("/v1/requests/{}", first.json()["requests"][0].as_str().unwrap());
    let view = gateway.get(&key, &location).await.json();
    assert_eq!(
        (view["kind"].as_str(), view["uetr"].as_str()),
        (Some("return"), Some(uetr.to_string().as_str()))
    );
}

#[tokio::test]
async fn a_recorded_transfer_is_shown_as_json_and_as_xml() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetr = uetr();
    let path = format!("/v1/transfers/{uetr}");
    let view = gateway.get(&key, &path).await.json();
    assert_eq!(view["status"], "settled");
    assert_eq!(view["debtor_agent"], "BKCHCNBJXXX");
    assert_eq!(view["interbank_settlement_amount"]["decimal"], "1250.50");
    let as_xml = request(&key, "GET", &path)
        .header("accept", "application/xml")
        .body(Body::empty());
    let report = gateway.send(as_xml.unwrap()).await;
    assert_eq!(statuses(&report.text), [(uetr, TransactionStatus::Settled)]);
    let neither = request(&key, "GET", &path)
        .header("accept", "image/png")
        .body(Body::empty());
    gateway
        .send(neither.unwrap())
        .await
        .problem(406, "gateway.not_acceptable");
}

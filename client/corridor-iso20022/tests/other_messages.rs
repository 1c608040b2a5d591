//! What is refused in returns and status reports, and what is taken.

mod common;

use common::{sample_text, valid};
use corridor_core::ReasonCode;
use corridor_iso20022::{pacs002, pacs004, pacs008, Limits, Reason, TransactionStatus};

fn return_with(from: &str, to: &str) -> String {
    let text = sample_text("cup-return-part.pacs004.xml");
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

#[test]
fn a_wrong_return_is_refused_at_its_element() {
    let doubled = {
        let text = sample_text("cup-return-part.pacs004.xml");
        let start = text.find("    <TxInf>").expect("there");
        let end = text.find("  </PmtRtr>").expect("there");
        format!("{}{}{}", &text[..end], &text[start..end], &text[end..])
    };
    for (text, code, path) in [
        (
            return_with("<NbOfTxs>1", "<NbOfTxs>2"),
            "number-of-transactions",
            "GrpHdr/NbOfTxs",
        ),
        (
            return_with("<CtrlSum>15040.25", "<CtrlSum>15040.24"),
            "control-sum",
            "GrpHdr/CtrlSum",
        ),
        (
            return_with(
                "<TtlRtrdIntrBkSttlmAmt Ccy=\"CNY\">15040.25",
                "<TtlRtrdIntrBkSttlmAmt Ccy=\"CNY\">1.00",
            ),
            "total-amount",
            "GrpHdr/TtlRtrdIntrBkSttlmAmt",
        ),
        (
            return_with(
                "<OrgnlIntrBkSttlmAmt Ccy=\"CNY\">45120.75",
                "<OrgnlIntrBkSttlmAmt Ccy=\"CNY\">15040.24",
            ),
            "invalid-value",
            "TxInf[1]/RtrdIntrBkSttlmAmt",
        ),
        (
            return_with(
                "<OrgnlIntrBkSttlmAmt Ccy=\"CNY\">",
                "<OrgnlIntrBkSttlmAmt Ccy=\"HKD\">",
            ),
            "other-currency",
            "TxInf[1]/RtrdIntrBkSttlmAmt",
        ),
        (
            return_with(">15040.25<", ">0.00<"),
            "zero-amount",
            "TxInf[1]/RtrdIntrBkSttlmAmt",
        ),
        (
            return_with("<Cd>AM09", "<Cd>am09"),
            "invalid-value",
            "TxInf[1]/RtrRsnInf/Rsn/Cd",
        ),
        (
            return_with("<ChrgBr>SLEV", "<ChrgBr>OUR"),
            "invalid-charge-bearer",
            "TxInf[1]/ChrgBr",
        ),
        (
            return_with("<ChrgBr>", "<IntrBkSttlmDt>2026-11-25</IntrBkSttlmDt><ChrgBr>"),
            "also-in-group-header",
            "TxInf[1]/IntrBkSttlmDt",
        ),
        (doubled, "duplicate-transaction", "TxInf[2]"),
    ] {
        let error = pacs004::read(text.as_bytes(), &Limits::default()).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(error.path(), format!("Document/PmtRtr/{path}"), "{error}");
        let named = error.transaction().and_then(|one| one.end_to_end_id.as_deref());
        assert_eq!(
            named,
            path.starts_with("TxInf").then_some("BOCCUP-CNY-0007"),
            "{error}"
        );
    }
}

#[test]
fn a_return_needs_a_reason() {
    let text = sample_text("cup-return-part.pacs004.xml");
    let (before, rest) = text.split_once("<RtrRsnInf>").expect("there");
    let (_, after) = rest.split_once("</RtrRsnInf>").expect("there");
    let error = pacs004::read(format!("{before}{after}").as_bytes(), &Limits::default());
    let error = error.expect_err("no reason");
    assert_eq!(error.path(), "Document/PmtRtr/TxInf[1]/RtrRsnInf");
}

#[test]
fn each_reader_takes_its_own_message_only() {
    let limits = Limits::default();
    let instruction = valid();
    let back = sample_text("cup-return-part.pacs004.xml");
    let code = |error: corridor_iso20022::Iso20022Error| error.code();
    assert_eq!(
        pacs004::read(instruction.as_bytes(), &limits).map_err(code),
        Err("unsupported-message")
    );
    assert_eq!(
        pacs002::read(instruction.as_bytes(), &limits).map_err(code),
        Err("unsupported-message")
    );
    assert_eq!(
        pacs008::read(back.as_bytes(), &limits).map_err(code),
        Err("unsupported-message")
    );
    let old = back.replace("pacs.004.001.09", "pacs.004.001.08");
    assert_eq!(
        pacs004::read(old.as_bytes(), &limits).map_err(code),
        Err("unsupported-version")
    );
}

/// A report as a bank may send it: another prefix, more elements than Corridor writes.
const REPORT: &str = r#"<r:Document xmlns:r="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.12"><r:FIToFIPmtStsRpt>
  <r:GrpHdr><r:MsgId>S1</r:MsgId><r:CreDtTm>2026-11-24T10:00:00Z</r:CreDtTm></r:GrpHdr>
  <r:TxInfAndSts>
    <r:OrgnlEndToEndId>E1</r:OrgnlEndToEndId>
    <r:OrgnlUETR>8a562c67-ca16-48ba-b074-65581be6f001</r:OrgnlUETR>
    <r:TxSts>RJCT</r:TxSts>
    <r:StsRsnInf><r:Orgtr><r:Nm>Bank</r:Nm></r:Orgtr><r:Rsn><r:Cd>AC04</r:Cd></r:Rsn><r:AddtlInf>closed</r:AddtlInf></r:StsRsnInf>
    <r:StsRsnInf><r:AddtlInf>only words</r:AddtlInf></r:StsRsnInf>
    <r:OrgnlTxRef><r:IntrBkSttlmAmt Ccy="CNY">1.00</r:IntrBkSttlmAmt></r:OrgnlTxRef>
  </r:TxInfAndSts>
</r:FIToFIPmtStsRpt></r:Document>"#;

#[test]
fn a_banks_report_is_read() {
    let report = pacs002::read(REPORT.as_bytes(), &Limits::default()).expect("valid");
    let [one] = &report.transactions[..] else {
        panic!("one status");
    };
    assert_eq!(one.status, Some(TransactionStatus::Rejected));
    assert_eq!(
        one.original.uetr.map(|uetr| uetr.to_string()).as_deref(),
        Some("8a562c67-ca16-48ba-b074-65581be6f001")
    );
    assert_eq!(one.reasons[0].reason, Reason::Code(ReasonCode::AC04));
    assert_eq!(one.reasons[0].additional, ["closed"]);
    assert_eq!(one.reasons[1].reason.code(), ReasonCode::MS03);
}

#[test]
fn a_wrong_report_is_refused_at_its_element() {
    for (from, to, code, path) in [
        (
            "<r:TxSts>RJCT",
            "<r:TxSts>REJECTED",
            "text-too-long",
            "TxInfAndSts[1]/TxSts",
        ),
        (
            "<r:Cd>AC04",
            "<r:Cd>AC-04",
            "invalid-value",
            "TxInfAndSts[1]/StsRsnInf[1]/Rsn/Cd",
        ),
        (
            "b074-65581be6f001",
            "c074-65581be6f001",
            "invalid-uetr",
            "TxInfAndSts[1]/OrgnlUETR",
        ),
        (
            "<r:TxSts>",
            "<r:Status/><r:TxSts>",
            "unexpected-element",
            "TxInfAndSts[1]/Status",
        ),
        ("<r:MsgId>S1</r:MsgId>", "", "missing-element", "GrpHdr/MsgId"),
    ] {
        let text = REPORT.replace(from, to);
        let error = pacs002::read(text.as_bytes(), &Limits::default()).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(
            error.path(),
            format!("Document/FIToFIPmtStsRpt/{path}"),
            "{error}"
        );
    }
}

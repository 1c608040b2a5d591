//! What is refused in requests, answers and institutions' own transfers, and what is taken.

mod common;

use corridor_iso20022::{camt029, camt050, camt056, pacs009, pacs028, Iso20022Error, Limits};

fn golden(name: &str) -> String {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("there")
}

/// Each change of a sample is refused with a code, at a path.
fn refused<T: std::fmt::Debug>(
    sample: &str,
    read: impl Fn(&[u8], &Limits) -> Result<T, Iso20022Error>,
    changes: &[(&str, &str, &str, &str)],
) {
    let text = golden(sample);
    read(text.as_bytes(), &Limits::default()).expect("valid");
    for (from, to, code, path) in changes {
        let wrong = text.replacen(from, to, 1);
        assert!(wrong != text, "{from} is not in {sample}");
        let error = read(wrong.as_bytes(), &Limits::default()).expect_err(to);
        assert_eq!(error.code(), *code, "{from} -> {to}: {error}");
        assert!(error.path().ends_with(path), "{from} -> {to}: {error}");
    }
}

#[test]
fn a_wrong_request_to_cancel_is_refused_at_its_element() {
    refused(
        "three.camt056.xml",
        camt056::read,
        &[
            ("<NbOfTxs>3", "<NbOfTxs>2", "number-of-transactions", "CtrlData/NbOfTxs"),
            ("<CtrlSum>1512948.8", "<CtrlSum>1512948.9", "control-sum", "CtrlData/CtrlSum"),
            ("<OrgnlUETR>f3c95789", "<OrgnlUETR>F3c95789", "invalid-uetr", "Undrlyg[1]/TxInf[1]/OrgnlUETR"),
            ("<Cd>DUPL", "<Cd>dupl", "invalid-value", "Undrlyg[1]/TxInf[1]/CxlRsnInf/Rsn/Cd"),
            ("<CxlId>CXL-2</CxlId>", "<CxlId>CXL-2</CxlId><CxlId/>", "repeated-element", "TxInf[2]/CxlId[2]"),
            (
                "<Undrlyg>",
                "<Undrlyg><OrgnlGrpInfAndCxl><OrgnlMsgId>M</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId>\
                 <GrpCxl>true</GrpCxl></OrgnlGrpInfAndCxl>",
                "invalid-value",
                "Undrlyg[1]/OrgnlGrpInfAndCxl/GrpCxl",
            ),
            ("<Undrlyg>", "<Undrlyg/><Undrlyg>", "missing-element", "Undrlyg[1]/TxInf"),
            ("<Assgnr>", "<Assgnr/><Assgnr>", "repeated-element", "Assgnmt/Assgnr[2]"),
            ("</Assgnr>", "<Pty/></Assgnr>", "unexpected-element", "Assgnmt/Assgnr/Agt"),
            ("camt.056.001.08", "camt.056.001.07", "unsupported-version", "Document"),
        ],
    );
}

#[test]
fn transfers_take_the_group_they_stand_in() {
    let text = golden("three.camt056.xml");
    let mut within = text.clone();
    while let Some(start) = within.find("        <OrgnlGrpInf>") {
        let end = within[start..].find("</OrgnlGrpInf>\n").expect("closed") + start + 15;
        within.replace_range(start..end, "");
    }
    let within = within.replace(
        "<Undrlyg>",
        "<Undrlyg><OrgnlGrpInfAndCxl><OrgnlMsgId>BOC-CNY-20261124-0001</OrgnlMsgId>\
         <OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId><OrgnlCreDtTm>2026-11-24T09:30:00+08:00</OrgnlCreDtTm>\
         <GrpCxl>false</GrpCxl></OrgnlGrpInfAndCxl>",
    );
    assert!(!within.contains("<OrgnlGrpInf>"), "{within}");
    let limits = Limits::default();
    let same = camt056::read(text.as_bytes(), &limits);
    assert_eq!(camt056::read(within.as_bytes(), &limits), same);
}

#[test]
fn a_wrong_answer_is_refused_at_its_element() {
    refused(
        "three.camt029.xml",
        camt029::read,
        &[
            (
                "<TxCxlSts>ACCR",
                "<TxCxlSts>DONE",
                "invalid-value",
                "CxlDtls[1]/TxInfAndSts[1]/TxCxlSts",
            ),
            ("<Conf>PECR</Conf>", "<DplctOf/>", "missing-element", "Sts/Conf"),
            ("<Conf>PECR", "<Conf>PARTLY", "text-too-long", "Sts/Conf"),
            (
                "<RslvdCase>",
                "<RslvdCase><X/>",
                "unexpected-element",
                "RslvdCase/X",
            ),
            ("<CxlDtls>", "<CxlDtls>text", "malformed-xml", "CxlDtls[1]"),
        ],
    );
}

#[test]
fn a_wrong_request_for_status_is_refused_at_its_element() {
    refused(
        "one.pacs028.xml",
        pacs028::read,
        &[
            (
                "<OrgnlUETR>",
                "<OrgnlUETR>x",
                "invalid-uetr",
                "TxInf[1]/OrgnlUETR",
            ),
            (
                "<StsReqId>",
                "<Stray/><StsReqId>",
                "unexpected-element",
                "TxInf[1]/Stray",
            ),
            (
                "<MsgId>",
                "<MsgId/><MsgId>",
                "repeated-element",
                "GrpHdr/MsgId[2]",
            ),
        ],
    );
    let text = golden("one.pacs028.xml");
    let start = text.find("    <OrgnlGrpInf>").expect("there");
    let end = text.find("  </FIToFIPmtStsReq>").expect("there");
    let empty = format!("{}{}", &text[..start], &text[end..]);
    let error = pacs028::read(empty.as_bytes(), &Limits::default()).expect_err("asks nothing");
    assert_eq!(
        (error.code(), error.path()),
        ("missing-element", "Document/FIToFIPmtStsReq/TxInf")
    );
}

#[test]
fn a_wrong_transfer_of_an_institution_is_refused_at_its_element() {
    refused(
        "funding.pacs009.xml",
        pacs009::read,
        &[
            (
                "<NbOfTxs>1",
                "<NbOfTxs>2",
                "number-of-transactions",
                "GrpHdr/NbOfTxs",
            ),
            (
                "<CtrlSum>500000",
                "<CtrlSum>500001",
                "control-sum",
                "GrpHdr/CtrlSum",
            ),
            (
                "CNY\">500000.00</T",
                "CNY\">500000.01</T",
                "total-amount",
                "GrpHdr/TtlIntrBkSttlmAmt",
            ),
            (
                "<SttlmMtd>CLRG",
                "<SttlmMtd>COVE",
                "settled-elsewhere",
                "SttlmInf/SttlmMtd",
            ),
            (
                "<Dbtr>",
                "<ChrgBr>SHAR</ChrgBr><Dbtr>",
                "unexpected-element",
                "CdtTrfTxInf[1]/ChrgBr",
            ),
            (
                "</RmtInf>",
                "</RmtInf><UndrlygCstmrCdtTrf/>",
                "cover-payment",
                "CdtTrfTxInf[1]/UndrlygCstmrCdtTrf",
            ),
            (
                "<IntrBkSttlmDt>2026-11-24</IntrBkSttlmDt>",
                "",
                "missing-element",
                "CdtTrfTxInf[1]/IntrBkSttlmDt",
            ),
        ],
    );
    let text = golden("funding.pacs009.xml");
    let start = text.find("    <CdtTrfTxInf>").expect("there");
    let end = text.find("  </FICdtTrf>").expect("there");
    let twice = format!("{}{}{}", &text[..end], &text[start..end], &text[end..]);
    let error = pacs009::read(twice.as_bytes(), &Limits::default()).expect_err("twice");
    assert_eq!(error.code(), "duplicate-uetr");
}

#[test]
fn an_institutions_transfer_without_uetr_gets_the_same_one_each_time() {
    let text = golden("funding.pacs009.xml");
    let start = text.find("        <UETR>").expect("there");
    let end = text.find("</UETR>\n").expect("there") + 8;
    let without = format!("{}{}", &text[..start], &text[end..]);
    let read = |text: &str| pacs009::read(text.as_bytes(), &Limits::default()).expect("valid");
    let first = &read(&without).transactions[0];
    assert!(first.uetr_derived);
    assert_eq!(read(&without).transactions[0].uetr, first.uetr);
    let other = without.replace("BOC-FUND-20261124-1", "BOC-FUND-20261125-1");
    assert_ne!(read(&other).transactions[0].uetr, first.uetr);
}

#[test]
fn a_wrong_liquidity_transfer_is_refused_at_its_element() {
    refused(
        "pledge.camt050.xml",
        camt050::read,
        &[
            ("200000.00<", "0.00<", "zero-amount", "TrfdAmt/AmtWthCcy"),
            (
                "<AmtWthCcy Ccy=\"CNY\">200000.00</AmtWthCcy>",
                "<AmtWthtCcy>200000.00</AmtWthtCcy>",
                "missing-element",
                "TrfdAmt/AmtWthCcy",
            ),
            (
                "<Dbtr>",
                "<Ccy/><Dbtr>",
                "unexpected-element",
                "LqdtyCdtTrf[1]/Ccy",
            ),
            (
                "<EndToEndId>BOC-PLEDGE-1</EndToEndId>",
                "<TxId>1</TxId>",
                "missing-element",
                "LqdtyTrfId/EndToEndId",
            ),
        ],
    );
}

#[test]
fn no_reader_takes_a_doctype_or_an_entity() {
    for (sample, code) in [
        ("three.camt056.xml", 0),
        ("three.camt029.xml", 1),
        ("one.pacs028.xml", 2),
        ("funding.pacs009.xml", 3),
        ("pledge.camt050.xml", 4),
        ("day.camt053.xml", 5),
    ] {
        let text = golden(sample);
        let doctype = text.replacen('\n', "\n<!DOCTYPE x [<!ENTITY a \"b\">]>\n", 1);
        let entity = text.replacen("Id>", "Id>&a;", 1);
        let limits = Limits::default();
        let read = |text: &str| {
            let bytes = text.as_bytes();
            match code {
                0 => camt056::read(bytes, &limits).map(drop),
                1 => camt029::read(bytes, &limits).map(drop),
                2 => pacs028::read(bytes, &limits).map(drop),
                3 => pacs009::read(bytes, &limits).map(drop),
                4 => camt050::read(bytes, &limits).map(drop),
                _ => corridor_iso20022::camt053::read(bytes, &limits).map(drop),
            }
        };
        assert_eq!(read(&text), Ok(()), "{sample}");
        assert_eq!(read(&doctype).expect_err(sample).code(), "doctype-refused");
        assert_eq!(read(&entity).expect_err(sample).code(), "entity-refused");
    }
}

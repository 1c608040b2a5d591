//! What is refused, and that the refusal says where and why.

mod common;

use common::{sample, valid};
use corridor_iso20022::{pacs008, ErrorKind, Iso20022Error, Limits};

fn refusal(bytes: &[u8]) -> Iso20022Error {
    pacs008::read(bytes, &Limits::default()).expect_err("to be refused")
}

const ROOT: &str = "Document/FIToFICstmrCdtTrf";

type Sample = (
    &'static str,
    &'static str,
    &'static str,
    Option<(usize, Option<&'static str>)>,
    &'static str,
);

/// Sample, code, path (`~` is the message's element, `1` and `2` its transactions), transaction, ISO reason.
#[rustfmt::skip] // A table.
const SAMPLES: &[Sample] = &[
    ("not-xml", "malformed-xml", "", None, "FF01"),
    ("unclosed", "malformed-xml", "~", None, "FF01"),
    ("crossed-tags", "malformed-xml", "1/Dbtr/Nm", Some((1, Some("FIRST-1"))), "FF01"),
    ("undeclared-prefix", "malformed-xml", "1", Some((1, Some("FIRST-1"))), "FF01"),
    ("text-between-elements", "malformed-xml", "2", Some((2, Some("SECOND-2"))), "FF01"),
    ("other-encoding", "unsupported-encoding", "", None, "FF01"),
    ("entity-bomb", "doctype-refused", "", None, "FF01"),
    ("unknown-entity", "entity-refused", "1/Dbtr/Nm", Some((1, Some("FIRST-1"))), "FF01"),
    ("too-deep", "limit-passed", "2/Cdtr/PstlAdr/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X/X", Some((2, Some("SECOND-2"))), "FF01"),
    ("header-beside-document", "malformed-xml", "", None, "FF01"),
    ("header-without-document", "no-document", "", None, "FF01"),
    ("header-incomplete", "missing-element", "AppHdr/BizMsgIdr", None, "CH21"),
    ("header-of-other-message", "header-mismatch", "AppHdr/MsgDefIdr", None, "FF01"),
    ("two-documents", "repeated-element", "BizMsgEnvlp/Document", None, "CH17"),
    ("no-namespace", "unsupported-message", "Document", None, "FF01"),
    ("other-message", "unsupported-message", "Document", None, "FF01"),
    ("unsupported-version", "unsupported-version", "Document", None, "FF01"),
    ("no-group-header", "missing-element", "~/GrpHdr", Some((1, Some("FIRST-1"))), "CH21"),
    ("no-transactions", "missing-element", "~/CdtTrfTxInf", None, "CH21"),
    ("wrong-count", "number-of-transactions", "~/GrpHdr/NbOfTxs", None, "AM18"),
    ("wrong-control-sum", "control-sum", "~/GrpHdr/CtrlSum", None, "AM10"),
    ("wrong-total", "total-amount", "~/GrpHdr/TtlIntrBkSttlmAmt", None, "AM10"),
    ("total-in-other-currency", "other-currency", "~/GrpHdr/TtlIntrBkSttlmAmt", None, "AM03"),
    ("settled-by-cover", "settled-elsewhere", "~/GrpHdr/SttlmInf/SttlmMtd", None, "CH17"),
    ("wrong-settlement-method", "invalid-value", "~/GrpHdr/SttlmInf/SttlmMtd", None, "CH16"),
    ("too-many-decimals", "invalid-amount", "2/IntrBkSttlmAmt", Some((2, Some("SECOND-2"))), "AM12"),
    ("decimals-of-yen", "invalid-amount", "2/IntrBkSttlmAmt", Some((2, Some("SECOND-2"))), "AM12"),
    ("negative-amount", "invalid-amount", "1/IntrBkSttlmAmt", Some((1, Some("FIRST-1"))), "AM12"),
    ("zero-amount", "zero-amount", "1/IntrBkSttlmAmt", Some((1, Some("FIRST-1"))), "AM01"),
    ("unknown-currency", "invalid-currency", "1/IntrBkSttlmAmt", Some((1, Some("FIRST-1"))), "AM03"),
    ("no-currency", "missing-attribute", "1/IntrBkSttlmAmt", Some((1, Some("FIRST-1"))), "CH21"),
    ("missing-agent", "missing-element", "2/CdtrAgt", Some((2, Some("SECOND-2"))), "CH21"),
    ("agent-without-identifier", "agent-without-identifier", "~/GrpHdr/InstdAgt", None, "RC01"),
    ("member-without-system", "agent-without-identifier", "2/CdtrAgt", Some((2, Some("SECOND-2"))), "RC01"),
    ("wrong-bic", "invalid-agent", "2/CdtrAgt/FinInstnId/BICFI", Some((2, Some("SECOND-2"))), "RC01"),
    ("wrong-lei", "invalid-agent", "~/GrpHdr/InstgAgt/FinInstnId/LEI", None, "RC01"),
    ("agent-in-both-places", "also-in-group-header", "2/InstgAgt", Some((2, Some("SECOND-2"))), "CH17"),
    ("date-in-both-places", "also-in-group-header", "2/IntrBkSttlmDt", Some((2, Some("SECOND-2"))), "CH17"),
    ("missing-date", "missing-element", "1/IntrBkSttlmDt", Some((1, Some("FIRST-1"))), "CH21"),
    ("wrong-date", "invalid-value", "~/GrpHdr/IntrBkSttlmDt", None, "CH16"),
    ("wrong-charge-bearer", "invalid-charge-bearer", "2/ChrgBr", Some((2, Some("SECOND-2"))), "CH16"),
    ("wrong-iban", "invalid-value", "2/CdtrAcct/Id/IBAN", Some((2, Some("SECOND-2"))), "CH16"),
    ("wrong-uetr", "invalid-uetr", "2/PmtId/UETR", Some((2, Some("SECOND-2"))), "CH16"),
    ("duplicate-uetr", "duplicate-uetr", "2/PmtId/UETR", Some((2, Some("SECOND-2"))), "DUPL"),
    ("duplicate-transaction", "duplicate-transaction", "2", Some((2, Some("FIRST-1"))), "DUPL"),
    ("repeated-element", "repeated-element", "1/PmtId/EndToEndId[2]", Some((1, Some("FIRST-1"))), "CH17"),
    ("wrong-order", "wrong-order", "1/PmtId/EndToEndId", Some((1, Some("FIRST-1"))), "CH17"),
    ("misspelt-element", "unexpected-element", "2/IntrBkStlmDt", Some((2, Some("SECOND-2"))), "CH17"),
    ("foreign-element", "unexpected-element", "2/Dbtr", Some((2, Some("SECOND-2"))), "CH17"),
    ("missing-end-to-end-id", "missing-element", "2/PmtId/EndToEndId", Some((2, None)), "CH21"),
    ("empty-end-to-end-id", "empty-text", "2/PmtId/EndToEndId", Some((2, None)), "CH21"),
    ("too-long-end-to-end-id", "text-too-long", "2/PmtId/EndToEndId", Some((2, Some("SECOND-2-0123456789-0123456789-0123"))), "CH16"),
];

fn full_path(short: &str) -> String {
    match short.split_at_checked(1) {
        Some(("~", rest)) => format!("{ROOT}{rest}"),
        Some((index @ ("1" | "2"), rest)) => format!("{ROOT}/CdtTrfTxInf[{index}]{rest}"),
        _ => short.to_owned(),
    }
}

#[test]
fn every_sample_is_refused_at_its_element() {
    for (name, code, path, transaction, reason) in SAMPLES {
        let error = refusal(&sample(&format!("invalid/{name}.xml")));
        assert_eq!(error.code(), *code, "{name}: {error}");
        assert_eq!(error.path(), full_path(path), "{name}: {error}");
        let found = error
            .transaction()
            .map(|one| (one.index, one.end_to_end_id.as_deref()));
        assert_eq!(found, *transaction, "{name}: {error}");
        assert_eq!(error.iso_reason().as_str(), *reason, "{name}");
    }
}

#[test]
fn every_sample_file_is_in_the_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/invalid");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".xml").map(str::to_owned))
        .filter(|name| name != "valid")
        .collect();
    let mut listed: Vec<&str> = SAMPLES.iter().map(|row| row.0).collect();
    files.sort_unstable();
    listed.sort_unstable();
    assert_eq!(files, listed);
}

#[test]
fn the_message_they_vary_is_valid() {
    let message = pacs008::read(valid().as_bytes(), &Limits::default()).expect("valid");
    assert_eq!(message.transactions.len(), 2);
}

#[test]
fn an_error_is_a_sentence_with_place_cause_and_advice() {
    let error = refusal(&sample("invalid/too-many-decimals.xml"));
    assert_eq!(
        error.to_string(),
        "Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]/IntrBkSttlmAmt (transaction 2, EndToEndId SECOND-2; line 26, \
         column 7): \"1250.505\" is not an amount of CNY: the currency has 2 digits after the decimal point, the \
         amount has more. Correct the amount or its currency."
    );
    let error = refusal(&sample("invalid/duplicate-uetr.xml"));
    assert!(
        error
            .to_string()
            .contains("the UETR is that of transaction 1, EndToEndId FIRST-1 already"),
        "{error}"
    );
    let error = refusal(&sample("invalid/unsupported-version.xml"));
    assert!(
        error.to_string().contains(
            "the namespace is urn:iso:std:iso:20022:tech:xsd:pacs.008.001.07; supported are pacs.008.001.08 to \
             pacs.008.001.14"
        ),
        "{error}"
    );
}

#[test]
fn limits_are_kept() {
    let text = valid();
    let try_with = |limits: Limits| pacs008::read(text.as_bytes(), &limits);
    let defaults = Limits::default();
    let exact = Limits {
        bytes: text.len(),
        depth: 6,
        transactions: 2,
        elements_per_part: 20,
        text_bytes: 40,
        attributes: 2,
    };
    assert!(try_with(exact).is_ok());
    let too_large = try_with(Limits {
        bytes: text.len() - 1,
        ..defaults
    });
    assert_eq!(too_large.expect_err("one byte more").code(), "too-large");
    for (limits, what) in [
        (Limits { depth: 5, ..defaults }, "elements inside one another"),
        (
            Limits {
                transactions: 1,
                ..defaults
            },
            "transactions in one message",
        ),
        (
            Limits {
                elements_per_part: 10,
                ..defaults
            },
            "elements in one transaction or header",
        ),
        (
            Limits {
                text_bytes: 12,
                ..defaults
            },
            "bytes in one element's text",
        ),
        (
            Limits {
                attributes: 0,
                ..defaults
            },
            "attributes of one element",
        ),
    ] {
        let error = try_with(limits).expect_err(what);
        assert!(
            matches!(error.kind(), ErrorKind::LimitPassed { what: found, .. } if *found == what),
            "{what}: {error}"
        );
    }
}

#[test]
fn characters_and_encodings_that_xml_does_not_allow_are_refused() {
    let text = valid();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut marked = vec![0xFF, 0xFE];
    marked.extend(&utf16);
    for bytes in [
        utf16,
        marked,
        text.replace("Qin", "Q\u{e9}n").chars().map(|c| c as u8).collect(),
    ] {
        assert_eq!(refusal(&bytes).code(), "unsupported-encoding");
    }
    for (from, to) in [
        ("Qin", "Q\u{1}n"),
        ("Qin", "Q&#0;n"),
        ("Qin", "Q&#xFFFE;n"),
        ("Qin", "Q&#xD800;n"),
        ("Qin", "Q&n"),
        ("<ChrgBr>SHAR", "<ChrgBr x=\"1\" x=\"2\">SHAR"),
        ("version=\"1.0\"", "version=\"1.1\""),
    ] {
        assert_eq!(
            refusal(text.replace(from, to).as_bytes()).code(),
            "malformed-xml",
            "{to:?}"
        );
    }
}

#[test]
fn hundreds_of_namespaces_are_refused() {
    let mut declarations = String::new();
    for number in 0..100 {
        declarations.push_str(&format!(" xmlns:n{number}=\"urn:{number}\""));
    }
    let text = valid().replace("<Document", &format!("<Document{declarations}"));
    assert_eq!(refusal(text.as_bytes()).code(), "malformed-xml");
}

#[test]
fn a_long_entity_name_is_cut_in_the_error() {
    let text = valid().replace("Qin", &format!("&{};", "x".repeat(5_000)));
    let error = refusal(text.as_bytes());
    assert_eq!(error.code(), "entity-refused");
    assert!(error.to_string().len() < 400, "{error}");
}

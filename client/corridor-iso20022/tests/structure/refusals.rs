//! The validator refuses what the standard does: without this, its approval would say nothing.

use super::common;
use super::simple;
use super::validator::validate;

const STATEMENT: &str = "camt.053.001.08";

fn golden(name: &str) -> String {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("there")
}

#[test]
fn each_fault_is_found_at_its_place() {
    let text = golden("day.camt053.xml");
    assert_eq!(validate(&text, STATEMENT), Ok(()));
    for (from, to, place) in [
        // Order and names.
        ("<MsgId>", "<X/><MsgId>", "GrpHdr: MsgId 0 times, then X"),
        ("<CdtDbtInd>CRDT</CdtDbtInd>", "", "Bal: CdtDbtInd 0 times"),
        ("<Acct>", "<Ntry/><Acct>", "Stmt: Acct 0 times, then Ntry"),
        (
            "</GrpHdr>",
            "<MsgId>2</MsgId></GrpHdr>",
            "GrpHdr: MsgId does not stand here",
        ),
        // Number.
        ("<CreDtTm>", "<CreDtTm/><CreDtTm>", "GrpHdr: CreDtTm 2 times"),
        // Types.
        (">CRDT<", ">CREDIT<", "Bal/CdtDbtInd: \"CREDIT\""),
        ("<Cd>OPBD</Cd>", "<Cd>OPENB</Cd>", "CdOrPrtry/Cd: \"OPENB\""),
        (
            "<Cd>OPBD</Cd>",
            "<Cd>OPBD</Cd><Prtry>OPEN</Prtry>",
            "CdOrPrtry: 2 elements",
        ),
        (
            "<Cd>OPBD</Cd>",
            "<Code>OPBD</Code>",
            "CdOrPrtry: Code is no choice",
        ),
        (" Ccy=\"CNY\"", "", "Bal/Amt: wrong attributes"),
        (" Ccy=\"CNY\"", " Ccy=\"cny\"", "Bal/Amt: wrong attributes"),
        ("<NtryRef>", "<NtryRef Id=\"1\">", "NtryRef: wrong attributes"),
        ("<Id>ESCROW-1-CNY</Id>", "ESCROW-1-CNY", "Acct/Id/Othr: text"),
        ("<CreDtTm>2026-", "<CreDtTm>26-", "GrpHdr/CreDtTm"),
        ("<UETR>f3c95789-ace1-4", "<UETR>f3c95789-ace1-5", "Refs/UETR"),
        ("<NbOfNtries>", "<NbOfNtries>x", "TtlNtries/NbOfNtries"),
        ("<AnyBIC>BKCHCNBJXXX", "<AnyBIC>BKCHCNBJX", "OrgId/AnyBIC"),
        // Namespaces.
        (
            "xsd:camt.053.001.08",
            "xsd:camt.053.001.02",
            "is not the Document",
        ),
        ("head.001.001.02", "head.001.001.01", "is not the AppHdr"),
    ] {
        let wrong = text.replacen(from, to, 1);
        assert!(wrong != text, "{from} is not in the sample");
        let fault = validate(&wrong, STATEMENT).expect_err(to);
        assert!(fault.contains(place), "{from} -> {to}: {fault}");
    }
    let long = text.replacen("<MsgId>", &format!("<MsgId>{}", "x".repeat(35)), 1);
    assert!(validate(&long, STATEMENT).is_err_and(|fault| fault.contains("GrpHdr/MsgId")));
}

#[test]
fn a_message_is_no_other() {
    let statement = golden("day.camt053.xml");
    let other = statement.replace(STATEMENT, "camt.054.001.08");
    assert!(validate(&other, "camt.054.001.08").is_err());
    assert!(validate(&statement, "camt.052.001.08").is_err());
}

/// The refused samples of pacs.008 that are wrong by structure or type are refused here, too.
#[test]
fn the_samples_the_reader_refuses_by_structure_are_refused() {
    let valid = common::sample_text("invalid/valid.xml");
    assert_eq!(validate(&plain(&valid), "pacs.008.001.08"), Ok(()));
    for sample in [
        "misspelt-element",
        "missing-agent",
        "missing-end-to-end-id",
        "negative-amount",
        "no-currency",
        "no-group-header",
        "no-transactions",
        "repeated-element",
        "too-long-end-to-end-id",
        "wrong-bic",
        "wrong-charge-bearer",
        "wrong-date",
        "wrong-order",
        "wrong-settlement-method",
        "wrong-uetr",
    ] {
        let text = common::sample_text(&format!("invalid/{sample}.xml"));
        assert!(validate(&plain(&text), "pacs.008.001.08").is_err(), "{sample}");
    }
}

/// Without the comments.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    while let Some(start) = plain.find("<!--") {
        let end = plain[start..].find("-->").expect("closed") + start + 3;
        plain.replace_range(start..end, "");
    }
    plain
}

#[test]
fn texts_are_held_to_their_types() {
    for (kind, text, good) in [
        ("Max35Text", "", false),
        ("Max35Text", "中", true),
        ("Max105Text", &*"x".repeat(106), false),
        ("ISODate", "2026-02-29", false),
        ("ISODate", "2028-02-29", true),
        ("ISODate", "2026-1-01", false),
        ("ISODateTime", "2026-11-24T09:30:00+08:00", true),
        ("ISODateTime", "2026-11-24T09:30:00.5Z", true),
        ("ISODateTime", "2026-11-24T24:30:00Z", false),
        ("ISODateTime", "2026-11-24 09:30:00", false),
        ("ActiveCurrencyAndAmount", "1.123456", false),
        ("ActiveCurrencyAndAmount", "1234567890123456.78", true),
        ("ActiveCurrencyAndAmount", "12345678901234567.89", false),
        ("ActiveCurrencyAndAmount", "-1", false),
        ("DecimalNumber", "0.12345678901234567", true),
        ("Number", "1.5", false),
        ("Max15NumericText", "1e3", false),
        ("BICFIDec2014Identifier", "BKCHCNBJ", true),
        ("BICFIDec2014Identifier", "BKCH1NBJ", false),
        ("LEIIdentifier", "54930053HGCFWVHYZX42", true),
        ("LEIIdentifier", "54930053HGCFWVHYZXA2", false),
        ("IBAN2007Identifier", "GB82WEST12345698765432", true),
        ("IBAN2007Identifier", "GB8", false),
        ("UUIDv4Identifier", "f3c95789-ace1-4954-ac5d-6baed2eac902", true),
        ("UUIDv4Identifier", "F3C95789-ace1-4954-ac5d-6baed2eac902", false),
        ("Code4", "TOOLONG", false),
        ("NoSuchType", "x", false),
    ] {
        assert_eq!(simple::check(kind, text), good, "{kind} {text:?}");
    }
}

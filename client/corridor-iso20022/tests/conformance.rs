//! What is written, held against another implementation's model of the standard.
//!
//! A written message is read into the model, which ignores what it does not know, and written again from
//! there, in the model's order. If names, order and values come out the same, then every element written is
//! one the standard has at that place.

mod common;

use common::sample;
use corridor_iso20022::{
    camt029, camt053, camt054, camt056, pacs002, pacs004, pacs008, pacs009, pacs028, Limits,
};
use mx20022_model::generated::{camt, head, pacs as model};
use quick_xml::events::Event;
use quick_xml::Reader;
use serde::{de::DeserializeOwned, Serialize};

/// Tags without attributes other than `Ccy`, and texts, in order.
fn outline(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().trim_text(true);
    reader.config_mut().expand_empty_elements = true;
    let mut outline = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => {
                let currency = tag.try_get_attribute("Ccy").expect("well-formed");
                let currency = currency.map(|one| one.value.into_owned()).unwrap_or_default();
                outline.push(format!("<{}{currency}>", tag.local_name().into_inner()));
            }
            Event::End(tag) => outline.push(format!("</{}>", tag.local_name().into_inner())),
            Event::Text(text) => outline.push(text.into_inner().into_owned()),
            Event::Eof => return outline,
            _ => {}
        }
    }
}

fn compare<T: DeserializeOwned + Serialize>(text: &str) {
    compare_as::<T>("Document", text);
}

fn compare_as<T: DeserializeOwned + Serialize>(root: &str, text: &str) {
    let modelled: T = quick_xml::de::from_str(text).expect("the model takes it");
    let again = quick_xml::se::to_string_with_root(root, &modelled).expect("the model writes it");
    assert_eq!(outline(text), outline(&again));
}

/// Reads a message that is kept here, gives it a version the model has, and compares what is written of it, without its header.
macro_rules! kept {
    ($file:expr, $module:ident, $($version:literal => $model:ty),*) => {
        let bytes = golden($file).into_bytes();
        let mut message = $module::read(&bytes, &Limits::default()).expect("valid");
        message.business_header = None;
        $(
            message.version = $version;
            compare::<$model>(&$module::write(&message).expect("fits"));
        )*
    };
}

#[test]
fn pacs008_is_the_standards() {
    for file in [
        "boc-to-cup-cny.pacs008.xml",
        "boc-to-cup-hkd.pacs008.xml",
        "cup-to-boc-cny.pacs008.xml",
        "cup-to-boc-hkd.pacs008.xml",
    ] {
        let mut message = pacs008::read(&sample(file), &Limits::default()).expect("valid");
        message.business_header = None;
        message.version = 13;
        compare::<model::pacs_008_001_13::Document>(&pacs008::write(&message).expect("fits"));
        message.group_header.expires_at = None;
        message.version = 10;
        compare::<model::pacs_008_001_10::Document>(&pacs008::write(&message).expect("fits"));
        message.version = 8;
        compare::<model::pacs_008_001_08::Document>(&pacs008::write(&message).expect("fits"));
    }
    kept!("transfer.pacs008.xml", pacs008,
        8 => model::pacs_008_001_08::Document,
        10 => model::pacs_008_001_10::Document,
        13 => model::pacs_008_001_13::Document);
}

/// A message kept here, or with the statements.
fn golden(name: &str) -> String {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("there")
}

#[test]
fn pacs002_is_the_standards() {
    for file in ["every-status.pacs002.xml", "refused-message.pacs002.xml"] {
        let mut report = pacs002::read(golden(file).as_bytes(), &Limits::default()).expect("valid");
        compare::<model::pacs_002_001_10::Document>(&pacs002::write(&report).expect("fits"));
        report.version = 14;
        compare::<model::pacs_002_001_14::Document>(&pacs002::write(&report).expect("fits"));
    }
}

#[test]
fn pacs004_is_the_standards() {
    let bytes = golden("part.pacs004.xml").into_bytes();
    let mut message = pacs004::read(&bytes, &Limits::default()).expect("valid");
    message.version = 11;
    compare::<model::pacs_004_001_11::Document>(&pacs004::write(&message).expect("fits"));
}

#[test]
fn pacs009_is_the_standards() {
    kept!("funding.pacs009.xml", pacs009, 10 => model::pacs_009_001_10::Document);
}

#[test]
fn pacs028_is_the_standards() {
    kept!("one.pacs028.xml", pacs028, 5 => model::pacs_028_001_05::Document);
}

#[test]
fn camt053_is_the_standards() {
    for file in [
        "day.camt053.xml",
        "../../../corridor-statements/tests/golden/day.camt053.xml",
    ] {
        kept!(file, camt053, 11 => camt::camt_053_001_11::Document);
    }
}

#[test]
fn camt054_is_the_standards() {
    for file in [
        "funded.camt054.xml",
        "../../../corridor-statements/tests/golden/day.camt054.xml",
        // A clearing batch: `Btch`, and a `TxDtls` for each of its items.
        "../../../corridor-statements/tests/golden/batch.camt054.xml",
    ] {
        kept!(file, camt054, 11 => camt::camt_054_001_11::Document);
    }
}

#[test]
fn camt056_is_the_standards() {
    kept!("three.camt056.xml", camt056, 11 => camt::camt_056_001_11::Document);
}

#[test]
fn camt029_is_the_standards() {
    kept!("three.camt029.xml", camt029, 12 => camt::camt_029_001_12::Document);
}

#[test]
fn the_business_application_header_is_the_standards() {
    for file in [
        "day.camt053.xml",
        "transfer.pacs008.xml",
        "../../../corridor-statements/tests/golden/header.xml",
    ] {
        let text = golden(file);
        let from = text.find("<AppHdr").expect("a header");
        let end = text.find("</AppHdr>").expect("its end") + "</AppHdr>".len();
        // What is written of it has been the same since version 2.
        compare_as::<head::head_001_001_04::BusinessApplicationHeaderV04>("AppHdr", &text[from..end]);
    }
}

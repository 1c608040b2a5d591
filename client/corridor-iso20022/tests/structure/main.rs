//! Every message written validates against the published structure: names, order, number, types, lengths.

#[path = "../common/mod.rs"]
mod common;
mod refusals;
mod simple;
mod tables;
mod validator;

use common::cases::{a_cancellation_request, a_liquidity_transfer, a_resolution};
use common::statements::a_statement_message;
use common::transfers::*;
use common::values::business_header;
use corridor_iso20022::{
    camt029, camt050, camt052, camt053, camt054, camt056, pacs002, pacs004, pacs008, pacs009, pacs028, Agent,
    Limits,
};
use proptest::prelude::*;
use validator::validate;

/// Sets a message to the version the tables describe.
macro_rules! in_version {
    ($message:ident, $name:literal) => {
        $message.version = $name[$name.len() - 2..].parse().expect("two digits");
        if $message.business_header.is_some() {
            $message.business_header = Some(business_header($name));
        }
    };
}

/// One test for each message.
macro_rules! every_one_validates {
    ($($test:ident: $module:ident $name:literal $strategy:expr;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(128))]
            $(
                #[test]
                fn $test(mut message in $strategy) {
                    in_version!(message, $name);
                    let text = $module::write(&message).expect("what the generator makes fits");
                    prop_assert_eq!(validate(&text, $name), Ok(()), "{}", text);
                }
            )*
        }
    };
}

every_one_validates! {
    every_pacs008_validates: pacs008 "pacs.008.001.08" a_message();
    every_pacs009_validates: pacs009 "pacs.009.001.08" an_institution_transfer();
    every_pacs002_validates: pacs002 "pacs.002.001.10" a_report();
    every_pacs004_validates: pacs004 "pacs.004.001.09" a_return();
    every_pacs028_validates: pacs028 "pacs.028.001.03" a_status_request();
    every_camt056_validates: camt056 "camt.056.001.08" a_cancellation_request();
    every_camt029_validates: camt029 "camt.029.001.09" a_resolution();
    every_camt050_validates: camt050 "camt.050.001.05" a_liquidity_transfer();
    every_camt052_validates: camt052 "camt.052.001.08" a_statement_message("camt.052");
    every_camt053_validates: camt053 "camt.053.001.08" a_statement_message("camt.053");
    every_camt054_validates: camt054 "camt.054.001.08" a_statement_message("camt.054");
}

#[test]
fn a_header_from_a_sender_that_is_only_named_validates() {
    let text = std::fs::read(format!(
        "{}/tests/golden/day.camt053.xml",
        env!("CARGO_MANIFEST_DIR")
    ));
    let text = text.expect("there");
    let mut message = camt053::read(&text, &Limits::default()).expect("valid");
    let sender = Agent::new([]).named("Corridor");
    let header = message.business_header.as_mut().expect("a header");
    header.from = Some(sender.clone());
    let text = camt053::write(&message).expect("fits");
    assert_eq!(validate(&text, "camt.053.001.08"), Ok(()), "{text}");
    let read = camt053::read(text.as_bytes(), &Limits::default()).expect("valid");
    assert_eq!(read.business_header.and_then(|header| header.from), Some(sender));
}

#[test]
fn every_golden_file_validates() {
    let place = format!("{}/tests/golden", env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for file in std::fs::read_dir(place).expect("there") {
        let path = file.expect("there").path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let (_, name) = text
            .split_once("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:")
            .expect("a document");
        let (name, _) = name.split_once('"').expect("a namespace");
        // The one sample of a later version has nothing the earlier one lacks.
        let text = text.replace("pacs.008.001.10", "pacs.008.001.08");
        let name = name.replace("pacs.008.001.10", "pacs.008.001.08");
        assert_eq!(validate(&text, &name), Ok(()), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 12, "{seen}");
}

//! The sample files are read as `tests/data/outcomes.csv` and `tests/data/README.md` say.

mod common;

use common::{agent, sample, sample_text};
use corridor_iso20022::pacs008::{self, CustomerCreditTransfer};
use corridor_iso20022::{pacs004, Limits, Reason};

fn read(name: &str) -> CustomerCreditTransfer {
    pacs008::read(&sample(name), &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

const FILES: [&str; 4] = [
    "boc-to-cup-cny.pacs008.xml",
    "boc-to-cup-hkd.pacs008.xml",
    "cup-to-boc-cny.pacs008.xml",
    "cup-to-boc-hkd.pacs008.xml",
];

#[test]
fn every_transfer_is_listed_with_its_uetr_and_amount() {
    let mut read_rows = Vec::new();
    for file in FILES {
        for transaction in read(file).transactions {
            let amount = transaction.interbank_settlement_amount;
            read_rows.push(format!(
                "{file},{},{},{},{},{},{}",
                transaction.index,
                transaction.end_to_end_id,
                transaction.uetr,
                if transaction.uetr_derived { "yes" } else { "no" },
                amount.currency,
                amount.to_decimal(),
            ));
        }
    }
    assert!(read_rows.len() >= 24);
    let listed = sample_text("outcomes.csv");
    let listed: Vec<&str> = listed.lines().skip(1).collect();
    assert_eq!(listed.len(), read_rows.len());
    for (listed, read) in listed.iter().zip(&read_rows) {
        assert!(
            listed.starts_with(&format!("{read},")),
            "listed {listed}\nread   {read}"
        );
    }
}

#[test]
fn the_list_tells_a_person_what_the_table_in_the_readme_does() {
    let readme = sample_text("README.md");
    for line in sample_text("outcomes.csv").lines().skip(1) {
        let columns: Vec<&str> = line.split(',').collect();
        let [_, _, end_to_end_id, uetr, _, currency, amount, outcome, reason] = columns[..] else {
            panic!("nine columns: {line}");
        };
        let what = [outcome, reason].join(" ");
        let row = format!(
            "| {end_to_end_id} | `{uetr}` | {currency} {amount} | {} |",
            what.trim()
        );
        assert!(readme.contains(&row), "README.md lacks {row}");
    }
}

#[test]
fn the_same_parties_are_found_whichever_way_they_are_written() {
    for (file, payer, payee) in [
        (FILES[0], "BKCHCNBJ", "CHUPCNSH"),
        (FILES[1], "BKCHCNBJ", "CHUPCNSH"),
        (FILES[2], "CNAPS:905290000008", "CNAPS:104100000004"),
        (FILES[3], "CHUPCNSH", "BKCHCNBJ"),
    ] {
        for transaction in read(file).transactions {
            let first = |agent: &corridor_iso20022::Agent| agent.identifiers()[..1].to_vec();
            assert_eq!(
                first(&transaction.instructing_agent),
                agent(payer).identifiers(),
                "{file}"
            );
            assert_eq!(
                first(&transaction.instructed_agent),
                agent(payee).identifiers(),
                "{file}"
            );
        }
    }
    let several = &read(FILES[1]).transactions[0].instructing_agent;
    let written: Vec<String> = several.identifiers().iter().map(ToString::to_string).collect();
    assert_eq!(
        written,
        ["BKCHCNBJXXX", "CNAPS:104100000004", "54930053HGCFWVHYZX42"]
    );
}

#[test]
fn the_business_application_header_is_read() {
    let header = read(FILES[1]).business_header.expect("comes with one");
    assert_eq!(header.version, 2);
    assert_eq!(header.message_definition_id, "pacs.008.001.10");
    assert_eq!(header.from, Some(agent("BKCHCNBJ")));
    assert_eq!(header.to, Some(agent("CHUPCNSH")));
    assert_eq!(read(FILES[0]).business_header, None);
}

#[test]
fn the_return_sends_back_a_part_of_a_listed_transfer() {
    let bytes = sample("cup-return-part.pacs004.xml");
    let message = pacs004::read(&bytes, &Limits::default()).expect("valid");
    let [back] = &message.transactions[..] else {
        panic!("one return");
    };
    let original = &read(FILES[0]).transactions[6];
    assert_eq!(back.original.uetr, Some(original.uetr));
    assert_eq!(
        back.original.end_to_end_id.as_deref(),
        Some(&*original.end_to_end_id)
    );
    assert_eq!(back.original_amount, Some(original.interbank_settlement_amount));
    assert!(back.returned_amount.minor_units < original.interbank_settlement_amount.minor_units);
    assert_eq!(back.instructing_agent.as_ref(), Some(&original.instructed_agent));
    let reason = "AM09".parse().expect("a code");
    assert_eq!(back.reasons[0].reason, Reason::Code(reason));
}

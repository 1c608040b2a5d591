//! No input makes a reader panic, loop or accept what it should not.

mod common;

use common::{sample, valid};
use corridor_iso20022::{pacs002, pacs004, pacs008, Limits};
use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces that mean something to an XML reader, to be strewn about.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "&",
    "&amp;",
    "&#x41;",
    "&x;",
    ";",
    "\"",
    "'",
    "=",
    " xmlns=\"\"",
    " xmlns:p=\"urn:p\"",
    "<p:",
    "<!DOCTYPE x [",
    "]>",
    "\u{0}",
    "\u{FFFE}",
    "é",
    "中",
    "<Document>",
    "</Document>",
    "<AppHdr>",
    "<CdtTrfTxInf>",
    "</CdtTrfTxInf>",
    "<PmtId/>",
    "1",
    "-",
    ".",
    "\n",
];

fn read_all(bytes: &[u8]) {
    let limits = Limits::default();
    if let Err(error) = pacs008::read(bytes, &limits) {
        // Whatever is wrong, saying so works and stays readable.
        assert!(error.to_string().len() < 70_000);
        assert!(!error.code().is_empty() && error.iso_reason().as_str().len() == 4);
    }
    let _ = pacs002::read(bytes, &limits);
    let _ = pacs004::read(bytes, &limits);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        read_all(&bytes);
    }

    #[test]
    fn no_strewn_markup_panics(pieces in vec(prop::sample::select(PIECES), 0..60)) {
        read_all(pieces.concat().as_bytes());
        let inside = valid().replace("Qin Rui", &pieces.concat());
        read_all(inside.as_bytes());
    }

    #[test]
    fn no_mutation_of_a_valid_message_panics(
        which in 0usize..3,
        changes in vec((any::<prop::sample::Index>(), prop::sample::select(PIECES), 0usize..12), 1..6),
    ) {
        let names = ["invalid/valid.xml", "boc-to-cup-hkd.pacs008.xml", "cup-return-part.pacs004.xml"];
        let mut bytes = sample(names[which]);
        for (at, piece, removed) in changes {
            let start = at.index(bytes.len());
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        read_all(&bytes);
    }

    #[test]
    fn a_message_cut_anywhere_is_refused(at in any::<prop::sample::Index>()) {
        let bytes = sample("boc-to-cup-hkd.pacs008.xml");
        // The last line feed is no part of the document.
        let cut = at.index(bytes.len() - 1);
        prop_assert!(pacs008::read(&bytes[..cut], &Limits::default()).is_err());
    }

    #[test]
    fn a_flipped_digit_of_an_amount_is_noticed(line in 0usize..8, digit in b'0'..=b'9') {
        let text = common::sample_text("boc-to-cup-cny.pacs008.xml");
        let mut places = text.match_indices("<IntrBkSttlmAmt Ccy=\"CNY\">");
        let (at, tag) = places.nth(line).expect("eight transfers");
        let mut bytes = text.clone().into_bytes();
        bytes[at + tag.len()] = digit;
        let same = bytes == text.as_bytes();
        prop_assert_eq!(pacs008::read(&bytes, &Limits::default()).is_ok(), same);
    }
}

#[test]
fn a_file_at_the_limit_is_refused_quickly_whatever_it_holds() {
    let limits = Limits::default();
    let size = limits.bytes - 200;
    for filler in [
        "<a>",
        "<a/>",
        "x",
        "&amp;",
        "<!---->",
        " a=\"\"",
        "&x;",
        "<a xmlns:p=\"u\">",
        "\n",
    ] {
        let mut text = String::from("<r>");
        if filler.starts_with(' ') {
            text = "<r".into();
        }
        text.push_str(&filler.repeat((size - 10) / filler.len()));
        assert!(pacs008::read(text.as_bytes(), &limits).is_err(), "{filler}");
    }
    let bomb = valid().replace("Qin Rui", &"<x/>".repeat(3_000_000));
    assert_eq!(
        pacs008::read(bomb.as_bytes(), &limits)
            .expect_err("too many")
            .code(),
        "limit-passed"
    );
}

//! No input makes a reader panic, loop or accept what it should not.
//!
//! `CORRIDOR_FUZZ_SECONDS=600 cargo test -p corridor-iso20022 --test fuzz soak -- --nocapture` goes on for ten minutes, and says the
//! seed: `CORRIDOR_FUZZ_SEED` begins there again.

mod common;
#[path = "common/soak.rs"]
mod soak;

use common::{sample, valid};
use corridor_iso20022::{
    camt029, camt050, camt052, camt053, camt054, camt056, pacs002, pacs004, pacs008, pacs009, pacs028,
    Iso20022Error, Limits,
};
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

/// Messages to begin from: the samples, and one of each kind written here.
const SAMPLES: &[&str] = &[
    "tests/data/invalid/valid.xml",
    "tests/data/boc-to-cup-hkd.pacs008.xml",
    "tests/data/cup-return-part.pacs004.xml",
    "client/corridor-iso20022/tests/golden/every-status.pacs002.xml",
    "client/corridor-iso20022/tests/golden/funding.pacs009.xml",
    "client/corridor-iso20022/tests/golden/one.pacs028.xml",
    "client/corridor-iso20022/tests/golden/three.camt056.xml",
    "client/corridor-iso20022/tests/golden/three.camt029.xml",
    "client/corridor-iso20022/tests/golden/pledge.camt050.xml",
    "client/corridor-iso20022/tests/golden/so-far.camt052.xml",
    "client/corridor-iso20022/tests/golden/day.camt053.xml",
    "client/corridor-iso20022/tests/golden/funded.camt054.xml",
];

fn bytes_of(sample: &str) -> Vec<u8> {
    let path = format!("{}/../../{sample}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Gives the bytes to every reader. What one takes, its writer gives back; whatever is wrong, saying so works
/// and stays readable.
fn read_all(bytes: &[u8]) {
    macro_rules! give {
        ($($module:ident)*) => {
            $(match $module::read(bytes, &Limits::default()) {
                Ok(message) => drop($module::write(&message)),
                Err(error) => check_error(&error),
            })*
        };
    }
    give!(pacs002 pacs004 pacs008 pacs009 pacs028 camt029 camt050 camt052 camt053 camt054 camt056);
}

fn check_error(error: &Iso20022Error) {
    assert!(error.to_string().len() < 70_000);
    assert!(!error.code().is_empty() && error.iso_reason().as_str().len() == 4);
}

/// Some places to change, with what is put there and how many bytes it replaces.
type Changes = Vec<(prop::sample::Index, &'static str, usize)>;

fn changes() -> impl Strategy<Value = Changes> {
    vec(
        (
            any::<prop::sample::Index>(),
            prop::sample::select(PIECES),
            0usize..12,
        ),
        1..6,
    )
}

/// A message with places changed, and a piece of another put in.
fn mutant() -> impl Strategy<Value = Vec<u8>> {
    let sample = prop::sample::select(SAMPLES);
    let graft = (
        prop::sample::select(SAMPLES),
        any::<prop::sample::Index>(),
        0usize..400,
    );
    (sample, changes(), prop::option::weighted(0.3, graft)).prop_map(|(sample, changes, graft)| {
        let mut bytes = bytes_of(sample);
        for (at, piece, removed) in changes {
            let start = at.index(bytes.len());
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        if let Some((other, at, length)) = graft {
            let other = bytes_of(other);
            let from = at.index(other.len());
            let piece = other[from..(from + length).min(other.len())].to_vec();
            let to = at.index(bytes.len());
            bytes.splice(to..to, piece);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

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
    fn no_mutation_of_a_valid_message_panics(bytes in mutant()) {
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

/// Mutants and noise for as long as the environment asks; a moment otherwise.
#[test]
fn soak_of_messages() {
    let messages = soak::soak("messages", &input(), |bytes| read_all(bytes), Clone::clone);
    assert!(messages > 0);
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => mutant(),
        2 => vec(prop::sample::select(PIECES), 0..200).prop_map(|pieces| pieces.concat().into_bytes()),
        1 => any::<Vec<u8>>(),
    ]
}

#[test]
fn a_seed_gives_the_same_inputs_again_and_a_crash_keeps_its_input() {
    use proptest::strategy::ValueTree;
    let inputs = |seed| {
        let mut runner = soak::runner(seed);
        let next = |_| input().new_tree(&mut runner).expect("generates").current();
        (0..50).map(next).collect::<Vec<_>>()
    };
    assert_eq!(inputs(7), inputs(7));
    assert_ne!(inputs(7), inputs(8));
    let crash = || {
        soak::soak(
            "crash",
            &Just(b"<Document>".to_vec()),
            |_| panic!("as asked"),
            Clone::clone,
        )
    };
    std::panic::catch_unwind(crash).expect_err("it panics");
    let kept = std::fs::read_dir(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let kept: Vec<_> = kept
        .map(|file| file.expect("a file").path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("crash-"))
        })
        .collect();
    assert!(!kept.is_empty());
    for path in kept {
        assert_eq!(std::fs::read(&path).expect("readable"), b"<Document>");
        std::fs::remove_file(&path).expect("removable");
    }
}

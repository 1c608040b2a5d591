//! Golden SCALE bytes of what foreign exchange, tariffs, limits and queues store and emit, and that no
//! value has two encodings.

mod common;
#[path = "common/fx.rs"]
mod fx;

use common::*;
use corridor_core::charged::FeeEvent;
use corridor_core::fx_record::FxEvent;
use corridor_core::leg::Purpose;
use corridor_core::limits::Bucket;
use corridor_core::queue::{Queued, MAX_QUEUED_MINOR_UNITS, QUEUED_PER_PAGE};
use corridor_core::queued::QueueReport;
use corridor_core::quote::{QuoteEvent, QuoteUse};
use corridor_core::tariff::{Fee, MAX_TARIFF_VERSIONS};
use corridor_core::{
    ChargedTransfer, Charges, CorridorControls, Currency, Error, FxTerms, FxTransfer, Leg, Limited, Limits,
    Money, Operation, Outcome, Quote, QuoteId, QuoteState, QuotedReturn, Rate, ReasonCode, Role,
    SettlementMethod, Tariff, Tariffs, Transfer, TransferChange, TransferReturn, TransferStatus, Unwind,
    Velocity,
};
use fx::*;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use scale_codec::{Decode, DecodeAll, Encode, MaxEncodedLen};
use std::fmt::Debug;

const TERMS: &str = "0000 0100 434e59 e8030000000000000000000000000000 db4c0000 02 02 10ff536500000000 \
                     abababababababababababababababababababababababababababababababab";
const QUOTE_ID: &str = "0300 03030303030303030303030303030303";
const QUOTE: &str = "0300 03030303030303030303030303030303 434e59 484b44 5c00000000000000 6400000000000000 \
                     3200 64000000000000000000000000000000 10270000000000000000000000000000 01 0000 \
                     58f3536500000000 201c0000 80510100";
const FX_TERMS: &str = "0300 03030303030303030303030303030303 484b44 93030000000000000000000000000000 00";
const CHARGES: &str = "01 0400 0700000000000000 01 0400 0b00000000000000";

/// The bytes are `golden` (hexadecimal; spaces mark the fields) and read back.
fn pinned<T: Encode + Decode + PartialEq + Debug>(value: &T, golden: &str) {
    let hex: String = value.encode().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, golden.split_whitespace().collect::<String>(), "{value:?}");
    assert_eq!(T::decode(&mut &value.encode()[..]).as_ref(), Ok(value));
}

fn amount(minor_units: u128) -> String {
    minor_units
        .encode()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn quotes_are_pinned() {
    pinned(&quote(), QUOTE);
    for counterparty in [None, Some(BOC)] {
        let quote = Quote {
            counterparty,
            ..quote()
        };
        assert_eq!(quote.encoded_bytes(), quote.encoded_size());
    }
    let used = amount(AMOUNT);
    pinned(&quote_state(), &format!("{QUOTE} {used} 00 00"));
    let withdrawn = QuoteState {
        withdrawn: true,
        ..quote_state()
    };
    pinned(&withdrawn, &format!("{QUOTE} {used} 01 00"));
    let signed = QuoteState {
        signed: true,
        ..quote_state()
    };
    pinned(&signed, &format!("{QUOTE} {used} 00 01"));
    pinned(&QuoteEvent::Published(quote()), &format!("00 {QUOTE}"));
    pinned(&QuoteEvent::Withdrawn(quote().id), &format!("01 {QUOTE_ID}"));
}

#[test]
fn transfers_in_two_currencies_are_pinned() {
    let (_, fx) = fx_terms();
    pinned(&fx, FX_TERMS);
    pinned(&fx_charges(), CHARGES);
    pinned(&Charges::default(), "00 00");
    let record = fx_transfer(TransferStatus::Pending);
    let times = "c4f0536500000000 c4f0536500000000";
    let zero = amount(0);
    let plain = format!("{TERMS} 00 {times} {zero} 00");
    pinned(&record.transfer, &plain);
    let rest = format!("{FX_TERMS} 801a060000000000 {CHARGES} {zero} 4442556500000000");
    pinned(&record, &format!("{plain} {rest}"));
}

#[test]
fn events_are_pinned() {
    let (terms, fx) = fx_terms();
    let instructed = FxEvent::Instructed {
        terms,
        fx,
        remainder: REMAINDER,
        spread_minor_units: SPREAD,
        charges: fx_charges(),
    };
    let spread = amount(SPREAD);
    let golden = format!("00 {TERMS} {FX_TERMS} 801a060000000000 {spread} {CHARGES}");
    pinned(&instructed, &golden);
    let leg = Leg {
        from: BOC,
        to: PROVIDER,
        money: Money::new(Currency::CNY, 1),
        purpose: Purpose::GivenBack,
    };
    let one = amount(1);
    let leg_golden = format!("0000 0300 434e59 {one} 05");
    pinned(&leg, &leg_golden);
    pinned(&FxEvent::Settled(vec![leg]), &format!("01 04 {leg_golden}"));
    let reason = ReasonCode::CUST;
    pinned(&FxEvent::Rejected(reason), "02 43555354");
    pinned(&FxEvent::Cancelled(reason), "03 43555354");
    pinned(&FxEvent::Expired, "04");
    let returned = FxEvent::Returned {
        reference: REFERENCE,
        legs: vec![leg, leg],
        sent_back_minor_units: 2,
        returned_minor_units: 3,
        reason,
        quoted: None,
    };
    let (reference, two, three) = ("09".repeat(16), amount(2), amount(3));
    let golden = format!("05 {reference} 08 {leg_golden} {leg_golden} {two} {three} 43555354");
    pinned(&returned, &format!("{golden} 00"));
    let quoted = QuoteUse {
        quote: quote().id,
        remainder: REMAINDER,
        spread_minor_units: SPREAD,
    };
    let FxEvent::Returned { reference, legs, .. } = returned else {
        panic!("as made")
    };
    let at_quote = FxEvent::Returned {
        reference,
        legs,
        sent_back_minor_units: 2,
        returned_minor_units: 3,
        reason,
        quoted: Some(quoted),
    };
    pinned(
        &at_quote,
        &format!("{golden} 01 {QUOTE_ID} 801a060000000000 {spread}"),
    );
    let purposes = [
        Purpose::Debited,
        Purpose::Credited,
        Purpose::DebtorFee,
        Purpose::CreditorFee,
        Purpose::SentBack,
        Purpose::GivenBack,
    ];
    for (number, purpose) in (0u8..).zip(purposes) {
        assert_eq!(purpose.encode(), [number]);
    }
    assert_eq!(SettlementMethod::PaymentVersusPayment.encode(), [2]);
    assert_eq!(Role::Quoter.encode(), [5]);
}

fn tariff() -> Tariff {
    Tariff {
        version: 1,
        effective_from: 2,
        fixed_minor_units: 3,
        basis_points: 4,
        minimum_minor_units: 5,
        maximum_minor_units: 6,
    }
}

#[test]
fn tariffs_limits_and_queues_are_pinned() {
    let golden = "01000000 0200000000000000 0300000000000000 0400 0500000000000000 0600000000000000";
    pinned(&tariff(), golden);
    let Ok(Outcome::Recorded(tariffs)) = Tariffs::new(PAYEE).add(tariff(), 0) else {
        panic!("valid")
    };
    pinned(&tariffs, &format!("0400 04 {golden}"));
    let limits = Limits {
        per_transfer_minor_units: 1,
        period_minor_units: 2,
        period_count: 3,
        bucket_seconds: 4,
    };
    let (one, two) = (amount(1), amount(2));
    pinned(&limits, &format!("{one} {two} 03000000 04000000"));
    let velocity = Velocity::default().take(&limits, 1, 9).expect("allowed");
    let empty = "00".repeat(20);
    let head = "04000000 0a00000000000000 0200000000000000";
    let buckets = format!("{empty} {empty} {one} 01000000 {empty} {empty} {empty}");
    pinned(&velocity, &format!("{head} {buckets}"));
    let queued = Queued {
        uetr: uetr(),
        debtor_agent: BOC,
        creditor_agent: CUP,
        minor_units: 1,
        expires_at: 2,
    };
    let golden = format!("8a562c67ca1648bab07465581be6f001 0000 0100 {one} 0200000000000000");
    pinned(&queued, &golden);
}

#[test]
fn a_return_at_a_quote_is_pinned() {
    let transfer_return = TransferReturn {
        uetr: uetr(),
        minor_units: 2,
        reason: ReasonCode::CUST,
    };
    let command = QuotedReturn {
        transfer_return,
        quote: quote().id,
        given_back: Money::new(Currency::CNY, 3),
    };
    let (two, three) = (amount(2), amount(3));
    let golden = format!("8a562c67ca1648bab07465581be6f001 {two} 43555354 {QUOTE_ID} 434e59 {three}");
    pinned(&command, &golden);
    pinned(&Operation::QuotedReturn(command), &format!("03 {golden}"));
    assert_eq!(Operation::max_encoded_len(), 74);
    assert_eq!([Unwind::OriginalRate, Unwind::NewQuote].encode(), [0, 1]);
}

#[test]
fn no_transfer_in_one_currency_reads_as_one_in_two() {
    let shortest = FxTransfer {
        charges: Charges::default(),
        ..fx_transfer(TransferStatus::Pending)
    };
    let longest = Transfer::max_encoded_len() + Charges::max_encoded_len();
    assert!(shortest.encode().len() > longest);
    for status in STATUSES {
        let plain = charged(status, fx_charges()).encode();
        assert!(FxTransfer::decode_all(&mut &plain[..]).is_err(), "{status}");
    }
}

fn charged(status: TransferStatus, charges: Charges) -> ChargedTransfer {
    ChargedTransfer {
        transfer: transfer(status),
        charges,
    }
}

#[test]
fn a_transfer_without_fees_is_stored_as_it_always_was() {
    for status in STATUSES.into_iter().chain([TransferStatus::Queued]) {
        let plain = charged(status, Charges::default());
        assert_eq!(plain.encode(), plain.transfer.encode());
        assert_eq!(ChargedTransfer::decode_all(&mut &plain.encode()[..]), Ok(plain));
    }
}

#[test]
fn fees_follow_the_transfer() {
    let both = fx_charges();
    for charges in [
        both,
        Charges { debtor: None, ..both },
        Charges {
            creditor: None,
            ..both
        },
    ] {
        let record = charged(TransferStatus::Queued, charges);
        let bytes = [record.transfer.encode(), charges.encode()].concat();
        assert_eq!(record.encode(), bytes);
        assert_eq!(ChargedTransfer::decode_all(&mut &bytes[..]), Ok(record));
        for shorter in record.transfer.encoded_size() + 1..bytes.len() {
            let cut = ChargedTransfer::decode_all(&mut &bytes[..shorter]);
            assert!(cut.is_err(), "{shorter} of {}", bytes.len());
        }
        let longer = [bytes, vec![0]].concat();
        assert!(ChargedTransfer::decode_all(&mut &longer[..]).is_err());
    }
    let written_out = [transfer(TransferStatus::Pending).encode(), vec![0, 0]].concat();
    assert!(
        ChargedTransfer::decode_all(&mut &written_out[..]).is_err(),
        "one encoding only"
    );
}

#[test]
fn a_transfer_in_two_currencies_reads_as_a_plain_one() {
    for status in [TransferStatus::Pending, TransferStatus::PartlyReturned] {
        let record = fx_transfer(status);
        let read = ChargedTransfer::decode_all(&mut &record.encode()[..]);
        let plain = ChargedTransfer {
            transfer: record.transfer,
            charges: Charges::default(),
        };
        assert_eq!(read, Ok(plain), "whatever its fees");
    }
}

#[test]
fn what_the_queue_and_fees_emit_is_pinned() {
    pinned(&FeeEvent::Fixed(fx_charges()), &format!("00 {CHARGES}"));
    pinned(&FeeEvent::Reserved, "01");
    let leg = Leg {
        from: BOC,
        to: PAYEE,
        money: Money::new(Currency::CNY, 1),
        purpose: Purpose::DebtorFee,
    };
    let one = amount(1);
    pinned(
        &FeeEvent::Paid(vec![leg]),
        &format!("02 04 0000 0400 434e59 {one} 02"),
    );
    pinned(&FeeEvent::Released, "03");
    let report = QueueReport {
        settled: 1,
        expired: 2,
        waiting: 3,
        gross_minor_units: 4,
        liquidity_minor_units: 5,
    };
    pinned(&report, &format!("0100 0200 0300 {} {}", amount(4), amount(5)));
    pinned(&TransferChange::Queued, "07");
    assert_eq!(TransferStatus::Queued.encode(), [8]);
    assert_eq!(SettlementMethod::QueuedGross.encode(), [3]);
}

fn highest_limits() -> Limits {
    Limits {
        per_transfer_minor_units: u128::MAX,
        period_minor_units: u128::MAX,
        period_count: u32::MAX,
        bucket_seconds: u32::MAX,
    }
}

#[test]
fn what_the_governor_sets_is_pinned() {
    pinned(
        &CorridorControls::default(),
        &format!("00 {} 00", "00".repeat(140)),
    );
    let limited = Limited::default().set(Some(highest_limits()), 6).expect("valid");
    let highest = format!("{} {} ffffffff ffffffff", amount(u128::MAX), amount(u128::MAX));
    let count = format!("ffffffff 0700000000000000 {}", "00".repeat(128));
    pinned(&limited, &format!("01 {highest} {count}"));
    let Ok(Outcome::Recorded(controls)) = CorridorControls::default().add_tariff(PAYEE, tariff(), 0) else {
        panic!("valid")
    };
    let tariffs =
        "01 0400 04 01000000 0200000000000000 0300000000000000 0400 0500000000000000 0600000000000000";
    pinned(&controls, &format!("00 {} {tariffs}", "00".repeat(140)));
}

#[test]
fn stored_values_fit_what_the_chain_stores() {
    assert_eq!(Quote::max_encoded_len(), 93);
    assert_eq!(QuoteState::max_encoded_len(), 111);
    assert_eq!(FxTransfer::max_encoded_len(), 203);
    assert_eq!(Velocity::max_encoded_len(), 140);
    assert_eq!(Limits::max_encoded_len(), 40);
    assert_eq!(Limited::max_encoded_len(), 181);
    assert_eq!(Transfer::max_encoded_len() + Charges::max_encoded_len(), 133);
}

#[test]
fn the_fullest_values_fit_what_the_chain_stores() {
    let largest = Tariff {
        version: 0,
        effective_from: 0,
        fixed_minor_units: u64::MAX,
        basis_points: 10_000,
        minimum_minor_units: u64::MAX,
        maximum_minor_units: u64::MAX,
    };
    let mut controls = CorridorControls::default();
    for version in 0..MAX_TARIFF_VERSIONS as u32 {
        let next = Tariff {
            version,
            effective_from: u64::from(version),
            ..largest
        };
        let Ok(Outcome::Recorded(with)) = controls.add_tariff(PAYEE, next, 0) else {
            panic!("valid")
        };
        controls = with;
    }
    controls.limited = Limited::default()
        .set(Some(highest_limits()), 0)
        .and_then(|limited| limited.take(u128::MAX, u64::MAX))
        .expect("valid");
    assert_eq!(controls.encoded_size(), 337);
    assert_eq!(controls.limited.encoded_size(), 181);
    let queued = Queued {
        uetr: uetr(),
        debtor_agent: BOC,
        creditor_agent: CUP,
        minor_units: MAX_QUEUED_MINOR_UNITS,
        expires_at: u64::MAX,
    };
    assert_eq!(vec![queued; QUEUED_PER_PAGE].encoded_size(), 397);
    let mut longest = charged(TransferStatus::Netted(WINDOW), fx_charges());
    longest.transfer.reason = Some(ReasonCode::AC01);
    assert_eq!(longest.encoded_size(), 133);
}

#[test]
fn errors_keep_their_numbers() {
    let names = [
        "NotQuoteProvider",
        "SignerMayNotQuote",
        "NotCounterparty",
        "InvalidRate",
        "InvalidQuote",
        "InvalidTariff",
        "InvalidLimits",
        "QuoteConflict",
        "TariffConflict",
        "UnknownQuote",
        "QuoteMismatch",
        "QuoteWithdrawn",
        "QuoteExpired",
        "HoldTooLong",
        "UnwindClosed",
        "BelowQuoteMinimum",
        "ReturnTooSmall",
        "QuoteExhausted",
        "FeeExceedsAmount",
        "LimitPerTransfer",
        "VelocityExceeded",
        "ProviderNotCovered",
        "QueueFull",
    ];
    for (number, name) in (55u8..).zip(names) {
        assert_eq!(Error::ALL[usize::from(number)].name(), name);
    }
}

fn canonical<T: Decode + Encode + PartialEq + Debug>(bytes: &[u8]) -> TestCaseResult {
    let mut rest = bytes;
    if let Ok(value) = T::decode(&mut rest) {
        let read = &bytes[..bytes.len() - rest.len()];
        prop_assert_eq!(value.encode(), read);
    }
    Ok(())
}

/// Bytes that get past the first fields more often than uniform ones: small numbers and capital letters.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![0u8..4, b'A'..=b'Z', any::<u8>()];
    prop::collection::vec(byte, 0..300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_decode_canonically_or_not_at_all(bytes in plausible()) {
        canonical::<Rate>(&bytes)?;
        canonical::<QuoteId>(&bytes)?;
        canonical::<Quote>(&bytes)?;
        canonical::<QuoteState>(&bytes)?;
        canonical::<QuoteEvent>(&bytes)?;
        canonical::<FxTerms>(&bytes)?;
        canonical::<QuotedReturn>(&bytes)?;
        canonical::<QuoteUse>(&bytes)?;
        canonical::<FxTransfer>(&bytes)?;
        canonical::<FxEvent>(&bytes)?;
        canonical::<Purpose>(&bytes)?;
        canonical::<Leg>(&bytes)?;
        canonical::<Tariff>(&bytes)?;
        canonical::<Tariffs>(&bytes)?;
        canonical::<Fee>(&bytes)?;
        canonical::<Charges>(&bytes)?;
        canonical::<Limits>(&bytes)?;
        canonical::<Bucket>(&bytes)?;
        canonical::<Velocity>(&bytes)?;
        canonical::<Queued>(&bytes)?;
        canonical::<Limited>(&bytes)?;
        canonical::<CorridorControls>(&bytes)?;
        canonical::<FeeEvent>(&bytes)?;
        canonical::<QueueReport>(&bytes)?;
    }

    #[test]
    fn whatever_follows_a_plain_transfer_is_its_fees_or_refused(rest in prop::collection::vec(prop_oneof![0u8..2, any::<u8>()], 0..24)) {
        let bytes = [transfer(TransferStatus::Pending).encode(), rest].concat();
        canonical::<ChargedTransfer>(&bytes)?;
    }

    #[test]
    fn a_flipped_byte_of_a_transfer_is_refused_or_is_another_transfer(at: prop::sample::Index, flip in 1u8..) {
        let record = fx_transfer(TransferStatus::PartlyReturned);
        let mut bytes = record.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(other) = FxTransfer::decode(&mut &bytes[..]) {
            prop_assert_ne!(other, record);
        }
        canonical::<FxTransfer>(&bytes)?;
    }
}

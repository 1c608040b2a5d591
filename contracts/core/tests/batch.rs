//! Clearing batches: the check of items, the commitment to them, and each end of a batch.

mod common;

use common::*;
use corridor_core::batch::{
    scan, ItemFault, ItemLimits, Scan, ITEM_BYTES, MAX_COUNTERPARTIES, MAX_ITEMS, MAX_ITEM_MINOR_UNITS,
    MAX_REJECTED,
};
use corridor_core::batch_life::{
    accept_batch, admissible, cancel_batch, expire_batch, fingerprint, reject_batch, submit, BatchAcceptance,
    BatchUpdate, Leg, LegStatus, MAX_EXCEPTIONS,
};
use corridor_core::batch_proof::{chunk_hashes, prove, root, verify_item, BATCH_DOMAIN, CHUNK_DOMAIN};
use corridor_core::terms::MAX_PENDING_SECONDS;
use corridor_core::{
    BatchChange, BatchHeader, BatchRecord, Caller, Currency, Error, Gate, Item, ItemTotal, NetEntry, NetPage,
    NetPages, Outcome, ParticipantId, ReasonCode, Role, Roles, Uetr, WindowId,
};
use scale_codec::Encode;
use sp_crypto_hashing::keccak_256;

const LIMIT: u64 = 10_000;
const LIMITS: ItemLimits = [LIMIT; MAX_COUNTERPARTIES];

fn keccak(bytes: &[u8]) -> [u8; 32] {
    keccak_256(bytes)
}

fn item(index: u16, minor_units: u64, counterparty: u8) -> Item {
    let mut random = Random(u64::from(index));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&random.next().to_le_bytes());
    bytes[8..].copy_from_slice(&random.next().to_le_bytes());
    Item {
        uetr: Uetr::from_random_bytes(bytes),
        minor_units,
        counterparty,
        message_digest: [0xAB; 32],
    }
}

/// Forty items: 1 to 40 minor units, in turn to CUP and OTHER.
fn items() -> Vec<Item> {
    (0..40u16)
        .map(|index| {
            item(
                index,
                u64::from(index) + 1,
                u8::try_from(index % 2).expect("0 or 1"),
            )
        })
        .collect()
}

fn bytes_of(items: &[Item]) -> Vec<u8> {
    items.iter().flat_map(Item::to_bytes).collect()
}

fn header() -> BatchHeader {
    BatchHeader {
        debtor_agent: BOC,
        number: 7,
        currency: Currency::CNY,
        counterparties: vec![CUP, OTHER],
        items: 40,
        control_sum: 820,
        all_or_nothing: false,
        expires_at: NOW + 3_600,
    }
}

fn total(minor_units: u64, items: u16) -> ItemTotal {
    ItemTotal { minor_units, items }
}

#[test]
fn valid_items_are_added_up_for_each_counterparty() {
    let found = scan(&header(), &bytes_of(&items()), LIMITS).expect("valid");
    assert_eq!(found.totals[..3], [total(400, 20), total(420, 20), total(0, 0)]);
    assert!(found.rejected.is_empty());
    assert_eq!(found.limits, LIMITS);
}

/// A byte to overwrite, and what the item is then refused for.
const SPOILED: [(usize, u8, ItemFault); 12] = [
    (6, 0x30, ItemFault::Uetr),
    (6, 0x50, ItemFault::Uetr),
    (8, 0x40, ItemFault::Uetr),
    (8, 0xC0, ItemFault::Uetr),
    (16, 0, ItemFault::ZeroAmount),
    (23, 0x80, ItemFault::AboveLimit),
    (18, 0x01, ItemFault::AboveLimit),
    (24, 2, ItemFault::Counterparty),
    (24, 0xFF, ItemFault::Counterparty),
    (25, 1, ItemFault::Reserved),
    (28, 0x80, ItemFault::Reserved),
    (31, 0xFF, ItemFault::Reserved),
];

/// The header with the control sum of these bytes.
fn summed(header: BatchHeader, bytes: &[u8]) -> BatchHeader {
    let amounts = bytes.chunks(ITEM_BYTES).map(|item| {
        let amount: [u8; 8] = item[16..24].try_into().expect("eight bytes");
        u128::from(u64::from_le_bytes(amount))
    });
    BatchHeader {
        items: u16::try_from(bytes.len() / ITEM_BYTES).expect("few"),
        control_sum: amounts.sum(),
        ..header
    }
}

#[test]
fn each_invalid_item_is_left_out_and_named() {
    for (at, byte, fault) in SPOILED {
        let mut bytes = bytes_of(&items());
        bytes[3 * ITEM_BYTES + at] = byte;
        let header = summed(header(), &bytes);
        let found = scan(&header, &bytes, LIMITS).expect("one invalid item");
        assert_eq!(found.rejected, [(3, fault)], "byte {at}");
        assert_eq!(found.totals[..2], [total(400, 20), total(416, 19)]);
        let all_or_nothing = BatchHeader {
            all_or_nothing: true,
            ..header
        };
        assert_eq!(scan(&all_or_nothing, &bytes, LIMITS), Err(Error::InvalidItems));
    }
}

#[test]
fn an_items_faults_are_named_in_one_order() {
    let limits = &[LIMIT, LIMIT];
    let mut bytes = item(0, 0, 9).to_bytes();
    bytes[30] = 1;
    for fault in [
        ItemFault::ZeroAmount,
        ItemFault::Reserved,
        ItemFault::Counterparty,
        ItemFault::AboveLimit,
    ] {
        assert_eq!(Item::read(&bytes, limits), Err(fault));
        match fault {
            ItemFault::ZeroAmount => bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes()),
            ItemFault::Reserved => bytes[30] = 0,
            ItemFault::Counterparty => bytes[24] = 1,
            _ => bytes[16..24].copy_from_slice(&LIMIT.to_le_bytes()),
        }
    }
    assert_eq!(Item::read(&bytes, limits), Ok(item(0, LIMIT, 1)));
    bytes[6] = 0;
    bytes[16..24].fill(0);
    assert_eq!(Item::read(&bytes, limits), Err(ItemFault::Uetr));
}

#[test]
fn each_counterparty_has_a_limit_of_its_own() {
    let mut limits = LIMITS;
    limits[..2].copy_from_slice(&[39, 38]);
    let bytes = bytes_of(&items());
    // Items of 39 for CUP and of 40 for OTHER are the largest.
    let found = scan(&header(), &bytes, limits).expect("one above the limit");
    assert_eq!(found.rejected, [(39, ItemFault::AboveLimit)]);
    assert_eq!(found.totals[..2], [total(400, 20), total(380, 19)]);
    limits[0] = 0;
    let found = scan(&header(), &bytes, limits).expect("none of CUP's");
    assert_eq!((found.totals[0], found.rejected.len()), (total(0, 0), 21));
    let all_or_nothing = BatchHeader {
        all_or_nothing: true,
        ..header()
    };
    assert_eq!(scan(&all_or_nothing, &bytes, limits), Err(Error::InvalidItems));
}

#[test]
fn sixty_four_invalid_items_are_left_out_and_one_more_refuses_the_batch() {
    for (invalid, refused) in [(64u16, false), (65, true)] {
        let items: Vec<Item> = (0..100)
            .map(|index| item(index, u64::from(index >= invalid), 0))
            .collect();
        let bytes = bytes_of(&items);
        let answer = scan(&summed(header(), &bytes), &bytes, LIMITS);
        match answer {
            Ok(found) => assert_eq!((refused, found.rejected.len()), (false, MAX_REJECTED)),
            Err(error) => assert_eq!((refused, error), (true, Error::InvalidItems)),
        }
    }
}

#[test]
fn a_scan_is_refused_in_documented_order() {
    type Args = (BatchHeader, Vec<u8>, ItemLimits);
    let faults: [Fault<Args>; 5] = [
        (Error::InvalidBatch, |(_, bytes, _)| {
            bytes.truncate(39 * ITEM_BYTES)
        }),
        (Error::InvalidBatch, |(_, bytes, _)| bytes.push(0)),
        (Error::InvalidItems, |(header, bytes, _)| {
            header.all_or_nothing = true;
            bytes[6] = 0;
        }),
        (Error::NetAmountTooLarge, |(_, bytes, limits)| {
            *limits = [u64::MAX; MAX_COUNTERPARTIES];
            for at in [4, 6] {
                bytes[at * ITEM_BYTES + 16..][..8].fill(0xFF);
            }
        }),
        (Error::ControlSum, |(header, _, _)| header.control_sum += 1),
    ];
    let base = (header(), bytes_of(&items()), LIMITS);
    assert_precedence(
        &base,
        |(header, bytes, limits)| scan(header, bytes, *limits),
        &faults,
    );
}

#[test]
fn a_header_is_refused_outside_its_limits() {
    assert_eq!(header().validate(), Ok(()));
    let spoil: [Fault<BatchHeader>; 6] = [
        (Error::InvalidBatch, |header| header.counterparties.clear()),
        (Error::InvalidBatch, |header| {
            header.counterparties = (1..10).map(ParticipantId).collect();
        }),
        (Error::InvalidBatch, |header| header.counterparties.push(CUP)),
        (Error::InvalidBatch, |header| header.items = 0),
        (Error::InvalidBatch, |header| header.items = MAX_ITEMS + 1),
        (Error::SameAgent, |header| header.counterparties.push(BOC)),
    ];
    for (error, spoil) in spoil {
        let mut spoiled = header();
        spoil(&mut spoiled);
        assert_eq!(spoiled.validate(), Err(error));
    }
}

#[test]
fn the_root_is_over_domain_header_and_chunk_hashes() {
    let bytes = bytes_of(&items());
    let chunks: Vec<[u8; 32]> = [
        (0u16, &bytes[..1_024]),
        (1, &bytes[1_024..2_048]),
        (2, &bytes[2_048..]),
    ]
    .into_iter()
    .map(|(index, chunk)| keccak_256(&[CHUNK_DOMAIN, &index.to_le_bytes()[..], chunk].concat()))
    .collect();
    assert_eq!(chunk_hashes(&bytes, &mut keccak), chunks);
    let preimage = [&BATCH_DOMAIN[..], &header().encode(), chunks.as_flattened()].concat();
    assert_eq!(root(&header(), &bytes, &mut keccak), keccak_256(&preimage));
    let golden: String = root(&header(), &bytes, &mut keccak)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        golden, GOLDEN_ROOT,
        "a changed commitment makes every recorded batch unprovable"
    );
}

const GOLDEN_ROOT: &str = "97d008084b4dc2ef5d40b4aa92f6f4385918f777385cd583af7c5ad174cafb86";

#[test]
fn every_item_is_proven_and_nothing_else_is() {
    let (items, header) = (items(), header());
    let bytes = bytes_of(&items);
    let root = root(&header, &bytes, &mut keccak);
    for (index, item) in (0u16..).zip(&items) {
        let proof = prove(&bytes, index, &mut keccak).expect("is there");
        assert_eq!(
            verify_item(root, &header, &LIMITS, &proof, &mut keccak),
            Ok(*item)
        );
        let refused = |proof: &_, header: &_| {
            assert_eq!(
                verify_item(root, header, &LIMITS, proof, &mut keccak),
                Err(Error::InvalidProof)
            );
        };
        let mut other = proof.clone();
        other.chunk[5] ^= 1;
        refused(&other, &header);
        let mut other = proof.clone();
        other.index = (proof.index + 16) % 48;
        refused(&other, &header);
        let mut other = proof.clone();
        other.chunk_hashes[2][0] ^= 1;
        refused(&other, &header);
        let mut other = proof.clone();
        other.chunk_hashes.push([0; 32]);
        refused(&other, &header);
        let mut other = proof.clone();
        other.chunk.truncate(other.chunk.len() - ITEM_BYTES);
        refused(&other, &header);
        let mut other = header.clone();
        other.number += 1;
        refused(&proof, &other);
        let mut lower = LIMITS;
        lower[usize::from(item.counterparty)] = u64::from(index);
        assert_eq!(
            verify_item(root, &header, &lower, &proof, &mut keccak),
            Err(Error::InvalidException),
            "above the limit it was scanned with"
        );
    }
    assert_eq!(prove(&bytes, 40, &mut keccak), None);
    let mut past = prove(&bytes, 39, &mut keccak).expect("is there");
    past.index = 40;
    assert_eq!(
        verify_item(root, &header, &LIMITS, &past, &mut keccak),
        Err(Error::InvalidProof)
    );
}

#[derive(Clone)]
struct Submission {
    last: Option<u32>,
    recorded: Option<BatchRecord>,
    gate: Gate,
    caller: Caller,
    header: BatchHeader,
}

const ROOT: [u8; 32] = [0x77; 32];

/// Of CUP, of OTHER, and of nobody.
const SCANNED: ItemLimits = [500, 600, 7, 7, 7, 7, 7, 7];

fn submission() -> Submission {
    Submission {
        last: Some(6),
        recorded: None,
        gate: gate(),
        caller: caller(BOC),
        header: header(),
    }
}

impl Submission {
    fn run(&self) -> Result<Outcome<BatchUpdate, BatchRecord>, Error> {
        let mut totals = [ItemTotal::default(); MAX_COUNTERPARTIES];
        totals[..2].copy_from_slice(&[total(400, 20), total(416, 19)]);
        let scan = Scan {
            totals,
            rejected: vec![(3, ItemFault::Reserved)],
            limits: SCANNED,
        };
        let Self {
            last,
            recorded,
            gate,
            caller,
            header,
        } = self;
        submit(*last, recorded.clone(), gate, caller, header, scan, ROOT, NOW)
    }
}

fn recorded() -> BatchRecord {
    match submission().run() {
        Ok(Outcome::Recorded(update)) => update.record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_submission_is_refused_in_documented_order() {
    assert_precedence(
        &submission(),
        Submission::run,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(args.caller.participant, &[Role::Instructor]);
            }),
            (Error::NotDebtorAgent, |args| args.caller.participant = CUP),
            (Error::InvalidBatch, |args| args.header.items = 0),
            (Error::SameAgent, |args| args.header.counterparties.push(BOC)),
            (Error::BatchConflict, |args| {
                args.recorded = Some(BatchRecord {
                    root: [1; 32],
                    ..recorded()
                });
            }),
            (Error::BatchNumber, |args| args.last = Some(7)),
            (Error::BatchNumber, |args| args.last = Some(u32::MAX)),
            (Error::Paused, |args| args.gate.paused = true),
            (Error::UnknownParticipant, |args| {
                args.header.counterparties.insert(0, ParticipantId(3));
            }),
            (Error::ParticipantSuspended, |args| {
                args.gate.suspended[0] |= 0b001
            }),
            (Error::ParticipantSuspended, |args| {
                args.gate.suspended[0] |= 0b100
            }),
            (Error::ExpiryPassed, |args| args.header.expires_at = NOW),
            (Error::ExpiryTooFar, |args| {
                args.header.expires_at = NOW + MAX_PENDING_SECONDS + 1;
            }),
        ],
    );
}

#[test]
fn a_submission_records_the_sums_and_a_repeat_answers_them() {
    let expected = BatchRecord {
        root: ROOT,
        debtor_agent: BOC,
        currency: Currency::CNY,
        submitted_at: NOW,
        expires_at: NOW + 3_600,
        legs: [(CUP, total(400, 20), 500), (OTHER, total(416, 19), 600)]
            .map(|(creditor_agent, total, limit)| Leg {
                creditor_agent,
                total,
                limit,
                status: LegStatus::Pending,
            })
            .to_vec(),
    };
    assert_eq!(recorded(), expected);
    let mut again = submission();
    again.recorded = Some(recorded());
    again.last = Some(99);
    again.gate.paused = true;
    assert_eq!(again.run(), Ok(Outcome::Repeated(expected)));
    let mut first = submission();
    first.last = None;
    first.header.number = 0;
    assert!(first.run().is_ok());
    first.header.number = u32::MAX;
    assert!(first.run().is_ok(), "numbers may be left out");
    assert_eq!(admissible(&caller(BOC), &header()), Ok(()));
}

#[test]
fn a_record_knows_the_limits_it_was_scanned_with() {
    let mut limits = [MAX_ITEM_MINOR_UNITS; MAX_COUNTERPARTIES];
    limits[..2].copy_from_slice(&[500, 600]);
    assert_eq!(recorded().limits(), limits);
}

#[test]
fn what_has_ended_is_what_was_refused_withdrawn_or_excepted() {
    let (cup, other, none) = (total(400, 20), total(416, 19), total(0, 0));
    let rejected = LegStatus::Rejected(ReasonCode::AC04);
    let cancelled = LegStatus::Cancelled(ReasonCode::CUST);
    for (one, two, ended) in [
        (LegStatus::Pending, LegStatus::Pending, [none, none]),
        (LegStatus::Expired, LegStatus::Pending, [cup, none]),
        (accepted(total(30, 2)), LegStatus::Expired, [total(30, 2), other]),
        (accepted(none), LegStatus::Pending, [none, none]),
        (accepted(total(30, 2)), LegStatus::Pending, [total(30, 2), none]),
        (
            accepted(total(30, 2)),
            accepted(total(5, 1)),
            [total(30, 2), total(5, 1)],
        ),
        (rejected, LegStatus::Pending, [cup, none]),
        (LegStatus::Pending, cancelled, [none, other]),
        (accepted(total(30, 2)), cancelled, [total(30, 2), other]),
        (cancelled, rejected, [cup, other]),
    ] {
        let mut record = recorded();
        record.legs[0].status = one;
        let before = record.ended();
        record.legs[1].status = two;
        let (first, second) = (ended[0], ended[1]);
        assert_eq!(record.ended()[..3], [first, second, none], "{one:?} {two:?}");
        // The first had ended before.
        assert_eq!(record.ended_since(&before)[..3], [none, second, none]);
    }
}

#[derive(Clone)]
struct Acceptance {
    record: BatchRecord,
    caller: Caller,
    exceptions: Vec<(u16, Item)>,
    pages: NetPages,
    now: u64,
}

fn acceptance() -> Acceptance {
    let mut debtor = NetPage::default();
    let entry = NetEntry {
        collateral: 397,
        cap: 397,
        ..NetEntry::default()
    };
    debtor.set(BOC, entry);
    Acceptance {
        record: recorded(),
        caller: caller(CUP),
        exceptions: vec![(0, item(0, 1, 0)), (2, item(2, 2, 0))],
        pages: NetPages {
            debtor,
            creditor: None,
        },
        now: NOW,
    }
}

impl Acceptance {
    fn run(&self) -> Result<Outcome<BatchAcceptance, BatchRecord>, Error> {
        let (record, pages) = (self.record.clone(), self.pages.clone());
        accept_batch(record, &self.caller, &self.exceptions, pages, WINDOW, self.now)
    }
}

fn accepted(excepted: ItemTotal) -> LegStatus {
    LegStatus::Accepted {
        window: WindowId(1),
        excepted,
        fingerprint: 0,
    }
}

#[test]
fn an_acceptance_is_refused_in_documented_order() {
    assert_precedence(
        &acceptance(),
        Acceptance::run,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(args.caller.participant, &[Role::Approver]);
            }),
            (Error::NotCreditorAgent, |args| args.caller.participant = BOC),
            (Error::InvalidException, |args| {
                args.exceptions = vec![(2, item(2, 2, 0)), (2, item(2, 2, 0))];
            }),
            (Error::InvalidException, |args| {
                args.exceptions = vec![(2, item(2, 2, 0)), (0, item(0, 1, 0))];
            }),
            (Error::InvalidException, |args| {
                args.exceptions[0].1.counterparty = 1
            }),
            (Error::InvalidException, |args| {
                args.exceptions[0].1.minor_units = 400
            }),
            (Error::InvalidException, |args| {
                args.exceptions = (0..=u16::try_from(MAX_EXCEPTIONS).expect("few"))
                    .map(|index| (index, item(index, 1, 0)))
                    .collect();
            }),
            (Error::BatchConflict, |args| {
                args.record.legs[0].status = accepted(total(3, 1))
            }),
            (Error::WrongStatus, |args| {
                args.record.legs[0].status = LegStatus::Rejected(ReasonCode::AC04);
            }),
            (Error::WrongStatus, |args| {
                args.record.legs[0].status = LegStatus::Cancelled(ReasonCode::CUST);
            }),
            (Error::Expired, |args| args.now = NOW + 3_600),
            (Error::WindowNotClosed, |args| {
                for (window, holder) in [(0, OTHER), (1, ParticipantId(3))] {
                    args.pages.debtor.roll(WindowId(window)).expect("moves on");
                    let open = 1;
                    args.pages.debtor.set(
                        holder,
                        NetEntry {
                            open,
                            ..NetEntry::default()
                        },
                    );
                }
            }),
            (Error::NetDebitCap, |args| {
                let entry = args.pages.debtor.get(BOC);
                args.pages.debtor.set(BOC, NetEntry { cap: 396, ..entry });
            }),
        ],
    );
}

#[test]
fn an_acceptance_books_the_sum_less_the_exceptions_once() {
    let Ok(Outcome::Recorded(change)) = acceptance().run() else {
        panic!("first time");
    };
    assert_eq!(change.pages.debtor.get(BOC).open, -397);
    assert_eq!(change.pages.debtor.get(CUP).open, 397);
    let excepted = total(3, 2);
    let window = WINDOW;
    assert_eq!(
        change.record.legs[0].status,
        LegStatus::Accepted {
            window,
            excepted,
            fingerprint: fingerprint(&acceptance().exceptions),
        }
    );
    assert_eq!(change.record.legs[1].status, LegStatus::Pending);
    let event = BatchChange::Accepted {
        creditor_agent: CUP,
        window,
        minor_units: 397,
        excepted: vec![0, 2],
    };
    assert_eq!(change.event, event);
    let mut again = acceptance();
    again.record = change.record;
    again.now = u64::MAX;
    assert_eq!(again.run(), Ok(Outcome::Repeated(again.record.clone())));
    again.exceptions.clear();
    assert_eq!(again.run(), Err(Error::BatchConflict));
}

#[test]
fn other_items_of_the_same_number_and_sum_are_another_acceptance() {
    let Ok(Outcome::Recorded(change)) = acceptance().run() else {
        panic!("first time");
    };
    let mut again = acceptance();
    again.record = change.record;
    assert_eq!(again.run(), Ok(Outcome::Repeated(again.record.clone())));
    for others in [[(4, 1), (6, 2)], [(0, 1), (6, 2)], [(2, 1), (4, 2)]] {
        again.exceptions = others
            .map(|(index, minor_units)| (index, item(index, minor_units, 0)))
            .to_vec();
        assert_eq!(again.run(), Err(Error::BatchConflict), "{others:?}");
    }
}

#[test]
fn a_fingerprint_tells_lists_of_indices_apart() {
    let of = |indices: &[u16]| {
        let items: Vec<_> = indices.iter().map(|index| (*index, item(*index, 1, 0))).collect();
        fingerprint(&items)
    };
    assert_eq!(of(&[]), 0);
    // Made by another implementation of FNV-1a.
    assert_eq!(of(&[1, 256]), 0xad2a_cb77_4798_5917);
    let mut seen = std::collections::BTreeSet::from([0]);
    for first in 0..64 {
        assert!(seen.insert(of(&[first])));
        for second in first + 1..64 {
            assert!(seen.insert(of(&[first, second])));
        }
    }
}

#[test]
fn what_nobody_answered_in_time_is_expired_by_anyone_once() {
    let end = NOW + 3_600;
    assert_eq!(expire_batch(recorded(), end - 1), Err(Error::NotYetExpired));
    let mut half = recorded();
    half.legs[0].status = accepted(total(3, 2));
    let Ok(Outcome::Recorded(expired)) = expire_batch(half, end) else {
        panic!("one part is pending");
    };
    assert_eq!(expired.event, BatchChange::Expired);
    let statuses: Vec<LegStatus> = expired.record.legs.iter().map(|leg| leg.status).collect();
    assert_eq!(statuses, [accepted(total(3, 2)), LegStatus::Expired]);
    let record = expired.record;
    for now in [0, end, u64::MAX] {
        assert_eq!(
            expire_batch(record.clone(), now),
            Ok(Outcome::Repeated(record.clone()))
        );
    }
    let why = ReasonCode::AC04;
    assert_eq!(
        reject_batch(record.clone(), &caller(OTHER), why),
        Err(Error::WrongStatus)
    );
    assert_eq!(
        cancel_batch(record.clone(), &caller(BOC), why),
        Err(Error::WrongStatus)
    );
    let mut late = acceptance();
    (late.record, late.caller, late.exceptions, late.now) = (record, caller(OTHER), Vec::new(), NOW);
    assert_eq!(late.run(), Err(Error::WrongStatus));

    let mut answered = recorded();
    answered.legs[0].status = accepted(total(0, 0));
    answered.legs[1].status = LegStatus::Rejected(why);
    for now in [0, u64::MAX] {
        assert_eq!(expire_batch(answered.clone(), now), Err(Error::WrongStatus));
    }
}

#[test]
fn a_part_is_rejected_by_its_own_counterparty_and_the_rest_cancelled() {
    let why = ReasonCode::AC04;
    let reject = |record: BatchRecord, participant| reject_batch(record, &caller(participant), why);
    let Ok(Outcome::Recorded(rejected)) = reject(recorded(), OTHER) else {
        panic!("first time");
    };
    assert_eq!(rejected.record.legs[1].status, LegStatus::Rejected(why));
    assert_eq!(
        reject(rejected.record.clone(), OTHER),
        Ok(Outcome::Repeated(rejected.record.clone()))
    );
    assert_eq!(
        reject_batch(rejected.record.clone(), &caller(OTHER), ReasonCode::AC01),
        Err(Error::WrongStatus)
    );
    assert_eq!(reject(recorded(), BOC), Err(Error::NotCreditorAgent));

    let cancel = |record: BatchRecord, participant| cancel_batch(record, &caller(participant), why);
    assert_eq!(cancel(recorded(), CUP), Err(Error::NotDebtorAgent));
    let Ok(Outcome::Recorded(cancelled)) = cancel(rejected.record, BOC) else {
        panic!("CUP's is pending");
    };
    let statuses: Vec<LegStatus> = cancelled.record.legs.iter().map(|leg| leg.status).collect();
    assert_eq!(statuses, [LegStatus::Cancelled(why), LegStatus::Rejected(why)]);
    assert_eq!(
        cancel(cancelled.record.clone(), BOC),
        Ok(Outcome::Repeated(cancelled.record.clone()))
    );
    assert_eq!(
        cancel_batch(cancelled.record.clone(), &caller(BOC), ReasonCode::AC01),
        Err(Error::WrongStatus)
    );
    assert_eq!(reject(cancelled.record, CUP), Err(Error::WrongStatus));
}

#[test]
fn each_command_is_for_its_own_roles_only() {
    for role in Role::ALL {
        let acting = |participant| Caller {
            participant,
            roles: Roles::default().with(role),
        };
        let mut submission = submission();
        submission.caller = acting(BOC);
        assert_eq!(submission.run().is_ok(), role == Role::Instructor, "{role}");
        let mut acceptance = acceptance();
        acceptance.caller = acting(CUP);
        assert_eq!(acceptance.run().is_ok(), role == Role::Approver, "{role}");
        let rejected = reject_batch(recorded(), &acting(CUP), ReasonCode::AC04);
        assert_eq!(
            rejected.is_ok(),
            matches!(role, Role::Approver | Role::Compliance),
            "{role}"
        );
        let cancelled = cancel_batch(recorded(), &acting(BOC), ReasonCode::AC04);
        assert_eq!(
            cancelled.is_ok(),
            matches!(role, Role::Instructor | Role::Compliance),
            "{role}"
        );
    }
}

#[test]
fn records_and_events_fit_what_the_chain_stores() {
    let mut record = recorded();
    record.legs = (0..8)
        .map(|id| Leg {
            creditor_agent: ParticipantId(id),
            total: total(u64::MAX, u16::MAX),
            limit: u64::MAX,
            status: accepted(total(u64::MAX, u16::MAX)),
        })
        .collect();
    assert_eq!(record.encoded_size(), 398);
    let submitted = BatchChange::Submitted {
        root: ROOT,
        totals: vec![(CUP, total(1, 1)); MAX_COUNTERPARTIES],
        rejected: vec![(1, ItemFault::Uetr); MAX_REJECTED],
    };
    assert!(submitted.encoded_size() <= 400);
    let accepted = BatchChange::Accepted {
        creditor_agent: CUP,
        window: WINDOW,
        minor_units: 1,
        excepted: vec![1; MAX_EXCEPTIONS],
    };
    assert!(accepted.encoded_size() <= 400);
    assert!(usize::from(MAX_ITEMS) * ITEM_BYTES <= 128 * 1_024);
}

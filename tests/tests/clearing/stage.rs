//! Two institutions with collateral, caps and a schedule.

use corridor_core::{
    BatchHeader, ChargeBearer, Error, Money, NetEntry, ParticipantId, Schedule, SettlementMethod, Terms,
    Uetr, WindowId,
};
use corridor_tests::backend::{Account, Backend, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario;
use corridor_tests::scenario::stage::{
    reference, Stage, BOC, BOC_STAFF, CNY, CNY_TOKEN, CUP, CUP_STAFF, DAY,
};

/// Seconds of a window.
pub const WINDOW: u64 = 3_600;
/// What each has pledged, in fen.
pub const COLLATERAL: u64 = 100_000;
/// What the governor lets each owe.
pub const CAP: u64 = 80_000;

/// Hourly windows without days off, which other tests are about.
pub fn schedule() -> Schedule {
    Schedule {
        // Thursday 2023-11-16, 00:00 in Beijing.
        anchor: 1_700_064_000,
        length: 3_600,
        cut_off: 300,
        utc_offset: 28_800,
        exceptions: Vec::new(),
    }
}

/// The stage: both hold a million fen, of which [`COLLATERAL`] is pledged; windows are open.
pub fn open() -> BlobBackend {
    let mut system = BlobBackend::new(Tokens::Plain);
    let stage = Stage::open(&mut system);
    stage.system.fund(CUP_STAFF.treasurer, CNY_TOKEN, 1_000_000);
    let now = system.now();
    // Thursday morning: no weekend comes in between.
    system.advance_time(schedule().anchor + 9 * WINDOW - now);
    let hub = system.contract();
    let deposit = hub.deposit(reference(200), Money::new(CNY, 1_000_000));
    accepted(&mut system, CUP_STAFF.treasurer, deposit.data());
    accepted(&mut system, GOVERNOR, hub.set_schedule(schedule()).data());
    for (id, staff) in [(BOC, BOC_STAFF), (CUP, CUP_STAFF)] {
        let pledge = hub.pledge(reference(201), Money::new(CNY, COLLATERAL.into()));
        accepted(&mut system, staff.treasurer, pledge.data());
        accepted(&mut system, GOVERNOR, hub.set_cap(id, CNY, CAP).data());
    }
    system
}

/// Sends what has to be carried out.
pub fn accepted(system: &mut BlobBackend, caller: Account, data: &[u8]) {
    let ending = system.send(caller, data.to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    covered(system);
}

/// Sends what has to be refused; nothing changes.
pub fn refused(system: &mut BlobBackend, caller: Account, data: &[u8], error: Error) {
    let books = system.books();
    let ending = system.send(caller, data.to_vec());
    assert_eq!(ending, Ending::Refused(error));
    assert!(system.books() == books);
}

/// Sends what is answered as before; nothing changes.
pub fn repeated(system: &mut BlobBackend, caller: Account, data: &[u8]) {
    let (books, events) = (system.books(), system.events().len());
    let ending = system.send(caller, data.to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    assert!(system.books() == books && system.events().len() == events);
}

/// The books, collateral included, are what the contract holds.
pub fn covered(system: &BlobBackend) {
    let conservation = system.conservation(CNY).expect("an answer");
    assert!(conservation.holds, "{conservation:?}");
}

pub fn uetr(number: u128) -> Uetr {
    Uetr::from_random_bytes(number.to_be_bytes())
}

/// A net transfer, to be accepted within a day.
pub fn terms(
    system: &BlobBackend,
    debtor: ParticipantId,
    creditor: ParticipantId,
    minor_units: u128,
) -> Terms {
    Terms {
        debtor_agent: debtor,
        creditor_agent: creditor,
        interbank_settlement_amount: Money::new(CNY, minor_units),
        interbank_settlement_date: 19_677,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::Net,
        expires_at: system.now() + DAY,
        message_digest: [0xD2; 32],
    }
}

/// Instructs a net transfer from BOC to CUP.
pub fn instruct(system: &mut BlobBackend, number: u128, minor_units: u128) -> Uetr {
    let terms = terms(system, BOC, CUP, minor_units);
    let message = system.contract().instruct(uetr(number), terms);
    accepted(system, BOC_STAFF.instructor, message.data());
    uetr(number)
}

/// Instructs it and has it accepted.
pub fn net(system: &mut BlobBackend, number: u128, minor_units: u128) -> Uetr {
    let uetr = instruct(system, number, minor_units);
    let message = system.contract().accept(uetr);
    accepted(system, CUP_STAFF.approver, message.data());
    uetr
}

/// A participant's net settlement in CNY.
pub fn entry(system: &BlobBackend, id: ParticipantId) -> NetEntry {
    system.query(&system.contract().net_position(id, CNY)).entry
}

/// The window that is open now.
pub fn open_window(system: &BlobBackend) -> WindowId {
    schedule().window_of(system.now())
}

/// Lets the open window's cut-off pass and tells which it was.
pub fn pass_cut_off(system: &mut BlobBackend) -> WindowId {
    let window = open_window(system);
    let closes_at = schedule().closes_at(window);
    let now = system.now();
    system.advance_time(closes_at - now);
    window
}

/// A batch of BOC's for CUP, to be answered within a day.
pub fn batch(system: &BlobBackend, number: u32, items: u16) -> (BatchHeader, Vec<u8>) {
    scenario::batch::batch(system.now() + DAY, number, items)
}

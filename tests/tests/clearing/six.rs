//! Six institutions on two pages of net positions, with money and cover in two currencies.

use crate::stage::{uetr, COLLATERAL};
use corridor_core::{Currency, Error, Money, ParticipantId, Role, Schedule, Terms};
use corridor_tests::backend::{Account, Backend, Command, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{
    agent_id, reference, Stage, BOC_STAFF, CNY, CNY_TOKEN, CUP_STAFF, HKD, HKD_TOKEN,
};

/// The institutions besides BOC and CUP, by the account that does everything for each.
const OTHERS: [(Account, &str); 4] = [
    (Account("hsbc"), "HSBCHKHH"),
    (Account("icbc"), "ICBKCNBJ"),
    (Account("abc"), "ABOCCNBJ"),
    (Account("ccb"), "PCBCCNBJ"),
];
/// All of them.
pub const COUNT: usize = 6;
/// Their currencies.
pub const CURRENCIES: [Currency; 2] = [CNY, HKD];
/// What each deposits in each, besides what BOC has.
const DEPOSIT: u128 = 1_000_000;

/// Who instructs and who accepts for each.
pub fn desks() -> [(Account, Account); COUNT] {
    let staff = [BOC_STAFF, CUP_STAFF].map(|staff| (staff.instructor, staff.approver));
    let [hsbc, icbc, abc, ccb] = OTHERS.map(|(account, _)| (account, account));
    [staff[0], staff[1], hsbc, icbc, abc, ccb]
}

pub fn id(place: usize) -> ParticipantId {
    ParticipantId(u16::try_from(place).expect("small"))
}

/// The stage: each has [`COLLATERAL`] pledged in each currency and may owe what `cap` says of its place; windows are as
/// the schedule says, and it is the moment given.
pub fn open(schedule: &Schedule, at: u64, cap: impl Fn(usize) -> u64) -> BlobBackend {
    let mut system = BlobBackend::new(Tokens::Plain);
    let mut stage = Stage::open(&mut system);
    for (place, (account, bic)) in (2..).zip(OTHERS) {
        let agents = vec![agent_id(bic)];
        let admin = account;
        stage.ok(GOVERNOR, Command::RegisterParticipant { agents, admin });
        for role in [Role::Instructor, Role::Approver, Role::Treasurer] {
            let participant = id(place);
            let grant = Command::GrantRole {
                participant,
                account,
                role,
            };
            stage.ok(account, grant);
        }
    }
    let now = system.now();
    system.advance_time(at - now);
    let hub = system.contract();
    sent(&mut system, GOVERNOR, hub.set_schedule(schedule.clone()).data());
    for place in 0..COUNT {
        cover(&mut system, place, cap(place));
    }
    system
}

fn cover(system: &mut BlobBackend, place: usize, cap: u64) {
    let hub = system.contract();
    let treasurers = [BOC_STAFF.treasurer, CUP_STAFF.treasurer];
    let treasurer = treasurers.get(place).copied();
    let treasurer = treasurer.unwrap_or_else(|| OTHERS[place - 2].0);
    for (number, currency, token) in [(210, CNY, CNY_TOKEN), (220, HKD, HKD_TOKEN)] {
        system.fund(treasurer, token, DEPOSIT);
        let deposit = hub.deposit(reference(number), Money::new(currency, DEPOSIT));
        sent(system, treasurer, deposit.data());
        let pledge = hub.pledge(reference(number + 1), Money::new(currency, COLLATERAL.into()));
        sent(system, treasurer, pledge.data());
        sent(system, GOVERNOR, hub.set_cap(id(place), currency, cap).data());
    }
}

/// Sends what has to be carried out.
#[track_caller]
pub fn sent(system: &mut BlobBackend, caller: Account, data: &[u8]) {
    let ending = system.send(caller, data.to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{}: {ending:?}", caller.0);
}

/// Sends it; whether it was carried out, or stopped by the cap.
pub fn unless_capped(system: &mut BlobBackend, caller: Account, data: &[u8]) -> bool {
    match system.send(caller, data.to_vec()) {
        Ending::Answered(_) => true,
        Ending::Refused(Error::NetDebitCap) => false,
        other => panic!("{}: {other:?}", caller.0),
    }
}

/// Has one net transfer instructed and accepted; whether it was booked, or stopped by the cap.
pub fn book(system: &mut BlobBackend, number: u128, (from, to): (usize, usize), amount: Money) -> bool {
    let terms = Terms {
        interbank_settlement_amount: amount,
        ..crate::stage::terms(system, id(from), id(to), amount.minor_units)
    };
    let hub = system.contract();
    let (instructor, approver) = (desks()[from].0, desks()[to].1);
    sent(system, instructor, hub.instruct(uetr(number), terms).data());
    unless_capped(system, approver, hub.accept(uetr(number)).data())
}

//! Whole days at random, against an implementation of netting that is nothing but sums.

use crate::stage::{covered, open, open_window, schedule, terms, uetr, CAP, WINDOW};
use corridor_core::{Error, WindowId};
use corridor_tests::backend::{Account, Backend};
use corridor_tests::blob::command::Ending;
use corridor_tests::random::Random;
use corridor_tests::scenario::stage::{BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, STRANGER};
use std::collections::BTreeMap;

/// What CUP is owed by BOC, by window: all there is to two participants' netting.
type Sums = BTreeMap<WindowId, i64>;

/// What a debtor owes in windows that have not settled, each by itself.
fn owed(sums: &Sums, debtor: i64) -> i64 {
    sums.values().map(|sum| (sum * debtor).max(0)).sum()
}

#[test]
fn the_contract_nets_as_plain_sums_do() {
    let mut random = Random(20_261_123);
    let mut system = open();
    let mut sums = Sums::new();
    let start = [BOC, CUP].map(|id| system.position(id, CNY).available);
    let (mut settled, mut capped, mut number) = (0i64, 0, 0u128);
    let hub = system.contract();
    for _ in 0..400 {
        match random.below(10) {
            0 => system.advance_time(WINDOW / 3),
            1 => {
                let oldest = sums.keys().next().copied().unwrap_or_default();
                let ending = system.send(STRANGER, hub.close_window(CNY, oldest).data().to_vec());
                if sums.contains_key(&oldest) && oldest < open_window(&system) {
                    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
                    settled += sums.remove(&oldest).unwrap_or_default();
                }
            }
            _ => {
                number += 1;
                let forth = random.percent(50);
                let (debtor, creditor, sign) = if forth { (BOC, CUP, 1) } else { (CUP, BOC, -1) };
                let amount = 1 + random.draw() % 30_000;
                let (instructor, approver): (Account, Account) = if forth {
                    (BOC_STAFF.instructor, CUP_STAFF.approver)
                } else {
                    (CUP_STAFF.instructor, BOC_STAFF.approver)
                };
                let terms = terms(&system, debtor, creditor, amount.into());
                let instruct = hub.instruct(uetr(number), terms);
                assert!(matches!(
                    system.send(instructor, instruct.data().to_vec()),
                    Ending::Answered(_)
                ));
                let window = open_window(&system);
                let mut after = sums.clone();
                *after.entry(window).or_default() += sign * i64::try_from(amount).expect("small");
                let waiting = sums.keys().filter(|known| **known < window).count();
                let ending = system.send(approver, hub.accept(uetr(number)).data().to_vec());
                // Two windows that nobody closed are as many as there may be.
                let expected = if waiting > 1 {
                    Some(Error::WindowNotClosed)
                } else if owed(&after, sign) > i64::try_from(CAP).expect("small") {
                    Some(Error::NetDebitCap)
                } else {
                    None
                };
                match (expected, ending) {
                    (None, Ending::Answered(_)) => sums = after,
                    (Some(Error::NetDebitCap), Ending::Refused(Error::NetDebitCap)) => capped += 1,
                    (Some(Error::WindowNotClosed), Ending::Refused(Error::WindowNotClosed)) => {}
                    (expected, ending) => panic!("{expected:?}, but {ending:?}"),
                }
            }
        }
        covered(&system);
    }
    let last = open_window(&system);
    let closes_at = schedule().closes_at(last);
    let now = system.now();
    system.advance_time(closes_at - now);
    for (window, sum) in &sums {
        let ending = system.send(STRANGER, hub.close_window(CNY, *window).data().to_vec());
        assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
        settled += sum;
    }
    // Pledges are as they were or were paid from; money is where the sums say.
    let total = |id, index: usize| {
        let entry = crate::stage::entry(&system, id);
        let held = system.position(id, CNY).available + u128::from(entry.collateral);
        i128::try_from(held).expect("small")
            - i128::try_from(start[index]).expect("small")
            - i128::from(crate::stage::COLLATERAL)
    };
    assert_eq!(
        [total(BOC, 0), total(CUP, 1)],
        [i128::from(-settled), i128::from(settled)]
    );
    assert!(capped > 5 && settled != 0, "{capped} {settled}");
}

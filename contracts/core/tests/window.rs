//! Settlement windows: a pure function of time that never goes back, and the days off merged forward.

use corridor_core::window::{MAX_EXCEPTIONS, MAX_UTC_OFFSET, MAX_WINDOW_SECONDS, MIN_WINDOW_SECONDS};
use corridor_core::{Error, Schedule, WindowId};
use proptest::prelude::*;
use scale_codec::{Decode, Encode};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// Monday 2026-09-28, 00:00 in Beijing.
const MONDAY: u64 = 1_790_524_800;
/// The number of that local day.
const MONDAY_DAY: u16 = 20_724;

/// Four windows a day by Beijing time, which close an hour before their nominal end.
fn beijing() -> Schedule {
    Schedule {
        anchor: MONDAY,
        length: 21_600,
        cut_off: 3_600,
        utc_offset: 28_800,
        // National Day: Thursday 1 October to Wednesday 7 October, of which two are a weekend's.
        exceptions: [3, 4, 7, 8, 9].map(|after| MONDAY_DAY + after).to_vec(),
    }
}

#[test]
fn the_dates_of_these_tests_are_what_they_say() {
    assert_eq!((MONDAY + 8 * HOUR) / DAY, u64::from(MONDAY_DAY));
    assert_eq!((MONDAY + 8 * HOUR) % DAY, 0);
    let schedule = beijing();
    let open: Vec<bool> = (0..15)
        .map(|after| schedule.is_business_day(i64::from(MONDAY_DAY) + after))
        .collect();
    let week = |text: &str| text.chars().map(|day| day == 'x').collect::<Vec<_>>();
    assert_eq!(
        open,
        week("xxx.......xx..x"),
        "Monday 28 September to Monday 12 October"
    );
}

#[test]
fn a_transfer_belongs_to_the_next_window_from_the_cut_off_on() {
    let schedule = beijing();
    assert_eq!(schedule.closes_at(WindowId(0)), MONDAY + 5 * HOUR);
    for (at, window) in [
        (0, 0),
        (MONDAY - HOUR, 0),
        (MONDAY, 0),
        (MONDAY + 5 * HOUR - 1, 0),
        (MONDAY + 5 * HOUR, 1),
        (MONDAY + 11 * HOUR - 1, 1),
        (MONDAY + 11 * HOUR, 2),
        (MONDAY + 23 * HOUR - 1, 3),
        (MONDAY + 23 * HOUR, 4),
    ] {
        assert_eq!(schedule.window_of(at), WindowId(window), "{at}");
    }
}

#[test]
fn days_off_are_cleared_with_the_first_window_of_the_next_business_day() {
    let schedule = beijing();
    // The last window of Wednesday 30 September is number 11; the holidays' would be 12 to 39.
    let cut_off = MONDAY + 2 * DAY + 23 * HOUR;
    assert_eq!(schedule.window_of(cut_off - 1), WindowId(11));
    for after in [cut_off, cut_off + DAY, cut_off + 5 * DAY, cut_off + 7 * DAY] {
        assert_eq!(
            schedule.window_of(after),
            WindowId(40),
            "Thursday 8 October, 05:00"
        );
    }
    assert_eq!(schedule.closes_at(WindowId(40)), MONDAY + 10 * DAY + 5 * HOUR);
    assert_eq!(schedule.window_of(MONDAY + 10 * DAY + 5 * HOUR), WindowId(41));
    // A plain weekend: Friday 9 October's last window is 47, Monday's first 56.
    let friday = MONDAY + 11 * DAY + 23 * HOUR;
    assert_eq!(schedule.window_of(friday - 1), WindowId(47));
    assert_eq!(schedule.window_of(friday), WindowId(56));
}

#[test]
fn a_weekend_day_that_is_worked_has_windows_of_its_own() {
    let mut schedule = beijing();
    // Saturday 10 October makes up for the holidays, as announced; Sunday is as ever.
    schedule.exceptions.push(MONDAY_DAY + 12);
    assert_eq!(schedule.validate(), Ok(()));
    assert_eq!(schedule.holidays().count(), 5);
    assert_eq!(schedule.worked_days().collect::<Vec<_>>(), [MONDAY_DAY + 12]);
    let friday = MONDAY + 11 * DAY + 23 * HOUR;
    assert_eq!(schedule.window_of(friday - 1), WindowId(47));
    assert_eq!(schedule.window_of(friday), WindowId(48));
    assert_eq!(schedule.window_of(friday + DAY - 1), WindowId(51));
    assert_eq!(schedule.window_of(friday + DAY), WindowId(56), "Monday");
}

#[test]
fn a_window_that_closes_at_midnight_is_of_the_day_before() {
    let schedule = Schedule {
        length: 86_400,
        cut_off: 0,
        exceptions: Vec::new(),
        ..beijing()
    };
    let friday = MONDAY + 4 * DAY;
    assert_eq!(schedule.window_of(friday + DAY - 1), WindowId(4));
    assert_eq!(schedule.window_of(friday + DAY), WindowId(7));
}

#[test]
fn the_local_day_decides_and_not_that_of_utc() {
    let utc = Schedule {
        utc_offset: 0,
        exceptions: Vec::new(),
        ..beijing()
    };
    // 01:00 on Saturday in Beijing is 17:00 on Friday in UTC.
    let saturday = MONDAY + 5 * DAY + HOUR;
    let local = Schedule {
        utc_offset: 28_800,
        ..utc.clone()
    };
    assert_eq!(utc.window_of(saturday), WindowId(20));
    assert_eq!(local.window_of(saturday), WindowId(28));
}

#[test]
fn a_schedule_outside_the_limits_is_refused() {
    assert_eq!(beijing().validate(), Ok(()));
    let spoil: [fn(&mut Schedule); 9] = [
        |schedule| schedule.length = 0,
        |schedule| schedule.length = MIN_WINDOW_SECONDS - 1,
        |schedule| schedule.length = MAX_WINDOW_SECONDS + 1,
        |schedule| schedule.cut_off = schedule.length,
        |schedule| schedule.anchor = u64::from(schedule.cut_off) - 1,
        |schedule| schedule.anchor = u64::MAX,
        |schedule| schedule.utc_offset = MAX_UTC_OFFSET + 1,
        |schedule| schedule.utc_offset = i32::MIN,
        |schedule| schedule.exceptions = vec![5, 5],
    ];
    for (at, spoil) in spoil.into_iter().enumerate() {
        let mut schedule = beijing();
        spoil(&mut schedule);
        assert_eq!(schedule.validate(), Err(Error::InvalidSchedule), "{at}");
    }
    for (count, answer) in [(24, Ok(())), (25, Err(Error::InvalidSchedule))] {
        let schedule = Schedule {
            exceptions: (0..count).collect(),
            ..beijing()
        };
        assert_eq!(schedule.validate(), answer);
    }
}

#[test]
fn a_new_schedule_may_not_take_numbers_back() {
    let now = MONDAY + 12 * HOUR;
    let former = beijing();
    assert_eq!(former.replaces(&former, now), Ok(()));
    let longer = Schedule {
        length: 43_200,
        ..beijing()
    };
    assert_eq!(longer.replaces(&former, now), Err(Error::InvalidSchedule));
    let shorter = Schedule {
        length: 7_200,
        ..beijing()
    };
    assert_eq!(shorter.replaces(&former, now), Ok(()));
    let invalid = Schedule {
        length: 0,
        ..beijing()
    };
    assert_eq!(invalid.replaces(&former, now), Err(Error::InvalidSchedule));
    // A day off declared at noon pushes the rest of the day to the next; taking it back would reopen.
    let mut holiday = beijing();
    holiday.exceptions.insert(0, MONDAY_DAY);
    assert_eq!(holiday.replaces(&former, now), Ok(()));
    assert_eq!(former.replaces(&holiday, now), Err(Error::InvalidSchedule));
}

#[test]
fn a_schedule_is_small_enough_for_the_root_cell() {
    let full = Schedule {
        exceptions: (0..24).collect(),
        ..beijing()
    };
    assert_eq!(MAX_EXCEPTIONS, 24);
    assert_eq!(full.encoded_size(), 69);
    assert_eq!(beijing().encoded_size(), 31);
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let exceptions = prop::collection::btree_set(MONDAY_DAY..MONDAY_DAY + 80, 0..=MAX_EXCEPTIONS);
    (
        MONDAY - 10 * DAY..MONDAY + 10 * DAY,
        MIN_WINDOW_SECONDS..=MAX_WINDOW_SECONDS,
        any::<u32>(),
        -MAX_UTC_OFFSET..=MAX_UTC_OFFSET,
        exceptions,
    )
        .prop_map(|(anchor, length, cut_off, utc_offset, exceptions)| Schedule {
            anchor,
            length,
            cut_off: cut_off % length,
            utc_offset,
            exceptions: exceptions.into_iter().collect(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_never_go_back(schedule in schedules(), at in 0..100 * DAY, later in 0..10 * DAY) {
        prop_assert_eq!(schedule.validate(), Ok(()));
        let at = MONDAY - 15 * DAY + at;
        prop_assert!(schedule.window_of(at) <= schedule.window_of(at + later));
    }

    #[test]
    fn a_window_closes_after_all_that_belongs_to_it(schedule in schedules(), at in 0..100 * DAY) {
        let at = MONDAY - 15 * DAY + at;
        let window = schedule.window_of(at);
        let closes_at = schedule.closes_at(window);
        prop_assert!(closes_at > at);
        prop_assert_eq!(schedule.window_of(closes_at - 1), window);
        prop_assert!(schedule.window_of(closes_at) > window);
    }

    #[test]
    fn no_number_is_open_after_its_cut_off(schedule in schedules(), window in 0u32..200_000) {
        let window = WindowId(window);
        prop_assert!(schedule.window_of(schedule.closes_at(window)) > window);
    }

    #[test]
    fn a_window_is_run_on_a_business_day(schedule in schedules(), at in 0..100 * DAY) {
        let at = MONDAY - 15 * DAY + at;
        let last = schedule.closes_at(schedule.window_of(at)) - 1;
        let local = i64::try_from(last).expect("fits") + i64::from(schedule.utc_offset);
        prop_assert!(schedule.is_business_day(local.div_euclid(86_400)));
    }
}

#[test]
fn each_second_of_three_weeks_agrees_with_the_naive_reading() {
    let schedule = beijing();
    // Naive: walk the windows one by one and remember which are run.
    let mut run = Vec::new();
    for number in 0u32..140 {
        let closes_at = MONDAY + u64::from(number + 1) * 6 * HOUR - HOUR;
        let day = i64::try_from((closes_at - 1 + 8 * HOUR) / DAY).expect("fits");
        if schedule.is_business_day(day) {
            run.push((closes_at, number));
        }
    }
    for at in (MONDAY..MONDAY + 21 * DAY).step_by(97) {
        let (_, number) = run
            .iter()
            .find(|(closes_at, _)| *closes_at > at)
            .expect("walked far enough");
        assert_eq!(schedule.window_of(at), WindowId(*number), "{at}");
    }
}

#[test]
fn a_schedule_is_decoded_whole_or_not_at_all() {
    let bytes = beijing().encode();
    assert_eq!(Schedule::decode(&mut bytes.as_slice()), Ok(beijing()));
    for length in 0..bytes.len() {
        let cut = bytes.get(..length).expect("shorter");
        assert!(Schedule::decode(&mut &*cut).is_err(), "{length} bytes");
    }
    let many = Schedule {
        exceptions: (0..64).collect(),
        ..beijing()
    };
    assert!(Schedule::decode(&mut many.encode().as_slice()).is_err());
}

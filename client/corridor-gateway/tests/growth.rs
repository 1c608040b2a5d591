//! What the watch of the gateway's memory notices, and what it lets pass.

#[path = "../benches/gateway/growth.rs"]
mod growth;

use growth::{judge, Growth, Sample};

/// Samples every 10 s of a watch of so many minutes.
fn watched(minutes: u64, kib: impl Fn(u64) -> u64) -> Vec<Sample> {
    (0..=minutes * 6)
        .map(|step| step * 10)
        .map(|second| Sample {
            second,
            kib: kib(second),
        })
        .collect()
}

fn growth(minutes: u64, kib: impl Fn(u64) -> u64) -> Growth {
    judge(&watched(minutes, kib)).expect("long enough")
}

const BASE_KIB: u64 = 60 * 1024;

/// What moves without growing: up to 2 MiB, without a pattern.
fn noise(second: u64) -> u64 {
    second.wrapping_mul(2_654_435_761) % 2_048
}

#[test]
fn flat_memory_passes() {
    let level = growth(30, |_| BASE_KIB);
    assert_eq!(
        level,
        Growth {
            p50_kib: BASE_KIB,
            most_kib: BASE_KIB,
            half_hour_kib: 0
        }
    );
    assert!(growth(30, |second| BASE_KIB + noise(second)).is_flat());
}

#[test]
fn memory_that_fills_up_and_is_given_back_passes() {
    // 8 MiB within four minutes, and back at once.
    let sawtooth = growth(30, |second| BASE_KIB + second % 240 * 8 * 1024 / 240);
    assert!(sawtooth.is_flat(), "{sawtooth:?}");
    assert!(sawtooth.most_kib > BASE_KIB + 7 * 1024, "{sawtooth:?}");
}

#[test]
fn what_fills_while_it_warms_up_passes_and_so_does_one_peak() {
    let warming = growth(30, |second| BASE_KIB + second.min(290) * 100);
    assert_eq!(warming.half_hour_kib, 0);
    let peak = growth(30, |second| {
        BASE_KIB + if second == 1_000 { 50 * 1024 } else { 0 }
    });
    assert!(peak.is_flat(), "{peak:?}");
    assert_eq!(peak.most_kib, BASE_KIB + 50 * 1024);
}

#[test]
fn a_leak_of_200_bytes_for_each_transfer_is_noticed() {
    // 20 transfers a second: 4,000 bytes, 6.9 MiB in half an hour.
    let leak = |second| second * 20 * 200 / 1024;
    let steady = growth(30, |second| BASE_KIB + leak(second));
    assert!(!steady.is_flat(), "{steady:?}");
    let hidden = growth(30, |second| BASE_KIB + leak(second) + noise(second));
    assert!(!hidden.is_flat(), "{hidden:?}");
    let breathing = growth(30, |second| {
        BASE_KIB + leak(second) + second % 240 * 8 * 1024 / 240
    });
    assert!(!breathing.is_flat(), "{breathing:?}");
}

#[test]
fn a_watch_that_was_too_short_judges_nothing() {
    assert_eq!(judge(&watched(14, |second| BASE_KIB + second * 1024)), None);
    assert_eq!(judge(&[]), None);
}

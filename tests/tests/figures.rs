//! What calls cost against the bars, and against what they cost when `docs/figures.json` was written.
//!
//! To accept new figures, run with `CORRIDOR_BLESS=1` and say why in the change.

#![allow(dead_code)] // The benchmark uses more of these.

#[path = "../src/bin/corridor-bench/clearing.rs"]
mod clearing;
#[path = "../src/bin/corridor-bench/costs.rs"]
mod costs;
#[path = "../src/bin/corridor-bench/exchange.rs"]
mod exchange;
#[path = "../src/bin/corridor-bench/judge.rs"]
mod judge;
#[path = "../src/bin/corridor-bench/queue.rs"]
mod queue;
#[path = "../src/bin/corridor-bench/windows.rs"]
mod windows;

use serde_json::Value;
use std::path::Path;

/// The most a figure may be above the kept one, in percent.
const TOLERANCE: i64 = 5;

/// Every number with the path to it.
fn numbers(value: &Value, path: &str, found: &mut Vec<(String, i64)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                numbers(value, &format!("{path}/{name}"), found);
            }
        }
        other => found.push((path.to_owned(), other.as_i64().expect("a whole number"))),
    }
}

#[test]
fn every_bar_is_met_and_no_figure_grows_unnoticed() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let measured = costs::measure(&repository.join("target/contracts")).expect("measures");
    judge::judge(&measured).expect("every bar is met");
    let measured = serde_json::to_value(&measured).expect("JSON");
    let kept = repository.join("docs/figures.json");
    if std::env::var_os("CORRIDOR_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&measured).expect("JSON") + "\n";
        return std::fs::write(kept, text).expect("writes");
    }
    let kept: Value =
        serde_json::from_slice(&std::fs::read(&kept).expect("docs/figures.json")).expect("JSON");
    let (mut old, mut new) = (Vec::new(), Vec::new());
    numbers(&kept, "", &mut old);
    numbers(&measured, "", &mut new);
    assert_eq!(
        old.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        new.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "the figures have other names"
    );
    for ((name, old), (_, new)) in old.into_iter().zip(new) {
        // More payments in a block are better, less of everything else is.
        let (before, after) = if name.ends_with("payments_per_block") {
            (new, old)
        } else {
            (old, new)
        };
        // A deposit that is given back is below zero.
        let most = before + before.abs() * TOLERANCE / 100;
        assert!(after <= most, "{name} was {old} and is {new}");
    }
}

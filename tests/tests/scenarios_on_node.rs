//! Every scenario on a real node, through the client library.

use corridor_tests::node::Node;
use corridor_tests::scenario::{self, Scenario};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Scenarios under way at a time. Those that let time pass really sleep, the others make use of it.
const AT_A_TIME: usize = 8;

#[test]
fn every_scenario_passes_on_a_node() {
    let node = Node::start();
    let mut waiting = scenario::all();
    // Taken from the end: the sleepers begin first.
    waiting.sort_by_key(|scenario| scenario.needs_time_travel);
    let (count, start) = (waiting.len(), Instant::now());
    let waiting = Mutex::new(waiting);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|threads| {
        for _ in 0..AT_A_TIME {
            threads.spawn(|| {
                while let Some(scenario) = next(&waiting) {
                    if !passes(&node, scenario) {
                        failed
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(scenario.name);
                    }
                }
            });
        }
    });
    println!("{count} scenarios in {:.1?}", start.elapsed());
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(failed.is_empty(), "failed, each for the reason above: {failed:?}");
}

fn next(waiting: &Mutex<Vec<Scenario>>) -> Option<Scenario> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

/// Runs one on a contract of its own. A panic was printed when it happened.
fn passes(node: &Arc<Node>, scenario: Scenario) -> bool {
    let start = Instant::now();
    let passed = catch_unwind(AssertUnwindSafe(|| scenario.run(&mut node.backend()))).is_ok();
    let verdict = if passed { "ok" } else { "FAILED" };
    println!("{} {verdict} {:.1?}", scenario.name, start.elapsed());
    passed
}

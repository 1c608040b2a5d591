//! Every scenario on the reference ledger.

use corridor_tests::ledger::Ledger;
use corridor_tests::scenario;
use std::collections::BTreeSet;

/// 2023-11-14.
const START: u64 = 1_700_000_000;

#[test]
fn every_scenario_passes_on_the_ledger() {
    for scenario in scenario::all() {
        println!("{}", scenario.name);
        scenario.run(&mut Ledger::new(START));
    }
}

#[test]
fn scenarios_have_different_names() {
    let names: BTreeSet<_> = scenario::all().iter().map(|scenario| scenario.name).collect();
    assert_eq!(names.len(), scenario::all().len());
}

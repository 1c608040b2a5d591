//! Every scenario on the contracts' built code, with our own cash contract and with a plain ERC-20 as the money.

use corridor_tests::blob::money::Money;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario;

fn run(money: Money) {
    for scenario in scenario::all() {
        println!("{}", scenario.name);
        scenario.run(&mut BlobBackend::new(money));
    }
}

#[test]
fn every_scenario_passes_on_the_code_with_cash() {
    run(Money::Cash);
}

#[test]
fn every_scenario_passes_on_the_code_with_a_plain_token() {
    run(Money::Plain);
}

//! Connects to a node without a key and prints what a settlement contract has recorded.
//!
//! ```text
//! cargo run --release -p corridor-client --example connect_and_inspect -- URL [SETTLEMENT]
//! ```
#![allow(missing_docs)]

use corridor_client::{AddressText, Config, Corridor};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("missing argument: URL of the node")?;
    let mut config = Config::new(url);
    if let Some(settlement) = arguments.next() {
        config = config.settlement(settlement.parse::<AddressText>()?.0);
    }
    let corridor = Corridor::connect(config).await?;

    let chain = corridor.chain_info();
    println!(
        "{} ({} {}), {}",
        chain.chain, chain.spec_name, chain.spec_version, chain.node
    );
    println!("finalised block {}", corridor.finalised_head().await?.number);
    if corridor.settlement().is_none() {
        return Ok(());
    }
    let state = corridor.governance().await?;
    println!(
        "governor {:?}, paused: {}",
        AddressText(state.governor.0),
        state.gate.paused
    );
    for entry in corridor.participants().await? {
        println!(
            "participant {}: {:?}, suspended: {}",
            entry.id, entry.participant.agents, entry.suspended
        );
    }
    for currency in corridor.currencies().await? {
        let conservation = corridor.conservation(currency.currency).await?;
        println!(
            "{}: {} booked, {} held, conservation holds: {}",
            currency.currency, conservation.booked, conservation.held, conservation.holds
        );
    }
    Ok(())
}

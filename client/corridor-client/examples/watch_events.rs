//! Prints every event of a settlement contract from a block on, and goes on as blocks are finalised.
//!
//! ```text
//! cargo run --release -p corridor-client --example watch_events -- URL SETTLEMENT [FROM_BLOCK]
//! ```
#![allow(missing_docs)]

use corridor_client::{AddressText, Config, Corridor};
use futures::StreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("missing argument: URL of the node")?;
    let settlement = arguments
        .next()
        .ok_or("missing argument: address of the contract")?;
    let from_block = arguments.next().map_or(Ok(0), |number| number.parse())?;

    let config = Config::new(url).settlement(settlement.parse::<AddressText>()?.0);
    let corridor = Corridor::connect(config).await?;
    let mut events = corridor.watch(from_block)?;
    while let Some(event) = events.next().await {
        let event = event?;
        println!("{}/{} {:?}", event.block.number, event.index, event.event);
    }
    Ok(())
}

//! Settles a transfer, sends a part back, then the rest.
//!
//! ```text
//! cargo run --release -p corridor-client --example partial_return -- URL CONTRACTS
//! ```
#![allow(missing_docs)]

#[path = "common/setup.rs"]
mod setup;

use corridor_client::{
    core::{Currency, Error as Refusal, Money, ReasonCode, Reference},
    ReturnRequest,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bench = setup::two_banks().await?;
    let request = bench.transfer(Money::new(Currency::CNY, 10_000));
    let uetr = request.uetr;
    bench.boc.instruct(request).await?;
    bench.cup.accept(uetr).await?;

    let part = ReturnRequest {
        reference: Reference(*b"return-1-of-2---"),
        uetr,
        minor_units: 4_000,
        reason: ReasonCode::AC04,
    };
    let returned = bench.cup.return_transfer(part).await?;
    println!("{uetr} {}", returned.receipt.status.name());
    // Repeating it sends nothing twice.
    assert!(bench.cup.return_transfer(part).await?.repeated);

    // More than what is left is refused before anything is submitted.
    let reference = Reference(*b"return-2-of-2---");
    let too_much = ReturnRequest {
        reference,
        minor_units: 6_001,
        ..part
    };
    let error = bench
        .cup
        .return_transfer(too_much)
        .await
        .err()
        .ok_or("it was not refused")?;
    assert_eq!(error.refusal(), Some(Refusal::ReturnExceedsOriginal));
    println!("refused: {error} {}", error.advice());

    let rest = ReturnRequest {
        reference,
        minor_units: 6_000,
        ..part
    };
    let returned = bench.cup.return_transfer(rest).await?;
    println!("{uetr} {}", returned.receipt.status.name());
    Ok(())
}

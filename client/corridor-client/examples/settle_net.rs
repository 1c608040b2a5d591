//! Net settlement: a clearing batch is submitted, accepted, and paid when its window closes.
//!
//! `cargo run --example settle_net -- ws://127.0.0.1:9944`

#[path = "common/setup.rs"]
mod setup;

use corridor_client::{
    core::{
        batch::{BatchHeader, Item},
        Currency, Money, ParticipantId, Reference, Schedule,
    },
    new_uetr, AcceptBatch, CollateralRequest, SetCap, SubmitBatch,
};

const ITEMS: u16 = 100;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let banks = setup::two_banks().await?;
    let (boc, cup) = (ParticipantId(0), ParticipantId(1));
    // The governor cuts time into windows of a minute and says how much Bank of China may owe; the bank covers it.
    let schedule = Schedule {
        anchor: setup::in_an_hour() - 86_400,
        length: 60,
        cut_off: 0,
        utc_offset: 28_800,
        exceptions: Vec::new(),
    };
    banks.governor.set_schedule(schedule).await?;
    let cap = SetCap {
        participant: boc,
        currency: Currency::CNY,
        minor_units: 1_000_000,
    };
    banks.governor.set_cap(cap).await?;
    let pledge = CollateralRequest {
        reference: Reference(*b"collateral-00001"),
        amount: Money::new(Currency::CNY, 1_000_000),
    };
    banks.boc.pledge(pledge).await?;

    let items = (0..ITEMS).flat_map(|_| {
        let item = Item {
            uetr: new_uetr(),
            minor_units: 250,
            counterparty: 0,
            message_digest: [7; 32],
        };
        item.to_bytes()
    });
    let batch = SubmitBatch {
        items: items.collect(),
        header: BatchHeader {
            debtor_agent: boc,
            number: 1,
            currency: Currency::CNY,
            counterparties: vec![cup],
            items: ITEMS,
            control_sum: u128::from(ITEMS) * 250,
            all_or_nothing: true,
            expires_at: setup::in_an_hour(),
        },
    };
    let submitted = banks.boc.submit_batch(batch).await?;
    println!("{ITEMS} payments in block {}", submitted.block.number);
    let accept = AcceptBatch {
        debtor_agent: boc,
        number: 1,
        exceptions: None,
    };
    banks.cup.accept_batch(accept).await?;
    let owed = banks.boc.net_position(boc, Currency::CNY).await?;
    println!(
        "Bank of China owes {} fen in window {}",
        -owed.entry.open, owed.open
    );
    let window = banks.boc.window(Currency::CNY, Some(owed.open)).await?;
    println!(
        "anyone may close it from {} on, seconds since 1970",
        window.closes_at
    );
    Ok(())
}

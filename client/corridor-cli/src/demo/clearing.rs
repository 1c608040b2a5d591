//! A clearing file of 2,000 small payments, settled net in one window.

use super::{cast::Cast, Stage};
use crate::{command::ConservationView, message, Exit, Failure};
use corridor_client::{
    core::{
        batch::{BatchHeader, Item, MAX_ITEMS},
        Currency, Error as Refusal, Money, Reference, Schedule, Seconds, Uetr, WindowId,
    },
    AcceptBatch, CollateralRequest, SetCap, SubmitBatch,
};
use std::time::Duration;
use tokio::time::sleep;

/// How soon the first window closes, in seconds: long enough to submit and accept.
const SOON: Seconds = 4;
/// The shortest window there is, so that the next one is not far either.
const WINDOW: u32 = 60;
/// Each payment, in minor units.
const PAYMENT: u64 = 1_250;

/// Tells it, and checks that exactly the sum has moved and nothing else.
pub async fn settle_net(stage: &Stage, cast: &Cast) -> Result<(), Failure> {
    let [debtor, creditor] = &cast.institutions;
    let currency = Currency::CNY;
    let minor_units = u64::from(MAX_ITEMS).saturating_mul(PAYMENT);
    let amount = Money::new(currency, minor_units.into());
    stage.step("Net settlement: a clearing file of small payments");
    let schedule = open_windows(cast).await?;
    let cap = SetCap {
        participant: debtor.id,
        currency,
        minor_units,
    };
    cast.governor.set_cap(cap).await?;
    let reference = Reference(*b"demo-collateral1");
    let pledge = CollateralRequest { reference, amount };
    debtor.treasurer.pledge(pledge).await?;
    stage.note(format!(
        "{} pledges {amount}, which is also its cap",
        debtor.short
    ));

    let before = [debtor, creditor].map(|institution| institution.id);
    let before = [
        held(cast, before[0], currency).await?,
        held(cast, before[1], currency).await?,
    ];
    let batch = batch(cast, currency).await?;
    let submitted = debtor.instructor.submit_batch(batch).await?;
    stage.note(format!(
        "{MAX_ITEMS} payments of {} in one call, block {}; root 0x{}",
        Money::new(currency, PAYMENT.into()),
        submitted.block.number,
        hex::encode(submitted.receipt.record.root)
    ));
    let accept = AcceptBatch {
        debtor_agent: debtor.id,
        number: 1,
        exceptions: None,
    };
    creditor.approver.accept_batch(accept).await?;
    let window = cast.governor.net_position(debtor.id, currency).await?.open;
    stage.note(format!("{} accepts; booked in window {window}", creditor.short));
    if !closes_soon(&schedule, window) {
        stage.note(
            "No business day in Beijing: the window closes on the next one. `corridor window close` then.",
        );
        return Ok(());
    }
    close(stage, cast, currency, window, &schedule).await?;
    let after = [
        held(cast, debtor.id, currency).await?,
        held(cast, creditor.id, currency).await?,
    ];
    let paid = before[0].checked_sub(after[0]);
    let received = after[1].checked_sub(before[1]);
    if paid != Some(minor_units.into()) || received != Some(minor_units.into()) {
        let text = format!("the window moved {paid:?} and {received:?} instead of {minor_units} minor units");
        return Err(Failure::new(
            Exit::Mismatch,
            "demo.net",
            text,
            "Compare with `corridor window show`.",
        ));
    }
    if !ConservationView::read(&cast.governor, None).await?.holds {
        return Err(Failure::new(
            Exit::Mismatch,
            "demo.net",
            "conservation does not hold after the window",
            "Please report this.",
        ));
    }
    let seconds = stage.started.elapsed().as_secs();
    stage.step(&format!(
        "{amount} moved once for {MAX_ITEMS} payments, conservation holds ({seconds} s in all)"
    ));
    Ok(())
}

/// Windows of a minute of which the first closes soon; Saturdays and Sundays in Beijing are days off.
async fn open_windows(cast: &Cast) -> Result<Schedule, Failure> {
    let now = chain_time(cast).await?;
    let anchor = now
        .saturating_add(SOON)
        .saturating_sub(Seconds::from(WINDOW).saturating_mul(1_000));
    let schedule = Schedule {
        anchor,
        length: WINDOW,
        cut_off: 0,
        utc_offset: 28_800,
        exceptions: Vec::new(),
    };
    cast.governor.set_schedule(schedule.clone()).await?;
    Ok(schedule)
}

async fn chain_time(cast: &Cast) -> Result<Seconds, Failure> {
    let chain = cast.governor.finalised_head().await?.time_ms / 1_000;
    Ok(chain.max(message::now()))
}

/// Whether the window closes while somebody waits for it.
fn closes_soon(schedule: &Schedule, window: WindowId) -> bool {
    schedule.closes_at(window) < message::now().saturating_add(2 * Seconds::from(WINDOW))
}

/// A full batch from the first institution to the second.
async fn batch(cast: &Cast, currency: Currency) -> Result<SubmitBatch, Failure> {
    let [debtor, creditor] = &cast.institutions;
    let items = (0..MAX_ITEMS).flat_map(|index| {
        let mut seed = *b"demo-clearing-00";
        seed[14..].copy_from_slice(&index.to_be_bytes());
        let item = Item {
            uetr: Uetr::from_random_bytes(seed),
            minor_units: PAYMENT,
            counterparty: 0,
            message_digest: [0; 32],
        };
        item.to_bytes()
    });
    let header = BatchHeader {
        debtor_agent: debtor.id,
        number: 1,
        currency,
        counterparties: vec![creditor.id],
        items: MAX_ITEMS,
        control_sum: u128::from(MAX_ITEMS).saturating_mul(PAYMENT.into()),
        all_or_nothing: true,
        expires_at: chain_time(cast).await?.saturating_add(3_600),
    };
    Ok(SubmitBatch {
        header,
        items: items.collect(),
    })
}

/// What an institution has available and pledged, in minor units.
async fn held(
    cast: &Cast,
    id: corridor_client::core::ParticipantId,
    currency: Currency,
) -> Result<u128, Failure> {
    let positions = cast.governor.positions().await?;
    let available = positions
        .iter()
        .find(|entry| entry.participant == id && entry.currency == currency)
        .map_or(0, |entry| entry.position.available);
    let pledged = cast.governor.net_position(id, currency).await?.entry.collateral;
    Ok(available.saturating_add(pledged.into()))
}

/// Waits for the cut-off, then closes: anyone may.
async fn close(
    stage: &Stage,
    cast: &Cast,
    currency: Currency,
    window: WindowId,
    schedule: &Schedule,
) -> Result<(), Failure> {
    let wait = schedule.closes_at(window).saturating_sub(message::now());
    let progress = stage.output.progress("waiting for the cut-off", 1);
    sleep(Duration::from_secs(wait)).await;
    drop(progress);
    let closer = &cast.institutions[0].treasurer;
    let close = async || closer.close_window(currency, window).await;
    let closed = cast.when_it_is_time(Refusal::WindowOpen, close).await?;
    let record = closed.receipt.record;
    stage.note(format!(
        "window {window} is {}: {} participants, gross {}, net {}",
        record.status,
        record.participants,
        Money::new(currency, record.gross_minor_units),
        Money::new(currency, record.net_minor_units)
    ));
    Ok(())
}

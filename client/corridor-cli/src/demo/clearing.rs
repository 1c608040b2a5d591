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
/// Beijing's offset from UTC, in seconds.
const BEIJING: i32 = 28_800;
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

/// Windows of a minute of which the first closes soon. Saturdays and Sundays in Beijing are days off, but not the one
/// the demo is given on: then no window would close while somebody waits.
async fn open_windows(cast: &Cast) -> Result<Schedule, Failure> {
    let now = chain_time(cast).await?;
    let anchor = now
        .saturating_add(SOON)
        .saturating_sub(Seconds::from(WINDOW).saturating_mul(1_000));
    let schedule = Schedule {
        anchor,
        length: WINDOW,
        cut_off: 0,
        utc_offset: BEIJING,
        exceptions: worked(now),
    };
    cast.governor.set_schedule(schedule.clone()).await?;
    Ok(schedule)
}

async fn chain_time(cast: &Cast) -> Result<Seconds, Failure> {
    let chain = cast.governor.finalised_head().await?.time_ms / 1_000;
    Ok(chain.max(message::now()))
}

/// The weekend days among a day in Beijing and the next, as the exceptions that make them worked.
fn worked(now: Seconds) -> Vec<u16> {
    let no_exceptions = Schedule {
        anchor: 0,
        length: WINDOW,
        cut_off: 0,
        utc_offset: BEIJING,
        exceptions: Vec::new(),
    };
    let today = now.saturating_add(Seconds::from(BEIJING.unsigned_abs())) / 86_400;
    let days = [today, today.saturating_add(1)];
    let days = days.into_iter().filter_map(|day| u16::try_from(day).ok());
    days.filter(|day| !no_exceptions.is_business_day((*day).into()))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_settles_on_any_day_of_the_week() {
        // 2026-11-23 is a Monday; every hour of that week.
        let monday: Seconds = 1_795_392_000;
        for now in (0..7 * 24).map(|hour| monday + hour * 3_600) {
            let schedule = Schedule {
                anchor: now + SOON - 1_000 * Seconds::from(WINDOW),
                length: WINDOW,
                cut_off: 0,
                utc_offset: BEIJING,
                exceptions: worked(now),
            };
            schedule.validate().expect("a schedule");
            // Whatever is accepted up to half a minute from now closes within two windows.
            for accepted in [now, now + 30] {
                let closes = schedule.closes_at(schedule.window_of(accepted));
                assert!(closes <= accepted + 2 * Seconds::from(WINDOW), "{now}: {closes}");
            }
        }
    }
}

//! Two large transfers in opposite directions that neither side could pay alone, settled against each other.

use super::{cast::Cast, exchange::available, Stage};
use crate::{
    command::ConservationView,
    instruction::{expiry_after, DEFAULT_EXPIRY},
    view::controls::ReportView,
    Exit, Failure,
};
use corridor_client::{
    core::{ChargeBearer, Currency, Money, ParticipantId, SettlementMethod, TransferStatus, Uetr},
    new_uetr, Corridor, InstructRequest,
};

/// How much more than anybody has the transfers are, in minor units.
const BEYOND: u128 = 100_000_000;
/// By how much the one is smaller, in minor units: all that has to be there.
const DIFFERENCE: u128 = 5_000_000;

/// Tells it, and checks that exactly the difference has moved.
pub async fn set_off(stage: &Stage, cast: &Cast) -> Result<(), Failure> {
    let currency = Currency::HKD;
    let [boc, cup] = &cast.institutions;
    stage.step("Liquidity: two transfers nobody can pay alone, set off against each other");
    let before = held(cast, currency).await?;
    let large = before[0].max(before[1]).saturating_add(BEYOND);
    let small = large.saturating_sub(DIFFERENCE);
    stage.note(format!(
        "{} has {}, {} has {}",
        boc.short,
        Money::new(currency, before[0]),
        cup.short,
        Money::new(currency, before[1])
    ));
    let forth = wait(stage, [boc, cup].map(side), Money::new(currency, large)).await?;
    let back = wait(stage, [cup, boc].map(side), Money::new(currency, small)).await?;
    let resolved = cast.governor.resolve_queue(currency).await?;
    stage.note(format!(
        "anyone resolves the queue: {}",
        ReportView::new(&resolved.receipt, currency)
    ));
    for uetr in [forth, back] {
        let status = cast
            .governor
            .transfer(uetr)
            .await?
            .map(|transfer| transfer.status);
        if status != Some(TransferStatus::Settled) {
            return Err(wrong(format!("{uetr} is {status:?}, expected settled")));
        }
    }
    let after = held(cast, currency).await?;
    let moved = (before[0].checked_sub(after[0]), after[1].checked_sub(before[1]));
    let used = resolved.receipt.liquidity_minor_units;
    if moved != (Some(DIFFERENCE), Some(DIFFERENCE)) || used != DIFFERENCE {
        return Err(wrong(format!(
            "{moved:?} and {used} minor units moved, expected {DIFFERENCE}"
        )));
    }
    if !ConservationView::read(&cast.governor, None).await?.holds {
        return Err(wrong("conservation does not hold after the queue".into()));
    }
    Ok(())
}

/// A side of a transfer: what it is called, its number, who instructs and who accepts.
type Side<'a> = (&'a str, ParticipantId, &'a Corridor, &'a Corridor);

fn side(institution: &super::cast::Institution) -> Side<'_> {
    let (instructor, approver) = (&institution.instructor, &institution.approver);
    (institution.short, institution.id, instructor, approver)
}

async fn held(cast: &Cast, currency: Currency) -> Result<[u128; 2], Failure> {
    let [boc, cup] = &cast.institutions;
    Ok([
        available(cast, boc.id, currency).await?,
        available(cast, cup.id, currency).await?,
    ])
}

/// Instructs a transfer that may wait, and accepts it: it has to wait.
async fn wait(stage: &Stage, [debtor, creditor]: [Side<'_>; 2], amount: Money) -> Result<Uetr, Failure> {
    let (uetr, expires_at) = (new_uetr(), expiry_after(debtor.2, DEFAULT_EXPIRY).await?);
    let request = InstructRequest {
        uetr,
        end_to_end_id: format!("QUEUE-{}", debtor.0),
        debtor_agent: debtor.1,
        creditor_agent: creditor.1,
        interbank_settlement_amount: amount,
        interbank_settlement_date: super::exchange::day(expires_at),
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::QueuedGross,
        expires_at,
        message: format!("{} pays {} {amount}", debtor.0, creditor.0).into_bytes(),
    };
    debtor.2.instruct(request).await?;
    let accepted = creditor.3.accept(uetr).await?;
    stage.note(format!(
        "{} -> {}  {amount}  {}",
        debtor.0, creditor.0, accepted.receipt.status
    ));
    if accepted.receipt.status == TransferStatus::Queued {
        Ok(uetr)
    } else {
        Err(wrong(format!(
            "{uetr} is {}, expected queued",
            accepted.receipt.status
        )))
    }
}

fn wrong(text: String) -> Failure {
    Failure::new(Exit::Mismatch, "demo.queue", text, "Please report this.")
}

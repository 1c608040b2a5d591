//! `corridor deposit`.

use super::common::{Amount, Changed};
use crate::{
    context::Context,
    reference::ReferenceText,
    settings::Duty,
    view::{MoneyView, Text},
    Failure,
};
use corridor_client::{core::Money, ApproveRequest, Corridor, MovementReceipt, MovementRequest, Outcome};
use serde::Serialize;

/// Put tokenised money of the treasurer's account into the participant's escrow
///
/// The settlement contract pulls the tokens; where the treasurer has not let it (`corridor cash approve`), this
/// approves exactly the amount first.
#[derive(Debug, clap::Args)]
pub struct Deposit {
    #[command(flatten)]
    amount: Amount,

    /// Your own reference: the same one with the same amount is carried out once [default: a fresh one]
    #[arg(long, value_name = "TEXT")]
    reference: Option<ReferenceText>,
}

impl Deposit {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let amount = self.amount.money()?;
        let corridor = context.signer(Duty::Treasurer).await?;
        let request = request(context, amount, self.reference);
        let progress = context.output.progress("depositing", 1);
        ensure_allowance(&corridor, &request).await?;
        let outcome = corridor.deposit(request).await?;
        drop(progress);
        context
            .output
            .answer(&moved("deposited", &request, &outcome, &corridor))
    }
}

/// Lets the settlement contract pull the amount, unless it may already or the deposit is recorded.
async fn ensure_allowance(corridor: &Corridor, request: &MovementRequest) -> Result<(), Failure> {
    let (Some(account), Some(settlement)) = (corridor.account(), corridor.settlement()) else {
        return Ok(());
    };
    // What is not registered is for the contract to refuse.
    let Some(entry) = corridor.currency(request.amount.currency).await? else {
        return Ok(());
    };
    let owner = account.address();
    if let Some(caller) = corridor.account_roles(owner).await? {
        if corridor
            .operation(caller.participant, request.reference)
            .await?
            .is_some()
        {
            return Ok(());
        }
    }
    let minor_units = request.amount.minor_units;
    if corridor.token_allowance(entry.token, owner, settlement).await? < minor_units {
        let token = entry.token;
        let spender = settlement;
        corridor
            .approve(ApproveRequest {
                token,
                spender,
                minor_units,
            })
            .await?;
    }
    Ok(())
}

/// The request, with a reference a person can repeat it by.
pub(super) fn request(context: &Context, amount: Money, reference: Option<ReferenceText>) -> MovementRequest {
    let reference = reference.unwrap_or_else(|| {
        let fresh = ReferenceText::fresh();
        context.output.note(&format!(
            "reference {fresh} (repeat with --reference {fresh} if this is cut short)"
        ));
        fresh
    });
    MovementRequest {
        reference: reference.0,
        amount,
    }
}

/// A deposit or withdrawal that became final.
#[derive(Debug, Serialize)]
pub(super) struct MovedView {
    amount: MoneyView,
    reference: Text<ReferenceText>,
}

/// The answer to a deposit or withdrawal.
pub(super) fn moved(
    verb: &str,
    request: &MovementRequest,
    outcome: &Outcome<MovementReceipt>,
    corridor: &Corridor,
) -> Changed<MovedView> {
    let amount = outcome.receipt.movement.amount;
    let reference = ReferenceText(request.reference);
    let what = MovedView {
        amount: MoneyView(amount),
        reference: Text(reference),
    };
    Changed::new(
        what,
        format!("{verb} {amount}, reference {reference}"),
        outcome,
        corridor,
    )
}

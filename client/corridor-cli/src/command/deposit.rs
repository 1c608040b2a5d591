//! `corridor deposit`, and what it shares with `withdraw`.

use super::common::{Changed, Moving};
use crate::{
    context::Context,
    directory::Directory,
    instruction, message,
    movement::{self, Direction, Planned},
    output::{Answer, Page},
    reference::ReferenceText,
    settings::Duty,
    view::{MoneyView, Text},
    Failure,
};
use corridor_client::{ApproveRequest, Corridor, MovementReceipt, MovementRequest, Outcome};
use serde::Serialize;

/// Put tokenised money of the treasurer's account into the participant's escrow
///
/// The settlement contract pulls the tokens; where the treasurer has not let it (`corridor cash approve`), this
/// approves exactly the amount first.
#[derive(Debug, clap::Args)]
pub struct Deposit {
    #[command(flatten)]
    moving: Moving,
}

impl Deposit {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        move_escrow(context, &self.moving, Direction::Deposit).await
    }
}

/// Carries out what flags or a message say, and answers.
pub(super) async fn move_escrow(
    context: &Context,
    moving: &Moving,
    direction: Direction,
) -> Result<(), Failure> {
    let (corridor, planned) = plan(context, moving, direction).await?;
    if direction == Direction::Withdraw {
        let amounts = planned.iter().map(|one| one.amount);
        let totals = instruction::totals_text(&instruction::totals(amounts)?);
        context
            .confirm(&format!("Withdraw {totals} from escrow?"))
            .await?;
    }
    let (doing, done) = match direction {
        Direction::Deposit => ("depositing", "deposited"),
        Direction::Withdraw => ("withdrawing", "withdrew"),
    };
    let mut progress = context.output.progress(doing, planned.len());
    let mut movements = Vec::new();
    for Planned { reference, amount } in planned {
        let request = MovementRequest { reference, amount };
        let outcome = apply(&corridor, &request, direction).await;
        let outcome = outcome.map_err(|failure| match movements.len() {
            0 => failure,
            count => failure.about(format!("after {count} movements")),
        })?;
        movements.push(moved(done, &request, &outcome, &corridor));
        progress.step();
    }
    drop(progress);
    match (movements.pop(), &moving.iso) {
        (Some(only), None) => context.output.answer(&only),
        (last, _) => {
            movements.extend(last);
            context.output.answer(&MovementsView { movements })
        }
    }
}

/// Everything that is to be moved: a message is checked as a whole first.
async fn plan(
    context: &Context,
    moving: &Moving,
    direction: Direction,
) -> Result<(Corridor, Vec<Planned>), Failure> {
    let Some(path) = &moving.iso else {
        let planned = moving.by_flags(context)?;
        return Ok((context.signer(Duty::Treasurer).await?, vec![planned]));
    };
    let message = message::read_pacs009(path)?;
    let corridor = context.signer(Duty::Treasurer).await?;
    let directory = Directory::read(&corridor).await?;
    let participant = context.participant(&corridor, &directory).await?;
    let planned = movement::funding(&message, direction, participant, &directory)?;
    Ok((corridor, planned))
}

async fn apply(
    corridor: &Corridor,
    request: &MovementRequest,
    direction: Direction,
) -> Result<Outcome<MovementReceipt>, Failure> {
    match direction {
        Direction::Deposit => {
            ensure_allowance(corridor, request).await?;
            Ok(corridor.deposit(*request).await?)
        }
        Direction::Withdraw => Ok(corridor.withdraw(*request).await?),
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

/// A deposit or withdrawal that became final.
#[derive(Debug, Serialize)]
struct MovedView {
    amount: MoneyView,
    reference: Text<ReferenceText>,
}

/// The answer to a deposit or withdrawal.
fn moved(
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

/// The movements of a message, each as it became final.
#[derive(Debug, Serialize)]
struct MovementsView {
    movements: Vec<Changed<MovedView>>,
}

impl Answer for MovementsView {
    fn print(&self, page: &mut Page) {
        for movement in &self.movements {
            movement.print(page);
        }
    }
}

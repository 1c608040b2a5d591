//! `corridor withdraw`.

use super::common::Amount;
use super::deposit::{moved, request};
use crate::{context::Context, reference::ReferenceText, settings::Duty, Failure};

/// Pay available money of the participant's escrow out to the treasurer's account
#[derive(Debug, clap::Args)]
pub struct Withdraw {
    #[command(flatten)]
    amount: Amount,

    /// Your own reference: the same one with the same amount is carried out once [default: a fresh one]
    #[arg(long, value_name = "TEXT")]
    reference: Option<ReferenceText>,
}

impl Withdraw {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let amount = self.amount.money()?;
        let corridor = context.signer(Duty::Treasurer).await?;
        context
            .confirm(&format!("Withdraw {amount} from escrow?"))
            .await?;
        let request = request(context, amount, self.reference);
        let progress = context.output.progress("withdrawing", 1);
        let outcome = corridor.withdraw(request).await?;
        drop(progress);
        context
            .output
            .answer(&moved("withdrew", &request, &outcome, &corridor))
    }
}

//! `corridor withdraw`.

use super::common::Moving;
use super::deposit::move_escrow;
use crate::{context::Context, movement::Direction, Failure};

/// Pay available money of the participant's escrow out to the treasurer's account
#[derive(Debug, clap::Args)]
pub struct Withdraw {
    #[command(flatten)]
    moving: Moving,
}

impl Withdraw {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        move_escrow(context, &self.moving, Direction::Withdraw).await
    }
}

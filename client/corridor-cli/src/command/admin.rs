//! `corridor admin`.

use super::common::Changed;
use crate::{context::Context, directory::Directory, settings::Duty, view::Text, Failure};
use corridor_client::{AddressText, ProposeAdmin};
use serde::Serialize;

/// Hand a participant's administration over to another account
///
/// In two steps, because a slip in one would lock the institution out: the holder proposes, the successor accepts.
#[derive(Debug, clap::Subcommand)]
pub enum Admin {
    /// Name the successor (the participant's admin)
    Propose {
        /// The successor's account
        account: AddressText,
    },
    /// Take over (the successor, with --key)
    Accept,
}

#[derive(Debug, Serialize)]
struct AdminView {
    participant: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<Text<AddressText>>,
}

impl Admin {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.signer(Duty::Admin).await?;
        let directory = Directory::read(&corridor).await?;
        let participant = context.participant(&corridor, &directory).await?;
        let name = directory.name(participant);
        let (outcome, text, proposed) = match self {
            Self::Propose { account } => {
                context
                    .confirm(&format!("Offer the administration of {name} to {account}?"))
                    .await?;
                let request = ProposeAdmin {
                    participant,
                    successor: account.0,
                };
                let text = format!("{account} is proposed as admin of {name}");
                (corridor.propose_admin(request).await?, text, Some(Text(account)))
            }
            Self::Accept => {
                let text = format!("the signing account is admin of {name}");
                (corridor.accept_admin(participant).await?, text, None)
            }
        };
        let what = AdminView {
            participant: name,
            proposed,
        };
        context
            .output
            .answer(&Changed::new(what, text, &outcome, &corridor))
    }
}

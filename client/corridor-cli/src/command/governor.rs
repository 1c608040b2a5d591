//! `corridor governor`.

use super::common::Changed;
use crate::{
    context::Context,
    output::{Answer, Page},
    settings::Duty,
    view::Text,
    Failure,
};
use corridor_client::AddressText;
use serde::Serialize;

/// Show the governor, or hand the governance over to another account
///
/// In two steps: the holder proposes, the successor accepts.
#[derive(Debug, clap::Subcommand)]
pub enum Governor {
    /// Show who governs and whether new business is paused
    Show,
    /// Name the successor (governor)
    Propose {
        /// The successor's account
        account: AddressText,
    },
    /// Take over (the successor, with --key)
    Accept,
}

#[derive(Debug, Serialize)]
struct ProposedView {
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<Text<AddressText>>,
}

impl Governor {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show => show(context).await,
            Self::Propose { account } => {
                let corridor = context.signer(Duty::Governor).await?;
                context
                    .confirm(&format!("Offer the governance to {account}?"))
                    .await?;
                let outcome = corridor.propose_governor(account.0).await?;
                let what = ProposedView {
                    proposed: Some(Text(account)),
                };
                let text = format!("{account} is proposed as governor");
                context
                    .output
                    .answer(&Changed::new(what, text, &outcome, &corridor))
            }
            Self::Accept => {
                let corridor = context.signer(Duty::Governor).await?;
                let outcome = corridor.accept_governor().await?;
                let what = ProposedView { proposed: None };
                context.output.answer(&Changed::new(
                    what,
                    "the signing account governs",
                    &outcome,
                    &corridor,
                ))
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct GovernanceView {
    settlement: Option<Text<AddressText>>,
    governor: Text<AddressText>,
    proposed_governor: Option<Text<AddressText>>,
    paused: bool,
    participants: u16,
    currencies: u16,
}

async fn show(context: &Context) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let state = corridor.governance().await?;
    context.output.answer(&GovernanceView {
        settlement: corridor.settlement().map(|address| Text(AddressText(address))),
        governor: Text(AddressText(state.governor.into())),
        proposed_governor: state
            .proposed_governor
            .map(|account| Text(AddressText(account.into()))),
        paused: state.gate.paused,
        participants: state.gate.participants,
        currencies: state.currencies,
    })
}

impl Answer for GovernanceView {
    fn print(&self, page: &mut Page) {
        let or_none = |address: &Option<Text<AddressText>>| {
            address
                .as_ref()
                .map_or_else(|| "none".to_owned(), ToString::to_string)
        };
        page.fields([
            ("settlement contract", or_none(&self.settlement)),
            ("governor", self.governor.to_string()),
            ("proposed governor", or_none(&self.proposed_governor)),
            ("new business", if self.paused { "paused" } else { "open" }.into()),
            ("participants", self.participants.to_string()),
            ("currencies", self.currencies.to_string()),
        ]);
    }
}

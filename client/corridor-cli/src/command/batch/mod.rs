//! `corridor batch`.

mod answer;
mod submit;
mod view;

pub(crate) use view::LegView;

use crate::{context::Context, Failure};
use corridor_client::core::{AgentId, ReasonCode, Uetr};
use std::{path::PathBuf, str::FromStr};

/// Submit and answer clearing batches: thousands of small payments in one call, settled net
///
/// The debtor agent submits the items; each creditor agent accepts or rejects the sum of its own, which is then
/// booked in the open settlement window. DEBTOR is one of the debtor agent's identifiers.
#[derive(Debug, clap::Subcommand)]
pub enum Batch {
    Submit(submit::Submit),
    /// Accept the items addressed to you, less exceptions: their sum is booked in the open window
    Accept {
        /// The debtor agent
        #[arg(value_name = "DEBTOR")]
        debtor: AgentId,
        /// The batch's number
        number: u32,
        /// Do not accept this item of yours, named by its index or UETR; may be repeated, at most 128 times
        #[arg(long, value_name = "INDEX", requires = "record")]
        except: Vec<ItemName>,
        /// The debtor agent's record of the batch, which shows that the exceptions are in it
        #[arg(id = "record", long = "batch", value_name = "FILE.batch.json")]
        record: Option<PathBuf>,
    },
    /// Reject the items addressed to you (`--as compliance` may, too)
    Reject {
        /// The debtor agent
        #[arg(value_name = "DEBTOR")]
        debtor: AgentId,
        /// The batch's number
        number: u32,
        /// ISO 20022 reason, such as MS03
        #[arg(long, value_name = "CODE")]
        reason: ReasonCode,
    },
    /// Withdraw what nobody has answered of your own batch (`--as compliance` may, too)
    Cancel {
        /// The batch's number
        number: u32,
        /// ISO 20022 reason
        #[arg(long, value_name = "CODE", default_value_t = ReasonCode::CUST)]
        reason: ReasonCode,
    },
    /// Show what is recorded of a batch
    Show {
        /// The debtor agent
        #[arg(value_name = "DEBTOR")]
        debtor: AgentId,
        /// The batch's number
        number: u32,
    },
}

/// An item of a batch, by its index from 0 or its UETR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemName {
    /// Its place.
    Index(u16),
    /// Its identity.
    Uetr(Uetr),
}

impl FromStr for ItemName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let index = text.parse().map(Self::Index);
        index
            .or_else(|_| text.parse().map(Self::Uetr))
            .map_err(|_| "an item is named by its index from 0, or by its UETR")
    }
}

impl Batch {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Submit(submit) => submit.run(context).await,
            Self::Accept {
                debtor,
                number,
                except,
                record,
            } => answer::accept(context, &debtor, number, &except, record.as_deref()).await,
            Self::Reject {
                debtor,
                number,
                reason,
            } => answer::reject(context, &debtor, number, reason).await,
            Self::Cancel { number, reason } => answer::cancel(context, number, reason).await,
            Self::Show { debtor, number } => answer::show(context, &debtor, number).await,
        }
    }
}

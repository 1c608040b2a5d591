//! `corridor cancel`, and what it shares with `reject` and `expire`.

use super::cancel_iso;
use crate::{
    batch::{collect, Answering, Item},
    context::Context,
    directory::Directory,
    message,
    settings::Duty,
    target::{TargetArguments, Targets},
    Failure,
};
use corridor_client::{
    core::{ReasonCode, Uetr},
    Corridor, EndRequest, Error, Outcome, TransferReceipt,
};
use futures::{stream, StreamExt};
use std::path::{Path, PathBuf};

/// How many are under way at once.
const IN_FLIGHT: usize = 64;

/// Cancel pending transfers as their debtor agent
///
/// What was reserved becomes available again. Needs the role instructor or compliance (`--as compliance`).
///
/// With --iso a camt.056 is carried out and answered: each transfer is cancelled (ACCR), or was settled, returned or
/// never recorded (RJCR with the reason), or is still pending or queued (PDCR; the exit code is not 0).
#[derive(Debug, clap::Args)]
pub struct Cancel {
    /// The transfers' UETRs
    #[arg(
        value_name = "UETR",
        required_unless_present_any = ["pacs008", "pacs009", "iso"],
        conflicts_with_all = ["pacs008", "pacs009", "iso"]
    )]
    uetrs: Vec<Uetr>,

    /// All transfers of this pacs.008, each compared with what is recorded; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "iso")]
    pacs008: Option<PathBuf>,

    /// The same with a pacs.009 of institutions' own transfers
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pacs008", "iso"])]
    pacs009: Option<PathBuf>,

    /// Leave out this transfer of the file; may be repeated
    #[arg(long, value_name = "UETR", conflicts_with_all = ["uetrs", "iso"])]
    except: Vec<Uetr>,

    /// The transfers this camt.056 asks to cancel; `-` is standard input
    #[arg(long, value_name = "FILE")]
    iso: Option<PathBuf>,

    /// Write the camt.029 that answers the camt.056
    #[arg(long, value_name = "FILE", requires = "iso")]
    camt029: Option<PathBuf>,

    /// ISO 20022 reason [default: as the camt.056 says, else CUST]
    #[arg(long, value_name = "CODE")]
    reason: Option<ReasonCode>,

    /// Write a pacs.002 that reports what became of each transfer
    #[arg(long, value_name = "FILE", conflicts_with = "iso")]
    pacs002: Option<PathBuf>,
}

impl Cancel {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if let Some(path) = &self.iso {
            let request = message::read_camt056(path)?;
            return cancel_iso::cancel(context, request, self.reason, self.camt029.as_deref()).await;
        }
        let targets = TargetArguments {
            uetrs: self.uetrs,
            pacs008: self.pacs008,
            pacs009: self.pacs009,
            except: self.except,
        };
        end(
            context,
            &targets,
            Ending::Cancel(self.reason.unwrap_or(ReasonCode::CUST)),
            Duty::Instructor,
            self.pacs002.as_deref(),
        )
        .await
    }
}

/// How a pending transfer ends without settlement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    /// By the creditor agent.
    Reject(ReasonCode),
    /// By the debtor agent.
    Cancel(ReasonCode),
    /// By the clock.
    Expire,
}

impl Ending {
    fn verbs(self) -> (&'static str, &'static str) {
        match self {
            Self::Reject(_) => ("rejecting", "rejected"),
            Self::Cancel(_) => ("cancelling", "cancelled"),
            Self::Expire => ("expiring", "expired"),
        }
    }

    async fn apply(self, corridor: &Corridor, uetr: Uetr) -> Result<Outcome<TransferReceipt>, Error> {
        match self {
            Self::Reject(reason) => corridor.reject(EndRequest { uetr, reason }).await,
            Self::Cancel(reason) => corridor.cancel(EndRequest { uetr, reason }).await,
            Self::Expire => corridor.expire(uetr).await,
        }
    }
}

/// Ends pending transfers and answers for each.
pub(super) async fn end(
    context: &Context,
    targets: &TargetArguments,
    ending: Ending,
    duty: Duty,
    pacs002: Option<&Path>,
) -> Result<(), Failure> {
    let corridor = context.signer(duty).await?;
    let directory = Directory::read(&corridor).await?;
    let targets = Targets::find(targets, &corridor, &directory).await?;
    let (doing, done) = ending.verbs();

    let progress = context.output.progress(doing, targets.list.len());
    let results = stream::iter(targets.uetrs())
        .map(|uetr| {
            let corridor = &corridor;
            async move { (uetr, ending.apply(corridor, uetr).await) }
        })
        .buffer_unordered(IN_FLIGHT);
    let results = collect(progress, results).await;

    let reporter = targets.list.first().map(|target| match ending {
        Ending::Reject(_) => target.transfer.terms.creditor_agent,
        Ending::Cancel(_) | Ending::Expire => target.transfer.terms.debtor_agent,
    });
    let answering = Answering {
        corridor: &corridor,
        directory: &directory,
        verb: done,
        message: targets.message.as_ref().map(|message| &message.original),
        pacs002,
        reporter,
    };
    let items = targets.list.into_iter().map(Item::from).collect();
    answering.finish(context, items, results).await
}

//! The transfers a command is about: named one by one, or by the message they came in.

use crate::{credit::CreditMessage, directory::Directory, instruction, message, Failure};
use corridor_client::{
    core::{Money, SettlementMethod, Transfer, Uetr},
    Corridor,
};
use corridor_iso20022::{
    pacs008::{CreditTransferTransaction, CustomerCreditTransfer},
    OriginalTransaction,
};
use futures::{stream, StreamExt, TryStreamExt};
use std::path::PathBuf;

/// How many queries are under way at once.
pub(crate) const QUERIES: usize = 16;

/// Which transfers.
#[derive(Clone, Debug, clap::Args)]
pub struct TargetArguments {
    /// The transfers' UETRs
    #[arg(
        value_name = "UETR",
        required_unless_present_any = ["pacs008", "pacs009"],
        conflicts_with_all = ["pacs008", "pacs009"]
    )]
    pub uetrs: Vec<Uetr>,

    /// All transfers of this pacs.008, each compared with what is recorded; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub pacs008: Option<PathBuf>,

    /// The same with a pacs.009 of institutions' own transfers
    #[arg(long, value_name = "FILE", conflicts_with = "pacs008")]
    pub pacs009: Option<PathBuf>,

    /// Leave out this transfer of the file; may be repeated
    #[arg(long, value_name = "UETR", conflicts_with = "uetrs")]
    pub except: Vec<Uetr>,
}

/// One transfer.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its identity.
    pub uetr: Uetr,
    /// As recorded before the command.
    pub transfer: Transfer,
    /// What a transfer in two currencies credits.
    pub credited: Option<Money>,
    /// As its message names it.
    pub original: OriginalTransaction,
}

/// The transfers of one command.
#[derive(Clone, Debug)]
pub struct Targets {
    /// Each of them.
    pub list: Vec<Target>,
    /// The message they came in.
    pub message: Option<CreditMessage>,
}

impl Targets {
    /// Finds each transfer on the chain; those of a message must be recorded as the message says.
    ///
    /// # Errors
    /// An invalid message, a transfer that is not recorded or recorded otherwise: then nothing may be done.
    pub async fn find(
        arguments: &TargetArguments,
        corridor: &Corridor,
        directory: &Directory,
    ) -> Result<Self, Failure> {
        match CreditMessage::read(arguments.pacs008.as_deref(), arguments.pacs009.as_deref())? {
            Some(message) => {
                let list = of_message(&message.transfers, &arguments.except, corridor, directory).await?;
                let message = Some(message);
                Ok(Self { list, message })
            }
            None => {
                let list = stream::iter(&arguments.uetrs)
                    .map(|uetr| named(*uetr, corridor))
                    .buffered(QUERIES)
                    .try_collect()
                    .await?;
                Ok(Self { list, message: None })
            }
        }
    }

    /// All identities.
    #[must_use]
    pub fn uetrs(&self) -> Vec<Uetr> {
        self.list.iter().map(|target| target.uetr).collect()
    }

    /// For a question to a person: how many, and how much of each currency.
    ///
    /// # Errors
    /// A sum that does not fit.
    pub fn summary(&self) -> Result<String, Failure> {
        let amounts = self
            .list
            .iter()
            .map(|target| target.transfer.terms.interbank_settlement_amount);
        let totals = instruction::totals(amounts)?;
        let text = summary(self.list.len(), &instruction::totals_text(&totals));
        let credited = instruction::totals(self.list.iter().filter_map(|target| target.credited))?;
        match credited.is_empty() {
            true => Ok(text),
            false => Ok(format!(
                "{text}, {} credited",
                instruction::totals_text(&credited)
            )),
        }
    }
}

/// `1 transfer of CNY 5.00`, `8 transfers of CNY 5.00, HKD 1.00`.
#[must_use]
pub fn summary(count: usize, totals: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} transfer{plural} of {totals}")
}

/// A transfer that is not recorded.
#[must_use]
pub fn unknown_transfer(uetr: Uetr) -> Failure {
    Failure::not_found(
        "cli.unknown_transfer",
        format!("no transfer is recorded under {uetr}"),
        "Check the UETR and the contract's address; it may not be finalised yet.",
    )
}

async fn named(uetr: Uetr, corridor: &Corridor) -> Result<Target, Failure> {
    let transfer = corridor.transfer(uetr).await?;
    let transfer = transfer.ok_or_else(|| unknown_transfer(uetr))?;
    let known = corridor.recorded_transfer(uetr).await?;
    Ok(Target {
        uetr,
        transfer,
        credited: credited(corridor, uetr, &transfer).await?,
        original: message::original(uetr, known.map(|known| known.end_to_end_id)),
    })
}

/// What a transfer in two currencies credits; `None` for one in one.
///
/// # Errors
/// The client library's.
pub(crate) async fn credited(
    corridor: &Corridor,
    uetr: Uetr,
    transfer: &Transfer,
) -> Result<Option<Money>, Failure> {
    if transfer.terms.settlement_method != SettlementMethod::PaymentVersusPayment {
        return Ok(None);
    }
    Ok(corridor.fx_transfer(uetr).await?.map(|record| record.fx.credited))
}

async fn of_message(
    message: &CustomerCreditTransfer,
    except: &[Uetr],
    corridor: &Corridor,
    directory: &Directory,
) -> Result<Vec<Target>, Failure> {
    if let Some(stranger) = except.iter().find(|uetr| {
        !message
            .transactions
            .iter()
            .any(|transaction| transaction.uetr == **uetr)
    }) {
        let text = format!("--except {stranger} is not in the message");
        return Err(Failure::usage("cli.except", text, "Check the UETR."));
    }
    let wanted = message
        .transactions
        .iter()
        .filter(|transaction| !except.contains(&transaction.uetr));
    let found: Vec<(&CreditTransferTransaction, Option<Transfer>)> = stream::iter(wanted)
        .map(|transaction| async move { Ok((transaction, corridor.transfer(transaction.uetr).await?)) })
        .buffered(QUERIES)
        .try_collect()
        .await
        .map_err(|error: corridor_client::Error| Failure::from(error))?;
    let total = found.len();
    let (mut targets, mut faults) = (Vec::new(), Vec::new());
    for (transaction, transfer) in found {
        match compare(transaction, transfer, directory) {
            Ok(transfer) => targets.push(Target {
                uetr: transaction.uetr,
                transfer,
                credited: credited(corridor, transaction.uetr, &transfer).await?,
                original: OriginalTransaction::of(transaction),
            }),
            Err(fault) => faults.push(format!("{}: {fault}", instruction::name(transaction))),
        }
    }
    instruction::refuse(&faults, total, "acted on")?;
    Ok(targets)
}

/// The recorded transfer, when its terms are those of the transaction.
fn compare(
    transaction: &CreditTransferTransaction,
    transfer: Option<Transfer>,
    directory: &Directory,
) -> Result<Transfer, String> {
    let transfer = transfer
        .ok_or("it is not recorded: the debtor agent has not instructed it, or it is not final yet")?;
    let terms = &transfer.terms;
    let debtor = directory.resolve(&transaction.instructing_agent)?;
    let creditor = directory.resolve(&transaction.instructed_agent)?;
    let pairs = [
        (
            "amount",
            transaction.interbank_settlement_amount.to_string(),
            terms.interbank_settlement_amount.to_string(),
        ),
        (
            "debtor agent",
            directory.name(debtor),
            directory.name(terms.debtor_agent),
        ),
        (
            "creditor agent",
            directory.name(creditor),
            directory.name(terms.creditor_agent),
        ),
        (
            "settlement date",
            transaction.interbank_settlement_date.to_string(),
            crate::view::date(terms.interbank_settlement_date),
        ),
        (
            "charge bearer",
            transaction.charge_bearer.code().into(),
            terms.charge_bearer.code().into(),
        ),
    ];
    match pairs.into_iter().find(|(_, said, recorded)| said != recorded) {
        Some((what, said, recorded)) => Err(format!(
            "the message says {what} {said}, the chain has recorded {recorded}"
        )),
        None => Ok(transfer),
    }
}

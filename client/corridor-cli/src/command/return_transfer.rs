//! `corridor return`.

use super::{
    at_quote::{AtQuote, Planned},
    common::money,
};
use crate::{
    context::Context,
    directory::Directory,
    instruction,
    message::{self, PACS004_VERSION},
    output::{Answer, Page, Table},
    settings::Duty,
    target::{summary, unknown_transfer},
    view::{MoneyView, OutcomeView, Text},
    Failure,
};
use corridor_client::{
    core::{self as domain, FxTransfer, Money, ReasonCode, Transfer, TransferStatus, Uetr},
    Corridor, ReturnRequest,
};
use corridor_iso20022::{
    pacs004::{self, GroupHeader, PaymentReturn, ReturnTransaction},
    pacs008::SettlementMethod,
    Date, StatusReason,
};
use serde::Serialize;
use std::path::PathBuf;

/// Send back all or part of settled transfers as their creditor agent
///
/// Either --pacs004 with a file of one or many returns, or one return by flags. Several returns of a transfer
/// add up to at most its amount. A return is known by its --return-id (RtrId): the same one with the same terms
/// is carried out once. A transfer in two currencies is returned in the creditor's: both legs unwind at the
/// original rate, as long as the quote allows; or, where it was instructed so, at the new quote given with the return.
#[derive(Debug, clap::Args)]
pub struct ReturnTransfer {
    /// Carry out every return of this file; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "uetr")]
    pacs004: Option<PathBuf>,

    #[command(flatten, next_help_heading = "At a new quote, where the transfers say so")]
    at: AtQuote,

    #[command(flatten, next_help_heading = "One return by flags")]
    one: OneReturn,
}

/// A return by flags.
#[derive(Debug, clap::Args)]
#[group(conflicts_with = "pacs004")]
struct OneReturn {
    /// Which transfer
    #[arg(long, requires_all = ["reason"])]
    uetr: Option<Uetr>,

    /// How much, as a decimal in the currency the creditor agent was credited [default: what has not been returned yet]
    #[arg(long, value_name = "DECIMAL")]
    amount: Option<String>,

    /// ISO 20022 reason, such as AM09 (wrong amount)
    #[arg(long, value_name = "CODE")]
    reason: Option<ReasonCode>,

    /// Your own identity of this return, at most 35 characters [default: a fresh one]
    #[arg(long, value_name = "TEXT")]
    return_id: Option<String>,

    /// Write the pacs.004 that says the same, for the debtor agent
    #[arg(long, value_name = "FILE")]
    pacs004_out: Option<PathBuf>,
}

impl ReturnTransfer {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let read = self.pacs004.as_deref().map(message::read_pacs004).transpose()?;
        let signed_quote = self.at.read()?;
        let corridor = context.signer(Duty::Approver).await?;
        let message = match read {
            Some(message) => message,
            None => self.one.message(&corridor, context).await?,
        };
        let planned = plan(&corridor, &message).await?;
        let offer = self.at.find(signed_quote.as_ref(), &corridor).await?;
        let planned = planned
            .into_iter()
            .map(|(request, amount)| Planned::new(request, amount, offer.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let given_back = self.at.given_back(&planned)?;
        let totals = instruction::totals_text(&instruction::totals(planned.iter().map(|one| one.amount))?);
        let question = format!("Return {}{given_back}?", summary(planned.len(), &totals));
        context.confirm(&question).await?;
        if let Some(path) = &self.one.pacs004_out {
            message::write(path, &pacs004::write(&message)?)?;
        }
        let mut returns = Vec::new();
        let mut progress = context.output.progress("returning", planned.len());
        for Planned { request, amount, at } in planned {
            let outcome = match at {
                Some(at) => corridor.return_at_quote(at).await,
                None => corridor.return_transfer(request).await,
            };
            progress.step();
            let outcome = outcome.map_err(|error| {
                let done = returns.len();
                let failure = Failure::from(error).about(request.uetr);
                if done == 0 {
                    failure
                } else {
                    failure.about(format!("after {done} returns"))
                }
            })?;
            returns.push(ReturnView {
                uetr: Text(request.uetr),
                amount: MoneyView(amount),
                given_back: at.map(|at| MoneyView(at.given_back)),
                reason: Text(request.reason),
                status: outcome.receipt.status.name(),
                outcome: OutcomeView::of(&outcome, corridor.chain_info()),
            });
        }
        drop(progress);
        let pacs004 = self.one.pacs004_out.map(|path| path.display().to_string());
        context.output.answer(&ReturnsView { returns, pacs004 })
    }
}

/// One request for each return of the message, all of them checked.
pub(crate) async fn plan(
    corridor: &Corridor,
    message: &PaymentReturn,
) -> Result<Vec<(ReturnRequest, Money)>, Failure> {
    let (mut planned, mut faults) = (Vec::new(), Vec::new());
    for transaction in &message.transactions {
        let original = match transaction.original.uetr {
            Some(uetr) => Original::find(corridor, uetr).await?,
            None => None,
        };
        match request(transaction, original, &message.group_header) {
            Ok(request) => planned.push((request, transaction.returned_amount)),
            Err(fault) => faults.push(format!("return {}: {fault}", transaction.index)),
        }
    }
    instruction::refuse(&faults, message.transactions.len(), "returned")?;
    Ok(planned)
}

/// The transfer that something is sent back of.
struct Original {
    transfer: Transfer,
    fx: Option<FxTransfer>,
}

impl Original {
    async fn find(corridor: &Corridor, uetr: Uetr) -> Result<Option<Self>, Failure> {
        let Some(transfer) = corridor.transfer(uetr).await? else {
            return Ok(None);
        };
        let fx = match transfer.terms.settlement_method {
            domain::SettlementMethod::PaymentVersusPayment => corridor.fx_transfer(uetr).await?,
            domain::SettlementMethod::Gross
            | domain::SettlementMethod::Net
            | domain::SettlementMethod::QueuedGross => None,
        };
        Ok(Some(Self { transfer, fx }))
    }

    /// What the creditor agent was credited, in whose currency it returns.
    fn credited(&self) -> Money {
        let amount = self.transfer.terms.interbank_settlement_amount;
        self.fx.map_or(amount, |record| record.fx.credited)
    }

    /// What the creditor agent has sent back so far, in minor units of that currency.
    fn sent_back(&self) -> u128 {
        let returned = self.transfer.returned_minor_units;
        self.fx.map_or(returned, |record| record.sent_back_minor_units)
    }
}

fn request(
    transaction: &ReturnTransaction,
    original: Option<Original>,
    header: &GroupHeader,
) -> Result<ReturnRequest, String> {
    let uetr = transaction
        .original
        .uetr
        .ok_or("it has no OrgnlUETR, so it names no transfer")?;
    let original = original.ok_or_else(|| format!("no transfer is recorded under {uetr}"))?;
    let recorded = original.transfer.terms.interbank_settlement_amount;
    if let Some(said) = transaction.original_amount.filter(|said| *said != recorded) {
        return Err(format!(
            "{uetr}: the message says the original was {said}, the chain has {recorded}"
        ));
    }
    let credited = original.credited();
    if transaction.returned_amount.currency != credited.currency {
        let returned = transaction.returned_amount;
        return Err(format!("{uetr}: {returned} cannot be returned of {credited}"));
    }
    let reason = transaction.reasons.first().ok_or("it has no reason")?;
    Ok(ReturnRequest {
        reference: transaction.reference(header),
        uetr,
        minor_units: transaction.returned_amount.minor_units,
        reason: reason.reason.code(),
    })
}

impl OneReturn {
    /// The pacs.004 that says the same.
    async fn message(&self, corridor: &Corridor, context: &Context) -> Result<PaymentReturn, Failure> {
        let (Some(uetr), Some(reason)) = (self.uetr, self.reason) else {
            let advice = "Give --pacs004 FILE, or --uetr and --reason.";
            return Err(Failure::usage(
                "cli.arguments",
                "the return is not complete",
                advice,
            ));
        };
        let original = Original::find(corridor, uetr).await?;
        let original = original.ok_or_else(|| unknown_transfer(uetr))?;
        let return_id = match &self.return_id {
            Some(id) => id.clone(),
            None => {
                let id = message::fresh_id("RTR")?;
                context.output.note(&format!(
                    "return id {id} (repeat with --return-id {id} if this is cut short)"
                ));
                id
            }
        };
        let terms = &original.transfer.terms;
        let directory = Directory::read(corridor).await?;
        let known = corridor.recorded_transfer(uetr).await?;
        let transaction = ReturnTransaction {
            index: 1,
            return_id: Some(return_id.clone()),
            original: message::original(uetr, known.map(|known| known.end_to_end_id)),
            original_amount: Some(terms.interbank_settlement_amount),
            original_date: Date::from_days_since_epoch(terms.interbank_settlement_date),
            returned_amount: self.amount(&original)?,
            interbank_settlement_date: Date::from_days_since_epoch(today()?),
            charge_bearer: Some(terms.charge_bearer),
            instructing_agent: directory.agent(terms.creditor_agent),
            instructed_agent: directory.agent(terms.debtor_agent),
            reasons: vec![StatusReason::new(reason)],
        };
        Ok(PaymentReturn {
            version: PACS004_VERSION,
            business_header: None,
            group_header: GroupHeader {
                message_id: return_id,
                created_at: message::now_text()?,
                control_sum: None,
                total_returned_amount: None,
                interbank_settlement_date: None,
                settlement_method: SettlementMethod::ClearingSystem,
                instructing_agent: None,
                instructed_agent: None,
            },
            original_group: None,
            transactions: vec![transaction],
        })
    }

    fn amount(&self, original: &Original) -> Result<Money, Failure> {
        let credited = original.credited();
        if let Some(text) = &self.amount {
            return money(credited.currency, text);
        }
        // A repeat of the return that completed it must still say the same: the whole.
        let returned = match original.transfer.status == TransferStatus::Returned {
            true => 0,
            false => original.sent_back(),
        };
        let rest = credited.checked_sub(Money::new(credited.currency, returned));
        rest.map_err(|error| Failure::message("cli.amount", error, error.advice()))
    }
}

fn today() -> Result<u32, Failure> {
    u32::try_from(message::now() / (24 * 60 * 60)).map_err(Failure::internal)
}

#[derive(Debug, Serialize)]
struct ReturnsView {
    returns: Vec<ReturnView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pacs004: Option<String>,
}

#[derive(Debug, Serialize)]
struct ReturnView {
    uetr: Text<Uetr>,
    amount: MoneyView,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_back: Option<MoneyView>,
    reason: Text<ReasonCode>,
    status: &'static str,
    outcome: OutcomeView,
}

impl Answer for ReturnsView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["uetr", "returned>", "given back>", "reason", "status", "block"]);
        for line in &self.returns {
            table.row([
                line.uetr.into(),
                line.amount.into(),
                line.given_back
                    .map_or("-".into(), |money| money.to_string())
                    .into(),
                line.reason.into(),
                line.status.into(),
                line.outcome.block_text().into(),
            ]);
        }
        page.table(&table);
        if let Some(path) = &self.pacs004 {
            page.line(format!("return message: {path}"));
        }
    }
}

//! `corridor instruct`.

use super::{common::money, on_quote::OnQuote};
use crate::{
    batch::{collect, Answering, Item},
    context::Context,
    credit::CreditMessage,
    directory::Directory,
    duration::ShortDuration,
    instruction::{self, DEFAULT_EXPIRY},
    message,
    output::{Answer, Page, Table},
    settings::Duty,
    target::summary,
    view::{Moment, MoneyView, Text},
    Failure,
};
use corridor_client::{
    core::{self as domain, AgentId, ChargeBearer, Currency, ParticipantId, Uetr},
    new_uetr, InstructFxRequest, InstructRequest,
};
use corridor_iso20022::{
    pacs008::{self, CreditTransferTransaction, CustomerCreditTransfer, GroupHeader, SettlementMethod},
    Agent, Date, Limits, OriginalTransaction,
};
use serde::Serialize;
use std::path::PathBuf;

/// Instruct transfers as their debtor agent: reserves the amounts until the creditor agent answers
///
/// Either --pacs008 or --pacs009 with a file of one or many transactions, or one transfer by flags. Every transaction is
/// checked first (agents, currency, that you are the debtor agent), and nothing is submitted if any is wrong.
/// Giving the same file again is answered with what was recorded.
#[derive(Debug, clap::Args)]
pub struct Instruct {
    /// Instruct every transaction of this file; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present_any = ["to", "pacs009"])]
    pacs008: Option<PathBuf>,

    /// Instruct every transaction of this file as your own: institutions' transfers among each other. What moves money
    /// into or out of escrow is for `deposit --iso` and `withdraw --iso`
    #[arg(long, value_name = "FILE", conflicts_with = "pacs008")]
    pacs009: Option<PathBuf>,

    /// How long the creditor agent has to accept, at most 31 days [default: as the message says, else 24h]
    #[arg(long, value_name = "TIME")]
    expires_in: Option<ShortDuration>,

    /// Settle net: what is accepted is added up, and the sum settles when the settlement window closes. Nothing is
    /// reserved. A file must say SttlmMtd CLRG for it; without --net every transfer settles gross, CLRG or not
    #[arg(long)]
    net: bool,

    /// Settle gross, but let the transfer be accepted without cover: then it waits in the queue until there is cover,
    /// until it is set off against others (`corridor queue`), or until it expires. The amount is not reserved
    #[arg(long, conflicts_with_all = ["net", "quote", "signed_quote"])]
    queue: bool,

    #[command(flatten, next_help_heading = "Payment versus payment, in two currencies")]
    exchange: OnQuote,

    /// Check everything and show what would be instructed; submit nothing
    #[arg(long)]
    dry_run: bool,

    /// Write a pacs.002 that reports what became of each transfer
    #[arg(long, value_name = "FILE")]
    pacs002: Option<PathBuf>,

    #[command(flatten, next_help_heading = "One transfer by flags")]
    one: OneTransfer,
}

/// A transfer by flags.
#[derive(Debug, clap::Args)]
#[group(conflicts_with_all = ["pacs008", "pacs009"])]
struct OneTransfer {
    /// The creditor agent: a BIC, an LEI or SYSTEM:MEMBER
    #[arg(long, value_name = "AGENT", requires_all = ["amount", "currency", "end_to_end_id"])]
    to: Option<AgentId>,

    /// How much, as a decimal such as 1250.50
    #[arg(long, value_name = "DECIMAL")]
    amount: Option<String>,

    /// ISO 4217 code, such as CNY
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,

    /// Your own reference; kept in the store, never on chain
    #[arg(long, value_name = "TEXT")]
    end_to_end_id: Option<String>,

    /// The transfer's identity [default: a fresh one]
    #[arg(long)]
    uetr: Option<Uetr>,

    /// Interbank settlement date [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// Who bears charges: DEBT, CRED, SHAR or SLEV [default: SHAR]
    #[arg(long, value_name = "CODE")]
    charge_bearer: Option<ChargeBearer>,

    /// Write the pacs.008 that says the same, for the creditor agent
    #[arg(long, value_name = "FILE")]
    pacs008_out: Option<PathBuf>,
}

impl Instruct {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        // A message that cannot be read needs no chain to be refused.
        let read = CreditMessage::read(self.pacs008.as_deref(), self.pacs009.as_deref())?;
        let signed_quote = self.exchange.read()?;
        let corridor = match self.dry_run {
            true => context.reader().await?,
            false => context.signer(Duty::Instructor).await?,
        };
        let directory = Directory::read(&corridor).await?;
        let debtor = context.participant(&corridor, &directory).await?;
        let CreditMessage {
            original,
            transfers: message,
            ..
        } = match read {
            Some(message) => {
                message.check_own(&directory, debtor)?;
                message
            }
            None => self.one.message(&directory, debtor, context)?.into(),
        };
        let method = self.method(&message)?;
        let lapses = self.lapses(&corridor, &message).await?;
        let quoted = self
            .exchange
            .find(signed_quote.as_ref(), &corridor, &directory)
            .await?;
        let lapses = match &quoted {
            Some(quoted) if self.expires_in.is_none() => quoted.held(&corridor, lapses).await?,
            _ => lapses,
        };
        let requests =
            instruction::requests(&corridor, &directory, &message, debtor, method, |_| lapses).await?;
        let exchanged = quoted.map(|quoted| quoted.requests(&requests)).transpose()?;
        if self.dry_run {
            let view = DryRunView::new(&requests, exchanged.as_deref(), &directory);
            return context.output.answer(&view);
        }
        if let Some(exchanged) = &exchanged {
            self.exchange.confirm(context, exchanged).await?;
        } else if self.pacs008.is_some() || self.pacs009.is_some() {
            let amounts = requests.iter().map(|request| request.interbank_settlement_amount);
            let totals = instruction::totals_text(&instruction::totals(amounts)?);
            let question = format!("Instruct {}?", summary(requests.len(), &totals));
            context.confirm(&question).await?;
        }

        let items = message.transactions.iter().map(item).collect();
        let progress = context.output.progress("instructing", requests.len());
        let results = match exchanged {
            Some(exchanged) => collect(progress, corridor.instruct_fx_all(exchanged)).await,
            None => collect(progress, corridor.instruct_all(requests)).await,
        };
        let answering = Answering {
            corridor: &corridor,
            directory: &directory,
            verb: "instructed",
            message: Some(&original),
            pacs002: self.pacs002.as_deref(),
            reporter: Some(debtor),
        };
        answering.finish(context, items, results).await
    }

    /// How all of them settle. CLRG says only that a clearing system settles it, which gross settlement does, too.
    fn method(&self, message: &CustomerCreditTransfer) -> Result<domain::SettlementMethod, Failure> {
        if self.exchange.is_wanted() {
            return Ok(domain::SettlementMethod::PaymentVersusPayment);
        }
        if !self.net {
            return Ok(match self.queue {
                true => domain::SettlementMethod::QueuedGross,
                false => domain::SettlementMethod::Gross,
            });
        }
        let said = message.group_header.settlement_method;
        if said == SettlementMethod::ClearingSystem {
            return Ok(domain::SettlementMethod::Net);
        }
        let text = format!(
            "the message says SttlmMtd {}, which is no net settlement",
            said.code()
        );
        let advice = "Leave out --net to settle gross, or have the message say CLRG.";
        Err(Failure::message("cli.settlement_method", text, advice))
    }

    /// When the transfers lapse: as the flag says, else as the message says, else after a day.
    async fn lapses(
        &self,
        corridor: &corridor_client::Corridor,
        message: &CustomerCreditTransfer,
    ) -> Result<u64, Failure> {
        let said = message.group_header.expires_at.as_ref();
        match (self.expires_in, said) {
            (None, Some(time)) => message::unix_seconds(time).ok_or_else(|| {
                let text = format!(
                    "XpryDtTm {} has no zone, so it is no moment in time",
                    time.as_str()
                );
                Failure::message(
                    "cli.expiry",
                    text,
                    "Give the time with its zone, or use --expires-in.",
                )
            }),
            (wait, _) => {
                let wait = wait.map_or(DEFAULT_EXPIRY, |wait| wait.0);
                instruction::expiry_after(corridor, wait).await
            }
        }
    }
}

/// How batches name a transaction.
fn item(transaction: &CreditTransferTransaction) -> Item {
    Item {
        uetr: transaction.uetr,
        amount: transaction.interbank_settlement_amount,
        original: OriginalTransaction::of(transaction),
    }
}

impl OneTransfer {
    /// The pacs.008 that says the same, written and read back: what is instructed is what a file would say.
    fn message(
        &self,
        directory: &Directory,
        debtor: ParticipantId,
        context: &Context,
    ) -> Result<CustomerCreditTransfer, Failure> {
        let (Some(to), Some(amount), Some(currency), Some(end_to_end_id)) =
            (&self.to, &self.amount, self.currency, &self.end_to_end_id)
        else {
            let advice =
                "Give --pacs008 or --pacs009 FILE, or --to, --amount, --currency and --end-to-end-id.";
            return Err(Failure::usage(
                "cli.arguments",
                "the transfer is not complete",
                advice,
            ));
        };
        let today = u32::try_from(message::now() / (24 * 60 * 60)).map_err(Failure::internal)?;
        let date = self.date.or_else(|| Date::from_days_since_epoch(today));
        let date = date.ok_or_else(|| Failure::internal("the clock is past the year 9999"))?;
        let debtor_agent = directory.agent(debtor).unwrap_or_else(|| Agent::new([]));
        let uetr = self.uetr.unwrap_or_else(new_uetr);
        if self.uetr.is_none() {
            let text = format!("uetr {uetr} (repeat with --uetr {uetr} if this command is cut short)");
            context.output.note(&text);
        }
        let message = CustomerCreditTransfer {
            version: message::PACS008_VERSION,
            business_header: None,
            group_header: GroupHeader {
                message_id: uetr.to_string().replace('-', ""),
                created_at: message::now_text()?,
                expires_at: None,
                control_sum: None,
                total_interbank_settlement_amount: None,
                interbank_settlement_date: None,
                settlement_method: SettlementMethod::ClearingSystem,
                instructing_agent: None,
                instructed_agent: None,
            },
            transactions: vec![CreditTransferTransaction::new(
                end_to_end_id,
                uetr,
                money(currency, amount)?,
                date,
                self.charge_bearer.unwrap_or(ChargeBearer::Shar),
                debtor_agent,
                Agent::new([to.clone()]),
            )],
        };
        let text = pacs008::write(&message)?;
        if let Some(path) = &self.pacs008_out {
            message::write(path, &text)?;
        }
        Ok(pacs008::read(text.as_bytes(), &Limits::default())?)
    }
}

/// What would be instructed.
#[derive(Debug, Serialize)]
struct DryRunView {
    dry_run: bool,
    transfers: Vec<PlannedView>,
}

#[derive(Debug, Serialize)]
struct PlannedView {
    uetr: Text<Uetr>,
    end_to_end_id: String,
    creditor_agent: String,
    interbank_settlement_amount: MoneyView,
    #[serde(skip_serializing_if = "Option::is_none")]
    credited_amount: Option<MoneyView>,
    expires_at: Moment,
}

impl DryRunView {
    fn new(
        requests: &[InstructRequest],
        exchanged: Option<&[InstructFxRequest]>,
        directory: &Directory,
    ) -> Self {
        let credited = |at: usize| Some(MoneyView(exchanged?.get(at)?.fx.credited));
        let transfers = requests.iter().enumerate().map(|(at, request)| PlannedView {
            uetr: Text(request.uetr),
            end_to_end_id: request.end_to_end_id.clone(),
            creditor_agent: directory.name(request.creditor_agent),
            interbank_settlement_amount: MoneyView(request.interbank_settlement_amount),
            credited_amount: credited(at),
            expires_at: Moment(request.expires_at),
        });
        Self {
            dry_run: true,
            transfers: transfers.collect(),
        }
    }
}

impl Answer for DryRunView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&[
            "uetr",
            "end-to-end id",
            "to",
            "amount>",
            "credited>",
            "expires at",
        ]);
        for transfer in &self.transfers {
            table.row([
                transfer.uetr.into(),
                transfer.end_to_end_id.clone().into(),
                transfer.creditor_agent.clone().into(),
                transfer.interbank_settlement_amount.into(),
                transfer
                    .credited_amount
                    .map_or("-".into(), |amount| amount.to_string())
                    .into(),
                transfer.expires_at.into(),
            ]);
        }
        page.table(&table);
        page.line(format!(
            "{} transfers are in order; nothing was submitted.",
            self.transfers.len()
        ));
    }
}

//! A transfer as recorded.

use super::{
    date,
    exchange::{ExchangeView, FeesView},
    moment,
};
use crate::{
    directory::Directory,
    text::{hex, Amount},
};
use corridor_client::core::{
    Charges, FxTransfer, Money, Seconds, SettlementMethod, Transfer, TransferStatus, Uetr,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A transfer as the contract has recorded it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferView {
    /// Its identity.
    #[schema(example = "8a562c67-ca16-48ba-b074-65581be6f001")]
    pub uetr: String,
    /// The debtor agent's reference, where this gateway instructed it.
    pub end_to_end_id: Option<String>,
    /// pending, settled, rejected, cancelled, expired, partly returned, returned, netted, or queued: accepted, and waiting for cover.
    pub status: String,
    /// The same in ISO 20022's words; for a netted transfer ACSP, and ACSC once its window has been settled.
    pub iso_status: String,
    /// Why, where there is a reason.
    pub reason: Option<String>,
    /// Who pays.
    pub debtor_agent: String,
    /// Who is paid.
    pub creditor_agent: String,
    /// How much.
    pub interbank_settlement_amount: Amount,
    /// gross, net, queued or payment_versus_payment.
    pub settlement_method: String,
    /// Of a transfer in two currencies: the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeView>,
    /// What it costs, fixed at instruction; left out where it costs nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<FeesView>,
    /// The settlement window it was booked in.
    pub window: Option<u32>,
    /// How much was sent back.
    pub returned_amount: Amount,
    /// As agreed.
    pub interbank_settlement_date: String,
    /// Who bears charges.
    pub charge_bearer: String,
    /// When it was instructed.
    pub instructed_at: String,
    /// When the status last changed.
    pub updated_at: String,
    /// Until when it can be accepted.
    pub expires_at: String,
    /// The salted digest of the message.
    pub message_digest: String,
}

/// What is recorded beside a transfer's own record.
#[derive(Clone, Debug)]
pub enum Details {
    /// In one currency: its fees.
    Charges(Charges),
    /// In two.
    Exchange(Option<Box<FxTransfer>>),
}

impl TransferView {
    /// What the contract recorded.
    #[must_use]
    pub fn new(
        uetr: Uetr,
        transfer: &Transfer,
        details: &Details,
        directory: &Directory,
        end_to_end_id: Option<String>,
    ) -> Self {
        let terms = &transfer.terms;
        let (exchange, fees) = match details {
            Details::Charges(charges) => (
                None,
                FeesView::new(charges, terms.currency(), terms.currency(), directory),
            ),
            Details::Exchange(None) => (None, None),
            Details::Exchange(Some(record)) => (
                Some(ExchangeView::new(record, directory)),
                FeesView::new(
                    &record.charges,
                    terms.currency(),
                    record.fx.credited.currency,
                    directory,
                ),
            ),
        };
        Self {
            uetr: uetr.to_string(),
            end_to_end_id,
            status: transfer.status.name().into(),
            iso_status: transfer.status.iso_code().into(),
            reason: transfer.reason.map(|reason| reason.to_string()),
            debtor_agent: directory.name(terms.debtor_agent),
            creditor_agent: directory.name(terms.creditor_agent),
            interbank_settlement_amount: Amount(terms.interbank_settlement_amount),
            settlement_method: method_name(terms.settlement_method).into(),
            exchange,
            fees,
            window: window(transfer.status),
            returned_amount: Amount(Money::new(terms.currency(), transfer.returned_minor_units)),
            interbank_settlement_date: date(terms.interbank_settlement_date),
            charge_bearer: terms.charge_bearer.code().into(),
            instructed_at: moment(transfer.instructed_at),
            updated_at: moment(transfer.updated_at),
            expires_at: moment(terms.expires_at),
            message_digest: hex(&terms.message_digest),
        }
    }

    /// The same of a netted transfer once its window has been settled, which its own record does not show.
    #[must_use]
    pub fn paid(self, at: Option<Seconds>) -> Self {
        match at {
            Some(_) => Self {
                iso_status: TransferStatus::Settled.iso_code().into(),
                ..self
            },
            None => self,
        }
    }
}

/// The window of a netted transfer.
#[must_use]
pub fn window(status: TransferStatus) -> Option<u32> {
    match status {
        TransferStatus::Netted(window) => Some(window.0),
        TransferStatus::Pending
        | TransferStatus::Queued
        | TransferStatus::Settled
        | TransferStatus::Rejected
        | TransferStatus::Cancelled
        | TransferStatus::Expired
        | TransferStatus::PartlyReturned
        | TransferStatus::Returned => None,
    }
}

/// How a transfer settles, in a word.
#[must_use]
pub fn method_name(method: SettlementMethod) -> &'static str {
    match method {
        SettlementMethod::Gross => "gross",
        SettlementMethod::Net => "net",
        SettlementMethod::QueuedGross => "queued",
        SettlementMethod::PaymentVersusPayment => "payment_versus_payment",
    }
}

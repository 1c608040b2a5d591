//! A transfer as recorded.

use super::{date, hex, Moment, MoneyView, Text};
use crate::{
    directory::Directory,
    output::{Cell, Page, Tone},
};
use corridor_client::core::{Money, SettlementMethod, Transfer, TransferStatus, Uetr};
use serde::Serialize;

/// A transfer, with participants by the identifiers people know.
#[derive(Clone, Debug, Serialize)]
pub struct TransferView {
    /// Its identity.
    pub uetr: Text<Uetr>,
    /// The debtor agent's own reference, where the store knows it.
    pub end_to_end_id: Option<String>,
    /// Where it stands.
    pub status: &'static str,
    /// The same in ISO 20022's words.
    pub iso_status: &'static str,
    /// Why, where there is a reason.
    pub reason: Option<String>,
    /// Who pays.
    pub debtor_agent: String,
    /// Who is paid.
    pub creditor_agent: String,
    /// How much.
    pub interbank_settlement_amount: MoneyView,
    /// `gross` or `net`.
    pub settlement_method: &'static str,
    /// The settlement window it was booked in, which pays it when it closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// How much of it was sent back.
    pub returned_amount: MoneyView,
    /// As agreed.
    pub interbank_settlement_date: String,
    /// Who bears charges.
    pub charge_bearer: &'static str,
    /// When it was instructed.
    pub instructed_at: Moment,
    /// When the status last changed.
    pub updated_at: Moment,
    /// Until when it can be accepted.
    pub expires_at: Moment,
    /// The salted digest of the message.
    pub message_digest: String,
    #[serde(skip)]
    tone: Tone,
}

impl TransferView {
    /// What the contract recorded.
    #[must_use]
    pub fn new(
        uetr: Uetr,
        transfer: &Transfer,
        directory: &Directory,
        end_to_end_id: Option<String>,
    ) -> Self {
        let terms = &transfer.terms;
        Self {
            uetr: Text(uetr),
            end_to_end_id,
            status: transfer.status.name(),
            iso_status: transfer.status.iso_code(),
            reason: transfer.reason.map(|reason| reason.to_string()),
            debtor_agent: directory.name(terms.debtor_agent),
            creditor_agent: directory.name(terms.creditor_agent),
            interbank_settlement_amount: MoneyView(terms.interbank_settlement_amount),
            settlement_method: method_name(terms.settlement_method),
            window: match transfer.status {
                TransferStatus::Netted(window) => Some(window.0),
                _ => None,
            },
            returned_amount: MoneyView(Money::new(terms.currency(), transfer.returned_minor_units)),
            interbank_settlement_date: date(terms.interbank_settlement_date),
            charge_bearer: terms.charge_bearer.code(),
            instructed_at: Moment(transfer.instructed_at),
            updated_at: Moment(transfer.updated_at),
            expires_at: Moment(terms.expires_at),
            message_digest: hex(&terms.message_digest),
            tone: status_tone(transfer.status),
        }
    }

    /// All of it, a line for each field.
    pub fn print(&self, page: &mut Page) {
        let status = match &self.reason {
            Some(reason) => format!("{} ({}, {reason})", self.status, self.iso_status),
            None => format!("{} ({})", self.status, self.iso_status),
        };
        let method = match self.window {
            Some(window) => format!("{}, with window {window}", self.settlement_method),
            None => self.settlement_method.into(),
        };
        let fields = [
            ("amount", self.interbank_settlement_amount.to_string()),
            ("settles", method),
            ("returned", self.returned_amount.to_string()),
            ("debtor agent", self.debtor_agent.clone()),
            ("creditor agent", self.creditor_agent.clone()),
            ("end-to-end id", self.end_to_end_id.clone().unwrap_or("-".into())),
            ("settlement date", self.interbank_settlement_date.clone()),
            ("charge bearer", self.charge_bearer.into()),
            ("instructed at", self.instructed_at.to_string()),
            ("updated at", self.updated_at.to_string()),
            ("expires at", self.expires_at.to_string()),
            ("message digest", self.message_digest.clone()),
        ];
        let first = [
            ("uetr", self.uetr.into()),
            ("status", Cell::toned(status, self.tone)),
        ];
        let rest = fields.into_iter().map(|(name, value)| (name, Cell::from(value)));
        page.fields(first.into_iter().chain(rest));
    }
}

/// The colour of a status.
#[must_use]
pub fn status_tone(status: TransferStatus) -> Tone {
    match status {
        TransferStatus::Pending => Tone::Warn,
        TransferStatus::Settled => Tone::Good,
        TransferStatus::Rejected | TransferStatus::Cancelled | TransferStatus::Expired => Tone::Bad,
        TransferStatus::PartlyReturned | TransferStatus::Returned | TransferStatus::Netted(_) => Tone::Warn,
    }
}

/// How a transfer settles, in a word.
fn method_name(method: SettlementMethod) -> &'static str {
    match method {
        SettlementMethod::Gross => "gross",
        SettlementMethod::Net => "net",
    }
}

//! A transfer as recorded.

use super::{
    date,
    exchange::{FeesView, FxView},
    hex, Moment, MoneyView, Text,
};
use crate::{
    directory::Directory,
    output::{Cell, Page, Tone},
};
use corridor_client::{
    core::{Charges, FxTransfer, Money, QuoteState, SettlementMethod, Transfer, TransferStatus, Uetr},
    Corridor, Error,
};
use serde::Serialize;

/// What a transfer has besides its record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Details {
    /// Its fees.
    pub charges: Charges,
    /// Its second currency, and the quote it uses.
    pub fx: Option<(FxTransfer, Option<QuoteState>)>,
}

impl Details {
    /// Reads them.
    ///
    /// # Errors
    /// The client library's.
    pub async fn read(corridor: &Corridor, uetr: Uetr, transfer: &Transfer) -> Result<Self, Error> {
        if transfer.terms.settlement_method != SettlementMethod::PaymentVersusPayment {
            let charges = corridor.charges(uetr).await?.unwrap_or_default();
            return Ok(Self { charges, fx: None });
        }
        let Some(record) = corridor.fx_transfer(uetr).await? else {
            return Ok(Self::default());
        };
        let quote = corridor.quote(record.fx.quote).await?;
        Ok(Self {
            charges: record.charges,
            fx: Some((record, quote)),
        })
    }
}

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
    /// `gross`, `net`, `payment versus payment` or `gross, may queue`.
    pub settlement_method: &'static str,
    /// The settlement window it was booked in, which pays it when it closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// Its second currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fx: Option<FxView>,
    /// What it costs its agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<FeesView>,
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
        details: &Details,
    ) -> Self {
        let terms = &transfer.terms;
        let fx = details.fx.as_ref();
        let credited = fx.map_or(terms.currency(), |(record, _)| record.fx.credited.currency);
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
            fx: fx.map(|(record, quote)| FxView::new(record, quote.as_ref(), directory)),
            fees: FeesView::new(&details.charges, terms.currency(), credited, directory),
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
        ];
        // In two currencies the fees are among the legs.
        let fees = self.fees.as_ref().filter(|_| self.fx.is_none());
        let fees = fees.map(|fees| ("fees", fees.to_string()));
        let second = self.fx.iter().flat_map(fx_fields);
        let more = [
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
        let fields = fields.into_iter().chain(second).chain(fees).chain(more);
        let first = [
            ("uetr", self.uetr.into()),
            ("status", Cell::toned(status, self.tone)),
        ];
        let rest = fields.map(|(name, value)| (name, Cell::from(value)));
        page.fields(first.into_iter().chain(rest));
    }
}

/// The second currency, a line for each field.
fn fx_fields(fx: &FxView) -> Vec<(&'static str, String)> {
    let rate = match (&fx.rate, fx.spread_basis_points) {
        (Some(rate), Some(spread)) => format!(" at {rate} less {spread} basis points"),
        _ => String::new(),
    };
    let mut fields = vec![
        ("credited", fx.credited_amount.to_string()),
        ("quote", format!("{}{rate}", fx.quote)),
        ("rounded off", format!("{} of a minor unit", fx.rounding)),
    ];
    fields.extend(fx.legs.iter().map(|leg| ("leg", leg.to_string())));
    if fx.sent_back_amount.0.minor_units > 0 {
        fields.push(("sent back", fx.sent_back_amount.to_string()));
    }
    let returns = match fx.unwind_until {
        Some(until) => format!("at the {} until {until}", fx.unwind),
        None => format!("at a {}", fx.unwind),
    };
    fields.push(("returns go back", returns));
    fields
}

/// The colour of a status.
#[must_use]
pub fn status_tone(status: TransferStatus) -> Tone {
    match status {
        // In flight: accepted or not, nothing has moved yet.
        TransferStatus::Pending | TransferStatus::Queued => Tone::Warn,
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
        SettlementMethod::PaymentVersusPayment => "payment versus payment",
        SettlementMethod::QueuedGross => "gross, may queue",
    }
}

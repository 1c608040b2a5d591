//! A batch as recorded.

use crate::{
    directory::Directory,
    output::{Answer, Cell, Page, Table, Tone},
    view::{hex, Moment, MoneyView, Text},
};
use corridor_client::core::{
    batch_life::{Leg, LegStatus},
    BatchRecord, Currency, Money, ParticipantId,
};
use serde::Serialize;

/// What the contract records of a batch.
#[derive(Debug, Serialize)]
pub(crate) struct RecordView {
    debtor_agent: String,
    number: u32,
    currency: Text<Currency>,
    root: String,
    submitted_at: Moment,
    expires_at: Moment,
    creditor_agents: Vec<LegView>,
}

/// One creditor agent's part.
#[derive(Debug, Serialize)]
pub(crate) struct LegView {
    pub creditor_agent: String,
    pub items: u16,
    pub total: MoneyView,
    /// The most an item may be.
    pub item_limit: MoneyView,
    pub status: &'static str,
    /// The window it settles with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excepted_items: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excepted: Option<MoneyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip)]
    tone: Tone,
}

impl RecordView {
    pub fn new(debtor: ParticipantId, number: u32, record: &BatchRecord, directory: &Directory) -> Self {
        let legs = record.legs.iter().map(|leg| {
            let name = directory.name(leg.creditor_agent);
            LegView::new(name, record.currency, leg)
        });
        Self {
            debtor_agent: directory.name(debtor),
            number,
            currency: Text(record.currency),
            root: hex(&record.root),
            submitted_at: Moment(record.submitted_at),
            expires_at: Moment(record.expires_at),
            creditor_agents: legs.collect(),
        }
    }
}

impl LegView {
    pub fn new(creditor_agent: String, currency: Currency, leg: &Leg) -> Self {
        let money = |minor_units: u64| MoneyView(Money::new(currency, minor_units.into()));
        let (mut window, mut excepted, mut reason) = (None, None, None);
        let (name, tone) = match leg.status {
            LegStatus::Pending => ("pending", Tone::Warn),
            LegStatus::Accepted {
                window: booked,
                excepted: left_out,
                ..
            } => {
                window = Some(booked.0);
                excepted = Some(left_out);
                ("accepted", Tone::Good)
            }
            LegStatus::Rejected(code) => {
                reason = Some(code.to_string());
                ("rejected", Tone::Bad)
            }
            LegStatus::Cancelled(code) => {
                reason = Some(code.to_string());
                ("cancelled", Tone::Bad)
            }
            LegStatus::Expired => ("expired", Tone::Bad),
        };
        Self {
            creditor_agent,
            items: leg.total.items,
            total: money(leg.total.minor_units),
            item_limit: money(leg.limit),
            status: name,
            window,
            excepted_items: excepted.map(|total| total.items),
            excepted: excepted.map(|total| money(total.minor_units)),
            reason,
            tone,
        }
    }
}

impl Answer for RecordView {
    fn print(&self, page: &mut Page) {
        page.fields([
            ("debtor agent", self.debtor_agent.clone()),
            ("number", self.number.to_string()),
            ("root", self.root.clone()),
            ("submitted at", self.submitted_at.to_string()),
            ("expires at", self.expires_at.to_string()),
        ]);
        page.line("");
        let mut table = Table::new(&[
            "creditor agent",
            "items>",
            "total>",
            "most of an item>",
            "status",
            "window>",
            "excepted>",
            "reason",
        ]);
        for leg in &self.creditor_agents {
            let dash = || "-".to_owned();
            let excepted = leg.excepted.map(|amount| amount.0.to_decimal());
            table.row([
                leg.creditor_agent.clone().into(),
                leg.items.into(),
                leg.total.into(),
                leg.item_limit.into(),
                Cell::toned(leg.status, leg.tone),
                leg.window.map_or_else(dash, |window| window.to_string()).into(),
                excepted.unwrap_or_else(dash).into(),
                leg.reason.clone().unwrap_or_else(dash).into(),
            ]);
        }
        page.table(&table);
    }
}

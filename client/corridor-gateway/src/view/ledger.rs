//! Participants, positions, currencies, windows and batches as recorded.

use super::{date, moment, BlockView};
use crate::{
    directory::Directory,
    text::{hex, Amount},
};
use corridor_client::{
    core::{
        batch_life::{Leg, LegStatus},
        registry::CurrencyEntry,
        BatchRecord, Conservation, Currency, Money, Schedule,
    },
    AddressText, GovernanceState, NetPosition, ParticipantEntry, PositionEntry, WindowState,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A participant.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantView {
    /// Its number.
    pub number: u16,
    /// Its identifiers, the first being the one reports show.
    pub agents: Vec<String>,
    /// The account that grants its roles.
    pub admin: String,
    /// The account that was named to take over from it.
    pub proposed_admin: Option<String>,
    /// Whether new business with it is stopped.
    pub suspended: bool,
}

impl From<&ParticipantEntry> for ParticipantView {
    fn from(entry: &ParticipantEntry) -> Self {
        Self {
            number: entry.id.0,
            agents: entry.participant.agents.iter().map(ToString::to_string).collect(),
            admin: AddressText(entry.participant.admin).to_string(),
            proposed_admin: entry
                .participant
                .proposed_admin
                .map(|account| AddressText(account).to_string()),
            suspended: entry.suspended,
        }
    }
}

/// A participant's escrow in a currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionView {
    /// Whose.
    pub participant: String,
    /// Free to instruct or withdraw.
    pub available: Amount,
    /// Held for pending transfers.
    pub reserved: Amount,
}

impl PositionView {
    /// A position with its participant's name.
    #[must_use]
    pub fn new(entry: &PositionEntry, directory: &Directory) -> Self {
        let money = |minor_units| Amount(Money::new(entry.currency, minor_units));
        Self {
            participant: directory.name(entry.participant),
            available: money(entry.position.available),
            reserved: money(entry.position.reserved),
        }
    }
}

/// A registered currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct CurrencyView {
    /// ISO 4217 code.
    pub currency: String,
    /// Digits after the decimal point.
    pub exponent: u8,
    /// The contract that is its money.
    pub token: String,
}

impl From<&CurrencyEntry> for CurrencyView {
    fn from(entry: &CurrencyEntry) -> Self {
        Self {
            currency: entry.currency.to_string(),
            exponent: entry.exponent,
            token: AddressText(entry.token).to_string(),
        }
    }
}

/// Whether the books of a currency are covered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConservationView {
    /// What the books say.
    pub booked: Amount,
    /// What the contract holds.
    pub held: Amount,
    /// Held, and booked to nobody.
    pub unallocated: Amount,
    /// Whether everything booked is held.
    pub holds: bool,
}

impl ConservationView {
    /// The contract's answer for a currency.
    #[must_use]
    pub fn new(currency: Currency, conservation: &Conservation) -> Self {
        let money = |minor_units| Amount(Money::new(currency, minor_units));
        Self {
            booked: money(conservation.booked),
            held: money(conservation.held),
            unallocated: money(conservation.unallocated),
            holds: conservation.holds,
        }
    }
}

/// The contract's root state, and where the chain stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct GovernanceView {
    /// The newest finalised block.
    pub head: BlockView,
    /// The chain's name.
    pub chain: String,
    /// The settlement contract.
    pub settlement: String,
    /// Who governs.
    pub governor: String,
    /// The account that was named to take over.
    pub proposed_governor: Option<String>,
    /// Whether new business is stopped.
    pub paused: bool,
    /// How many participants are admitted.
    pub participants: u16,
    /// How many currencies are registered.
    pub currencies: u16,
}

impl GovernanceView {
    /// Put together.
    #[must_use]
    pub fn new(head: BlockView, chain: &str, settlement: Option<[u8; 20]>, state: &GovernanceState) -> Self {
        Self {
            head,
            chain: chain.into(),
            settlement: settlement
                .map(AddressText)
                .map(|address| address.to_string())
                .unwrap_or_default(),
            governor: AddressText(state.governor.0).to_string(),
            proposed_governor: state
                .proposed_governor
                .map(|account| AddressText(account.0).to_string()),
            paused: state.gate.paused,
            participants: state.gate.participants,
            currencies: state.currencies,
        }
    }
}

/// A participant's net settlement in a currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct NetPositionView {
    /// Whose.
    pub participant: String,
    /// In which currency.
    pub currency: String,
    /// Escrow that covers net debits.
    pub collateral: Amount,
    /// The most its net debit may be.
    pub cap: Amount,
    /// Credits less debits of the open window, in minor units.
    pub open_minor_units: String,
    /// The open window.
    pub open_window: u32,
    /// Credits less debits of the window that waits for its closing, in minor units.
    pub closing_minor_units: String,
    /// That window.
    pub closing_window: Option<u32>,
}

impl NetPositionView {
    /// With names.
    #[must_use]
    pub fn new(participant: String, currency: Currency, position: &NetPosition) -> Self {
        let money = |minor_units: u64| Amount(Money::new(currency, minor_units.into()));
        Self {
            participant,
            currency: currency.to_string(),
            collateral: money(position.entry.collateral),
            cap: money(position.entry.cap),
            open_minor_units: position.entry.open.to_string(),
            open_window: position.open.0,
            closing_minor_units: position.entry.closing.to_string(),
            closing_window: position.closing.map(|window| window.0),
        }
    }
}

/// How time is cut into settlement windows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    /// When window 0 nominally starts.
    pub anchor: String,
    /// Seconds of a window.
    pub length_seconds: u32,
    /// Seconds before its end at which it stops taking transfers.
    pub cut_off_seconds: u32,
    /// Seconds to add to UTC for the local time days off are counted in.
    pub utc_offset_seconds: i32,
    /// Days off besides Saturdays and Sundays.
    pub holidays: Vec<String>,
    /// Saturdays and Sundays that are worked.
    pub worked_days: Vec<String>,
}

impl From<&Schedule> for ScheduleView {
    fn from(schedule: &Schedule) -> Self {
        Self {
            anchor: moment(schedule.anchor),
            length_seconds: schedule.length,
            cut_off_seconds: schedule.cut_off,
            utc_offset_seconds: schedule.utc_offset,
            holidays: schedule.holidays().map(|days| date(days.into())).collect(),
            worked_days: schedule.worked_days().map(|days| date(days.into())).collect(),
        }
    }
}

/// Where a settlement window stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowView {
    /// Its currency.
    pub currency: String,
    /// Its number.
    pub window: u32,
    /// open, closed, settled or aborted.
    pub status: String,
    /// Its cut-off.
    pub closes_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// What its end moved.
    pub net: Option<Amount>,
    /// What was settled by moving that.
    pub gross: Option<Amount>,
}

impl WindowView {
    /// A window of a currency.
    #[must_use]
    pub fn new(currency: Currency, state: &WindowState) -> Self {
        let record = state.record.as_ref();
        let money = |minor_units| Amount(Money::new(currency, minor_units));
        Self {
            currency: currency.to_string(),
            window: state.window.0,
            status: state.status.name().into(),
            closes_at: moment(state.closes_at),
            ended_at: record.map(|record| moment(record.closed_at)),
            net: record.map(|record| money(record.net_minor_units)),
            gross: record.map(|record| money(record.gross_minor_units)),
        }
    }
}

/// A clearing batch as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchView {
    /// Who pays.
    pub debtor_agent: String,
    /// Its number.
    pub number: u32,
    /// The commitment to its items.
    pub root: String,
    /// When it was submitted.
    pub submitted_at: String,
    /// Until when it can be accepted.
    pub expires_at: String,
    /// Each creditor agent's part.
    pub legs: Vec<LegView>,
}

/// The last batch of a participant.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastBatchView {
    /// Its number; `null` before the first.
    pub number: Option<u32>,
}

/// One creditor agent's part of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegView {
    /// Who is paid.
    pub creditor_agent: String,
    /// How many items.
    pub items: u16,
    /// Their sum.
    pub amount: Amount,
    /// pending, accepted, rejected, cancelled or expired.
    pub status: String,
    /// The window it settles with.
    pub window: Option<u32>,
    /// Why it was rejected or cancelled.
    pub reason: Option<String>,
}

impl BatchView {
    /// With names.
    #[must_use]
    pub fn new(number: u32, record: &BatchRecord, directory: &Directory) -> Self {
        let leg = |leg: &Leg| {
            let (status, window, reason) = match leg.status {
                LegStatus::Pending => ("pending", None, None),
                LegStatus::Accepted { window, .. } => ("accepted", Some(window.0), None),
                LegStatus::Rejected(reason) => ("rejected", None, Some(reason.to_string())),
                LegStatus::Cancelled(reason) => ("cancelled", None, Some(reason.to_string())),
                LegStatus::Expired => ("expired", None, None),
            };
            LegView {
                creditor_agent: directory.name(leg.creditor_agent),
                items: leg.total.items,
                amount: Amount(Money::new(record.currency, leg.total.minor_units.into())),
                status: status.into(),
                window,
                reason,
            }
        };
        Self {
            debtor_agent: directory.name(record.debtor_agent),
            number,
            root: hex(&record.root),
            submitted_at: moment(record.submitted_at),
            expires_at: moment(record.expires_at),
            legs: record.legs.iter().map(leg).collect(),
        }
    }
}

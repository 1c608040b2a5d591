//! An event as `corridor watch` shows it.

use super::{
    controls::{controls_text, scope_text, ReportView},
    exchange::{fee_event_text, quote_event_text, ExchangeView, LegView},
    netting::{batch_text, netting_text, schedule_text},
    BlockView, MoneyView, Text,
};
use crate::{
    directory::Directory,
    output::{Answer, Page},
    reference::ReferenceText,
};
use corridor_client::{
    core::{
        charged::FeeEvent, registry::RegistryChange, Currency, Money, MovementKind, Roles, TransferChange,
        Uetr,
    },
    AddressText, CorridorEvent, EscrowMoved, RegistryChanged, SettlementEvent, TransferRecorded,
};
use serde::Serialize;

/// An event with where it stands on the chain.
#[derive(Clone, Debug, Serialize)]
pub struct EventView {
    /// The finalised block.
    pub block: BlockView,
    /// The extrinsic's place in the block; left out where the block itself called the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extrinsic_index: Option<u32>,
    /// The event's place in the block.
    pub index: u32,
    /// What happened.
    #[serde(flatten)]
    pub change: ChangeView,
}

/// What an event says.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChangeView {
    /// A transfer changed.
    Transfer {
        /// Which.
        uetr: Text<Uetr>,
        /// Where it stands now.
        status: &'static str,
        /// Who pays.
        debtor_agent: String,
        /// Who is paid.
        creditor_agent: String,
        /// The amount instructed.
        #[serde(skip_serializing_if = "Option::is_none")]
        interbank_settlement_amount: Option<MoneyView>,
        /// This return, and all so far, in minor units of the transfer's currency.
        #[serde(skip_serializing_if = "Option::is_none")]
        returned_minor_units: Option<[String; 2]>,
        /// Why.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The settlement window it was booked in.
        #[serde(skip_serializing_if = "Option::is_none")]
        window: Option<u32>,
    },
    /// Escrow was deposited to or withdrawn from.
    Escrow {
        /// `deposit` or `withdrawal`.
        kind: &'static str,
        /// Whose.
        participant: String,
        /// How much.
        amount: MoneyView,
        /// Under which reference.
        reference: Text<ReferenceText>,
    },
    /// A quote was published or withdrawn.
    Quote {
        /// Its provider.
        provider: String,
        /// The provider's reference.
        reference: Text<ReferenceText>,
        /// What happened, in a sentence.
        text: String,
    },
    /// A transfer in two currencies changed.
    Exchange {
        /// Which.
        uetr: Text<Uetr>,
        /// Where it stands now.
        status: &'static str,
        /// Who pays.
        debtor_agent: String,
        /// Who is paid.
        creditor_agent: String,
        /// What happened.
        #[serde(flatten)]
        exchange: Box<ExchangeView>,
    },
    /// The fees of a transfer in one currency changed.
    Fees {
        /// Of which transfer.
        uetr: Text<Uetr>,
        /// What happened, in a sentence.
        text: String,
        /// What moved.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        legs: Vec<LegView>,
    },
    /// A tariff or limits were set.
    Controls {
        /// Whose transfers it concerns.
        scope: String,
        /// What was set, in a sentence.
        text: String,
    },
    /// A queue was resolved.
    Queue {
        /// In which currency.
        currency: Text<Currency>,
        /// What settled, and with how much liquidity.
        #[serde(flatten)]
        report: ReportView,
    },
    /// A currency's net settlement changed.
    Netting {
        /// In which currency.
        currency: Text<Currency>,
        /// What happened, in a sentence.
        text: String,
    },
    /// A clearing batch changed.
    Batch {
        /// Its debtor agent.
        debtor_agent: String,
        /// Its number.
        number: u32,
        /// What happened, in a sentence.
        text: String,
    },
    /// The registry changed.
    Registry {
        /// What happened, in a sentence.
        text: String,
    },
}

impl EventView {
    /// The event, with participants by name.
    #[must_use]
    pub fn new(event: &CorridorEvent, directory: &Directory) -> Self {
        Self {
            block: event.block.into(),
            extrinsic_index: event.extrinsic_index,
            index: event.index,
            change: match &event.event {
                SettlementEvent::Transfer(event) => transfer(event, directory),
                SettlementEvent::Escrow(event) => escrow(event, directory),
                SettlementEvent::Registry(event) => registry(event, directory),
                SettlementEvent::Netting(event) => ChangeView::Netting {
                    currency: Text(event.currency),
                    text: netting_text(event, directory),
                },
                SettlementEvent::Batch(event) => ChangeView::Batch {
                    debtor_agent: directory.name(event.debtor_agent),
                    number: event.number,
                    text: batch_text(event, directory),
                },
                SettlementEvent::Quote(event) => ChangeView::Quote {
                    provider: directory.name(event.provider),
                    reference: Text(ReferenceText(event.reference)),
                    text: quote_event_text(event, directory),
                },
                SettlementEvent::Exchange(event) => ChangeView::Exchange {
                    uetr: Text(event.uetr),
                    status: event.status.name(),
                    debtor_agent: directory.name(event.debtor_agent),
                    creditor_agent: directory.name(event.creditor_agent),
                    exchange: Box::new(ExchangeView::new(event, directory)),
                },
                SettlementEvent::Fees(event) => ChangeView::Fees {
                    uetr: Text(event.uetr),
                    text: fee_event_text(&event.event, directory),
                    legs: match &event.event {
                        FeeEvent::Paid(legs) => LegView::all(legs, directory),
                        FeeEvent::Fixed(_) | FeeEvent::Reserved | FeeEvent::Released => Vec::new(),
                    },
                },
                SettlementEvent::Controls(event) => ChangeView::Controls {
                    scope: scope_text(&event.scope, directory),
                    text: controls_text(event, directory),
                },
                SettlementEvent::Queue(event) => ChangeView::Queue {
                    currency: Text(event.currency),
                    report: ReportView::new(&event.report, event.currency),
                },
            },
        }
    }

    /// What happened, in a line.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.change {
            ChangeView::Transfer {
                uetr,
                status,
                debtor_agent,
                creditor_agent,
                interbank_settlement_amount,
                returned_minor_units,
                reason,
                window,
            } => {
                let mut text = format!("transfer  {uetr}  {debtor_agent} -> {creditor_agent}  {status}");
                if let Some(amount) = interbank_settlement_amount {
                    text.push_str(&format!("  {amount}"));
                }
                if let Some([this, all]) = returned_minor_units {
                    text.push_str(&format!("  {this} minor units sent back, {all} in all"));
                }
                if let Some(reason) = reason {
                    text.push_str(&format!("  {reason}"));
                }
                if let Some(window) = window {
                    text.push_str(&format!("  in window {window}"));
                }
                text
            }
            ChangeView::Escrow {
                kind,
                participant,
                amount,
                reference,
            } => format!("{kind}  {participant}  {amount}  reference {reference}"),
            ChangeView::Netting { currency, text } => format!("netting  {currency}  {text}"),
            ChangeView::Batch {
                debtor_agent,
                number,
                text,
            } => format!("batch  {debtor_agent}  number {number}  {text}"),
            ChangeView::Quote {
                provider,
                reference,
                text,
            } => format!("quote  {provider}:{reference}  {text}"),
            ChangeView::Exchange {
                uetr,
                status,
                debtor_agent,
                creditor_agent,
                exchange,
            } => format!("exchange  {uetr}  {debtor_agent} -> {creditor_agent}  {status}  {exchange}")
                .trim_end()
                .into(),
            ChangeView::Fees { uetr, text, .. } => format!("fees  {uetr}  {text}"),
            ChangeView::Controls { scope, text } => format!("controls  {scope}  {text}"),
            ChangeView::Queue { currency, report } => format!("queue  {currency}  {report}"),
            ChangeView::Registry { text } => format!("registry  {text}"),
        }
    }
}

impl Answer for EventView {
    fn print(&self, page: &mut Page) {
        let BlockView { number, time, .. } = &self.block;
        page.line(format!("{time}  block {number}  {}", self.text()));
    }
}

fn transfer(event: &TransferRecorded, directory: &Directory) -> ChangeView {
    let (mut amount, mut returned, mut window) = (None, None, None);
    let reason = match event.change {
        TransferChange::Instructed(terms) => {
            amount = Some(MoneyView(terms.interbank_settlement_amount));
            None
        }
        TransferChange::Settled | TransferChange::Queued | TransferChange::Expired => None,
        TransferChange::Netted(booked) => {
            window = Some(booked.0);
            None
        }
        TransferChange::Rejected(reason) | TransferChange::Cancelled(reason) => Some(reason),
        TransferChange::Returned {
            minor_units,
            returned_minor_units,
            reason,
            ..
        } => {
            returned = Some([minor_units.to_string(), returned_minor_units.to_string()]);
            Some(reason)
        }
    };
    ChangeView::Transfer {
        uetr: Text(event.uetr),
        status: event.status.name(),
        debtor_agent: directory.name(event.debtor_agent),
        creditor_agent: directory.name(event.creditor_agent),
        interbank_settlement_amount: amount,
        returned_minor_units: returned,
        reason: reason.map(|reason| reason.to_string()),
        window,
    }
}

fn escrow(event: &EscrowMoved, directory: &Directory) -> ChangeView {
    ChangeView::Escrow {
        kind: match event.movement.kind {
            MovementKind::Deposit => "deposit",
            MovementKind::Withdrawal => "withdrawal",
        },
        participant: directory.name(event.participant),
        amount: MoneyView(Money::new(event.currency, event.movement.amount.minor_units)),
        reference: Text(ReferenceText(event.reference)),
    }
}

fn registry(event: &RegistryChanged, directory: &Directory) -> ChangeView {
    let text = match &event.change {
        RegistryChange::Paused(true) => "new business is paused".into(),
        RegistryChange::Paused(false) => "new business is allowed again".into(),
        RegistryChange::GovernorProposed(account) => {
            format!("{} is proposed as governor", AddressText(*account))
        }
        RegistryChange::GovernorChanged(account) => format!("{} is governor", AddressText(*account)),
        RegistryChange::CurrencyRegistered(entry) => {
            format!(
                "currency {} with token {}",
                entry.currency,
                AddressText(entry.token)
            )
        }
        RegistryChange::ParticipantRegistered { id, agents, admin } => {
            let agents: Vec<String> = agents.iter().map(ToString::to_string).collect();
            let admin = AddressText(*admin);
            format!("participant {id} is {}, admin {admin}", agents.join(", "))
        }
        RegistryChange::ParticipantSuspended { id, suspended: true } => {
            format!("{} is suspended", directory.name(*id))
        }
        RegistryChange::ParticipantSuspended { id, .. } => format!("{} is reinstated", directory.name(*id)),
        RegistryChange::AdminProposed { id, admin } => {
            format!(
                "{} is proposed as admin of {}",
                AddressText(*admin),
                directory.name(*id)
            )
        }
        RegistryChange::AdminChanged { id, admin } => {
            format!("{} is admin of {}", AddressText(*admin), directory.name(*id))
        }
        RegistryChange::RolesChanged { id, account, roles } => {
            let (account, name) = (AddressText(*account), directory.name(*id));
            format!("{account} has {} for {name}", role_names(*roles))
        }
        RegistryChange::AccountLeft { id, account } => {
            let (account, name) = (AddressText(*account), directory.name(*id));
            format!("{account} has left {name}")
        }
        RegistryChange::ScheduleSet(schedule) => {
            format!("settlement windows are {}", schedule_text(schedule))
        }
    };
    ChangeView::Registry { text }
}

/// The roles of a set, for people.
#[must_use]
pub(crate) fn role_names(roles: Roles) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    if names.is_empty() {
        "no role".into()
    } else {
        names.join(", ")
    }
}

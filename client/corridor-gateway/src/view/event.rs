//! An event as webhooks, the event stream and the history of a transfer show it.

mod controls;
mod exchange;
mod kind;

pub use kind::Kind;

use super::{transfer::window, BlockView};
use crate::{
    directory::Directory,
    store::{EventId, NewEvent},
    text::{hex, Amount},
};
use corridor_client::{
    core::{
        registry::RegistryChange, BatchChange, CollateralKind, ItemTotal, Money, MovementKind, NetChange,
        NetResult, ParticipantId, TransferChange,
    },
    AddressText, BatchRecorded, BlockRef, EscrowMoved, NettingRecorded, RegistryChanged, SettlementEvent,
    TransferRecorded,
};
use serde::Serialize;
use serde_json::{json, Value};
use utoipa::ToSchema;

/// An event of a finalised block.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EventView {
    /// Its identity for ever: block number and place.
    #[schema(example = "1204-3")]
    pub id: String,
    /// What happened, such as `transfer.settled`.
    #[schema(example = "transfer.settled")]
    pub kind: String,
    /// The finalised block.
    pub block: BlockView,
    /// The extrinsic's place in the block; left out where the block itself called the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extrinsic_index: Option<u32>,
    /// The transfer it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uetr: Option<String>,
    /// What there is to say about it.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// What an event says, before it has its place.
struct Said {
    kind: Kind,
    stream: String,
    uetr: Option<String>,
    data: Value,
}

/// The event as it is recorded.
///
/// # Errors
/// The JSON writer's.
pub fn new_event(
    block: BlockRef,
    extrinsic_index: Option<u32>,
    place: u32,
    event: &SettlementEvent,
    directory: &Directory,
) -> Result<NewEvent, serde_json::Error> {
    let id = EventId {
        block: block.number,
        place,
    };
    let said = say(event, directory);
    let view = EventView {
        id: id.to_string(),
        kind: said.kind.name().into(),
        block: block.into(),
        extrinsic_index,
        uetr: said.uetr,
        data: said.data,
    };
    Ok(NewEvent {
        id,
        kind: said.kind.name().into(),
        stream: said.stream,
        body: serde_json::to_string(&view)?,
    })
}

fn say(event: &SettlementEvent, directory: &Directory) -> Said {
    match event {
        SettlementEvent::Transfer(event) => transfer(event, directory),
        SettlementEvent::Escrow(event) => escrow(event, directory),
        SettlementEvent::Netting(event) => netting(event, directory),
        SettlementEvent::Batch(event) => batch(event, directory),
        SettlementEvent::Registry(event) => registry(event, directory),
        SettlementEvent::Exchange(event) => exchange::transfer(event, directory),
        SettlementEvent::Fees(event) => exchange::fees(event, directory),
        SettlementEvent::Quote(event) => exchange::quote(event, directory),
        SettlementEvent::Controls(event) => controls::set(event, directory),
        SettlementEvent::Queue(event) => controls::queue(event),
    }
}

fn transfer(event: &TransferRecorded, directory: &Directory) -> Said {
    let uetr = event.uetr.to_string();
    let mut data = json!({
        "status": event.status.name(),
        "iso_status": event.status.iso_code(),
        "debtor_agent": directory.name(event.debtor_agent),
        "creditor_agent": directory.name(event.creditor_agent),
    });
    let mut put = |name: &str, value: Value| {
        data[name] = value;
    };
    if let Some(window) = window(event.status) {
        put("window", window.into());
    }
    let kind = match &event.change {
        TransferChange::Instructed(terms) => {
            put(
                "interbank_settlement_amount",
                json!(Amount(terms.interbank_settlement_amount)),
            );
            put(
                "settlement_method",
                super::transfer::method_name(terms.settlement_method).into(),
            );
            put("expires_at", super::moment(terms.expires_at).into());
            put("message_digest", hex(&terms.message_digest).into());
            Kind::TransferInstructed
        }
        TransferChange::Settled => Kind::TransferSettled,
        TransferChange::Expired => Kind::TransferExpired,
        TransferChange::Rejected(reason) => {
            put("reason", reason.to_string().into());
            Kind::TransferRejected
        }
        TransferChange::Cancelled(reason) => {
            put("reason", reason.to_string().into());
            Kind::TransferCancelled
        }
        TransferChange::Returned {
            reference,
            minor_units,
            returned_minor_units,
            reason,
        } => {
            put("reason", reason.to_string().into());
            put("reference", crate::text::reference(*reference).into());
            put("minor_units", minor_units.to_string().into());
            put("returned_minor_units", returned_minor_units.to_string().into());
            Kind::TransferReturned
        }
        TransferChange::Netted(_) => Kind::TransferNetted,
        TransferChange::Queued => Kind::TransferQueued,
    };
    Said {
        kind,
        stream: uetr.clone(),
        uetr: Some(uetr),
        data,
    }
}

fn escrow(event: &EscrowMoved, directory: &Directory) -> Said {
    let kind = match event.movement.kind {
        MovementKind::Deposit => Kind::EscrowDeposited,
        MovementKind::Withdrawal => Kind::EscrowWithdrawn,
    };
    let reference = crate::text::reference(event.reference);
    Said {
        kind,
        stream: format!("escrow:{}", event.participant),
        uetr: None,
        data: json!({
            "participant": directory.name(event.participant),
            "reference": reference,
            "amount": Amount(event.movement.amount),
        }),
    }
}

fn netting(event: &NettingRecorded, directory: &Directory) -> Said {
    let money = |minor_units: u128| json!(Amount(Money::new(event.currency, minor_units)));
    let (kind, mut data) = match &event.change {
        NetChange::Collateral {
            participant,
            movement,
            collateral_minor_units,
        } => {
            let kind = match movement.kind {
                CollateralKind::Pledge => Kind::NettingPledged,
                CollateralKind::Release => Kind::NettingReleased,
            };
            let data = json!({
                "participant": directory.name(*participant),
                "amount": Amount(movement.amount),
                "collateral": money((*collateral_minor_units).into()),
            });
            (kind, data)
        }
        NetChange::CapSet {
            participant,
            cap_minor_units,
        } => {
            let data = json!({
                "participant": directory.name(*participant),
                "cap": money((*cap_minor_units).into()),
            });
            (Kind::NettingCapSet, data)
        }
        NetChange::Results { window, results } => {
            let result = |result: &NetResult| {
                json!({
                    "participant": directory.name(result.participant),
                    "net_minor_units": result.net_minor_units.to_string(),
                })
            };
            let results: Vec<Value> = results.iter().map(result).collect();
            let data = json!({ "window": window.0, "results": results });
            (Kind::NettingResults, data)
        }
        NetChange::Ended(record) => {
            let data = json!({
                "window": record.window.0,
                "status": record.status.name(),
                "settles_in": record.settles_in.0,
                "participants": record.participants,
                "net": money(record.net_minor_units),
                "gross": money(record.gross_minor_units),
            });
            (Kind::NettingWindowEnded, data)
        }
    };
    data["currency"] = event.currency.to_string().into();
    Said {
        kind,
        stream: format!("netting:{}", event.currency),
        uetr: None,
        data,
    }
}

fn batch(event: &BatchRecorded, directory: &Directory) -> Said {
    let (kind, mut data) = match &event.change {
        BatchChange::Submitted {
            root,
            totals,
            rejected,
        } => {
            let total = |(agent, total): &(ParticipantId, ItemTotal)| {
                json!({
                    "creditor_agent": directory.name(*agent),
                    "items": total.items,
                    "minor_units": total.minor_units.to_string(),
                })
            };
            let totals: Vec<Value> = totals.iter().map(total).collect();
            let left_out: Vec<u16> = rejected.iter().map(|(index, _)| *index).collect();
            let data = json!({ "root": hex(root), "totals": totals, "left_out": left_out });
            (Kind::BatchSubmitted, data)
        }
        BatchChange::Accepted {
            creditor_agent,
            window,
            minor_units,
            excepted,
        } => {
            let data = json!({
                "creditor_agent": directory.name(*creditor_agent),
                "window": window.0,
                "minor_units": minor_units.to_string(),
                "excepted": excepted,
            });
            (Kind::BatchAccepted, data)
        }
        BatchChange::Rejected {
            creditor_agent,
            reason,
        } => {
            let data = json!({
                "creditor_agent": directory.name(*creditor_agent),
                "reason": reason.to_string(),
            });
            (Kind::BatchRejected, data)
        }
        BatchChange::Cancelled(reason) => (Kind::BatchCancelled, json!({ "reason": reason.to_string() })),
        BatchChange::Expired => (Kind::BatchExpired, json!({})),
    };
    let debtor = directory.name(event.debtor_agent);
    data["debtor_agent"] = debtor.clone().into();
    data["number"] = event.number.into();
    data["currency"] = event.currency.to_string().into();
    Said {
        kind,
        stream: format!("batch:{debtor}:{}", event.number),
        uetr: None,
        data,
    }
}

fn registry(event: &RegistryChanged, directory: &Directory) -> Said {
    let address = |bytes: &[u8; 20]| AddressText(*bytes).to_string();
    let (kind, data) = match &event.change {
        RegistryChange::Paused(paused) => (Kind::RegistryPaused, json!({ "paused": paused })),
        RegistryChange::GovernorProposed(account) => (
            Kind::RegistryGovernorProposed,
            json!({ "account": address(account) }),
        ),
        RegistryChange::GovernorChanged(account) => (
            Kind::RegistryGovernorChanged,
            json!({ "account": address(account) }),
        ),
        RegistryChange::CurrencyRegistered(entry) => {
            let data = json!({ "currency": entry.currency.to_string(), "token": address(&entry.token) });
            (Kind::RegistryCurrencyRegistered, data)
        }
        RegistryChange::ParticipantRegistered { id, agents, admin } => {
            let agents: Vec<String> = agents.iter().map(ToString::to_string).collect();
            let data = json!({ "number": id.0, "agents": agents, "admin": address(admin) });
            (Kind::RegistryParticipantRegistered, data)
        }
        RegistryChange::ParticipantSuspended { id, suspended } => {
            let data = json!({ "participant": directory.name(*id), "suspended": suspended });
            (Kind::RegistryParticipantSuspended, data)
        }
        RegistryChange::AdminProposed { id, admin } => {
            let data = json!({ "participant": directory.name(*id), "account": address(admin) });
            (Kind::RegistryAdminProposed, data)
        }
        RegistryChange::AdminChanged { id, admin } => {
            let data = json!({ "participant": directory.name(*id), "account": address(admin) });
            (Kind::RegistryAdminChanged, data)
        }
        RegistryChange::RolesChanged { id, account, roles } => {
            let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
            let data = json!({
                "participant": directory.name(*id),
                "account": address(account),
                "roles": names,
            });
            (Kind::RegistryRolesChanged, data)
        }
        RegistryChange::AccountLeft { id, account } => {
            let data = json!({ "participant": directory.name(*id), "account": address(account) });
            (Kind::RegistryAccountLeft, data)
        }
        RegistryChange::ScheduleSet(schedule) => {
            let view = super::ledger::ScheduleView::from(schedule);
            (Kind::RegistryScheduleSet, json!({ "schedule": view }))
        }
    };
    Said {
        kind,
        stream: "registry".into(),
        uetr: None,
        data,
    }
}

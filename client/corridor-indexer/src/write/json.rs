//! Events as JSON, for people and tools that look at them one by one. Amounts are strings of minor units.

use crate::sql::hex;
use corridor_client::{
    contract::TokenEvent,
    core::{
        charged::FeeEvent, quote::QuoteEvent, registry::RegistryChange, AgentId, BatchChange, Charges, Fee,
        FxEvent, Leg, Money, MovementKind, NetChange, Quote, QuoteId, Roles, Schedule, Terms, TransferChange,
    },
    AddressText, BatchRecorded, ControlsChange, ControlsChanged, EscrowMoved, ExchangeRecorded, FeesRecorded,
    NettingRecorded, QueueResolved, QuoteRecorded, RegistryChanged, SettlementEvent, TransferRecorded,
};
use serde_json::{json, Value};

/// The event's kind and content.
pub(crate) fn settlement(event: &SettlementEvent) -> (&'static str, Value) {
    match event {
        SettlementEvent::Transfer(event) => ("transfer", transfer(event)),
        SettlementEvent::Escrow(event) => ("escrow", escrow(event)),
        SettlementEvent::Registry(event) => ("registry", registry(event)),
        SettlementEvent::Netting(event) => ("netting", netting(event)),
        SettlementEvent::Batch(event) => ("batch", batch(event)),
        SettlementEvent::Quote(event) => ("quote", quote(event)),
        SettlementEvent::Exchange(event) => ("exchange", exchange(event)),
        SettlementEvent::Fees(event) => ("fees", fees(event)),
        SettlementEvent::Controls(event) => ("controls", controls(event)),
        SettlementEvent::Queue(event) => ("queue", queue(event)),
    }
}

/// A token's event.
pub(crate) fn token(event: &TokenEvent) -> Value {
    match event {
        TokenEvent::Transfer {
            from,
            to,
            minor_units,
        } => json!({ "from": hex(from), "to": hex(to), "minor_units": minor_units.to_string() }),
        TokenEvent::Approval {
            owner,
            spender,
            minor_units,
        } => json!({
            "change": "approval",
            "owner": hex(owner),
            "spender": hex(spender),
            "minor_units": minor_units.map(|units| units.to_string()),
        }),
        TokenEvent::RequestDone {
            request_id,
            account,
            redeemed,
            minor_units,
        } => json!({
            "change": if *redeemed { "redeemed" } else { "issued" },
            "request_id": hex(request_id),
            "account": hex(account),
            "minor_units": minor_units.to_string(),
        }),
        TokenEvent::PauseChanged { paused } => json!({ "change": "paused", "paused": paused }),
        TokenEvent::FreezeChanged { account, frozen } => {
            json!({ "change": "frozen", "account": hex(account), "frozen": frozen })
        }
        TokenEvent::RoleChanged {
            role,
            previous,
            current,
        } => json!({
            "change": "role",
            "role": role.name(),
            "previous": hex(previous),
            "current": hex(current),
        }),
    }
}

fn transfer(event: &TransferRecorded) -> Value {
    let mut value = json!({
        "uetr": event.uetr.to_string(),
        "debtor_agent": event.debtor_agent.0,
        "creditor_agent": event.creditor_agent.0,
        "status": event.status.name(),
    });
    match &event.change {
        TransferChange::Instructed(terms) => value["terms"] = self::terms(terms),
        TransferChange::Rejected(reason) | TransferChange::Cancelled(reason) => {
            value["reason"] = reason.as_str().into();
        }
        TransferChange::Returned {
            reference,
            minor_units,
            returned_minor_units,
            reason,
        } => {
            value["reference"] = hex(&reference.0).into();
            value["minor_units"] = minor_units.to_string().into();
            value["returned_minor_units"] = returned_minor_units.to_string().into();
            value["reason"] = reason.as_str().into();
        }
        TransferChange::Netted(window) => value["window"] = window.0.into(),
        TransferChange::Settled | TransferChange::Queued | TransferChange::Expired => {}
    }
    value
}

fn terms(terms: &Terms) -> Value {
    json!({
        "currency": terms.currency().as_str(),
        "minor_units": terms.minor_units().to_string(),
        "interbank_settlement_date": terms.interbank_settlement_date,
        "charge_bearer": terms.charge_bearer.code(),
        "settlement_method": super::transfer::method_name(terms.settlement_method),
        "expires_at": terms.expires_at,
        "message_digest": hex(&terms.message_digest),
    })
}

fn escrow(event: &EscrowMoved) -> Value {
    json!({
        "participant": event.participant.0,
        "reference": hex(&event.reference.0),
        "currency": event.currency.as_str(),
        "kind": match event.movement.kind {
            MovementKind::Deposit => "deposit",
            MovementKind::Withdrawal => "withdrawal",
        },
        "minor_units": event.movement.amount.minor_units.to_string(),
    })
}

#[allow(unreachable_patterns)] // A later version of the contract may have more.
fn registry(event: &RegistryChanged) -> Value {
    let account = |account| AddressText(account).to_string();
    match &event.change {
        RegistryChange::Paused(paused) => json!({ "change": "paused", "paused": paused }),
        RegistryChange::GovernorProposed(to) => {
            json!({ "change": "governor_proposed", "account": account(*to) })
        }
        RegistryChange::GovernorChanged(to) => {
            json!({ "change": "governor_changed", "account": account(*to) })
        }
        RegistryChange::CurrencyRegistered(entry) => json!({
            "change": "currency_registered",
            "currency": entry.currency.as_str(),
            "exponent": entry.exponent,
            "token": account(entry.token),
        }),
        RegistryChange::ParticipantRegistered { id, agents, admin } => json!({
            "change": "participant_registered",
            "participant": id.0,
            "agents": agents.iter().map(AgentId::to_string).collect::<Vec<_>>(),
            "admin": account(*admin),
        }),
        RegistryChange::ParticipantSuspended { id, suspended } => {
            json!({ "change": "participant_suspended", "participant": id.0, "suspended": suspended })
        }
        RegistryChange::AdminProposed { id, admin } => {
            json!({ "change": "admin_proposed", "participant": id.0, "account": account(*admin) })
        }
        RegistryChange::AdminChanged { id, admin } => {
            json!({ "change": "admin_changed", "participant": id.0, "account": account(*admin) })
        }
        RegistryChange::RolesChanged {
            id,
            account: of,
            roles,
        } => json!({
            "change": "roles_changed",
            "participant": id.0,
            "account": account(*of),
            "roles": role_names(*roles),
        }),
        RegistryChange::AccountLeft { id, account: of } => {
            json!({ "change": "account_left", "participant": id.0, "account": account(*of) })
        }
        RegistryChange::ScheduleSet(schedule) => {
            json!({ "change": "schedule_set", "schedule": self::schedule(schedule) })
        }
        _ => json!({ "change": "other" }),
    }
}

fn role_names(roles: Roles) -> Vec<&'static str> {
    roles.iter().map(|role| role.name()).collect()
}

/// A settlement schedule.
pub(crate) fn schedule(schedule: &Schedule) -> Value {
    json!({
        "anchor": schedule.anchor,
        "length_seconds": schedule.length,
        "cut_off_seconds": schedule.cut_off,
        "utc_offset_seconds": schedule.utc_offset,
        "holidays": schedule.holidays().collect::<Vec<u16>>(),
        "worked_days": schedule.worked_days().collect::<Vec<u16>>(),
    })
}

fn netting(event: &NettingRecorded) -> Value {
    #[allow(unreachable_patterns)] // A later version of the contract may have more.
    let mut value = match &event.change {
        NetChange::Collateral {
            participant,
            movement,
            collateral_minor_units,
        } => json!({
            "change": match movement.kind {
                corridor_client::core::CollateralKind::Pledge => "pledged",
                corridor_client::core::CollateralKind::Release => "released",
            },
            "participant": participant.0,
            "minor_units": movement.amount.minor_units.to_string(),
            "collateral_minor_units": collateral_minor_units.to_string(),
        }),
        NetChange::CapSet {
            participant,
            cap_minor_units,
        } => json!({
            "change": "cap_set",
            "participant": participant.0,
            "cap_minor_units": cap_minor_units.to_string(),
        }),
        NetChange::Results { window, results } => json!({
            "change": "results",
            "window": window.0,
            "results": results.iter().map(|result| json!({
                "participant": result.participant.0,
                "net_minor_units": result.net_minor_units.to_string(),
            })).collect::<Vec<_>>(),
        }),
        NetChange::Ended(record) => json!({
            "change": "ended",
            "window": record.window.0,
            "status": record.status.name(),
            "settles_in": record.settles_in.0,
            "net_minor_units": record.net_minor_units.to_string(),
            "gross_minor_units": record.gross_minor_units.to_string(),
            "participants": record.participants,
        }),
        _ => json!({ "change": "other" }),
    };
    value["currency"] = event.currency.as_str().into();
    value
}

fn batch(event: &BatchRecorded) -> Value {
    #[allow(unreachable_patterns)] // A later version of the contract may have more.
    let mut value = match &event.change {
        BatchChange::Submitted {
            root,
            totals,
            rejected,
        } => json!({
            "change": "submitted",
            "root": hex(root),
            "totals": totals.iter().map(|(agent, total)| json!({
                "creditor_agent": agent.0,
                "items": total.items,
                "minor_units": total.minor_units.to_string(),
            })).collect::<Vec<_>>(),
            "rejected": rejected.iter().map(|(index, _)| index).collect::<Vec<_>>(),
        }),
        BatchChange::Accepted {
            creditor_agent,
            window,
            minor_units,
            excepted,
        } => json!({
            "change": "accepted",
            "creditor_agent": creditor_agent.0,
            "window": window.0,
            "minor_units": minor_units.to_string(),
            "excepted": excepted,
        }),
        BatchChange::Rejected {
            creditor_agent,
            reason,
        } => json!({ "change": "rejected", "creditor_agent": creditor_agent.0, "reason": reason.as_str() }),
        BatchChange::Cancelled(reason) => json!({ "change": "cancelled", "reason": reason.as_str() }),
        BatchChange::Expired => json!({ "change": "expired" }),
        _ => json!({ "change": "other" }),
    };
    value["debtor_agent"] = event.debtor_agent.0.into();
    value["number"] = event.number.into();
    value["currency"] = event.currency.as_str().into();
    value
}

fn quote(event: &QuoteRecorded) -> Value {
    let mut value = match &event.event {
        QuoteEvent::Published(quote) => json!({ "change": "published", "terms": quote_terms(quote) }),
        QuoteEvent::Withdrawn(_) => json!({ "change": "withdrawn" }),
    };
    value["provider"] = event.provider.0.into();
    value["reference"] = hex(&event.reference.0).into();
    value
}

fn quote_terms(quote: &Quote) -> Value {
    json!({
        "provider_buys": quote.provider_buys.as_str(),
        "provider_sells": quote.provider_sells.as_str(),
        "rate": { "numerator": quote.rate.numerator.to_string(), "denominator": quote.rate.denominator.to_string() },
        "spread_basis_points": quote.spread_basis_points,
        "minimum_minor_units": quote.minimum_minor_units.to_string(),
        "maximum_minor_units": quote.maximum_minor_units.to_string(),
        "counterparty": quote.counterparty.map(|only| only.0),
        "expires_at": quote.expires_at,
        "hold_seconds": quote.hold_seconds,
        "unwind_seconds": quote.unwind_seconds,
    })
}

fn quote_id(id: QuoteId) -> Value {
    json!({ "provider": id.provider.0, "reference": hex(&id.reference.0) })
}

fn exchange(event: &ExchangeRecorded) -> Value {
    let mut value = json!({
        "uetr": event.uetr.to_string(),
        "debtor_agent": event.debtor_agent.0,
        "creditor_agent": event.creditor_agent.0,
        "status": event.status.name(),
    });
    match &event.event {
        FxEvent::Instructed {
            terms,
            fx,
            remainder,
            spread_minor_units,
            charges,
        } => {
            value["terms"] = self::terms(terms);
            value["quote"] = quote_id(fx.quote);
            value["credited"] = money(fx.credited);
            value["unwind"] = fx.unwind.name().into();
            value["remainder"] = remainder.to_string().into();
            value["spread_minor_units"] = spread_minor_units.to_string().into();
            value["charges"] = self::charges(charges);
        }
        FxEvent::Settled(legs) => value["legs"] = self::legs(legs),
        FxEvent::Rejected(reason) | FxEvent::Cancelled(reason) => {
            value["reason"] = reason.as_str().into();
        }
        FxEvent::Expired => {}
        FxEvent::Returned {
            reference,
            legs,
            sent_back_minor_units,
            returned_minor_units,
            reason,
            quoted,
        } => {
            if let Some(used) = quoted {
                value["quote"] = quote_id(used.quote);
                value["remainder"] = used.remainder.to_string().into();
                value["spread_minor_units"] = used.spread_minor_units.to_string().into();
            }
            value["reference"] = hex(&reference.0).into();
            value["legs"] = self::legs(legs);
            value["sent_back_minor_units"] = sent_back_minor_units.to_string().into();
            value["returned_minor_units"] = returned_minor_units.to_string().into();
            value["reason"] = reason.as_str().into();
        }
    }
    value
}

fn fees(event: &FeesRecorded) -> Value {
    let mut value = match &event.event {
        FeeEvent::Fixed(charges) => json!({ "change": "fixed", "charges": self::charges(charges) }),
        FeeEvent::Reserved => json!({ "change": "reserved" }),
        FeeEvent::Paid(legs) => json!({ "change": "paid", "legs": self::legs(legs) }),
        FeeEvent::Released => json!({ "change": "released" }),
    };
    value["uetr"] = event.uetr.to_string().into();
    value
}

/// Each agent's fee in minor units of its own currency.
fn charges(charges: &Charges) -> Value {
    let fee = |fee: Option<Fee>| {
        fee.map(|fee| json!({ "payee": fee.to.0, "minor_units": fee.minor_units.to_string() }))
    };
    json!({ "debtor": fee(charges.debtor), "creditor": fee(charges.creditor) })
}

fn legs(legs: &[Leg]) -> Value {
    let leg = |leg: &Leg| {
        let mut value = money(leg.money);
        value["from"] = leg.from.0.into();
        value["to"] = leg.to.0.into();
        value["purpose"] = super::legs::purpose_name(leg.purpose).into();
        value
    };
    legs.iter().map(leg).collect()
}

fn money(money: Money) -> Value {
    json!({ "currency": money.currency.as_str(), "minor_units": money.minor_units.to_string() })
}

fn controls(event: &ControlsChanged) -> Value {
    let mut value = match &event.change {
        ControlsChange::Tariff(payee, tariff) => json!({
            "change": "tariff",
            "payee": payee.0,
            "version": tariff.version,
            "effective_from": tariff.effective_from,
            "fixed_minor_units": tariff.fixed_minor_units.to_string(),
            "basis_points": tariff.basis_points,
            "minimum_minor_units": tariff.minimum_minor_units.to_string(),
            "maximum_minor_units": tariff.maximum_minor_units.to_string(),
        }),
        ControlsChange::Limits(limits) => json!({
            "change": "limits",
            "limits": limits.map(|limits| json!({
                "per_transfer_minor_units": limits.per_transfer_minor_units.to_string(),
                "period_minor_units": limits.period_minor_units.to_string(),
                "period_count": limits.period_count,
                "bucket_seconds": limits.bucket_seconds,
            })),
        }),
    };
    value["debtor_agent"] = event.scope.debtor_agent.0.into();
    value["creditor_agent"] = event.scope.creditor_agent.map(|agent| agent.0).into();
    value["currency"] = event.scope.currency.as_str().into();
    value
}

fn queue(event: &QueueResolved) -> Value {
    json!({
        "currency": event.currency.as_str(),
        "settled": event.report.settled,
        "expired": event.report.expired,
        "waiting": event.report.waiting,
        "gross_minor_units": event.report.gross_minor_units.to_string(),
        "liquidity_minor_units": event.report.liquidity_minor_units.to_string(),
    })
}

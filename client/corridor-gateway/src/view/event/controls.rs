//! Tariffs, limits and queues.

use super::{Kind, Said};
use crate::{
    directory::Directory,
    text::Amount,
    view::controls::{LimitsView, TariffView},
};
use corridor_client::{core::Money, ControlsChange, ControlsChanged, QueueResolved};
use serde_json::json;

pub(super) fn set(event: &ControlsChanged, directory: &Directory) -> Said {
    let scope = event.scope;
    let (kind, mut data) = match &event.change {
        ControlsChange::Tariff(payee, tariff) => (
            Kind::ControlsTariffSet,
            json!({
                "payee": directory.name(*payee),
                "tariff": TariffView::new(tariff, scope.currency),
            }),
        ),
        ControlsChange::Limits(limits) => (
            Kind::ControlsLimitsSet,
            json!({ "limits": limits.as_ref().map(|limits| LimitsView::new(limits, scope.currency)) }),
        ),
    };
    data["debtor_agent"] = directory.name(scope.debtor_agent).into();
    data["creditor_agent"] = scope.creditor_agent.map(|agent| directory.name(agent)).into();
    data["currency"] = scope.currency.to_string().into();
    Said {
        kind,
        stream: "controls".into(),
        uetr: None,
        data,
    }
}

pub(super) fn queue(event: &QueueResolved) -> Said {
    let report = &event.report;
    let money = |minor_units| Amount(Money::new(event.currency, minor_units));
    Said {
        kind: Kind::QueueResolved,
        stream: format!("queue:{}", event.currency),
        uetr: None,
        data: json!({
            "currency": event.currency.to_string(),
            "settled": report.settled,
            "expired": report.expired,
            "waiting": report.waiting,
            "gross": money(report.gross_minor_units),
            "liquidity": money(report.liquidity_minor_units),
        }),
    }
}

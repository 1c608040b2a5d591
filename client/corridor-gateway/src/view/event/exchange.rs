//! Transfers in two currencies, fees and quotes.

use super::{Kind, Said};
use crate::{
    directory::Directory,
    operation::Unwind,
    text::{hex, Amount},
    view::{
        exchange::{FeesView, MovementView, QuoteNameView, QuoteView},
        moment,
        transfer::method_name,
    },
};
use corridor_client::{
    core::{charged::FeeEvent, quote::QuoteEvent, Charges, Fee, FxEvent, Money, QuoteState},
    ExchangeRecorded, FeesRecorded, QuoteRecorded,
};
use serde_json::{json, Value};

/// Of the same kinds as those of a transfer in one currency.
pub(super) fn transfer(event: &ExchangeRecorded, directory: &Directory) -> Said {
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
    let kind = match &event.event {
        FxEvent::Instructed {
            terms,
            fx,
            spread_minor_units,
            charges,
            // Parts of a minor unit, which only the rate gives a meaning.
            remainder: _,
        } => {
            put(
                "interbank_settlement_amount",
                json!(Amount(terms.interbank_settlement_amount)),
            );
            put("settlement_method", method_name(terms.settlement_method).into());
            put("credited_amount", json!(Amount(fx.credited)));
            put("unwind", json!(Unwind::from(fx.unwind)));
            put("quote", json!(QuoteNameView::new(fx.quote, directory)));
            let spread = Money::new(fx.credited.currency, *spread_minor_units);
            put("spread", json!(Amount(spread)));
            let fees = FeesView::new(charges, terms.currency(), fx.credited.currency, directory);
            if let Some(fees) = fees {
                put("fees", json!(fees));
            }
            put("expires_at", moment(terms.expires_at).into());
            put("message_digest", hex(&terms.message_digest).into());
            Kind::TransferInstructed
        }
        FxEvent::Settled(legs) => {
            put("legs", json!(MovementView::all(legs, directory)));
            Kind::TransferSettled
        }
        FxEvent::Rejected(reason) => {
            put("reason", reason.to_string().into());
            Kind::TransferRejected
        }
        FxEvent::Cancelled(reason) => {
            put("reason", reason.to_string().into());
            Kind::TransferCancelled
        }
        FxEvent::Expired => Kind::TransferExpired,
        FxEvent::Returned {
            reference,
            legs,
            sent_back_minor_units,
            returned_minor_units,
            reason,
            quoted,
        } => {
            if let Some(used) = quoted {
                put("quote", json!(QuoteNameView::new(used.quote, directory)));
                put("spread_minor_units", used.spread_minor_units.to_string().into());
            }
            put("reason", reason.to_string().into());
            put("reference", crate::text::reference(*reference).into());
            put("legs", json!(MovementView::all(legs, directory)));
            put("sent_back_minor_units", sent_back_minor_units.to_string().into());
            put("returned_minor_units", returned_minor_units.to_string().into());
            Kind::TransferReturned
        }
    };
    Said {
        kind,
        stream: uetr.clone(),
        uetr: Some(uetr),
        data,
    }
}

/// Fees of a transfer in one currency.
pub(super) fn fees(event: &FeesRecorded, directory: &Directory) -> Said {
    let uetr = event.uetr.to_string();
    let (kind, data) = match &event.event {
        FeeEvent::Fixed(charges) => (Kind::TransferFeesFixed, fixed(charges, directory)),
        FeeEvent::Reserved => (Kind::TransferFeesReserved, json!({})),
        FeeEvent::Paid(legs) => (
            Kind::TransferFeesPaid,
            json!({ "legs": MovementView::all(legs, directory) }),
        ),
        FeeEvent::Released => (Kind::TransferFeesReleased, json!({})),
    };
    Said {
        kind,
        stream: uetr.clone(),
        uetr: Some(uetr),
        data,
    }
}

/// The event names no currency: it is the transfer's.
fn fixed(charges: &Charges, directory: &Directory) -> Value {
    let fee = |fee: Option<Fee>| {
        fee.map(|fee| json!({ "payee": directory.name(fee.to), "minor_units": fee.minor_units.to_string() }))
    };
    json!({ "debtor": fee(charges.debtor), "creditor": fee(charges.creditor) })
}

pub(super) fn quote(event: &QuoteRecorded, directory: &Directory) -> Said {
    let provider = directory.name(event.provider);
    let reference = crate::text::reference(event.reference);
    let (kind, data) = match &event.event {
        QuoteEvent::Published(quote) => {
            let view = QuoteView::new(&QuoteState::unused(*quote), directory);
            (Kind::QuotePublished, json!(view))
        }
        QuoteEvent::Withdrawn(_) => (
            Kind::QuoteWithdrawn,
            json!({ "provider": provider, "reference": reference }),
        ),
    };
    Said {
        kind,
        stream: format!("quote:{provider}:{reference}"),
        uetr: None,
        data,
    }
}

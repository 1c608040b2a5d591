//! Quotes, transfers in two currencies, fees, tariffs, limits and the queue.
#![allow(clippy::unwrap_used)]

mod common;

use axum::http::StatusCode;
use common::{block_ref, quote, refused, terms, transfer, uetr, Gateway};
use corridor_client::{
    core::{
        charged::FeeEvent,
        queued::QueueReport,
        quote::{QuoteEvent, QuoteUse},
        Charges, Currency, Error as Refusal, Fee, FxEvent, FxTerms, FxTransfer, Limits, Money, ParticipantId,
        QuoteId, ReasonCode, Reference, SettlementMethod, Tariff, Terms, Transfer, TransferChange,
        TransferStatus, Unwind,
    },
    ControlsChange, ControlsChanged, ExchangeRecorded, FeesRecorded, LimitScope, QueueResolved,
    QuoteRecorded, SettlementEvent, TransferRecorded,
};
use corridor_gateway::{
    iso,
    view::{event::new_event, transfer::Details},
};
use serde_json::{json, Value};

const BOC: ParticipantId = ParticipantId(0);
const CUP: ParticipantId = ParticipantId(1);
const HSBC: ParticipantId = ParticipantId(2);

fn fx_transfer() -> FxTransfer {
    FxTransfer {
        transfer: Transfer {
            terms: Terms {
                settlement_method: SettlementMethod::PaymentVersusPayment,
                ..terms()
            },
            status: TransferStatus::PartlyReturned,
            instructed_at: 1_800_000_000,
            updated_at: 1_800_000_006,
            returned_minor_units: 46,
            reason: Some(ReasonCode::AC04),
        },
        fx: FxTerms {
            quote: QuoteId {
                provider: HSBC,
                reference: Reference([7; 16]),
            },
            credited: Money::new(Currency::HKD, 135_829),
            unwind: Unwind::OriginalRate,
        },
        remainder: 3,
        charges: fees(),
        sent_back_minor_units: 50,
        unwind_until: 1_800_000_600,
    }
}

fn fees() -> Charges {
    Charges {
        debtor: Some(Fee {
            to: HSBC,
            minor_units: 150,
        }),
        creditor: Some(Fee {
            to: BOC,
            minor_units: 25,
        }),
    }
}

#[tokio::test]
async fn a_transfer_in_two_currencies_is_shown_with_its_quote_its_movements_and_its_fees() {
    let gateway = Gateway::new().await;
    let (key, uetr) = (gateway.master().await, uetr());
    let record = fx_transfer();
    let details = Details::Exchange(Some(Box::new(record)));
    gateway.chain.record(uetr, record.transfer, details);
    let shown = gateway.get(&key, &format!("/v1/transfers/{uetr}")).await.json();
    assert_eq!(shown["settlement_method"], "payment_versus_payment");
    assert_eq!(shown["status"], "partly returned");
    assert_eq!(shown["exchange"]["quote"]["provider"], "HSBCHKHHXXX");
    assert_eq!(shown["exchange"]["credited_amount"]["decimal"], "1358.29");
    assert_eq!(shown["exchange"]["sent_back_amount"]["decimal"], "0.50");
    assert_eq!(shown["returned_amount"]["decimal"], "0.46");
    assert_eq!(shown["exchange"]["unwind"], "original_rate");
    assert!(shown["exchange"]["unwind_until"].is_string());
    let legs = shown["exchange"]["legs"].as_array().unwrap();
    let purposes: Vec<&Value> = legs.iter().map(|leg| &leg["purpose"]).collect();
    assert_eq!(purposes, ["debited", "credited", "debtor_fee", "creditor_fee"]);
    assert_eq!(
        legs[1],
        json!({
            "purpose": "credited", "from": "HSBCHKHHXXX", "to": "CHUPCNSHXXX",
            "amount": { "currency": "HKD", "decimal": "1358.29", "minor_units": "135829" },
        })
    );
    // Each fee is in its own agent's currency.
    assert_eq!(shown["fees"]["debtor"]["amount"]["currency"], "CNY");
    assert_eq!(shown["fees"]["creditor"]["amount"]["currency"], "HKD");
    assert_eq!(shown["fees"]["creditor"]["payee"], "BKCHCNBJXXX");
}

#[tokio::test]
async fn a_queued_transfer_is_shown_as_accepted_and_waiting_with_its_fees() {
    let gateway = Gateway::new().await;
    let (key, uetr) = (gateway.master().await, uetr());
    let record = Transfer {
        terms: Terms {
            settlement_method: SettlementMethod::QueuedGross,
            ..terms()
        },
        status: TransferStatus::Queued,
        ..fx_transfer().transfer
    };
    gateway.chain.record(uetr, record, Details::Charges(fees()));
    let shown = gateway.get(&key, &format!("/v1/transfers/{uetr}")).await.json();
    assert_eq!(
        (&shown["status"], &shown["iso_status"]),
        (&json!("queued"), &json!("ACSP"))
    );
    assert_eq!(shown["settlement_method"], "queued");
    assert_eq!(shown["fees"]["creditor"]["amount"]["currency"], "CNY");
    assert_eq!(shown.get("exchange"), None);
    let plain = common::uetr();
    let shown = gateway.get(&key, &format!("/v1/transfers/{plain}")).await.json();
    assert_eq!(shown.get("fees"), None, "it costs nothing");
}

#[tokio::test]
async fn a_transfer_on_a_quote_is_one_request_whose_identity_is_its_uetr() {
    let gateway = Gateway::new().await;
    let (key, uetr) = (gateway.master().await, uetr());
    let mut body = transfer(uetr);
    body["quote"] = json!({ "provider": "HSBCHKHH", "reference": "FX-7" });
    body["credited_amount"] = json!({ "currency": "HKD", "decimal": "1356.94" });
    let taken = gateway.post(&key, "/v1/transfers", &body).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let again = gateway.post(&key, "/v1/transfers", &body).await;
    assert_eq!(again.location(), taken.location());
    // The same UETR in one currency, or on other terms, is something else.
    let other = gateway.post(&key, "/v1/transfers", &transfer(uetr)).await;
    other.problem(409, "gateway.idempotency_conflict");
    gateway
        .chain
        .tell("instruct_fx", [Err(refused(Refusal::ProviderNotCovered))]);
    gateway.work();
    let request = gateway.until_final(&key, &taken.location()).await;
    assert_eq!(
        (&request["kind"], &request["state"]),
        (&json!("instruct_fx"), &json!("refused"))
    );
    assert_eq!(request["uetr"], uetr.to_string());
    assert_eq!(request["fault"]["code"], "contract.ProviderNotCovered");
    assert_eq!(gateway.chain.executed(), [format!("instruct:{uetr}")]);
}

#[tokio::test]
async fn what_does_not_go_together_in_a_transfer_is_said_before_it_is_taken() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let named = json!({ "provider": "HSBCHKHH", "reference": "FX-7" });
    let signed = |settlement: &str, signature: &str| {
        json!({
            "settlement": settlement,
            "genesis_hash": format!("0x{}", "11".repeat(32)),
            "quote": {
                "provider": 2, "reference": "FX-7", "provider_buys": "CNY", "provider_sells": "HKD",
                "rate_numerator": 5_431, "rate_denominator": 5_000, "spread_basis_points": 10,
                "minimum_minor_units": "1", "maximum_minor_units": "10000000", "counterparty": null,
                "expires_at": 1_900_000_000, "hold_seconds": 600, "unwind_seconds": 0,
            },
            "public_key": format!("0x{}", "22".repeat(32)),
            "signature": signature,
        })
    };
    let ours = "0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4";
    let good = format!("0x{}", "33".repeat(64));
    for (fields, text) in [
        (
            json!({ "credited_amount": { "currency": "HKD", "decimal": "1" } }),
            "goes with a quote",
        ),
        (json!({ "unwind": "new_quote" }), "unwind: goes with a quote"),
        (
            json!({ "quote": named, "signed_quote": signed(ours, &good) }),
            "give one of them",
        ),
        (
            json!({ "quote": named, "settlement_method": "net" }),
            "settlement_method",
        ),
        (
            json!({ "quote": named, "settlement_method": "queued" }),
            "settlement_method",
        ),
        (json!({ "signed_quote": signed(ours, "0x33") }), "signature"),
        (
            json!({ "signed_quote": signed("0x0000000000000000000000000000000000000001", &good) }),
            "settlement",
        ),
        (
            json!({ "settlement_method": "payment_versus_payment" }),
            "settlement_method",
        ),
    ] {
        let mut body = transfer(uetr());
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let problem = gateway.post(&key, "/v1/transfers", &body).await;
        let problem = problem.problem(422, "gateway.invalid");
        assert!(problem["detail"].as_str().unwrap().contains(text), "{problem}");
    }
    let mut body = transfer(uetr());
    body["signed_quote"] = signed(ours, &good);
    let taken = gateway.post(&key, "/v1/transfers", &body).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let mut body = transfer(uetr());
    body["settlement_method"] = "queued".into();
    let taken = gateway.post(&key, "/v1/transfers", &body).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
}

#[tokio::test]
async fn a_return_at_a_quote_is_a_request_whose_identity_is_its_return_id() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway.work();
    let path = format!("/v1/transfers/{}/return", uetr());
    let body = json!({
        "return_id": "RTR-1", "amount": { "currency": "HKD", "decimal": "100" }, "reason": "AM09",
        "quote": { "provider": "HSBCHKHH", "reference": "FX-9" },
        "given_back_amount": { "currency": "CNY", "decimal": "92.81" },
    });
    let taken = gateway.post(&key, &path, &body).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let ended = gateway.until_final(&key, &taken.location()).await;
    assert_eq!(
        (&ended["kind"], &ended["state"]),
        (&json!("return"), &json!("succeeded"))
    );
    let repeated = gateway.post(&key, &path, &body).await;
    assert_eq!(repeated.location(), taken.location());
    for (field, value) in [
        ("quote", json!({ "provider": "HSBCHKHH", "reference": "FX-8" })),
        (
            "given_back_amount",
            json!({ "currency": "CNY", "decimal": "92.80" }),
        ),
    ] {
        let mut other = body.clone();
        other[field] = value;
        let conflict = gateway.post(&key, &path, &other).await;
        conflict.problem(409, "gateway.idempotency_conflict");
    }
    let mut without = body.clone();
    without["return_id"] = "RTR-2".into();
    without.as_object_mut().unwrap().remove("quote");
    let problem = gateway.post(&key, &path, &without).await;
    let problem = problem.problem(422, "gateway.invalid");
    assert!(
        problem["detail"].as_str().unwrap().contains("goes with a quote"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_quote_is_published_once_and_withdrawn_by_its_reference() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway.work();
    let taken = gateway.post(&key, "/v1/quotes", &quote("FX-7")).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let published = gateway.until_final(&key, &taken.location()).await;
    assert_eq!(
        (&published["kind"], &published["state"]),
        (&json!("publish_quote"), &json!("succeeded"))
    );
    // A reference is good for one quote, published or signed.
    let signed = gateway.post(&key, "/v1/signed-quotes", &quote("FX-7")).await;
    signed.problem(409, "gateway.idempotency_conflict");
    let mut other = quote("FX-7");
    other["rate"] = "1.09".into();
    let conflict = gateway.post(&key, "/v1/quotes", &other).await;
    conflict.problem(409, "gateway.idempotency_conflict");
    let taken = gateway.post(&key, "/v1/quotes/FX-7/withdraw", &json!({})).await;
    let withdrawn = gateway.until_final(&key, &taken.location()).await;
    assert_eq!(withdrawn["state"], "succeeded");
    for (field, value, text) in [
        ("rate", json!("0"), "rate"),
        ("rate", json!("1,09"), "rate"),
        ("rate", json!(1.09), "rate"),
        ("spread_basis_points", json!(10_000), "spread"),
        ("minimum", json!({ "currency": "HKD", "decimal": "1" }), "minimum"),
        (
            "maximum",
            json!({ "currency": "CNY", "decimal": "0.50" }),
            "minimum <= maximum",
        ),
        ("provider_sells", json!("CNY"), "two currencies"),
        ("hold_seconds", json!(0), "hold_seconds"),
        ("expires_at", json!("2030-01-01T00:00:00"), "zone"),
    ] {
        let mut body = quote("FX-8");
        body[field] = value;
        let problem = gateway.post(&key, "/v1/quotes", &body).await;
        let problem = problem.problem(422, "gateway.invalid");
        assert!(problem["detail"].as_str().unwrap().contains(text), "{problem}");
    }
}

#[tokio::test]
async fn tariffs_limits_and_resolutions_are_requests_with_an_identity_of_their_own() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway.work();
    let tariff = json!({
        "debtor_agent": "BKCHCNBJ", "creditor_agent": "CHUPCNSH", "currency": "CNY", "payee": "HSBCHKHH",
        "tariff": {
            "version": 1, "effective_from": "2030-01-01T00:00:00Z", "basis_points": 25,
            "fixed": { "currency": "CNY", "decimal": "0.10" },
        },
    });
    let limits = json!({
        "debtor_agent": "BKCHCNBJ", "currency": "CNY",
        "limits": {
            "per_transfer": { "currency": "CNY", "decimal": "1000000" },
            "period": { "currency": "CNY", "decimal": "5000000" },
            "period_count": 100, "bucket_seconds": 17_280,
        },
    });
    let lifted = json!({ "debtor_agent": "BKCHCNBJ", "creditor_agent": "CHUPCNSH", "currency": "CNY", "limits": null });
    for (number, (path, body, kind)) in [
        ("/v1/tariffs", tariff.clone(), "set_tariff"),
        ("/v1/limits", limits.clone(), "set_limits"),
        ("/v1/limits", lifted, "set_limits"),
        ("/v1/queues/CNY/resolve", json!({}), "resolve_queue"),
    ]
    .into_iter()
    .enumerate()
    {
        gateway
            .post(&key, path, &body)
            .await
            .problem(400, "gateway.malformed");
        let own = format!("own-{number}");
        let taken = gateway.post_as(&key, path, Some(&own), &body).await;
        assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
        let request = gateway.until_final(&key, &taken.location()).await;
        assert_eq!(
            (&request["kind"], &request["state"]),
            (&json!(kind), &json!("succeeded"))
        );
    }
    let mut other_currency = tariff;
    other_currency["tariff"]["fixed"]["currency"] = "HKD".into();
    let mut no_bucket = limits;
    no_bucket["limits"]["bucket_seconds"] = 0.into();
    for (path, body, text) in [
        ("/v1/tariffs", other_currency, "tariff.fixed"),
        ("/v1/limits", no_bucket, "bucket_seconds"),
    ] {
        let problem = gateway.post_as(&key, path, Some("bad"), &body).await;
        let problem = problem.problem(422, "gateway.invalid");
        assert!(problem["detail"].as_str().unwrap().contains(text), "{problem}");
    }
}

#[tokio::test]
async fn every_event_has_a_kind_of_its_own_and_says_what_moved() {
    let gateway = Gateway::new().await;
    let directory = iso::directory(&gateway.app).await.unwrap();
    let (uetr, record) = (uetr(), fx_transfer());
    let exchange = |status, event| {
        SettlementEvent::Exchange(ExchangeRecorded {
            uetr,
            debtor_agent: BOC,
            creditor_agent: CUP,
            status,
            event,
        })
    };
    let fee = |event| SettlementEvent::Fees(FeesRecorded { uetr, event });
    let scope = LimitScope {
        debtor_agent: BOC,
        creditor_agent: Some(CUP),
        currency: Currency::CNY,
    };
    let controls = |change| SettlementEvent::Controls(ControlsChanged { scope, change });
    let tariff = Tariff {
        version: 1,
        effective_from: 1_800_000_000,
        fixed_minor_units: 10,
        basis_points: 25,
        minimum_minor_units: 0,
        maximum_minor_units: u64::MAX,
    };
    let limits = Limits {
        per_transfer_minor_units: 1,
        period_minor_units: 2,
        period_count: 3,
        bucket_seconds: 4,
    };
    let report = QueueReport {
        settled: 3,
        expired: 1,
        waiting: 2,
        gross_minor_units: 900,
        liquidity_minor_units: 100,
    };
    let withdrawn = SettlementEvent::Quote(QuoteRecorded {
        provider: HSBC,
        reference: Reference([7; 16]),
        event: QuoteEvent::Withdrawn(record.fx.quote),
    });
    let queued = SettlementEvent::Transfer(TransferRecorded {
        uetr,
        debtor_agent: BOC,
        creditor_agent: CUP,
        status: TransferStatus::Queued,
        change: TransferChange::Queued,
    });
    let instructed = FxEvent::Instructed {
        terms: record.transfer.terms,
        fx: record.fx,
        remainder: record.remainder,
        spread_minor_units: 136,
        charges: record.charges,
    };
    let returned = FxEvent::Returned {
        reference: Reference([8; 16]),
        legs: Vec::new(),
        sent_back_minor_units: 50,
        returned_minor_units: 46,
        reason: ReasonCode::AC04,
        quoted: None,
    };
    let at_quote = FxEvent::Returned {
        reference: Reference([8; 16]),
        legs: Vec::new(),
        sent_back_minor_units: 50,
        returned_minor_units: 46,
        reason: ReasonCode::AC04,
        quoted: Some(QuoteUse {
            quote: record.fx.quote,
            remainder: 3,
            spread_minor_units: 4,
        }),
    };
    for (event, kind, path, value) in [
        (queued, "transfer.queued", "/data/iso_status", json!("ACSP")),
        (
            exchange(TransferStatus::Pending, instructed),
            "transfer.instructed",
            "/data/credited_amount/decimal",
            json!("1358.29"),
        ),
        (
            exchange(TransferStatus::Settled, FxEvent::Settled(record.legs())),
            "transfer.settled",
            "/data/legs/1/purpose",
            json!("credited"),
        ),
        (
            exchange(TransferStatus::Expired, FxEvent::Expired),
            "transfer.expired",
            "/data/status",
            json!("expired"),
        ),
        (
            exchange(TransferStatus::PartlyReturned, returned),
            "transfer.returned",
            "/data/sent_back_minor_units",
            json!("50"),
        ),
        (
            exchange(TransferStatus::PartlyReturned, at_quote),
            "transfer.returned",
            "/data/quote/provider",
            json!("HSBCHKHHXXX"),
        ),
        (
            fee(FeeEvent::Fixed(fees())),
            "transfer.fees_fixed",
            "/data/debtor/minor_units",
            json!("150"),
        ),
        (
            fee(FeeEvent::Paid(record.legs())),
            "transfer.fees_paid",
            "/data/legs/2/to",
            json!("HSBCHKHHXXX"),
        ),
        (
            fee(FeeEvent::Reserved),
            "transfer.fees_reserved",
            "/uetr",
            json!(uetr.to_string()),
        ),
        (
            fee(FeeEvent::Released),
            "transfer.fees_released",
            "/uetr",
            json!(uetr.to_string()),
        ),
        (
            withdrawn,
            "quote.withdrawn",
            "/data/provider",
            json!("HSBCHKHHXXX"),
        ),
        (
            controls(ControlsChange::Tariff(HSBC, tariff)),
            "controls.tariff_set",
            "/data/tariff/maximum",
            Value::Null,
        ),
        (
            controls(ControlsChange::Limits(Some(limits))),
            "controls.limits_set",
            "/data/limits/period_count",
            json!(3),
        ),
        (
            controls(ControlsChange::Limits(None)),
            "controls.limits_set",
            "/data/limits",
            Value::Null,
        ),
        (
            SettlementEvent::Queue(QueueResolved {
                currency: Currency::CNY,
                report,
            }),
            "queue.resolved",
            "/data/liquidity/decimal",
            json!("1.00"),
        ),
    ] {
        let recorded = new_event(block_ref(7), Some(1), 3, &event, &directory).unwrap();
        let body: Value = serde_json::from_str(&recorded.body).unwrap();
        assert_eq!((recorded.kind.as_str(), &body["kind"]), (kind, &json!(kind)));
        assert_eq!(body.pointer(path), Some(&value), "{body}");
        if kind.starts_with("transfer.") {
            assert_eq!(
                recorded.stream,
                uetr.to_string(),
                "in order with all else of the transfer"
            );
        }
    }
}

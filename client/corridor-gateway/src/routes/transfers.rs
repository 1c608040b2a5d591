//! `/v1/transfers`.

use super::{
    accepted::{self, Asking, Wanted},
    events::history,
    intent::{is_xml, wants_xml, Intent},
    messages, page_size, place, Asked, Named, OwnKey, Problems, Taken,
};
use crate::{
    app::App,
    auth::Caller,
    iso::{self, report, Terms, DEFAULT_EXPIRY_SECONDS},
    operation::{
        AtQuote, Ended, InstructFx, Method, OfQuote, OfTransfer, Operation, Returned, SignedQuoteFields,
        Unwind,
    },
    problem::Problem,
    routes::events::EventsView,
    store::{EventId, RequestFilter},
    text::{Amount, Bearer, ReferenceText, Text},
    view::transfer::{Details, TransferView},
};
use axum::{
    extract::State,
    http::{header, HeaderMap},
    response::{IntoResponse, Response},
    Json,
};
use corridor_client::core::{AgentId, ChargeBearer, ReasonCode, SettlementMethod, Uetr};
use corridor_iso20022::{pacs008::CreditTransferTransaction, Agent, Date, DateTime};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(instruct))
        .routes(routes!(show))
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(cancel))
        .routes(routes!(expire))
        .routes(routes!(return_transfer))
        .routes(routes!(events))
}

/// A transfer to be instructed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// Its identity, a UUID of version 4 that you chose and stored before.
    #[schema(value_type = String, format = "uuid", example = "8a562c67-ca16-48ba-b074-65581be6f001")]
    pub uetr: Text<Uetr>,
    /// Your own reference; kept in the gateway's store, never on chain.
    #[schema(example = "INV-88", min_length = 1, max_length = 35)]
    pub end_to_end_id: String,
    /// Who is paid: a BIC, an LEI or SYSTEM:MEMBER.
    #[schema(value_type = String, example = "CHUPCNSH")]
    pub creditor_agent: Text<AgentId>,
    /// How much.
    pub interbank_settlement_amount: Amount,
    /// `YYYY-MM-DD`; today (UTC) where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date")]
    pub interbank_settlement_date: Option<Text<Date>>,
    /// DEBT, CRED, SHAR or SLEV; SHAR where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub charge_bearer: Option<Text<Bearer>>,
    /// gross where it is left out. With a quote it has to be left out: payment versus payment.
    #[serde(default)]
    pub settlement_method: Method,
    /// Makes it a transfer in two currencies: the published quote it uses. The debtor agent pays the amount in what the provider
    /// buys, the creditor agent is paid what the quote gives for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<OfQuote>,
    /// Or a quote signed off chain: the file that `corridor quote sign` writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_quote: Option<SignedQuoteFields>,
    /// With a quote: what the creditor agent has to be paid, to the minor unit; what the quote gives where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited_amount: Option<Amount>,
    /// With a quote: how returns go back; at the original rate where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwind: Option<Unwind>,
    /// Until when it can be accepted, with a zone, at most 31 days ahead; a day where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub expires_at: Option<Text<DateTime>>,
    /// The debtor's name. On chain only within the salted digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 140)]
    pub debtor_name: Option<String>,
    /// The creditor's name. On chain only within the salted digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 140)]
    pub creditor_name: Option<String>,
    /// Remittance information. On chain only within the salted digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remittance: Vec<String>,
}

impl NewTransfer {
    fn wanted(&self, app: &App) -> Result<Wanted, Problem> {
        let expires_at = match &self.expires_at {
            Some(time) => iso::unix_seconds(&time.0)
                .ok_or_else(|| Problem::invalid("expires_at: give the time with its zone, such as ...Z"))?,
            None => iso::now().saturating_add(DEFAULT_EXPIRY_SECONDS),
        };
        let today = u32::try_from(iso::now() / 86_400)
            .ok()
            .and_then(Date::from_days_since_epoch);
        let date = self.interbank_settlement_date.map(|date| date.0).or(today);
        let mut transaction = CreditTransferTransaction::new(
            self.end_to_end_id.clone(),
            self.uetr.0,
            self.interbank_settlement_amount.0,
            date.ok_or_else(Problem::internal)?,
            self.charge_bearer
                .map_or(ChargeBearer::Shar, |bearer| bearer.0 .0),
            Agent::new([app.config.participant.clone()]),
            Agent::new([self.creditor_agent.0.clone()]),
        );
        transaction.debtor_name.clone_from(&self.debtor_name);
        transaction.creditor_name.clone_from(&self.creditor_name);
        transaction.remittance.clone_from(&self.remittance);
        let transaction = iso::one_transaction(transaction)?;
        let terms = Terms {
            settlement_method: self.settlement_method,
            expires_at,
        };
        let instruct = iso::instruct(&transaction, terms)?;
        let operation = match self.exchange(app)? {
            None => Operation::Instruct(Box::new(instruct)),
            Some((quote, signed)) => Operation::InstructFx(Box::new(InstructFx {
                transfer: instruct,
                quote,
                signed,
                credited: self.credited_amount,
                unwind: self.unwind.unwrap_or_default(),
            })),
        };
        Ok(Wanted::new(operation, self))
    }

    /// The quote of a transfer in two currencies: a published one or a signed one.
    #[allow(clippy::type_complexity)] // One of two, and used here only.
    fn exchange(&self, app: &App) -> Result<Option<(Option<OfQuote>, Option<SignedQuoteFields>)>, Problem> {
        if !names_quote(app, self.quote.as_ref(), self.signed_quote.as_ref())? {
            return match (&self.credited_amount, &self.unwind) {
                (Some(_), _) => Err(Problem::invalid("credited_amount: goes with a quote")),
                (None, Some(_)) => Err(Problem::invalid("unwind: goes with a quote")),
                (None, None) => Ok(None),
            };
        }
        if self.settlement_method != Method::Gross {
            return Err(Problem::invalid(
                "settlement_method: leave it out, a transfer on a quote settles payment versus payment",
            ));
        }
        Ok(Some((self.quote.clone(), self.signed_quote.clone())))
    }
}

/// Whether a quote is given, a published or a signed one; both are one too many.
fn names_quote(
    app: &App,
    published: Option<&OfQuote>,
    signed: Option<&SignedQuoteFields>,
) -> Result<bool, Problem> {
    match (published, signed) {
        (Some(_), Some(_)) => return Err(Problem::invalid("quote, signed_quote: give one of them")),
        (None, Some(signed)) => {
            signed.signed().map_err(Problem::invalid)?;
            if signed.settlement.0 != app.config.chain.settlement {
                return Err(Problem::invalid(format!(
                    "signed_quote.settlement: it is good for {} only",
                    signed.settlement
                )));
            }
        }
        _ => {}
    }
    Ok(published.is_some() || signed.is_some())
}

/// How a message's transfers are to settle.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Settles {
    /// For a pacs.008, or a pacs.009 between participants: how its transfers settle. JSON says it in the body.
    #[serde(default)]
    pub settlement_method: Method,
}

/// Instruct transfers as their debtor agent
///
/// As JSON one transfer, in one currency or, on a quote, in two; as XML a pacs.008 of one or many, or a pacs.009 of your own money, taken whole or refused whole. Answered when it is stored
/// durably; follow `Location` until it is final. The same UETR with the same body has no second effect.
#[utoipa::path(
    post, path = "/v1/transfers", tag = "Transfers", operation_id = "instruct",
    params(Settles, OwnKey),
    request_body(content((NewTransfer = "application/json"), (String = "application/xml"))),
    responses(Taken, Problems)
)]
async fn instruct(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(settles): Asked<Settles>,
    intent: Intent,
) -> Result<Response, Problem> {
    if !is_xml(&intent.content_type) {
        if settles.settlement_method != Method::Gross {
            return Err(Problem::invalid("settlement_method: JSON says it in the body"));
        }
        let wanted = intent.json::<NewTransfer>()?.wanted(&app)?;
        return accepted::one(&app, &caller, &intent, wanted).await;
    }
    messages::transfers(&app, &caller, &intent, settles.settlement_method).await
}

/// An answer as XML.
#[must_use]
pub fn xml(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], text).into_response()
}

/// A transfer as the contract has recorded it, at the finalised head
///
/// As JSON, or as a pacs.002 where Accept says XML.
#[utoipa::path(
    get, path = "/v1/transfers/{uetr}", tag = "Transfers", operation_id = "transfer",
    params(("uetr" = String, Path, format = "uuid")),
    responses((status = 200, content((TransferView = "application/json"), (String = "application/xml"))), Problems)
)]
async fn show(
    State(app): State<Arc<App>>,
    Named(Text(uetr)): Named<Text<Uetr>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let as_xml = wants_xml(&headers)?;
    let transfer = app.backend.transfer(uetr).await?;
    let transfer =
        transfer.ok_or_else(|| Problem::not_found(format!("no transfer is recorded under {uetr}")))?;
    let filter = RequestFilter {
        stream: Some(uetr.to_string()),
        limit: super::PAGE,
        ..RequestFilter::default()
    };
    let end_to_end_id = iso::end_to_end_id(&app.store.requests(&filter).await?);
    let paid_at = app.backend.paid_at(&transfer).await?;
    if as_xml {
        let told = report::of_transfer(uetr, end_to_end_id, &transfer, paid_at);
        return Ok(xml(report::report(&app.config.participant, vec![told])?));
    }
    let directory = iso::directory(&app).await?;
    let details = match transfer.terms.settlement_method {
        SettlementMethod::PaymentVersusPayment => {
            Details::Exchange(app.backend.fx_transfer(uetr).await?.map(Box::new))
        }
        SettlementMethod::Gross | SettlementMethod::Net | SettlementMethod::QueuedGross => {
            Details::Charges(app.backend.charges(uetr).await?.unwrap_or_default())
        }
    };
    let view = TransferView::new(uetr, &transfer, &details, &directory, end_to_end_id).paid(paid_at);
    Ok(Json(view).into_response())
}

/// Accept a transfer as its creditor agent: it settles, which is final
#[utoipa::path(
    post, path = "/v1/transfers/{uetr}/accept", tag = "Transfers", operation_id = "accept",
    params(
        ("uetr" = String, Path, format = "uuid"),
        OwnKey
    ),
    responses(Taken, Problems)
)]
async fn accept(Named(uetr): Named<Text<Uetr>>, asking: Asking) -> Result<Response, Problem> {
    asking.nothing()?;
    asking
        .take(uetr, |uetr| Operation::Accept(OfTransfer { uetr }))
        .await
}

/// Why something is ended.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// ISO 20022 reason, four capital letters or digits.
    #[schema(value_type = String, example = "AC04", pattern = "^[A-Z0-9]{4}$")]
    pub reason: Text<ReasonCode>,
}

/// Reject a pending transfer as its creditor agent
#[utoipa::path(
    post, path = "/v1/transfers/{uetr}/reject", tag = "Transfers", operation_id = "reject", request_body = Why,
    params(
        ("uetr" = String, Path, format = "uuid"),
        OwnKey
    ),
    responses(Taken, Problems)
)]
async fn reject(Named(uetr): Named<Text<Uetr>>, asking: Asking) -> Result<Response, Problem> {
    let reason = asking.json::<Why>()?.reason;
    let ended = |(uetr, reason)| Operation::Reject(Ended { uetr, reason });
    asking.take((uetr, reason), ended).await
}

/// Cancel a pending transfer as its debtor agent
#[utoipa::path(
    post, path = "/v1/transfers/{uetr}/cancel", tag = "Transfers", operation_id = "cancel", request_body = Why,
    params(
        ("uetr" = String, Path, format = "uuid"),
        OwnKey
    ),
    responses(Taken, Problems)
)]
async fn cancel(Named(uetr): Named<Text<Uetr>>, asking: Asking) -> Result<Response, Problem> {
    let reason = asking.json::<Why>()?.reason;
    let ended = |(uetr, reason)| Operation::Cancel(Ended { uetr, reason });
    asking.take((uetr, reason), ended).await
}

/// Expire a pending transfer whose time has passed
#[utoipa::path(
    post, path = "/v1/transfers/{uetr}/expire", tag = "Transfers", operation_id = "expire",
    params(
        ("uetr" = String, Path, format = "uuid"),
        OwnKey
    ),
    responses(Taken, Problems)
)]
async fn expire(Named(uetr): Named<Text<Uetr>>, asking: Asking) -> Result<Response, Problem> {
    asking.nothing()?;
    asking
        .take(uetr, |uetr| Operation::Expire(OfTransfer { uetr }))
        .await
}

/// A part or the rest of a settled transfer to be sent back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// Your own identity of this return.
    pub return_id: ReferenceText,
    /// How much, in the transfer's currency; of one in two currencies, in what the creditor agent was paid.
    pub amount: Amount,
    /// ISO 20022 reason, such as AM09.
    #[schema(value_type = String, example = "AM09", pattern = "^[A-Z0-9]{4}$")]
    pub reason: Text<ReasonCode>,
    /// Of a transfer in two currencies whose returns go back at a new quote: that quote, a published one. Its provider buys what
    /// is sent back and pays the debtor agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<OfQuote>,
    /// Or a quote signed off chain: the file that `corridor quote sign` writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_quote: Option<SignedQuoteFields>,
    /// With a quote: what the debtor agent has to get back, to the minor unit; what the quote gives where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_back_amount: Option<Amount>,
}

impl NewReturn {
    fn at_quote(&self, app: &App) -> Result<Option<Box<AtQuote>>, Problem> {
        if names_quote(app, self.quote.as_ref(), self.signed_quote.as_ref())? {
            return Ok(Some(Box::new(AtQuote {
                quote: self.quote.clone(),
                signed: self.signed_quote.clone(),
                given_back: self.given_back_amount,
            })));
        }
        match self.given_back_amount {
            Some(_) => Err(Problem::invalid("given_back_amount: goes with a quote")),
            None => Ok(None),
        }
    }
}

/// Send back part or all of a settled transfer as its creditor agent
///
/// A pacs.004 of one or many returns goes to `/v1/returns`.
#[utoipa::path(
    post, path = "/v1/transfers/{uetr}/return", tag = "Transfers", operation_id = "return",
    request_body = NewReturn,
    params(
        ("uetr" = String, Path, format = "uuid"),
        OwnKey
    ),
    responses(Taken, Problems)
)]
async fn return_transfer(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named(uetr): Named<Text<Uetr>>,
    intent: Intent,
) -> Result<Response, Problem> {
    let new: NewReturn = intent.json()?;
    let returned = Returned {
        uetr,
        reference: new.return_id.reference().0.to_vec(),
        amount: new.amount,
        reason: new.reason,
        at_quote: new.at_quote(&app)?,
    };
    let wanted = Wanted::new(Operation::Return(returned), &(uetr, &new));
    accepted::one(&app, &caller, &intent, wanted).await
}

/// A page of a history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryPage {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// What happened to a transfer, in order
#[utoipa::path(
    get, path = "/v1/transfers/{uetr}/events", tag = "Transfers", operation_id = "transfer_events",
    params(("uetr" = String, Path, format = "uuid"), HistoryPage),
    responses((status = 200, body = EventsView), Problems)
)]
async fn events(
    State(app): State<Arc<App>>,
    Named(Text(uetr)): Named<Text<Uetr>>,
    Asked(page): Asked<HistoryPage>,
) -> Result<Json<EventsView>, Problem> {
    let after: Option<EventId> = place(page.cursor.as_deref())?;
    history(&app, after, Some(&uetr.to_string()), page_size(page.limit)?).await
}

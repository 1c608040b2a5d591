//! ISO 20022 messages in and out.
//!
//! | file | messages |
//! |---|---|
//! | this one | pacs.008 and pacs.004 to operations |
//! | [`institution`] | pacs.009 between participants |
//! | [`movement`] | pacs.009 and camt.050: a participant's own money into and out of escrow and collateral |
//! | [`cancellation`] | camt.056, and camt.029 for an answer |
//! | [`status`] | pacs.028 |
//! | [`report`] | pacs.002 for what became of messages, requests and recorded transfers |

pub mod cancellation;
pub mod institution;
pub mod movement;
pub mod report;
pub mod status;

use crate::{
    app::App,
    directory::Directory,
    operation::{Instruct, Method, Operation, Returned},
    problem::Problem,
    routes::accepted::Wanted,
    store::{now_ms, RequestRecord, State},
    text::{Amount, Bearer, Text},
};
use corridor_client::{
    core::{Error as Refusal, ParticipantId},
    new_uetr, ContractError,
};
use corridor_iso20022::{
    pacs004,
    pacs008::{self, CreditTransferTransaction, CustomerCreditTransfer, GroupHeader, SettlementMethod},
    Agent, DateTime, Limits,
};
use std::{slice::from_ref, sync::Arc};

/// How long a transfer waits for its answer when nothing says otherwise: a day.
pub const DEFAULT_EXPIRY_SECONDS: u64 = 24 * 60 * 60;

/// The version that is written.
const PACS008_VERSION: u8 = 8;

/// This machine's clock in seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    u64::try_from(now_ms() / 1_000).unwrap_or_default()
}

/// The same as messages write it.
///
/// # Errors
/// 500 after the year 9999.
pub fn now_text() -> Result<DateTime, Problem> {
    DateTime::from_unix_seconds(now()).ok_or_else(Problem::internal)
}

/// What of a message is read at most.
#[must_use]
pub fn limits(body_bytes: usize, transactions: usize) -> Limits {
    Limits {
        bytes: body_bytes,
        transactions,
        ..Limits::default()
    }
}

/// The moment a text means, in seconds since 1970; `None` without a zone, or before 1970.
#[must_use]
pub fn unix_seconds(time: &DateTime) -> Option<u64> {
    let (date, clock) = time.as_str().split_once('T')?;
    let days = date.parse::<corridor_iso20022::Date>().ok()?.days_since_epoch();
    let field = |at: usize| clock.get(at..at.checked_add(2)?)?.parse::<i64>().ok();
    let of_day = field(0)? * 3_600 + field(3)? * 60 + field(6)?;
    let zone = clock
        .get(8..)?
        .trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let east = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        (sign, offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            match sign {
                "-" => -minutes,
                _ => minutes,
            }
        }
    };
    u64::try_from(i64::from(days) * 86_400 + of_day - east * 60).ok()
}

/// What a transfer's fields do not say themselves.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// How it settles.
    pub settlement_method: Method,
    /// Until when it can be accepted, in seconds since 1970.
    pub expires_at: u64,
}

/// The operation that instructs one transaction of a message.
///
/// # Errors
/// 500 where the system has no randomness.
pub fn instruct(transaction: &CreditTransferTransaction, terms: Terms) -> Result<Instruct, Problem> {
    let mut salt = vec![0; 32];
    getrandom::fill(&mut salt).map_err(|error| {
        tracing::error!(%error, "no randomness");
        Problem::internal()
    })?;
    let agents = |agent: &Agent| agent.identifiers().iter().cloned().map(Text).collect();
    Ok(Instruct {
        uetr: Text(transaction.uetr),
        end_to_end_id: transaction.end_to_end_id.clone(),
        debtor_agent: agents(&transaction.instructing_agent),
        creditor_agent: agents(&transaction.instructed_agent),
        interbank_settlement_amount: Amount(transaction.interbank_settlement_amount),
        interbank_settlement_date: transaction.interbank_settlement_date.days_since_epoch(),
        charge_bearer: Text(Bearer(transaction.charge_bearer)),
        settlement_method: terms.settlement_method,
        expires_at: terms.expires_at,
        salt,
        message: transaction.canonical_form.clone(),
    })
}

/// A message of one transaction, written and read back: what is instructed is what the message would say.
///
/// # Errors
/// 422 for a field that does not fit the standard.
pub fn one_transaction(transaction: CreditTransferTransaction) -> Result<CreditTransferTransaction, Problem> {
    let message = CustomerCreditTransfer {
        version: PACS008_VERSION,
        business_header: None,
        group_header: GroupHeader {
            message_id: transaction.uetr.to_string().replace('-', ""),
            created_at: now_text()?,
            expires_at: None,
            control_sum: None,
            total_interbank_settlement_amount: None,
            interbank_settlement_date: None,
            settlement_method: SettlementMethod::ClearingSystem,
            instructing_agent: None,
            instructed_agent: None,
        },
        transactions: vec![transaction],
    };
    let text = pacs008::write(&message)?;
    let read = pacs008::read(text.as_bytes(), &Limits::default())?;
    read.transactions.into_iter().next().ok_or_else(Problem::internal)
}

/// The operations of a pacs.008. Net settlement and the queue are asked for by the query, and only a message that says CLRG may.
///
/// # Errors
/// 422 with the element, the place and the transaction at fault.
pub fn read_pacs008(body: &[u8], limits: &Limits, method: Method) -> Result<Vec<Wanted>, Problem> {
    instructions(&pacs008::read(body, limits)?, method)
}

/// The operations that instruct a message's transfers.
fn instructions(message: &CustomerCreditTransfer, method: Method) -> Result<Vec<Wanted>, Problem> {
    let header = &message.group_header;
    if method != Method::Gross && header.settlement_method != SettlementMethod::ClearingSystem {
        let said = header.settlement_method.code();
        return Err(Problem::invalid(format!(
            "SttlmMtd is {said}: net settlement and the queue are a clearing system's, CLRG"
        )));
    }
    let expires_at = match &header.expires_at {
        Some(time) => unix_seconds(time).ok_or_else(|| {
            Problem::invalid(format!(
                "XpryDtTm {} has no zone, so it is no moment in time",
                time.as_str()
            ))
        })?,
        None => now().saturating_add(DEFAULT_EXPIRY_SECONDS),
    };
    let said = header.expires_at.as_ref().map(|time| time.as_str().to_owned());
    let wanted = message.transactions.iter().map(|transaction| {
        let terms = Terms {
            settlement_method: method,
            expires_at,
        };
        let operation = Operation::Instruct(Box::new(instruct(transaction, terms)?));
        let given = (crate::text::hex(&transaction.canonical_form), &said, method);
        Ok(Wanted::new(operation, &given))
    });
    wanted.collect()
}

/// The operations of a pacs.004.
///
/// # Errors
/// As [`read_pacs008`].
pub fn read_pacs004(body: &[u8], limits: &Limits) -> Result<Vec<Wanted>, Problem> {
    let message = pacs004::read(body, limits)?;
    let wanted = message.transactions.iter().map(|transaction| {
        let lacks = |what| Problem::invalid(format!("return {}: it has no {what}", transaction.index));
        let reason = transaction.reasons.first().ok_or_else(|| lacks("reason"))?;
        let returned = Returned {
            uetr: Text(
                transaction
                    .original
                    .uetr
                    .ok_or_else(|| lacks("OrgnlUETR, so it names no transfer"))?,
            ),
            reference: transaction.reference(&message.group_header).0.to_vec(),
            amount: Amount(transaction.returned_amount),
            reason: Text(reason.reason.code()),
            at_quote: None,
        };
        let given = returned.clone();
        Ok(Wanted::new(Operation::Return(returned), &given))
    });
    wanted.collect()
}

/// A fresh id for a message of the gateway's own, at most 35 characters: `STS-20261124-6f1c2d3e4a5b`.
fn fresh_id(prefix: &str, created_at: &DateTime) -> String {
    let digits = created_at.as_str().chars().filter(char::is_ascii_digit);
    let day: String = digits.take(8).collect();
    format!("{prefix}-{day}-{}", hex::encode(&new_uetr().0[..6]))
}

/// The names a transfer's agents go by, for answers that show one transfer.
#[must_use]
pub fn end_to_end_id(requests: &[RequestRecord]) -> Option<String> {
    requests
        .iter()
        .filter(|request| request.state == State::Succeeded)
        .find_map(|request| Some(instructed(&request.operation)?.end_to_end_id.clone()))
}

/// What an operation instructs, in one currency or in two.
fn instructed(operation: &Operation) -> Option<&Instruct> {
    match operation {
        Operation::Instruct(instruct) => Some(instruct),
        Operation::InstructFx(instruct) => Some(&instruct.transfer),
        _ => None,
    }
}

/// A directory of what the backend knows.
///
/// # Errors
/// 503 where the chain cannot be asked.
pub async fn directory(app: &App) -> Result<Directory, Problem> {
    Ok(Directory::of(app.backend.participants().await?))
}

/// The participant this gateway acts for, among all of them.
pub struct Own {
    /// Its number in the contract.
    pub id: ParticipantId,
    /// Everybody.
    pub directory: Arc<Directory>,
}

impl Own {
    /// What a check of a message says against everybody as last read, so that messages are taken while no node answers; where it finds
    /// fault, against everybody as they are now, for somebody may have been admitted since.
    ///
    /// # Errors
    /// The check's; 503 where it finds fault and the chain cannot be asked, 422 where the configured participant is not registered.
    pub async fn check<T>(app: &App, check: impl Fn(&Self) -> Result<T, Problem>) -> Result<T, Problem> {
        let known = Self::within(app, app.backend.directory().await?);
        if let Some(Ok(checked)) = known.as_ref().map(&check) {
            return Ok(checked);
        }
        let now = Self::within(app, Arc::new(directory(app).await?));
        let unknown = || corridor_client::Error::from(ContractError::Refused(Refusal::UnknownParticipant));
        check(&now.ok_or_else(unknown)?)
    }

    fn within(app: &App, directory: Arc<Directory>) -> Option<Self> {
        let id = directory.resolve(from_ref(&app.config.participant))?;
        Some(Self { id, directory })
    }

    /// Who an agent of a message is.
    ///
    /// # Errors
    /// Its names, and that they are no participant's.
    pub fn resolve(&self, agent: &Agent) -> Result<ParticipantId, String> {
        let found = self.directory.resolve(agent.identifiers());
        found.ok_or_else(|| {
            let names: Vec<String> = agent.identifiers().iter().map(ToString::to_string).collect();
            let names = match names.is_empty() {
                true => "without an identifier".into(),
                false => names.join(" or "),
            };
            format!("{names}, is no participant, or not the same one by each name")
        })
    }

    /// How answers name it.
    #[must_use]
    pub fn name(&self) -> String {
        self.directory.name(self.id)
    }
}

/// What of a message is read that was within the limits when it was taken.
fn stored_limits(body: &[u8]) -> Limits {
    limits(body.len(), usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_with_a_zone_is_a_moment() {
        let seconds = |text: &str| unix_seconds(&text.parse().expect("a time"));
        assert_eq!(seconds("1970-01-02T00:00:01Z"), Some(86_401));
        assert_eq!(
            seconds("2026-11-24T09:30:00+08:00"),
            seconds("2026-11-24T01:30:00.000Z")
        );
        assert_eq!(seconds("2026-11-24T09:30:00"), None);
    }
}

//! What identifies an operation, and who may ask for it.

use super::{Ended, Issuance, Method, OfTransfer, Operation};
use crate::{auth::Scope, text::Text};
use corridor_client::core::Uetr;

/// What identifies an operation, beside its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Of two operations with the same subject one is carried out; `None` where only the request identifies it.
    pub subject: Option<String>,
    /// Operations of the same stream are carried out in the order they were taken.
    pub stream: String,
}

impl Operation {
    /// The kind's name, as stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Instruct(_) => "instruct",
            Self::Accept(_) => "accept",
            Self::Reject(_) => "reject",
            Self::Cancel(_) => "cancel",
            Self::Expire(_) => "expire",
            Self::Return(_) => "return",
            Self::Deposit(_) => "deposit",
            Self::Withdraw(_) => "withdraw",
            Self::Pledge(_) => "pledge",
            Self::Release(_) => "release",
            Self::CloseWindow(_) => "close_window",
            Self::AbortWindow(_) => "abort_window",
            Self::SubmitBatch(_) => "submit_batch",
            Self::AcceptBatch(_) => "accept_batch",
            Self::RejectBatch(_) => "reject_batch",
            Self::CancelBatch(_) => "cancel_batch",
            Self::ExpireBatch(_) => "expire_batch",
            Self::GrantRole(_) => "grant_role",
            Self::RevokeRole(_) => "revoke_role",
            Self::Leave(_) => "leave",
            Self::RegisterParticipant(_) => "register_participant",
            Self::RegisterCurrency(_) => "register_currency",
            Self::SetSuspended(_) => "set_suspended",
            Self::SetPaused(_) => "set_paused",
            Self::SetCap(_) => "set_cap",
            Self::PublishQuote(_) => "publish_quote",
            Self::WithdrawQuote(_) => "withdraw_quote",
            Self::InstructFx(_) => "instruct_fx",
            Self::ResolveQueue(_) => "resolve_queue",
            Self::SetTariff(_) => "set_tariff",
            Self::SetLimits(_) => "set_limits",
            Self::SignQuote(_) => "sign_quote",
            Self::SetSchedule(_) => "set_schedule",
            Self::ProposeAdmin(_) => "propose_admin",
            Self::AcceptAdmin => "accept_admin",
            Self::ProposeGovernor(_) => "propose_governor",
            Self::AcceptGovernor => "accept_governor",
            Self::Issue(_) => "issue",
            Self::Redeem(_) => "redeem",
            Self::Approve(_) => "approve",
            Self::PauseToken(_) => "pause_token",
            Self::Freeze(_) => "freeze",
        }
    }

    /// Who may ask for it, in the order of preference: the capacity decides which key signs.
    #[must_use]
    pub fn scopes(&self) -> &'static [Scope] {
        match self {
            Self::Instruct(_) | Self::InstructFx(_) | Self::SubmitBatch(_) => &[Scope::Instructor],
            Self::PublishQuote(_) | Self::SignQuote(_) => &[Scope::Quoter],
            Self::WithdrawQuote(_) => &[Scope::Quoter, Scope::Compliance],
            Self::Cancel(_) | Self::CancelBatch(_) => &[Scope::Instructor, Scope::Compliance],
            Self::Accept(_) | Self::Return(_) | Self::AcceptBatch(_) => &[Scope::Approver],
            Self::Reject(_) | Self::RejectBatch(_) => &[Scope::Approver, Scope::Compliance],
            Self::Deposit(_) | Self::Withdraw(_) | Self::Pledge(_) | Self::Release(_) | Self::Approve(_) => {
                &[Scope::Treasurer]
            }
            Self::Expire(_) | Self::ExpireBatch(_) | Self::CloseWindow(_) | Self::ResolveQueue(_) => &[
                Scope::Instructor,
                Scope::Approver,
                Scope::Treasurer,
                Scope::Compliance,
            ],
            Self::Leave(_) => &[
                Scope::Instructor,
                Scope::Approver,
                Scope::Treasurer,
                Scope::Compliance,
                Scope::Quoter,
            ],
            Self::GrantRole(_) | Self::RevokeRole(_) | Self::ProposeAdmin(_) | Self::AcceptAdmin => {
                &[Scope::Admin]
            }
            Self::Issue(_) | Self::Redeem(_) => &[Scope::Issuer],
            Self::PauseToken(_) | Self::Freeze(_) => &[Scope::Guardian],
            Self::AbortWindow(_)
            | Self::SetSchedule(_)
            | Self::ProposeGovernor(_)
            | Self::AcceptGovernor
            | Self::RegisterParticipant(_)
            | Self::RegisterCurrency(_)
            | Self::SetSuspended(_)
            | Self::SetPaused(_)
            | Self::SetCap(_)
            | Self::SetTariff(_)
            | Self::SetLimits(_) => &[Scope::Governor],
        }
    }

    /// Whether it overwrites what is there, without an identity the contract would know again: carried out a second
    /// time, after a later operation, it undoes that one.
    #[must_use]
    pub fn overwrites(&self) -> bool {
        match self {
            Self::GrantRole(_)
            | Self::RevokeRole(_)
            | Self::Leave(_)
            | Self::ProposeAdmin(_)
            | Self::AcceptAdmin
            | Self::ProposeGovernor(_)
            | Self::AcceptGovernor
            | Self::SetSuspended(_)
            | Self::SetPaused(_)
            | Self::SetCap(_)
            | Self::SetLimits(_)
            | Self::SetSchedule(_)
            | Self::Approve(_)
            | Self::PauseToken(_)
            | Self::Freeze(_) => true,
            // Known again by UETR, reference, number, version or request id, or by a state that only goes forward. No
            // wildcard: an operation of a later version must say which it is.
            Self::Instruct(_)
            | Self::InstructFx(_)
            | Self::Accept(_)
            | Self::Reject(_)
            | Self::Cancel(_)
            | Self::Expire(_)
            | Self::Return(_)
            | Self::Deposit(_)
            | Self::Withdraw(_)
            | Self::Pledge(_)
            | Self::Release(_)
            | Self::CloseWindow(_)
            | Self::AbortWindow(_)
            | Self::SubmitBatch(_)
            | Self::AcceptBatch(_)
            | Self::RejectBatch(_)
            | Self::CancelBatch(_)
            | Self::ExpireBatch(_)
            | Self::RegisterParticipant(_)
            | Self::RegisterCurrency(_)
            | Self::PublishQuote(_)
            | Self::WithdrawQuote(_)
            | Self::SignQuote(_)
            | Self::ResolveQueue(_)
            | Self::SetTariff(_)
            | Self::Issue(_)
            | Self::Redeem(_) => false,
        }
    }

    /// The transfer it is about.
    #[must_use]
    pub fn uetr(&self) -> Option<Uetr> {
        match self {
            Self::Instruct(instruct) => Some(instruct.uetr.0),
            Self::Accept(of) | Self::Expire(of) => Some(of.uetr.0),
            Self::Reject(ended) | Self::Cancel(ended) => Some(ended.uetr.0),
            Self::Return(returned) => Some(returned.uetr.0),
            Self::InstructFx(instruct) => Some(instruct.transfer.uetr.0),
            // No wildcard: an operation of a later version must say which transfer it is about.
            Self::Deposit(_)
            | Self::Withdraw(_)
            | Self::Pledge(_)
            | Self::Release(_)
            | Self::CloseWindow(_)
            | Self::AbortWindow(_)
            | Self::SubmitBatch(_)
            | Self::AcceptBatch(_)
            | Self::RejectBatch(_)
            | Self::CancelBatch(_)
            | Self::ExpireBatch(_)
            | Self::GrantRole(_)
            | Self::RevokeRole(_)
            | Self::Leave(_)
            | Self::RegisterParticipant(_)
            | Self::RegisterCurrency(_)
            | Self::SetSuspended(_)
            | Self::SetPaused(_)
            | Self::SetCap(_)
            | Self::PublishQuote(_)
            | Self::WithdrawQuote(_)
            | Self::ResolveQueue(_)
            | Self::SetTariff(_)
            | Self::SetLimits(_)
            | Self::SignQuote(_)
            | Self::SetSchedule(_)
            | Self::ProposeAdmin(_)
            | Self::AcceptAdmin
            | Self::ProposeGovernor(_)
            | Self::AcceptGovernor
            | Self::Issue(_)
            | Self::Redeem(_)
            | Self::Approve(_)
            | Self::PauseToken(_)
            | Self::Freeze(_) => None,
        }
    }

    /// How what it instructs settles, by choice; everything else is as it is.
    #[must_use]
    pub fn settlement_method(&self) -> Method {
        match self {
            Self::Instruct(instruct) => instruct.settlement_method,
            _ => Method::default(),
        }
    }

    /// What identifies it.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let kind = self.kind();
        let by = |key: String, stream: String| Identity {
            subject: Some(format!("{kind}:{key}")),
            stream,
        };
        let unnamed = |stream: &str| Identity {
            subject: None,
            stream: stream.into(),
        };
        let of_transfer = |kind: &str, uetr: Text<Uetr>| Identity {
            subject: Some(format!("{kind}:{uetr}")),
            stream: uetr.to_string(),
        };
        match self {
            Self::Return(returned) => by(hex::encode(&returned.reference), returned.uetr.to_string()),
            Self::Deposit(moved) | Self::Withdraw(moved) | Self::Pledge(moved) | Self::Release(moved) => {
                // One reference names one operation of the participant, whatever its kind.
                let reference = hex::encode(moved.reference.reference().0);
                by(reference.clone(), format!("reference:{reference}"))
            }
            Self::SubmitBatch(batch) => by(batch.number.to_string(), "batches".into()),
            Self::AcceptBatch(accepted) => {
                let key = format!("{}:{}", accepted.debtor_agent, accepted.number);
                by(key.clone(), format!("batch:{key}"))
            }
            Self::RejectBatch(ended) | Self::CancelBatch(ended) => {
                let key = format!("{}:{}", ended.debtor_agent, ended.number);
                by(key.clone(), format!("batch:{key}"))
            }
            Self::ExpireBatch(of) => {
                let key = format!("{}:{}", of.debtor_agent, of.number);
                by(key.clone(), format!("batch:{key}"))
            }
            Self::CloseWindow(window) | Self::AbortWindow(window) => {
                unnamed(&format!("window:{}:{}", window.currency, window.window))
            }
            Self::GrantRole(_)
            | Self::RevokeRole(_)
            | Self::Leave(_)
            | Self::ProposeAdmin(_)
            | Self::AcceptAdmin => unnamed("roles"),
            Self::RegisterParticipant(_)
            | Self::RegisterCurrency(_)
            | Self::SetSuspended(_)
            | Self::SetPaused(_)
            | Self::SetCap(_)
            | Self::SetTariff(_)
            | Self::SetLimits(_)
            | Self::SetSchedule(_)
            | Self::ProposeGovernor(_)
            | Self::AcceptGovernor => unnamed("governance"),
            // The same subject: a reference names one quote, published or signed.
            Self::PublishQuote(new) | Self::SignQuote(new) => {
                let reference = hex::encode(new.reference.reference().0);
                Identity {
                    subject: Some(format!("publish_quote:{reference}")),
                    stream: format!("quote:{reference}"),
                }
            }
            Self::Issue(issuance) | Self::Redeem(issuance) => {
                let Issuance {
                    request_id, amount, ..
                } = issuance;
                let currency = amount.0.currency;
                by(format!("{currency}:{request_id}"), format!("token:{currency}"))
            }
            Self::Approve(approval) => unnamed(&format!("approval:{}", approval.amount.0.currency)),
            Self::PauseToken(of) => unnamed(&format!("token:{}", of.currency)),
            Self::Freeze(of) => unnamed(&format!("token:{}", of.currency)),
            Self::WithdrawQuote(change) => {
                let reference = hex::encode(change.reference.reference().0);
                by(reference.clone(), format!("quote:{reference}"))
            }
            Self::ResolveQueue(of) => unnamed(&format!("queue:{}", of.currency)),
            // The same subject: a UETR is instructed once, in one currency or in two.
            Self::Instruct(instruct) => of_transfer("instruct", instruct.uetr),
            Self::InstructFx(instruct) => of_transfer("instruct", instruct.transfer.uetr),
            Self::Accept(OfTransfer { uetr }) | Self::Expire(OfTransfer { uetr }) => of_transfer(kind, *uetr),
            Self::Reject(Ended { uetr, .. }) | Self::Cancel(Ended { uetr, .. }) => of_transfer(kind, *uetr),
        }
    }
}

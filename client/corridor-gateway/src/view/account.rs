//! Accounts with their roles, and what is recorded under references.

use super::moment;
use crate::text::Amount;
use corridor_client::{
    core::{Address, CollateralKind, Money, MovementKind, Operation, Roles, TransferReturn},
    AddressText,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An account that acts for a participant.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Its address.
    pub account: String,
    /// For whom it acts.
    pub participant: String,
    /// In which roles.
    pub roles: Vec<String>,
}

impl AccountView {
    /// With its participant's name.
    #[must_use]
    pub fn new(account: Address, participant: String, roles: &Roles) -> Self {
        Self {
            account: AddressText(account).to_string(),
            participant,
            roles: roles.iter().map(|role| role.name().to_owned()).collect(),
        }
    }
}

/// What is recorded under a participant's reference.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RecordedView {
    /// Money into or out of escrow or collateral.
    Movement {
        /// deposit, withdrawal, pledge or release.
        movement: &'static str,
        /// How much.
        amount: Amount,
        /// When.
        at: String,
    },
    /// A return.
    Return {
        /// Of which transfer.
        uetr: String,
        /// How much, in minor units of what the creditor agent was paid.
        minor_units: String,
        /// Why.
        reason: String,
        /// What the debtor agent was given for it at a new quote; absent at the original rate.
        #[serde(skip_serializing_if = "Option::is_none")]
        given_back: Option<Amount>,
    },
}

impl RecordedView {
    fn returned(returned: &TransferReturn, given_back: Option<Money>) -> Self {
        Self::Return {
            uetr: returned.uetr.to_string(),
            minor_units: returned.minor_units.to_string(),
            reason: returned.reason.to_string(),
            given_back: given_back.map(Amount),
        }
    }
}

impl From<&Operation> for RecordedView {
    fn from(operation: &Operation) -> Self {
        match operation {
            Operation::Movement(movement) => Self::Movement {
                movement: match movement.kind {
                    MovementKind::Deposit => "deposit",
                    MovementKind::Withdrawal => "withdrawal",
                },
                amount: Amount(movement.amount),
                at: moment(movement.at),
            },
            Operation::Collateral(movement) => Self::Movement {
                movement: match movement.kind {
                    CollateralKind::Pledge => "pledge",
                    CollateralKind::Release => "release",
                },
                amount: Amount(movement.amount),
                at: moment(movement.at),
            },
            Operation::Return(returned) => Self::returned(returned, None),
            Operation::QuotedReturn(quoted) => {
                Self::returned(&quoted.transfer_return, Some(quoted.given_back))
            }
        }
    }
}

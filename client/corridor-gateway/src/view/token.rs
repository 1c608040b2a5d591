//! Tokenised money.

use crate::text::Amount;
use corridor_client::{
    core::{Address, Currency, Money},
    AddressText, TokenInfo,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A currency's token, as it describes itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// ISO 4217 code.
    pub currency: String,
    /// The contract.
    pub token: String,
    /// Its name.
    pub name: String,
    /// Its short name.
    pub symbol: String,
    /// How much is in circulation.
    pub circulation: Amount,
    /// Whether all movements are stopped.
    pub paused: bool,
}

impl TokenView {
    /// A registered currency's.
    #[must_use]
    pub fn new(currency: Currency, token: Address, info: TokenInfo) -> Self {
        Self {
            currency: currency.to_string(),
            token: AddressText(token).to_string(),
            name: info.name,
            symbol: info.symbol,
            circulation: Amount(Money::new(currency, info.total_supply)),
            paused: info.paused,
        }
    }
}

/// What an account holds of a currency's money outside escrow.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceView {
    /// Whose.
    pub account: String,
    /// How much it holds.
    pub balance: Amount,
    /// How much of it the settlement contract may pull.
    pub approved: Amount,
}

impl BalanceView {
    /// In a currency's minor units.
    #[must_use]
    pub fn new(currency: Currency, account: AddressText, balance: u128, approved: u128) -> Self {
        let money = |minor_units| Amount(Money::new(currency, minor_units));
        Self {
            account: account.to_string(),
            balance: money(balance),
            approved: money(approved),
        }
    }
}

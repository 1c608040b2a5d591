//! Participants and currencies by number and code: few, and on nearly every page.

use crate::{page::place, site::Site, text::amount};
use corridor_client::core::{Address, AgentId, Currency, ParticipantId};
use corridor_indexer::{
    query::participants::{CurrencyRow, ParticipantRow},
    IndexError,
};

pub(crate) struct Directory {
    pub(crate) participants: Vec<ParticipantRow>,
    pub(crate) currencies: Vec<CurrencyRow>,
}

impl Directory {
    pub(crate) async fn read(site: &Site) -> Result<Self, IndexError> {
        Ok(Self {
            participants: site.index.participants().await?,
            currencies: site.index.currencies().await?,
        })
    }

    pub(crate) fn participant(&self, id: ParticipantId) -> Option<&ParticipantRow> {
        self.participants.iter().find(|row| row.id == id)
    }

    /// By number or by any of its identifiers, in whatever form of it a person writes: `BKCHCNBJ` is `BKCHCNBJXXX`.
    pub(crate) fn find(&self, text: &str) -> Option<ParticipantId> {
        let by_number = place::number(text)
            .map(ParticipantId)
            .and_then(|id| self.participant(id));
        let by_agent = || {
            let agent: AgentId = text.to_ascii_uppercase().parse().ok()?;
            let agent = agent.to_string();
            self.participants.iter().find(|row| row.agents.contains(&agent))
        };
        by_number.or_else(by_agent).map(|row| row.id)
    }

    /// The identifier reports show.
    pub(crate) fn name(&self, id: ParticipantId) -> String {
        let agent = self.participant(id).and_then(|row| row.agents.first());
        agent.map_or_else(|| format!("participant {}", id.0), Clone::clone)
    }

    pub(crate) fn currency(&self, currency: Currency) -> Option<&CurrencyRow> {
        self.currencies.iter().find(|row| row.currency == currency)
    }

    /// The currency whose token this contract is.
    pub(crate) fn token(&self, contract: Address) -> Option<Currency> {
        let row = self.currencies.iter().find(|row| row.token == contract)?;
        Some(row.currency)
    }

    /// Digits after the decimal point: as registered, else as ISO 4217 has it.
    fn exponent(&self, currency: Currency) -> u8 {
        let registered = self.currency(currency).map(|row| row.exponent);
        registered.or_else(|| currency.exponent()).unwrap_or_default()
    }

    /// `1,250.50`, without the currency.
    pub(crate) fn decimal(&self, currency: Currency, minor_units: u128) -> String {
        amount::decimal(minor_units, self.exponent(currency))
    }

    /// `−1,250.50`, without the currency.
    pub(crate) fn signed(&self, currency: Currency, minor_units: i128) -> String {
        amount::signed(minor_units, self.exponent(currency))
    }

    /// `CNY 1,250.50`.
    pub(crate) fn money(&self, currency: Currency, minor_units: u128) -> String {
        format!("{currency} {}", self.decimal(currency, minor_units))
    }
}

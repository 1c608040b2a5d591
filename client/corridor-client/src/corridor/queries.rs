//! What is recorded, at the finalised head.

use crate::{
    chain::Hash, Corridor, Error, GovernanceState, ParticipantEntry, PositionEntry, RecordedTransfer,
};
use corridor_api::MAX_PAGE;
use corridor_core::{
    registry::CurrencyEntry, Address, AgentId, Caller, Conservation, Currency, Operation, ParticipantId,
    Position, Reference, Roles, Transfer, Uetr,
};
use futures::{StreamExt, TryStreamExt};

/// Queries under way at a time.
const AT_A_TIME: usize = 16;

impl Corridor {
    /// The transfer recorded under a UETR.
    ///
    /// # Errors
    /// The chain and contract layers', and [`Error::NoSettlement`]. So for every query here.
    pub async fn transfer(&self, uetr: Uetr) -> Result<Option<Transfer>, Error> {
        self.query(self.contract()?.transfer(uetr)).await
    }

    /// The operation recorded under a participant's reference.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn operation(
        &self,
        participant: ParticipantId,
        reference: Reference,
    ) -> Result<Option<Operation>, Error> {
        self.query(self.contract()?.operation(participant, reference))
            .await
    }

    /// A participant's escrow in a currency.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn position(&self, participant: ParticipantId, currency: Currency) -> Result<Position, Error> {
        self.query(self.contract()?.position(participant, currency)).await
    }

    /// Every participant's escrow in every currency, all read at one block.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn positions(&self) -> Result<Vec<PositionEntry>, Error> {
        let contract = self.contract()?;
        let at = self.inner.chain.finalised_hash().await?;
        let (currencies, participants) = (self.currencies_at(at).await?, self.participants_at(at).await?);
        let mut pairs = Vec::with_capacity(currencies.len().saturating_mul(participants.len()));
        for entry in &currencies {
            pairs.extend(
                participants
                    .iter()
                    .map(|participant| (entry.currency, participant.id)),
            );
        }
        let positions = futures::stream::iter(pairs).map(|(currency, participant)| async move {
            let position = self
                .query_at(at, contract.position(participant, currency))
                .await?;
            Ok(PositionEntry {
                participant,
                currency,
                position,
            })
        });
        positions.buffered(AT_A_TIME).try_collect().await
    }

    /// The participant that goes by an identifier.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn find_participant(&self, agent: AgentId) -> Result<Option<ParticipantId>, Error> {
        self.query(self.contract()?.find_participant(agent)).await
    }

    /// Every participant.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn participants(&self) -> Result<Vec<ParticipantEntry>, Error> {
        self.participants_at(self.inner.chain.finalised_hash().await?)
            .await
    }

    async fn participants_at(&self, at: Hash) -> Result<Vec<ParticipantEntry>, Error> {
        let contract = self.contract()?;
        let mut all = Vec::new();
        loop {
            let start = u16::try_from(all.len()).unwrap_or(u16::MAX);
            let page = self.query_at(at, contract.participants(start, MAX_PAGE)).await?;
            let last = page.len() < usize::from(MAX_PAGE);
            all.extend(page);
            if last {
                return Ok(all);
            }
        }
    }

    /// Whom an account acts for, and as what.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn account_roles(&self, account: Address) -> Result<Option<Caller>, Error> {
        self.query(self.contract()?.account(account)).await
    }

    /// The accounts of a participant with their roles.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn accounts(&self, participant: ParticipantId) -> Result<Vec<(Address, Roles)>, Error> {
        let contract = self.contract()?;
        let at = self.inner.chain.finalised_hash().await?;
        let mut all = Vec::new();
        loop {
            let start = u32::try_from(all.len()).unwrap_or(u32::MAX);
            let page = self
                .query_at(at, contract.accounts(participant, start, MAX_PAGE))
                .await?;
            let last = page.len() < usize::from(MAX_PAGE);
            all.extend(page.into_iter().map(|(account, roles)| (account.0, roles)));
            if last {
                return Ok(all);
            }
        }
    }

    /// A registered currency.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn currency(&self, currency: Currency) -> Result<Option<CurrencyEntry>, Error> {
        self.query(self.contract()?.currency(currency)).await
    }

    /// Every registered currency.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn currencies(&self) -> Result<Vec<CurrencyEntry>, Error> {
        self.currencies_at(self.inner.chain.finalised_hash().await?).await
    }

    async fn currencies_at(&self, at: Hash) -> Result<Vec<CurrencyEntry>, Error> {
        let contract = self.contract()?;
        let mut all = Vec::new();
        loop {
            let start = u16::try_from(all.len()).unwrap_or(u16::MAX);
            let page = self.query_at(at, contract.currencies(start, MAX_PAGE)).await?;
            let last = page.len() < usize::from(MAX_PAGE);
            all.extend(page);
            if last {
                return Ok(all);
            }
        }
    }

    /// The contract's root state.
    ///
    /// # Errors
    /// As [`Corridor::transfer`].
    pub async fn governance(&self) -> Result<GovernanceState, Error> {
        self.query(self.contract()?.governance()).await
    }

    /// Whether the books of a currency are covered by what the contract holds.
    ///
    /// # Errors
    /// As [`Corridor::transfer`]; an unknown currency is the contract's refusal.
    pub async fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
        let answer = self.query(self.contract()?.conservation(currency)).await?;
        Ok(answer.map_err(crate::ContractError::Refused)?)
    }

    /// What the store keeps of a transfer this client instructed.
    ///
    /// # Errors
    /// The store's.
    pub async fn recorded_transfer(&self, uetr: Uetr) -> Result<Option<RecordedTransfer>, Error> {
        let settlement = self.contract()?.address();
        let kept = self.inner.store.transfer(settlement, uetr).await?;
        Ok(kept.map(|kept| RecordedTransfer {
            uetr: kept.uetr,
            end_to_end_id: kept.end_to_end_id,
            terms: kept.terms,
            salt: kept.salt,
        }))
    }
}

//! Comparing an index with the contract itself.

use crate::{
    query::movements::{Balances, Bucket},
    Index, IndexError,
};
use corridor_client::{
    chain::{Chain, Execution, Hash},
    contract::SettlementContract,
    core::{Currency, ParticipantId},
    AccountId, Corridor, Error,
};
use futures::{StreamExt, TryStreamExt};

/// Questions under way at a time.
const AT_A_TIME: usize = 16;

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The block whose end both were looked at.
    pub block: u64,
    /// How many positions were compared: every participant in every currency.
    pub positions: u64,
    /// Where they differ.
    pub differences: Vec<Difference>,
    /// Events that could not be taken into the books of the index: of the currencies compared.
    pub problems: u64,
}

impl Check {
    /// Whether the index is right.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.differences.is_empty() && self.problems == 0
    }
}

/// A bucket that holds something else than the contract says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Whose.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// Which bucket.
    pub bucket: Bucket,
    /// By the index, in minor units.
    pub indexed: i128,
    /// By the contract, in minor units.
    pub recorded: i128,
}

impl Check {
    /// Compares every position of an index with the contract's own, at the end of a block: by default the last one of the index.
    ///
    /// # Errors
    /// [`IndexError::Empty`]; [`IndexError::OtherSource`] for another chain's or contract's index, or one of a chain that was reset since;
    /// the connection's, where the node does not keep the block's state.
    pub async fn run(index: &Index, corridor: &Corridor, block: Option<u64>) -> Result<Self, IndexError> {
        let head = index.head().await?.ok_or(IndexError::Empty)?.block.number;
        let block = block.map_or(head, |block| block.min(head));
        let contract = Contract::at(index, corridor, block).await?;
        let pairs = contract.pairs(index).await?;
        let compare = |(participant, currency): (ParticipantId, Currency)| {
            let contract = &contract;
            async move {
                let indexed = index.position_at(participant, currency, block).await?;
                let recorded = contract.balances(participant, currency).await?;
                Ok::<_, IndexError>(differences(participant, currency, indexed, recorded))
            }
        };
        let positions = pairs.len() as u64;
        let found: Vec<Vec<Difference>> = futures::stream::iter(pairs)
            .map(compare)
            .buffered(AT_A_TIME)
            .try_collect()
            .await?;
        Ok(Self {
            block,
            positions,
            differences: found.concat(),
            problems: index.count_problems().await?,
        })
    }

    /// Compares one position at the end of a block.
    ///
    /// # Errors
    /// As [`Check::run`].
    pub async fn position(
        index: &Index,
        corridor: &Corridor,
        participant: ParticipantId,
        currency: Currency,
        block: u64,
    ) -> Result<Self, IndexError> {
        let contract = Contract::at(index, corridor, block).await?;
        let indexed = index.position_at(participant, currency, block).await?;
        let recorded = contract.balances(participant, currency).await?;
        Ok(Self {
            block,
            positions: 1,
            differences: differences(participant, currency, indexed, recorded),
            problems: index.count_problems_of(currency).await?,
        })
    }
}

fn differences(
    participant: ParticipantId,
    currency: Currency,
    indexed: Balances,
    recorded: Balances,
) -> Vec<Difference> {
    let differ = Bucket::ALL
        .into_iter()
        .filter(|bucket| indexed.get(*bucket) != recorded.get(*bucket));
    let difference = differ.map(|bucket| Difference {
        participant,
        currency,
        bucket,
        indexed: indexed.get(bucket),
        recorded: recorded.get(bucket),
    });
    difference.collect()
}

/// The contract at the end of one block.
struct Contract<'a> {
    chain: &'a Chain,
    contract: SettlementContract,
    at: Hash,
}

impl<'a> Contract<'a> {
    /// The contract an index is of, at one of its blocks.
    async fn at(index: &Index, corridor: &'a Corridor, block: u64) -> Result<Self, IndexError> {
        let settlement = corridor.settlement().ok_or(Error::NoSettlement)?;
        // An index of nothing is of no chain.
        index.source().await?;
        // Before the block is asked for: a chain that was reset may not have it at all.
        index.check_chain(corridor.chain(), Some(settlement)).await?;
        Ok(Self {
            chain: corridor.chain(),
            contract: SettlementContract::at(settlement),
            at: index.check_block(corridor.chain(), block).await?,
        })
    }

    async fn run(&self, data: &[u8]) -> Result<Execution, IndexError> {
        let nobody = AccountId([0; 32]);
        let dest = self.contract.address();
        Ok(self
            .chain
            .dry_run(nobody, dest, data, Some(self.at))
            .await?
            .execution)
    }

    /// Every participant in every currency, as many as the contract has at that block.
    async fn pairs(&self, index: &Index) -> Result<Vec<(ParticipantId, Currency)>, IndexError> {
        let message = self.contract.governance();
        let state = message
            .decode(&self.run(message.data()).await?)
            .map_err(Error::from)?;
        let currencies = index.currencies().await?;
        let currencies = currencies.iter().take(usize::from(state.currencies));
        let participants = (0..state.gate.participants).map(ParticipantId);
        let pairs = currencies.flat_map(|row| participants.clone().map(move |id| (id, row.currency)));
        Ok(pairs.collect())
    }

    async fn balances(&self, participant: ParticipantId, currency: Currency) -> Result<Balances, IndexError> {
        let message = self.contract.position(participant, currency);
        let position = message
            .decode(&self.run(message.data()).await?)
            .map_err(Error::from)?;
        let message = self.contract.net_position(participant, currency);
        let net = message
            .decode(&self.run(message.data()).await?)
            .map_err(Error::from)?
            .entry;
        let whole = |minor_units: u128| {
            i128::try_from(minor_units).map_err(|_| IndexError::Damaged("a position beyond 127 bits".into()))
        };
        Ok(Balances {
            available: whole(position.available)?,
            reserved: whole(position.reserved)?,
            collateral: net.collateral.into(),
            net: i128::from(net.open).saturating_add(net.closing.into()),
        })
    }
}

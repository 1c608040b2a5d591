//! One word, anything it may stand for.

use crate::{
    query::transfers::reference_text,
    sql::{unhex, Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::{
    chain::Hash,
    core::{Address, AgentId, ParticipantId, QuoteId, Reference, Uetr},
};

/// Something a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchHit {
    /// A transfer.
    Transfer(Uetr),
    /// An item of the batch submitted there, by its place.
    BatchItem(EventId, u16),
    /// A block.
    Block(u64),
    /// A call of the contracts.
    Extrinsic(EventId),
    /// A participant.
    Participant(ParticipantId),
    /// An account that acts for a participant.
    Account(Address, ParticipantId),
    /// A deposit, withdrawal, pledge, release or return.
    Operation(ParticipantId, [u8; 16]),
    /// A quote.
    Quote(QuoteId),
}

impl Index {
    /// Looks a word up: a UETR, a block's number or hash, an extrinsic's hash, an agent's identifier, an account's address, an operation's
    /// or a quote's reference. Finds nothing for anything else.
    ///
    /// # Errors
    /// The database's.
    pub async fn search(&self, word: &str) -> Result<Vec<SearchHit>, IndexError> {
        let word = word.trim();
        let mut hits = Vec::new();
        if let Ok(uetr) = word.to_ascii_lowercase().parse::<Uetr>() {
            self.search_uetr(uetr, &mut hits).await?;
        }
        if let Ok(number) = word.parse::<u64>() {
            hits.extend(
                self.block(number)
                    .await?
                    .map(|row| SearchHit::Block(row.block.number)),
            );
        }
        if let Some(hash) = digits::<32>(word) {
            self.search_hash(hash, &mut hits).await?;
        }
        if let Some(address) = digits::<20>(word) {
            let found = self.account(address).await?;
            hits.extend(found.map(|row| SearchHit::Account(row.account, row.participant)));
        }
        if let Some(reference) = digits::<16>(word) {
            self.search_reference(reference, &mut hits).await?;
        }
        if let Ok(agent) = word.to_ascii_uppercase().parse::<AgentId>() {
            let found = self.find_participant(&agent.to_string()).await?;
            hits.extend(found.map(SearchHit::Participant));
        }
        Ok(hits)
    }

    async fn search_uetr(&self, uetr: Uetr, hits: &mut Vec<SearchHit>) -> Result<(), IndexError> {
        hits.extend(
            self.transfer(uetr)
                .await?
                .map(|row| SearchHit::Transfer(row.uetr)),
        );
        let items = self.items_by_uetr(uetr).await?;
        hits.extend(
            items
                .iter()
                .map(|item| SearchHit::BatchItem(item.batch, item.index)),
        );
        Ok(())
    }

    async fn search_hash(&self, hash: Hash, hits: &mut Vec<SearchHit>) -> Result<(), IndexError> {
        let block = self.block_by_hash(hash).await?;
        hits.extend(block.map(|row| SearchHit::Block(row.block.number)));
        let extrinsic = self.extrinsic_by_hash(hash).await?;
        hits.extend(extrinsic.map(|row| SearchHit::Extrinsic(row.id)));
        Ok(())
    }

    /// References are unique for a participant only, and few participants there are.
    async fn search_reference(
        &self,
        reference: [u8; 16],
        hits: &mut Vec<SearchHit>,
    ) -> Result<(), IndexError> {
        let mut sql = Sql::new(
            "SELECT operations.participant AS participant FROM participants JOIN operations \
                                ON operations.participant = participants.id",
        );
        sql.bind(" AND operations.reference = ", reference_text(&reference));
        sql.push(" ORDER BY participants.id");
        for row in self.all(sql).await? {
            let participant = ParticipantId(row.number("participant")?);
            hits.push(SearchHit::Operation(participant, reference));
        }
        self.search_quotes(reference, hits).await
    }

    async fn search_quotes(&self, reference: [u8; 16], hits: &mut Vec<SearchHit>) -> Result<(), IndexError> {
        let mut sql = Sql::new(
            "SELECT quotes.provider AS provider FROM participants JOIN quotes ON quotes.provider = participants.id",
        );
        sql.bind(" AND quotes.reference = ", reference_text(&reference));
        sql.push(" ORDER BY participants.id");
        for row in self.all(sql).await? {
            hits.push(SearchHit::Quote(QuoteId {
                provider: ParticipantId(row.number("provider")?),
                reference: Reference(reference),
            }));
        }
        Ok(())
    }
}

/// Exactly `N` bytes of hexadecimal digits, with or without `0x`.
fn digits<const N: usize>(word: &str) -> Option<[u8; N]> {
    let word = word.to_ascii_lowercase();
    match word.starts_with("0x") {
        true => unhex(&word),
        false => unhex(&format!("0x{word}")),
    }
}

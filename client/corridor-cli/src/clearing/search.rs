//! Finding batches on the chain: by the index where there is one, else block by block, the newest first.

use crate::{context::Context, output::Progress, Failure};
use corridor_client::{
    core::{BatchChange, ParticipantId, Uetr},
    BatchContents, BatchEvent, Corridor, Error,
};
use corridor_indexer::{first_block, Index, IndexError, IndexLocation};
use futures::{stream, stream::LocalBoxStream, StreamExt, TryStreamExt};
use std::ops::RangeInclusive;

/// Blocks that are read at a time.
const AHEAD: usize = 16;

/// What happened to batches, block by block.
pub type Events<'a> = LocalBoxStream<'a, Result<Vec<BatchEvent>, Failure>>;

/// Where to look for batches.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SearchArguments {
    /// The index, which spares reading blocks: a SQLite file, or postgres://USER@HOST/DATABASE
    /// [default: corridor-index.sqlite beside the store, if it is there]
    #[arg(long, env = "CORRIDOR_INDEX", value_name = "DATABASE", hide_env_values = true)]
    pub index: Option<String>,

    /// Read no block before this one
    #[arg(long, value_name = "NUMBER")]
    pub from_block: Option<u64>,
}

/// A batch with its items, and where it was submitted.
#[derive(Clone, Debug)]
pub struct Found {
    /// The batch's debtor agent.
    pub debtor_agent: ParticipantId,
    /// Its number.
    pub number: u32,
    /// The block it was submitted in.
    pub block: u64,
    /// Header and items.
    pub contents: BatchContents,
}

/// The blocks and the index there is to look through.
pub struct Search<'a> {
    corridor: &'a Corridor,
    context: &'a Context,
    /// The index, and the last block that is in it.
    index: Option<(Index, u64)>,
    /// The first block to read, where the index does not have it.
    from: u64,
    head: u64,
}

impl<'a> Search<'a> {
    /// Opens the index, where there is one, and finds out which blocks there are: the last `look_back` ones, or all
    /// from the contract's first one on.
    ///
    /// # Errors
    /// An index that is named and cannot be used; the client library's.
    pub async fn open(
        arguments: &SearchArguments,
        look_back: Option<u64>,
        context: &'a Context,
        corridor: &'a Corridor,
    ) -> Result<Self, Failure> {
        let index = open_index(arguments, context, corridor).await?;
        let head = corridor.finalised_head().await?.number;
        let from = match (arguments.from_block, look_back, &index) {
            (Some(from), ..) => from,
            // The index begins with the contract's first block.
            (None, _, Some(_)) => 0,
            (None, Some(blocks), None) => head.saturating_sub(blocks),
            (None, None, None) => {
                let settlement = corridor.settlement().ok_or(Error::NoSettlement)?;
                let first = first_block(corridor.chain(), settlement).await;
                first.map_err(crate::command::index_failure)?
            }
        };
        Ok(Self {
            corridor,
            context,
            index,
            from,
            head,
        })
    }

    /// The index, and the last block that is in it.
    #[must_use]
    pub fn index(&self) -> Option<&Index> {
        self.index.as_ref().map(|(index, _)| index)
    }

    /// The blocks that the index does not have.
    #[must_use]
    pub fn blocks(&self) -> RangeInclusive<u64> {
        let indexed = self.index.as_ref().map_or(0, |(_, last)| last.saturating_add(1));
        self.from.max(indexed)..=self.head
    }

    /// For people: where was looked.
    #[must_use]
    pub fn described(&self) -> String {
        let blocks = self.blocks();
        match (&self.index, blocks.is_empty()) {
            (Some((_, last)), true) => format!("the index, up to block {last}"),
            (Some((_, last)), false) => {
                format!("the index up to block {last} and the blocks up to {}", self.head)
            }
            (None, _) => format!("blocks {} to {}", self.from, self.head),
        }
    }

    /// What happened to batches in the blocks that the index does not have, the newest block first.
    #[must_use]
    pub fn newest_first(&self) -> Events<'_> {
        self.events(self.blocks().rev())
    }

    /// The same, in any order of blocks.
    fn events<'b>(&'b self, blocks: impl Iterator<Item = u64> + 'b) -> Events<'b> {
        let corridor = self.corridor;
        let events = stream::iter(blocks).map(move |number| corridor.batch_events(number));
        events.buffered(AHEAD).map_err(Failure::from).boxed_local()
    }

    /// Counts blocks for whoever waits.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let blocks = self.blocks();
        let count = blocks.end().saturating_add(1).saturating_sub(*blocks.start());
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        self.context.output.progress("reading blocks", count)
    }

    /// A batch by its number, as it was submitted; `None` where nothing is recorded under it.
    ///
    /// # Errors
    /// The client library's; a batch whose items no extrinsic shows.
    pub async fn named(
        corridor: &Corridor,
        debtor_agent: ParticipantId,
        number: u32,
    ) -> Result<Option<Found>, Failure> {
        let submitted = corridor.submitted_batch(debtor_agent, number).await?;
        submitted.map(|submitted| found(submitted.event)).transpose()
    }

    /// The batch that has an item with a UETR: the newest one.
    ///
    /// # Errors
    /// The client library's and the index's; a batch whose items no extrinsic shows.
    pub async fn holding(&self, uetr: Uetr) -> Result<Option<Found>, Failure> {
        if let Some(found) = self.in_blocks(uetr).await? {
            return Ok(Some(found));
        }
        let Some((index, _)) = &self.index else {
            return Ok(None);
        };
        let rows = index.items_by_uetr(uetr).await;
        let rows = rows.map_err(crate::command::index_failure)?;
        let Some(newest) = rows.iter().map(|row| row.batch).max() else {
            return Ok(None);
        };
        let events = self.corridor.batch_events(newest.block()).await?;
        let event = events.into_iter().find(|event| event.index == newest.index());
        event.map(found).transpose()
    }

    async fn in_blocks(&self, uetr: Uetr) -> Result<Option<Found>, Failure> {
        let mut progress = self.progress();
        let mut events = self.newest_first();
        while let Some(events) = events.next().await {
            progress.step();
            let mut submitted = events?.into_iter().filter_map(|event| found(event).ok());
            let holds = |found: &Found| {
                let (items, _) = found.contents.items.as_chunks::<64>();
                items.iter().any(|item| item.starts_with(&uetr.0))
            };
            if let Some(found) = submitted.find(holds) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The items that a creditor agent excepted when it accepted its part of a batch; `None` where it has not by now.
    ///
    /// # Errors
    /// The client library's.
    pub async fn excepted(
        &self,
        batch: &Found,
        creditor_agent: ParticipantId,
    ) -> Result<Option<Vec<u16>>, Failure> {
        let mut events = self.events(batch.block..=self.head);
        while let Some(events) = events.next().await {
            for event in events? {
                let ours = event.debtor_agent == batch.debtor_agent && event.number == batch.number;
                match event.change {
                    BatchChange::Accepted {
                        creditor_agent: who,
                        excepted,
                        ..
                    } if ours && who == creditor_agent => return Ok(Some(excepted)),
                    _ => {}
                }
            }
        }
        Ok(None)
    }
}

/// The batch of a submission, with its items.
fn found(event: BatchEvent) -> Result<Found, Failure> {
    let (block, number) = (event.block.number, event.number);
    let contents = event.contents.ok_or_else(|| {
        let text = format!("no extrinsic of block {block} shows the items of batch {number}");
        let advice =
            "A contract submitted it, or a call inside of another one: ask the debtor agent for the record, \
                      and give it with --batch.";
        Failure::not_found("cli.no_items", text, advice)
    })?;
    Ok(Found {
        debtor_agent: event.debtor_agent,
        number,
        block,
        contents,
    })
}

/// The index that is named, or the one beside the store, if it is there and about this contract.
async fn open_index(
    arguments: &SearchArguments,
    context: &Context,
    corridor: &Corridor,
) -> Result<Option<(Index, u64)>, Failure> {
    let failed = crate::command::index_failure;
    let location = match &arguments.index {
        Some(text) => text.parse().map_err(failed)?,
        None => IndexLocation::Sqlite(context.settings.store.with_file_name("corridor-index.sqlite")),
    };
    let opened = match Index::open(&location).await {
        Err(IndexError::Empty) if arguments.index.is_none() => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let source = opened.source().await.map_err(failed)?;
    if source.genesis != corridor.chain_info().genesis || Some(source.settlement) != corridor.settlement() {
        if arguments.index.is_none() {
            return Ok(None);
        }
        let text = format!("{location} is the index of another contract");
        let advice = "Name the index of the configured contract, or leave --index out.";
        return Err(Failure::usage("cli.index", text, advice));
    }
    let last = opened.head().await.map_err(failed)?;
    Ok(last.map(|row| (opened, row.block.number)))
}

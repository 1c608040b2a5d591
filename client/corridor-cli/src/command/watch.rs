//! `corridor watch`.

use crate::{context::Context, directory::Directory, view::EventView, Failure};
use corridor_client::SettlementEvent;
use futures::StreamExt;

/// Follow what the contract records, from finalised blocks
///
/// Each event once and in order; needs no key. With --json each event is one line. Ends with Ctrl-C, or after --count events.
#[derive(Debug, clap::Args)]
pub struct Watch {
    /// Start at this block instead of the next one
    #[arg(long, value_name = "NUMBER")]
    from_block: Option<u64>,

    /// End after this many events
    #[arg(long, value_name = "NUMBER")]
    count: Option<usize>,
}

impl Watch {
    pub(super) fn is_endless(&self) -> bool {
        self.count.is_none()
    }

    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.reader().await?;
        let mut directory = Directory::read(&corridor).await?;
        let from = match self.from_block {
            Some(number) => number,
            None => corridor.finalised_head().await?.number.saturating_add(1),
        };
        context
            .output
            .note(&format!("watching from block {from}; press Ctrl-C to end"));
        let mut events = corridor.watch(from)?.take(self.count.unwrap_or(usize::MAX));
        while let Some(event) = events.next().await {
            let event = event?;
            if matches!(event.event, SettlementEvent::Registry(_)) {
                // Perhaps a new participant, whose name will be needed.
                directory = Directory::read(&corridor).await?;
            }
            context.output.answer_line(&EventView::new(&event, &directory))?;
        }
        Ok(())
    }
}

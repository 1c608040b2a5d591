//! `corridor resume`.

use crate::{
    context::Context,
    output::{Answer, Cell, Page, Table, Tone},
    settings::Duty,
    view::BlockView,
    Failure,
};
use serde::Serialize;

/// Find out what became of submissions an earlier run left open, and complete them
///
/// Sends the very bytes that were signed as long as they can still land, and signs anew only when they provably
/// cannot. What was never signed and would be another operation each time (account fund, deploy, pause) is not begun: repeat
/// it if it is still wanted. Works for one key at a time: `--as DUTY` picks it.
#[derive(Debug, clap::Args)]
pub struct Resume {}

#[derive(Debug, Serialize)]
struct ResumeView {
    operations: Vec<ResumedView>,
}

#[derive(Debug, Serialize)]
struct ResumedView {
    operation: String,
    block: Option<BlockView>,
    error: Option<Failure>,
}

impl Resume {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.signer(Duty::Anyone).await?;
        let progress = context.output.progress("resuming", 1);
        let resumed = corridor.resume().await?;
        drop(progress);
        let operations = resumed.into_iter().map(|resumed| {
            let (block, error) = match resumed.result {
                Ok(block) => (Some(block.into()), None),
                Err(error) => (None, Some(Failure::from(error))),
            };
            ResumedView {
                operation: resumed.operation,
                block,
                error,
            }
        });
        let view = ResumeView {
            operations: operations.collect(),
        };
        context.output.answer(&view)?;
        let failed = view.operations.into_iter().find_map(|resumed| {
            let operation = resumed.operation;
            resumed.error.map(|error| error.about(operation))
        });
        failed.map_or(Ok(()), Err)
    }
}

impl Answer for ResumeView {
    fn print(&self, page: &mut Page) {
        if self.operations.is_empty() {
            return page.line("Nothing was left open.");
        }
        let mut table = Table::new(&["operation", "block>", "remark"]);
        for line in &self.operations {
            let remark = match &line.error {
                Some(error) => Cell::toned(&error.message, Tone::Bad),
                None => Cell::toned("final", Tone::Good),
            };
            let block = line.block.as_ref().map(|block| block.number.to_string());
            table.row([
                line.operation.clone().into(),
                block.unwrap_or("-".into()).into(),
                remark,
            ]);
        }
        page.table(&table);
    }
}

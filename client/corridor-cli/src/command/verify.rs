//! `corridor verify`.

use crate::{
    context::Context,
    instruction, message,
    output::{Answer, Cell, Page, Table, Tone},
    target::unknown_transfer,
    view::{hex, Text},
    Exit, Failure,
};
use corridor_client::{core::Uetr, Commitment};
use serde::Serialize;
use std::path::PathBuf;

/// Check that a message is the one whose salted digest the chain carries
///
/// The debtor agent's store has the salts, which this shows; an auditor who is given one checks with --salt.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The message; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pacs008: PathBuf,

    /// Only this transaction
    #[arg(long)]
    uetr: Option<Uetr>,

    /// Its salt, where the store does not have it: 0x and 64 hexadecimal digits
    #[arg(long, value_name = "HEX", requires = "uetr", value_parser = salt)]
    salt: Option<[u8; 32]>,
}

fn salt(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode_to_slice(digits, &mut bytes)
        .map_err(|_| "a salt is 0x and 64 hexadecimal digits".to_owned())?;
    Ok(bytes)
}

impl Verify {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let message = message::read_pacs008(&self.pacs008)?;
        let corridor = context.reader().await?;
        let mut transactions = Vec::new();
        let wanted = message.transactions.iter();
        for transaction in wanted.filter(|transaction| self.uetr.is_none_or(|uetr| transaction.uetr == uetr))
        {
            let uetr = transaction.uetr;
            let transfer = corridor
                .transfer(uetr)
                .await?
                .ok_or_else(|| unknown_transfer(uetr))?;
            let known = corridor.recorded_transfer(uetr).await?;
            let salt = self.salt.or(known.map(|known| known.salt)).ok_or_else(|| {
                let advice = "Ask the debtor agent for the salt and give it with --uetr and --salt.";
                let text = format!("{}: the store has no salt", instruction::name(transaction));
                Failure::not_found("cli.no_salt", text, advice)
            })?;
            let commitment = Commitment::with_salt(salt, &transaction.canonical_form);
            transactions.push(OpenedView {
                uetr: Text(uetr),
                salt: hex(&salt),
                digest: hex(&transfer.terms.message_digest),
                matches: commitment.digest == transfer.terms.message_digest,
            });
        }
        if transactions.is_empty() {
            return Err(Failure::not_found(
                "cli.not_in_message",
                "the message has no such transaction",
                "Check --uetr.",
            ));
        }
        let view = VerifyView {
            matches: transactions.iter().all(|transaction| transaction.matches),
            transactions,
        };
        context.output.answer(&view)?;
        if view.matches {
            return Ok(());
        }
        let text = "the message is not the one that was instructed, or the salt is another transfer's";
        Err(Failure::new(
            Exit::Mismatch,
            "cli.digest",
            text,
            "Compare the message and the salt with the debtor agent's.",
        ))
    }
}

#[derive(Debug, Serialize)]
struct VerifyView {
    matches: bool,
    transactions: Vec<OpenedView>,
}

#[derive(Debug, Serialize)]
struct OpenedView {
    uetr: Text<Uetr>,
    salt: String,
    digest: String,
    matches: bool,
}

impl Answer for VerifyView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["uetr", "message", "salt"]);
        for line in &self.transactions {
            let verdict = if line.matches {
                Cell::toned("as committed", Tone::Good)
            } else {
                Cell::toned("ANOTHER MESSAGE", Tone::Bad)
            };
            table.row([line.uetr.into(), verdict, line.salt.clone().into()]);
        }
        page.table(&table);
    }
}

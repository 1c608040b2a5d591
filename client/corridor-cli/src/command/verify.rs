//! `corridor verify`.

use super::{verify_evidence, verify_item, verify_statement};
use crate::{
    context::Context,
    credit::CreditMessage,
    instruction, message,
    output::{Answer, Cell, Page, Table, Tone},
    target::unknown_transfer,
    view::{hex, Text},
    Exit, Failure,
};
use corridor_client::{core::Uetr, Commitment};
use corridor_iso20022::pacs008::CustomerCreditTransfer;
use corridor_statements::proven::looks_like_statement;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Check evidence, a statement, a proof or a message that somebody hands over
///
/// Evidence (`corridor evidence`) is checked without any node: every hash from the block's header to each recorded
/// value. A statement with evidence (`corridor statement --evidence`) has to add up, too, and to end with what is proven, of its owner's account at a
/// block of its days; the answer says of which moment that is. A message (pacs.008 or pacs.009) is checked against the salted digest the chain carries; the debtor agent's store has
/// the salts, which this shows; an auditor who is given one checks with --salt. A proof of `corridor prove` leads from a
/// payment to its batch's root, and by its evidence to a block's header; one without evidence holds only with --root, or
/// against the configured contract. Exit code 11 when it does not hold.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// What to check: what it is, it says itself; `-` is standard input
    #[arg(
        value_name = "FILE",
        required_unless_present = "pacs008",
        conflicts_with = "pacs008"
    )]
    file: Option<PathBuf>,

    /// The message; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pacs008: Option<PathBuf>,

    /// Evidence: the authorities that decide finality, to check the file's justification against
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,

    /// Evidence and statements: fail (exit code 11) unless the block's finality is proven, which takes --authorities
    #[arg(long, requires = "file")]
    require_finality: bool,

    #[command(flatten)]
    against: verify_item::Against,

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
        let path = self.file.as_ref().or(self.pacs008.as_ref());
        let path = path.ok_or_else(|| Failure::internal("no file"))?.clone();
        let bytes = message::read(&path)?;
        match Kind::of(&bytes) {
            Kind::Evidence if self.pacs008.is_none() => {
                verify_evidence::run(context, &path, &bytes, &self.trust())
            }
            Kind::Statement if self.pacs008.is_none() => {
                verify_statement::run(context, &path, &bytes, &self.trust())
            }
            Kind::ItemProof if self.pacs008.is_none() => {
                verify_item::check(context, &path, &bytes, &self.against, self.authorities.as_deref()).await
            }
            _ => {
                self.open(context, CreditMessage::parse(&path, &bytes)?.transfers)
                    .await
            }
        }
    }

    fn trust(&self) -> verify_evidence::Trust<'_> {
        verify_evidence::Trust {
            authorities: self.authorities.as_deref(),
            require_finality: self.require_finality,
        }
    }

    /// Opens the commitments to a message's transactions.
    async fn open(self, context: &Context, message: CustomerCreditTransfer) -> Result<(), Failure> {
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

/// What a file is, by its own word.
enum Kind {
    Evidence,
    Statement,
    ItemProof,
    Message,
}

impl Kind {
    fn of(bytes: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Named {
            format: String,
        }
        let named = serde_json::from_slice::<Named>(bytes);
        match named.as_ref().map(|named| named.format.as_str()) {
            Ok(format) if format.starts_with("corridor/item-proof/") => Self::ItemProof,
            Ok(_) => Self::Evidence,
            Err(_) if looks_like_statement(bytes) => Self::Statement,
            Err(_) => Self::Message,
        }
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

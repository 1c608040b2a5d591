//! `corridor prove`.

use crate::{
    clearing::{proof::ProofFile, record::BatchFile},
    context::Context,
    message,
    output::{Answer, Page},
    view::{hex, Text},
    Failure,
};
use corridor_client::core::Uetr;
use serde::Serialize;
use std::path::PathBuf;

/// Prove that a payment is one of a clearing batch
///
/// Needs the record that `corridor batch submit` wrote, and no chain. Whoever gets the proof checks it with
/// `corridor verify-item`; it shows up to 15 neighbouring payments besides.
#[derive(Debug, clap::Args)]
pub struct Prove {
    /// The payment
    uetr: Uetr,

    /// The record of its batch
    #[arg(long, value_name = "FILE.batch.json")]
    batch: PathBuf,

    /// Where to write the proof
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Serialize)]
struct ProvenView {
    uetr: Text<Uetr>,
    batch: u32,
    index: u16,
    root: String,
    proof: String,
}

impl Prove {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let file = BatchFile::read(&self.batch)?;
        let mut batches = file.batches.iter();
        let proof = batches.find_map(|batch| ProofFile::new(file.settlement, batch, self.uetr));
        let proof = proof.ok_or_else(|| {
            let text = format!("{} has no payment {}", self.batch.display(), self.uetr);
            Failure::not_found("cli.no_item", text, "Check the UETR and the file.")
        })?;
        let json = proof.to_json(self.uetr).map_err(Failure::internal)?;
        message::write(&self.out, &json)?;
        context.output.answer(&ProvenView {
            uetr: Text(self.uetr),
            batch: proof.header.number,
            index: proof.proof.index,
            root: hex(&proof.root),
            proof: self.out.display().to_string(),
        })
    }
}

impl Answer for ProvenView {
    fn print(&self, page: &mut Page) {
        let (uetr, index, batch) = (self.uetr, self.index, self.batch);
        page.line(format!("{uetr} is item {index} of batch {batch}"));
        page.line(format!("  root {}", self.root));
        page.line(format!("  proof: {}", self.proof));
    }
}

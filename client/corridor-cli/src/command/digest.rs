//! `corridor digest`.

use crate::{
    context::Context,
    output::{Answer, Page, Table},
    view::hex,
    Failure,
};
use corridor_client::{core::Address, AddressText, Corridor, Error, StoredContract};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Separates this digest from every other one in the system.
const DOMAIN: &[u8] = b"corridor/state-digest/v1";

/// One number for all that the settlement contract has stored at a finalised block
///
/// Reads every stored value from the node. Whoever does it for the same block of the same chain gets the same digest; one
/// more transfer, and it is another one. For two banks to compare before both sign off what is carried over to a new
/// contract. Needs a node that keeps the block's state, and no key.
#[derive(Debug, clap::Args)]
pub struct StateDigest {
    /// At this finalised block [default: the newest]
    #[arg(long, value_name = "NUMBER")]
    block: Option<u64>,
}

impl StateDigest {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.reader().await?;
        let settlement = corridor.settlement().ok_or(Error::NoSettlement)?;
        let chain = corridor.chain();
        let number = match self.block {
            Some(number) => number,
            None => corridor.finalised_head().await?.number,
        };
        let at = chain.finalised_hash_of(number).await.map_err(Error::from)?;
        let pieces = pieces(&corridor, settlement, at).await?;
        let mut progress = context.output.progress("reading storage", 1);
        let mut digest = Running::new(chain.genesis(), &pieces);
        for (_, contract) in &pieces {
            digest.contract(&corridor, contract).await?;
            progress.step();
        }
        drop(progress);
        let hub = pieces.first().map(|(_, contract)| contract.storage_root);
        let view = DigestView {
            block: number,
            block_hash: hex(&at),
            genesis: hex(&chain.genesis()),
            values: digest.values,
            bytes: digest.bytes,
            digest: digest.end(),
            storage_root: hub.flatten().map(|root| hex(&root)),
            pieces: pieces.iter().map(PieceView::from).collect(),
        };
        context.output.answer(&view)
    }
}

/// The hub and the pieces of code that it executes, in a fixed order. Which these are was fixed at its deployment.
async fn pieces(
    corridor: &Corridor,
    settlement: Address,
    at: [u8; 32],
) -> Result<Vec<(&'static str, StoredContract)>, Failure> {
    let codes = corridor.governance().await?.codes;
    let mut pieces = vec![("settlement", corridor.stored_contract(settlement, at).await?)];
    for (name, address) in [
        ("backoffice", codes.backoffice),
        ("clearing", codes.clearing),
        ("exchange", codes.exchange),
        ("controls", codes.controls),
        ("treasury", codes.treasury),
    ] {
        pieces.push((name, corridor.stored_contract(address.0, at).await?));
    }
    Ok(pieces)
}

/// The digest so far: chain and pieces, then each piece's values by rising key, every text with its length before it.
struct Running {
    hash: Sha256,
    values: u64,
    bytes: u64,
}

impl Running {
    fn new(genesis: [u8; 32], pieces: &[(&'static str, StoredContract)]) -> Self {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(genesis);
        for (name, contract) in pieces {
            add(&mut hash, name.as_bytes());
            hash.update(contract.address);
            hash.update(contract.code_hash);
        }
        Self {
            hash,
            values: 0,
            bytes: 0,
        }
    }

    async fn contract(&mut self, corridor: &Corridor, contract: &StoredContract) -> Result<(), Failure> {
        let before = self.values;
        let mut last: Option<Vec<u8>> = None;
        loop {
            let entries = corridor.stored_entries(contract, last.as_deref()).await?;
            for (key, value) in &entries {
                self.value(key, value);
            }
            match entries.into_iter().next_back() {
                Some((key, _)) => last = Some(key),
                None => break,
            }
        }
        // So that no value can be taken for one of the next contract.
        add(&mut self.hash, b"");
        self.hash.update(self.values.saturating_sub(before).to_be_bytes());
        Ok(())
    }

    fn value(&mut self, key: &[u8], value: &[u8]) {
        add(&mut self.hash, key);
        add(&mut self.hash, value);
        self.values = self.values.saturating_add(1);
        let bytes = u64::try_from(value.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn end(self) -> String {
        hex(&self.hash.finalize())
    }
}

fn add(hash: &mut Sha256, text: &[u8]) {
    // A length fits 64 bits on every platform there is.
    hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(text);
}

#[derive(Debug, Serialize)]
struct DigestView {
    block: u64,
    block_hash: String,
    genesis: String,
    digest: String,
    /// How many values are stored.
    values: u64,
    /// What they have together.
    bytes: u64,
    /// The root of the hub's storage as the chain's state has it.
    storage_root: Option<String>,
    pieces: Vec<PieceView>,
}

#[derive(Debug, Serialize)]
struct PieceView {
    piece: &'static str,
    address: String,
    code_hash: String,
}

impl From<&(&'static str, StoredContract)> for PieceView {
    fn from((piece, contract): &(&'static str, StoredContract)) -> Self {
        Self {
            piece,
            address: AddressText(contract.address).to_string(),
            code_hash: hex(&contract.code_hash),
        }
    }
}

impl Answer for DigestView {
    fn print(&self, page: &mut Page) {
        page.fields([
            ("digest", self.digest.clone()),
            ("block", self.block.to_string()),
            ("block hash", self.block_hash.clone()),
            ("chain", self.genesis.clone()),
            (
                "stored",
                format!("{} values of {} bytes", self.values, self.bytes),
            ),
            ("storage root", self.storage_root.clone().unwrap_or("-".into())),
        ]);
        page.line("");
        let mut table = Table::new(&["piece", "address", "code hash"]);
        for piece in &self.pieces {
            table.row([
                piece.piece.into(),
                piece.address.clone().into(),
                piece.code_hash.clone().into(),
            ]);
        }
        page.table(&table);
    }
}

//! The story `scripts/demo` tells: two institutions, two currencies, a file of transfers each way.
//!
//! | file | part |
//! |---|---|
//! | `chain` | the development chain, as a process of its own |
//! | `cast` | who takes part, each role with a key of its own |
//! | `setting` | contracts, currencies, participants, roles, money in escrow |
//! | `script` | the messages, and what is to become of each transfer |
//! | `play` | instruct, accept, reject, cancel, return, expire |
//! | `clearing` | a clearing file, settled net |
//! | `queue` | two transfers without cover, settled against each other |
//! | `exchange` | transfers in two currencies on a published and a signed quote, fees by a tariff |
//! | `closing` | what the chain says in the end, and whether it is what was expected |
//!
//! Every number printed is read from the chain.

mod cast;
mod chain;
mod clearing;
mod closing;
mod configuration;
mod exchange;
mod play;
mod queue;
mod script;
mod setting;

use crate::{
    output::{colour, Output, Tone},
    until_interrupted, Failure,
};
use cast::Cast;
use chain::Devnet;
use clap::Parser;
use script::Script;
use std::{path::PathBuf, time::Instant};

/// Settles a file of transfers each way between Bank of China and China UnionPay, on a chain of its own.
///
/// Deploys tokenised money in CNY and HKD and the settlement contract, admits both institutions with a key for
/// each role, pays money into escrow, reads pacs.008 messages, settles them, and checks what the chain says in the
/// end. Then a clearing file settles net, a queue is set off, and a third bank quotes foreign exchange. Ends with exit
/// code 11 if anything is not as it should be.
#[derive(Debug, Parser)]
#[command(name = "demo", version, max_term_width = 110)]
pub struct Demo {
    /// Use this chain instead of starting one: any with pallet-revive
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Who pays everybody's fees: file:PATH, env:NAME or a development key
    #[arg(long, value_name = "SOURCE", default_value = "//Alice")]
    funder: String,

    /// Leave the chain running in the end, until Ctrl-C
    #[arg(long)]
    keep: bool,

    /// Where to write status reports, configuration files and stores
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    out: PathBuf,

    /// Where the contracts' code is
    #[arg(long, value_name = "DIR", default_value = "target/contracts")]
    contracts: PathBuf,

    /// Where the messages are
    #[arg(long, value_name = "DIR", default_value = "tests/data")]
    data: PathBuf,

    /// The chain's program [default: corridor-devnet beside this one]
    #[arg(long, value_name = "FILE")]
    devnet: Option<PathBuf>,
}

/// What the parts of the story share.
struct Stage {
    demo: Demo,
    output: Output,
    url: String,
    started: Instant,
}

impl Stage {
    /// Tells what is being done now.
    fn step(&self, text: &str) {
        let colour = colour(&std::io::stdout());
        let mark = Tone::Good.paint("==>", colour);
        println!("{mark} {}", Tone::Strong.paint(text, colour));
    }

    /// Tells a detail.
    fn note(&self, text: impl std::fmt::Display) {
        println!("    {text}");
    }
}

impl Demo {
    /// Tells the story, and stops the chain whatever happens.
    ///
    /// # Errors
    /// What went wrong, or what in the end is not as it should be.
    pub async fn run(self) -> Result<(), Failure> {
        let started = Instant::now();
        let out = &self.out;
        prepare(out).map_err(|error| Failure::file(crate::Exit::Usage, "prepared", out, &error))?;
        let mut devnet = None;
        let url = match &self.url {
            Some(url) => url.clone(),
            None => {
                let chain = until_interrupted(Devnet::start(self.devnet.as_deref(), out)).await?;
                let url = chain.url().to_owned();
                devnet = Some(chain);
                url
            }
        };
        let stage = Stage {
            demo: self,
            output: Output::default(),
            url,
            started,
        };
        let mut result = until_interrupted(tell(&stage, devnet.as_ref())).await;
        if let (Ok(()), Some(chain), true) = (&result, &mut devnet, stage.demo.keep) {
            stage.step(&format!(
                "The chain runs at {}; press Ctrl-C to stop it",
                stage.url
            ));
            result = match until_interrupted(chain.ended()).await {
                Err(failure) if failure.exit == crate::Exit::Interrupted => Ok(()),
                ended => ended,
            };
        }
        if let Some(chain) = devnet {
            chain.stop().await;
            stage.note("the chain has stopped");
        }
        result
    }
}

/// An empty directory for what this run leaves; what an earlier one left there is its own, and goes.
fn prepare(out: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(out)?;
    for entry in std::fs::read_dir(out)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let ours = [".xml", ".toml", ".log", "signed-quote.json"]
            .iter()
            .any(|suffix| name.ends_with(suffix));
        if ours || name.contains(".sqlite") {
            std::fs::remove_file(&path)?;
        }
    }
    match std::fs::remove_dir_all(out.join(configuration::GATEWAYS)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn tell(stage: &Stage, devnet: Option<&Devnet>) -> Result<(), Failure> {
    let script = Script::read(&stage.demo.data)?;
    stage.step(&format!("Chain at {}", stage.url));
    let mut cast = Cast::connect(stage).await?;
    let chain = cast.governor.chain_info();
    stage.note(format!("{} ({}), {}", chain.chain, chain.spec_name, chain.node));

    let setting = setting::build(stage, &mut cast).await?;
    let before = closing::positions(stage, &cast, &setting, "Positions before").await?;
    let told = play::play(stage, &cast, &setting, &script).await?;
    let mut verdict = closing::close(stage, &cast, &setting, &script, &told, &before).await;
    if verdict.is_ok() {
        verdict = clearing::settle_net(stage, &cast).await;
    }
    if verdict.is_ok() {
        verdict = queue::set_off(stage, &cast).await;
    }
    if verdict.is_ok() {
        verdict = exchange::exchange(stage, &cast).await;
    }
    // Closed in any case, so that the commands hinted at can use the same keys and stores.
    let settlement = setting.settlement;
    cast.close().await;
    verdict?;
    closing::hints(stage, settlement, devnet);
    Ok(())
}

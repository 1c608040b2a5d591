//! What every attack is tried on: two stages that together have every message of the contract.

use crate::{cast, engine};
use corridor_tests::backend::{Account, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::STRANGER;

/// A message as whoever it is for would send it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name in the metadata.
    pub name: &'static str,
    /// What is particular about it.
    pub about: &'static str,
    /// Who sends it.
    pub caller: Account,
    /// The bytes.
    pub data: Vec<u8>,
    /// Whether it is a query.
    pub asks: bool,
}

/// A stage, who is there, every command that can be carried out on it, every query that finds something.
pub struct Play {
    pub system: BlobBackend,
    pub everyone: &'static [Account],
    pub commands: Vec<Call>,
    pub queries: Vec<Call>,
}

/// All stages.
pub fn plays() -> [Play; 2] {
    [spine(), engine::play()]
}

/// Escrow, gross transfers, the registry.
pub fn spine() -> Play {
    let system = cast::open();
    let commands = cast::commands(&system).into_iter();
    let commands = commands.map(|(name, caller, command)| {
        let data = system.call_data(&command);
        Call::new(name, "", caller, data)
    });
    let commands = commands.collect();
    let queries = cast::queries(&system).into_iter();
    let queries = queries.map(|(name, data)| Call::query(name, data));
    let queries = queries.collect();
    Play {
        system,
        everyone: &cast::EVERYONE,
        commands,
        queries,
    }
}

impl Play {
    /// Everything that can be sent.
    pub fn calls(&self) -> Vec<Call> {
        [&self.commands[..], &self.queries].concat()
    }
}

impl Call {
    pub fn new(name: &'static str, about: &'static str, caller: Account, data: Vec<u8>) -> Self {
        Self {
            name,
            about,
            caller,
            data,
            asks: false,
        }
    }

    /// A query, by somebody.
    pub fn query(name: &'static str, data: Vec<u8>) -> Self {
        Self {
            asks: true,
            ..Self::new(name, "", STRANGER, data)
        }
    }

    /// For messages of failures.
    pub fn told(&self) -> String {
        match self.about {
            "" => self.name.to_owned(),
            about => format!("{} ({about})", self.name),
        }
    }

    /// Whether anybody may send it with the same effect.
    pub fn is_everybodys(&self) -> bool {
        [
            "Transfers::expire",
            "Netting::close_window",
            "Batches::expire_batch",
            "Queueing::resolve_queue",
        ]
        .contains(&self.name)
    }

    /// Whether it sets something of the contract's own, so that other arguments are another command just as good.
    pub fn sets_something(&self) -> bool {
        let of_registry = ["Governance::", "Administration::"];
        self.caller == GOVERNOR || of_registry.iter().any(|group| self.name.starts_with(group))
    }

    /// Whether it is identified by the caller's participant and a reference, so that the same bytes are another
    /// command when another treasurer sends them.
    pub fn is_by_reference(&self) -> bool {
        [
            "Escrow::deposit",
            "Escrow::withdraw",
            "Netting::pledge",
            "Netting::release",
        ]
        .contains(&self.name)
    }
}

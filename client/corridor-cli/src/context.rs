//! What every command is given: settings, output, and connections that are closed in the end.

use crate::{
    directory::Directory,
    output::Output,
    settings::{Duty, Settings},
    Exit, Failure,
};
use corridor_client::{core::ParticipantId, Corridor, StoreLocation};
use std::{
    io::{self, BufRead, IsTerminal, Write},
    sync::{Mutex, PoisonError},
};

/// A command's surroundings.
pub struct Context {
    /// Where and who.
    pub settings: Settings,
    /// How to answer.
    pub output: Output,
    yes: bool,
    open: Mutex<Vec<Corridor>>,
}

impl Context {
    /// Surroundings with no connection yet.
    #[must_use]
    pub fn new(settings: Settings, output: Output, yes: bool) -> Self {
        Self {
            settings,
            output,
            yes,
            open: Mutex::default(),
        }
    }

    /// Connects without a key: for queries. The store is read where there is one.
    ///
    /// # Errors
    /// The client library's.
    pub async fn reader(&self) -> Result<Corridor, Failure> {
        let store = match self.settings.store.exists() {
            true => StoreLocation::File(self.settings.store.clone()),
            false => StoreLocation::Memory,
        };
        self.connect(self.settings.client(store)).await
    }

    /// Connects with the key of a duty.
    ///
    /// # Errors
    /// No key, and the client library's.
    pub async fn signer(&self, duty: Duty) -> Result<Corridor, Failure> {
        let key = self.settings.key(duty)?;
        // Before connecting: a key that cannot be read should not wait for a node that cannot be reached.
        key.load()?;
        let store = StoreLocation::File(self.settings.store.clone());
        self.connect(self.settings.client(store).key(key)).await
    }

    async fn connect(&self, config: corridor_client::Config) -> Result<Corridor, Failure> {
        let corridor = Corridor::connect(config).await?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.push(corridor.clone());
        Ok(corridor)
    }

    /// Closes every connection: what was submitted is written down.
    pub async fn close(&self) {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        for corridor in open {
            corridor.close().await;
        }
    }

    /// The participant on whose behalf a command is given: the configured one, else the key's own.
    ///
    /// # Errors
    /// [`Exit::NotFound`] for one that is not registered, [`Exit::Usage`] when there is nothing to go by.
    pub async fn participant(
        &self,
        corridor: &Corridor,
        directory: &Directory,
    ) -> Result<ParticipantId, Failure> {
        if let Some(agent) = &self.settings.participant {
            return directory.find(agent);
        }
        if let Some(account) = corridor.account() {
            if let Some(caller) = corridor.account_roles(account.address()).await? {
                return Ok(caller.participant);
            }
        }
        Err(Failure::usage(
            "cli.no_participant",
            "it is not clear on behalf of which participant",
            "Name it with --participant, CORRIDOR_PARTICIPANT or `participant` in corridor.toml.",
        ))
    }

    /// Asks before something that cannot be taken back. `--yes` answers for a person.
    ///
    /// # Errors
    /// [`Exit::Usage`] when nobody can be asked; [`Exit::Interrupted`] when the answer is no.
    pub async fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            let message = format!("this needs a confirmation, and there is nobody to ask: {question}");
            let advice = "Add --yes to confirm it.";
            return Err(Failure::usage("cli.confirmation", message, advice));
        }
        let question = question.to_owned();
        // On a thread of its own, so that Ctrl-C is heard while nobody answers.
        let asked = tokio::task::spawn_blocking(move || ask(&question)).await;
        match asked.map_err(Failure::internal)? {
            Ok(true) => Ok(()),
            _ => {
                let message = "not confirmed; nothing was done";
                Err(Failure::new(Exit::Interrupted, "cli.declined", message, ""))
            }
        }
    }
}

fn ask(question: &str) -> io::Result<bool> {
    let mut err = io::stderr();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

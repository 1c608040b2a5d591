//! The task that owns the nonce: signs, sends, sends again, and reads what became of it.

use super::{
    drive::drive,
    flights::{first_due, Flight, Flights},
    landing::{end_in, explain, End},
    recovery,
    shared::{Fate, Shared},
    Ready, SubmitError,
};
use crate::{
    chain::{Anchor, BlockStream, Call, ChainError, FinalisedBlock, Hash, SignedExtrinsic},
    commitment::random,
    contract::Answer,
    store::{KeyLease, NewOperation, Planned, SignedOperation},
};
use futures::StreamExt;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};

/// What the pilot is told.
#[derive(Debug)]
pub(super) enum Command {
    /// Sign this and see it through.
    Sign(Box<Ready>),
    /// An operation will not be signed again; the nonce it held, if any, is free.
    Abandon(Option<u64>),
    /// The node did not take these bytes.
    Bounced(Hash, ChainError),
}

/// Speaks to the pilot without keeping it alive.
#[derive(Clone, Debug)]
pub(super) struct Commands(mpsc::WeakUnboundedSender<Command>);

impl Commands {
    pub(super) fn send(&self, command: Command) {
        // Where the pilot is gone, whoever waits has been told so.
        if let Some(sender) = self.0.upgrade() {
            let _ = sender.send(command);
        }
    }
}

/// A handle on the task. The task ends when it is dropped.
pub(super) struct Pilot {
    sender: Mutex<Option<mpsc::UnboundedSender<Command>>>,
    commands: Commands,
    task: Mutex<Option<tokio::task::JoinHandle<()>>>,
    /// What an earlier process left open, for `resume` to report on.
    pub(super) recovered: Mutex<Vec<(String, watch::Receiver<Fate>)>>,
}

impl Pilot {
    /// Takes the key's lease, picks up what an earlier process left open, and starts the task.
    pub(super) async fn start(shared: Arc<Shared>) -> Result<Self, SubmitError> {
        let lease = shared.store.lease(shared.account())?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let commands = Commands(sender.downgrade());
        let (task, recovered) = recovery::recover(shared, commands.clone(), lease).await?;
        Ok(Self {
            sender: Mutex::new(Some(sender)),
            commands,
            task: Mutex::new(Some(tokio::spawn(task.run(receiver)))),
            recovered: Mutex::new(recovered),
        })
    }

    pub(super) fn commands(&self) -> Commands {
        self.commands.clone()
    }

    pub(super) async fn stop(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = task.await;
        }
    }
}

/// How often nonces and lifetimes are looked after.
const TICK: Duration = Duration::from_millis(500);

/// At most this many bytes are sent again at a time.
const RESEND_LIMIT: usize = 64;

/// How often an operation is signed anew because its limits were too low.
const MOST_ATTEMPTS: u32 = 3;

pub(super) struct PilotTask {
    pub(super) shared: Arc<Shared>,
    pub(super) commands: Commands,
    pub(super) blocks: BlockStream,
    /// Where new signatures' lifetimes start: the newest finalised block known.
    pub(super) anchor: Anchor,
    /// The last block searched for what is in the air; every block before it was, too.
    pub(super) searched: Option<Anchor>,
    pub(super) next_nonce: u64,
    pub(super) flights: Flights,
    /// Nonces of operations being looked at again, which will use or free them.
    pub(super) held: BTreeSet<u64>,
    /// Nonces nothing in the air uses although higher ones are.
    pub(super) free: BTreeSet<u64>,
    /// The lowest nonce missing at the last tick.
    pub(super) gap: Option<u64>,
    pub(super) _lease: KeyLease,
}

impl PilotTask {
    async fn run(mut self, mut receiver: mpsc::UnboundedReceiver<Command>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                block = self.blocks.next() => match block {
                    Some(Ok(block)) => self.search(Arc::new(block)),
                    Some(Err(error)) => return self.crash(&error),
                    None => return self.crash(&ChainError::Disconnected { reason: "no more blocks".into() }),
                },
                taken = receiver.recv_many(&mut batch, RESEND_LIMIT) => {
                    if taken == 0 {
                        self.shared.tell_all(&SubmitError::Stopped("closed".into()));
                        return;
                    }
                    self.obey(std::mem::take(&mut batch)).await;
                }
                _ = tick.tick() => self.look_after().await,
            }
        }
    }

    /// Going on would leave a gap in the blocks searched, so that nothing could be told any more.
    fn crash(self, error: &ChainError) {
        tracing::error!(%error, "the submitter stops");
        self.shared.tell_all(&SubmitError::Stopped(error.to_string()));
    }

    async fn obey(&mut self, commands: Vec<Command>) {
        let mut to_sign = Vec::new();
        for command in commands {
            match command {
                Command::Sign(ready) => to_sign.push(*ready),
                Command::Abandon(Some(nonce)) => {
                    self.held.remove(&nonce);
                    self.free.insert(nonce);
                }
                Command::Abandon(None) => {}
                Command::Bounced(hash, error) => self.bounced(&hash, &error),
            }
        }
        self.sign(to_sign).await;
    }

    /// Signs, records and sends, in this order.
    async fn sign(&mut self, operations: Vec<Ready>) {
        let mut signed = Vec::with_capacity(operations.len());
        for mut ready in operations {
            let nonce = self.nonce_for(&ready);
            ready.nonce = None;
            ready.attempt = ready.attempt.saturating_add(1);
            let (call, limits) = (&ready.wanted.call, ready.limits);
            match self.shared.chain.sign(&self.shared.key, call, limits, nonce, self.anchor) {
                Ok(extrinsic) => signed.push((ready, extrinsic)),
                Err(error) => {
                    self.free.insert(nonce);
                    self.shared.resolve(ready.id, Err(error.into())).await;
                }
            }
        }
        if signed.is_empty() {
            return;
        }
        let rows = signed.iter().map(|(ready, extrinsic)| SignedOperation {
            id: ready.id,
            limits: ready.limits,
            signed: extrinsic.clone(),
        });
        if let Err(error) = self.shared.store.sign(rows.collect()).await {
            for (ready, extrinsic) in signed {
                self.free.insert(extrinsic.nonce);
                self.shared.tell(ready.id, Err(error.clone().into()));
            }
            return;
        }
        let mut bytes = Vec::with_capacity(signed.len());
        for (ready, extrinsic) in signed {
            tracing::debug!(operation = ready.wanted.identity, nonce = extrinsic.nonce, hash = hex::encode(extrinsic.hash), "signed");
            bytes.push(extrinsic.clone());
            self.flights.insert(ready, extrinsic, first_due());
        }
        self.send(bytes);
    }

    fn nonce_for(&mut self, ready: &Ready) -> u64 {
        if let Some(nonce) = ready.nonce {
            self.held.remove(&nonce);
            return nonce;
        }
        // A successful instantiation uses up two nonces: the extrinsic's and the new contract's.
        if matches!(ready.wanted.call, Call::Instantiate { .. }) {
            let nonce = self.next_nonce;
            self.next_nonce = nonce.saturating_add(2);
            return nonce;
        }
        self.free.pop_first().unwrap_or_else(|| {
            let nonce = self.next_nonce;
            self.next_nonce = nonce.saturating_add(1);
            nonce
        })
    }

    /// Hands bytes to the node, all at once and in order of nonce.
    fn send(&self, extrinsics: Vec<SignedExtrinsic>) {
        let (shared, commands) = (self.shared.clone(), self.commands.clone());
        tokio::spawn(async move {
            let sent = extrinsics.iter().map(|extrinsic| shared.chain.submit(&extrinsic.bytes));
            let answers = futures::future::join_all(sent).await;
            for (extrinsic, answer) in extrinsics.iter().zip(answers) {
                if let Err(error) = answer {
                    commands.send(Command::Bounced(extrinsic.hash, error));
                }
            }
        });
    }

    /// The node did not take some bytes. That proves nothing, but the second time in a row for the same
    /// reason those who wait should know it. The operation stays open and is offered again.
    fn bounced(&mut self, hash: &Hash, error: &ChainError) {
        let Some(flight) = self.flights.get_mut(hash) else {
            return;
        };
        let operation = flight.ready.wanted.identity.clone();
        tracing::debug!(operation, %error, "the node does not take it");
        let ChainError::Rpc { code: Some(INVALID), reason, .. } = error else {
            return;
        };
        // Used-up nonces and lifetimes are looked after by what finalised blocks say.
        if reason.contains("outdated") || reason.contains("ancient") {
            return;
        }
        flight.bounces = flight.bounces.saturating_add(1);
        if flight.bounces >= 2 {
            let reason = reason.clone();
            self.shared.tell(flight.ready.id, Err(SubmitError::Rejected { operation, reason }));
        }
    }

    /// Searches a finalised block for what is in the air.
    fn search(&mut self, block: Arc<FinalisedBlock>) {
        let here = Anchor {
            number: block.block.number,
            hash: block.block.hash,
        };
        self.searched = Some(here);
        if here.number >= self.anchor.number {
            self.anchor = here;
        }
        for extrinsic in &block.extrinsics {
            if let Some(flight) = self.flights.land(&extrinsic.hash) {
                self.land(flight, block.clone());
            }
        }
    }

    fn land(&mut self, flight: Flight, block: Arc<FinalisedBlock>) {
        let Some(end) = end_in(&block, &flight.signed.hash) else {
            return;
        };
        let Flight { ready, signed, .. } = flight;
        // Its second nonce was not used up after all.
        if matches!((&ready.wanted.call, &end), (Call::Instantiate { .. }, End::LimitsTooLow | End::Failed(_))) {
            self.free.insert(signed.nonce.saturating_add(1));
        }
        let shared = self.shared.clone();
        match end {
            End::LimitsTooLow if ready.attempt < MOST_ATTEMPTS => {
                tracing::info!(operation = ready.wanted.identity, "its limits were too low, trying again");
                tokio::spawn(drive(shared, self.commands.clone(), ready));
            }
            End::Landed(landed) => {
                tracing::debug!(operation = ready.wanted.identity, block = block.block.number, "finalised");
                tokio::spawn(async move { shared.resolve(ready.id, Ok(*landed)).await });
            }
            End::LimitsTooLow | End::Failed(_) => {
                let failure = match end {
                    End::Failed(failure) => failure,
                    _ => "Revive::OutOfGas".into(),
                };
                tokio::spawn(async move {
                    let error = explain(&shared, &ready, &block, failure).await;
                    shared.resolve(ready.id, Err(error)).await;
                });
            }
        }
    }

    /// Looks after nonces and lifetimes, by what the last searched block says.
    async fn look_after(&mut self) {
        let Some(searched) = self.searched else { return };
        if self.flights.is_empty() && self.held.is_empty() && self.free.is_empty() {
            return;
        }
        let account = self.shared.account();
        let Ok(used) = self.shared.chain.nonce_at(account, searched.hash).await else {
            return; // Asked again at the next tick.
        };
        // Every block up to here was searched, so a used nonce was used by something else.
        for flight in self.flights.take(|flight| flight.signed.nonce < used) {
            tracing::warn!(operation = flight.ready.wanted.identity, nonce = flight.signed.nonce, "its nonce is used up by another extrinsic");
            tokio::spawn(drive(self.shared.clone(), self.commands.clone(), flight.ready));
        }
        let next_block = searched.number.saturating_add(1);
        for flight in self.flights.take(|flight| flight.signed.era_end <= next_block) {
            tracing::info!(operation = flight.ready.wanted.identity, nonce = flight.signed.nonce, "its lifetime is over, signing anew");
            self.held.insert(flight.signed.nonce);
            let ready = Ready {
                nonce: Some(flight.signed.nonce),
                ..flight.ready
            };
            tokio::spawn(drive(self.shared.clone(), self.commands.clone(), ready));
        }
        self.next_nonce = self.next_nonce.max(used);
        self.free.retain(|nonce| *nonce >= used);
        self.close_gap(used).await;
        let due = self.flights.due(Instant::now(), RESEND_LIMIT);
        if !due.is_empty() {
            self.send(due);
        }
    }

    /// Fills a nonce nothing uses, if higher ones wait for it and it stays so from one tick to the next.
    async fn close_gap(&mut self, used: u64) {
        let highest = self.flights.highest().max(self.held.last().copied());
        let Some(highest) = highest else {
            // Nothing waits: what is free is simply next.
            if let Some(first) = self.free.first().copied() {
                self.next_nonce = first;
                self.free.clear();
            }
            return;
        };
        let missing = (used..highest).find(|nonce| !self.flights.contains(*nonce) && !self.held.contains(nonce));
        let before = std::mem::replace(&mut self.gap, missing);
        let Some(nonce) = missing.filter(|_| missing == before) else {
            return;
        };
        // Somebody else's extrinsic with that nonce may be on its way.
        match self.shared.chain.pool_nonce(self.shared.account()).await {
            Ok(next) if next <= nonce => {}
            _ => return,
        }
        tracing::warn!(nonce, "nothing uses this nonce and others wait for it, filling it");
        let wanted = NewOperation {
            identity: format!("{FILLER}{nonce}:{}", hex::encode(random::<8>())),
            signer: self.shared.account(),
            call: Call::Remark,
            answer: Answer::Native,
        };
        if let Ok(Planned::Fresh(id)) = self.shared.store.plan(wanted.clone()).await {
            self.free.remove(&nonce);
            let mut ready = Ready::first(id, wanted);
            ready.nonce = Some(nonce);
            self.sign(vec![ready]).await;
        }
    }
}

/// JSON-RPC code of a pool that finds an extrinsic invalid.
const INVALID: i32 = 1010;

/// How the identity of an operation starts that only uses up a nonce.
pub(super) const FILLER: &str = "filler:";

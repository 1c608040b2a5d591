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
    chain::{Anchor, Call, ChainError, FinalisedBlock, Hash, SharedBlockStream, SignedExtrinsic},
    store::{KeyLease, SignedOperation},
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
    Abandon(i64, Option<u64>),
    /// The contract refuses what may still land: use up its nonce with something else, so that it cannot.
    Fill(Box<Ready>),
    /// The node did not take these bytes.
    Bounced(Hash, ChainError),
}

/// Speaks to the pilot without keeping it alive.
#[derive(Clone, Debug)]
pub(super) struct Commands(mpsc::WeakUnboundedSender<Command>);

impl Commands {
    /// `false` where the pilot is gone.
    pub(super) fn send(&self, command: Command) -> bool {
        self.0
            .upgrade()
            .is_some_and(|sender| sender.send(command).is_ok())
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
        // Whatever ended an earlier task, nothing is signed for another chain.
        shared.chain.check_same().await?;
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

    /// Whether the task goes on: a stream of blocks that failed for good ends it.
    pub(super) fn is_flying(&self) -> bool {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        sender.as_ref().is_some_and(|sender| !sender.is_closed())
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
pub(super) const TICK: Duration = Duration::from_millis(500);

/// At most this many bytes are sent again at a time.
pub(super) const RESEND_LIMIT: usize = 64;

/// How often an operation is signed anew because its limits were too low.
const MOST_ATTEMPTS: u32 = 3;

pub(super) struct PilotTask {
    pub(super) shared: Arc<Shared>,
    pub(super) commands: Commands,
    pub(super) blocks: SharedBlockStream,
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
                    Some(Ok(block)) => self.search(block),
                    Some(Err(error)) => return self.crash(receiver, &error),
                    None => {
                        let error = ChainError::Disconnected { reason: "no more blocks".into() };
                        return self.crash(receiver, &error);
                    }
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

    /// Going on would leave a gap in the blocks searched, so that nothing could be told any more. The next call starts
    /// another task, which searches anew: nothing is taken any more before anybody hears of it.
    fn crash(self, mut receiver: mpsc::UnboundedReceiver<Command>, error: &ChainError) {
        receiver.close();
        tracing::error!(%error, "the submitter stops");
        self.shared.tell_all(&SubmitError::Stopped(error.to_string()));
    }

    async fn obey(&mut self, commands: Vec<Command>) {
        let mut to_sign = Vec::new();
        for command in commands {
            match command {
                // Decided while it was looked at again, or taken up by somebody else since.
                Command::Sign(ready) | Command::Fill(ready) if self.is_overtaken(&ready) => {}
                Command::Sign(ready) => to_sign.push(*ready),
                Command::Abandon(_, None) => {}
                Command::Abandon(id, Some(nonce)) => {
                    self.held.remove(&nonce);
                    self.flights.take_of(id, nonce);
                    if !self.flights.contains(nonce) {
                        self.free.insert(nonce);
                    }
                }
                Command::Fill(ready) => {
                    if let Some(nonce) = ready.nonce {
                        self.held.remove(&nonce);
                        self.fill(nonce).await;
                    }
                }
                Command::Bounced(hash, error) => self.bounced(&hash, &error),
            }
        }
        self.sign(to_sign).await;
    }

    /// Whether the bytes that an operation has in the air are there no more.
    fn is_overtaken(&self, ready: &Ready) -> bool {
        let may_land = ready.may_land.as_ref();
        may_land.is_some_and(|signed| !self.flights.is_flying(signed))
    }

    /// Signs, records and sends, in this order.
    pub(super) async fn sign(&mut self, operations: Vec<Ready>) {
        let mut signed = Vec::with_capacity(operations.len());
        for mut ready in operations {
            let nonce = self.nonce_for(&ready);
            ready.nonce = None;
            ready.unseen |= ready.may_land.take().is_some();
            ready.attempt = ready.attempt.saturating_add(1);
            let (call, limits) = (&ready.wanted.call, ready.limits);
            match self
                .shared
                .chain
                .sign(&self.shared.key, call, limits, nonce, self.anchor)
                .await
            {
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
            tracing::debug!(
                operation = ready.wanted.identity,
                nonce = extrinsic.nonce,
                hash = hex::encode(extrinsic.hash),
                "signed"
            );
            bytes.push(extrinsic.clone());
            self.shared.tell_signed(ready.id);
            self.flights.insert(ready, extrinsic, first_due());
        }
        let barrier = self.flights.barrier();
        bytes.retain(|extrinsic| extrinsic.nonce <= barrier);
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
            self.held.insert(nonce.saturating_add(1));
            self.next_nonce = nonce.saturating_add(2);
            return nonce;
        }
        let free = if ready.in_order {
            None
        } else {
            self.free.pop_first()
        };
        free.unwrap_or_else(|| {
            let nonce = self.next_nonce;
            self.next_nonce = nonce.saturating_add(1);
            nonce
        })
    }

    /// Hands bytes to the node, all at once and in order of nonce.
    pub(super) fn send(&self, extrinsics: Vec<SignedExtrinsic>) {
        let (shared, commands) = (self.shared.clone(), self.commands.clone());
        tokio::spawn(async move {
            let sent = extrinsics
                .iter()
                .map(|extrinsic| shared.chain.submit(&extrinsic.bytes));
            let answers = futures::future::join_all(sent).await;
            for (extrinsic, answer) in extrinsics.iter().zip(answers) {
                if let Err(error) = answer {
                    commands.send(Command::Bounced(extrinsic.hash, error));
                }
            }
        });
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

    /// Lets go of the second nonce of an instantiation that has ended.
    pub(super) fn release_second(&mut self, ready: &Ready, nonce: u64, used: bool) {
        if matches!(ready.wanted.call, Call::Instantiate { .. }) {
            let second = nonce.saturating_add(1);
            self.held.remove(&second);
            if !used {
                self.free.insert(second);
            }
            self.flights.hurry(Instant::now());
            self.resend();
        }
    }

    /// Sends what is due again.
    pub(super) fn resend(&mut self) {
        let due = self.flights.due(Instant::now(), RESEND_LIMIT);
        if !due.is_empty() {
            self.send(due);
        }
    }

    fn land(&mut self, flight: Flight, block: Arc<FinalisedBlock>) {
        let Some(end) = end_in(&block, &flight.signed.hash) else {
            return;
        };
        let Flight {
            mut ready, signed, ..
        } = flight;
        self.release_second(&ready, signed.nonce, matches!(end, End::Landed(_)));
        let shared = self.shared.clone();
        match end {
            End::LimitsTooLow if ready.attempt < MOST_ATTEMPTS => {
                tracing::info!(
                    operation = ready.wanted.identity,
                    "its limits were too low, trying again"
                );
                // It was seen to have had no effect, and nothing else with its nonce can have any.
                ready.unseen = false;
                tokio::spawn(drive(shared, self.commands.clone(), ready));
            }
            End::Landed(landed) => {
                tracing::debug!(
                    operation = ready.wanted.identity,
                    block = block.block.number,
                    "finalised"
                );
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
}

/// How the identity of an operation starts that only uses up a nonce.
pub(super) const FILLER: &str = "filler:";

//! A chain that takes its time, that may be out of reach, and whose participants were read before.

use crate::common::{config, FakeChain, Gateway};
use corridor_client::{
    core::{Charges, FxTransfer, Seconds, Transfer, Uetr},
    BlockRef, ChainError, Corridor, Error, ParticipantEntry,
};
use corridor_gateway::{
    app::App,
    auth::Scope,
    backend::{Answer, Backend, Block},
    directory::Directory,
    operation::Operation,
    router::router,
    view::request::OutcomeView,
};
use futures::{future::BoxFuture, stream::BoxStream, FutureExt};
use std::{
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

/// Such a chain.
pub struct Chain {
    inner: Arc<FakeChain>,
    known: Arc<Directory>,
    down: AtomicBool,
    takes: Duration,
    asked: AtomicUsize,
    most: AtomicUsize,
}

impl Chain {
    /// The chain of a gateway, which had so many participants when it was last asked for them, and answers after a while.
    pub async fn behind(gateway: &mut Gateway, known: usize, takes: Duration) -> Arc<Self> {
        let mut entries = gateway.chain.participants().await.unwrap();
        entries.truncate(known);
        let chain = Arc::new(Self {
            inner: gateway.chain.clone(),
            known: Arc::new(Directory::of(entries)),
            down: AtomicBool::new(false),
            takes,
            asked: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let config = config("gateway-1", &gateway.app.config.store.url, "");
        gateway.app = App::new(config, gateway.app.store.clone(), chain.clone(), None);
        gateway.router = router(gateway.app.clone());
        chain
    }

    /// No node answers any more.
    pub fn go_down(&self) {
        self.down.store(true, Ordering::SeqCst);
    }

    /// How many questions were open at once, at most.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn ask<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        async move {
            let now = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(self.takes).await;
            self.asked.fetch_sub(1, Ordering::SeqCst);
            if self.down.load(Ordering::SeqCst) {
                let reason = "no node".into();
                return Err(ChainError::Disconnected { reason }.into());
            }
            answer.await
        }
        .boxed()
    }
}

impl Backend for Chain {
    fn signs(&self, role: Scope) -> bool {
        self.inner.signs(role)
    }

    fn execute<'a>(&'a self, role: Scope, operation: &'a Operation) -> Answer<'a, OutcomeView> {
        self.inner.execute(role, operation)
    }

    fn head(&self) -> Answer<'_, BlockRef> {
        self.ask(self.inner.head())
    }

    fn transfer(&self, uetr: Uetr) -> Answer<'_, Option<Transfer>> {
        self.ask(self.inner.transfer(uetr))
    }

    fn paid_at<'a>(&'a self, transfer: &'a Transfer) -> Answer<'a, Option<Seconds>> {
        self.ask(self.inner.paid_at(transfer))
    }

    fn fx_transfer(&self, uetr: Uetr) -> Answer<'_, Option<FxTransfer>> {
        self.ask(self.inner.fx_transfer(uetr))
    }

    fn charges(&self, uetr: Uetr) -> Answer<'_, Option<Charges>> {
        self.ask(self.inner.charges(uetr))
    }

    fn participants(&self) -> Answer<'_, Vec<ParticipantEntry>> {
        self.ask(self.inner.participants())
    }

    fn directory(&self) -> Answer<'_, Arc<Directory>> {
        std::future::ready(Ok(self.known.clone())).boxed()
    }

    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, Error>> {
        self.inner.blocks(from)
    }

    fn reader(&self) -> Result<&Corridor, Error> {
        self.inner.reader()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}

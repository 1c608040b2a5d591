//! Finalised blocks that several followers of one connection ask for: each is fetched and decoded once.
//!
//! Every follower still asks for every number, in order, and checks parents; only the work behind it is shared. What is
//! kept is forgotten with the connection that it came by, so that a node of another chain cannot hide behind it.

use super::{block::FinalisedBlock, connection::Chain, ChainError};
use futures::{
    future::{BoxFuture, WeakShared},
    FutureExt,
};
use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many blocks are kept: followers are seldom further apart.
const KEPT: usize = 64;

/// A block, or why there is none.
pub(super) type Fetched = Result<Arc<FinalisedBlock>, ChainError>;

/// Blocks fetched, and being fetched, by number.
#[derive(Default)]
pub(super) struct Recent {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How often everything was forgotten.
    generation: u64,
    /// Held by those who wait for them only: a fetch that nobody waits for ends.
    under_way: HashMap<u64, WeakShared<BoxFuture<'static, Fetched>>>,
    done: VecDeque<Arc<FinalisedBlock>>,
}

impl Recent {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything: what comes next may come from another node.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        state.generation = state.generation.wrapping_add(1);
        state.under_way.clear();
        state.done.clear();
    }
}

impl State {
    fn find(&self, number: u64) -> Option<BoxFuture<'static, Fetched>> {
        if let Some(block) = self.done.iter().rev().find(|block| block.block.number == number) {
            return Some(std::future::ready(Ok(block.clone())).boxed());
        }
        Some(self.under_way.get(&number)?.upgrade()?.boxed())
    }

    /// Takes a fetch's end.
    fn take(&mut self, generation: u64, number: u64, fetched: &Fetched) {
        if self.generation != generation {
            return;
        }
        self.under_way.remove(&number);
        if let Ok(block) = fetched {
            self.done.push_back(block.clone());
            if self.done.len() > KEPT {
                self.done.pop_front();
            }
        }
    }
}

impl Chain {
    /// The block of a number: one that was fetched lately, the one being fetched, or what `fetch` brings.
    pub(super) fn shared_block<F>(
        &self,
        number: u64,
        fetch: impl FnOnce(Chain) -> F,
    ) -> BoxFuture<'static, Fetched>
    where
        F: Future<Output = Fetched> + Send + 'static,
    {
        let mut state = self.recent().state();
        if let Some(found) = state.find(number) {
            return found;
        }
        let (chain, generation, fetch) = (self.clone(), state.generation, fetch(self.clone()));
        let shared = async move {
            let fetched = fetch.await;
            chain.recent().state().take(generation, number, &fetched);
            fetched
        }
        .boxed()
        .shared();
        // What nobody waited for to its end is left behind here.
        state.under_way.retain(|_, fetch| fetch.upgrade().is_some());
        if let Some(weak) = shared.downgrade() {
            state.under_way.insert(number, weak);
        }
        shared.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockRef;

    fn block(number: u64) -> Fetched {
        Ok(Arc::new(FinalisedBlock {
            block: BlockRef {
                number,
                hash: [1; 32],
                time_ms: 0,
            },
            parent: [0; 32],
            extrinsics: vec![],
            events: vec![],
            instantiated: vec![],
        }))
    }

    #[test]
    fn what_was_asked_for_before_everything_was_forgotten_is_not_kept() {
        let recent = Recent::default();
        let generation = recent.state().generation;
        recent.state().take(generation, 7, &block(7));
        assert!(recent.state().find(7).is_some());
        recent.forget();
        assert!(recent.state().find(7).is_none());
        recent.state().take(generation, 8, &block(8));
        assert!(recent.state().find(8).is_none());
    }

    #[test]
    fn only_the_blocks_fetched_last_are_kept() {
        let recent = Recent::default();
        for number in 0..100 {
            recent.state().take(0, number, &block(number));
        }
        assert!(recent.state().find(35).is_none());
        assert!(recent.state().find(36).is_some());
        assert_eq!(recent.state().done.len(), KEPT);
    }
}

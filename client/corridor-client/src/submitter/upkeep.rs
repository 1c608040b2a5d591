//! Looking after what is in the air: refusals, used-up nonces, lifetimes, gaps, sending again.

use super::{
    drive::drive,
    flights::Flight,
    pilot::{PilotTask, FILLER, TICK},
    Ready, SubmitError,
};
use crate::{
    chain::{Call, ChainError, Hash},
    commitment::random,
    contract::Answer,
    store::{NewOperation, Planned},
};

/// JSON-RPC codes of a pool that finds an extrinsic invalid, and of one that found it so before.
const INVALID: i32 = 1010;
const BANNED: i32 = 1012;

impl PilotTask {
    /// The node did not take some bytes. That proves nothing, but the second time in a row for one reason
    /// those who wait should know it. The operation stays open and is offered again.
    pub(super) fn bounced(&mut self, hash: &Hash, error: &ChainError) {
        let Some(flight) = self.flights.get_mut(hash) else {
            return;
        };
        let operation = flight.ready.wanted.identity.clone();
        tracing::debug!(operation, %error, "the node does not take it");
        let ChainError::Rpc {
            code: Some(code),
            reason,
            ..
        } = error
        else {
            return;
        };
        match *code {
            // Used-up nonces and lifetimes are looked after by what finalised blocks say.
            INVALID if reason.contains("outdated") || reason.contains("ancient") => return,
            INVALID => flight.refusal = Some(reason.clone()),
            BANNED => {}
            _ => return,
        }
        let Some(reason) = flight.refusal.clone() else {
            return;
        };
        flight.bounces = flight.bounces.saturating_add(1);
        if flight.bounces >= 2 {
            self.shared
                .tell_so_far(flight.ready.id, SubmitError::Rejected { operation, reason });
            self.replace_banned(hash, *code);
        }
    }

    /// A pool that found bytes invalid does not look at them again for half an hour. Other bytes with the
    /// same nonce it does look at; only one of both can be included, and for a message that repeats without
    /// effect it does not matter which.
    fn replace_banned(&mut self, hash: &Hash, code: i32) {
        let Some(flight) = self.flights.get_mut(hash) else {
            return;
        };
        let nonce = flight.signed.nonce;
        if code != BANNED || !flight.ready.wanted.answer.is_idempotent() || !self.held.insert(nonce) {
            return; // Held: it is being looked at again already.
        }
        // These bytes stay in the air until there are others.
        let ready = Ready {
            nonce: Some(nonce),
            may_land: Some(flight.signed.clone()),
            ..flight.ready.clone()
        };
        tokio::spawn(drive(self.shared.clone(), self.commands.clone(), ready));
    }

    /// Goes through an operation again whose bytes can no longer land, with the nonce it has.
    fn sign_anew(&mut self, flight: Flight) {
        let nonce = flight.signed.nonce;
        let is_its_own = !self.flights.contains(nonce);
        if is_its_own {
            self.held.insert(nonce);
        }
        let ready = Ready {
            nonce: is_its_own.then_some(nonce),
            unseen: false,
            ..flight.ready
        };
        tokio::spawn(drive(self.shared.clone(), self.commands.clone(), ready));
    }

    /// Looks after nonces and lifetimes, by what the last searched block says.
    pub(super) async fn look_after(&mut self) {
        let Some(searched) = self.searched else { return };
        if self.flights.is_empty() && self.held.is_empty() && self.free.is_empty() {
            return;
        }
        let asked = self.shared.chain.nonce_at(self.shared.account(), searched.hash);
        let Ok(Ok(used)) = tokio::time::timeout(TICK, asked).await else {
            return; // Asked again at the next tick.
        };
        // Every block up to here was searched, so a used nonce was used by something else.
        for flight in self.flights.take(|flight| flight.signed.nonce < used) {
            tracing::warn!(
                operation = flight.ready.wanted.identity,
                nonce = flight.signed.nonce,
                "its nonce is used up by another extrinsic"
            );
            self.release_second(&flight.ready, flight.signed.nonce, false);
            tokio::spawn(drive(self.shared.clone(), self.commands.clone(), flight.ready));
        }
        let next_block = searched.number.saturating_add(1);
        for flight in self.flights.take(|flight| flight.signed.era_end <= next_block) {
            tracing::info!(
                operation = flight.ready.wanted.identity,
                nonce = flight.signed.nonce,
                "its lifetime is over, signing anew"
            );
            self.release_second(&flight.ready, flight.signed.nonce, false);
            self.sign_anew(flight);
        }
        self.next_nonce = self.next_nonce.max(used);
        self.free.retain(|nonce| *nonce >= used);
        self.held.retain(|nonce| *nonce >= used);
        self.close_gap(used).await;
        self.resend();
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
        let missing =
            (used..highest).find(|nonce| !self.flights.contains(*nonce) && !self.held.contains(nonce));
        let before = std::mem::replace(&mut self.gap, missing);
        let Some(nonce) = missing.filter(|_| missing == before) else {
            return;
        };
        // Somebody else's extrinsic with that nonce may be on its way.
        let asked = self.shared.chain.pool_nonce(self.shared.account());
        match tokio::time::timeout(TICK, asked).await {
            Ok(Ok(next)) if next <= nonce => {}
            _ => return,
        }
        tracing::warn!(
            nonce,
            "nothing uses this nonce and others wait for it, filling it"
        );
        self.fill(nonce).await;
    }

    /// Uses up a nonce with an extrinsic that does nothing else.
    pub(super) async fn fill(&mut self, nonce: u64) {
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

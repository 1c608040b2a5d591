//! What is in the air, by nonce.

use super::Ready;
use crate::chain::{Call, Hash, SignedExtrinsic};
use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

/// Signed, on disk, and not decided by a finalised block.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) ready: Ready,
    pub(super) signed: SignedExtrinsic,
    /// When to send again.
    pub(super) due: Instant,
    /// How long to wait after that.
    pub(super) backoff: Duration,
    /// How often in a row the node did not take it.
    pub(super) bounces: u32,
    /// Why, in its words.
    pub(super) refusal: Option<String>,
}

/// The first time bytes are sent again, and the longest between two times.
const RESEND_AFTER: Duration = Duration::from_secs(2);
const RESEND_AT_MOST: Duration = Duration::from_secs(30);

/// Everything in the air.
#[derive(Debug, Default)]
pub(super) struct Flights {
    by_nonce: BTreeMap<u64, Flight>,
    nonce_of: HashMap<Hash, u64>,
    /// Whose nonce another operation was given: not sent again, but these bytes may land all the same.
    displaced: HashMap<Hash, Flight>,
}

impl Flights {
    pub(super) fn insert(&mut self, ready: Ready, signed: SignedExtrinsic, due: Instant) {
        let (nonce, id) = (signed.nonce, ready.id);
        self.nonce_of.insert(signed.hash, nonce);
        let flight = Flight {
            ready,
            due,
            backoff: RESEND_AFTER,
            bounces: 0,
            refusal: None,
            signed,
        };
        let Some(before) = self.by_nonce.insert(nonce, flight) else {
            return;
        };
        self.nonce_of.remove(&before.signed.hash);
        // An operation's own new bytes speak for its old ones.
        if before.ready.id != id {
            self.displaced.insert(before.signed.hash, before);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_nonce.is_empty() && self.displaced.is_empty()
    }

    pub(super) fn contains(&self, nonce: u64) -> bool {
        self.by_nonce.contains_key(&nonce)
    }

    pub(super) fn highest(&self) -> Option<u64> {
        self.by_nonce.keys().next_back().copied()
    }

    /// Takes the flight with this extrinsic hash.
    pub(super) fn land(&mut self, hash: &Hash) -> Option<Flight> {
        if let Some(flight) = self.displaced.remove(hash) {
            return Some(flight);
        }
        let nonce = self.nonce_of.remove(hash)?;
        self.by_nonce.remove(&nonce)
    }

    /// Finds the flight with this extrinsic hash.
    pub(super) fn get_mut(&mut self, hash: &Hash) -> Option<&mut Flight> {
        let nonce = self.nonce_of.get(hash)?;
        self.by_nonce.get_mut(nonce)
    }

    /// Whether these bytes are still in the air, with their nonce their own.
    pub(super) fn is_flying(&self, signed: &SignedExtrinsic) -> bool {
        self.nonce_of.contains_key(&signed.hash)
    }

    /// Takes the flight of an operation that has this nonce.
    pub(super) fn take_of(&mut self, id: i64, nonce: u64) -> Option<Flight> {
        let flight = self.by_nonce.get(&nonce).filter(|flight| flight.ready.id == id)?;
        let hash = flight.signed.hash;
        self.land(&hash)
    }

    /// Takes those that a condition holds for.
    pub(super) fn take(&mut self, condition: impl Fn(&Flight) -> bool) -> Vec<Flight> {
        let nonces: Vec<u64> = self
            .by_nonce
            .values()
            .filter(|flight| condition(flight))
            .map(|flight| flight.signed.nonce)
            .collect();
        let mut taken: Vec<Flight> = nonces
            .iter()
            .filter_map(|nonce| self.by_nonce.remove(nonce))
            .collect();
        for flight in &taken {
            self.nonce_of.remove(&flight.signed.hash);
        }
        let displaced = self.displaced.extract_if(|_, flight| condition(flight));
        taken.extend(displaced.map(|(_, flight)| flight));
        taken
    }

    /// The highest nonce to be sent for now. An instantiation uses up a second nonce, but only when it is
    /// executed: a pool that is given what comes after before that keeps it for a gap nobody will fill.
    pub(super) fn barrier(&self) -> u64 {
        self.by_nonce
            .values()
            .find(|flight| matches!(flight.ready.wanted.call, Call::Instantiate { .. }))
            .map_or(u64::MAX, |flight| flight.signed.nonce)
    }

    /// Everything is due now: the barrier has moved.
    pub(super) fn hurry(&mut self, now: Instant) {
        for flight in self.by_nonce.values_mut() {
            flight.due = now;
        }
    }

    /// Bytes that are due to be sent again, in order of nonce, at most `limit` of them.
    pub(super) fn due(&mut self, now: Instant, limit: usize) -> Vec<SignedExtrinsic> {
        let barrier = self.barrier();
        let due = self
            .by_nonce
            .values_mut()
            .take_while(|flight| flight.signed.nonce <= barrier)
            .filter(|flight| flight.due <= now)
            .take(limit);
        due.map(|flight| {
            flight.due = now + flight.backoff;
            flight.backoff = RESEND_AT_MOST.min(flight.backoff * 2);
            flight.signed.clone()
        })
        .collect()
    }
}

/// When bytes sent now are due again.
pub(super) fn first_due() -> Instant {
    Instant::now() + RESEND_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chain::Call, contract::Answer, store::NewOperation, AccountId};

    fn flying(nonces: &[u64]) -> Flights {
        let mut flights = Flights::default();
        for nonce in nonces {
            flights.insert(ready(0), signed(*nonce), Instant::now());
        }
        flights
    }

    fn ready(id: i64) -> Ready {
        let wanted = NewOperation {
            identity: format!("remark:{id}"),
            signer: AccountId([1; 32]),
            call: Call::Remark,
            answer: Answer::Native,
        };
        Ready::first(id, wanted)
    }

    fn signed(nonce: u64) -> SignedExtrinsic {
        SignedExtrinsic {
            bytes: vec![1],
            hash: hash(nonce),
            nonce,
            signed_at: nonce,
            era_end: nonce + 256,
        }
    }

    fn hash(nonce: u64) -> Hash {
        [u8::try_from(nonce).expect("small"); 32]
    }

    #[test]
    fn what_landed_is_no_longer_in_the_air() {
        let mut flights = flying(&[3, 4]);
        assert_eq!(flights.land(&hash(3)).map(|flight| flight.signed.nonce), Some(3));
        assert!(flights.land(&hash(3)).is_none() && !flights.contains(3) && flights.contains(4));
        assert_eq!(flights.highest(), Some(4));
    }

    #[test]
    fn what_is_taken_can_no_longer_land() {
        let mut flights = flying(&[3, 4, 5]);
        let taken = flights.take(|flight| flight.signed.nonce < 5);
        assert_eq!(
            taken.iter().map(|flight| flight.signed.nonce).collect::<Vec<_>>(),
            [3, 4]
        );
        assert!(flights.land(&hash(4)).is_none());
        assert!(flights.land(&hash(5)).is_some() && flights.is_empty());
    }

    #[test]
    fn bytes_whose_nonce_another_operation_has_may_land_all_the_same() {
        let mut flights = flying(&[3]);
        let filler = SignedExtrinsic {
            hash: [0xF1; 32],
            ..signed(3)
        };
        flights.insert(ready(7), filler, Instant::now());
        assert!(!flights.is_flying(&signed(3)) && !flights.is_empty());
        let due = flights.due(Instant::now(), 9);
        assert_eq!(
            due.iter().map(|signed| signed.hash).collect::<Vec<_>>(),
            [[0xF1; 32]]
        );
        assert_eq!(flights.land(&hash(3)).map(|flight| flight.ready.id), Some(0));
        assert_eq!(flights.land(&[0xF1; 32]).map(|flight| flight.ready.id), Some(7));
        assert!(flights.is_empty());
    }

    #[test]
    fn what_was_displaced_ends_with_its_nonce() {
        let mut flights = flying(&[3]);
        let filler = SignedExtrinsic {
            hash: [0xF1; 32],
            ..signed(3)
        };
        flights.insert(ready(7), filler, Instant::now());
        let mut taken = flights.take(|flight| flight.signed.nonce < 4);
        taken.sort_by_key(|flight| flight.ready.id);
        assert_eq!(
            taken.iter().map(|flight| flight.ready.id).collect::<Vec<_>>(),
            [0, 7]
        );
        assert!(flights.is_empty());
    }

    #[test]
    fn bytes_are_sent_again_lowest_nonce_first_and_less_and_less_often() {
        let mut flights = flying(&[5, 3, 4]);
        let mut now = Instant::now();
        let due: Vec<u64> = flights.due(now, 2).iter().map(|signed| signed.nonce).collect();
        assert_eq!(due, [3, 4]);
        assert_eq!(flights.due(now, 2).len(), 1);
        assert!(flights.due(now, 2).is_empty());
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let before = now;
            while flights.due(now, 1).is_empty() {
                now += Duration::from_secs(1);
            }
            while !flights.due(now, 1).is_empty() {}
            pauses.push(now.duration_since(before).as_secs());
        }
        assert_eq!(pauses, [2, 4, 8, 16, 30, 30]);
    }
}

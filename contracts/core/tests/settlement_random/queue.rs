//! Resolution of a queue, and what its report has to say.

use crate::common;
use crate::shell::message::Message;
use crate::shell::Done;
use crate::store::IDS;
use crate::world::World;
use corridor_core::{Currency, TransferStatus};

impl World {
    pub fn resolve(&mut self) {
        let currency = self.currency();
        self.resolve_in(currency);
    }

    pub fn resolve_in(&mut self, currency: Currency) {
        let queue = self.store.queue(currency);
        let caller = common::caller(IDS[0]);
        let report = self
            .store
            .resolve(&caller, currency)
            .expect("anyone may, at any time");
        self.record(
            Some(caller),
            Message::Resolve(currency, report),
            Ok(Done::Recorded),
        );
        let (mut settled, mut gross, mut expired) = (0, 0, 0);
        for queued in &queue {
            match self.store.transfers()[&queued.uetr].status() {
                TransferStatus::Settled => {
                    settled += 1;
                    gross += queued.minor_units;
                    assert!(self.store.now < queued.expires_at);
                    self.note("resolve", "settled", Ok(Done::Recorded));
                }
                TransferStatus::Expired => {
                    expired += 1;
                    self.note("resolve", "expired", Ok(Done::Recorded));
                }
                status => {
                    assert_eq!(status, TransferStatus::Queued);
                    self.note("resolve", "still waits", Ok(Done::Recorded));
                }
            }
        }
        assert_eq!((report.settled, report.expired), (settled, expired));
        assert_eq!(report.gross_minor_units, gross);
        assert!(report.liquidity_minor_units <= gross);
        assert_eq!(usize::from(report.waiting), self.store.queue(currency).len());
    }
}

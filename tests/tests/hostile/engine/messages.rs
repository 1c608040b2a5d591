//! The messages of the stage.

use super::{limits, number, scope, terms, Set, Setting, HSBC_QUOTER};
use crate::play::Call;
use corridor_client::contract::Message;
use corridor_core::{Money, ReasonCode, SettlementMethod, TransferReturn};
use corridor_tests::backend::{Account, Backend, GOVERNOR};
use corridor_tests::scenario::stage::{reference, uetr, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, STRANGER};
use SettlementMethod::{Gross, Net, PaymentVersusPayment, QueuedGross};

impl Setting {
    pub fn commands(&self, set: &Set) -> Vec<Call> {
        let mut calls = Calls(Vec::new());
        self.netting(set, &mut calls);
        self.batches(&mut calls);
        self.exchange(set, &mut calls);
        self.controls_and_queue(&mut calls);
        self.transfers(&mut calls);
        calls.0
    }

    fn netting(&self, set: &Set, calls: &mut Calls) {
        let (hub, treasurer) = (self.hub, BOC_STAFF.treasurer);
        let mut other = terms::schedule();
        // 2024-10-04.
        other.exceptions = vec![20_000];
        let five = Money::new(CNY, 5);
        calls.add("Netting::set_schedule", "", GOVERNOR, hub.set_schedule(other));
        calls.add("Netting::set_cap", "", GOVERNOR, hub.set_cap(BOC, CNY, 70_000));
        calls.add("Netting::pledge", "", treasurer, hub.pledge(reference(1), five));
        calls.add("Netting::release", "", treasurer, hub.release(reference(2), five));
        let window = set.window;
        calls.add(
            "Netting::close_window",
            "",
            STRANGER,
            hub.close_window(CNY, window),
        );
        calls.add(
            "Netting::abort_window",
            "",
            GOVERNOR,
            hub.abort_window(CNY, window),
        );
    }

    fn batches(&self, calls: &mut Calls) {
        let (hub, instructor, approver) = (self.hub, BOC_STAFF.instructor, CUP_STAFF.approver);
        let (header, items) = terms::batch(number::LATE_BATCH + 1, 20);
        let submit = hub.submit_batch(header, items);
        calls.add("Batches::submit_batch", "", instructor, submit);
        let whole = hub.accept_batch(BOC, 1, None);
        calls.add("Batches::accept_batch", "whole", approver, whole);
        let exceptions = terms::exceptions(1, 20, &[2, 17]);
        let part = hub.accept_batch(BOC, 1, Some(exceptions));
        calls.add("Batches::accept_batch", "with exceptions", approver, part);
        let reason = ReasonCode::AC04;
        let reject = hub.reject_batch(BOC, 1, reason);
        calls.add("Batches::reject_batch", "", approver, reject);
        calls.add(
            "Batches::cancel_batch",
            "",
            instructor,
            hub.cancel_batch(1, reason),
        );
        let expire = hub.expire_batch(BOC, number::LATE_BATCH);
        calls.add("Batches::expire_batch", "", STRANGER, expire);
    }

    fn exchange(&self, set: &Set, calls: &mut Calls) {
        let (hub, system) = (self.hub, &self.system);
        let new = terms::quote(system, 5);
        calls.add("Exchange::publish_quote", "", HSBC_QUOTER, hub.publish_quote(new));
        let withdraw = hub.withdraw_quote(set.unused);
        calls.add("Exchange::withdraw_quote", "", HSBC_QUOTER, withdraw);
        let at = terms::usual(system, 1_000, PaymentVersusPayment);
        let offered = terms::quote(system, 6);
        let signed = terms::sign(&set.key, hub, offered);
        for (about, number, quote, signed) in [
            ("published", number::NEW, set.quote, None),
            ("signed", number::NEW + 1, offered, Some(signed)),
        ] {
            let fx = terms::credited(&quote, 1_000);
            let instruct = hub.instruct_fx(uetr(number), at, fx, signed);
            calls.add("Exchange::instruct_fx", about, BOC_STAFF.instructor, instruct);
        }
        let offered = terms::quote_back(system, 7);
        let signed = terms::sign(&set.key, hub, offered);
        for (about, number, quote, signed) in [
            ("published", 3, set.back, None),
            ("signed", 4, offered, Some(signed)),
        ] {
            let command = terms::returned_at(&quote, uetr(number::EXCHANGED_FOR_NEW_QUOTE), 1_000);
            let give_back = hub.return_at_quote(reference(number), command, signed);
            calls.add("Exchange::return_at_quote", about, CUP_STAFF.approver, give_back);
        }
    }

    fn controls_and_queue(&self, calls: &mut Calls) {
        let tariff = self.tariff(2, self.system.now() + 1_000);
        calls.add("Controls::set_tariff", "", GOVERNOR, tariff);
        for (about, creditor_agent) in [("to everybody", None), ("to one", Some(CUP))] {
            let set = self
                .hub
                .set_limits(scope(creditor_agent), Some(limits(9_000_000)));
            calls.add("Controls::set_limits", about, GOVERNOR, set);
        }
        let resolve = self.hub.resolve_queue(CNY);
        calls.add("Queueing::resolve_queue", "", STRANGER, resolve);
    }

    /// Those of the spine, for transfers that other pieces of code are concerned with.
    fn transfers(&self, calls: &mut Calls) {
        let (hub, boc, cup) = (self.hub, BOC_STAFF, CUP_STAFF);
        let reason = ReasonCode::AC04;
        for (about, number, method) in [
            ("net", number::NEW + 2, Net),
            ("with fees", number::NEW + 3, Gross),
            ("may wait", number::NEW + 4, QueuedGross),
        ] {
            let terms = terms::usual(&self.system, 1_000, method);
            let instruct = hub.instruct(uetr(number), terms);
            calls.add("Transfers::instruct", about, boc.instructor, instruct);
        }
        for (about, number) in [
            ("net", number::NET),
            ("net with fees", number::NET_WITH_FEES),
            ("with fees", number::WITH_FEES),
            ("in two currencies", number::EXCHANGE),
            ("may wait", number::MAY_WAIT),
        ] {
            let uetr = uetr(number);
            calls.add("Transfers::accept", about, cup.approver, hub.accept(uetr));
            calls.add("Transfers::reject", about, cup.approver, hub.reject(uetr, reason));
            calls.add(
                "Transfers::cancel",
                about,
                boc.instructor,
                hub.cancel(uetr, reason),
            );
        }
        let waiting = hub.cancel(uetr(number::IN_QUEUE), reason);
        calls.add("Transfers::cancel", "waits", boc.instructor, waiting);
        for (about, number) in [
            ("net", number::LATE_NET),
            ("with fees", number::LATE_WITH_FEES),
            ("in two currencies", number::LATE_EXCHANGE),
            ("waits", number::LATE_IN_QUEUE),
        ] {
            calls.add("Transfers::expire", about, STRANGER, hub.expire(uetr(number)));
        }
        for (about, number, transfer) in [
            ("with fees", 5, number::SETTLED_WITH_FEES),
            ("in two currencies", 6, number::EXCHANGED),
        ] {
            let command = TransferReturn {
                uetr: uetr(transfer),
                minor_units: 100,
                reason,
            };
            let give_back = hub.return_transfer(reference(number), command);
            calls.add("Transfers::return_transfer", about, cup.approver, give_back);
        }
    }

    pub fn queries(&self, set: &Set) -> Vec<Call> {
        let hub = self.hub;
        let mut calls = Calls(Vec::new());
        let exchanged = uetr(number::EXCHANGED);
        calls.ask("Netting::schedule", hub.schedule());
        calls.ask("Netting::net_position", hub.net_position(BOC, CNY));
        calls.ask("Netting::bilateral", hub.bilateral(BOC, CUP, CNY));
        calls.ask("Netting::window", hub.window(CNY, Some(set.window)));
        calls.ask("Batches::batch", hub.batch(BOC, 1));
        calls.ask("Batches::last_batch", hub.last_batch(BOC));
        calls.ask("Exchange::quote", hub.quote(set.quote.id));
        calls.ask("Exchange::fx_transfer", hub.fx_transfer(exchanged));
        calls.ask("Controls::tariffs", hub.tariffs(BOC, CUP, CNY));
        calls.ask("Controls::limits", hub.limits(scope(Some(CUP))));
        calls.ask("Controls::charges", hub.charges(uetr(number::WITH_FEES)));
        calls.ask("Queueing::queue", hub.queue(CNY));
        calls.0
    }
}

/// Messages, gathered.
struct Calls(Vec<Call>);

impl Calls {
    fn add<T>(&mut self, name: &'static str, about: &'static str, caller: Account, message: Message<T>) {
        let data = message.data().to_vec();
        self.0.push(Call::new(name, about, caller, data));
    }

    fn ask<T>(&mut self, name: &'static str, message: Message<T>) {
        self.0.push(Call::query(name, message.data().to_vec()));
    }
}

//! The contract's code with five participants, an account for each set of roles, and a key to sign quotes with.

use crate::common;
use crate::shell::message::{Message, Sent, Signed};
use crate::shell::{Done, End};
use crate::store::{currencies, Store, IDS};
use corridor_client::contract::Message as Call;
use corridor_client::{Exceptions, LimitScope, SignedQuote};
use corridor_core::closing::Ending as WindowEnding;
use corridor_core::queued::QueueReport;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{
    AgentId, BatchHeader, Caller, CollateralKind, Error, Item, MovementKind, ParticipantId, Quote, Role,
};
use corridor_tests::backend::{Account, Backend, Token, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::{BlobBackend, GENESIS_HASH};
use corridor_tests::scenario::batch;
use corridor_tests::scenario::exchange::{address, sign_for};
use polkadot_sdk::sp_core::{sr25519, Pair};
use scale_codec::Decode;
use std::collections::BTreeMap;

/// What each treasurer has outside: more than all runs deposit.
const OUTSIDE: u128 = 1 << 60;

/// The contract, and what the rules' own test does not keep.
pub struct Code {
    pub system: BlobBackend,
    batches: BTreeMap<(ParticipantId, u32), (BatchHeader, Vec<u8>)>,
    accounts: BTreeMap<(u16, u16), Account>,
}

/// The roles an account may have: all, or all but one.
fn callers(id: ParticipantId) -> impl Iterator<Item = Caller> {
    let without = Role::ALL
        .into_iter()
        .map(move |role| common::caller_without(id, &[role]));
    std::iter::once(common::caller(id)).chain(without)
}

/// Tells callers apart.
fn key_of(caller: &Caller) -> (u16, u16) {
    let roles = Role::ALL.into_iter().zip(0..);
    let roles = roles.filter(|(role, _)| caller.roles.has(*role));
    (caller.participant.0, roles.map(|(_, bit)| 1 << bit).sum())
}

fn signing_key(key: (u16, u16)) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//{}/{}", key.0, key.1), None).expect("a key")
}

impl Code {
    /// All participants there are to be, of whom five act; every treasurer has money outside.
    pub fn new(store: &Store) -> Self {
        let mut code = Self {
            system: BlobBackend::new(Tokens::Plain),
            batches: BTreeMap::new(),
            accounts: BTreeMap::new(),
        };
        code.register(store.gate.participants);
        let hub = code.system.contract();
        for id in IDS {
            for caller in callers(id) {
                code.grant(caller);
            }
        }
        for (place, currency) in currencies().into_iter().enumerate() {
            let token = Token(["one", "two", "three"][place]);
            let exponent = if place < 2 { 2 } else { 0 };
            code.system.deploy_token(token, exponent);
            let token_address = code.system.token_address(token);
            let entry = CurrencyEntry {
                currency,
                exponent,
                token: token_address,
            };
            code.must(GOVERNOR, &hub.register_currency(entry));
            for id in IDS {
                let treasurer = code.accounts[&key_of(&common::caller(id))];
                code.system.fund(treasurer, token, OUTSIDE);
            }
        }
        code.must(GOVERNOR, &hub.set_schedule(store.schedule.clone()));
        code
    }

    fn must<T>(&mut self, caller: Account, call: &Call<T>) {
        let ending = self.system.send(caller, call.data().to_vec());
        assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    }

    /// The governor administers them all.
    fn register(&mut self, participants: u16) {
        let admin = self.system.address_of(GOVERNOR);
        for number in 0..participants {
            let agent: AgentId = format!("CNAPS:{number}").parse().expect("an agent");
            let register = self.system.contract().register_participant(vec![agent], admin);
            self.must(GOVERNOR, &register);
        }
    }

    /// An account and a key with the caller's roles.
    fn grant(&mut self, caller: Caller) {
        let key = key_of(&caller);
        let account = Account(format!("account-{}-{}", key.0, key.1).leak());
        self.accounts.insert(key, account);
        let addresses = [self.system.address_of(account), address(&signing_key(key))];
        let hub = self.system.contract();
        for role in Role::ALL.into_iter().filter(|role| caller.roles.has(*role)) {
            for address in addresses {
                self.must(GOVERNOR, &hub.grant_role(caller.participant, address, role));
            }
        }
    }

    pub fn pass_to(&mut self, now: u64) {
        let before = self.system.now();
        self.system.advance_time(now - before);
    }

    /// Sends a message, which has to be answered as the rules have answered it. Returns its kind and the outcome.
    pub fn send(&mut self, sent: &Sent, told: &str) -> (String, &'static str) {
        let account = sent
            .caller
            .map_or(GOVERNOR, |caller| self.accounts[&key_of(&caller)]);
        let events = self.system.events().len();
        let data = self.call_data(&sent.message);
        let ending = self.system.send(account, data);
        let changed = self.system.events().len() > events;
        let told = format!("{told}: {} {sent:?}", account.0);
        let set = sent.caller.is_none();
        match (&ending, sent.answer) {
            (Ending::Answered(answer), Ok(done)) => {
                // What is set again to what it is, or is resolved in vain, is no change.
                let may_be_none = set || matches!(sent.message, Message::Resolve(..));
                let recorded = done == Done::Recorded;
                assert!(changed == recorded || may_be_none, "{told}: {changed}");
                self.check_answer(&sent.message, answer, &told);
            }
            (Ending::Refused(error), Err(expected)) => assert_eq!(*error, expected, "{told}"),
            _ => panic!("{told}: {ending:?}"),
        }
        if let (Message::Submit(header, items), Ok(Done::Recorded)) = (&sent.message, sent.answer) {
            let key = (header.debtor_agent, header.number);
            self.batches.insert(key, (header.clone(), items.clone()));
        }
        let outcome = match sent.answer {
            Ok(Done::Recorded) => "recorded",
            Ok(Done::Repeated) => "repeated",
            Err(error) => error.name(),
        };
        (kind(&sent.message), outcome)
    }

    /// Where the rules' answer was kept, the contract's is the same.
    fn check_answer(&self, message: &Message, answer: &[u8], told: &str) {
        match message {
            Message::Resolve(_, report) => {
                let found: QueueReport = decode(answer);
                assert_eq!(found, *report, "{told}");
            }
            Message::EndWindow(.., Some(record)) => {
                let found: corridor_client::WindowReceipt = decode(answer);
                assert_eq!(found.record, *record, "{told}");
            }
            _ => {}
        }
    }

    fn call_data(&self, message: &Message) -> Vec<u8> {
        let hub = self.system.contract();
        match message.clone() {
            Message::Move(reference, MovementKind::Deposit, money) => bytes(&hub.deposit(reference, money)),
            Message::Move(reference, MovementKind::Withdrawal, money) => {
                bytes(&hub.withdraw(reference, money))
            }
            Message::Collateral(reference, CollateralKind::Pledge, money) => {
                bytes(&hub.pledge(reference, money))
            }
            Message::Collateral(reference, CollateralKind::Release, money) => {
                bytes(&hub.release(reference, money))
            }
            Message::Instruct(uetr, terms) => bytes(&hub.instruct(uetr, terms)),
            Message::InstructFx(uetr, terms, fx, signed) => {
                bytes(&hub.instruct_fx(uetr, terms, fx, self.signed(signed)))
            }
            Message::Accept(uetr) => bytes(&hub.accept(uetr)),
            Message::End(uetr, End::Reject(reason)) => bytes(&hub.reject(uetr, reason)),
            Message::End(uetr, End::Cancel(reason)) => bytes(&hub.cancel(uetr, reason)),
            Message::End(uetr, End::Expire) => bytes(&hub.expire(uetr)),
            Message::Return(reference, command) => bytes(&hub.return_transfer(reference, command)),
            Message::ReturnAtQuote(reference, command, signed) => {
                bytes(&hub.return_at_quote(reference, command, self.signed(signed)))
            }
            Message::Publish(quote) => bytes(&hub.publish_quote(quote)),
            Message::Withdraw(quote) => bytes(&hub.withdraw_quote(quote)),
            Message::Resolve(currency, _) => bytes(&hub.resolve_queue(currency)),
            batch @ (Message::Submit(..)
            | Message::AcceptBatch(..)
            | Message::RejectBatch(..)
            | Message::CancelBatch(..)
            | Message::ExpireBatch(..)) => self.of_batch(batch),
            set => self.of_governor(set),
        }
    }

    fn of_batch(&self, message: Message) -> Vec<u8> {
        let hub = self.system.contract();
        match message {
            Message::Submit(header, items) => bytes(&hub.submit_batch(header, items)),
            Message::AcceptBatch(debtor, number, items) => {
                let exceptions = (!items.is_empty()).then(|| self.exceptions(debtor, number, &items));
                bytes(&hub.accept_batch(debtor, number, exceptions))
            }
            Message::RejectBatch(debtor, number, reason) => bytes(&hub.reject_batch(debtor, number, reason)),
            Message::CancelBatch(number, reason) => bytes(&hub.cancel_batch(number, reason)),
            Message::ExpireBatch(debtor, number) => bytes(&hub.expire_batch(debtor, number)),
            other => panic!("{other:?} is of no batch"),
        }
    }

    fn of_governor(&self, message: Message) -> Vec<u8> {
        let hub = self.system.contract();
        match message {
            Message::EndWindow(currency, window, WindowEnding::Settle, _) => {
                bytes(&hub.close_window(currency, window))
            }
            Message::EndWindow(currency, window, WindowEnding::Abort, _) => {
                bytes(&hub.abort_window(currency, window))
            }
            Message::SetCap(id, currency, cap) => bytes(&hub.set_cap(id, currency, cap)),
            Message::SetTariff(debtor, creditor, currency, payee, tariff) => {
                bytes(&hub.set_tariff(debtor, creditor, currency, payee, tariff))
            }
            Message::SetLimits(debtor_agent, creditor_agent, currency, limits) => {
                let scope = LimitScope {
                    debtor_agent,
                    creditor_agent,
                    currency,
                };
                bytes(&hub.set_limits(scope, limits))
            }
            Message::SetSchedule(schedule) => bytes(&hub.set_schedule(schedule)),
            Message::SetPaused(paused) => bytes(&hub.set_paused(paused)),
            Message::SetSuspended(id, suspended) => bytes(&hub.set_suspended(id, suspended)),
            other => panic!("{other:?} is not the governor's"),
        }
    }

    /// The quote with a signature that is as good as the rules' test says.
    fn signed(&self, signed: Signed) -> Option<SignedQuote> {
        let hub = self.system.contract();
        signed.map(|(quote, signer): (Quote, Option<Caller>)| {
            let key = signing_key(signer.as_ref().map_or((0, 0), key_of));
            let mut signed = sign_for(&key, &GENESIS_HASH, hub.address(), quote);
            if signer.is_none() {
                signed.signature[0] ^= 1;
            }
            signed
        })
    }

    /// The proof of these items, made from the batch as it was recorded.
    fn exceptions(&self, debtor: ParticipantId, number: u32, items: &[(u16, Item)]) -> Exceptions {
        let (header, bytes) = &self.batches[&(debtor, number)];
        let indices: Vec<u16> = items.iter().map(|(index, _)| *index).collect();
        batch::exceptions(header, bytes, &indices)
    }
}

fn bytes<T>(call: &Call<T>) -> Vec<u8> {
    call.data().to_vec()
}

/// What a message answered that was carried out.
fn decode<T: Decode>(mut answer: &[u8]) -> T {
    let answer = ink::MessageResult::<Result<T, Error>>::decode(&mut answer);
    let answer = answer.expect("an answer").expect("a message");
    answer.expect("carried out")
}

/// The message's name.
fn kind(message: &Message) -> String {
    let text = format!("{message:?}");
    let name = text.split(['(', ' ']).next();
    name.unwrap_or_default().to_owned()
}

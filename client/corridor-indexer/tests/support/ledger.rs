//! A settlement contract made of the contract's own rules, which writes blocks as a chain would hold them.

use corridor_client::{
    chain::{ContractCall, ContractEvent, ExtrinsicResult, FinalisedBlock, Weight},
    contract::{Message, SettlementContract},
    core::{
        batch::{scan, ItemFault, MAX_COUNTERPARTIES},
        batch_life, batch_proof,
        charged::FeeEvent,
        closing::{Closing, Ending as WindowEnding},
        collateral, movement,
        queued::QueueReport,
        registry::{CurrencyEntry, RegistryChange},
        transfer, transfer_net, transfer_return, Address, AgentId, BatchHeader, BatchRecord, Books, Caller,
        Charges, CollateralKind, CorridorControls, Currency, FxTransfer, Gate, Item, Money, MovementKind,
        NetChange, NetPage, NetPages, Outcome, ParticipantId, Position, PositionPage, Queued, QuoteId,
        QuoteState, QuotedReturn, ReasonCode, Reference, Roles, Schedule, SettlementMethod, Terms, Transfer,
        TransferReturn, Uetr, WindowId, WindowRecord,
    },
    AccountId, BatchRecorded, BlockRef, EscrowMoved, NettingRecorded, RegistryChanged, TransferRecorded,
};
use scale_codec::Encode;
use sp_crypto_hashing::{blake2_256, keccak_256};
use std::collections::{BTreeMap, HashMap};

pub const SETTLEMENT: Address = [0x5e; 20];
pub const STRANGER: Address = [0x99; 20];
pub const SECOND: u64 = 1_795_400_000;

/// All roles.
const ALL: Roles = Roles(0xff);

/// What a transfer in one currency may be ended by before it settles.
#[derive(Clone, Copy)]
pub enum Ending {
    Reject(ReasonCode),
    Cancel(ReasonCode),
    Expire,
}

pub fn caller(participant: ParticipantId) -> Caller {
    Caller {
        participant,
        roles: ALL,
    }
}

pub fn account(participant: ParticipantId) -> AccountId {
    AccountId([participant.0 as u8 + 1; 32])
}

/// The books, and the chain so far.
pub struct Ledger {
    pub gate: Gate,
    pub positions: HashMap<Currency, PositionPage>,
    pub nets: HashMap<Currency, NetPage>,
    pub transfers: BTreeMap<Uetr, Transfer>,
    pub batches: BTreeMap<(ParticipantId, u32), (BatchRecord, Vec<Item>)>,
    pub windows: BTreeMap<(Currency, WindowId), WindowRecord>,
    pub corridors: HashMap<(ParticipantId, ParticipantId, Currency), CorridorControls>,
    /// The fees of transfers in one currency.
    pub charges: BTreeMap<Uetr, Charges>,
    pub quotes: BTreeMap<QuoteId, QuoteState>,
    /// Transfers in two currencies, which are among `transfers`, too.
    pub exchanges: BTreeMap<Uetr, FxTransfer>,
    pub quoted_returns: Vec<(Uetr, Reference, QuotedReturn)>,
    pub queues: HashMap<Currency, Vec<Queued>>,
    pub resolutions: Vec<(Currency, QueueReport)>,
    pub schedule: Schedule,
    pub now: u64,
    pub blocks: Vec<FinalisedBlock>,
    extrinsics: Vec<ExtrinsicResult>,
    events: Vec<ContractEvent>,
    references: u128,
    /// The block itself makes the calls, as a scheduler does: there are no extrinsics for them.
    pub in_hook: bool,
}

impl Ledger {
    pub fn new() -> Self {
        Self {
            gate: Gate::default(),
            positions: HashMap::new(),
            nets: HashMap::new(),
            transfers: BTreeMap::new(),
            batches: BTreeMap::new(),
            windows: BTreeMap::new(),
            corridors: HashMap::new(),
            charges: BTreeMap::new(),
            quotes: BTreeMap::new(),
            exchanges: BTreeMap::new(),
            quoted_returns: Vec::new(),
            queues: HashMap::new(),
            resolutions: Vec::new(),
            schedule: Schedule {
                anchor: SECOND,
                length: 60,
                cut_off: 0,
                utc_offset: 28_800,
                exceptions: vec![],
            },
            now: SECOND,
            blocks: Vec::new(),
            extrinsics: Vec::new(),
            events: Vec::new(),
            references: 0,
            in_hook: false,
        }
    }

    /// Ends the block under way; `seconds` later the next one begins.
    pub fn seal(&mut self, seconds: u64) {
        let number = 100 + self.blocks.len() as u64;
        let parent = self.blocks.last().map_or([0; 32], |block| block.block.hash);
        self.blocks.push(FinalisedBlock {
            block: BlockRef {
                number,
                hash: blake2_256(&(number, parent).encode()),
                time_ms: self.now * 1_000 + 250,
            },
            parent,
            extrinsics: std::mem::take(&mut self.extrinsics),
            events: std::mem::take(&mut self.events),
            instantiated: vec![],
        });
        self.now += seconds;
    }

    /// A call by a participant; what it emits follows.
    pub fn call<T>(&mut self, by: ParticipantId, message: &Message<T>) {
        if self.in_hook {
            return;
        }
        let data = message.data().to_vec();
        self.extrinsics.push(ExtrinsicResult {
            hash: blake2_256(&(self.now, self.extrinsics.len() as u32, &data).encode()),
            failure: None,
            fee: Some(1_000 + self.extrinsics.len() as u128),
            weight: Weight {
                ref_time: 7,
                proof_size: 9,
            },
            calls: vec![ContractCall {
                signer: Some(account(by)),
                dest: message.dest(),
                data,
                via: vec![],
            }],
        });
    }

    /// The calls of the extrinsic under way.
    pub fn last_calls(&mut self) -> &mut Vec<ContractCall> {
        &mut self.extrinsics.last_mut().expect("an extrinsic").calls
    }

    /// Makes it so that another contract made the last call.
    pub fn by_a_contract(&mut self) {
        for call in self.last_calls() {
            (call.dest, call.data) = (STRANGER, vec![1, 2, 3]);
        }
    }

    /// An event by any contract.
    pub fn emit_raw(&mut self, contract: Address, topics: Vec<[u8; 32]>, data: Vec<u8>) {
        let index = self.events.len() as u32;
        self.events.push(ContractEvent {
            index,
            extrinsic_index: (!self.in_hook).then_some((self.extrinsics.len() as u32).saturating_sub(1)),
            contract,
            topics,
            data,
        });
    }

    pub fn emit(&mut self, name: &str, event: &impl Encode) {
        let topic = blake2_256(format!("corridor/event/v1/{name}").as_bytes());
        self.emit_raw(SETTLEMENT, vec![topic], event.encode());
    }

    pub fn contract(&self) -> SettlementContract {
        SettlementContract::at(SETTLEMENT)
    }

    pub fn reference(&mut self) -> Reference {
        self.references += 1;
        Reference(self.references.to_be_bytes())
    }

    pub fn register(&mut self, change: RegistryChange) {
        self.call(ParticipantId(0), &self.contract().set_paused(false));
        self.emit("RegistryChanged", &RegistryChanged { change });
    }

    pub fn admit(&mut self, currency: Currency, token: Address) {
        self.register(RegistryChange::CurrencyRegistered(CurrencyEntry {
            currency,
            exponent: 2,
            token,
        }));
    }

    pub fn join(&mut self, agents: &[&str]) -> ParticipantId {
        let id = ParticipantId(self.gate.participants);
        self.gate.participants += 1;
        let agents: Vec<AgentId> = agents
            .iter()
            .map(|agent| agent.parse().expect("an agent"))
            .collect();
        self.register(RegistryChange::ParticipantRegistered {
            id,
            agents,
            admin: account(id).address(),
        });
        self.register(RegistryChange::RolesChanged {
            id,
            account: account(id).address(),
            roles: Roles(0b11),
        });
        id
    }

    pub fn position(&self, participant: ParticipantId, currency: Currency) -> Position {
        self.positions
            .get(&currency)
            .map(|page| page.get(participant))
            .unwrap_or_default()
    }

    fn set(&mut self, participant: ParticipantId, currency: Currency, position: Position) {
        self.positions
            .entry(currency)
            .or_default()
            .set(participant, position);
    }

    pub fn net(&self, currency: Currency) -> NetPage {
        self.nets.get(&currency).cloned().unwrap_or_default()
    }

    pub fn token_transfer(&mut self, token: Address, from: Address, to: Address, minor_units: u128) {
        let word = |bytes: &[u8]| {
            let mut word = [0; 32];
            word[32 - bytes.len()..].copy_from_slice(bytes);
            word
        };
        let topics = vec![
            keccak_256(b"Transfer(address,address,uint256)"),
            word(&from),
            word(&to),
        ];
        self.emit_raw(token, topics, word(&minor_units.to_be_bytes()).to_vec());
    }

    pub fn move_escrow(&mut self, id: ParticipantId, kind: MovementKind, amount: Money) -> bool {
        let reference = self.reference();
        let position = self.position(id, amount.currency);
        let booked = movement::book(None, &self.gate, &caller(id), position, kind, amount, self.now);
        let Ok(Outcome::Recorded(change)) = booked else {
            return false;
        };
        self.set(id, amount.currency, change.position);
        let message = match kind {
            MovementKind::Deposit => self.contract().deposit(reference, amount),
            MovementKind::Withdrawal => self.contract().withdraw(reference, amount),
        };
        self.call(id, &message);
        let event = EscrowMoved {
            participant: id,
            reference,
            currency: amount.currency,
            movement: change.movement,
        };
        self.emit("EscrowMoved", &event);
        true
    }

    pub fn emit_transfer(
        &mut self,
        uetr: Uetr,
        transfer: Transfer,
        change: corridor_client::core::TransferChange,
    ) {
        self.transfers.insert(uetr, transfer);
        let event = TransferRecorded {
            uetr,
            debtor_agent: transfer.terms.debtor_agent,
            creditor_agent: transfer.terms.creditor_agent,
            status: transfer.status,
            change,
        };
        self.emit("TransferRecorded", &event);
    }

    /// The positions of everybody named, each once.
    pub fn books(&self, keys: &[(ParticipantId, Currency)]) -> Books {
        Books::load(keys, |participant, currency| self.position(participant, currency))
    }

    pub fn write(&mut self, books: &Books) {
        for entry in books.entries() {
            self.set(entry.participant, entry.currency, entry.position);
        }
    }

    pub fn instruct(&mut self, uetr: Uetr, terms: Terms) -> bool {
        let recorded = self.transfers.get(&uetr).copied();
        let (by, currency) = (caller(terms.debtor_agent), terms.currency());
        let debtor = self.position(terms.debtor_agent, currency);
        let Ok(Outcome::Recorded(change)) =
            transfer::instruct(recorded, &self.gate, &by, debtor, uetr, &terms, self.now)
        else {
            return false;
        };
        let mut books = self.books(&[(terms.debtor_agent, currency)]);
        books
            .set(terms.debtor_agent, currency, change.debtor)
            .expect("loaded");
        let charges = self.corridor(&terms, currency).charges(&terms, self.now);
        if charges.reserve(&terms, &mut books).is_err() {
            return false;
        }
        self.write(&books);
        self.call(terms.debtor_agent, &self.contract().instruct(uetr, terms));
        self.emit_transfer(uetr, change.transfer, change.event);
        self.charges.insert(uetr, charges);
        self.emit_fees(uetr, FeeEvent::Fixed(charges));
        true
    }

    pub fn accept(&mut self, uetr: Uetr) -> bool {
        let Some(transfer) = self.transfers.get(&uetr).copied() else {
            return false;
        };
        match transfer.terms.settlement_method {
            SettlementMethod::Gross => self.accept_gross(uetr, transfer),
            SettlementMethod::Net => self.accept_net(uetr, transfer),
            SettlementMethod::QueuedGross => self.accept_queued(uetr, transfer),
            SettlementMethod::PaymentVersusPayment => self.accept_fx(uetr),
        }
    }

    fn accept_gross(&mut self, uetr: Uetr, transfer: Transfer) -> bool {
        let terms = transfer.terms;
        let (debtor, creditor, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
        let mut books = self.books(&self.keys(uetr, &terms));
        let positions = (self.position(debtor, currency), self.position(creditor, currency));
        let accepted = transfer::accept(transfer, &caller(creditor), positions.0, positions.1, self.now);
        let Ok(Outcome::Recorded(change)) = accepted else {
            return false;
        };
        books.set(debtor, currency, change.debtor).expect("loaded");
        books.set(creditor, currency, change.creditor).expect("loaded");
        let Ok(fees) = self.charges[&uetr].pay(&terms, transfer.status, &mut books) else {
            return false;
        };
        self.write(&books);
        self.call(creditor, &self.contract().accept(uetr));
        self.emit_transfer(uetr, change.transfer, change.event);
        self.emit_fees(uetr, FeeEvent::Paid(fees));
        true
    }

    fn accept_net(&mut self, uetr: Uetr, transfer: Transfer) -> bool {
        let terms = transfer.terms;
        let (creditor, currency) = (terms.creditor_agent, terms.currency());
        let (pages, window) = (self.pages(currency), self.schedule.window_of(self.now));
        let accepted = transfer_net::accept_net(transfer, &caller(creditor), pages, window, self.now);
        let Ok(Outcome::Recorded(change)) = accepted else {
            return false;
        };
        let mut books = self.books(&self.keys(uetr, &terms));
        let Ok(fees) = self.charges[&uetr].pay(&terms, transfer.status, &mut books) else {
            return false;
        };
        self.write(&books);
        self.nets.insert(currency, change.pages.debtor);
        self.call(creditor, &self.contract().accept(uetr));
        self.emit_transfer(uetr, change.transfer, change.event);
        self.emit_fees(uetr, FeeEvent::Paid(fees));
        true
    }

    /// All participants of these tests are on one page.
    fn pages(&self, currency: Currency) -> NetPages {
        NetPages {
            debtor: self.net(currency),
            creditor: None,
        }
    }

    pub fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> bool {
        self.end(uetr, Ending::Reject(reason))
    }

    /// Ends an open transfer without settlement.
    pub fn end(&mut self, uetr: Uetr, ending: Ending) -> bool {
        let Some(transfer) = self.transfers.get(&uetr).copied() else {
            return false;
        };
        let terms = transfer.terms;
        let (by, message) = match ending {
            Ending::Reject(reason) => (terms.creditor_agent, self.contract().reject(uetr, reason)),
            Ending::Cancel(reason) => (terms.debtor_agent, self.contract().cancel(uetr, reason)),
            Ending::Expire => (ParticipantId(0), self.contract().expire(uetr)),
        };
        let calls = self.extrinsics.len();
        self.call(by, &message);
        let ended = match terms.settlement_method {
            SettlementMethod::PaymentVersusPayment => self.end_fx(uetr, ending),
            _ => self.end_plain(uetr, ending),
        };
        if !ended {
            self.extrinsics.truncate(calls);
        }
        ended
    }

    /// Without the call: it may be part of another one.
    pub fn end_plain(&mut self, uetr: Uetr, ending: Ending) -> bool {
        let transfer = self.transfers[&uetr];
        let terms = transfer.terms;
        let debtor = self.position(terms.debtor_agent, terms.currency());
        let (debtor_side, creditor_side) = (caller(terms.debtor_agent), caller(terms.creditor_agent));
        let outcome = match ending {
            Ending::Reject(reason) => transfer::reject(transfer, &creditor_side, debtor, reason, self.now),
            Ending::Cancel(reason) => transfer::cancel(transfer, &debtor_side, debtor, reason, self.now),
            Ending::Expire => transfer::expire(transfer, debtor, self.now),
        };
        let Ok(Outcome::Recorded(change)) = outcome else {
            return false;
        };
        let mut books = self.books(&self.keys(uetr, &terms));
        books
            .set(terms.debtor_agent, terms.currency(), change.debtor)
            .expect("loaded");
        let released = self.charges[&uetr].release(&terms, transfer.status, &mut books);
        released.expect("it was reserved");
        self.write(&books);
        if let Some(queue) = self.queues.get_mut(&terms.currency()) {
            queue.retain(|queued| queued.uetr != uetr);
        }
        self.emit_transfer(uetr, change.transfer, change.event);
        self.emit_fees(uetr, FeeEvent::Released);
        true
    }

    pub fn give_back(&mut self, uetr: Uetr, minor_units: u128) -> bool {
        let Some(transfer) = self.transfers.get(&uetr).copied() else {
            return false;
        };
        let (terms, reference) = (transfer.terms, self.reference());
        if terms.settlement_method == SettlementMethod::PaymentVersusPayment {
            return self.give_back_fx(uetr, reference, minor_units);
        }
        let (debtor, creditor, currency) = (terms.debtor_agent, terms.creditor_agent, terms.currency());
        let window = match transfer.status {
            corridor_client::core::TransferStatus::Netted(window) => self.final_record(currency, window),
            _ => None,
        };
        let command = TransferReturn {
            uetr,
            minor_units,
            reason: ReasonCode::AC04,
        };
        let positions = (self.position(debtor, currency), self.position(creditor, currency));
        let returned = transfer_return::return_transfer(
            None,
            transfer,
            window.as_ref(),
            &caller(creditor),
            positions.0,
            positions.1,
            reference,
            &command,
            self.now,
        );
        let Ok(Outcome::Recorded(change)) = returned else {
            return false;
        };
        self.set(debtor, currency, change.debtor);
        self.set(creditor, currency, change.creditor);
        self.call(creditor, &self.contract().return_transfer(reference, command));
        self.emit_transfer(uetr, change.transfer, change.event);
        true
    }

    /// The record of a window or, where it was aborted, of the one it was carried over to in the end.
    pub fn final_record(&self, currency: Currency, window: WindowId) -> Option<WindowRecord> {
        let record = self.windows.get(&(currency, window))?;
        match record.carried_over_to() {
            Some(later) => self.final_record(currency, later),
            None => Some(*record),
        }
    }

    pub fn pledge(&mut self, id: ParticipantId, kind: CollateralKind, amount: Money) -> bool {
        let reference = self.reference();
        let (position, mut page) = (self.position(id, amount.currency), self.net(amount.currency));
        let booked = collateral::book(
            None,
            &self.gate,
            &caller(id),
            position,
            page.get(id),
            kind,
            amount,
            self.now,
        );
        let Ok(Outcome::Recorded(change)) = booked else {
            return false;
        };
        self.set(id, amount.currency, change.position);
        page.set(id, change.entry);
        self.nets.insert(amount.currency, page);
        let message = match kind {
            CollateralKind::Pledge => self.contract().pledge(reference, amount),
            CollateralKind::Release => self.contract().release(reference, amount),
        };
        self.call(id, &message);
        self.emit_netting(
            amount.currency,
            NetChange::Collateral {
                participant: id,
                movement: change.movement,
                collateral_minor_units: change.entry.collateral,
            },
        );
        true
    }

    pub fn emit_netting(&mut self, currency: Currency, change: NetChange) {
        self.emit("NettingRecorded", &NettingRecorded { currency, change });
    }

    pub fn cap(&mut self, id: ParticipantId, currency: Currency, cap: u64) {
        let mut page = self.net(currency);
        let entry = collateral::set_cap(&self.gate, id, page.get(id), cap);
        let Ok(Some(entry)) = entry else { return };
        page.set(id, entry);
        self.nets.insert(currency, page);
        self.call(id, &self.contract().set_cap(id, currency, cap));
        self.emit_netting(
            currency,
            NetChange::CapSet {
                participant: id,
                cap_minor_units: cap,
            },
        );
    }

    pub fn end_window(&mut self, currency: Currency, window: WindowId, ending: WindowEnding) -> bool {
        let recorded = self.windows.get(&(currency, window)).copied();
        let begun = Closing::begin(recorded, &self.gate, &self.schedule, window, ending, self.now);
        let Ok(Outcome::Recorded(mut closing)) = begun else {
            return false;
        };
        let (mut net, mut positions) = (
            self.net(currency),
            self.positions.get(&currency).cloned().unwrap_or_default(),
        );
        let results = match closing.concerns(&net) {
            true => closing
                .page(&mut net, &mut positions)
                .expect("the books are covered"),
            false => {
                closing.skip(&net).expect("nothing of the window");
                Vec::new()
            }
        };
        let record = closing.finish().expect("nets add up to zero");
        self.nets.insert(currency, net);
        self.positions.insert(currency, positions);
        self.windows.insert((currency, window), record);
        self.call(ParticipantId(0), &self.contract().close_window(currency, window));
        if !results.is_empty() {
            self.emit_netting(currency, NetChange::Results { window, results });
        }
        self.emit_netting(currency, NetChange::Ended(record));
        true
    }

    pub fn submit_batch(&mut self, header: BatchHeader, items: Vec<Item>) -> Vec<(u16, ItemFault)> {
        let bytes: Vec<u8> = items.iter().flat_map(Item::to_bytes).collect();
        let scanned = scan(&header, &bytes, [u64::MAX; MAX_COUNTERPARTIES]).expect("a batch in order");
        let rejected = scanned.rejected.clone();
        let by = caller(header.debtor_agent);
        let root = batch_proof::root(&header, &bytes, &mut keccak_256);
        let submitted = batch_life::submit(None, None, &self.gate, &by, &header, scanned, root, self.now);
        let Ok(Outcome::Recorded(update)) = submitted else {
            panic!("{submitted:?}")
        };
        let (agent, number) = (header.debtor_agent, header.number);
        self.call(agent, &self.contract().submit_batch(header, bytes));
        self.emit_batch(agent, number, update.record.currency, update.event);
        self.batches.insert((agent, number), (update.record, items));
        rejected
    }

    pub fn accept_batch(
        &mut self,
        key: (ParticipantId, u32),
        creditor: ParticipantId,
        excepted: &[u16],
    ) -> bool {
        let (record, items) = self.batches.get(&key).cloned().expect("submitted");
        let exceptions: Vec<(u16, Item)> = excepted
            .iter()
            .map(|index| (*index, items[usize::from(*index)]))
            .collect();
        let currency = record.currency;
        let window = self.schedule.window_of(self.now);
        let accepted = batch_life::accept_batch(
            record,
            &caller(creditor),
            &exceptions,
            self.pages(currency),
            window,
            self.now,
        );
        let Ok(Outcome::Recorded(acceptance)) = accepted else {
            return false;
        };
        self.nets.insert(currency, acceptance.pages.debtor);
        self.call(creditor, &self.contract().accept_batch(key.0, key.1, None));
        self.emit_batch(key.0, key.1, currency, acceptance.event);
        self.batches.insert(key, (acceptance.record, items));
        true
    }

    pub fn emit_batch(
        &mut self,
        debtor_agent: ParticipantId,
        number: u32,
        currency: Currency,
        change: corridor_client::core::BatchChange,
    ) {
        let event = BatchRecorded {
            debtor_agent,
            number,
            currency,
            change,
        };
        self.emit("BatchRecorded", &event);
    }
}

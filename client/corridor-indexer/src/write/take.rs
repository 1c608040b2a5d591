//! A block, event by event.

use super::{
    books::{Books, Place, Problem},
    calls::Calls,
    json,
    rows::{row, Row, Value},
    table,
};
use crate::{
    event_id::{Places, ORDINALS},
    sql, EventId, IndexError,
};
use corridor_client::{
    chain::{ContractCall, ContractEvent, ExtrinsicResult, FinalisedBlock},
    contract::{settlement_arguments, settlement_message, token_arguments, token_message, TokenEvent},
    core::{Address, Currency, FxEvent, QuoteId, TransferChange, Uetr},
    SettlementEvent,
};
use std::collections::{BTreeSet, HashSet};

/// What an event turned out to be.
#[derive(Debug)]
pub(crate) enum Emitted {
    Settlement(Box<SettlementEvent>),
    Token(Currency, TokenEvent),
    /// One of the settlement contract that this version does not know, or cannot read.
    Unread(Option<Problem>),
    /// The same of a token. No book depends on it.
    UnreadToken(Option<String>),
}

/// An event of the settlement contract, decoded; a token's is decoded when its currency is known.
pub(crate) fn decode_settlement(event: &ContractEvent) -> Emitted {
    match SettlementEvent::decode(&event.topics, &event.data) {
        Ok(Some(event)) => Emitted::Settlement(Box::new(event)),
        Ok(None) => Emitted::Unread(None),
        Err(error) => Emitted::Unread(Some(error.to_string())),
    }
}

fn decode_token(currency: Currency, event: &ContractEvent) -> Emitted {
    match TokenEvent::decode(&event.topics, &event.data) {
        Ok(Some(event)) => Emitted::Token(currency, event),
        Ok(None) => Emitted::UnreadToken(None),
        Err(error) => Emitted::UnreadToken(Some(error.to_string())),
    }
}

/// The transfers, quotes and batches that events speak of without bringing them: to be read before.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    /// What begins in these very blocks is in no database yet.
    begun: HashSet<Uetr>,
    pub(crate) transfers: BTreeSet<Uetr>,
    pub(crate) quotes: BTreeSet<QuoteId>,
    pub(crate) batches: BTreeSet<super::books::BatchKey>,
}

impl Needed {
    pub(crate) fn is_empty(&self) -> bool {
        self.transfers.is_empty() && self.quotes.is_empty() && self.batches.is_empty()
    }

    pub(crate) fn by(&mut self, books: &Books, event: &Emitted) {
        let Emitted::Settlement(event) = event else {
            return;
        };
        match event.as_ref() {
            SettlementEvent::Transfer(event) => match event.change {
                TransferChange::Instructed(_) => drop(self.begun.insert(event.uetr)),
                _ => self.transfer(books, event.uetr),
            },
            SettlementEvent::Fees(event) => self.transfer(books, event.uetr),
            SettlementEvent::Exchange(event) => match &event.event {
                FxEvent::Instructed { fx, .. } => {
                    self.begun.insert(event.uetr);
                    self.quote(books, fx.quote);
                }
                FxEvent::Returned {
                    quoted: Some(used), ..
                } => {
                    self.transfer(books, event.uetr);
                    self.quote(books, used.quote);
                }
                _ => self.transfer(books, event.uetr),
            },
            SettlementEvent::Quote(event) => {
                let (provider, reference) = (event.provider, event.reference);
                self.quote(books, QuoteId { provider, reference });
            }
            SettlementEvent::Batch(event) => {
                let key = (event.debtor_agent, event.number);
                if books.batches.get(&key).is_none() {
                    self.batches.insert(key);
                }
            }
            SettlementEvent::Escrow(_)
            | SettlementEvent::Registry(_)
            | SettlementEvent::Netting(_)
            | SettlementEvent::Controls(_)
            | SettlementEvent::Queue(_) => {}
        }
    }

    fn transfer(&mut self, books: &Books, uetr: Uetr) {
        if books.transfers.get(&uetr).is_none() && !self.begun.contains(&uetr) {
            self.transfers.insert(uetr);
        }
    }

    fn quote(&mut self, books: &Books, id: QuoteId) {
        if books.quotes.get(&id).is_none() {
            self.quotes.insert(id);
        }
    }
}

/// A block with the settlement contract's events decoded.
pub(crate) struct Decoded<'a> {
    pub(crate) block: &'a FinalisedBlock,
    /// For each event; `None` for other contracts'.
    pub(crate) events: Vec<Option<Emitted>>,
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(block: &'a FinalisedBlock, settlement: Address) -> Self {
        let decode = |event: &ContractEvent| (event.contract == settlement).then(|| decode_settlement(event));
        Self {
            events: block.events.iter().map(decode).collect(),
            block,
        }
    }
}

/// What the events of an extrinsic say that carries out more calls than have an id.
const MORE_CALLS: &str = "its extrinsic carries out more calls of the contracts than are kept";

impl Books {
    /// Takes in a block: its events first, which may bring new tokens, then the calls.
    pub(crate) fn take_block(&mut self, decoded: Decoded<'_>, settlement: Address) -> Result<(), IndexError> {
        let block = decoded.block;
        let cut = self.cut(block, settlement);
        let mut places = Places::up_to(block.events.last().map_or(0, |last| last.index));
        for (event, emitted) in block.events.iter().zip(decoded.events) {
            let (emitted, of_token) = match (emitted, self.tokens.get(&event.contract)) {
                (Some(emitted), _) => (emitted, false),
                (None, Some(currency)) => (decode_token(*currency, event), true),
                (None, None) => continue,
            };
            let id = match places.next(event.index, of_token) {
                None if of_token => continue,
                place => place.and_then(|place| EventId::new(block.block.number, place)),
            };
            let id = id.ok_or_else(|| too_many(block))?;
            let mut taken = self.take_event(block, settlement, id, event, emitted);
            if event.extrinsic_index.is_some_and(|index| cut.contains(&index)) {
                taken.note.get_or_insert_with(|| MORE_CALLS.into());
            }
            self.add(&table::RAW_EVENTS, taken.row(id, event));
        }
        // A window's results are followed by its end in the same call; what is left over belongs to nothing.
        self.results.clear();
        self.take_calls(block, settlement);
        let extrinsics = u32::try_from(block.extrinsics.len()).unwrap_or(u32::MAX);
        self.add(
            &table::BLOCKS,
            row![
                block.block.number,
                &block.block.hash,
                &block.parent,
                block.block.time_ms,
                extrinsics,
                places.taken(),
            ],
        );
        Ok(())
    }

    fn take_event(
        &mut self,
        block: &FinalisedBlock,
        settlement: Address,
        id: EventId,
        event: &ContractEvent,
        emitted: Emitted,
    ) -> Taken {
        let calls = Calls::of(block, event.extrinsic_index, settlement);
        let place = Place {
            id,
            at: block.block.time_ms / 1_000,
            extrinsic_index: event.extrinsic_index,
            caller: calls.signer().map(|signer| self.signer(signer).1),
        };
        let taken = match emitted {
            Emitted::Settlement(event) => self.take_known(&place, &event, calls),
            Emitted::Token(currency, event) => {
                self.take_token(&place, currency, &event);
                Taken {
                    kind: Some("token"),
                    decoded: Some(json::token(&event).to_string()),
                    ..Taken::default()
                }
            }
            Emitted::Unread(problem) => Taken {
                problem,
                ..Taken::default()
            },
            Emitted::UnreadToken(note) => Taken {
                note,
                ..Taken::default()
            },
        };
        if let Some(problem) = &taken.problem {
            tracing::warn!(event = %id, problem, "an event cannot be taken into the books of the index");
        }
        taken
    }

    /// An event that this version knows. What is wrong with one of a few currencies leaves the books of the others as they are, and
    /// what is wrong with one that moves no money leaves all of them.
    fn take_known(&mut self, place: &Place, event: &SettlementEvent, calls: Calls<'_>) -> Taken {
        let (kind, decoded) = json::settlement(event);
        let concerned = self.concerned(event);
        let problem = self.take_settlement(place, event, calls).err();
        let note = self.note.take().map(String::from);
        let known = Taken {
            kind: Some(kind),
            decoded: Some(decoded.to_string()),
            note,
            ..Taken::default()
        };
        match (problem, concerned) {
            (Some(problem), Some(currencies)) if currencies.is_empty() => Taken {
                note: Some(problem),
                ..known
            },
            (Some(problem), concerned) => Taken {
                problem: Some(problem),
                doubtful: concerned,
                ..known
            },
            (None, _) => known,
        }
    }

    /// The currencies whose books an event changes; `None` where that cannot be told, so that it may be any.
    fn concerned(&self, event: &SettlementEvent) -> Option<Vec<Currency>> {
        match event {
            SettlementEvent::Transfer(event) => match event.change {
                TransferChange::Instructed(terms) => Some(vec![terms.currency()]),
                _ => self.currencies_of(event.uetr),
            },
            SettlementEvent::Exchange(event) => match &event.event {
                FxEvent::Instructed { terms, fx, .. } => Some(vec![terms.currency(), fx.credited.currency]),
                _ => self.currencies_of(event.uetr),
            },
            SettlementEvent::Fees(event) => self.currencies_of(event.uetr),
            SettlementEvent::Escrow(event) => Some(vec![event.currency]),
            SettlementEvent::Netting(event) => Some(vec![event.currency]),
            SettlementEvent::Batch(event) => Some(vec![event.currency]),
            SettlementEvent::Queue(event) => Some(vec![event.currency]),
            // Of participants and their accounts, on which the books of all currencies stand.
            SettlementEvent::Registry(_) => None,
            SettlementEvent::Quote(_) | SettlementEvent::Controls(_) => Some(Vec::new()),
        }
    }

    fn currencies_of(&self, uetr: Uetr) -> Option<Vec<Currency>> {
        let debited = self.transfers.get(&uetr)?.terms.currency();
        let credited = self
            .exchanges
            .get(&uetr)
            .map(|exchange| exchange.credited.currency);
        Some([Some(debited), credited].into_iter().flatten().collect())
    }

    fn take_settlement(
        &mut self,
        place: &Place,
        event: &SettlementEvent,
        calls: Calls<'_>,
    ) -> Result<(), Problem> {
        match event {
            SettlementEvent::Transfer(event) => self.take_transfer(place, event),
            SettlementEvent::Escrow(event) => self.take_escrow(place, event),
            SettlementEvent::Registry(event) => self.take_registry(place, event),
            SettlementEvent::Netting(event) => {
                self.take_netting(place, event, calls.reference().map(|reference| reference.0))
            }
            SettlementEvent::Batch(event) => self.take_batch(place, event, calls),
            SettlementEvent::Quote(event) => self.take_quote(place, event, calls),
            SettlementEvent::Exchange(event) => self.take_exchange(place, event, calls),
            SettlementEvent::Fees(event) => self.take_fees(place, event),
            SettlementEvent::Controls(event) => self.take_controls(place, event),
            SettlementEvent::Queue(event) => self.take_queue(place, event),
        }
    }

    /// Whether a call is of the settlement contract or of a currency's token.
    fn concerns(&self, call: &ContractCall, settlement: Address) -> bool {
        call.dest == settlement || self.tokens.contains_key(&call.dest)
    }

    /// The extrinsics that carry out more calls than have an id: anybody may make one.
    fn cut(&self, block: &FinalisedBlock, settlement: Address) -> HashSet<u32> {
        let more = |extrinsic: &ExtrinsicResult| {
            let mut calls = extrinsic
                .calls
                .iter()
                .filter(|call| self.concerns(call, settlement));
            calls.nth(ORDINALS).is_some()
        };
        let extrinsics = block.extrinsics.iter().zip(0u32..);
        extrinsics
            .filter(|(extrinsic, _)| more(extrinsic))
            .map(|(_, index)| index)
            .collect()
    }

    /// Those that have an id.
    fn take_calls(&mut self, block: &FinalisedBlock, settlement: Address) {
        for (extrinsic, index) in block.extrinsics.iter().zip(0u32..) {
            let mut calls: Vec<&ContractCall> = extrinsic.calls.iter().collect();
            calls.retain(|call| self.concerns(call, settlement));
            let id = EventId::new(block.block.number, index);
            let ids = (0..).map_while(|place| id?.with_ordinal(place));
            for (id, call) in ids.zip(calls) {
                let row = self.call_row(id, extrinsic, call, settlement);
                self.add(&table::EXTRINSICS, row);
            }
        }
    }

    /// `id` counts the calls of an extrinsic; what the extrinsic cost is told with the first.
    fn call_row(
        &mut self,
        id: EventId,
        extrinsic: &ExtrinsicResult,
        call: &ContractCall,
        settlement: Address,
    ) -> Row {
        let (message, arguments) = match call.dest == settlement {
            true => (settlement_message(&call.data), settlement_arguments(&call.data)),
            false => (token_message(&call.data), token_arguments(&call.data)),
        };
        let signer = call.signer.map(|signer| self.signer(signer));
        let selector: [u8; 4] = call.data.first_chunk().copied().unwrap_or_default();
        let first = id.ordinal() == 0;
        let cost = |cost: u64| if first { cost } else { 0 };
        row![
            id.0,
            id.block(),
            id.index(),
            &extrinsic.hash,
            signer.map(|(text, _)| text),
            signer.map(|(_, address)| sql::hex(&address)),
            &call.dest,
            &selector,
            message,
            u32::try_from(call.data.len()).unwrap_or(u32::MAX),
            extrinsic.failure.clone(),
            extrinsic.fee.filter(|_| first),
            cost(extrinsic.weight.ref_time),
            cost(extrinsic.weight.proof_size),
            (!call.via.is_empty()).then(|| call.via.join(" ")),
            call.data.clone(),
            arguments,
        ]
    }
}

/// What became of an event.
#[derive(Default)]
struct Taken {
    kind: Option<&'static str>,
    decoded: Option<String>,
    /// Why the books are doubtful from here on.
    problem: Option<Problem>,
    /// Those of which currencies; `None` for all.
    doubtful: Option<Vec<Currency>>,
    /// What it does not bring.
    note: Option<String>,
}

impl Taken {
    fn row(self, id: EventId, event: &ContractEvent) -> Row {
        let codes = |currencies: Vec<Currency>| {
            let codes: Vec<&str> = currencies.iter().map(|currency| currency.as_str()).collect();
            codes.join(",")
        };
        row![
            id.0,
            id.block(),
            event.index,
            event.extrinsic_index,
            &event.contract,
            Value::Bytes(event.topics.concat()),
            Value::Bytes(event.data.clone()),
            self.kind,
            self.decoded,
            self.problem,
            self.doubtful.map(codes),
            self.note,
        ]
    }
}

fn too_many(block: &FinalisedBlock) -> IndexError {
    IndexError::Damaged(format!(
        "block {} has more events of the contracts than ids have room for",
        block.block.number
    ))
}

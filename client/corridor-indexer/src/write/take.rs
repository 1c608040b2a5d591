//! A block, event by event.

use super::{
    books::{Books, Place, Problem},
    json,
    rows::{row, Row, Value},
    table,
};
use crate::{sql, EventId, IndexError};
use corridor_client::{
    chain::{ContractCall, ContractEvent, FinalisedBlock},
    contract::{read_batch, read_quote, read_reference, settlement_message, token_message, TokenEvent},
    core::{Address, Currency, FxEvent, Quote, QuoteId, TransferChange, Uetr},
    SettlementEvent,
};
use std::collections::{BTreeSet, HashSet};

/// What an event turned out to be.
#[derive(Debug)]
pub(crate) enum Emitted {
    Settlement(Box<SettlementEvent>),
    Token(Currency, TokenEvent),
    /// One this version does not know, or cannot read.
    Unread(Option<Problem>),
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
        Ok(None) => Emitted::Unread(None),
        Err(error) => Emitted::Unread(Some(error.to_string())),
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

impl Books {
    /// Takes in a block: its events first, which may bring new tokens, then the calls.
    pub(crate) fn take_block(&mut self, decoded: Decoded<'_>, settlement: Address) -> Result<(), IndexError> {
        let block = decoded.block;
        let mut count = 0u32;
        for (event, emitted) in block.events.iter().zip(decoded.events) {
            let emitted = match (emitted, self.tokens.get(&event.contract)) {
                (Some(emitted), _) => emitted,
                (None, Some(currency)) => decode_token(*currency, event),
                (None, None) => continue,
            };
            count = count.saturating_add(1);
            self.take_event(block, event, emitted)?;
        }
        // A window's results are followed by its end in the same call; what is left over belongs to nothing.
        self.results.clear();
        self.take_calls(block, settlement)?;
        let extrinsics = u32::try_from(block.extrinsics.len()).unwrap_or(u32::MAX);
        self.add(
            &table::BLOCKS,
            row![
                block.block.number,
                &block.block.hash,
                &block.parent,
                block.block.time_ms,
                extrinsics,
                count,
            ],
        );
        Ok(())
    }

    fn take_event(
        &mut self,
        block: &FinalisedBlock,
        event: &ContractEvent,
        emitted: Emitted,
    ) -> Result<(), IndexError> {
        let id = EventId::new(block.block.number, event.index).ok_or_else(|| too_many(block))?;
        let call = call_of(block, event.extrinsic_index);
        let place = Place {
            id,
            at: block.block.time_ms / 1_000,
            extrinsic_index: event.extrinsic_index,
            caller: call
                .and_then(|call| call.signer)
                .map(|signer| self.signer(signer).1),
        };
        let (kind, decoded, problem) = match emitted {
            Emitted::Settlement(event) => {
                let (kind, decoded) = json::settlement(&event);
                let problem = self.take_settlement(&place, &event, call).err();
                (Some(kind), Some(decoded.to_string()), problem)
            }
            Emitted::Token(currency, event) => {
                self.take_token(&place, currency, &event);
                (Some("token"), Some(json::token(&event).to_string()), None)
            }
            Emitted::Unread(problem) => (None, None, problem),
        };
        if let Some(problem) = &problem {
            tracing::warn!(event = %id, problem, "an event cannot be taken into the books of the index");
        }
        self.add(&table::RAW_EVENTS, event_row(id, event, kind, decoded, problem));
        Ok(())
    }

    fn take_settlement(
        &mut self,
        place: &Place,
        event: &SettlementEvent,
        call: Option<&ContractCall>,
    ) -> Result<(), Problem> {
        match event {
            SettlementEvent::Transfer(event) => self.take_transfer(place, event),
            SettlementEvent::Escrow(event) => self.take_escrow(place, event),
            SettlementEvent::Registry(event) => self.take_registry(place, event),
            SettlementEvent::Netting(event) => {
                let reference = call.and_then(|call| read_reference(&call.data));
                self.take_netting(place, event, reference.map(|reference| reference.0))
            }
            SettlementEvent::Batch(event) => {
                self.take_batch(place, event, call.and_then(|call| read_batch(&call.data)))
            }
            SettlementEvent::Quote(event) => {
                self.take_quote(place, event, call.and_then(|call| read_quote(&call.data)))
            }
            SettlementEvent::Exchange(event) => self.take_exchange(place, event, signed_quote(call)),
            SettlementEvent::Fees(event) => self.take_fees(place, event),
            SettlementEvent::Controls(event) => self.take_controls(place, event),
            SettlementEvent::Queue(event) => self.take_queue(place, event),
        }
    }

    fn take_calls(&mut self, block: &FinalisedBlock, settlement: Address) -> Result<(), IndexError> {
        for (extrinsic, index) in block.extrinsics.iter().zip(0u32..) {
            let Some(call) = &extrinsic.call else { continue };
            let message = match call.dest == settlement {
                true => settlement_message(&call.data),
                false if self.tokens.contains_key(&call.dest) => token_message(&call.data),
                false => continue,
            };
            let id = EventId::new(block.block.number, index).ok_or_else(|| too_many(block))?;
            let signer = call.signer.map(|signer| self.signer(signer));
            let selector: [u8; 4] = call.data.first_chunk().copied().unwrap_or_default();
            let row = row![
                id.0,
                block.block.number,
                index,
                &extrinsic.hash,
                signer.map(|(text, _)| text),
                signer.map(|(_, address)| sql::hex(&address)),
                &call.dest,
                &selector,
                message,
                u32::try_from(call.data.len()).unwrap_or(u32::MAX),
                extrinsic.failure.clone(),
                extrinsic.fee,
                extrinsic.weight.ref_time,
                extrinsic.weight.proof_size,
            ];
            self.add(&table::EXTRINSICS, row);
        }
        Ok(())
    }
}

fn call_of(block: &FinalisedBlock, extrinsic_index: u32) -> Option<&ContractCall> {
    let index = usize::try_from(extrinsic_index).ok()?;
    block.extrinsics.get(index)?.call.as_ref()
}

/// The signed quote an instruction or a return brings; `None` where it uses a published one, `Some(None)` where a contract made the call.
fn signed_quote(call: Option<&ContractCall>) -> Option<Option<Quote>> {
    let uses_one = |call: &&ContractCall| {
        matches!(
            settlement_message(&call.data),
            Some("instruct_fx" | "return_at_quote")
        )
    };
    match call.filter(uses_one) {
        Some(call) => read_quote(&call.data).map(Some),
        None => Some(None),
    }
}

fn event_row(
    id: EventId,
    event: &ContractEvent,
    kind: Option<&str>,
    decoded: Option<String>,
    problem: Option<Problem>,
) -> Row {
    row![
        id.0,
        id.block(),
        event.index,
        event.extrinsic_index,
        &event.contract,
        Value::Bytes(event.topics.concat()),
        Value::Bytes(event.data.clone()),
        kind,
        decoded,
        problem,
    ]
}

fn too_many(block: &FinalisedBlock) -> IndexError {
    IndexError::Damaged(format!(
        "block {} has more events or extrinsics than an id has room for",
        block.block.number
    ))
}

//! Batches in bytes, as the contract commits to them, and what a creditor agent excepts of one.

use super::NewBatch;
use crate::text::{hex_bytes, Text};
use corridor_client::{
    core::{
        batch::{ITEM_BYTES, MAX_ITEMS},
        batch_life::MAX_EXCEPTIONS,
        batch_proof, AgentId, BatchHeader, Currency, Error as Refusal, Item, Money, ParticipantId, Uetr,
    },
    keccak256, Exceptions,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Accepts the part of a batch that is addressed to this participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptedBatch {
    /// Whose batch.
    pub debtor_agent: Text<AgentId>,
    /// Which.
    pub number: u32,
    /// What is not accepted of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<BatchExceptions>,
}

/// Items that are not accepted. The whole batch shows that they are in it: `batch` or `record`, one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchExceptions {
    /// The batch as its debtor agent posted it to its gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<NewBatch>,
    /// Or as it is recorded in the file that `corridor batch submit` writes: an entry of its `batches`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<BatchRecordFields>,
    /// The UETRs of the items that are not accepted.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 128)]
    pub except: Vec<Text<Uetr>>,
}

/// A batch in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRecordFields {
    /// The batch as a whole.
    pub header: BatchHeaderFields,
    /// The commitment to it.
    #[serde(with = "hex_bytes")]
    #[schema(value_type = String)]
    pub root: Vec<u8>,
    /// May be left out: the hashes follow from the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chunk_hashes: Vec<String>,
    /// 64 bytes for each item.
    #[serde(with = "hex_bytes")]
    #[schema(value_type = String)]
    pub items: Vec<u8>,
}

/// A batch's header, participants by number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchHeaderFields {
    /// The debtor agent's number.
    pub debtor_agent: u16,
    /// The batch's number.
    pub number: u32,
    /// The currency of all items.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Text<Currency>,
    /// The creditor agents' numbers.
    pub counterparties: Vec<u16>,
    /// How many items there are.
    pub items: u16,
    /// The sum of all items in minor units.
    #[schema(value_type = String)]
    pub control_sum: Text<u128>,
    /// Whether one invalid item refuses the whole batch.
    pub all_or_nothing: bool,
    /// In seconds since 1970.
    pub expires_at: u64,
}

impl BatchHeaderFields {
    fn header(&self) -> BatchHeader {
        BatchHeader {
            debtor_agent: ParticipantId(self.debtor_agent),
            number: self.number,
            currency: self.currency.0,
            counterparties: self.counterparties.iter().copied().map(ParticipantId).collect(),
            items: self.items,
            control_sum: self.control_sum.0,
            all_or_nothing: self.all_or_nothing,
            expires_at: self.expires_at,
        }
    }
}

/// A batch as it is submitted: its header, and 64 bytes for each item.
pub type Content = (BatchHeader, Vec<u8>);

impl NewBatch {
    /// The batch in bytes. Creditor agents are listed in the order they first come up.
    ///
    /// # Errors
    /// The contract's refusal of what cannot be written in bytes.
    pub fn content(
        &self,
        debtor_agent: ParticipantId,
        find: impl Fn(&AgentId) -> Option<ParticipantId>,
    ) -> Result<Content, Refusal> {
        let (mut counterparties, mut items, mut control_sum) = (Vec::new(), Vec::new(), 0u128);
        for item in &self.items {
            let agent = find(&item.creditor_agent.0).ok_or(Refusal::UnknownParticipant)?;
            let place = match counterparties.iter().position(|known| *known == agent) {
                Some(place) => place,
                None => {
                    counterparties.push(agent);
                    counterparties.len().saturating_sub(1)
                }
            };
            let amount = Money::parse_decimal(self.currency.0, &item.amount);
            let amount = amount.map_err(|_| Refusal::InvalidItems)?.minor_units;
            control_sum = control_sum.checked_add(amount).ok_or(Refusal::AmountOverflow)?;
            let item = Item {
                uetr: item.uetr.0,
                minor_units: amount.try_into().map_err(|_| Refusal::NetAmountTooLarge)?,
                counterparty: u8::try_from(place).map_err(|_| Refusal::InvalidBatch)?,
                message_digest: item.message_digest.as_slice().try_into().unwrap_or_default(),
            };
            items.extend(item.to_bytes());
        }
        let header = BatchHeader {
            debtor_agent,
            number: self.number,
            currency: self.currency.0,
            counterparties,
            items: u16::try_from(self.items.len()).map_err(|_| Refusal::InvalidBatch)?,
            control_sum,
            all_or_nothing: self.all_or_nothing,
            expires_at: self.expires_at,
        };
        Ok((header, items))
    }
}

impl BatchRecordFields {
    fn content(&self) -> Content {
        (self.header.header(), self.items.clone())
    }

    fn check(&self) -> Result<(), String> {
        let (header, items) = self.content();
        if items.len() != usize::from(header.items).saturating_mul(ITEM_BYTES) || header.items > MAX_ITEMS {
            return Err("record.items: 64 bytes for each of the header's items, at most 2000".into());
        }
        match batch_proof::root(&header, &items, &mut keccak256).as_slice() == self.root.as_slice() {
            true => Ok(()),
            false => Err("record.root: header and items have another one".into()),
        }
    }
}

impl BatchExceptions {
    /// Checks what can be checked without the chain.
    ///
    /// # Errors
    /// What is wrong with which field, in words.
    pub fn check(&self) -> Result<(), String> {
        let uetrs: BTreeSet<Uetr> = match (&self.batch, &self.record) {
            (Some(batch), None) => batch.items.iter().map(|item| item.uetr.0).collect(),
            (None, Some(record)) => {
                record.check()?;
                uetrs(&record.items).collect()
            }
            _ => return Err("batch, record: give one of them".into()),
        };
        if self.except.is_empty() || self.except.len() > MAX_EXCEPTIONS {
            return Err(format!("except: 1 to {MAX_EXCEPTIONS} items"));
        }
        let unknown = self.except.iter().find(|uetr| !uetrs.contains(&uetr.0));
        match unknown {
            Some(uetr) => Err(format!("except: the batch has no item {uetr}")),
            None => Ok(()),
        }
    }

    /// What the contract is shown: each item with the chunk it is in, by rising index.
    ///
    /// # Errors
    /// The contract's refusal of what cannot be shown.
    pub fn exceptions(
        &self,
        debtor_agent: ParticipantId,
        find: impl Fn(&AgentId) -> Option<ParticipantId>,
    ) -> Result<Exceptions, Refusal> {
        let (header, bytes) = match (&self.batch, &self.record) {
            (Some(batch), _) => batch.content(debtor_agent, find)?,
            (None, Some(record)) => record.content(),
            (None, None) => return Err(Refusal::InvalidException),
        };
        let wanted: BTreeSet<Uetr> = self.except.iter().map(|uetr| uetr.0).collect();
        let excepted = (0u16..)
            .zip(uetrs(&bytes))
            .filter(|(_, uetr)| wanted.contains(uetr));
        let items = excepted.map(|(index, _)| {
            let proof = batch_proof::prove(&bytes, index, &mut keccak256);
            Ok((index, proof.ok_or(Refusal::InvalidException)?.chunk))
        });
        Ok(Exceptions {
            items: items.collect::<Result<_, Refusal>>()?,
            chunk_hashes: batch_proof::chunk_hashes(&bytes, &mut keccak256),
            header,
        })
    }
}

fn uetrs(items: &[u8]) -> impl Iterator<Item = Uetr> + '_ {
    let (items, _) = items.as_chunks::<ITEM_BYTES>();
    items
        .iter()
        .filter_map(|item| item.first_chunk().copied().map(Uetr))
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::new_uetr;
    use serde_json::json;

    fn batch(uetrs: &[Uetr]) -> NewBatch {
        let item = |uetr: &Uetr| {
            json!({ "uetr": uetr.to_string(), "creditor_agent": "CHUPCNSH", "amount": "12.50",
                    "message_digest": format!("0x{}", "07".repeat(32)) })
        };
        let items: Vec<_> = uetrs.iter().map(item).collect();
        let body = json!({ "number": 3, "currency": "CNY", "expires_at": 1_900_000_000, "items": items });
        serde_json::from_value(body).expect("a batch")
    }

    fn record(content: &Content) -> BatchRecordFields {
        let (header, items) = content;
        BatchRecordFields {
            header: BatchHeaderFields {
                debtor_agent: header.debtor_agent.0,
                number: header.number,
                currency: Text(header.currency),
                counterparties: header.counterparties.iter().map(|id| id.0).collect(),
                items: header.items,
                control_sum: Text(header.control_sum),
                all_or_nothing: header.all_or_nothing,
                expires_at: header.expires_at,
            },
            root: batch_proof::root(header, items, &mut keccak256).to_vec(),
            chunk_hashes: Vec::new(),
            items: items.clone(),
        }
    }

    #[test]
    fn exceptions_are_the_same_from_json_and_from_the_record_and_rise() {
        let uetrs: Vec<Uetr> = (0..40).map(|_| new_uetr()).collect();
        let (debtor, find) = (ParticipantId(0), |_: &AgentId| Some(ParticipantId(1)));
        let batch = batch(&uetrs);
        let content = batch.content(debtor, find).expect("bytes");
        let except = vec![Text(uetrs[36]), Text(uetrs[2]), Text(uetrs[36])];
        let of_json = BatchExceptions {
            batch: Some(batch),
            record: None,
            except: except.clone(),
        };
        let of_record = BatchExceptions {
            batch: None,
            record: Some(record(&content)),
            except,
        };
        assert_eq!((of_json.check(), of_record.check()), (Ok(()), Ok(())));
        let shown = of_json.exceptions(debtor, find).expect("shown");
        assert_eq!(of_record.exceptions(debtor, find).as_ref(), Ok(&shown));
        let places: Vec<u16> = shown.items.iter().map(|(index, _)| *index).collect();
        assert_eq!(places, [2, 36]);
        assert_eq!((shown.chunk_hashes.len(), shown.header.items), (3, 40));
    }

    #[test]
    fn what_is_not_of_the_batch_is_refused_before_the_chain_is_asked() {
        let uetrs: Vec<Uetr> = (0..3).map(|_| new_uetr()).collect();
        let batch = batch(&uetrs);
        let content = batch
            .content(ParticipantId(0), |_| Some(ParticipantId(1)))
            .expect("bytes");
        let good = BatchExceptions {
            batch: None,
            record: Some(record(&content)),
            except: vec![Text(uetrs[0])],
        };
        let wrong = |change: &dyn Fn(&mut BatchExceptions)| {
            let mut changed = good.clone();
            change(&mut changed);
            changed.check().expect_err("refused")
        };
        let of = |given: &mut BatchExceptions, change: &dyn Fn(&mut BatchRecordFields)| {
            given.record.as_mut().map(change);
        };
        for (text, error) in [
            ("give one", wrong(&|given| given.record = None)),
            ("give one", wrong(&|given| given.batch = Some(batch.clone()))),
            ("1 to 128", wrong(&|given| given.except.clear())),
            (
                "1 to 128",
                wrong(&|given| given.except = vec![Text(uetrs[0]); 129]),
            ),
            ("no item", wrong(&|given| given.except = vec![Text(new_uetr())])),
            (
                "record.root",
                wrong(&|given| of(given, &|record| record.items[20] ^= 1)),
            ),
            (
                "record.root",
                wrong(&|given| of(given, &|record| record.header.number = 4)),
            ),
            (
                "record.items",
                wrong(&|given| of(given, &|record| record.items.truncate(64))),
            ),
        ] {
            assert!(error.contains(text), "{error}");
        }
    }
}

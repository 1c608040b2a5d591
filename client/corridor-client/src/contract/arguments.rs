//! A call's arguments as JSON, by the types its message is declared with. Amounts are strings of minor units, bytes hexadecimal.

use super::{selector, settlement};
use corridor_core::Uetr;
use scale_decode::visitor::{
    decode_with_visitor,
    types::{Array, Composite, Sequence, Str, Tuple, Variant},
    DecodeError, Visitor,
};
use scale_info::{form::PortableForm, PortableRegistry, Registry, TypeDef, TypeDefPrimitive};
use serde_json::{json, Map, Value};
use std::{collections::HashMap, sync::LazyLock};

/// More bytes than this are told by their number: the items of a batch are in its call data.
const SHOWN_BYTES: usize = 256;

/// The settlement contract's messages, each with the names and types of its arguments.
struct Declared {
    types: PortableRegistry,
    messages: HashMap<&'static str, Vec<(&'static str, u32)>>,
}

static DECLARED: LazyLock<Declared> = LazyLock::new(|| {
    let mut registry = Registry::new();
    let messages = settlement::arguments(&mut registry).into_iter().collect();
    Declared {
        types: registry.into(),
        messages,
    }
});

/// The arguments of a settlement contract's call, as a JSON object; `None` for a call of no message this version knows, or with
/// other arguments than it has.
#[must_use]
pub fn settlement_arguments(data: &[u8]) -> Option<String> {
    let arguments = DECLARED.messages.get(selector::settlement_message(data)?)?;
    let (_, mut rest) = data.split_first_chunk::<4>()?;
    let mut object = Map::new();
    for (name, type_id) in arguments {
        let json = Json {
            types: &DECLARED.types,
        };
        let value = decode_with_visitor(&mut rest, *type_id, &DECLARED.types, json).ok()?;
        object.insert((*name).into(), value);
    }
    rest.is_empty().then(|| Value::Object(object).to_string())
}

/// The arguments of a token's call, as a JSON object; `None` as for the settlement contract's.
#[must_use]
pub fn token_arguments(data: &[u8]) -> Option<String> {
    let names: &[&str] = match selector::token_message(data)? {
        "approve" => &["spender", "value"],
        "transfer" => &["to", "value"],
        "issue" => &["to", "value", "request_id"],
        "redeem" => &["from", "value", "request_id"],
        "freeze" | "unfreeze" => &["account"],
        _ => &[],
    };
    let (_, rest) = data.split_first_chunk::<4>()?;
    let (words, rest) = rest.as_chunks::<32>();
    if !rest.is_empty() || words.len() != names.len() {
        return None;
    }
    let mut object = Map::new();
    for (name, word) in names.iter().zip(words) {
        let (high, low) = word.split_at(16);
        let value = match *name {
            "value" if high.iter().all(|byte| *byte == 0) => {
                u128::from_be_bytes(low.try_into().ok()?).to_string()
            }
            "value" | "request_id" => hexadecimal(word),
            _ => hexadecimal(word.get(12..)?),
        };
        object.insert((*name).into(), value.into());
    }
    Some(Value::Object(object).to_string())
}

fn hexadecimal(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Writes what it visits.
#[derive(Clone, Copy)]
struct Json<'t> {
    types: &'t PortableRegistry,
}

type Answer = Result<Value, DecodeError>;

impl Json<'_> {
    /// Whether a list is one of bytes.
    fn is_bytes(self, type_id: u32) -> bool {
        let of = match self.types.resolve(type_id).map(|known| &known.type_def) {
            Some(TypeDef::Sequence(list)) => list.type_param,
            Some(TypeDef::Array(list)) => list.type_param,
            _ => return false,
        };
        let of: Option<&TypeDef<PortableForm>> = self.types.resolve(of.id).map(|known| &known.type_def);
        matches!(of, Some(TypeDef::Primitive(TypeDefPrimitive::U8)))
    }

    /// Fields by name; one without a name stands for the whole.
    fn fields(self, fields: &mut Composite<'_, '_, PortableRegistry>) -> Answer {
        let (mut object, mut list) = (Map::new(), Vec::new());
        loop {
            let name = fields.peek_name();
            let Some(value) = fields.decode_item(self) else {
                break;
            };
            match name {
                Some(name) => drop(object.insert(name.into(), value?)),
                None => list.push(value?),
            }
        }
        Ok(match (object.is_empty(), list.len()) {
            (false, _) => Value::Object(object),
            (true, 1) => list.pop().unwrap_or_default(),
            (true, _) => Value::Array(list),
        })
    }
}

fn bytes(bytes: &[u8], length: usize) -> Answer {
    let bytes = bytes.get(..length).ok_or(DecodeError::NotEnoughInput)?;
    Ok(match length > SHOWN_BYTES {
        true => json!({ "bytes": length }),
        false => hexadecimal(bytes).into(),
    })
}

/// What people write of a type instead of its bytes.
fn spoken(name: Option<&str>, value: Value) -> Value {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
    let Some(bytes) = digits.and_then(|digits| hex::decode(digits).ok()) else {
        return value;
    };
    let text = match name {
        Some("Uetr") => bytes.try_into().ok().map(|bytes| Uetr(bytes).to_string()),
        Some("Currency" | "ReasonCode" | "Bicfi" | "Lei") => String::from_utf8(bytes).ok(),
        _ => None,
    };
    text.map_or(value, Value::from)
}

/// One method for each kind of number.
macro_rules! numbers {
    ($($method:ident $type:ty, $write:expr;)*) => {
        $(fn $method<'scale, 'names>(self, value: $type, _: u32) -> Result<Self::Value<'scale, 'names>, DecodeError> {
            Ok(($write)(value))
        })*
    };
}

/// One method for each kind of list.
macro_rules! lists {
    ($($method:ident $kind:ident;)*) => {
        $(fn $method<'scale, 'names>(
            self,
            value: &mut $kind<'scale, 'names, PortableRegistry>,
            type_id: u32,
        ) -> Result<Self::Value<'scale, 'names>, DecodeError> {
            if self.is_bytes(type_id) {
                return bytes(value.bytes_from_undecoded(), value.remaining());
            }
            let mut list = Vec::new();
            while let Some(item) = value.decode_item(self) {
                list.push(item?);
            }
            Ok(list.into())
        })*
    };
}

impl Visitor for Json<'_> {
    type Value<'scale, 'names> = Value;
    type Error = DecodeError;
    type TypeResolver = PortableRegistry;

    numbers! {
        visit_bool bool, Value::from;
        visit_u8 u8, Value::from;
        visit_u16 u16, Value::from;
        visit_u32 u32, Value::from;
        visit_u64 u64, |value: u64| Value::from(value.to_string());
        visit_u128 u128, |value: u128| Value::from(value.to_string());
    }

    fn visit_str<'scale, 'names>(
        self,
        value: &mut Str<'scale>,
        _: u32,
    ) -> Result<Self::Value<'scale, 'names>, DecodeError> {
        Ok(value.as_str()?.into())
    }

    lists! {
        visit_sequence Sequence;
        visit_array Array;
        visit_tuple Tuple;
    }

    fn visit_composite<'scale, 'names>(
        self,
        value: &mut Composite<'scale, 'names, PortableRegistry>,
        _: u32,
    ) -> Result<Self::Value<'scale, 'names>, DecodeError> {
        let name = value.name();
        Ok(spoken(name, self.fields(value)?))
    }

    fn visit_variant<'scale, 'names>(
        self,
        value: &mut Variant<'scale, 'names, PortableRegistry>,
        _: u32,
    ) -> Result<Self::Value<'scale, 'names>, DecodeError> {
        let name = value.name();
        let plain = value.fields().fields().is_empty();
        let inner = self.fields(value.fields())?;
        Ok(match (name, plain) {
            ("None", true) => Value::Null,
            ("Some", _) => inner,
            (name, true) => name.into(),
            (name, false) => json!({ name: inner }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{CashContract, SettlementContract};
    use corridor_core::{
        BatchHeader, ChargeBearer, Currency, Money, ParticipantId, Reference, SettlementMethod, Terms,
    };

    fn parsed(text: Option<String>) -> Value {
        serde_json::from_str(&text.expect("arguments")).expect("JSON")
    }

    #[test]
    fn arguments_are_told_by_name_in_the_words_people_use() {
        let contract = SettlementContract::at([1; 20]);
        let terms = Terms {
            debtor_agent: ParticipantId(0),
            creditor_agent: ParticipantId(1),
            interbank_settlement_amount: Money::new(Currency::CNY, u128::MAX),
            interbank_settlement_date: 7,
            charge_bearer: ChargeBearer::Debt,
            settlement_method: SettlementMethod::Net,
            expires_at: 9,
            message_digest: [3; 32],
        };
        let uetr = Uetr([0xab; 16]);
        let said = parsed(settlement_arguments(contract.instruct(uetr, terms).data()));
        assert_eq!(said["uetr"], uetr.to_string());
        assert_eq!(said["terms"]["creditor_agent"], 1);
        assert_eq!(said["terms"]["settlement_method"], "Net");
        assert_eq!(said["terms"]["message_digest"], format!("0x{}", "03".repeat(32)));
        let amount = &said["terms"]["interbank_settlement_amount"];
        assert_eq!(amount["currency"], "CNY");
        assert_eq!(amount["minor_units"], u128::MAX.to_string());
        let said = parsed(settlement_arguments(contract.governance().data()));
        assert_eq!(said, json!({}));
    }

    #[test]
    fn the_items_of_a_batch_are_told_by_their_bytes() {
        let header = BatchHeader {
            debtor_agent: ParticipantId(0),
            number: 7,
            currency: Currency::HKD,
            counterparties: vec![ParticipantId(1)],
            items: 100,
            control_sum: 5,
            all_or_nothing: true,
            expires_at: 9,
        };
        let call = SettlementContract::at([1; 20]).submit_batch(header, vec![3; 6_400]);
        let said = parsed(settlement_arguments(call.data()));
        assert_eq!(said["items"], json!({ "bytes": 6_400 }));
        assert_eq!(said["header"]["currency"], "HKD");
        assert_eq!(said["header"]["counterparties"], json!([1]));
    }

    #[test]
    fn what_is_no_call_of_a_message_has_no_arguments() {
        let call = SettlementContract::at([1; 20]).deposit(Reference([1; 16]), Money::new(Currency::CNY, 1));
        let data = call.data();
        assert_eq!(settlement_arguments(&data[..data.len() - 1]), None);
        assert_eq!(settlement_arguments(&[data, &[0]].concat()), None);
        assert_eq!(settlement_arguments(&[0; 4]), None);
    }

    #[test]
    fn arguments_of_tokens_are_told() {
        let token = CashContract::at([1; 20]);
        let said = parsed(token_arguments(token.issue([2; 20], 5, [4; 32]).data()));
        let (to, id) = (format!("0x{}", "02".repeat(20)), format!("0x{}", "04".repeat(32)));
        assert_eq!(said, json!({ "to": to, "value": "5", "request_id": id }));
        assert_eq!(parsed(token_arguments(token.pause().data())), json!({}));
        let data = token.pause().data().to_vec();
        assert_eq!(token_arguments(&[&data[..], &[0; 32]].concat()), None);
    }
}

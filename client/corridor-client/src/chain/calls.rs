//! The contract calls among a block's extrinsics, those that other calls carry out included.

use super::{
    runtime::{decode, Runtime},
    ChainError,
};
use crate::AccountId;
use corridor_core::Address;
use scale_codec::{Decode, Encode};
use scale_decode::visitor::{
    decode_with_visitor,
    types::{Sequence, Variant},
    DecodeError, Visitor,
};
use scale_info::PortableRegistry;

/// A call of a contract by an extrinsic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ContractCall {
    /// On whose behalf: who signed, or whom a proxy acts for; `None` where that is no account that can be told from the extrinsic.
    pub signer: Option<AccountId>,
    /// The contract.
    pub dest: Address,
    /// The message.
    pub data: Vec<u8>,
    /// The calls that carry it out, the outermost first: `Utility.batch_all`. Empty where it is the extrinsic's own.
    pub via: Vec<String>,
}

/// The prefix of a signer's `MultiAddress` that is an account.
const ACCOUNT: u8 = 0;

/// Calls within calls are looked for so deep. What is deeper is as if a contract had made it: its events tell.
const DEPTH: usize = 16;

/// For each extrinsic, the contract calls it is or carries out, in order.
pub(super) async fn read_calls(
    runtime: &Runtime,
    extrinsics: Vec<Vec<u8>>,
) -> Result<Vec<Vec<ContractCall>>, ChainError> {
    let metadata = runtime.client.metadata();
    let extrinsics = runtime.client.extrinsics().from_bytes(extrinsics).await;
    let mut calls = Vec::with_capacity(extrinsics.len());
    for extrinsic in extrinsics.iter() {
        let extrinsic = extrinsic.map_err(decode("an extrinsic"))?;
        let mut walk = Walk {
            types: metadata.types(),
            found: Vec::new(),
        };
        let call = Call {
            pallet: extrinsic.pallet_name(),
            name: extrinsic.call_name(),
            fields: extrinsic
                .iter_call_data_fields()
                .map(|field| Field {
                    name: field.name(),
                    bytes: field.bytes(),
                    type_id: field.type_id(),
                })
                .collect(),
        };
        walk.enter(&call, extrinsic.address_bytes().and_then(account), &[])?;
        calls.push(walk.found);
    }
    Ok(calls)
}

fn account(address: &[u8]) -> Option<AccountId> {
    let (kind, account) = address.split_first()?;
    let account = account.try_into().ok()?;
    (*kind == ACCOUNT).then_some(AccountId(account))
}

/// A call of the runtime, its fields undecoded.
struct Call<'scale, 'names> {
    pallet: &'names str,
    name: &'names str,
    fields: Vec<Field<'scale, 'names>>,
}

struct Field<'scale, 'names> {
    name: &'names str,
    bytes: &'scale [u8],
    type_id: u32,
}

impl<'scale> Call<'scale, '_> {
    fn bytes(&self, name: &str) -> &'scale [u8] {
        let field = self.fields.iter().find(|field| field.name == name);
        field.map_or(&[][..], |field| field.bytes)
    }
}

/// On whose behalf a call carries out others.
enum Behalf {
    /// Of who makes it.
    Same,
    /// Of the account in this field.
    Named(&'static str),
    /// Of an account that the extrinsic does not tell, or of none.
    Other,
}

/// The field of a call with the calls it carries out, if it is one that does.
fn carries(pallet: &str, name: &str) -> Option<(&'static str, Behalf)> {
    Some(match (pallet, name) {
        ("Utility", "batch" | "batch_all" | "force_batch") => ("calls", Behalf::Same),
        ("Utility", "as_derivative" | "dispatch_as") => ("call", Behalf::Other),
        ("Proxy", "proxy" | "proxy_announced") => ("call", Behalf::Named("real")),
        ("Multisig", "as_multi" | "as_multi_threshold_1") => ("call", Behalf::Other),
        ("Sudo", "sudo" | "sudo_unchecked_weight") => ("call", Behalf::Other),
        ("Sudo", "sudo_as") => ("call", Behalf::Named("who")),
        _ => return None,
    })
}

/// Looks for contract calls.
struct Walk<'a> {
    types: &'a PortableRegistry,
    found: Vec<ContractCall>,
}

impl Walk<'_> {
    /// A call that is made on behalf of `by`, within the calls `via`.
    fn enter(
        &mut self,
        call: &Call<'_, '_>,
        by: Option<AccountId>,
        via: &[String],
    ) -> Result<(), ChainError> {
        if (call.pallet, call.name) == ("Revive", "call") {
            self.found.push(ContractCall {
                signer: by,
                dest: Address::decode(&mut call.bytes("dest")).map_err(decode("a call's contract"))?,
                data: Vec::decode(&mut call.bytes("data")).map_err(decode("a call's data"))?,
                via: via.to_vec(),
            });
            return Ok(());
        }
        let Some((inner, behalf)) = carries(call.pallet, call.name).filter(|_| via.len() < DEPTH) else {
            return Ok(());
        };
        let by = match behalf {
            Behalf::Same => by,
            Behalf::Named(field) => account(call.bytes(field)),
            Behalf::Other => None,
        };
        let via = [via, &[format!("{}.{}", call.pallet, call.name)]].concat();
        for field in call.fields.iter().filter(|field| field.name == inner) {
            let calls = decode_with_visitor(&mut &*field.bytes, field.type_id, self.types, Calls);
            for call in calls.map_err(decode("the calls in a call"))? {
                self.enter(&call, by, &via)?;
            }
        }
        Ok(())
    }
}

/// Reads one call of the runtime, or a list of them.
struct Calls;

impl Visitor for Calls {
    type Value<'scale, 'names> = Vec<Call<'scale, 'names>>;
    type Error = DecodeError;
    type TypeResolver = PortableRegistry;

    /// The outer variant names the pallet, the one in it the call.
    fn visit_variant<'scale, 'names>(
        self,
        value: &mut Variant<'scale, 'names, PortableRegistry>,
        _: u32,
    ) -> Result<Self::Value<'scale, 'names>, DecodeError> {
        let pallet = value.name();
        let calls = value.fields().map(|inner| {
            let (name, fields) = inner?.decode_with_visitor(OfPallet)?;
            Ok(Call { pallet, name, fields })
        });
        calls.collect()
    }

    fn visit_sequence<'scale, 'names>(
        self,
        value: &mut Sequence<'scale, 'names, PortableRegistry>,
        _: u32,
    ) -> Result<Self::Value<'scale, 'names>, DecodeError> {
        let mut calls = Vec::new();
        while let Some(inner) = value.decode_item(Self) {
            calls.extend(inner?);
        }
        Ok(calls)
    }
}

/// Reads a call of one pallet: its name and its fields.
struct OfPallet;

impl Visitor for OfPallet {
    type Value<'scale, 'names> = (&'names str, Vec<Field<'scale, 'names>>);
    type Error = DecodeError;
    type TypeResolver = PortableRegistry;

    fn visit_variant<'scale, 'names>(
        self,
        value: &mut Variant<'scale, 'names, PortableRegistry>,
        _: u32,
    ) -> Result<Self::Value<'scale, 'names>, DecodeError> {
        let name = value.name();
        let fields = value.fields().map(|field| {
            let field = field?;
            Ok(Field {
                name: field.name().unwrap_or_default(),
                bytes: field.bytes(),
                type_id: *field.type_id(),
            })
        });
        Ok((name, fields.collect::<Result<_, DecodeError>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scale_info::{MetaType, Registry, TypeInfo};

    /// Runtime calls shaped as those of a chain with these pallets.
    #[derive(Clone, Encode, TypeInfo)]
    enum RuntimeCall {
        Revive(ReviveCall),
        Utility(UtilityCall),
        Proxy(ProxyCall),
        Multisig(MultisigCall),
    }

    #[derive(Clone, Encode, TypeInfo)]
    #[allow(non_camel_case_types)]
    enum ReviveCall {
        call {
            dest: Address,
            #[codec(compact)]
            value: u128,
            data: Vec<u8>,
        },
    }

    #[derive(Clone, Encode, TypeInfo)]
    #[allow(non_camel_case_types)]
    enum UtilityCall {
        batch_all { calls: Vec<RuntimeCall> },
    }

    #[derive(Clone, Encode, TypeInfo)]
    enum MultiAddress {
        Id([u8; 32]),
    }

    #[derive(Clone, Encode, TypeInfo)]
    #[allow(non_camel_case_types)]
    enum ProxyCall {
        proxy {
            real: MultiAddress,
            force_proxy_type: Option<u8>,
            call: Box<RuntimeCall>,
        },
        announce {
            call: Box<RuntimeCall>,
        },
    }

    #[derive(Clone, Encode, TypeInfo)]
    #[allow(non_camel_case_types)]
    enum MultisigCall {
        as_multi { threshold: u16, call: Box<RuntimeCall> },
    }

    const SIGNER: AccountId = AccountId([9; 32]);

    fn revive(dest: u8) -> RuntimeCall {
        RuntimeCall::Revive(ReviveCall::call {
            dest: [dest; 20],
            value: 70_000,
            data: vec![dest; 5],
        })
    }

    /// What is found in a batch of these calls.
    fn found(calls: &[RuntimeCall]) -> Vec<(u8, Option<AccountId>, String)> {
        let mut registry = Registry::new();
        let type_id = registry.register_type(&MetaType::new::<Vec<RuntimeCall>>()).id;
        let types = PortableRegistry::from(registry);
        let bytes = calls.encode();
        let mut walk = Walk {
            types: &types,
            found: Vec::new(),
        };
        let batch = Call {
            pallet: "Utility",
            name: "batch",
            fields: vec![Field {
                name: "calls",
                bytes: &bytes,
                type_id,
            }],
        };
        walk.enter(&batch, Some(SIGNER), &[]).expect("calls");
        let line = |call: ContractCall| {
            assert_eq!(call.data, [call.dest[0]; 5]);
            (call.dest[0], call.signer, call.via.join(" "))
        };
        walk.found.into_iter().map(line).collect()
    }

    fn proxy(call: RuntimeCall) -> RuntimeCall {
        RuntimeCall::Proxy(ProxyCall::proxy {
            real: MultiAddress::Id([7; 32]),
            force_proxy_type: Some(3),
            call: Box::new(call),
        })
    }

    fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
        RuntimeCall::Utility(UtilityCall::batch_all { calls })
    }

    #[test]
    fn calls_that_others_carry_out_are_found_with_on_whose_behalf() {
        let calls = [
            revive(1),
            batch(vec![revive(2), proxy(batch(vec![revive(3)]))]),
            RuntimeCall::Multisig(MultisigCall::as_multi {
                threshold: 2,
                call: Box::new(revive(4)),
            }),
        ];
        let real = Some(AccountId([7; 32]));
        assert_eq!(
            found(&calls),
            [
                (1, Some(SIGNER), "Utility.batch".into()),
                (2, Some(SIGNER), "Utility.batch Utility.batch_all".into()),
                (
                    3,
                    real,
                    "Utility.batch Utility.batch_all Proxy.proxy Utility.batch_all".into()
                ),
                (4, None, "Utility.batch Multisig.as_multi".into()),
            ]
        );
    }

    #[test]
    fn a_call_that_is_only_announced_or_too_deep_is_not_one() {
        let announced = RuntimeCall::Proxy(ProxyCall::announce {
            call: Box::new(revive(1)),
        });
        assert_eq!(found(&[announced]), []);
        let deep = |times| (0..times).fold(revive(1), |call, _| batch(vec![call]));
        assert_eq!(found(&[deep(DEPTH - 1)]).len(), 1);
        assert_eq!(found(&[deep(DEPTH)]), []);
    }
}

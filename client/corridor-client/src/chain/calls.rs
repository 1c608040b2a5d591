//! The contract calls among a block's extrinsics.

use super::{
    runtime::{decode, Runtime},
    ChainError,
};
use crate::AccountId;
use corridor_core::Address;
use scale_codec::{Decode, Encode};

/// A call of a contract by an extrinsic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ContractCall {
    /// Who signed it; `None` where it is not signed by an account in the usual way.
    pub signer: Option<AccountId>,
    /// The contract.
    pub dest: Address,
    /// The message.
    pub data: Vec<u8>,
}

/// The prefix of a signer's `MultiAddress` that is an account.
const ACCOUNT: u8 = 0;

/// For each extrinsic, the contract call it is. Calls inside of other calls (batches, proxies) are not looked for.
pub(super) async fn read_calls(
    runtime: &Runtime,
    extrinsics: Vec<Vec<u8>>,
) -> Result<Vec<Option<ContractCall>>, ChainError> {
    let extrinsics = runtime.client.extrinsics().from_bytes(extrinsics).await;
    let mut calls = Vec::with_capacity(extrinsics.len());
    for extrinsic in extrinsics.iter() {
        let extrinsic = extrinsic.map_err(decode("an extrinsic"))?;
        let is_call = extrinsic.pallet_name() == "Revive" && extrinsic.call_name() == "call";
        let field = |name: &str| {
            let mut fields = extrinsic.iter_call_data_fields();
            fields
                .find(|field| field.name() == name)
                .map_or(&[][..], |field| field.bytes())
        };
        calls.push(match is_call {
            false => None,
            true => Some(ContractCall {
                signer: extrinsic.address_bytes().and_then(account),
                dest: Address::decode(&mut field("dest")).map_err(decode("a call's contract"))?,
                data: Vec::decode(&mut field("data")).map_err(decode("a call's data"))?,
            }),
        });
    }
    Ok(calls)
}

fn account(address: &[u8]) -> Option<AccountId> {
    let (kind, account) = address.split_first()?;
    let account = account.try_into().ok()?;
    (*kind == ACCOUNT).then_some(AccountId(account))
}

//! Signing and sending.

use super::{
    connection::{rpc_error, Chain},
    ChainError, Hash, Weight,
};
use crate::{key::SigningKey, AccountId};
use corridor_core::Address;
use futures::{future::BoxFuture, FutureExt};
use scale_codec::{Decode, Encode};
use subxt::{
    config::{substrate::SubstrateConfig, DefaultExtrinsicParamsBuilder, Hasher},
    dynamic,
    ext::scale_encode::EncodeAsFields,
    utils::{AccountId32, MultiAddress, H256},
};

/// For how many blocks a signed extrinsic is good, from the block it was signed at.
///
/// Long enough for a chain that makes a block for every extrinsic, and no longer than the hashes of recent
/// blocks are kept by every runtime. A power of two, as the encoding wants.
pub const LIFETIME_BLOCKS: u64 = 256;

/// What to sign. The numbers are for ever: stores hold them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Call {
    /// Call a contract.
    #[codec(index = 0)]
    Contract {
        /// Its address.
        dest: Address,
        /// The message.
        data: Vec<u8>,
    },
    /// Deploy a contract.
    #[codec(index = 1)]
    Instantiate {
        /// The PolkaVM blob.
        code: Vec<u8>,
        /// The constructor's call data.
        data: Vec<u8>,
        /// Makes the address differ from that of an equal deployment.
        salt: Option<[u8; 32]>,
    },
    /// Register the signing account with pallet-revive.
    #[codec(index = 2)]
    MapAccount,
    /// Send the chain's own token.
    #[codec(index = 3)]
    Fund {
        /// To whom.
        account: AccountId,
        /// How much, in its smallest unit.
        amount: u128,
    },
    /// Do nothing: uses up a nonce that nothing else will.
    #[codec(index = 4)]
    Remark,
}

/// What an execution may use at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Weight.
    pub weight: Weight,
    /// Storage deposit, in the chain's own token.
    pub storage_deposit: u128,
}

/// The finalised block a signature's lifetime starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A signed extrinsic, exactly as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedExtrinsic {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their hash, by which blocks are searched.
    pub hash: Hash,
    /// The nonce used.
    pub nonce: u64,
    /// The block its lifetime starts from: it can only be in a later one.
    pub signed_at: u64,
    /// From this block on it can no longer be included.
    pub era_end: u64,
}

type Payload<Fields> = subxt::transactions::DynamicPayload<Fields>;

impl Chain {
    /// Signs a call.
    ///
    /// # Errors
    /// [`ChainError::Incompatible`] where the chain's metadata has no such call.
    pub fn sign(
        &self,
        key: &SigningKey,
        call: &Call,
        limits: Limits,
        nonce: u64,
        anchor: Anchor,
    ) -> Result<SignedExtrinsic, ChainError> {
        let weight = (limits.weight.ref_time, limits.weight.proof_size);
        let deposit = limits.storage_deposit;
        let bytes = match call {
            Call::Contract { dest, data } => {
                let fields = (*dest, 0u128, weight, deposit, data);
                self.sign_payload(key, &dynamic::tx("Revive", "call", fields), nonce, anchor)
            }
            Call::Instantiate { code, data, salt } => {
                let fields = (0u128, weight, deposit, code, data, salt);
                let payload = dynamic::tx("Revive", "instantiate_with_code", fields);
                self.sign_payload(key, &payload, nonce, anchor)
            }
            Call::MapAccount => {
                self.sign_payload(key, &dynamic::tx("Revive", "map_account", ()), nonce, anchor)
            }
            Call::Fund { account, amount } => {
                let dest = MultiAddress::<AccountId32, u32>::Id(AccountId32(account.0));
                let payload = dynamic::tx("Balances", "transfer_keep_alive", (dest, *amount));
                self.sign_payload(key, &payload, nonce, anchor)
            }
            Call::Remark => {
                let payload = dynamic::tx("System", "remark", (Vec::<u8>::new(),));
                self.sign_payload(key, &payload, nonce, anchor)
            }
        }?;
        Ok(SignedExtrinsic {
            hash: self.hash(&bytes),
            bytes,
            nonce,
            signed_at: anchor.number,
            era_end: anchor.number.saturating_add(LIFETIME_BLOCKS),
        })
    }

    fn sign_payload<Fields: EncodeAsFields>(
        &self,
        key: &SigningKey,
        payload: &Payload<Fields>,
        nonce: u64,
        anchor: Anchor,
    ) -> Result<Vec<u8>, ChainError> {
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .nonce(nonce)
            .mortal_from_unchecked(LIFETIME_BLOCKS, anchor.number, H256(anchor.hash))
            .build();
        let sign = || {
            let runtime = self.runtime();
            let mut signable = runtime
                .client
                .transactions()
                .create_signable_offline(payload, params)?;
            signable.sign(key.pair())
        };
        sign()
            .map(subxt::transactions::SubmittableTransaction::into_encoded)
            .map_err(|error| ChainError::Incompatible {
                reason: error.to_string(),
            })
    }

    /// Hash of an extrinsic, by the chain's own hash function.
    pub(super) fn hash(&self, bytes: &[u8]) -> Hash {
        self.runtime().client.hasher().hash(bytes).0
    }

    /// Hands signed bytes to the node. Its answer proves nothing either way: only a finalised block does.
    ///
    /// # Errors
    /// The connection's; [`ChainError::Rpc`] where the pool refuses.
    pub fn submit<'a>(&'a self, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), ChainError>> {
        async move {
            let method = "author_submitExtrinsic";
            let sent = self.rpc().author_submit_extrinsic(bytes);
            match tokio::time::timeout(std::time::Duration::from_secs(10), sent).await {
                Ok(answer) => answer.map(|_| ()).map_err(|error| rpc_error(method, error)),
                Err(_) => Err(ChainError::Disconnected {
                    reason: "no answer to a submission".into(),
                }),
            }
        }
        .boxed()
    }
}

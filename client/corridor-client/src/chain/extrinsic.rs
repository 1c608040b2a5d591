//! Signing and sending.

use super::{
    connection::{rpc_error, Chain},
    ChainError, Hash, Weight,
};
use crate::{
    key::{KeyError, SigningKey},
    AccountId,
};
use corridor_core::Address;
use futures::{future::BoxFuture, FutureExt};
use scale_codec::{Decode, Encode};
use std::time::Duration;
use subxt::{
    config::{substrate::SubstrateConfig, DefaultExtrinsicParamsBuilder, Hasher},
    dynamic,
    ext::scale_encode::EncodeAsFields,
    utils::{AccountId32, MultiAddress, MultiSignature, H256},
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

/// Why a call was not signed. Nothing was submitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The call does not fit the chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The key's holder did not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

type Payload<Fields> = subxt::transactions::DynamicPayload<Fields>;

/// How long the holder of a key may take to sign.
const SIGNER_PATIENCE: Duration = Duration::from_secs(10);

/// A call's surroundings when it is signed.
struct Signing<'a> {
    chain: &'a Chain,
    key: &'a SigningKey,
    nonce: u64,
    anchor: Anchor,
}

impl Signing<'_> {
    async fn payload<Fields: EncodeAsFields>(&self, payload: &Payload<Fields>) -> Result<Vec<u8>, SignError> {
        let (runtime, account) = (self.chain.runtime(), self.key.account());
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .nonce(self.nonce)
            .mortal_from_unchecked(LIFETIME_BLOCKS, self.anchor.number, H256(self.anchor.hash))
            .build();
        let incompatible = |reason: String| ChainError::Incompatible { reason };
        let mut signable = runtime
            .client
            .transactions()
            .create_signable_offline(payload, params)
            .map_err(|error| incompatible(error.to_string()))?;
        let bytes = signable
            .signer_payload()
            .map_err(|error| incompatible(error.to_string()))?;
        let signature = tokio::time::timeout(SIGNER_PATIENCE, self.key.sign(&bytes));
        let signature = signature.await.map_err(|_| KeyError::Signer {
            account: account.to_string(),
            reason: format!("no answer within {} s", SIGNER_PATIENCE.as_secs()),
        })??;
        signable
            .sign_with_account_and_signature(&AccountId32(account.0), &MultiSignature::Sr25519(signature))
            .map(subxt::transactions::SubmittableTransaction::into_encoded)
            .map_err(|error| incompatible(error.to_string()).into())
    }
}

impl Chain {
    /// Signs a call.
    ///
    /// # Errors
    /// [`SignError::Chain`] with [`ChainError::Incompatible`] where the chain's metadata has no such call;
    /// [`SignError::Key`] where the key's holder does not sign.
    pub async fn sign(
        &self,
        key: &SigningKey,
        call: &Call,
        limits: Limits,
        nonce: u64,
        anchor: Anchor,
    ) -> Result<SignedExtrinsic, SignError> {
        let weight = (limits.weight.ref_time, limits.weight.proof_size);
        let deposit = limits.storage_deposit;
        let sign = Signing {
            chain: self,
            key,
            nonce,
            anchor,
        };
        let bytes = match call {
            Call::Contract { dest, data } => {
                let fields = (*dest, 0u128, weight, deposit, data);
                sign.payload(&dynamic::tx("Revive", "call", fields)).await
            }
            Call::Instantiate { code, data, salt } => {
                let fields = (0u128, weight, deposit, code, data, salt);
                sign.payload(&dynamic::tx("Revive", "instantiate_with_code", fields))
                    .await
            }
            Call::MapAccount => sign.payload(&dynamic::tx("Revive", "map_account", ())).await,
            Call::Fund { account, amount } => {
                let dest = MultiAddress::<AccountId32, u32>::Id(AccountId32(account.0));
                let fields = (dest, *amount);
                sign.payload(&dynamic::tx("Balances", "transfer_keep_alive", fields))
                    .await
            }
            Call::Remark => {
                sign.payload(&dynamic::tx("System", "remark", (Vec::<u8>::new(),)))
                    .await
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

//! Blocks and signed extrinsics, run through the same `Executive` that a node uses.

use polkadot_sdk::{
    pallet_timestamp,
    sp_keyring::Sr25519Keyring,
    sp_runtime::{generic, traits::Header as _, Digest, DispatchResult},
};
use scale_codec::Encode as _;

use super::{Chain, ChainError, BLOCK_TIME_MS};
use crate::{
    signed_extension, AccountId, Address, Executive, Hash, Header, Runtime, RuntimeCall, SignedPayload,
    System, UncheckedExtrinsic,
};

/// The development account called `name`: `Alice`, `Bob`, `Charlie`, `Dave`, `Eve`, `Ferdie`.
///
/// # Panics
/// When there is no such account.
#[must_use]
pub fn account(name: &str) -> AccountId {
    keyring(name).to_account_id()
}

/// The development key called `name`, see [`account`].
///
/// # Panics
/// When there is no such key.
#[must_use]
pub fn keyring(name: &str) -> Sr25519Keyring {
    Sr25519Keyring::well_known()
        .find(|key| <&'static str>::from(*key) == name)
        .unwrap_or_else(|| panic!("there is no development account called {name}"))
}

impl Chain {
    /// Closes the open block and opens the next one, [`BLOCK_TIME_MS`] later.
    pub fn next_block(&mut self) {
        let (header, now_ms) = self.execute_with(|| {
            (
                Executive::finalize_block(),
                pallet_timestamp::Now::<Runtime>::get(),
            )
        });
        self.parent = header.hash();
        self.open_block(header.number + 1, now_ms.saturating_add(BLOCK_TIME_MS));
    }

    pub(super) fn open_block(&mut self, number: u32, now_ms: u64) {
        let header = Header::new(number, Hash::zero(), Hash::zero(), self.parent, Digest::default());
        self.execute_with(|| {
            Executive::initialize_block(&header);
            let set_time = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: now_ms });
            let inherent = generic::UncheckedExtrinsic::new_bare(set_time).into();
            Executive::apply_extrinsic(inherent)
                .expect("the timestamp inherent comes first and moves forward; qed")
                .expect("setting the time cannot fail; qed");
        });
    }

    /// `call` as an extrinsic signed with `signer`'s key and next nonce, immortal.
    pub fn sign(
        &mut self,
        signer: Sr25519Keyring,
        call: RuntimeCall,
    ) -> Result<UncheckedExtrinsic, ChainError> {
        self.execute_with(|| sign(signer, call))
    }

    /// Signs `call`, puts it in the open block and tells how its dispatch ended.
    ///
    /// # Errors
    /// When the extrinsic may not enter the block. A dispatch that failed is in the answer, not an error.
    pub fn submit(
        &mut self,
        signer: Sr25519Keyring,
        call: RuntimeCall,
    ) -> Result<DispatchResult, ChainError> {
        self.execute_with(|| {
            let extrinsic = sign(signer, call)?;
            Executive::apply_extrinsic(extrinsic)
                .map_err(|invalid| ChainError::Invalid(format!("{invalid:?}")))
        })
    }
}

/// Signs with the next nonce; state must be at hand.
pub(super) fn sign(signer: Sr25519Keyring, call: RuntimeCall) -> Result<UncheckedExtrinsic, ChainError> {
    let account = signer.to_account_id();
    let extension = signed_extension(generic::Era::Immortal, System::account_nonce(&account), 0);
    let payload =
        SignedPayload::new(call, extension).map_err(|error| ChainError::Invalid(format!("{error:?}")))?;
    let signature = payload.using_encoded(|bytes| signer.sign(bytes));
    let (call, extension, _) = payload.deconstruct();
    Ok(
        generic::UncheckedExtrinsic::new_signed(call, Address::Id(account), signature.into(), extension)
            .into(),
    )
}

//! The runtime's metadata, one view for each version met.

use super::{connection::Chain, ChainError, Hash};
use scale_codec::{Decode, Encode};
use std::sync::Arc;
use subxt::{
    client::{ClientAtBlock, OfflineClient, OfflineClientAtBlockImpl},
    config::substrate::{SpecVersionForRange, SubstrateConfig},
    Metadata,
};

/// What encoding and decoding need: the metadata of one runtime version.
pub(super) struct Runtime {
    pub(super) spec_version: u32,
    pub(super) client: ClientAtBlock<SubstrateConfig, OfflineClientAtBlockImpl<SubstrateConfig>>,
}

/// The newest metadata format this client reads.
const NEWEST_METADATA: u32 = 16;

/// The part of `RuntimeVersion` before and up to what a signature covers.
#[derive(Decode)]
struct Version {
    spec_name: String,
    _impl_name: String,
    _authoring_version: u32,
    spec_version: u32,
    _impl_version: u32,
    _apis: Vec<([u8; 8], u32)>,
    transaction_version: u32,
}

impl Chain {
    /// Fetches version and metadata of the runtime at a block.
    pub(super) async fn fetch_runtime(&self, at: Hash) -> Result<(Runtime, String), ChainError> {
        let bytes = self.runtime_call("Core_version", &[], Some(at)).await?;
        let version = Version::decode(&mut &bytes[..]).map_err(decode("the runtime's version"))?;
        let formats = self
            .runtime_call("Metadata_metadata_versions", &[], Some(at))
            .await
            .and_then(|bytes| Vec::<u32>::decode(&mut &bytes[..]).map_err(decode("metadata versions")))
            .unwrap_or_else(|_| vec![14]);
        let format = formats
            .into_iter()
            .filter(|format| *format <= NEWEST_METADATA)
            .max();
        let format = format.ok_or_else(|| ChainError::Incompatible {
            reason: "its metadata is of no format this client reads".into(),
        })?;
        let metadata = self.fetch_metadata(format, at).await?;
        let client = offline(self.genesis(), &version, metadata)?;
        let runtime = Runtime {
            spec_version: version.spec_version,
            client,
        };
        Ok((runtime, version.spec_name))
    }

    async fn fetch_metadata(&self, format: u32, at: Hash) -> Result<Metadata, ChainError> {
        let bytes = if format >= 15 {
            let method = "Metadata_metadata_at_version";
            let answer = self.runtime_call(method, &format.encode(), Some(at)).await?;
            Option::<Vec<u8>>::decode(&mut &answer[..])
                .map_err(decode("metadata"))?
                .unwrap_or_default()
        } else {
            let answer = self.runtime_call("Metadata_metadata", &[], Some(at)).await?;
            Vec::<u8>::decode(&mut &answer[..]).map_err(decode("metadata"))?
        };
        Metadata::decode_from(&bytes).map_err(decode("metadata"))
    }
}

fn offline(
    genesis: Hash,
    version: &Version,
    metadata: Metadata,
) -> Result<ClientAtBlock<SubstrateConfig, OfflineClientAtBlockImpl<SubstrateConfig>>, ChainError> {
    // The view is used for the blocks it belongs to, whichever they are, so it is made to fit all.
    let range = SpecVersionForRange {
        block_range: 0..u64::MAX,
        spec_version: version.spec_version,
        transaction_version: version.transaction_version,
    };
    let config = SubstrateConfig::builder()
        .set_genesis_hash(genesis.into())
        .set_metadata_for_spec_versions([(version.spec_version, metadata.arc())])
        .set_spec_version_for_block_ranges([range])
        .build();
    OfflineClient::new_with_config(config)
        .at_block(0u64)
        .map_err(|error| ChainError::Incompatible {
            reason: error.to_string(),
        })
}

/// Wraps a decoding error with what was being decoded.
pub(super) fn decode<E: ToString>(what: &'static str) -> impl Fn(E) -> ChainError {
    move |error| ChainError::Decode {
        what,
        reason: error.to_string(),
    }
}

/// The current runtime and earlier ones met in old blocks.
pub(super) struct Runtimes {
    pub(super) current: Arc<Runtime>,
    pub(super) earlier: Vec<Arc<Runtime>>,
}

impl Chain {
    /// The runtime new extrinsics are signed for.
    pub(super) fn runtime(&self) -> Arc<Runtime> {
        self.runtimes().read().map_or_else(
            |poisoned| poisoned.into_inner().current.clone(),
            |runtimes| runtimes.current.clone(),
        )
    }

    /// The runtime of a block whose state says `spec_version`; fetched on first need.
    pub(super) async fn runtime_of(&self, spec_version: u32, at: Hash) -> Result<Arc<Runtime>, ChainError> {
        if let Ok(runtimes) = self.runtimes().read() {
            let known = std::iter::once(&runtimes.current).chain(&runtimes.earlier);
            if let Some(runtime) = known
                .into_iter()
                .find(|runtime| runtime.spec_version == spec_version)
            {
                return Ok(runtime.clone());
            }
        }
        // The block that applies an upgrade still answers with the runtime before it, but its child's
        // state is what brought us here, so `at` is always a block of the version asked for.
        let (runtime, _) = self.fetch_runtime(at).await?;
        let runtime = Arc::new(Runtime {
            spec_version,
            ..runtime
        });
        if let Ok(mut runtimes) = self.runtimes().write() {
            if spec_version > runtimes.current.spec_version {
                tracing::info!(spec_version, "the chain's runtime was upgraded");
                let before = std::mem::replace(&mut runtimes.current, runtime.clone());
                runtimes.earlier.push(before);
            } else {
                runtimes.earlier.push(runtime.clone());
            }
        }
        Ok(runtime)
    }
}

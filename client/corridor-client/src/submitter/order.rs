//! Many operations whose order matters: each is signed, and on disk, before the next is looked at.
//!
//! The chain executes one key's extrinsics by nonce, so what is signed in order is executed in order, and nobody
//! has to wait for a finalised block in between. After a failure nothing more is begun; what was signed before it
//! was known goes on.

use super::{drive::Begun, shared::Fate, Landed, SubmitError, Submitter};
use crate::store::NewOperation;
use futures::{stream, stream::BoxStream, StreamExt};
use std::sync::{
    atomic::{AtomicBool, Ordering},
    Arc,
};

/// What became of operations, by their place, as it becomes known.
pub type InOrder = BoxStream<'static, (usize, Result<Landed, SubmitError>)>;

impl Submitter {
    /// Carries out operations in this order, up to `in_flight` at a time; errors as [`Submitter::submit`].
    ///
    /// Operations behind a failed one are not begun, and the stream ends without them; those signed before the
    /// failure was known are. Dropping the stream begins no more.
    pub fn submit_in_order(
        &self,
        operations: impl Iterator<Item = NewOperation> + Send + 'static,
        in_flight: usize,
    ) -> InOrder {
        let failed = Arc::new(AtomicBool::new(false));
        let rest = (self.clone(), operations.enumerate(), failed);
        let begun = stream::unfold(rest, |(submitter, mut operations, failed)| async move {
            if failed.load(Ordering::Relaxed) {
                return None;
            }
            let (place, wanted) = operations.next()?;
            let begun = submitter.signed(wanted).await;
            failed.fetch_or(begun.is_err(), Ordering::Relaxed);
            let ended = submitter.clone().ended(place, begun, failed.clone());
            Some((ended, (submitter, operations, failed)))
        });
        begun.buffer_unordered(in_flight.max(1)).boxed()
    }

    /// Begins an operation, and waits until it is signed or over.
    async fn signed(&self, wanted: NewOperation) -> Result<Begun, SubmitError> {
        let mut begun = self.begin(wanted, true).await?;
        if let Begun::UnderWay(operation, fate) = &mut begun {
            let waited = self.inner.settings.finality_timeout;
            let signed = fate.wait_for(|fate| !matches!(fate, Fate::UnderWay));
            match tokio::time::timeout(waited, signed).await {
                Ok(Ok(fate)) => {
                    if let Fate::Ended(Err(error)) = &*fate {
                        return Err(error.clone());
                    }
                }
                Ok(Err(_)) => return Err(SubmitError::Stopped("closed".into())),
                Err(_) => {
                    let operation = operation.clone();
                    return Err(SubmitError::Unknown { operation, waited });
                }
            }
        }
        Ok(begun)
    }

    /// The end of what was begun, if it was.
    async fn ended(
        self,
        place: usize,
        begun: Result<Begun, SubmitError>,
        failed: Arc<AtomicBool>,
    ) -> (usize, Result<Landed, SubmitError>) {
        let ended = match begun {
            Ok(begun) => self.end(begun).await,
            Err(error) => Err(error),
        };
        failed.fetch_or(ended.is_err(), Ordering::Relaxed);
        (place, ended)
    }
}

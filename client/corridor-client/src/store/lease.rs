//! One process for each key.
//!
//! Two processes handing out the same key's nonces would overwrite each other's extrinsics. A file lock
//! beside the store says who may; the system drops it with the process, however that ends.

use super::{StoreError, StoreLocation};
use crate::AccountId;
use std::{fs::File, path::PathBuf};

/// The sole right to submit for a key. Ends when dropped.
#[derive(Debug)]
pub struct KeyLease {
    /// `None` for a store in memory, which no other process can open.
    _lock: Option<File>,
}

impl KeyLease {
    pub(super) fn take(location: &StoreLocation, account: AccountId) -> Result<Self, StoreError> {
        let StoreLocation::File(store) = location else {
            return Ok(Self { _lock: None });
        };
        let mut path = store.clone().into_os_string();
        path.push(format!(".{}.lock", hex::encode(&account.0[..8])));
        let path = PathBuf::from(path);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| StoreError::Open {
                path: path.display().to_string(),
                reason: error.to_string(),
            })?;
        file.try_lock().map_err(|_| StoreError::KeyInUse {
            account: account.to_string(),
        })?;
        Ok(Self { _lock: Some(file) })
    }
}

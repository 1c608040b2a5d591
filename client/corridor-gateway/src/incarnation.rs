//! Which process this is: one at a time signs from a directory, and the next one knows what the last was called.
//!
//! A file lock says that the last process is gone, however it ended: the system drops the lock with it. Only then may
//! what it held in the shared store be taken at once; of any other process it is waited for until its leases run out.

use std::{
    fs::{File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

/// The sole right to sign from a directory, until it is dropped.
#[derive(Debug)]
pub struct Incarnation {
    _lock: File,
    record: PathBuf,
    former: Option<String>,
}

impl Incarnation {
    /// Takes the right.
    ///
    /// # Errors
    /// The text for the operator: another process has it, or the directory cannot be used.
    pub fn enter(directory: &Path) -> Result<Self, String> {
        let cannot = |error: std::io::Error| format!("store.signing {}: {error}", directory.display());
        std::fs::create_dir_all(directory).map_err(cannot)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(directory.join("gateway.lock"))
            .map_err(cannot)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => format!(
                "another gateway runs with store.signing {}: stop it, or give this one a directory, keys and a name of \
                 its own",
                directory.display()
            ),
            TryLockError::Error(error) => cannot(error),
        })?;
        let record = directory.join("gateway.owner");
        let former = match std::fs::read_to_string(&record) {
            Ok(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot(error)),
        };
        Ok(Self {
            _lock: lock,
            record,
            former,
        })
    }

    /// What the last process here called itself in the shared store. It is gone.
    #[must_use]
    pub fn former(&self) -> Option<&str> {
        self.former.as_deref()
    }

    /// Leaves what this process calls itself to the next one. Only once what the last one held was taken: a process
    /// that ends before must leave the last one's name.
    ///
    /// # Errors
    /// The text for the operator.
    pub fn record(&self, owner: &str) -> Result<(), String> {
        let new = self.record.with_extension("new");
        let write = || {
            let mut file = File::create(&new)?;
            file.write_all(owner.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&new, &self.record)
        };
        write().map_err(|error| format!("{}: {error}", self.record.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_has_a_directory_and_the_next_knows_the_last() {
        let home = tempfile::tempdir().expect("a directory");
        let signing = home.path().join("signing");
        let first = Incarnation::enter(&signing).expect("free");
        assert_eq!(first.former(), None);
        let refused = Incarnation::enter(&signing).expect_err("taken");
        assert!(refused.contains("another gateway runs"), "{refused}");
        first.record("gateway-1#a").expect("written");
        drop(first);
        // One that ended before it could take over leaves the name as it was.
        drop(Incarnation::enter(&signing).expect("free again"));
        let third = Incarnation::enter(&signing).expect("free again");
        assert_eq!(third.former(), Some("gateway-1#a"));
    }
}

//! Whom PostgreSQL runs as.

use crate::{failed, Unusable};
use std::{
    fs,
    os::unix::{
        fs::{chown, MetadataExt},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

/// Another user than the test's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// `None` for the test's own user, unless that is root: then `postgres`, or anybody else but root.
    pub(crate) fn to_run_as() -> Result<Option<Self>, Unusable> {
        let own =
            fs::metadata("/proc/self").map_err(|error| failed("read", Path::new("/proc/self"), &error))?;
        if own.uid() != 0 {
            return Ok(None);
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let user = Self::named(&users, "postgres").or_else(|| Self::named(&users, "nobody"));
        user.map(Some).ok_or_else(|| {
            Unusable("PostgreSQL refuses to run as root, and there is no user postgres or nobody".into())
        })
    }

    fn named(users: &str, name: &str) -> Option<Self> {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        let uid = fields.next()?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then_some(Self { uid, gid })
    }

    pub(crate) fn own(self, directory: &Path) -> Result<(), Unusable> {
        chown(directory, Some(self.uid), Some(self.gid))
            .map_err(|error| failed("give away", directory, &error))
    }

    pub(crate) fn run(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_from_the_list_and_root_is_never_taken() {
        let list =
            "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\nbroken\n";
        assert_eq!(User::named(list, "postgres"), Some(User { uid: 101, gid: 104 }));
        assert_eq!(User::named(list, "root"), None);
        assert_eq!(User::named(list, "broken"), None);
        assert_eq!(User::named(list, "nobody"), None);
    }
}

//! Where PostgreSQL's programs are.

use crate::Unusable;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A directory with `initdb`, `postgres`, `pg_ctl` and `createdb`.
#[derive(Debug)]
pub(crate) struct Programs(PathBuf);

impl Programs {
    pub(crate) fn find() -> Result<Self, Unusable> {
        let named = env::var_os("PG_BIN").map(PathBuf::from);
        let mut candidates: Vec<PathBuf> = named.into_iter().collect();
        candidates.extend(in_path());
        candidates.extend(debian());
        candidates.into_iter().find(|path| complete(path)).map(Self).ok_or_else(|| {
            Unusable(
                "PostgreSQL's programs are not installed. `scripts/setup --dev` or `apt-get install postgresql` brings them; PG_BIN \
                 names their directory."
                    .into(),
            )
        })
    }

    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }
}

fn complete(directory: &Path) -> bool {
    let programs = ["initdb", "postgres", "pg_ctl", "createdb"];
    programs.iter().all(|program| directory.join(program).is_file())
}

/// Programs look for each other beside themselves, so links are followed to where they really are.
fn in_path() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let directories: Vec<PathBuf> = env::split_paths(&path).collect();
    directories.into_iter().filter_map(|directory| {
        let initdb = fs::canonicalize(directory.join("initdb")).ok()?;
        initdb.parent().map(Path::to_owned)
    })
}

/// Debian's places, the newest version first.
fn debian() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, path)| path).collect()
}

//! Where an index is.

use crate::IndexError;
use std::{fmt, path::PathBuf, str::FromStr};

/// A database: a SQLite file, or a PostgreSQL database by its URL.
///
/// Written as `PATH`, `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`; shown without the password.
#[derive(Clone, PartialEq, Eq)]
pub enum IndexLocation {
    /// A file, made where there is none.
    Sqlite(PathBuf),
    /// A PostgreSQL database that exists. Everything sqlx understands in a URL, `sslmode` included.
    Postgres(String),
}

impl FromStr for IndexLocation {
    type Err = IndexError;

    fn from_str(text: &str) -> Result<Self, IndexError> {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        let path = match scheme {
            Some("postgres" | "postgresql") => return Ok(Self::Postgres(text.into())),
            Some("sqlite") => text["sqlite:".len()..].trim_start_matches("//"),
            Some(other) if text.starts_with(&format!("{other}://")) => {
                return Err(IndexError::Location {
                    given: format!("{other}://..."),
                })
            }
            _ => text,
        };
        if path.is_empty() {
            return Err(IndexError::Location {
                given: "an empty text".into(),
            });
        }
        Ok(Self::Sqlite(path.into()))
    }
}

impl fmt::Display for IndexLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_secrets(url)),
        }
    }
}

impl fmt::Debug for IndexLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The URL without password and parameters, which may hold one, too.
fn without_secrets(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return "postgres:...".into();
    };
    // A password may hold an @: the last one ends it.
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_urls_are_told_apart() {
        for (text, shown) in [
            ("index.sqlite", "sqlite:index.sqlite"),
            ("sqlite:/var/lib/a.sqlite", "sqlite:/var/lib/a.sqlite"),
            ("sqlite:///var/lib/a.sqlite", "sqlite:/var/lib/a.sqlite"),
            (
                "postgres://bank@db.example/corridor",
                "postgres://bank@db.example/corridor",
            ),
        ] {
            assert_eq!(text.parse::<IndexLocation>().expect(text).to_string(), shown);
        }
        for text in ["", "sqlite:", "mysql://root@localhost/a"] {
            let refused = text.parse::<IndexLocation>().expect_err(text);
            assert_eq!(refused.code(), "index.location");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://bank:s3cr@t@db/corridor?sslmode=require",
            "postgres://bank@db/corridor?password=s3cr@t",
        ] {
            let location: IndexLocation = url.parse().expect(url);
            assert!(!format!("{location} {location:?}").contains("s3cr"), "{location}");
        }
    }
}

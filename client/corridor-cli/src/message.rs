//! Message files: read whole or refused whole, written whole or not at all.

use crate::{Exit, Failure};
use corridor_client::{
    core::{Seconds, Transfer, Uetr},
    new_uetr,
};
use corridor_iso20022::{
    camt050::{self, LiquidityTransfer},
    camt056::{self, CancellationRequest},
    pacs002::{self, GroupStatus, PaymentStatusReport, TransactionReport},
    pacs004::{self, PaymentReturn},
    pacs008::{self, CustomerCreditTransfer},
    pacs009::{self, InstitutionCreditTransfer},
    pacs028::{self, PaymentStatusRequest},
    Agent, DateTime, Iso20022Error, Limits, OriginalGroup, OriginalTransaction,
};
use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// The version of pacs.008 that is written here.
pub const PACS008_VERSION: u8 = 8;
/// The version of pacs.004 that is written here.
pub const PACS004_VERSION: u8 = 9;
/// The version of pacs.002 that is written here.
const PACS002_VERSION: u8 = 10;

/// This machine's clock, in seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// This machine's clock as messages write it.
///
/// # Errors
/// After the year 9999.
pub fn now_text() -> Result<DateTime, Failure> {
    let time = DateTime::from_unix_seconds(now());
    time.ok_or_else(|| Failure::internal("the clock is past the year 9999"))
}

/// The moment a message means, in seconds since 1970; `None` for a time without a zone, or before 1970.
#[must_use]
pub fn unix_seconds(time: &DateTime) -> Option<u64> {
    let (date, clock) = time.as_str().split_once('T')?;
    let days = date.parse::<corridor_iso20022::Date>().ok()?.days_since_epoch();
    let field = |at: usize| clock.get(at..at.checked_add(2)?)?.parse::<i64>().ok();
    let of_day = field(0)? * 3_600 + field(3)? * 60 + field(6)?;
    let zone = clock
        .get(8..)?
        .trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let east = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        (sign, offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            if sign == "-" {
                -minutes
            } else {
                minutes
            }
        }
    };
    u64::try_from(i64::from(days) * 86_400 + of_day - east * 60).ok()
}

/// A fresh id for a message, at most 35 characters: `STS-20261124-6f1c2d3e4a5b`.
///
/// # Errors
/// As [`now_text`].
pub fn fresh_id(prefix: &str) -> Result<String, Failure> {
    let time = now_text()?;
    let day: String = time
        .as_str()
        .chars()
        .filter(char::is_ascii_digit)
        .take(8)
        .collect();
    let random = hex::encode(&new_uetr().0[..6]);
    Ok(format!("{prefix}-{day}-{random}"))
}

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// [`Exit::Message`] when it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| Failure::file(Exit::Message, "read", path, &error))
}

/// Reads a pacs.008.
///
/// # Errors
/// [`Exit::Message`], with the element, the place and the transaction at fault.
pub fn read_pacs008(path: &Path) -> Result<CustomerCreditTransfer, Failure> {
    parse_pacs008(path, &read(path)?)
}

/// Reads a pacs.008 whose file has been read.
///
/// # Errors
/// As [`read_pacs008`].
pub fn parse_pacs008(path: &Path, bytes: &[u8]) -> Result<CustomerCreditTransfer, Failure> {
    let message = pacs008::read(bytes, &Limits::default());
    message.map_err(|error| Failure::from(error).about(path.display()))
}

/// Reads a pacs.004.
///
/// # Errors
/// As [`read_pacs008`].
pub fn read_pacs004(path: &Path) -> Result<PaymentReturn, Failure> {
    read_with(path, pacs004::read)
}

/// Reads a pacs.009.
///
/// # Errors
/// As [`read_pacs008`].
pub fn read_pacs009(path: &Path) -> Result<InstitutionCreditTransfer, Failure> {
    parse_pacs009(path, &read(path)?)
}

/// Reads a pacs.009 whose file has been read.
///
/// # Errors
/// As [`read_pacs008`].
pub fn parse_pacs009(path: &Path, bytes: &[u8]) -> Result<InstitutionCreditTransfer, Failure> {
    let message = pacs009::read(bytes, &Limits::default());
    message.map_err(|error| Failure::from(error).about(path.display()))
}

/// Reads a pacs.028.
///
/// # Errors
/// As [`read_pacs008`].
pub fn read_pacs028(path: &Path) -> Result<PaymentStatusRequest, Failure> {
    read_with(path, pacs028::read)
}

/// Reads a camt.050.
///
/// # Errors
/// As [`read_pacs008`].
pub fn read_camt050(path: &Path) -> Result<LiquidityTransfer, Failure> {
    read_with(path, camt050::read)
}

/// Reads a camt.056.
///
/// # Errors
/// As [`read_pacs008`].
pub fn read_camt056(path: &Path) -> Result<CancellationRequest, Failure> {
    read_with(path, camt056::read)
}

fn read_with<T>(
    path: &Path,
    reader: impl Fn(&[u8], &Limits) -> Result<T, Iso20022Error>,
) -> Result<T, Failure> {
    let message = reader(&read(path)?, &Limits::default());
    message.map_err(|error| Failure::from(error).about(path.display()))
}

/// Writes a file beside its place and moves it there, so that nobody ever reads half of it: its content is on disk before it
/// has its name, and its name when this returns.
///
/// # Errors
/// [`Exit::Message`] when it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(Exit::Message, "written", path, &error);
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let named = written.and_then(|()| std::fs::rename(&beside, path));
    named
        .and_then(|()| File::open(directory)?.sync_all())
        .map_err(failed)
}

/// What a status report says of one transfer.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The transaction as its message names it.
    pub original: OriginalTransaction,
    /// What the contract recorded.
    pub transfer: Option<Transfer>,
    /// When its window was settled, where it is netted and that has been.
    pub paid_at: Option<Seconds>,
    /// Why the contract refused, where nothing is recorded.
    pub refusal: Option<corridor_client::core::Error>,
    /// The finalised block as of which nothing is recorded, where that is the answer.
    pub unrecorded_at: Option<u64>,
}

/// A transaction named by its UETR, and by its `EndToEndId` where that is known.
#[must_use]
pub fn original(uetr: Uetr, end_to_end_id: Option<String>) -> OriginalTransaction {
    OriginalTransaction {
        uetr: Some(uetr),
        end_to_end_id,
        ..OriginalTransaction::default()
    }
}

/// The pacs.002 that reports these transfers, as recorded.
///
/// # Errors
/// [`Exit::Message`] where a field does not fit the standard.
pub fn status_report(
    from: Option<Agent>,
    to: Option<Agent>,
    about: Vec<OriginalGroup>,
    reported: Vec<Reported>,
) -> Result<String, Failure> {
    let transactions = reported.into_iter().filter_map(|reported| {
        let Reported {
            original,
            transfer,
            paid_at,
            refusal,
            unrecorded_at,
        } = reported;
        match (transfer, refusal) {
            (Some(transfer), _) => Some(TransactionReport::of(original, &transfer).paid(paid_at)),
            (None, Some(refusal)) => Some(TransactionReport::refused(original, refusal)),
            (None, None) => unrecorded_at.map(|block| TransactionReport::unrecorded(original, block)),
        }
    });
    let groups = about.into_iter().map(|original| GroupStatus {
        original,
        status: None,
        reasons: Vec::new(),
    });
    let report = PaymentStatusReport {
        version: PACS002_VERSION,
        business_header: None,
        message_id: fresh_id("STS")?,
        created_at: now_text()?,
        instructing_agent: from,
        instructed_agent: to,
        groups: groups.collect(),
        transactions: transactions.collect(),
    };
    Ok(pacs002::write(&report)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("record.json");
        write(&path, "a longer text").expect("writable");
        write(&path, "text").expect("writable");
        assert_eq!(std::fs::read_to_string(&path).expect("readable"), "text");
        assert_eq!(std::fs::read_dir(directory.path()).expect("readable").count(), 1);
        let nowhere = directory.path().join("no/such/directory.json");
        let failed = write(&nowhere, "text").expect_err("no directory");
        assert_eq!((failed.exit, failed.code.as_str()), (Exit::Message, "cli.file"));
    }

    #[test]
    fn a_time_with_a_zone_is_a_moment() {
        let seconds = |text: &str| unix_seconds(&text.parse().expect("a time"));
        assert_eq!(seconds("1970-01-02T00:00:01Z"), Some(86_401));
        assert_eq!(
            seconds("2026-11-24T09:30:00+08:00"),
            seconds("2026-11-24T01:30:00.000Z")
        );
        assert_eq!(
            seconds("2026-11-24T09:30:00-00:30"),
            seconds("2026-11-24T10:00:00Z")
        );
        assert_eq!(seconds("2026-11-24T09:30:00"), None);
        assert_eq!(seconds("1970-01-01T00:00:00+08:00"), None);
    }

    #[test]
    fn message_ids_fit_the_standard() {
        let id = fresh_id("STS").expect("an id");
        assert!(id.len() <= 35 && id.starts_with("STS-20"), "{id}");
    }
}

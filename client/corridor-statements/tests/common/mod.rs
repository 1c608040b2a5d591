//! Indexes of random business, and files to compare with.

#![allow(dead_code)] // Each test binary uses a part.

#[path = "../../../corridor-indexer/tests/support/ledger.rs"]
pub mod ledger;
#[path = "../../../corridor-indexer/tests/support/story.rs"]
pub mod story;

use corridor_client::core::{Currency, ParticipantId, Position};
use corridor_indexer::{Index, IndexLocation, Writer};
use corridor_iso20022::{Book, Date};
use corridor_statements::{draw_up, Drawn, Form, Period, StatementError, StatementRequest, Zone};
use ledger::Ledger;
use std::path::PathBuf;
use story::{Dice, CURRENCIES, PARTICIPANTS};

pub const DAY: u64 = 86_400;

/// Business over several days, with what everybody held at the end of each.
pub struct Days {
    pub ledger: Ledger,
    pub ends: Vec<End>,
    pub writer: Writer,
    _directory: tempfile::TempDir,
}

/// The end of a day.
pub struct End {
    pub date: Date,
    pub held: Vec<(ParticipantId, Currency, Position, u64)>,
}

fn held(ledger: &Ledger) -> Vec<(ParticipantId, Currency, Position, u64)> {
    let of = |id, currency| {
        let collateral = ledger.net(currency).get(id).collateral;
        (id, currency, ledger.position(id, currency), collateral)
    };
    let pairs = PARTICIPANTS
        .into_iter()
        .flat_map(|id| CURRENCIES.map(|currency| (id, currency)));
    pairs.map(|(id, currency)| of(id, currency)).collect()
}

impl Days {
    /// `days` days of `steps` commands each, then a block on the day after the last.
    pub async fn play(seed: u64, days: usize, steps: usize) -> Self {
        let (mut ledger, mut dice) = (story::opening(), Dice::new(seed));
        let mut ends = Vec::new();
        for _ in 0..days {
            story::go_on(&mut ledger, &mut dice, steps);
            let last = ledger.blocks.last().expect("a block").block.time_ms / 1_000;
            let date = Zone::BEIJING.date(last).expect("a day");
            ends.push(End {
                date,
                held: held(&ledger),
            });
            let midnight = Zone::BEIJING.midnight(date).expect("after 1970") + DAY;
            ledger.now = midnight + dice.roll(2) * 3_600;
        }
        ledger.seal(6);
        let directory = tempfile::tempdir().expect("a directory");
        let location = IndexLocation::Sqlite(directory.path().join("index.sqlite"));
        let mut writer = Writer::open(&location, story::source()).await.expect("a writer");
        writer.write(&ledger.blocks).await.expect("blocks in order");
        Self {
            ledger,
            ends,
            writer,
            _directory: directory,
        }
    }

    pub fn index(&self) -> &Index {
        self.writer.index()
    }

    pub async fn draw(
        &self,
        id: ParticipantId,
        currency: Currency,
        book: Book,
        period: Period,
        form: Form,
    ) -> Result<Drawn, StatementError> {
        draw_up(self.index(), &request(id, currency, book, period, form)).await
    }
}

pub fn request(
    id: ParticipantId,
    currency: Currency,
    book: Book,
    period: Period,
    form: Form,
) -> StatementRequest {
    StatementRequest {
        participant: id,
        currency,
        book,
        period,
        form,
        created_at: Some("2026-11-25T00:00:05+08:00".parse().expect("a time")),
    }
}

pub fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn day(date: Date) -> Period {
    Period::day(date, Zone::BEIJING).expect("a day")
}

/// Compares with a file; `BLESS=1 cargo test` writes it anew.
pub fn check_golden(name: &str, text: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/golden", name]
        .iter()
        .collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("writable");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == expected,
        "{name} is not as it was; BLESS=1 cargo test writes it anew:\n{text}"
    );
}

//! Indexes of random business, and files to compare with.

#![allow(dead_code)] // Each test binary uses a part.

#[path = "../../../corridor-indexer/tests/support/databases.rs"]
pub mod databases;
#[path = "../../../corridor-indexer/tests/support/exchange.rs"]
pub mod exchange;
#[path = "../../../corridor-indexer/tests/support/ledger.rs"]
pub mod ledger;
#[path = "../../../corridor-indexer/tests/support/story.rs"]
pub mod story;

use corridor_client::core::{
    closing::Ending, CollateralKind, Currency, Money, MovementKind, ParticipantId, Position, ReasonCode,
    SettlementMethod, Uetr,
};
use corridor_indexer::{Index, IndexLocation, Writer};
use corridor_iso20022::{
    statement::{EntryStatus, Statement},
    Book, BookAccount, Date,
};
use corridor_statements::{
    draw_up,
    reconcile::{Ledger as BankLedger, LedgerFormat, Reconciliation},
    Drawn, Form, Format, Period, StatementError, StatementRequest, Zone,
};
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
        let (writer, directory) = indexed(&ledger).await;
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
        items: 1_000,
        most_entries: None,
        created_at: Some("2026-11-25T00:00:05+08:00".parse().expect("a time")),
    }
}

/// What a message of this format has of a statement: a camt.053 its booked entries only.
pub fn as_written(format: Format, statement: &Statement) -> Statement {
    let mut statement = statement.clone();
    if format == Format::Camt053 {
        statement
            .entries
            .retain(|entry| entry.status == EntryStatus::Booked);
    }
    statement
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

pub const BOC: ParticipantId = ParticipantId(0);
pub const CUP: ParticipantId = ParticipantId(1);

pub const PAID: &str = "11111111-1111-4111-8111-111111111111";
pub const RECEIVED: &str = "22222222-2222-4222-8222-222222222222";
pub const NETTED: &str = "33333333-3333-4333-8333-333333333333";
pub const WAITING: &str = "44444444-4444-4444-8444-444444444444";
pub const REJECTED: &str = "55555555-5555-4555-8555-555555555555";

pub fn uetr(text: &str) -> Uetr {
    text.parse().expect("a UETR")
}

/// 2026-11-24 with one of everything, and a block of the day after.
pub fn fixed_day() -> Ledger {
    let mut ledger = story::opening();
    let morning = Zone::BEIJING.midnight(date("2026-11-24")).expect("after 1970") + 9 * 3_600;
    let cny = |minor_units| Money::new(Currency::CNY, minor_units);
    let mut at = morning;
    let mut step = |ledger: &mut Ledger, act: &dyn Fn(&mut Ledger) -> bool| {
        ledger.now = at;
        assert!(act(ledger), "at {at}");
        ledger.seal(1);
        at += 600;
    };
    let instruct = |ledger: &mut Ledger, id: &str, from, to, minor_units, method| {
        let terms = story::terms(ledger, from, to, cny(minor_units), method);
        ledger.instruct(uetr(id), terms)
    };
    let (gross, net) = (SettlementMethod::Gross, SettlementMethod::Net);
    step(&mut ledger, &|ledger| {
        ledger.move_escrow(BOC, MovementKind::Deposit, cny(50_000))
    });
    step(&mut ledger, &|ledger| {
        instruct(ledger, PAID, BOC, CUP, 12_860, gross)
    });
    step(&mut ledger, &|ledger| ledger.accept(uetr(PAID)));
    step(&mut ledger, &|ledger| {
        instruct(ledger, RECEIVED, CUP, BOC, 4_450, gross) && ledger.accept(uetr(RECEIVED))
    });
    step(&mut ledger, &|ledger| {
        ledger.give_back(uetr(PAID), 60) && ledger.give_back(uetr(PAID), 40)
    });
    step(&mut ledger, &|ledger| {
        ledger.pledge(BOC, CollateralKind::Pledge, cny(1_000))
    });
    step(&mut ledger, &|ledger| {
        instruct(ledger, NETTED, BOC, CUP, 700, net) && ledger.accept(uetr(NETTED))
    });
    let window = |ledger: &Ledger| ledger.net(Currency::CNY).open_window();
    step(&mut ledger, &|ledger| {
        ledger.end_window(Currency::CNY, window(ledger), Ending::Settle)
    });
    step(&mut ledger, &|ledger| {
        instruct(ledger, REJECTED, BOC, CUP, 99, gross) && ledger.reject(uetr(REJECTED), ReasonCode::AC04)
    });
    step(&mut ledger, &|ledger| {
        ledger.move_escrow(BOC, MovementKind::Withdrawal, cny(5))
    });
    step(&mut ledger, &|ledger| {
        instruct(ledger, WAITING, BOC, CUP, 888, gross)
    });
    ledger.now = morning + DAY;
    ledger.seal(1);
    ledger
}

// What ledgers are compared with.

/// BOC's escrow in CNY.
pub fn account() -> BookAccount {
    BookAccount {
        book: Book::Escrow,
        participant: BOC,
        currency: Currency::CNY,
    }
}

/// The day of [`fixed_day`].
pub fn today() -> Period {
    day(date("2026-11-24"))
}

pub fn csv(text: &str) -> BankLedger {
    BankLedger::read(
        "ledger.csv",
        text.as_bytes(),
        LedgerFormat::Csv,
        Currency::CNY,
        Zone::BEIJING,
    )
    .expect("a ledger")
}

/// How many of each kind, without those of which there are none.
pub fn kinds(result: &Reconciliation) -> Vec<(&'static str, usize)> {
    let totals = result.totals().into_iter().filter(|total| total.count > 0);
    totals.map(|total| (total.kind.code(), total.count)).collect()
}

/// An index of a ledger's blocks.
pub async fn indexed(ledger: &Ledger) -> (Writer, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let location = IndexLocation::Sqlite(directory.path().join("index.sqlite"));
    let mut writer = Writer::open(&location, story::source()).await.expect("a writer");
    writer.write(&ledger.blocks).await.expect("blocks in order");
    (writer, directory)
}

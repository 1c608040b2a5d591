//! camt.053, camt.052, camt.054, CSV and JSON, from the index.

#[path = "../../../corridor-statements/tests/common/mod.rs"]
mod books;

use crate::{
    common::{config, home, request, Answered, FakeChain, Gateway},
    XML,
};
use axum::{body::Body, http::StatusCode};
use books::{fixed_day, indexed, ledger::SETTLEMENT};
use corridor_client::{AddressText, BlockRef};
use corridor_gateway::{auth::Scope, config::Config};
use corridor_indexer::Writer;
use corridor_iso20022::{camt052, camt053, camt054, Limits};
use std::{path::Path, sync::Arc};

/// A gateway over the index of 2026-11-24 and of one block of the day after, whose chain has come as far.
struct Books {
    gateway: Gateway,
    key: String,
    last: BlockRef,
    writer: Writer,
    _directory: tempfile::TempDir,
}

fn configured(section: &str) -> Config {
    let url = format!("sqlite:{}", home().join("gateway.sqlite").display());
    let mut config = config("gateway-1", &url, section);
    config.chain.settlement = AddressText(SETTLEMENT);
    config
}

fn section(directory: &Path) -> String {
    format!(
        "[index]\nurl = \"{}\"\n",
        directory.join("index.sqlite").display()
    )
}

impl Books {
    async fn new() -> Self {
        let ledger = fixed_day();
        let last = ledger.blocks.last().unwrap().block;
        let (writer, directory) = indexed(&ledger).await;
        let chain: Arc<FakeChain> = FakeChain::new();
        chain.set_head_block(last);
        let gateway = Gateway::of(configured(&section(directory.path())), chain, home()).await;
        let key = gateway.key("audit", &[Scope::Auditor]).await;
        Self {
            gateway,
            key,
            last,
            writer,
            _directory: directory,
        }
    }

    async fn ask(&self, query: &str, accept: &str) -> Answered {
        let path = format!("/v1/statements?{query}");
        let request = request(&self.key, "GET", &path)
            .header("accept", accept)
            .body(Body::empty());
        self.gateway.send(request.unwrap()).await
    }
}

const DAY: &str = "currency=CNY&date=2026-11-24";

#[tokio::test]
async fn a_finished_day_is_told_in_each_format_and_all_of_them_tie() {
    let books = Books::new().await;
    let limits = Limits::default();
    let answered = books.ask(DAY, XML).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text);
    assert_eq!(answered.headers["content-type"], XML);
    let message = camt053::read(answered.text.as_bytes(), &limits).unwrap();
    let statement = &message.statements[0];
    assert_eq!(statement.account.id.number(), "ESCROW-0-CNY");
    // 950,000 and 50,000 in, less 12,860, 700 net, 1,000 pledged and 5 out, and 4,450 and 100 in: in minor units.
    let closing = statement.closing.as_ref().unwrap();
    assert_eq!(
        closing.amount.minor_units,
        950_000 + 50_000 - 12_860 + 4_450 + 100 - 1_000 - 700 - 5
    );

    let plain = books.ask(DAY, "application/json").await;
    assert_eq!(plain.headers["content-type"], "application/json");
    assert_eq!(plain.json()["closing"]["amount"], closing.amount.to_decimal());
    let csv = books.ask(DAY, "text/csv").await;
    assert!(csv.headers["content-type"]
        .to_str()
        .unwrap()
        .starts_with("text/csv"));
    assert!(csv.text.lines().count() > statement.entries.len(), "{}", csv.text);
    let report = books.ask(&format!("{DAY}&format=camt052"), "*/*").await;
    let report = camt052::read(report.text.as_bytes(), &limits).unwrap();
    assert_eq!(
        report.statements[0].closing.as_ref().unwrap().amount,
        closing.amount
    );
    let notice = books.ask(&format!("{DAY}&format=camt.054"), XML).await;
    let notice = camt054::read(notice.text.as_bytes(), &limits).unwrap();
    assert!(notice.statements[0].closing.is_none() && !notice.statements[0].entries.is_empty());
    let collateral = books.ask(&format!("{DAY}&account=collateral"), XML).await;
    let collateral = camt053::read(collateral.text.as_bytes(), &limits).unwrap();
    assert_eq!(collateral.statements[0].account.id.number(), "COLLATERAL-0-CNY");
}

#[tokio::test]
async fn an_auditor_or_a_treasurer_is_told_and_nobody_else() {
    let mut books = Books::new().await;
    books.key = books.gateway.key("treasury", &[Scope::Treasurer]).await;
    assert_eq!(books.ask(DAY, XML).await.status, StatusCode::OK);
    books.key = books
        .gateway
        .key("core", &[Scope::Instructor, Scope::Approver, Scope::Operator])
        .await;
    books.ask(DAY, XML).await.problem(403, "gateway.forbidden");
    books.key = "ck_none_none".into();
    assert_eq!(books.ask(DAY, XML).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_index_that_is_behind_the_chain_is_a_problem_that_says_how_far() {
    let books = Books::new().await;
    // The day after is not over, and the chain says so, too: a statement is not to be had, a report is.
    let today = "currency=CNY&date=2026-11-25";
    books.ask(today, XML).await.problem(404, "statement.not_over");
    assert_eq!(
        books.ask(&format!("{today}&format=camt052"), XML).await.status,
        StatusCode::OK
    );
    assert_eq!(books.ask(today, "application/json").await.status, StatusCode::OK);
    books
        .ask("currency=CNY&date=2026-11-26", "*/*")
        .await
        .problem(404, "statement.not_begun");

    let ahead = |blocks: u64, seconds: u64| BlockRef {
        number: books.last.number + blocks,
        time_ms: books.last.time_ms + seconds * 1_000,
        ..books.last
    };
    // One block after a silence is no delay; twenty over two minutes are.
    books.gateway.chain.set_head_block(ahead(1, 600));
    assert_eq!(books.ask(today, "application/json").await.status, StatusCode::OK);
    books.gateway.chain.set_head_block(ahead(20, 120));
    let late = books.ask(today, "application/json").await;
    let problem = late.problem(503, "gateway.index_behind");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("20 blocks and 120 s behind"), "{detail}");
    assert!(late.headers.contains_key("retry-after"));
    // Two days later the chain has that day whole, and the index has not.
    books.gateway.chain.set_head_block(ahead(30_000, 2 * 86_400));
    for (query, accept) in [
        (today, XML),
        ("currency=CNY&date=2026-11-26", XML),
        (today, "text/csv"),
    ] {
        books
            .ask(query, accept)
            .await
            .problem(503, "gateway.index_behind");
    }
    // What is finished in the index is finished.
    assert_eq!(books.ask(DAY, XML).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_statement_that_does_not_tie_is_a_problem_and_nothing_of_it_is_told() {
    let books = Books::new().await;
    let database = sqlx::SqlitePool::connect(&books.writer.index().location().to_string())
        .await
        .unwrap();
    // The day's deposit is lost.
    let lost =
        sqlx::query("DELETE FROM legs WHERE participant = 0 AND currency = 'CNY' AND block_number = 105")
            .execute(&database)
            .await
            .unwrap();
    assert_eq!(lost.rows_affected(), 1);
    for accept in [XML, "text/csv", "application/json"] {
        let answered = books.ask(DAY, accept).await;
        let problem = answered.problem(503, "statement.message");
        assert!(
            problem["detail"].as_str().unwrap().contains("add up to"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    let books = Books::new().await;
    for (query, status, code) in [
        ("currency=CNY", 422, "gateway.invalid"),
        (
            "currency=CNY&date=2026-11-24&from=2026-11-24&to=2026-11-24",
            422,
            "gateway.invalid",
        ),
        (
            "currency=CNY&from=2026-11-24&to=2026-11-23",
            422,
            "gateway.invalid",
        ),
        (
            "currency=CNY&date=2026-11-24&batch_items=20001",
            422,
            "gateway.invalid",
        ),
        ("currency=CNY&date=2026-13-24", 400, "gateway.malformed"),
        (
            "currency=CNY&date=2026-11-24&format=pdf",
            400,
            "gateway.malformed",
        ),
        (
            "currency=CNY&date=2026-11-24&account=vault",
            400,
            "gateway.malformed",
        ),
        ("currency=JPY&date=2026-11-24", 404, "statement.currency"),
        ("currency=CNY&date=2020-01-01", 404, "statement.before_index"),
    ] {
        books.ask(query, "*/*").await.problem(status, code);
    }
    for (query, accept) in [
        (DAY.to_owned(), "image/png"),
        (format!("{DAY}&format=csv"), "application/json"),
        (format!("{DAY}&format=camt053"), "text/csv"),
    ] {
        books
            .ask(&query, accept)
            .await
            .problem(406, "gateway.not_acceptable");
    }
    let zone = books.ask(&format!("{DAY}&utc_offset=%2B00:00"), XML).await;
    assert_eq!(zone.status, StatusCode::OK, "{}", zone.text);
}

#[tokio::test]
async fn without_an_index_of_this_contract_there_are_no_statements() {
    let none = Gateway::new().await;
    let key = none.key("audit", &[Scope::Auditor]).await;
    let path = format!("/v1/statements?{DAY}");
    none.get(&key, &path).await.problem(404, "gateway.no_index");

    let (_writer, directory) = indexed(&fixed_day()).await;
    let other = Gateway::with(&section(directory.path())).await;
    let key = other.key("audit", &[Scope::Auditor]).await;
    other.get(&key, &path).await.problem(503, "index.other_source");

    let gone = section(&directory.path().join("nowhere"));
    let missing = Gateway::of(configured(&gone), FakeChain::new(), home()).await;
    let key = missing.key("audit", &[Scope::Auditor]).await;
    missing.get(&key, &path).await.problem(503, "gateway.busy");
    // Everything else goes on.
    assert_eq!(missing.get(&key, "/v1/requests").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_statement_of_too_many_entries_is_refused_with_the_advice_to_shorten_it() {
    let mut books = Books::new().await;
    let more = format!(
        "{}[limits]\nstatement_entries = 3\n",
        section(books._directory.path())
    );
    books.gateway = Gateway::of(configured(&more), books.gateway.chain.clone(), home()).await;
    books.key = books.gateway.key("audit", &[Scope::Auditor]).await;
    for accept in [XML, "text/csv", "application/json"] {
        let problem = books.ask(DAY, accept).await.problem(422, "statement.too_many");
        assert!(problem["hint"].as_str().unwrap().contains("Shorten the period"));
        assert!(problem["detail"].as_str().unwrap().contains('3'), "{problem}");
    }
    // The collateral has fewer.
    let collateral = books.ask(&format!("{DAY}&account=collateral"), XML).await;
    assert_eq!(collateral.status, StatusCode::OK, "{}", collateral.text);
}

#[tokio::test]
async fn two_statements_are_drawn_up_at_a_time_and_a_third_is_to_come_again() {
    let books = Books::new().await;
    let both = books.gateway.app.statements.acquire_many(2).await.unwrap();
    let third = books.ask(DAY, XML).await;
    third.problem(503, "gateway.busy");
    assert_eq!(third.headers["retry-after"], "1");
    drop(both);
    // Each gives back its place, a refused one as well.
    for _ in 0..3 {
        books
            .ask("currency=CNY&date=2026-11-26", "*/*")
            .await
            .problem(404, "statement.not_begun");
        assert_eq!(books.ask(DAY, XML).await.status, StatusCode::OK);
    }
}

//! Whatever a person types or a database holds, it is shown as text.

mod support;

use sqlx::{Connection, SqliteConnection};
use support::{crawl, get, story::play, Indexed};

const HOSTILE: &str = "\"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;";

/// No piece of it that would do anything.
fn assert_harmless(path: &str, text: &str) {
    for piece in ["<script", "<img src=x", "\">\"><", "\"\"><"] {
        assert!(!text.contains(piece), "{path} has {piece}");
    }
}

#[tokio::test]
async fn what_a_person_types_comes_back_as_text() {
    let indexed = Indexed::of(&play(1, 30)).await;
    let router = indexed.router();
    let typed: String = url::form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    // In a path a plus is a plus.
    let segment = typed.replace('+', "%20");
    let mut echoed = 0;
    for path in [
        format!("/search?q={typed}"),
        format!("/transfers?status={typed}"),
        format!("/transfers?participant={typed}"),
        format!("/transfers?currency={typed}"),
        format!("/transfers?side={typed}"),
        format!("/transfers?from={typed}"),
        format!("/transfers?window={typed}"),
        format!("/transfers?after={typed}"),
        format!("/windows?currency={typed}"),
        format!("/participants/0/legs?bucket={typed}"),
        format!("/transfers/{segment}"),
        format!("/participants/{segment}"),
        format!("/participants/0/operations/{segment}"),
        format!("/currencies/{segment}"),
        format!("/windows/CNY/{segment}"),
        format!("/batches/0/{segment}"),
        format!("/blocks/{segment}"),
        format!("/extrinsics/{segment}"),
        format!("/events/{segment}"),
        format!("/{segment}"),
    ] {
        let page = get(&router, &path).await;
        assert!(
            page.status.is_success() || page.status.is_client_error(),
            "{path}: {}",
            page.status
        );
        assert_harmless(&path, &page.text);
        echoed += usize::from(page.text.contains("&lt;script&gt;"));
    }
    assert!(echoed > 10, "{echoed}: what was typed is shown, escaped");
}

/// Every text the explorer shows, as far as it may be anything.
const TEXTS: [(&str, &str); 20] = [
    ("agents", "agent"),
    ("accounts", "roles"),
    ("extrinsics", "signer"),
    ("extrinsics", "message"),
    ("extrinsics", "failure"),
    ("extrinsics", "via"),
    ("extrinsics", "arguments"),
    ("raw_events", "kind"),
    ("raw_events", "decoded"),
    ("raw_events", "problem"),
    ("raw_events", "note"),
    ("transfers", "status"),
    ("transfers", "charge_bearer"),
    ("transfers", "settlement_method"),
    ("transfer_events", "change"),
    ("transfer_events", "status"),
    ("legs", "kind"),
    ("operations", "kind"),
    ("batch_parts", "status"),
    ("batch_items", "fault"),
];

#[tokio::test]
async fn what_the_database_holds_is_shown_as_text_wherever_it_is() {
    let indexed = Indexed::of(&play(2, 60)).await;
    let file = indexed.directory.path().join("index.sqlite");
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display()))
        .await
        .expect("the database");
    for (table, column) in TEXTS {
        // Identifiers are unique: each gets its own.
        let own = if column == "agent" {
            " || participant || place"
        } else {
            ""
        };
        let statement = format!("UPDATE {table} SET {column} = ?{own}");
        let statement = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(HOSTILE);
        let done = statement.execute(&mut database).await.expect("an update");
        assert!(done.rows_affected() > 0, "{table} has rows");
    }
    let router = indexed.router();
    let mut escaped = 0;
    let visited = crawl(&router, "/", 8, |path, page| {
        assert_harmless(path, &page.text);
        escaped += usize::from(page.text.contains("&lt;script&gt;"));
    })
    .await;
    assert!(
        visited > 80 && escaped > 60,
        "{visited} pages, {escaped} with such texts"
    );
}

//! What the tests of the explorer share: an index of the indexer's own test story, and requests to the router.
#![allow(dead_code)] // Not every test file uses all of it.

#[path = "../../../corridor-indexer/tests/support/exchange.rs"]
pub mod exchange;
#[path = "../../../corridor-indexer/tests/support/ledger.rs"]
pub mod ledger;
#[path = "../../../corridor-indexer/tests/support/story.rs"]
pub mod story;

use axum::{
    body::Body,
    http::{header::LOCATION, HeaderMap, Method, Request, StatusCode},
    Router,
};
use corridor_explorer::Explorer;
use corridor_indexer::{Index, IndexLocation, Writer};
use http_body_util::BodyExt;
use ledger::Ledger;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
};
use tempfile::TempDir;
use tower::ServiceExt;

/// An index of a ledger's blocks, gone with the value.
pub struct Indexed {
    pub directory: TempDir,
    pub writer: Writer,
}

impl Indexed {
    pub async fn of(ledger: &Ledger) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let writer = Self::at(&directory.path().join("index.sqlite"), ledger).await;
        Self { directory, writer }
    }

    /// An index in this file.
    pub async fn at(path: &Path, ledger: &Ledger) -> Writer {
        let location = IndexLocation::Sqlite(path.into());
        let mut writer = Writer::open(&location, story::source()).await.expect("a writer");
        writer.write(&ledger.blocks).await.expect("blocks in order");
        writer
    }

    pub fn index(&self) -> Index {
        self.writer.index().clone()
    }

    pub fn router(&self) -> Router {
        Explorer::new(self.index()).router()
    }
}

/// An answer, read to its end.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// Where it redirects to.
    pub fn location(&self) -> &str {
        let location = self.headers.get(LOCATION).expect("a redirection");
        location.to_str().expect("text")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// The text between tags, entities as they are, one space between words.
    pub fn plain(&self) -> String {
        let mut plain = String::new();
        let mut inside = false;
        for character in self.text.chars() {
            match character {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    plain.push(' ');
                }
                character if !inside => plain.push(character),
                _ => {}
            }
        }
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Every link on it.
    pub fn links(&self) -> Vec<String> {
        let after = self.text.split("href=\"").skip(1);
        after
            .filter_map(|rest| rest.split('"').next())
            .map(|link| link.replace("&amp;", "&"))
            .collect()
    }
}

pub async fn get(router: &Router, path: &str) -> Page {
    ask(router, Method::GET, path, &[]).await
}

pub async fn ask(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Page {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).expect("UTF-8"),
    }
}

/// What kind of page an address is of: its words, without numbers and names.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments = path.split('/').enumerate();
    let words = segments.map(|(place, word)| if place % 2 == 1 { word } else { "*" });
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    words.chain(names).collect::<Vec<_>>().join("/")
}

/// Follows every link from a page on, through at most `each` pages of a kind; each has to lead somewhere. How many were seen.
pub async fn crawl(router: &Router, start: &str, each: usize, mut look: impl FnMut(&str, &Page)) -> usize {
    let mut waiting = VecDeque::from([start.to_owned()]);
    let mut seen = BTreeSet::from([start.to_owned()]);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut visited = 0;
    while let Some(path) = waiting.pop_front() {
        let of_kind = kinds.entry(kind(&path)).or_default();
        if *of_kind == each {
            continue;
        }
        *of_kind += 1;
        visited += 1;
        let page = get(router, &path).await;
        assert!(
            page.status.is_success() || page.status.is_redirection(),
            "{path}: {} {}",
            page.status,
            page.text
        );
        look(&path, &page);
        let links = page.links().into_iter().filter(|link| link.starts_with('/'));
        waiting.extend(links.filter(|link| seen.insert(link.clone())));
    }
    assert!(kinds.len() > 15, "{kinds:?}");
    visited
}

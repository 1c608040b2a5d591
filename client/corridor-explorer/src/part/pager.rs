//! From one page of a list to the next.

use crate::{failure::Failure, links::Links};
use corridor_indexer::{Cursor, Order, Page, PageRequest};
use maud::{html, Markup};

/// Entries of a page.
pub(crate) const LIMIT: u32 = 50;

/// The page a cursor of an address asks for.
pub(crate) fn request(after: Option<&str>, order: Order) -> Result<PageRequest, Failure> {
    let after: Option<Cursor> = after
        .filter(|text| !text.is_empty())
        .map(str::parse)
        .transpose()?;
    Ok(PageRequest {
        after,
        limit: LIMIT,
        order,
    })
}

/// Links to the first and the next page of a list at `path` with these parameters.
pub(crate) fn links<T>(
    links: &Links,
    path: &str,
    parameters: &[(&str, Option<String>)],
    request: PageRequest,
    page: &Page<T>,
) -> Markup {
    let mut following = parameters.to_vec();
    following.push(("after", page.next.map(|cursor| cursor.to_string())));
    let next = match request.order {
        Order::NewestFirst => "Older",
        Order::OldestFirst => "Next",
    };
    html! {
        @if request.after.is_some() || page.next.is_some() {
            nav.pager aria-label="Pages of this list" {
                @if request.after.is_some() { a href=(links.query(path, parameters)) { "First page" } }
                @if page.next.is_some() { a.next rel="next" href=(links.query(path, &following)) { (next) " \u{2192}" } }
            }
        }
    }
}

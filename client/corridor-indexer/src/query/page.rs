//! Pages of a listing.

use crate::{sql::Sql, EventId, IndexError};
use std::{fmt, str::FromStr};

/// The most entries of a page.
pub const MAX_LIMIT: u32 = 1_000;

/// From which end a listing is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As things happened.
    #[default]
    OldestFirst,
    /// The latest first.
    NewestFirst,
}

/// Where the next page begins. Opaque to callers: hand it back as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub(crate) i64);

impl From<EventId> for Cursor {
    fn from(id: EventId) -> Self {
        Self(id.0)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{:x}", self.0)
    }
}

impl FromStr for Cursor {
    type Err = IndexError;

    fn from_str(text: &str) -> Result<Self, IndexError> {
        let digits = text.strip_prefix('c').filter(|digits| !digits.starts_with('+'));
        digits
            .and_then(|digits| i64::from_str_radix(digits, 16).ok())
            .map(Self)
            .ok_or_else(|| IndexError::Cursor(text.chars().take(40).collect()))
    }
}

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The cursor of the page before; `None` for the first page.
    pub after: Option<Cursor>,
    /// At most so many entries: 1 to [`MAX_LIMIT`], anything else is brought into that range.
    pub limit: u32,
    /// From which end.
    pub order: Order,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self::first(100)
    }
}

impl PageRequest {
    /// The first page, oldest first.
    #[must_use]
    pub fn first(limit: u32) -> Self {
        Self {
            after: None,
            limit,
            order: Order::OldestFirst,
        }
    }

    /// The first page, newest first.
    #[must_use]
    pub fn newest(limit: u32) -> Self {
        Self {
            order: Order::NewestFirst,
            ..Self::first(limit)
        }
    }

    /// The page after one with this cursor.
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        Self {
            after: Some(cursor),
            ..self
        }
    }

    fn limit(self) -> u32 {
        self.limit.clamp(1, MAX_LIMIT)
    }

    /// Adds the part of a WHERE clause that begins the page, and order and limit. One more than the limit is asked for,
    /// which tells whether there is a next page.
    pub(crate) fn apply(self, sql: &mut Sql, key: &str) {
        let comparison = match self.order {
            Order::OldestFirst => ">",
            Order::NewestFirst => "<",
        };
        if let Some(cursor) = self.after {
            sql.bind(&format!(" AND {key} {comparison} "), cursor.0);
        }
        self.end(sql, key);
    }

    /// Adds order and limit.
    pub(super) fn end(self, sql: &mut Sql, key: &str) {
        self.order(sql, key);
        sql.bind(" LIMIT ", i64::from(self.limit()) + 1);
    }

    /// Adds the order.
    pub(super) fn order(self, sql: &mut Sql, key: &str) {
        let direction = match self.order {
            Order::OldestFirst => "ASC",
            Order::NewestFirst => "DESC",
        };
        sql.push(&format!(" ORDER BY {key} {direction}"));
    }

    /// The page, from what [`PageRequest::apply`] had fetched.
    pub(crate) fn page<T>(self, mut items: Vec<T>, key: impl Fn(&T) -> Cursor) -> Page<T> {
        let limit = self.limit() as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().map(key).filter(|_| more);
        Page { items, next }
    }
}

/// A page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, in the order asked for.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` when this is the last for now.
    pub next: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let cursor = Cursor(0x1234_5678_9abc);
        assert_eq!(cursor.to_string().parse::<Cursor>().expect("ours"), cursor);
        for text in ["", "c", "12", "cxyz", "c+1", "c1; DROP TABLE legs"] {
            assert_eq!(text.parse::<Cursor>().expect_err(text).code(), "index.cursor");
        }
    }

    #[test]
    fn a_full_page_has_a_cursor_and_the_last_one_has_none() {
        let request = PageRequest::first(2);
        let page = request.page(vec![1i64, 2, 3], |item| Cursor(*item));
        assert_eq!((page.items, page.next), (vec![1, 2], Some(Cursor(2))));
        let page = request.page(vec![1i64, 2], |item| Cursor(*item));
        assert_eq!(page.next, None);
    }
}

//! A read-only explorer over an index: web pages that show what the contracts recorded, to anyone the bank lets in.
//!
//! [`Explorer::router`] gives an `axum::Router` to serve alone or nested in another one. Pages are made on the server, work without
//! JavaScript and load nothing from elsewhere. Everything shown is of finalised blocks.
//!
//! | file | content |
//! |---|---|
//! | `explorer.rs` | what is served where |
//! | `site.rs`, `directory.rs` | what every page is given; participants and currencies by number |
//! | `frame.rs`, `document.rs`, `failure.rs` | around every page: layout, headers, caching, errors |
//! | `links.rs` | every address |
//! | `page/` | one file for each page |
//! | `part/` | tables, facts, events and other pieces pages share |
//! | `text/` | amounts, times, bytes and codes as people read them |

mod directory;
mod document;
mod explorer;
mod failure;
mod frame;
mod links;
mod page;
mod part;
mod site;
mod text;

pub use explorer::Explorer;
pub use site::FinalisedHead;

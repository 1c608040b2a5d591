//! XML, strictly: what is read is bounded, and what is wrong is named with its element and its place.
//!
//! | file | what |
//! |---|---|
//! | [`scanner`] | bytes to tags and texts; refuses DOCTYPE, entities, other encodings, and passes no limit |
//! | [`tree`] | one part of a message (a header, a transaction) with the path of each element |
//! | [`schema`] | which elements stand where, how often, in what order |
//! | [`message`] | envelope, business application header, document: hands out a message part by part |
//! | [`writer`] | the other direction |

pub(crate) mod message;
pub(crate) mod scanner;
pub(crate) mod schema;
pub(crate) mod tree;
pub(crate) mod writer;

/// Whether XML 1.0 allows the character in a document, by whatever means it is written.
pub(crate) fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

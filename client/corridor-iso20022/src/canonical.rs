//! One form for what may be written in many ways.
//!
//! Each element becomes its name, the number of its attributes, each of them by name, its text, the number
//! of its children, and its children; names and texts with their length before them, so that no two
//! different elements give the same bytes. Prefixes, indentation, comments, the way characters are escaped
//! and the version in the namespace leave no trace; everything else does, elements this crate does not
//! interpret included.

use crate::xml::tree::Node;

/// Collects bytes in which nothing can be shifted from one field to the next.
pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    /// Begins with what the bytes are for, so that no other use of the same form is mistaken for it.
    pub fn new(domain: &str) -> Self {
        let mut canonical = Self(Vec::new());
        canonical.text(domain);
        canonical
    }

    pub fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A text that may be absent, which is not the same as empty.
    pub fn optional_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.number(1);
                self.text(text);
            }
            None => self.number(0),
        }
    }

    pub fn number(&mut self, number: usize) {
        // A length fits 64 bits on every platform there is.
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    pub fn element(&mut self, node: Node<'_>) {
        self.optional_text(node.foreign_namespace());
        self.text(node.name());
        let mut attributes: Vec<_> = node.attributes().iter().collect();
        attributes.sort();
        self.number(attributes.len());
        for (name, value) in attributes {
            self.text(name);
            self.text(value);
        }
        self.text(node.raw_text());
        self.number(node.children().count());
        for child in node.children() {
            self.element(child);
        }
    }

    /// An element that may be absent.
    pub fn optional_element(&mut self, node: Option<Node<'_>>) {
        match node {
            Some(node) => {
                self.number(1);
                self.element(node);
            }
            None => self.number(0),
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

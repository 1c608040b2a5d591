//! Writing messages: indented, escaped, and nothing the reader would refuse.

use super::is_xml_char;
use crate::error::{ErrorKind, Iso20022Error};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Builds one document front to back. Elements are written in the order of the calls.
pub(crate) struct Writer {
    out: String,
    open: Vec<&'static str>,
}

impl Writer {
    pub fn new() -> Self {
        Self {
            out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
            open: Vec::new(),
        }
    }

    /// Begins an element that has a namespace of its own.
    pub fn open_in_namespace(&mut self, name: &'static str, namespace: &str) {
        self.indent();
        self.out.push_str(&format!("<{name} xmlns=\"{namespace}\">\n"));
        self.open.push(name);
    }

    /// Writes an element with what `content` writes in it.
    pub fn element(
        &mut self,
        name: &'static str,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.indent();
        self.out.push_str(&format!("<{name}>\n"));
        self.open.push(name);
        content(self)?;
        self.close();
        Ok(())
    }

    /// Writes an element with what `content` writes in it, and nothing at all when that is nothing.
    pub fn element_unless_empty(
        &mut self,
        name: &'static str,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let before = self.out.len();
        self.indent();
        self.out.push_str(&format!("<{name}>\n"));
        let empty = self.out.len();
        self.open.push(name);
        content(self)?;
        if self.out.len() > empty {
            self.close();
        } else {
            self.open.pop();
            self.out.truncate(before);
        }
        Ok(())
    }

    /// Ends the innermost open element.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.out.push_str(&format!("</{name}>\n"));
        }
    }

    /// Writes a text of 1 to `max` characters.
    pub fn text(&mut self, name: &'static str, text: &str, max: usize) -> Result<()> {
        let found = text.chars().count();
        if found > max {
            return Err(self.error(name, ErrorKind::TextTooLong { found, max }));
        }
        if text.trim().is_empty() {
            return Err(self.error(name, ErrorKind::EmptyText));
        }
        if !text.chars().all(is_xml_char) {
            let found = text.escape_debug().to_string();
            let expected = "text XML can carry";
            return Err(self.error(name, ErrorKind::InvalidValue { found, expected }));
        }
        self.leaf(name, "", text);
        Ok(())
    }

    /// Writes a text of 1 to `max` characters, if there is one.
    pub fn optional_text(&mut self, name: &'static str, text: Option<&str>, max: usize) -> Result<()> {
        text.map_or(Ok(()), |text| self.text(name, text, max))
    }

    /// Writes a value whose form is known to fit.
    pub fn value(&mut self, name: &'static str, value: impl std::fmt::Display) {
        self.leaf(name, "", &value.to_string());
    }

    /// Writes a value whose form is known to fit, if there is one.
    pub fn optional_value(&mut self, name: &'static str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.value(name, value);
        }
    }

    /// Writes an amount with its currency.
    pub fn amount(&mut self, name: &'static str, amount: &corridor_core::Money) -> Result<()> {
        let decimal = amount.to_decimal();
        // What is written must be readable: the same check both ways.
        corridor_core::Money::parse_decimal(amount.currency, &decimal).map_err(|reason| {
            let kind = ErrorKind::InvalidAmount {
                found: decimal.clone(),
                currency: amount.currency.to_string(),
                reason,
            };
            self.error(name, kind)
        })?;
        self.leaf(name, &format!(" Ccy=\"{}\"", amount.currency), &decimal);
        Ok(())
    }

    /// Writes an amount that moves: above zero.
    pub fn amount_to_settle(&mut self, name: &'static str, amount: &corridor_core::Money) -> Result<()> {
        if amount.minor_units == 0 {
            return Err(self.error(name, ErrorKind::ZeroAmount));
        }
        self.amount(name, amount)
    }

    /// Writes a decimal number of at most 18 digits.
    pub fn decimal(&mut self, name: &'static str, number: crate::Decimal) -> Result<()> {
        let text = number.to_string();
        if crate::Decimal::parse(&text).is_none() {
            return Err(self.error(name, ErrorKind::SumTooLarge));
        }
        self.leaf(name, "", &text);
        Ok(())
    }

    /// Writes a whole number of at most 18 digits.
    pub fn number(&mut self, name: &'static str, number: u64) -> Result<()> {
        let found = number.to_string();
        if found.len() > 18 {
            let expected = "a whole number of at most 18 digits";
            return Err(self.error(name, ErrorKind::InvalidValue { found, expected }));
        }
        self.leaf(name, "", &found);
        Ok(())
    }

    /// An error about the element `name` in the innermost open one.
    pub fn error(&self, name: &str, kind: ErrorKind) -> Iso20022Error {
        let top = |name: &&str| matches!(*name, "Document" | "AppHdr");
        let from = self.open.iter().position(top).unwrap_or(self.open.len());
        let mut path = self.open[from..].to_vec();
        path.push(name);
        Iso20022Error::new(kind, path.join("/"), None)
    }

    /// The document.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn leaf(&mut self, name: &str, attributes: &str, text: &str) {
        self.indent();
        self.out.push_str(&format!("<{name}{attributes}>"));
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                // A reader turns a bare one into a line feed.
                '\r' => self.out.push_str("&#13;"),
                other => self.out.push(other),
            }
        }
        self.out.push_str(&format!("</{name}>\n"));
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.out.push_str("  ");
        }
    }
}

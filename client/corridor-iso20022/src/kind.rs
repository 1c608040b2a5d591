//! Which message a file is, before it is read as one.

use crate::error::{ErrorKind, Iso20022Error};
use crate::xml::message::{shown, NAMESPACE};
use crate::xml::scanner::{Scanner, Token};
use crate::Limits;
use std::fmt;

/// The messages this library reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// A status report.
    Pacs002,
    /// A return.
    Pacs004,
    /// A customer credit transfer.
    Pacs008,
    /// An institution's own credit transfer.
    Pacs009,
    /// A request for status.
    Pacs028,
    /// The answer to a request to cancel.
    Camt029,
    /// A liquidity transfer.
    Camt050,
    /// A report of an account.
    Camt052,
    /// A statement of one.
    Camt053,
    /// A notification of entries.
    Camt054,
    /// A request to cancel.
    Camt056,
}

/// All of them, for an error.
const ANY: &str = "pacs.002, pacs.004, pacs.008, pacs.009, pacs.028, camt.029, camt.050, camt.052, camt.053, camt.054 or camt.056";

impl MessageKind {
    /// Every message.
    pub const ALL: [Self; 11] = [
        Self::Pacs002,
        Self::Pacs004,
        Self::Pacs008,
        Self::Pacs009,
        Self::Pacs028,
        Self::Camt029,
        Self::Camt050,
        Self::Camt052,
        Self::Camt053,
        Self::Camt054,
        Self::Camt056,
    ];

    /// The name without variant and version, such as `pacs.008`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pacs002 => "pacs.002",
            Self::Pacs004 => "pacs.004",
            Self::Pacs008 => "pacs.008",
            Self::Pacs009 => "pacs.009",
            Self::Pacs028 => "pacs.028",
            Self::Camt029 => "camt.029",
            Self::Camt050 => "camt.050",
            Self::Camt052 => "camt.052",
            Self::Camt053 => "camt.053",
            Self::Camt054 => "camt.054",
            Self::Camt056 => "camt.056",
        }
    }

    /// What the namespace of the file's `Document` says. Nothing behind that tag is looked at: `read` of the message says whether
    /// it is one, and whether its version is read.
    ///
    /// # Errors
    /// What is wrong before that tag; [`ErrorKind::NoDocument`]; [`ErrorKind::UnsupportedMessage`] for any other message.
    pub fn of(bytes: &[u8], limits: &Limits) -> Result<Self, Iso20022Error> {
        let mut scanner = Scanner::new(bytes, *limits)?;
        loop {
            match scanner.next_token()? {
                Token::Start(tag) if tag.name == "Document" => {
                    scanner.begin_paths_here();
                    let namespace = tag.namespace.as_deref();
                    return Self::of_namespace(namespace).ok_or_else(|| {
                        scanner.error(ErrorKind::UnsupportedMessage {
                            found: shown(namespace),
                            expected: ANY,
                        })
                    });
                }
                Token::Start(_) | Token::End | Token::Text(_) => {}
                Token::Eof => return Err(scanner.error(ErrorKind::NoDocument)),
            }
        }
    }

    fn of_namespace(namespace: Option<&str>) -> Option<Self> {
        let name = namespace?.strip_prefix(NAMESPACE)?;
        let is_it = |kind: &Self| {
            let rest = name.strip_prefix(kind.name());
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        Self::ALL.into_iter().find(is_it)
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<MessageKind, Iso20022Error> {
        MessageKind::of(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_message_is_known_by_its_namespace_in_an_envelope_or_without_one() {
        for kind in MessageKind::ALL {
            let document = format!("<Document xmlns=\"{NAMESPACE}{kind}.001.08\"><Any/></Document>");
            assert_eq!(of(&document), Ok(kind));
            let header = "<AppHdr xmlns=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.02\"/>";
            assert_eq!(
                of(&format!("<BizMsgEnvlp>{header}{document}</BizMsgEnvlp>")),
                Ok(kind)
            );
            assert!(ANY.contains(kind.name()), "{kind}");
        }
    }

    #[test]
    fn what_is_none_of_them_is_refused_with_what_it_says() {
        let pain =
            of(&format!("<Document xmlns=\"{NAMESPACE}pain.001.001.09\"/>")).expect_err("not read here");
        assert_eq!(pain.path(), "Document");
        assert!(pain.to_string().contains("pain.001.001.09"), "{pain}");
        let near = of(&format!("<Document xmlns=\"{NAMESPACE}pacs.0080.001.08\"/>"));
        assert!(matches!(
            near.expect_err("another name").kind(),
            ErrorKind::UnsupportedMessage { .. }
        ));
        for text in [
            "<Document/>",
            "<Other/>",
            "",
            "{}",
            "<!DOCTYPE a><Document/>",
            "<Document",
        ] {
            assert!(of(text).is_err(), "{text:?}");
        }
    }
}

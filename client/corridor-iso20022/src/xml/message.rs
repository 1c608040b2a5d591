//! Envelope, business application header and document.

use super::scanner::{Scanner, StartTag, Token};
use super::schema::{Child, Sequence};
use super::tree::{Node, Tree};
use crate::business_header::{self, BusinessHeader};
use crate::error::{ErrorKind, Iso20022Error};
use crate::Limits;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// What every ISO 20022 namespace begins with.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";

/// What is to be known of a message to read it.
pub(crate) struct Shape {
    /// Its identifier, such as `pacs.008`.
    pub message: &'static str,
    /// The element in `Document`.
    pub root: &'static str,
    /// The oldest version read.
    pub oldest: u8,
    /// The newest version whose elements the tables have.
    pub known: u8,
    /// The newest version read.
    pub newest: u8,
    /// The children of `root`; the first is the group header.
    pub children: &'static [Child],
    /// The one that is a transaction.
    pub transaction: &'static str,
    /// The way from there to what a person knows it by.
    pub end_to_end_id: &'static [&'static str],
}

impl Shape {
    /// The name of one version, such as `pacs.008.001.08`.
    pub fn name(&self, version: u8) -> String {
        format!("{}.001.{version:02}", self.message)
    }

    /// The namespace of one version.
    pub fn namespace(&self, version: u8) -> String {
        format!("{NAMESPACE}{}", self.name(version))
    }

    pub fn supports(&self, version: u8) -> bool {
        (self.oldest..=self.newest).contains(&version)
    }

    pub fn supported(&self) -> String {
        let (oldest, newest) = (self.name(self.oldest), self.name(self.newest));
        format!("{oldest} to {newest}")
    }

    /// The version a namespace names.
    fn version(&self, namespace: Option<&str>) -> std::result::Result<u8, ErrorKind> {
        let found = || match namespace {
            Some(namespace) => namespace.chars().take(100).collect::<String>(),
            None => "absent".to_owned(),
        };
        let suffix = namespace
            .and_then(|namespace| namespace.strip_prefix(NAMESPACE))
            .and_then(|name| name.strip_prefix(self.message))
            .and_then(|rest| rest.strip_prefix('.'));
        let Some(suffix) = suffix else {
            return Err(ErrorKind::UnsupportedMessage {
                found: found(),
                expected: self.message,
            });
        };
        two_digits(suffix.strip_prefix("001.").unwrap_or_default())
            .filter(|version| self.supports(*version))
            .ok_or_else(|| ErrorKind::UnsupportedVersion {
                found: found(),
                supported: self.supported(),
            })
    }
}

/// The version of a business application header's namespace.
fn header_version(namespace: Option<&str>) -> Option<u8> {
    let name = namespace?.strip_prefix(NAMESPACE)?;
    two_digits(name.strip_prefix("head.001.001.")?)
}

fn two_digits(text: &str) -> Option<u8> {
    let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// What surrounds the parts of a message.
pub(crate) struct Frame {
    pub version: u8,
    pub business_header: Option<BusinessHeader>,
}

/// Reads a message and hands its parts (the children of the shape's root) to `take`, in order, each with
/// its number if it is a transaction. Only one part is in memory at a time.
pub(crate) fn read<'s>(
    bytes: &'s [u8],
    limits: &Limits,
    shape: &Shape,
    take: &mut dyn FnMut(Tree<'s>, Option<usize>) -> Result<()>,
) -> Result<Frame> {
    let mut scanner = Scanner::new(bytes, *limits)?;
    let mut business_header = None;
    let mut document = None;
    loop {
        match scanner.next_token()? {
            Token::Start(tag) if tag.name == "AppHdr" => {
                if business_header.is_some() {
                    return Err(scanner.error(ErrorKind::RepeatedElement));
                }
                business_header = Some(read_header(&mut scanner, tag)?);
            }
            Token::Start(tag) if tag.name == "Document" => {
                if document.is_some() {
                    return Err(scanner.error(ErrorKind::RepeatedElement));
                }
                scanner.begin_paths_here();
                document = Some(read_document(&mut scanner, &tag, shape, take)?);
                scanner.begin_paths_at_root();
            }
            // Any other element is an envelope of no concern here.
            Token::Start(_) | Token::End | Token::Text(_) => {}
            Token::Eof => break,
        }
    }
    let version = document.ok_or_else(|| scanner.error(ErrorKind::NoDocument))?;
    if let Some((header, announced)) = &business_header {
        check_announced(header, announced, &shape.name(version))?;
    }
    Ok(Frame {
        version,
        business_header: business_header.map(|(header, _)| header),
    })
}

fn read_header<'s>(scanner: &mut Scanner<'s>, tag: StartTag) -> Result<(BusinessHeader, Tree<'s>)> {
    scanner.begin_paths_here();
    let Some(version) = header_version(tag.namespace.as_deref()) else {
        return Err(scanner.error(ErrorKind::UnsupportedMessage {
            found: tag.namespace.unwrap_or_else(|| "absent".into()),
            expected: "head.001",
        }));
    };
    let mut tree = Tree::new(scanner, false);
    tree.read(scanner, tag)?;
    scanner.begin_paths_at_root();
    let root = tree.root().ok_or_else(|| scanner.error(ErrorKind::EmptyText))?;
    let header = business_header::read(root, version)?;
    Ok((header, tree))
}

fn check_announced(header: &BusinessHeader, tree: &Tree<'_>, found: &str) -> Result<()> {
    if header.message_definition_id == found {
        return Ok(());
    }
    let kind = ErrorKind::HeaderMismatch {
        announced: header.message_definition_id.clone(),
        found: found.to_owned(),
    };
    let node = tree.root().and_then(|root| root.all("MsgDefIdr").next());
    Err(match node {
        Some(node) => node.error(kind),
        None => Iso20022Error::new(kind, "AppHdr/MsgDefIdr".into(), None),
    })
}

/// From the tag of `Document` to its end.
fn read_document<'s>(
    scanner: &mut Scanner<'s>,
    document: &StartTag,
    shape: &Shape,
    take: &mut dyn FnMut(Tree<'s>, Option<usize>) -> Result<()>,
) -> Result<u8> {
    let version = shape
        .version(document.namespace.as_deref())
        .map_err(|kind| scanner.error(kind))?;
    let depth = scanner.depth();
    let mut root_seen = false;
    while scanner.depth() >= depth {
        match scanner.next_token()? {
            Token::Start(tag) if root_seen && tag.name == shape.root => {
                return Err(scanner.error(ErrorKind::RepeatedElement));
            }
            Token::Start(tag) if tag.name == shape.root && tag.namespace == document.namespace => {
                read_root(scanner, document, shape, version, take)?;
                root_seen = true;
            }
            Token::Start(_) => return Err(scanner.error(ErrorKind::UnexpectedElement)),
            Token::Text(text) if !text.trim().is_empty() => {
                let detail = "there is text between the elements in it".into();
                return Err(scanner.error(ErrorKind::MalformedXml { detail }));
            }
            Token::Text(_) | Token::End | Token::Eof => {}
        }
    }
    if root_seen {
        return Ok(version);
    }
    let path = format!("Document/{}", shape.root);
    Err(Iso20022Error::new(ErrorKind::MissingElement, path, None))
}

/// From the tag of the message's element to its end.
fn read_root<'s>(
    scanner: &mut Scanner<'s>,
    document: &StartTag,
    shape: &Shape,
    version: u8,
    take: &mut dyn FnMut(Tree<'s>, Option<usize>) -> Result<()>,
) -> Result<()> {
    let complete_tables = version <= shape.known;
    let mut sequence = Sequence::new(shape.children, complete_tables);
    let mut transactions = 0usize;
    let depth = scanner.depth();
    while scanner.depth() >= depth {
        match scanner.next_token()? {
            Token::Start(tag) => {
                let index = (tag.name == shape.transaction).then(|| transactions.saturating_add(1));
                if let Some(index) = index {
                    scanner.number_element(index);
                    transactions = index;
                }
                if tag.namespace != document.namespace {
                    return Err(scanner.error(ErrorKind::UnexpectedElement));
                }
                sequence.accept(&tag.name).map_err(|kind| scanner.error(kind))?;
                if transactions > scanner.limits().transactions {
                    let limit = scanner.limits().transactions;
                    return Err(scanner.limit_passed("transactions in one message", limit));
                }
                read_part(scanner, tag, shape, complete_tables, index, take)?;
            }
            Token::Text(text) if !text.trim().is_empty() => {
                let detail = "there is text between the elements in it".into();
                return Err(scanner.error(ErrorKind::MalformedXml { detail }));
            }
            Token::Text(_) | Token::End | Token::Eof => {}
        }
    }
    if let Some(name) = sequence.missing() {
        let path = format!("Document/{}/{name}", shape.root);
        return Err(Iso20022Error::new(ErrorKind::MissingElement, path, None));
    }
    Ok(())
}

fn read_part<'s>(
    scanner: &mut Scanner<'s>,
    tag: StartTag,
    shape: &Shape,
    complete_tables: bool,
    index: Option<usize>,
    take: &mut dyn FnMut(Tree<'s>, Option<usize>) -> Result<()>,
) -> Result<()> {
    let mut tree = Tree::new(scanner, complete_tables);
    let read = tree.read(scanner, tag);
    let Some(index) = index else {
        read?;
        return take(tree, None);
    };
    let end_to_end_id = find_text(tree.root(), shape.end_to_end_id).map(str::to_owned);
    read.and_then(|()| take(tree, Some(index)))
        .map_err(|error| error.in_transaction(index, end_to_end_id.as_deref()))
}

/// The text at the end of a way, for naming a transaction in an error: nothing is checked, long text is cut.
fn find_text<'t>(from: Option<Node<'t>>, way: &[&'static str]) -> Option<&'t str> {
    let node = way.iter().try_fold(from?, |node, name| node.all(name).next())?;
    let text = node.raw_text().trim();
    let end = text.char_indices().nth(35).map_or(text.len(), |(end, _)| end);
    text.get(..end).filter(|text| !text.is_empty())
}

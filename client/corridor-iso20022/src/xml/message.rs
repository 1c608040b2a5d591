//! Envelope, business application header and document.

use super::scanner::{Scanner, StartTag, Token};
use super::schema::{Child, Sequence};
use super::tree::{Node, Tree};
use crate::business_header::{self, BusinessHeader};
use crate::error::{ErrorKind, Iso20022Error};
use crate::Limits;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// What every ISO 20022 namespace begins with.
pub(crate) const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";

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
    /// The child that holds the transactions, where the root does not hold them itself.
    pub group: Option<&'static Group>,
    /// The one that is a transaction.
    pub transaction: &'static str,
    /// The way from there to what a person knows it by.
    pub end_to_end_id: &'static [&'static str],
}

/// Several transactions with what they share: a statement with its entries, a case with its payments.
pub(crate) struct Group {
    /// The element.
    pub name: &'static str,
    /// Its children.
    pub children: &'static [Child],
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
        let found = || shown(namespace);
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

/// A namespace as an error shows it: cut, where it is long.
pub(crate) fn shown(namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => namespace.chars().take(100).collect(),
        None => "absent".to_owned(),
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
///
/// Where the shape has groups, the tag of each comes first, by itself, and then its children, one by one;
/// transactions are numbered within their group.
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
    let mut reading = Reading {
        document,
        shape,
        complete_tables: version <= shape.known,
        transactions: 0,
        take,
    };
    reading.children(scanner, shape.children, shape.group)
}

/// What is known while the parts of a message are handed out.
struct Reading<'r, 's> {
    document: &'r StartTag,
    shape: &'r Shape,
    complete_tables: bool,
    /// How many transactions came so far, in all groups.
    transactions: usize,
    take: &'r mut dyn FnMut(Tree<'s>, Option<usize>) -> Result<()>,
}

impl<'s> Reading<'_, 's> {
    /// The children of the element just opened, to its end.
    fn children(
        &mut self,
        scanner: &mut Scanner<'s>,
        table: &'static [Child],
        group: Option<&'static Group>,
    ) -> Result<()> {
        let mut sequence = Sequence::new(table, self.complete_tables);
        let path = scanner.path();
        let (mut groups, mut transactions) = (0usize, 0usize);
        let depth = scanner.depth();
        while scanner.depth() >= depth {
            match scanner.next_token()? {
                Token::Start(tag) => {
                    let group = group.filter(|group| group.name == tag.name);
                    let transaction = group.is_none() && tag.name == self.shape.transaction;
                    if group.is_some() {
                        groups = groups.saturating_add(1);
                        scanner.number_element(groups);
                    } else if transaction {
                        transactions = transactions.saturating_add(1);
                        scanner.number_element(transactions);
                    }
                    if tag.namespace != self.document.namespace {
                        return Err(scanner.error(ErrorKind::UnexpectedElement));
                    }
                    sequence.accept(&tag.name).map_err(|kind| scanner.error(kind))?;
                    self.count(scanner, transaction)?;
                    match group {
                        Some(group) => {
                            (self.take)(Tree::of_tag(scanner, tag, self.complete_tables)?, None)?;
                            self.children(scanner, group.children, None)?;
                        }
                        None => self.part(scanner, tag, transaction.then_some(transactions))?,
                    }
                }
                Token::Text(text) if !text.trim().is_empty() => {
                    let detail = "there is text between the elements in it".into();
                    return Err(scanner.error(ErrorKind::MalformedXml { detail }));
                }
                Token::Text(_) | Token::End | Token::Eof => {}
            }
        }
        match sequence.missing() {
            Some(name) => {
                let path = format!("{path}/{name}");
                Err(Iso20022Error::new(ErrorKind::MissingElement, path, None))
            }
            None => Ok(()),
        }
    }

    fn count(&mut self, scanner: &Scanner<'s>, transaction: bool) -> Result<()> {
        self.transactions = self.transactions.saturating_add(transaction.into());
        let limit = scanner.limits().transactions;
        if self.transactions > limit {
            return Err(scanner.limit_passed("transactions in one message", limit));
        }
        Ok(())
    }

    fn part(&mut self, scanner: &mut Scanner<'s>, tag: StartTag, index: Option<usize>) -> Result<()> {
        let mut tree = Tree::new(scanner, self.complete_tables);
        let read = tree.read(scanner, tag);
        let Some(index) = index else {
            read?;
            return (self.take)(tree, None);
        };
        let end_to_end_id = find_text(tree.root(), self.shape.end_to_end_id).map(str::to_owned);
        read.and_then(|()| (self.take)(tree, Some(index)))
            .map_err(|error| error.in_transaction(index, end_to_end_id.as_deref()))
    }
}

/// The text at the end of a way, for naming a transaction in an error: nothing is checked, long text is cut.
fn find_text<'t>(from: Option<Node<'t>>, way: &[&'static str]) -> Option<&'t str> {
    let node = way.iter().try_fold(from?, |node, name| node.all(name).next())?;
    let text = node.raw_text().trim();
    let end = text.char_indices().nth(35).map_or(text.len(), |(end, _)| end);
    text.get(..end).filter(|text| !text.is_empty())
}

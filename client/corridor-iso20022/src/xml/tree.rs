//! One part of a message in memory.

use super::scanner::{Scanner, StartTag, Token};
use super::schema::{Child, Sequence};
use crate::error::{ErrorKind, Iso20022Error, Position};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Elements whose content the standard leaves open (`xs:any`): another namespace is expected there.
const OPEN_CONTENT: [&str; 2] = ["Envlp", "Sgntr"];

/// An element with everything in it, in document order.
pub(crate) struct Tree<'s> {
    source: &'s str,
    /// The path of the root, which is the message's and not the part's.
    root_path: String,
    /// Whether schema tables are complete for the message's version.
    complete_tables: bool,
    elements: Vec<Element>,
}

struct Element {
    name: String,
    /// `None` for the message's own.
    foreign_namespace: Option<String>,
    attributes: Vec<(String, String)>,
    text: String,
    offset: usize,
    parent: Option<usize>,
    first_child: Option<usize>,
    next_sibling: Option<usize>,
}

impl<'s> Tree<'s> {
    /// An empty part; [`Tree::read`] fills it.
    pub fn new(scanner: &Scanner<'s>, complete_tables: bool) -> Self {
        Self {
            source: scanner.source(),
            root_path: scanner.path(),
            complete_tables,
            elements: Vec::new(),
        }
    }

    /// An element with nothing in it: a tag whose content is read part by part.
    pub fn of_tag(scanner: &Scanner<'s>, tag: StartTag, complete_tables: bool) -> Result<Self> {
        let mut tree = Self::new(scanner, complete_tables);
        tree.push(scanner, None, None, tag, false)?;
        Ok(tree)
    }

    /// Reads the element whose tag was just taken, to its end.
    ///
    /// After an error the tree holds what came before it.
    pub fn read(&mut self, scanner: &mut Scanner<'s>, start: StartTag) -> Result<()> {
        let own_namespace = start.namespace.clone();
        let mut open = vec![(self.push(scanner, None, None, start, false)?, None)];
        while let Some((at, last_child)) = open.last().copied() {
            match scanner.next_token()? {
                Token::Start(tag) => {
                    let foreign = tag.namespace != own_namespace;
                    let parent = &self.elements[at];
                    let expected = OPEN_CONTENT.contains(&parent.name.as_str());
                    if foreign && !expected && parent.foreign_namespace.is_none() {
                        return Err(scanner.error(ErrorKind::UnexpectedElement));
                    }
                    let child = self.push(scanner, Some(at), last_child, tag, foreign)?;
                    self.drop_indentation(at);
                    if let Some(top) = open.last_mut() {
                        top.1 = Some(child);
                    }
                    open.push((child, None));
                }
                Token::Text(text) => {
                    let element = &mut self.elements[at];
                    element.text.push_str(&text);
                    if element.first_child.is_some() {
                        self.drop_indentation(at);
                    }
                    let element = &self.elements[at];
                    let limit = scanner.limits().text_bytes;
                    if element.text.len() > limit {
                        return Err(scanner.limit_passed("bytes in one element's text", limit));
                    }
                }
                Token::End | Token::Eof => {
                    self.close(at)?;
                    open.pop();
                }
            }
        }
        Ok(())
    }

    fn push(
        &mut self,
        scanner: &Scanner<'s>,
        parent: Option<usize>,
        previous: Option<usize>,
        tag: StartTag,
        foreign: bool,
    ) -> Result<usize> {
        let limit = scanner.limits().elements_per_part;
        if self.elements.len() >= limit {
            return Err(scanner.limit_passed("elements in one transaction or header", limit));
        }
        let id = self.elements.len();
        match (previous, parent) {
            (Some(previous), _) => self.elements[previous].next_sibling = Some(id),
            (None, Some(parent)) => self.elements[parent].first_child = Some(id),
            (None, None) => {}
        }
        self.elements.push(Element {
            name: tag.name,
            foreign_namespace: foreign.then(|| tag.namespace.unwrap_or_default()),
            attributes: tag.attributes,
            text: String::new(),
            offset: tag.offset,
            parent,
            first_child: None,
            next_sibling: None,
        });
        Ok(id)
    }

    /// Forgets the text beside child elements as long as it is only indentation.
    fn drop_indentation(&mut self, at: usize) {
        let text = &mut self.elements[at].text;
        if text.trim().is_empty() {
            text.clear();
        }
    }

    /// Text beside child elements is indentation, dropped by now; anything else there is a mistake.
    fn close(&self, at: usize) -> Result<()> {
        let element = &self.elements[at];
        let open = element.first_child.is_none() || element.foreign_namespace.is_some();
        if open || element.text.is_empty() {
            return Ok(());
        }
        let detail = "there is text between the elements in it".into();
        Err(Node { tree: self, id: at }.error(ErrorKind::MalformedXml { detail }))
    }

    /// The root; `None` only before [`Tree::read`].
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.elements.is_empty()).then_some(Node { tree: self, id: 0 })
    }
}

/// An element of a [`Tree`].
#[derive(Clone, Copy)]
pub(crate) struct Node<'t> {
    tree: &'t Tree<'t>,
    id: usize,
}

impl<'t> Node<'t> {
    fn element(self) -> &'t Element {
        &self.tree.elements[self.id]
    }

    pub fn name(self) -> &'t str {
        &self.element().name
    }

    /// The namespace, when it is not the message's.
    pub fn foreign_namespace(self) -> Option<&'t str> {
        self.element().foreign_namespace.as_deref()
    }

    pub fn attributes(self) -> &'t [(String, String)] {
        &self.element().attributes
    }

    /// The text as it stands; empty for an element that has children.
    pub fn raw_text(self) -> &'t str {
        &self.element().text
    }

    pub fn children(self) -> impl Iterator<Item = Node<'t>> {
        let at = |id: usize| Node { tree: self.tree, id };
        std::iter::successors(self.element().first_child.map(at), move |node| {
            node.element().next_sibling.map(at)
        })
    }

    /// The children of a name.
    pub fn all(self, name: &'static str) -> impl Iterator<Item = Node<'t>> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The child of a name, if there is one; an error if there are several.
    pub fn optional(self, name: &'static str) -> Result<Option<Node<'t>>> {
        let mut found = self.all(name);
        let first = found.next();
        match found.next() {
            Some(second) => Err(second.error(ErrorKind::RepeatedElement)),
            None => Ok(first),
        }
    }

    /// The child of a name.
    pub fn required(self, name: &'static str) -> Result<Node<'t>> {
        self.optional(name)?.ok_or_else(|| self.missing(name))
    }

    /// Checks names, number and order of the children.
    pub fn check(self, table: &'static [Child]) -> Result<()> {
        let mut sequence = Sequence::new(table, self.tree.complete_tables);
        for child in self.children() {
            sequence.accept(child.name()).map_err(|kind| child.error(kind))?;
        }
        sequence.missing().map_or(Ok(()), |name| Err(self.missing(name)))
    }

    /// An error about this element.
    pub fn error(self, kind: ErrorKind) -> Iso20022Error {
        Iso20022Error::new(kind, self.path(), Some(self.position()))
    }

    /// The error that a child is absent.
    pub fn missing(self, name: &str) -> Iso20022Error {
        let path = format!("{}/{name}", self.path());
        Iso20022Error::new(ErrorKind::MissingElement, path, Some(self.position()))
    }

    fn position(self) -> Position {
        Position::of(self.tree.source, self.element().offset)
    }

    /// The path from the message's first element on.
    pub fn path(self) -> String {
        let Some(parent) = self.element().parent else {
            return self.tree.root_path.clone();
        };
        let parent = Node {
            tree: self.tree,
            id: parent,
        };
        let namesakes = || parent.children().filter(|child| child.name() == self.name());
        let index = namesakes().position(|child| child.id == self.id);
        let mut path = format!("{}/{}", parent.path(), self.name());
        if let (Some(index), 2..) = (index, namesakes().count()) {
            path.push_str(&format!("[{}]", index.saturating_add(1)));
        }
        path
    }
}

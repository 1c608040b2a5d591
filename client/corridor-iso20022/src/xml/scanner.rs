//! From bytes to tags and texts.

use super::is_xml_char;
use crate::error::{ErrorKind, Iso20022Error, Position};
use crate::Limits;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::NsReader;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Namespace declarations in scope at once; real files have a handful.
const MAX_NAMESPACE_BINDINGS: usize = 64;

/// The next thing in the file.
pub(crate) enum Token {
    Start(StartTag),
    End,
    Text(String),
    Eof,
}

/// The beginning of an element.
pub(crate) struct StartTag {
    /// The name without its prefix.
    pub name: String,
    /// The namespace the prefix, or its absence, stands for.
    pub namespace: Option<String>,
    /// Attributes without prefix, namespace declarations left out.
    pub attributes: Vec<(String, String)>,
    /// Where the tag begins.
    pub offset: usize,
}

/// Reads a file once, front to back.
pub(crate) struct Scanner<'s> {
    source: &'s str,
    reader: NsReader<&'s [u8]>,
    limits: Limits,
    /// The names of the open elements, with their place among siblings where it matters.
    open: Vec<String>,
    /// How many of `open` lie outside the message and are left out of paths.
    outside: usize,
    /// An end that follows at once, because the tag was an empty one.
    pending_end: bool,
    root_seen: bool,
    /// Where the last token began.
    offset: usize,
}

impl<'s> Scanner<'s> {
    /// Checks size, encoding and characters of the whole file before a tag is read.
    pub fn new(bytes: &'s [u8], limits: Limits) -> Result<Self> {
        let refuse = |kind| Iso20022Error::new(kind, String::new(), None);
        if bytes.len() > limits.bytes {
            return Err(refuse(ErrorKind::TooLarge {
                found: bytes.len(),
                limit: limits.bytes,
            }));
        }
        let source = text_of(bytes).map_err(refuse)?;
        if let Some((offset, found)) = source.char_indices().find(|(_, found)| !is_xml_char(*found)) {
            let detail = format!("the character U+{:04X} is not allowed", u32::from(found));
            let position = Position::of(source, offset);
            return Err(Iso20022Error::new(
                ErrorKind::MalformedXml { detail },
                String::new(),
                Some(position),
            ));
        }
        let mut reader = NsReader::from_str(source);
        reader.config_mut().check_comments = true;
        reader
            .resolver_mut()
            .set_max_namespace_bindings(MAX_NAMESPACE_BINDINGS);
        Ok(Self {
            source,
            reader,
            limits,
            open: Vec::new(),
            outside: 0,
            pending_end: false,
            root_seen: false,
            offset: 0,
        })
    }

    pub fn source(&self) -> &'s str {
        self.source
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// From here on paths begin with the element just opened.
    pub fn begin_paths_here(&mut self) {
        self.outside = self.open.len().saturating_sub(1);
    }

    /// Paths begin at the root again.
    pub fn begin_paths_at_root(&mut self) {
        self.outside = 0;
    }

    /// Shows the element just opened as the `index`th of its name.
    pub fn number_element(&mut self, index: usize) {
        if let Some(name) = self.open.last_mut() {
            *name = format!("{name}[{index}]");
        }
    }

    /// The path of the element just opened.
    pub fn path(&self) -> String {
        self.open.get(self.outside..).unwrap_or_default().join("/")
    }

    /// An error about the element just opened.
    pub fn error(&self, kind: ErrorKind) -> Iso20022Error {
        self.error_at(kind, self.offset)
    }

    fn error_at(&self, kind: ErrorKind, offset: usize) -> Iso20022Error {
        Iso20022Error::new(kind, self.path(), Some(Position::of(self.source, offset)))
    }

    fn malformed(&self, detail: impl Into<String>) -> Iso20022Error {
        let detail = detail.into();
        self.error(ErrorKind::MalformedXml { detail })
    }

    /// The next token. Comments and processing instructions are passed over.
    pub fn next_token(&mut self) -> Result<Token> {
        loop {
            if std::mem::take(&mut self.pending_end) {
                self.open.pop();
                return Ok(Token::End);
            }
            self.offset = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            let event = self
                .reader
                .read_event()
                .map_err(|error| self.syntax_error(&error))?;
            match event {
                Event::Start(tag) => return self.start(&tag).map(Token::Start),
                Event::Empty(tag) => {
                    let start = self.start(&tag)?;
                    self.pending_end = true;
                    // An empty tag's namespaces last until the next read, which comes after its end.
                    return Ok(Token::Start(start));
                }
                Event::End(_) => {
                    self.open.pop();
                    return Ok(Token::End);
                }
                Event::Text(text) => {
                    if let Some(token) = self.text(&text.xml10_content())? {
                        return Ok(token);
                    }
                }
                Event::CData(text) => {
                    if self.open.is_empty() {
                        return Err(self.malformed("there is text outside the root element"));
                    }
                    return Ok(Token::Text(text.xml10_content().into_owned()));
                }
                Event::GeneralRef(reference) => return self.reference(&reference).map(Token::Text),
                Event::Decl(declaration) => self.declaration(&declaration)?,
                Event::DocType(_) => return Err(self.error(ErrorKind::DoctypeRefused)),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => return self.end_of_file(),
            }
        }
    }

    fn text(&self, text: &str) -> Result<Option<Token>> {
        if !self.open.is_empty() {
            return Ok(Some(Token::Text(text.to_owned())));
        }
        if text.trim().is_empty() {
            return Ok(None);
        }
        Err(self.malformed("there is text outside the root element"))
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<StartTag> {
        if self.open.is_empty() && std::mem::replace(&mut self.root_seen, true) {
            return Err(self.malformed(
                "there is more than one root element; put AppHdr and Document into one outer element",
            ));
        }
        let (namespace, name) = self.reader.resolver().resolve_element(tag.name());
        let name = name.into_inner().to_owned();
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => Some(namespace.into_inner().to_owned()),
            ResolveResult::Unbound => None,
            ResolveResult::Unknown(prefix) => {
                return Err(self.malformed(format!("the prefix {prefix} is not declared")));
            }
        };
        self.open.push(name.clone());
        if self.open.len() > self.limits.depth {
            return Err(self.limit_passed("elements inside one another", self.limits.depth));
        }
        Ok(StartTag {
            name,
            namespace,
            attributes: self.attributes(tag)?,
            offset: self.offset,
        })
    }

    fn attributes(&self, tag: &BytesStart<'_>) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        for (count, attribute) in tag.attributes().enumerate() {
            if count >= self.limits.attributes {
                return Err(self.limit_passed("attributes of one element", self.limits.attributes));
            }
            let attribute = attribute.map_err(|error| self.malformed(error.to_string()))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                .map_err(|error| self.syntax_error(&error))?;
            if !value.chars().all(is_xml_char) {
                return Err(self.malformed("an attribute has a character that is not allowed"));
            }
            let name = attribute.key.into_inner();
            if name != "xmlns" && !name.contains(':') {
                found.push((name.to_owned(), value.into_owned()));
            }
        }
        Ok(found)
    }

    /// The text a reference stands for; only those XML itself defines are known.
    fn reference(&self, reference: &BytesRef<'_>) -> Result<String> {
        if self.open.is_empty() {
            return Err(self.malformed("there is text outside the root element"));
        }
        if reference.is_char_ref() {
            let character = reference
                .resolve_char_ref()
                .map_err(|error| self.syntax_error(&error))?
                .filter(|character| is_xml_char(*character))
                .ok_or_else(|| self.malformed("a character by number is not allowed"))?;
            return Ok(character.to_string());
        }
        quick_xml::escape::resolve_xml_entity(reference)
            .map(str::to_owned)
            .ok_or_else(|| {
                // A name may be as long as the file; an error message should not be.
                let name = reference.chars().take(40).collect();
                self.error(ErrorKind::EntityRefused { name })
            })
    }

    fn declaration(&self, declaration: &BytesDecl<'_>) -> Result<()> {
        let version = declaration.version().map_err(|error| self.syntax_error(&error))?;
        if version != "1.0" {
            return Err(self.malformed("the XML version is not 1.0"));
        }
        if let Some(encoding) = declaration.encoding() {
            let encoding = encoding.map_err(|error| self.malformed(error.to_string()))?;
            if !encoding.eq_ignore_ascii_case("utf-8") && !encoding.eq_ignore_ascii_case("us-ascii") {
                let found = format!("the declaration says {encoding}");
                return Err(self.error(ErrorKind::UnsupportedEncoding { found }));
            }
        }
        Ok(())
    }

    fn end_of_file(&self) -> Result<Token> {
        if !self.open.is_empty() {
            return Err(self.malformed("the file ends inside this element"));
        }
        if !self.root_seen {
            return Err(self.error(ErrorKind::NoDocument));
        }
        Ok(Token::Eof)
    }

    pub fn limit_passed(&self, what: &'static str, limit: usize) -> Iso20022Error {
        self.error(ErrorKind::LimitPassed { what, limit })
    }

    fn syntax_error(&self, error: &quick_xml::Error) -> Iso20022Error {
        use quick_xml::escape::EscapeError;
        let kind = match error {
            quick_xml::Error::Escape(EscapeError::UnrecognizedEntity(_, name)) => ErrorKind::EntityRefused {
                name: name.chars().take(40).collect(),
            },
            other => ErrorKind::MalformedXml {
                detail: other.to_string().chars().take(200).collect(),
            },
        };
        // Where quick-xml knows better than "after the last token", it says so.
        let position = usize::try_from(self.reader.error_position()).unwrap_or(0);
        self.error_at(kind, position.max(self.offset))
    }
}

/// The file as UTF-8, without its byte order mark.
fn text_of(bytes: &[u8]) -> std::result::Result<&str, ErrorKind> {
    let unsupported = |found: String| ErrorKind::UnsupportedEncoding { found };
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(unsupported("it begins with the byte order mark of UTF-16".into()));
    }
    if bytes.starts_with(&[b'<', 0]) || bytes.starts_with(&[0, b'<']) {
        return Err(unsupported("it looks like UTF-16".into()));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| unsupported(format!("byte {} does not fit", error.valid_up_to())))?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

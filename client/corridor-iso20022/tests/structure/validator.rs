//! Holds a message against the tables. It shares no code with the readers and writers.

use super::simple;
use super::tables::{Child, Tables, Type};
use quick_xml::events::{BytesStart, Event};
use quick_xml::Reader;

/// An element of the message.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

/// What is wrong with a message, the first fault with its place; `Ok` if nothing is.
pub fn validate(text: &str, message: &str) -> Result<(), String> {
    let tables = Tables::of(message);
    let root = parse(text);
    let (header, document) = match root.name.as_str() {
        "Document" => (None, &root),
        "BizMsgEnvlp" => match &root.children[..] {
            [header, document] => (Some(header), document),
            _ => return Err("an envelope has a header and a document".into()),
        },
        other => return Err(format!("{other} is no root")),
    };
    if let Some(header) = header {
        top(header, "AppHdr", "head.001.001.02")?;
        element(header, "AppHdr", "AppHdr", &tables)?;
    }
    top(document, "Document", message)?;
    element(document, "Document", "Document", &tables)
}

/// An element with a namespace of its own.
fn top(found: &Element, name: &str, message: &str) -> Result<(), String> {
    let namespace = format!("urn:iso:std:iso:20022:tech:xsd:{message}");
    let attributes = vec![("xmlns".to_owned(), namespace)];
    if found.name != name || found.attributes != attributes {
        return Err(format!(
            "{} {:?} is not the {name} of {message}",
            found.name, found.attributes
        ));
    }
    Ok(())
}

fn element(found: &Element, kind: &str, path: &str, tables: &Tables) -> Result<(), String> {
    match tables.get(kind) {
        Some(Type::Sequence(children)) => {
            no_text(found, path)?;
            sequence(found, children, path, tables)
        }
        Some(Type::Choice(children)) => {
            no_text(found, path)?;
            choice(found, children, path, tables)
        }
        Some(Type::Codes(codes)) if codes.contains(&found.text) => leaf(found, kind, path),
        None if kind == "-" => Err(format!("{path}: nothing is written here")),
        None if simple::check(kind, &found.text) => leaf(found, kind, path),
        _ => Err(format!("{path}: {:?} is not of type {kind}", found.text)),
    }
}

fn no_text(found: &Element, path: &str) -> Result<(), String> {
    let top = path == "Document" || path == "AppHdr";
    if !found.text.trim().is_empty() || (!top && !found.attributes.is_empty()) {
        return Err(format!("{path}: text or attributes beside elements"));
    }
    Ok(())
}

fn leaf(found: &Element, kind: &str, path: &str) -> Result<(), String> {
    if !found.children.is_empty() {
        return Err(format!("{path}: elements in a text"));
    }
    let amount = kind == "ActiveCurrencyAndAmount";
    let fits = match &found.attributes[..] {
        [] => !amount,
        [(name, code)] => amount && name == "Ccy" && simple::check("ActiveCurrencyCode", code),
        _ => false,
    };
    fits.then_some(())
        .ok_or_else(|| format!("{path}: wrong attributes"))
}

fn sequence(found: &Element, children: &[Child], path: &str, tables: &Tables) -> Result<(), String> {
    let mut rest = &found.children[..];
    for child in children {
        let count = rest.iter().take_while(|one| one.name == child.name).count();
        if count < child.min || count > child.max {
            let next = rest.get(count).map_or("nothing", |one| &one.name);
            return Err(format!("{path}: {} {count} times, then {next}", child.name));
        }
        let (these, others) = rest.split_at(count);
        for one in these {
            element(one, &child.kind, &format!("{path}/{}", child.name), tables)?;
        }
        rest = others;
    }
    match rest.first() {
        Some(extra) => Err(format!("{path}: {} does not stand here", extra.name)),
        None => Ok(()),
    }
}

fn choice(found: &Element, children: &[Child], path: &str, tables: &Tables) -> Result<(), String> {
    let [one] = &found.children[..] else {
        return Err(format!(
            "{path}: {} elements where one is chosen",
            found.children.len()
        ));
    };
    match children.iter().find(|child| child.name == one.name) {
        Some(child) => element(one, &child.kind, &format!("{path}/{}", one.name), tables),
        None => Err(format!("{path}: {} is no choice", one.name)),
    }
}

fn parse(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    let mut open = vec![start(&BytesStart::new("outside"))];
    loop {
        let top = open.last_mut().expect("the outside is never closed");
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => open.push(start(&tag)),
            Event::Empty(tag) => top.children.push(start(&tag)),
            Event::Text(text) => top.text.push_str(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().expect("a character") {
                Some(character) => top.text.push(character),
                None => top.text.push_str(match &*reference {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    other => panic!("&{other}; is not written here"),
                }),
            },
            Event::End(_) => {
                let mut done = open.pop().expect("open");
                if !done.children.is_empty() && done.text.trim().is_empty() {
                    done.text.clear();
                }
                open.last_mut().expect("the outside").children.push(done);
            }
            Event::Eof => return open.remove(0).children.remove(0),
            _ => {}
        }
    }
}

fn start(tag: &BytesStart<'_>) -> Element {
    let attributes = tag.attributes().map(|one| {
        let one = one.expect("well-formed");
        (one.key.into_inner().to_owned(), one.value.into_owned())
    });
    Element {
        name: tag.name().into_inner().to_owned(),
        attributes: attributes.collect(),
        text: String::new(),
        children: Vec::new(),
    }
}

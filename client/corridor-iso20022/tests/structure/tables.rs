//! The published structures, as far as messages written here use them: data, in `tables/`.
//!
//! Written down apart from the tables the readers use, with the types the standard gives them, so that either
//! can show the other wrong.

use std::collections::HashMap;

/// One child of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    pub name: String,
    pub min: usize,
    pub max: usize,
    pub kind: String,
}

/// A type whose elements are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Sequence(Vec<Child>),
    Choice(Vec<Child>),
    Codes(Vec<String>),
}

/// The types of one message, by name; `Document` and `AppHdr` among them.
#[derive(Clone, Debug, Default)]
pub struct Tables(HashMap<String, Type>);

impl Tables {
    /// The tables of a message, such as `camt.053.001.08`, with those of the header and those all share.
    pub fn of(message: &str) -> Self {
        let mut tables = Self::default();
        let mut files = vec!["common", "head.001.001.02", message];
        if ["camt.052", "camt.053", "camt.054"]
            .iter()
            .any(|one| message.starts_with(one))
        {
            files.push("statements");
        }
        for file in files {
            let path = format!("{}/tests/structure/tables/{file}.txt", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            tables.add(&text);
        }
        tables.refuse_unknown_types();
        tables
    }

    pub fn get(&self, name: &str) -> Option<&Type> {
        self.0.get(name)
    }

    fn add(&mut self, text: &str) {
        let mut current: Option<String> = None;
        for line in text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        {
            if let Some((name, codes)) = line.split_once(':') {
                let codes = codes.split_whitespace().map(str::to_owned).collect();
                self.insert(name, Type::Codes(codes));
            } else if let Some(name) = line.strip_suffix(" =") {
                current = Some(self.insert(name, Type::Sequence(Vec::new())));
            } else if let Some(name) = line.strip_suffix(" |") {
                current = Some(self.insert(name, Type::Choice(Vec::new())));
            } else {
                let name = current.as_ref().expect("a child belongs to a type");
                match self.0.get_mut(name) {
                    Some(Type::Sequence(children) | Type::Choice(children)) => children.push(child(line)),
                    _ => panic!("{name} has no children"),
                }
            }
        }
    }

    fn insert(&mut self, name: &str, content: Type) -> String {
        let before = self.0.insert(name.to_owned(), content);
        assert_eq!(before, None, "{name} is listed twice");
        name.to_owned()
    }

    /// A misspelt type would otherwise be noticed only by a message that has it.
    fn refuse_unknown_types(&self) {
        for (name, content) in &self.0 {
            let (Type::Sequence(children) | Type::Choice(children)) = content else {
                continue;
            };
            for child in children {
                let known = self.0.contains_key(&child.kind) || super::simple::is_known(&child.kind);
                assert!(
                    known || child.kind == "-",
                    "{name}/{} is of no known type",
                    child.name
                );
            }
        }
    }
}

fn child(line: &str) -> Child {
    let (name, kind) = line.trim().split_once(' ').expect("a name and a type");
    let (min, max) = match name.chars().last() {
        Some('?') => (0, 1),
        Some('*') => (0, usize::MAX),
        Some('+') => (1, usize::MAX),
        _ => (1, 1),
    };
    Child {
        name: name.trim_end_matches(['?', '*', '+']).to_owned(),
        min,
        max,
        kind: kind.trim().to_owned(),
    }
}

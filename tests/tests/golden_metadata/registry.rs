//! The types of an ink! metadata file: reading bytes by them, and writing them down.

use serde_json::Value;

/// The type registry of a contract's metadata.
pub struct Registry(pub Value);

impl Registry {
    fn find(&self, id: u64) -> &Value {
        let types = self.0["types"].as_array().expect("types");
        let found = types.iter().find(|entry| entry["id"] == id);
        &found.expect("a type of that number")["type"]
    }

    /// The type's name and parameters, as far as they tell it from others.
    pub fn name(&self, id: u64) -> String {
        let this = self.find(id);
        let path: Vec<&str> = list(&this["path"]).iter().filter_map(Value::as_str).collect();
        if let Some(name) = path.last() {
            let parameters: Vec<String> = list(&this["params"])
                .iter()
                .filter_map(|parameter| parameter["type"].as_u64())
                .map(|parameter| self.name(parameter))
                .collect();
            return match parameters.is_empty() {
                true => (*name).to_owned(),
                false => format!("{name}<{}>", parameters.join(", ")),
            };
        }
        let def = &this["def"];
        if let Some(name) = def["primitive"].as_str() {
            name.to_owned()
        } else if let Some(item) = def["sequence"]["type"].as_u64() {
            format!("Vec<{}>", self.name(item))
        } else if let Some(item) = def["array"]["type"].as_u64() {
            format!("[{}; {}]", self.name(item), def["array"]["len"])
        } else if def["tuple"].is_array() {
            let items: Vec<String> = list(&def["tuple"])
                .iter()
                .filter_map(Value::as_u64)
                .map(|item| self.name(item))
                .collect();
            format!("({})", items.join(", "))
        } else {
            panic!("a type without a name: {this}")
        }
    }

    /// One line for each type of ours: its fields, or its variants with their numbers.
    pub fn definitions(&self) -> Vec<String> {
        let types = self.0["types"].as_array().expect("types");
        let ours = types.iter().filter(|entry| {
            let path = list(&entry["type"]["path"]);
            path.first()
                .and_then(Value::as_str)
                .is_some_and(|root| root.starts_with("corridor"))
        });
        let mut lines: Vec<String> = ours
            .map(|entry| {
                let name = self.name(entry["id"].as_u64().expect("a number"));
                let def = &entry["type"]["def"];
                match def["variant"].is_object() {
                    false => format!("{name} {{ {} }}", self.fields(&def["composite"])),
                    true => {
                        let variants = list(&def["variant"]["variants"]).iter().map(|variant| {
                            let name = variant["name"].as_str().expect("a name");
                            match self.fields(variant).as_str() {
                                "" => format!("{} {name}", variant["index"]),
                                fields => format!("{} {name} {{ {fields} }}", variant["index"]),
                            }
                        });
                        format!("{name} = {}", variants.collect::<Vec<_>>().join(" | "))
                    }
                }
            })
            .collect();
        lines.sort();
        lines
    }

    fn fields(&self, of: &Value) -> String {
        let fields = list(&of["fields"]).iter().map(|field| {
            let of_type = self.name(field["type"].as_u64().expect("a type"));
            match field["name"].as_str() {
                Some(name) => format!("{name}: {of_type}"),
                None => of_type,
            }
        });
        fields.collect::<Vec<_>>().join(", ")
    }

    /// Takes one value of a type from the front of `bytes`.
    ///
    /// # Panics
    /// When the bytes are no such value.
    pub fn take(&self, id: u64, bytes: &mut &[u8]) {
        let def = &self.find(id)["def"];
        if let Some(name) = def["primitive"].as_str() {
            let length = match name {
                "bool" | "u8" => 1,
                "u16" => 2,
                "u32" | "i32" => 4,
                "u64" | "i64" => 8,
                "u128" => 16,
                "str" => compact(bytes),
                other => panic!("{other} is not used"),
            };
            split(bytes, length);
        } else if let Some(item) = def["sequence"]["type"].as_u64() {
            for _ in 0..compact(bytes) {
                self.take(item, bytes);
            }
        } else if let Some(item) = def["array"]["type"].as_u64() {
            for _ in 0..def["array"]["len"].as_u64().expect("a length") {
                self.take(item, bytes);
            }
        } else if def["tuple"].is_array() {
            for item in list(&def["tuple"]) {
                self.take(item.as_u64().expect("a type"), bytes);
            }
        } else if def["variant"].is_object() {
            let number = split(bytes, 1)[0];
            let found = list(&def["variant"]["variants"])
                .iter()
                .find(|variant| variant["index"] == number);
            self.take_fields(found.expect("a variant of that number"), bytes);
        } else {
            self.take_fields(&def["composite"], bytes);
        }
    }

    fn take_fields(&self, of: &Value, bytes: &mut &[u8]) {
        for field in list(&of["fields"]) {
            self.take(field["type"].as_u64().expect("a type"), bytes);
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn split<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (front, rest) = bytes.split_at_checked(length).expect("more bytes");
    *bytes = rest;
    front
}

/// A length. The lists here are short.
fn compact(bytes: &mut &[u8]) -> usize {
    let first = split(bytes, 1)[0];
    assert_eq!(first & 3, 0, "a list of less than 64 entries");
    usize::from(first >> 2)
}

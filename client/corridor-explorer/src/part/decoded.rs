//! A decoded event's fields. Names that are known are explained; anything else is shown as it is.

use crate::{directory::Directory, links::Links, part::refer, text::words};
use corridor_client::core::{Currency, ParticipantId, Uetr};
use maud::{html, Markup};
use serde_json::{Map, Value};

/// The fields of what the index decoded; the text itself where it is no object.
pub(crate) fn fields(links: &Links, directory: &Directory, decoded: &str) -> Markup {
    match serde_json::from_str(decoded) {
        Ok(Value::Object(map)) => {
            let view = View { links, directory };
            view.object(&map, None)
        }
        _ => html! { pre { (decoded) } },
    }
}

struct View<'a> {
    links: &'a Links,
    directory: &'a Directory,
}

impl View<'_> {
    /// Amounts are in the object's own currency, or in the one around it.
    fn object(&self, map: &Map<String, Value>, currency: Option<Currency>) -> Markup {
        let own = map.get("currency").and_then(Value::as_str);
        let currency = own.and_then(|code| code.parse().ok()).or(currency);
        html! {
            dl.facts.decoded {
                @for (name, value) in map {
                    div { dt { (words::plain(name)) } dd { (self.field(name, value, currency)) } }
                }
            }
        }
    }

    fn field(&self, name: &str, value: &Value, currency: Option<Currency>) -> Markup {
        self.known(name, value, currency)
            .unwrap_or_else(|| self.any(name, value, currency))
    }

    fn known(&self, name: &str, value: &Value, currency: Option<Currency>) -> Option<Markup> {
        match name {
            "uetr" => {
                let uetr: Uetr = value.as_str()?.parse().ok()?;
                Some(refer::uetr(self.links, uetr))
            }
            "participant" | "debtor_agent" | "creditor_agent" => {
                let id = ParticipantId(u16::try_from(value.as_u64()?).ok()?);
                Some(refer::participant(self.links, self.directory, id))
            }
            name if name.ends_with("minor_units") => {
                let (currency, text) = (currency?, value.as_str()?);
                let amount = text
                    .parse()
                    .ok()
                    .map(|amount| self.directory.signed(currency, amount))?;
                Some(html! { (currency) " " (amount) })
            }
            _ => None,
        }
    }

    fn any(&self, name: &str, value: &Value, currency: Option<Currency>) -> Markup {
        html! {
            @match value {
                Value::Object(map) => (self.object(map, currency)),
                Value::Array(values) if values.is_empty() => "none",
                Value::Array(values) => ul.values {
                    @for value in values { li { (self.field(name, value, currency)) } }
                },
                Value::String(text) if text.starts_with("0x") => code.hash { (text) },
                Value::String(text) => span.raw { (text) },
                Value::Null => "\u{2013}",
                Value::Bool(true) => "yes",
                Value::Bool(false) => "no",
                Value::Number(number) => (number),
            }
        }
    }
}

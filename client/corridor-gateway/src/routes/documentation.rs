//! `/openapi.json` and `/docs`: the interface described, by this process alone; nothing is loaded from elsewhere.

use crate::{app::App, html::escape};
use axum::{http::header, response::IntoResponse, routing::get, Json, Router};
use serde_json::Value;
use std::{fmt::Write, sync::Arc};

/// The two pages, of a description.
pub fn router(description: Value) -> Router<Arc<App>> {
    let page: Arc<str> = page(&description).into();
    let description = Arc::new(description);
    Router::new()
        .route(
            "/openapi.json",
            get(move || {
                let description = description.clone();
                async move { Json((*description).clone()) }
            }),
        )
        .route(
            "/docs",
            get(move || {
                let page = page.clone();
                async move {
                    (
                        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
                        page.to_string(),
                    )
                        .into_response()
                }
            }),
        )
}

const STYLE: &str = "
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}
details{border:1px solid var(--line);border-radius:.4rem;margin:.4rem 0}
summary{cursor:pointer;padding:.4rem .6rem;background:var(--soft)}
details>div{padding:.2rem .8rem .6rem}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.2rem .5rem .2rem 0;text-align:left;vertical-align:top}
.m{display:inline-block;min-width:4rem;font-weight:700;text-transform:uppercase}
";

/// The description for people.
fn page(api: &Value) -> String {
    let mut html = String::new();
    let title = text(&api["info"]["title"]);
    // Writing to a string cannot fail.
    let _ = write!(
        html,
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport \
         content=\"width=device-width,initial-scale=1\"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>\
         <p>{}</p><p>For programs: <a href=/openapi.json>openapi.json</a></p>",
        text(&api["info"]["description"])
    );
    let mut last_tag = String::new();
    for (path, method, operation) in operations(api) {
        let tag = text(&operation["tags"][0]);
        if tag != last_tag {
            let _ = write!(html, "<h2>{tag}</h2>");
            last_tag = tag;
        }
        write_operation(&mut html, path, method, operation);
    }
    html.push_str("<h2>Objects</h2>");
    for (name, schema) in api["components"]["schemas"].as_object().into_iter().flatten() {
        write_schema(&mut html, name, schema);
    }
    html
}

/// Every operation, by tag.
fn operations(api: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = api["paths"].as_object().into_iter().flatten();
    let mut all: Vec<(&str, &str, &Value)> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect();
    all.sort_by(|left, right| left.2["tags"][0].as_str().cmp(&right.2["tags"][0].as_str()));
    all
}

fn write_operation(html: &mut String, path: &str, method: &str, operation: &Value) {
    let _ = write!(
        html,
        "<details><summary><span class=m>{}</span> <code>{}</code> {}</summary><div><p>{}</p>",
        escape(method),
        escape(path),
        text(&operation["summary"]),
        text(&operation["description"])
    );
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut rows = String::new();
    for parameter in parameters {
        let required = if parameter["required"] == true {
            "required"
        } else {
            ""
        };
        let _ = write!(
            rows,
            "<tr><td><code>{}</code><td>{}<td>{required}<td>{}",
            text(&parameter["name"]),
            text(&parameter["in"]),
            text(&parameter["description"])
        );
    }
    if !rows.is_empty() {
        let _ = write!(html, "<table><tr><th>Parameter<th>In<th><th>{rows}</table>");
    }
    for (kind, content) in operation["requestBody"]["content"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let _ = write!(
            html,
            "<p>Body: <code>{}</code> {}</p>",
            escape(kind),
            type_of(&content["schema"])
        );
    }
    html.push_str("<table><tr><th>Answer<th><th>");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let contents = answer["content"].as_object().into_iter().flatten();
        let types: Vec<String> = contents.map(|(_, content)| type_of(&content["schema"])).collect();
        let _ = write!(
            html,
            "<tr><td>{}<td>{}<td>{}",
            escape(status),
            text(&answer["description"]),
            types.join(", ")
        );
    }
    html.push_str("</table></div></details>");
}

fn write_schema(html: &mut String, name: &str, schema: &Value) {
    let _ = write!(
        html,
        "<details id=\"{0}\"><summary><code>{0}</code> {1}</summary><div>",
        escape(name),
        text(&schema["description"])
    );
    if let Some(properties) = schema["properties"].as_object() {
        html.push_str("<table>");
        for (field, property) in properties {
            let _ = write!(
                html,
                "<tr><td><code>{}</code><td>{}<td>{}",
                escape(field),
                type_of(property),
                text(&property["description"])
            );
        }
        html.push_str("</table>");
    } else {
        let _ = write!(html, "<p>{}</p>", type_of(schema));
    }
    html.push_str("</div></details>");
}

/// What a schema is, in a few words, with links to objects.
fn type_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = escape(reference.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(schemas) = schema[choice].as_array() {
            let types: Vec<String> = schemas.iter().map(type_of).collect();
            return types.join(" or ");
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(text).collect();
        return values.join(" | ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("list of {}", type_of(&schema["items"])),
        Value::String(kind) => escape(kind),
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    }
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

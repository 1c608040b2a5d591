//! `docs/errors.md` is the published list of errors; it is generated from the code and may not lag behind.

use corridor_core::Error;
use std::fmt::Write;

fn list() -> String {
    let mut page = String::from(
        "# Errors\n\nEvery refusal by the settlement contract. Numbers are for ever. *Transient* means that the same \
         command may\nsucceed later without being changed. Generated from `contracts/core/src/error.rs`: \
         `CORRIDOR_BLESS=1 cargo test -p corridor-core --test error_list`.\n\n\
         | number | name | ISO reason | transient | what went wrong | what to do |\n|---|---|---|---|---|---|\n",
    );
    for error in Error::ALL {
        let transient = if error.is_transient() { "yes" } else { "no" };
        let (number, name, reason) = (error.number(), error.name(), error.iso_reason());
        writeln!(
            page,
            "| {number} | `{name}` | {reason} | {transient} | {} | {} |",
            error.text(),
            error.advice()
        )
        .expect("writing to a string");
    }
    page
}

#[test]
fn the_published_list_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
    if std::env::var_os("CORRIDOR_BLESS").is_some() {
        std::fs::write(path, list()).expect("docs/errors.md can be written");
    }
    assert_eq!(
        std::fs::read_to_string(path).expect("docs/errors.md is there"),
        list()
    );
}

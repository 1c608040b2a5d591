//! The client's call data, events and answers against what the contracts' built metadata says.
//!
//! The metadata is what explorers and other clients read, and it comes out of the very build that made the code. The
//! wire format as a whole is kept in `settlement.txt`, `cash.txt` and `events.txt`: a change shows up there, to be meant. To accept
//! one, run with `CORRIDOR_BLESS=1`.

mod cash;
mod emitted;
mod registry;
mod settlement;

/// Compares with a golden file beside this one.
fn golden(file: &str, found: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden_metadata")
        .join(file);
    if std::env::var_os("CORRIDOR_BLESS").is_some() {
        return std::fs::write(path, found).expect("writes the golden file");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    for (number, (kept, found)) in kept.lines().zip(found.lines()).enumerate() {
        assert_eq!(kept, found, "{file}, line {}", number + 1);
    }
    assert_eq!(kept.lines().count(), found.lines().count(), "{file}");
}

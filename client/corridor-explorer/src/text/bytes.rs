//! Bytes as hexadecimal digits.

use corridor_client::AddressText;
use maud::{html, Markup};
use std::fmt::Write;

/// `0x` and all digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// All digits of a hash; breaks where the line ends.
pub(crate) fn full(bytes: &[u8]) -> Markup {
    html! { code.hash { (hex(bytes)) } }
}

/// The first and last digits of a hash, for tables.
pub(crate) fn short(bytes: &[u8]) -> Markup {
    let text = hex(bytes);
    let (Some(first), Some(last)) = (text.get(..10), text.get(text.len().saturating_sub(6)..)) else {
        return full(bytes);
    };
    html! { code.hash title=(text) { (first) "\u{2026}" (last) } }
}

/// An account or contract.
pub(crate) fn address(address: [u8; 20]) -> Markup {
    html! { code.hash { (AddressText(address)) } }
}

/// Exactly `N` bytes of digits, with or without `0x`.
pub(crate) fn parse<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.len() != N.checked_mul(2)? || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let from = place.checked_mul(2)?;
        *byte = u8::from_str_radix(digits.get(from..from.checked_add(2)?)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_back_and_nothing_else_is() {
        assert_eq!(parse::<2>(&hex(&[1, 0xab])), Some([1, 0xab]));
        assert_eq!(parse::<2>("01AB"), Some([1, 0xab]));
        for text in ["", "0x", "0x01a", "0x01abc", "0x+1ab", "0x01ä", "zzzz"] {
            assert_eq!(parse::<2>(text), None, "{text}");
        }
    }
}

//! The types of texts.

/// Whether [`check`] knows a type.
pub fn is_known(kind: &str) -> bool {
    max_text(kind).is_some()
        || [
            "Code4",
            "Code5",
            "ISODate",
            "ISODateTime",
            "Max15NumericText",
            "DecimalNumber",
            "Number",
            "YesNoIndicator",
            "ActiveCurrencyAndAmount",
            "ActiveCurrencyCode",
            "BICFIDec2014Identifier",
            "LEIIdentifier",
            "UUIDv4Identifier",
            "IBAN2007Identifier",
        ]
        .contains(&kind)
}

/// Whether a text is of a type.
pub fn check(kind: &str, text: &str) -> bool {
    let length = text.chars().count();
    match kind {
        "Code4" => (1..=4).contains(&length),
        "Code5" => (1..=5).contains(&length),
        "ISODate" => is_date(text),
        "ISODateTime" => is_date_time(text),
        "Max15NumericText" => (1..=15).contains(&length) && all(text, |byte| byte.is_ascii_digit()),
        "DecimalNumber" => is_decimal(text, 17),
        "Number" => is_decimal(text, 0),
        "YesNoIndicator" => matches!(text, "true" | "false" | "1" | "0"),
        "ActiveCurrencyAndAmount" => is_decimal(text, 5),
        "ActiveCurrencyCode" => length == 3 && all(text, |byte| byte.is_ascii_uppercase()),
        "BICFIDec2014Identifier" => is_bic(text),
        "LEIIdentifier" => {
            let (head, tail) = text.split_at_checked(18).unwrap_or_default();
            length == 20 && all(head, is_capital_or_digit) && all(tail, |byte| byte.is_ascii_digit())
        }
        "UUIDv4Identifier" => is_uuid(text),
        "IBAN2007Identifier" => {
            let (country, rest) = text.split_at_checked(2).unwrap_or_default();
            let (digits, rest) = rest.split_at_checked(2).unwrap_or_default();
            all(country, |byte| byte.is_ascii_uppercase())
                && country.len() == 2
                && digits.len() == 2
                && all(digits, |byte| byte.is_ascii_digit())
                && (1..=30).contains(&rest.len())
                && all(rest, |byte| byte.is_ascii_alphanumeric())
        }
        other => max_text(other).is_some_and(|max| (1..=max).contains(&length)),
    }
}

/// `Max35Text` and its like.
fn max_text(kind: &str) -> Option<usize> {
    kind.strip_prefix("Max")?.strip_suffix("Text")?.parse().ok()
}

fn all(text: &str, test: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(test)
}

fn is_capital_or_digit(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// At most 18 digits, so many behind the point, no sign.
fn is_decimal(text: &str, fraction: usize) -> bool {
    let (whole, behind) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        whole.trim_start_matches('0').len() + text.split_once('.').map_or(0, |(_, behind)| behind.len());
    !whole.is_empty()
        && !behind.is_empty()
        && all(whole, |byte| byte.is_ascii_digit())
        && all(behind, |byte| byte.is_ascii_digit())
        && digits <= 18
        && text.split_once('.').map_or(0, |(_, behind)| behind.len()) <= fraction
}

fn is_bic(text: &str) -> bool {
    let in_place = |(at, byte): (usize, u8)| match at {
        4 | 5 => byte.is_ascii_uppercase(),
        _ => is_capital_or_digit(byte),
    };
    matches!(text.len(), 8 | 11) && text.bytes().enumerate().all(in_place)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// Digits where the pattern has `9`, the pattern's own character elsewhere.
fn fits(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, wanted)| match wanted {
                b'9' => byte.is_ascii_digit(),
                wanted => byte == wanted,
            })
}

fn is_date(text: &str) -> bool {
    let number = |at: std::ops::Range<usize>| text.get(at).and_then(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [
        31,
        if leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let last = (month as usize).checked_sub(1).and_then(|at| days.get(at));
    fits(text, "9999-99-99") && last.is_some_and(|last| (1..=*last).contains(&day))
}

fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else {
        return false;
    };
    let (clock, rest) = time.split_at_checked(8).unwrap_or_default();
    let in_range = clock < "24" && clock.get(3..5) < Some("60") && clock.get(6..8) < Some("60");
    let zone = rest.strip_prefix('.').map_or(rest, |fraction| {
        fraction.trim_start_matches(|digit: char| digit.is_ascii_digit())
    });
    let zoned = matches!(zone, "" | "Z") || fits(zone, "+99:99") || fits(zone, "-99:99");
    is_date(date) && fits(clock, "99:99:99") && in_range && zoned
}

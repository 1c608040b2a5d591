//! Places on the chain and numbers in addresses.

use crate::failure::Failure;
use corridor_client::core::{Currency, ParticipantId};
use corridor_indexer::EventId;
use std::str::FromStr;

/// `BLOCK-INDEX`.
pub(crate) fn parse(text: &str) -> Option<EventId> {
    let (block, index) = text.split_once('-')?;
    EventId::new(number(block)?, number(index)?)
}

/// Digits only: no sign, no space.
pub(crate) fn number<T: FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

pub(crate) fn participant(text: &str) -> Result<ParticipantId, Failure> {
    number(text)
        .map(ParticipantId)
        .ok_or_else(|| no_participant(text))
}

pub(crate) fn no_participant(text: &str) -> Failure {
    Failure::unknown(
        format!("No participant {text} is admitted"),
        "Participants go by their number or one of their identifiers; the list has all of them.",
    )
}

pub(crate) fn currency(text: &str) -> Result<Currency, Failure> {
    text.parse().map_err(|_| no_currency(text))
}

pub(crate) fn no_currency(text: &str) -> Failure {
    Failure::unknown(
        format!("The currency {text} is not settled here"),
        "Currencies go by their ISO 4217 code, such as CNY; the overview lists those that are registered.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers_and_nothing_else() {
        assert_eq!(parse("7-3"), EventId::new(7, 3));
        for text in ["", "7", "7-", "-3", "7-3-1", "+7-3", "7-999999999", "7 -3", "x-y"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

//! Quotes in a table, and where one stands.

use crate::{
    directory::Directory,
    links::Links,
    part::{refer, table::Table},
    text::time,
};
use corridor_client::{
    core::{Quote, Seconds},
    rate::decimal_rate,
};
use corridor_indexer::query::quotes::QuoteRow;
use maud::{html, Markup};

/// Whether a new transfer may use it at `now`, the time of the last block.
pub(crate) fn status(row: &QuoteRow, now: Seconds) -> &'static str {
    let Some(terms) = &row.terms else {
        return if row.withdrawn {
            "withdrawn"
        } else {
            "terms not known"
        };
    };
    let left = terms.maximum_minor_units.saturating_sub(row.used_minor_units);
    match row.withdrawn {
        true => "withdrawn",
        false if terms.expires_at <= now => "expired",
        false if left < terms.minimum_minor_units => "used up",
        false => "usable",
    }
}

/// How much of what is sold one unit of what is bought is worth.
pub(crate) fn rate(terms: &Quote) -> String {
    let (buys, sells) = (terms.provider_buys, terms.provider_sells);
    match decimal_rate(terms.rate, buys, sells) {
        Some(rate) => format!("1 {buys} = {rate} {sells}"),
        // No decimal is exact.
        None => format!(
            "{} minor units of {sells} for {} of {buys}",
            terms.rate.numerator, terms.rate.denominator
        ),
    }
}

pub(crate) fn table(links: &Links, directory: &Directory, rows: &[QuoteRow], now: Seconds) -> Markup {
    let heads = [
        "Quote",
        "Provider",
        "Rate",
        "Used>",
        "Of at most>",
        "Until",
        "Status",
    ];
    let mut table = Table::new("Quotes", &heads);
    let none = || html! { "\u{2013}" };
    for row in rows {
        let money = |units| {
            row.terms
                .map(|terms| html! { (directory.money(terms.provider_buys, units)) })
        };
        table.row([
            refer::quote(links, row.id),
            refer::participant(links, directory, row.id.provider),
            row.terms.map_or_else(none, |terms| html! { (rate(&terms)) }),
            money(row.used_minor_units).unwrap_or_else(none),
            row.terms
                .and_then(|terms| money(terms.maximum_minor_units))
                .unwrap_or_else(none),
            row.terms
                .map_or_else(none, |terms| time::moment(terms.expires_at)),
            refer::badge(status(row, now)),
        ]);
    }
    table.render("No quote was published or used yet.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::{Currency, ParticipantId, QuoteId, Rate, Reference};
    use corridor_indexer::EventId;

    fn row(used: u128, withdrawn: bool) -> QuoteRow {
        let id = QuoteId {
            provider: ParticipantId(2),
            reference: Reference([7; 16]),
        };
        QuoteRow {
            id,
            listed: EventId(0),
            published: true,
            withdrawn,
            used_minor_units: used,
            terms: Some(Quote {
                id,
                provider_buys: Currency::CNY,
                provider_sells: Currency::HKD,
                rate: Rate {
                    numerator: 109,
                    denominator: 100,
                },
                spread_basis_points: 10,
                minimum_minor_units: 5,
                maximum_minor_units: 100,
                counterparty: None,
                expires_at: 50,
                hold_seconds: 1,
                unwind_seconds: 0,
            }),
            updated: EventId(0),
            updated_at: 0,
        }
    }

    #[test]
    fn a_quote_is_usable_until_it_is_withdrawn_expired_or_used_up() {
        assert_eq!(status(&row(95, false), 49), "usable");
        assert_eq!(status(&row(96, false), 49), "used up");
        assert_eq!(status(&row(0, false), 50), "expired");
        assert_eq!(status(&row(0, true), 50), "withdrawn");
        let unknown = QuoteRow {
            terms: None,
            ..row(0, false)
        };
        assert_eq!(status(&unknown, 49), "terms not known");
    }

    #[test]
    fn a_rate_is_told_exactly() {
        let mut terms = row(0, false).terms.expect("terms");
        assert_eq!(rate(&terms), "1 CNY = 1.09 HKD");
        terms.rate.denominator = 3;
        assert_eq!(rate(&terms), "109 minor units of HKD for 3 of CNY");
    }
}

//! A bar for each kind of finding, drawn in whole pixels.

use super::{FindingKind, Total};
use maud::{html, Markup};

/// Where bars begin.
const LEFT: usize = 190;
/// The longest bar.
const LONGEST: usize = 400;
/// From one bar to the next.
const STEP: usize = 30;

/// The chart. Any kind that occurs has a bar that can be seen.
pub(super) fn chart(totals: &[Total]) -> Markup {
    let most = totals.iter().map(|total| total.count).max().unwrap_or_default();
    let height = totals.len().saturating_mul(STEP).saturating_add(10);
    let width = LEFT.saturating_add(LONGEST).saturating_add(90);
    html! {
        svg viewBox={ "0 0 " (width) " " (height) } role="img" aria-labelledby="chart-title" {
            title id="chart-title" { "How many entries of each kind" }
            @for (at, total) in totals.iter().enumerate() {
                (bar(at.saturating_mul(STEP), total, most))
            }
        }
    }
}

fn bar(top: usize, total: &Total, most: usize) -> Markup {
    let length = length(total.count, most);
    let class = match total.kind {
        FindingKind::Matched => "bar good",
        FindingKind::Open => "bar open",
        _ => "bar bad",
    };
    let middle = top.saturating_add(20);
    html! {
        text x=(LEFT.saturating_sub(10)) y=(middle) text-anchor="end" { (total.kind.title()) }
        rect class=(class) x=(LEFT) y=(top.saturating_add(5)) width=(length) height="20" rx="3" {}
        text x=(LEFT.saturating_add(length).saturating_add(8)) y=(middle) { (total.count) }
    }
}

fn length(count: usize, most: usize) -> usize {
    let share = count
        .saturating_mul(LONGEST)
        .checked_div(most)
        .unwrap_or_default();
    share.max(usize::from(count > 0).saturating_mul(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_too_short_to_see() {
        assert_eq!(length(0, 0), 0);
        assert_eq!(length(0, 5), 0);
        assert_eq!(length(5, 5), LONGEST);
        assert_eq!(length(1, 2), LONGEST / 2);
        assert_eq!(length(1, 1_000_000), 2);
    }
}

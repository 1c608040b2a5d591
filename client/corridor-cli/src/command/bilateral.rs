//! `corridor net bilateral`.

use super::net::currencies;
use crate::{
    context::Context,
    directory::Directory,
    output::{Answer, Page, Table},
    view::{netting::SignedMoneyView, Text},
    Failure,
};
use corridor_client::core::{Currency, ParticipantId};
use serde::Serialize;

/// What each two participants owe each other in windows that are not settled.
#[derive(Debug, Serialize)]
struct BilateralView {
    bilateral_positions: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    participant: String,
    counterparty: String,
    currency: Text<Currency>,
    window: u32,
    net: SignedMoneyView,
}

/// Shows the participant's bilateral positions, or everybody's: each pair once.
pub(super) async fn show(context: &Context, currency: Option<Currency>, all: bool) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let ours = match context.settings.participant.as_ref().filter(|_| !all) {
        Some(agent) => Some(directory.find(agent)?),
        None => None,
    };
    let everybody: Vec<ParticipantId> = directory.entries().iter().map(|entry| entry.id).collect();
    let mut bilateral_positions = Vec::new();
    for currency in currencies(&corridor, currency).await? {
        for (of, with) in pairs(&everybody, ours) {
            for position in corridor.bilateral(of, with, currency).await? {
                bilateral_positions.push(Line {
                    participant: directory.name(of),
                    counterparty: directory.name(with),
                    currency: Text(currency),
                    window: position.window.0,
                    net: SignedMoneyView::new(currency, position.net_minor_units),
                });
            }
        }
    }
    context.output.answer(&BilateralView { bilateral_positions })
}

/// The one with every other, or each two.
fn pairs(everybody: &[ParticipantId], ours: Option<ParticipantId>) -> Vec<(ParticipantId, ParticipantId)> {
    let each = everybody
        .iter()
        .flat_map(|of| everybody.iter().map(|with| (*of, *with)));
    let wanted = each.filter(|(of, with)| match ours {
        Some(ours) => *of == ours && of != with,
        None => of < with,
    });
    wanted.collect()
}

impl Answer for BilateralView {
    fn print(&self, page: &mut Page) {
        if self.bilateral_positions.is_empty() {
            page.line("nobody owes anybody anything in a window that is not settled");
            return;
        }
        let mut table = Table::new(&["participant", "counterparty", "currency", "window>", "net>"]);
        for line in &self.bilateral_positions {
            table.row([
                line.participant.clone().into(),
                line.counterparty.clone().into(),
                line.currency.into(),
                line.window.to_string().into(),
                line.net.to_decimal().into(),
            ]);
        }
        page.table(&table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_participants_pairs_are_all_its_own_and_everybodys_come_once() {
        let ids = [0, 1, 2].map(ParticipantId);
        let of = |pairs: Vec<(ParticipantId, ParticipantId)>| -> Vec<(u16, u16)> {
            pairs.iter().map(|(of, with)| (of.0, with.0)).collect()
        };
        assert_eq!(of(pairs(&ids, Some(ids[1]))), [(1, 0), (1, 2)]);
        assert_eq!(of(pairs(&ids, None)), [(0, 1), (0, 2), (1, 2)]);
    }
}

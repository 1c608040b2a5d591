//! Quotes: published, withdrawn, and used by transfers in two currencies.

use super::{
    books::{Books, ListedQuote, Place, Problem},
    calls::Calls,
};
use corridor_client::{
    core::{quote::QuoteEvent, Quote, QuoteId},
    QuoteRecorded,
};

impl Books {
    /// The quote of a withdrawal is in the call: the event names it only.
    pub(crate) fn take_quote(
        &mut self,
        place: &Place,
        event: &QuoteRecorded,
        calls: Calls<'_>,
    ) -> Result<(), Problem> {
        match &event.event {
            QuoteEvent::Published(quote) => {
                let listed = ListedQuote {
                    published: true,
                    ..unused(place, Some(*quote))
                };
                self.quotes.set(quote.id, listed);
                Ok(())
            }
            QuoteEvent::Withdrawn(id) => {
                self.list_signed(place, *id, calls.quote(*id));
                self.change_quote(place, *id, |quote| {
                    quote.withdrawn = true;
                    Some(())
                })
            }
        }
    }

    /// A signed quote is on the table from its first use or its withdrawal on: its terms are in that call.
    pub(crate) fn list_signed(&mut self, place: &Place, id: QuoteId, terms: Option<Quote>) {
        if self.quotes.get(&id).is_none() {
            if terms.is_none() {
                self.remark("the quote's terms are not in the extrinsic: a contract made the call");
            }
            self.quotes.set(id, unused(place, terms));
        }
    }

    /// A transfer takes so many minor units of what the provider buys.
    pub(crate) fn use_quote(&mut self, place: &Place, id: QuoteId, minor_units: u128) -> Result<(), Problem> {
        self.change_quote(place, id, |quote| {
            quote.used_minor_units = quote.used_minor_units.checked_add(minor_units)?;
            Some(())
        })
    }

    /// A transfer that did not settle gives back what it took.
    pub(crate) fn give_quote_back(
        &mut self,
        place: &Place,
        id: QuoteId,
        minor_units: u128,
    ) -> Result<(), Problem> {
        self.change_quote(place, id, |quote| {
            quote.used_minor_units = quote.used_minor_units.checked_sub(minor_units)?;
            Some(())
        })
    }

    fn change_quote(
        &mut self,
        place: &Place,
        id: QuoteId,
        change: impl FnOnce(&mut ListedQuote) -> Option<()>,
    ) -> Result<(), Problem> {
        let quote = self
            .quotes
            .get_mut(&id)
            .ok_or("the quote was not recorded in a block of the index")?;
        change(quote).ok_or("what is used of the quote does not add up: an earlier event is missing")?;
        quote.updated = place.id;
        quote.updated_at = place.at;
        Ok(())
    }
}

fn unused(place: &Place, terms: Option<Quote>) -> ListedQuote {
    ListedQuote {
        id: place.id,
        published: false,
        withdrawn: false,
        used_minor_units: 0,
        terms,
        updated: place.id,
        updated_at: place.at,
    }
}

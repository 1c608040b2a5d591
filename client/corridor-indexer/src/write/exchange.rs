//! What the event of a transfer in two currencies means for the books.

use super::{
    books::{Books, Exchange, FeeSide, Place, Problem},
    calls::Calls,
    legs::{Cause, Leg},
    rows::row,
    table,
    transfer::{cause, Line, NOT_INSTRUCTED},
};
use crate::query::movements::Bucket;
use corridor_client::{
    core::{self, quote::QuoteUse, Charges, FxEvent, FxTerms, Purpose, ReasonCode, Reference, Terms, Uetr},
    ExchangeRecorded,
};

/// What a line of its life says; amounts are of the debited currency, as those of all transfers.
fn line(event: &FxEvent) -> Line {
    match event {
        FxEvent::Instructed { terms, .. } => Line {
            minor_units: Some(terms.minor_units()),
            ..Line::plain("instructed")
        },
        FxEvent::Settled(_) => Line::plain("settled"),
        FxEvent::Rejected(reason) => Line::because("rejected", *reason),
        FxEvent::Cancelled(reason) => Line::because("cancelled", *reason),
        FxEvent::Expired => Line::because("expired", ReasonCode::TM01),
        FxEvent::Returned {
            reference,
            legs,
            reason,
            ..
        } => Line {
            minor_units: of_purpose(legs, Purpose::GivenBack).map(|leg| leg.money.minor_units),
            reference: Some(*reference),
            ..Line::because("returned", *reason)
        },
    }
}

fn of_purpose(legs: &[core::Leg], purpose: Purpose) -> Option<&core::Leg> {
    legs.iter().find(|leg| leg.purpose == purpose)
}

/// What instruction reserves: every leg of the settlement but the creditor agent's fee, which is paid out of what that is credited.
fn reserved(terms: &Terms, fx: &FxTerms, charges: &Charges) -> Vec<core::Leg> {
    let provider = fx.quote.provider;
    let mut legs = vec![
        core::Leg {
            from: terms.debtor_agent,
            to: provider,
            money: terms.interbank_settlement_amount,
            purpose: Purpose::Debited,
        },
        core::Leg {
            from: provider,
            to: terms.creditor_agent,
            money: fx.credited,
            purpose: Purpose::Credited,
        },
    ];
    legs.extend(charges.debtor_leg(terms.debtor_agent, terms.currency()));
    legs
}

impl Books {
    /// A signed quote is in the call: the event names it only.
    pub(crate) fn take_exchange(
        &mut self,
        place: &Place,
        event: &ExchangeRecorded,
        calls: Calls<'_>,
    ) -> Result<(), Problem> {
        let line = line(&event.event);
        self.add_line(place, event.uetr, event.status, &line);
        if let FxEvent::Instructed {
            terms,
            fx,
            remainder,
            spread_minor_units,
            charges,
        } = &event.event
        {
            self.begin_transfer(place, event.uetr, event.status, *terms);
            let exchange = Exchange {
                quote: fx.quote,
                credited: fx.credited,
                remainder: *remainder,
                spread_minor_units: *spread_minor_units,
                sent_back_minor_units: 0,
                unwind: fx.unwind,
            };
            self.exchanges.set(event.uetr, exchange);
            if let Some(quote) = calls.signed_quote(fx.quote) {
                self.list_signed(place, fx.quote, quote);
            }
            self.use_quote(place, fx.quote, terms.minor_units())?;
            self.fix_fees(place, event.uetr, terms, fx.credited.currency, charges)?;
            let legs = sides(&reserved(terms, fx, charges), |leg| {
                Leg::moved(Bucket::Available, Bucket::Reserved, leg)
            })?;
            return self.post(place, &cause("reservation", event.uetr, terms), &legs);
        }
        let terms = self
            .change_transfer(place, event.uetr, event.status, line.reason)?
            .terms;
        match &event.event {
            FxEvent::Instructed { .. } => Ok(()),
            FxEvent::Settled(legs) => {
                let legs = sides(legs, |leg| {
                    let (from, kind) = match leg.purpose {
                        Purpose::DebtorFee => (Bucket::Reserved, Some("fee")),
                        // Out of what the leg before it has credited.
                        Purpose::CreditorFee => (Bucket::Available, Some("fee")),
                        Purpose::Debited | Purpose::Credited | Purpose::SentBack | Purpose::GivenBack => {
                            (Bucket::Reserved, None)
                        }
                    };
                    Ok(Leg::paid(from, leg)?.map(|side| Leg { kind, ..side }))
                })?;
                self.post(place, &cause("exchange", event.uetr, &terms), &legs)?;
                self.end_fees(place, event.uetr, "paid");
                Ok(())
            }
            FxEvent::Rejected(_) | FxEvent::Cancelled(_) | FxEvent::Expired => {
                self.release_exchange(place, event.uetr, &terms)
            }
            FxEvent::Returned {
                reference,
                legs,
                sent_back_minor_units,
                returned_minor_units,
                quoted,
                reason: _,
            } => {
                if let Some(exchange) = self.exchanges.get_mut(&event.uetr) {
                    exchange.sent_back_minor_units = *sent_back_minor_units;
                }
                if let Some(transfer) = self.transfers.get_mut(&event.uetr) {
                    transfer.returned_minor_units = *returned_minor_units;
                }
                self.return_exchange(place, event.uetr, &terms, *reference, legs)?;
                let Some(used) = quoted else {
                    return Ok(());
                };
                if let Some(quote) = calls.signed_quote(used.quote) {
                    self.list_signed(place, used.quote, quote);
                }
                self.add_quoted_return(place, event.uetr, *reference, legs, used)
            }
        }
    }

    fn release_exchange(&mut self, place: &Place, uetr: Uetr, terms: &Terms) -> Result<(), Problem> {
        let exchange = self.exchanges.get(&uetr).ok_or(NOT_INSTRUCTED)?;
        let fx = FxTerms {
            quote: exchange.quote,
            credited: exchange.credited,
            unwind: exchange.unwind,
        };
        let charges = Charges {
            debtor: self.fee(uetr, FeeSide::Debtor),
            creditor: None,
        };
        let legs = sides(&reserved(terms, &fx, &charges), |leg| {
            Leg::moved(Bucket::Reserved, Bucket::Available, leg)
        })?;
        self.post(place, &cause("release", uetr, terms), &legs)?;
        self.end_fees(place, uetr, "released");
        self.give_quote_back(place, fx.quote, terms.minor_units())
    }

    fn return_exchange(
        &mut self,
        place: &Place,
        uetr: Uetr,
        terms: &Terms,
        reference: Reference,
        legs: &[core::Leg],
    ) -> Result<(), Problem> {
        let cause = Cause {
            reference: Some(reference.0),
            ..cause("return", uetr, terms)
        };
        let both = sides(legs, |leg| Leg::paid(Bucket::Available, leg))?;
        self.post(place, &cause, &both)?;
        let sent_back = of_purpose(legs, Purpose::SentBack).ok_or("a return without what was sent back")?;
        self.add_return(place, terms.creditor_agent, reference, uetr, sent_back.money);
        Ok(())
    }

    /// What a return at a new quote has besides: the quote, of which it takes what is sent back.
    fn add_quoted_return(
        &mut self,
        place: &Place,
        uetr: Uetr,
        reference: Reference,
        legs: &[core::Leg],
        used: &QuoteUse,
    ) -> Result<(), Problem> {
        let amount = |purpose| of_purpose(legs, purpose).map_or(0, |leg| leg.money.minor_units);
        let sent_back = amount(Purpose::SentBack);
        self.add(
            &table::QUOTED_RETURNS,
            row![
                place.id.0,
                uetr.to_string(),
                &reference.0,
                used.quote.provider.0,
                &used.quote.reference.0,
                sent_back,
                amount(Purpose::GivenBack),
                u128::from(used.remainder),
                used.spread_minor_units,
            ],
        );
        self.use_quote(place, used.quote, sent_back)
    }
}

/// Each movement's two sides, in order.
pub(crate) fn sides(
    legs: &[core::Leg],
    of: impl Fn(&core::Leg) -> Result<[Leg; 2], Problem>,
) -> Result<Vec<Leg>, Problem> {
    let mut sides = Vec::new();
    for leg in legs {
        sides.extend(of(leg)?);
    }
    Ok(sides)
}

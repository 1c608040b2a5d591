//! Random quotes, published and signed, and transfers that use them.

use crate::account::{Quoted, Taken};
use crate::shell::message::Message;
use crate::shell::Done;
use crate::store::currencies;
use crate::world::World;
use corridor_core::{
    Currency, FxTerms, FxTransfer, Money, Quote, QuoteId, QuotedReturn, Rate, ReasonCode, Reference,
    SettlementMethod, Terms, TransferReturn, Uetr, Unwind,
};

impl World {
    pub fn offer(&mut self) {
        let provider_buys = self.currency();
        let provider_sells = self.random.other(&currencies(), provider_buys);
        self.offer_for(provider_buys, provider_sells);
    }

    fn offer_for(&mut self, provider_buys: Currency, provider_sells: Currency) {
        let provider = self.id();
        let minimum_minor_units = u128::from(self.random.below(50)) + u128::from(self.random.percent(98));
        let quote = Quote {
            id: QuoteId {
                provider,
                reference: Reference(self.random.bytes()),
            },
            provider_buys,
            provider_sells,
            rate: Rate {
                numerator: self.random.below(3_000),
                denominator: self.random.below(1_000),
            },
            spread_basis_points: u16::try_from(self.random.below(300)).expect("small"),
            minimum_minor_units,
            maximum_minor_units: minimum_minor_units + u128::from(self.random.below(12_000)),
            counterparty: self.random.percent(20).then(|| self.id()),
            expires_at: self.store.now + 500 + self.random.below(10_000),
            hold_seconds: u32::try_from(self.random.below(15_000)).expect("small"),
            unwind_seconds: u32::try_from(self.random.below(40_000)).expect("small"),
        };
        if self.random.percent(40) {
            // Signed and handed over: the chain hears of it when it is used.
            self.offers.push(quote);
            return;
        }
        let caller = self.caller(provider);
        let answer = self.store.publish(&caller, &quote);
        self.record(Some(caller), Message::Publish(quote), answer);
        if answer == Ok(Done::Recorded) {
            self.offers.push(quote);
        }
        self.note("publish", "", answer);
    }

    pub fn withdraw(&mut self) {
        let Some(mut quote) = Self::recent(&mut self.random, &self.offers, 12) else {
            return;
        };
        quote.hold_seconds += u32::from(self.random.percent(3));
        let caller = self.caller(quote.id.provider);
        let answer = self.store.withdraw(&caller, &quote);
        self.record(Some(caller), Message::Withdraw(quote), answer);
        self.note("withdraw", "", answer);
    }

    /// What a quote's user would instruct.
    pub fn exchange(&mut self) -> Option<(Uetr, Terms, FxTerms, Quote)> {
        if let (Some((uetr, terms, Some(fx))), true) = (
            Self::recent(&mut self.random, &self.instructions, 20),
            self.random.percent(20),
        ) {
            let quote = self.store.quotes()[&fx.quote].quote;
            let mut fx = fx;
            fx.credited.minor_units += u128::from(self.random.percent(30));
            return Some((uetr, terms, fx, quote));
        }
        let mut quote = Self::recent(&mut self.random, &self.offers, 12)?;
        let money = Money::new(quote.provider_buys, self.amount());
        let exchange = quote.exchange(money.minor_units);
        let credited = exchange.map_or(1, |exchange| exchange.credited_minor_units);
        let credited = credited + u128::from(self.random.percent(3));
        let debtor = match quote.counterparty {
            Some(only) if self.random.percent(90) => only,
            _ => self.id(),
        };
        let how = if self.random.percent(98) {
            SettlementMethod::PaymentVersusPayment
        } else {
            SettlementMethod::Gross
        };
        let terms = self.terms(debtor, money, how);
        let fx = FxTerms {
            quote: quote.id,
            credited: Money::new(quote.provider_sells, credited),
            unwind: self.random.pick(&[Unwind::OriginalRate, Unwind::NewQuote]),
        };
        quote.hold_seconds += u32::from(self.random.percent(2));
        Some((Uetr::from_random_bytes(self.random.bytes()), terms, fx, quote))
    }

    /// Sends back a part of a transfer at a quote of the last ones, or at one asked for.
    pub fn give_back_at_quote(&mut self, uetr: Uetr, record: &FxTransfer, minor_units: u128) {
        let (a, b) = (record.transfer.terms.currency(), record.fx.credited.currency);
        if self.random.percent(40) {
            self.offer_for(b, a);
        }
        let way = (b, a);
        let fits = |quote: &&Quote| (quote.provider_buys, quote.provider_sells) == way;
        let recent = self.offers.iter().rev().take(40);
        let offers: Vec<Quote> = recent.filter(fits).copied().take(4).collect();
        let Some(mut quote) = Self::recent(&mut self.random, &offers, 4) else {
            return;
        };
        let exchange = quote.exchange(minor_units);
        let given = exchange.map_or(1, |exchange| exchange.credited_minor_units);
        let given = given + u128::from(self.random.percent(3));
        let mut reference = Reference(self.random.bytes());
        let mut command = QuotedReturn {
            transfer_return: TransferReturn {
                uetr,
                minor_units,
                reason: ReasonCode::AC01,
            },
            quote: quote.id,
            given_back: Money::new(a, given),
        };
        let mut known = self.quoted_returns.iter().rev();
        let known = known.find(|known| known.1.transfer_return.uetr == uetr);
        if let (Some(known), true) = (known, self.random.percent(25)) {
            reference = known.0;
            if self.random.percent(70) {
                command = known.1;
                quote = self.store.quotes()[&command.quote].quote;
            }
        }
        let caller = self.caller(record.transfer.terms.creditor_agent);
        let signer = self.caller(quote.id.provider);
        let signed = !self.store.quotes().contains_key(&quote.id) || self.random.percent(50);
        let signed = signed.then_some((&quote, Some(signer)));
        let answer = self.store.return_at_quote(&caller, reference, &command, signed);
        let by = signed.map(|(quote, signer)| (*quote, signer));
        let message = Message::ReturnAtQuote(reference, command, by);
        self.record(Some(caller), message, answer);
        if answer == Ok(Done::Recorded) {
            let quoted = Quoted {
                uetr,
                quote: quote.id,
                sent: minor_units,
                given: command.given_back.minor_units,
            };
            quoted.check(&self.store);
            self.account.quoted.push(quoted);
            let (provider, debtor) = (quote.id.provider, record.transfer.terms.debtor_agent);
            if provider != debtor {
                for towards in [None, Some(debtor)] {
                    let taken = Taken::GivenBack(command.given_back.minor_units);
                    self.account.count(&self.store, &(provider, towards, a), taken);
                }
            }
            *self.account.returned.entry(uetr).or_default() += minor_units;
            self.quoted_returns.push((reference, command));
        }
        let kind = if signed.is_some() { "signed" } else { "published" };
        self.note("return at a quote", kind, answer);
    }

    pub fn instruct_fx(&mut self) {
        let Some((uetr, terms, fx, quote)) = self.exchange() else {
            return;
        };
        let caller = self.caller(terms.debtor_agent);
        let signer = self.caller(quote.id.provider);
        let published = self.store.quotes().contains_key(&quote.id);
        let signed = !published || self.random.percent(50);
        let signer = self.random.percent(98).then_some(signer);
        let signed = signed.then_some((&quote, signer));
        let answer = self.store.instruct_fx(&caller, uetr, &terms, &fx, signed);
        let by = signed.map(|(quote, signer)| (*quote, signer));
        let message = Message::InstructFx(uetr, terms, fx, by);
        self.record(Some(caller), message, answer);
        self.instructed(uetr, &terms, Some(fx), answer);
        if answer == Ok(Done::Recorded) {
            let kind = if signed.is_some() { "signed" } else { "published" };
            self.note("quote used", kind, answer);
        }
    }
}

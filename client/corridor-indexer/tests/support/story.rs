//! Random business of three participants in two currencies, the same for the same seed.

use super::ledger::{Ending as LedgerEnding, Ledger, SETTLEMENT, STRANGER};
use corridor_client::{
    core::{
        closing::Ending, registry::RegistryChange, BatchHeader, ChargeBearer, CollateralKind, Currency, Item,
        Limits, Money, MovementKind, ParticipantId, Quote, QuoteId, QuoteState, Rate, ReasonCode,
        SettlementMethod, Tariff, Terms, Uetr, WindowId,
    },
    LimitScope,
};
use corridor_indexer::Source;
use std::collections::BTreeSet;

pub const CURRENCIES: [Currency; 2] = [Currency::CNY, Currency::HKD];
pub const PARTICIPANTS: [ParticipantId; 3] = [ParticipantId(0), ParticipantId(1), ParticipantId(2)];
pub const TOKENS: [[u8; 20]; 2] = [[0xc1; 20], [0xc2; 20]];

pub fn source() -> Source {
    Source {
        genesis: [7; 32],
        settlement: SETTLEMENT,
        first_block: 100,
    }
}

/// xorshift64: good enough to choose what happens next.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn bytes(&mut self) -> [u8; 16] {
        let (high, low) = (self.roll(u64::MAX), self.roll(u64::MAX));
        (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
    }

    pub fn uetr(&mut self) -> Uetr {
        Uetr::from_random_bytes(self.bytes())
    }

    fn currency(&mut self) -> Currency {
        CURRENCIES[self.roll(2) as usize]
    }

    fn bearer(&mut self) -> ChargeBearer {
        [ChargeBearer::Debt, ChargeBearer::Cred, ChargeBearer::Shar][self.roll(3) as usize]
    }

    fn pair(&mut self) -> (ParticipantId, ParticipantId) {
        let first = self.roll(3);
        let second = (first + 1 + self.roll(2)) % 3;
        (PARTICIPANTS[first as usize], PARTICIPANTS[second as usize])
    }
}

pub fn terms(
    ledger: &Ledger,
    from: ParticipantId,
    to: ParticipantId,
    amount: Money,
    method: SettlementMethod,
) -> Terms {
    Terms {
        debtor_agent: from,
        creditor_agent: to,
        interbank_settlement_amount: amount,
        interbank_settlement_date: 20_781,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: method,
        expires_at: ledger.now + 3_600,
        message_digest: [3; 32],
    }
}

/// Admission, money, cover.
pub fn opening() -> Ledger {
    let mut ledger = Ledger::new();
    for (currency, token) in CURRENCIES.into_iter().zip(TOKENS) {
        ledger.admit(currency, token);
    }
    ledger.seal(6);
    ledger.join(&["BKCHCNBJ", "CNAPS:104100000004"]);
    ledger.join(&["CHUPCNSH"]);
    ledger.join(&["HSBCHKHH"]);
    let schedule = ledger.schedule.clone();
    ledger.register(RegistryChange::ScheduleSet(schedule));
    ledger.seal(6);
    for id in PARTICIPANTS {
        for (currency, token) in CURRENCIES.into_iter().zip(TOKENS) {
            ledger.token_transfer(token, [id.0 as u8 + 1; 20], SETTLEMENT, 1_000_000);
            assert!(ledger.move_escrow(id, MovementKind::Deposit, Money::new(currency, 1_000_000)));
            assert!(ledger.pledge(id, CollateralKind::Pledge, Money::new(currency, 50_000)));
            ledger.cap(id, currency, 50_000);
        }
        ledger.seal(6);
    }
    ledger
}

/// `steps` commands after the opening, several in a block.
pub fn play(seed: u64, steps: usize) -> Ledger {
    let mut ledger = opening();
    regulate(&mut ledger);
    go_on(&mut ledger, &mut Dice::new(seed), steps);
    ledger
}

/// Tariffs in some corridors, limits that nothing meets.
fn regulate(ledger: &mut Ledger) {
    let [boc, cup, bank] = PARTICIPANTS;
    for (corridor, payee, basis_points) in [
        ((boc, cup, Currency::CNY), bank, 25),
        ((boc, cup, Currency::HKD), boc, 40),
        ((cup, bank, Currency::CNY), bank, 10),
        ((bank, boc, Currency::HKD), cup, 30),
    ] {
        let tariff = Tariff {
            version: 1,
            effective_from: ledger.now,
            fixed_minor_units: 3,
            basis_points,
            minimum_minor_units: 0,
            maximum_minor_units: 900,
        };
        ledger.set_tariff(corridor, payee, tariff);
    }
    let limits = Limits {
        per_transfer_minor_units: 1 << 100,
        period_minor_units: 1 << 101,
        period_count: 1_000_000,
        bucket_seconds: 60,
    };
    for creditor_agent in [None, Some(cup)] {
        let scope = LimitScope {
            debtor_agent: boc,
            creditor_agent,
            currency: Currency::CNY,
        };
        ledger.set_limits(scope, Some(limits));
    }
    let scope = LimitScope {
        debtor_agent: boc,
        creditor_agent: Some(cup),
        currency: Currency::CNY,
    };
    ledger.set_limits(scope, None);
    ledger.seal(6);
}

pub fn go_on(ledger: &mut Ledger, dice: &mut Dice, steps: usize) {
    for step in 0..steps {
        act(ledger, dice);
        end_windows(ledger, dice);
        if step % 4 == 3 {
            let pause = 1 + dice.roll(12);
            ledger.seal(pause);
        }
    }
    ledger.seal(6);
}

fn act(ledger: &mut Ledger, dice: &mut Dice) {
    let known: Vec<Uetr> = ledger.transfers.keys().copied().collect();
    let some = |dice: &mut Dice| known.get(dice.roll(known.len().max(1) as u64) as usize).copied();
    let (from, to) = dice.pair();
    let amount = Money::new(dice.currency(), 1 + u128::from(dice.roll(4_000)));
    match dice.roll(26) {
        0..=5 => {
            let method = [SettlementMethod::Gross, SettlementMethod::Net][dice.roll(2) as usize];
            let terms = Terms {
                charge_bearer: dice.bearer(),
                ..terms(ledger, from, to, amount, method)
            };
            ledger.instruct(dice.uetr(), terms);
        }
        // More than the debtor agent may have.
        16..=18 => {
            let amount = Money::new(amount.currency, 300_000 + u128::from(dice.roll(900_000)));
            let terms = Terms {
                charge_bearer: dice.bearer(),
                expires_at: ledger.now + 20 + dice.roll(200),
                ..terms(ledger, from, to, amount, SettlementMethod::QueuedGross)
            };
            let uetr = dice.uetr();
            if ledger.instruct(uetr, terms) && dice.roll(4) > 0 {
                ledger.accept(uetr);
            }
        }
        19 | 20 => ledger.resolve_queue(amount.currency),
        21 | 22 => exchange(ledger, dice, from, to, amount),
        23 => {
            let quotes: Vec<Quote> = ledger.quotes.values().map(|state| state.quote).collect();
            if let Some(quote) = quotes.get(dice.roll(quotes.len().max(1) as u64) as usize) {
                ledger.withdraw_quote(*quote);
            }
        }
        24 | 25 => {
            for uetr in known {
                let ending = match dice.roll(8) {
                    0 => LedgerEnding::Cancel(ReasonCode::AC04),
                    _ => LedgerEnding::Expire,
                };
                ledger.end(uetr, ending);
            }
        }
        6..=9 => {
            // Mostly the newest, which are likely to be pending.
            for uetr in known.iter().filter(|_| dice.roll(3) == 0).collect::<Vec<_>>() {
                if ledger.accept(*uetr) {
                    break;
                }
            }
        }
        10 => {
            if let Some(uetr) = some(dice) {
                ledger.reject(uetr, ReasonCode::AC04);
            }
        }
        11 | 12 => {
            if let Some(uetr) = some(dice) {
                let all = ledger.transfers[&uetr].terms.minor_units();
                ledger.give_back(uetr, 1 + u128::from(dice.roll(all as u64)));
            }
        }
        13 => {
            let kind = [MovementKind::Deposit, MovementKind::Withdrawal][dice.roll(2) as usize];
            ledger.move_escrow(from, kind, amount);
        }
        14 => {
            let kind = [CollateralKind::Pledge, CollateralKind::Release][dice.roll(2) as usize];
            ledger.pledge(from, kind, amount);
        }
        _ => batch(ledger, dice, from, to, amount.currency),
    }
    if dice.roll(9) == 0 {
        ledger.emit_raw(STRANGER, vec![[1; 32]], vec![1, 2, 3]);
    }
}

/// A transfer in two currencies, on a quote of anybody: a new one, published or signed, or one there is.
fn exchange(ledger: &mut Ledger, dice: &mut Dice, from: ParticipantId, to: ParticipantId, amount: Money) {
    let usable = |state: &&QuoteState| state.quote.provider_buys == amount.currency && !state.withdrawn;
    let known = ledger
        .quotes
        .values()
        .filter(usable)
        .map(|state| state.quote)
        .next_back();
    let (quote, signed) = match known.filter(|_| dice.roll(2) == 0) {
        Some(quote) => (quote, dice.roll(2) == 0),
        None => {
            let signed = dice.roll(2) == 0;
            let quote = new_quote(ledger, dice, amount.currency);
            if !signed {
                ledger.publish_quote(quote);
            }
            (quote, signed)
        }
    };
    let terms = Terms {
        charge_bearer: dice.bearer(),
        expires_at: ledger.now + 20 + dice.roll(80),
        ..terms(ledger, from, to, amount, SettlementMethod::PaymentVersusPayment)
    };
    let uetr = dice.uetr();
    if ledger.instruct_fx(uetr, terms, quote, signed) && dice.roll(2) == 0 {
        ledger.accept(uetr);
    }
}

pub fn new_quote(ledger: &mut Ledger, dice: &mut Dice, buys: Currency) -> Quote {
    let [first, second] = CURRENCIES;
    let (sells, numerator) = match buys == first {
        true => (second, 109),
        false => (first, 92),
    };
    Quote {
        id: QuoteId {
            provider: PARTICIPANTS[dice.roll(3) as usize],
            reference: ledger.reference(),
        },
        provider_buys: buys,
        provider_sells: sells,
        rate: Rate {
            numerator,
            denominator: 100,
        },
        spread_basis_points: 10,
        minimum_minor_units: 5,
        maximum_minor_units: 20_000,
        counterparty: None,
        expires_at: ledger.now + 300,
        hold_seconds: 120,
        unwind_seconds: 200,
    }
}

fn batch(ledger: &mut Ledger, dice: &mut Dice, from: ParticipantId, to: ParticipantId, currency: Currency) {
    let number = 1 + ledger.batches.len() as u32;
    let count = 3 + dice.roll(20) as u16;
    let mut item = |index: u16| Item {
        uetr: dice.uetr(),
        // The third has a fault.
        minor_units: if index == 2 { 0 } else { 1 + dice.roll(40) },
        counterparty: 0,
        message_digest: [index as u8; 32],
    };
    let items: Vec<Item> = (0..count).map(&mut item).collect();
    let header = BatchHeader {
        debtor_agent: from,
        number,
        currency,
        counterparties: vec![to],
        items: count,
        control_sum: items.iter().map(|item| u128::from(item.minor_units)).sum(),
        all_or_nothing: false,
        expires_at: ledger.now + 3_600,
    };
    assert_eq!(ledger.submit_batch(header, items).len(), 1);
    if dice.roll(3) > 0 {
        ledger.accept_batch((from, number), to, &[0]);
    }
}

/// Ends whatever waits, mostly by settling it.
fn end_windows(ledger: &mut Ledger, dice: &mut Dice) {
    let open = ledger.schedule.window_of(ledger.now);
    for currency in CURRENCIES {
        let page = ledger.net(currency);
        let waiting: BTreeSet<WindowId> = [Some(page.open_window()), page.closing_window()]
            .into_iter()
            .flatten()
            .collect();
        for window in waiting
            .into_iter()
            .filter(|window| *window < open && page.holds(*window))
        {
            let ending = if dice.roll(4) == 0 {
                Ending::Abort
            } else {
                Ending::Settle
            };
            ledger.end_window(currency, window, ending);
        }
    }
}

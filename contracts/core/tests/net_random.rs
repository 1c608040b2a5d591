//! Random commands against net settlement of five participants on three pages in three currencies.
//!
//! After each step, against plain sums kept beside: what is booked stays what was deposited, each window's
//! positions are zero together, no debit is above its collateral, and every window past its cut-off can be
//! settled, once. `CORRIDOR_NET_STEPS` sets the number of steps.

mod common;

use common::*;
use corridor_core::batch::{scan, MAX_COUNTERPARTIES};
use corridor_core::batch_life::{accept_batch, submit, LegStatus};
use corridor_core::batch_proof::{prove, root, verify_item};
use corridor_core::closing::{Closing, Ending};
use corridor_core::collateral::{book, set_cap};
use corridor_core::transfer::instruct;
use corridor_core::transfer_net::accept_net;
use corridor_core::transfer_return::return_transfer;
use corridor_core::{
    BatchHeader, BatchRecord, CollateralKind, Currency, Error, Gate, Item, Money, NetEntry, NetPage,
    NetPages, Outcome, ParticipantId, Position, PositionPage, ReasonCode, Schedule, Terms, Transfer,
    TransferReturn, TransferStatus, Uetr, WindowId, WindowRecord, WindowStatus,
};
use std::collections::BTreeMap;

const IDS: [ParticipantId; 5] = [
    ParticipantId(0),
    ParticipantId(5),
    ParticipantId(11),
    ParticipantId(12),
    ParticipantId(30),
];
const CODES: [&str; 3] = ["CNY", "HKD", "JPY"];

/// One currency's books, and what they should say.
struct Books {
    currency: Currency,
    net: Vec<NetPage>,
    positions: Vec<PositionPage>,
    windows: BTreeMap<WindowId, WindowRecord>,
    /// What was deposited.
    held: u128,
    /// What was posted and has not settled, by window and participant.
    posted: BTreeMap<WindowId, BTreeMap<ParticipantId, i128>>,
    gross: BTreeMap<WindowId, u128>,
    /// The last netted transfers.
    transfers: Vec<Transfer>,
}

struct World {
    random: Random,
    now: u64,
    schedule: Schedule,
    gate: Gate,
    books: Vec<Books>,
    batches: BTreeMap<u16, u32>,
    counts: BTreeMap<&'static str, u64>,
}

fn page_of(id: ParticipantId) -> usize {
    usize::from(NetPage::number_of(id))
}

fn cheap_hash(bytes: &[u8]) -> [u8; 32] {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let mut answer = [0; 32];
    answer[..8].copy_from_slice(&hash.to_le_bytes());
    answer
}

impl Books {
    fn new(code: &str) -> Self {
        let mut books = Self {
            currency: code.parse().expect("a currency"),
            net: vec![NetPage::default(); 3],
            positions: vec![PositionPage::default(); 3],
            windows: BTreeMap::new(),
            held: 0,
            posted: BTreeMap::new(),
            gross: BTreeMap::new(),
            transfers: Vec::new(),
        };
        for id in IDS {
            books.set_position(id, position(100_000, 0));
            books.held += 100_000;
        }
        books
    }

    fn position(&self, id: ParticipantId) -> Position {
        self.positions[page_of(id)].get(id)
    }

    fn set_position(&mut self, id: ParticipantId, position: Position) {
        self.positions[page_of(id)].set(id, position);
    }

    fn entry(&self, id: ParticipantId) -> NetEntry {
        self.net[page_of(id)].get(id)
    }

    fn wealth(&self, id: ParticipantId) -> i128 {
        let all = self.position(id).total().expect("fits") + u128::from(self.entry(id).collateral);
        i128::try_from(all).expect("fits")
    }

    fn pages(&self, debtor: ParticipantId, creditor: ParticipantId) -> NetPages {
        let (from, to) = (page_of(debtor), page_of(creditor));
        NetPages {
            debtor: self.net[from].clone(),
            creditor: (from != to).then(|| self.net[to].clone()),
        }
    }

    /// Writes what a posting answered, and notes it beside.
    fn posted(
        &mut self,
        debtor: ParticipantId,
        creditor: ParticipantId,
        amount: u64,
        window: WindowId,
        new: NetPages,
    ) {
        self.net[page_of(debtor)] = new.debtor;
        if let Some(page) = new.creditor {
            self.net[page_of(creditor)] = page;
        }
        let entry = self.entry(debtor);
        assert!(
            entry.net_debit() <= entry.cap.min(entry.collateral),
            "the cap holds: {entry:?}"
        );
        let nets = self.posted.entry(window).or_default();
        *nets.entry(debtor).or_default() -= i128::from(amount);
        *nets.entry(creditor).or_default() += i128::from(amount);
        *self.gross.entry(window).or_default() += u128::from(amount);
    }

    /// Ends a window as a shell does, and checks who got what.
    fn end(&mut self, world: (&Gate, &Schedule, u64), window: WindowId, ending: Ending) -> Result<(), Error> {
        let (gate, schedule, now) = world;
        let recorded = self.windows.get(&window).copied();
        let mut closing = match Closing::begin(recorded, gate, schedule, window, ending, now)? {
            Outcome::Recorded(closing) => closing,
            Outcome::Repeated(record) => {
                assert_eq!(Some(record), recorded);
                return Ok(());
            }
        };
        let before: Vec<i128> = IDS.iter().map(|id| self.wealth(*id)).collect();
        let mut results = BTreeMap::new();
        for page in 0..usize::from(closing.pages()) {
            if closing.concerns(&self.net[page]) {
                for result in closing.page(&mut self.net[page], &mut self.positions[page])? {
                    results.insert(result.participant, i128::from(result.net_minor_units));
                }
            } else {
                closing.skip(&self.net[page])?;
            }
        }
        let record = closing.finish()?;
        let nets = self.posted.remove(&window).unwrap_or_default();
        let gross = self.gross.remove(&window).unwrap_or_default();
        let mut expected = nets.clone();
        expected.retain(|_, net| *net != 0);
        assert_eq!(results, expected, "{window}");
        assert_eq!(record.gross_minor_units, gross);
        let debits: i128 = expected.values().filter(|net| **net < 0).sum();
        assert_eq!(i128::try_from(record.net_minor_units), Ok(-debits));
        for (id, before) in IDS.iter().zip(before) {
            let paid = match ending {
                Ending::Settle => expected.get(id).copied().unwrap_or_default(),
                Ending::Abort => 0,
            };
            assert_eq!(self.wealth(*id), before + paid, "{id} of {window}");
        }
        if let Some(later) = record.carried_over_to() {
            assert_eq!(later, schedule.window_of(now));
            for (id, net) in nets {
                *self.posted.entry(later).or_default().entry(id).or_default() += net;
            }
            *self.gross.entry(later).or_default() += gross;
        }
        assert_eq!(self.windows.insert(window, record), None, "ended once");
        assert!(self.net.iter().all(|page| !page.holds(window)));
        Ok(())
    }

    /// The record that says whether what was netted in `window` has settled.
    fn last_record(&self, mut window: WindowId) -> Option<&WindowRecord> {
        loop {
            let record = self.windows.get(&window)?;
            match record.carried_over_to() {
                Some(later) => window = later,
                None => return Some(record),
            }
        }
    }

    fn check(&self) {
        let available: u128 = self
            .positions
            .iter()
            .map(|page| page.total().expect("fits"))
            .sum();
        let collateral: u128 = self.net.iter().map(NetPage::collateral).sum();
        assert_eq!(
            available + collateral,
            self.held,
            "conservation of {}",
            self.currency
        );
        for (window, nets) in &self.posted {
            assert_eq!(nets.values().sum::<i128>(), 0, "{window}");
        }
        for id in IDS {
            let (page, entry) = (&self.net[page_of(id)], self.entry(id));
            assert!(entry.net_debit() <= entry.collateral, "{entry:?}");
            let mut on_page = BTreeMap::new();
            *on_page.entry(page.open_window()).or_insert(0i128) += i128::from(entry.open);
            if let Some(window) = page.closing_window() {
                *on_page.entry(window).or_default() += i128::from(entry.closing);
            }
            on_page.retain(|_, net| *net != 0);
            let noted = self
                .posted
                .iter()
                .map(|(window, nets)| (*window, nets.get(&id).copied()));
            let noted: BTreeMap<_, _> = noted
                .filter_map(|(window, net)| net.filter(|net| *net != 0).map(|net| (window, net)))
                .collect();
            assert_eq!(on_page, noted, "{id}");
        }
    }
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            random: Random(seed),
            now: NOW,
            schedule: Schedule {
                anchor: NOW - 86_400,
                length: 3_600,
                cut_off: 600,
                utc_offset: 28_800,
                holidays: vec![19_680, 19_681, 19_700],
            },
            gate: Gate {
                participants: 31,
                ..Gate::default()
            },
            books: CODES.map(Books::new).into(),
            batches: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    fn pick(&mut self) -> (usize, ParticipantId, ParticipantId, u64) {
        let random = &mut self.random;
        let books = usize::try_from(random.below(3)).expect("small");
        let debtor = random.below(5);
        let creditor = (debtor + 1 + random.below(4)) % 5;
        let magnitude = 1 << random.below(15);
        let amount = 1 + random.below(magnitude);
        let id = |at: u64| IDS[usize::try_from(at).expect("small")];
        (books, id(debtor), id(creditor), amount)
    }

    fn count<T>(&mut self, done: &'static str, refused: &'static str, answer: &Result<T, Error>) {
        let name = if answer.is_ok() { done } else { refused };
        *self.counts.entry(name).or_default() += 1;
    }

    fn step(&mut self) {
        let (at, debtor, creditor, amount) = self.pick();
        match self.random.below(1_000) {
            0..200 => self.collateral(at, debtor, amount),
            200..240 => self.cap(at, debtor, amount),
            240..640 => self.transfer(at, debtor, creditor, amount),
            640..680 => self.batch(at, debtor),
            680..740 => self.escrow(at, debtor, amount),
            740..790 => self.give_back(at),
            790..870 => self.end_some(at),
            870..990 => self.now += self.random.below(1_200),
            _ => self.now += self.random.below(3 * 86_400),
        }
        self.books[at].check();
    }

    fn collateral(&mut self, at: usize, id: ParticipantId, amount: u64) {
        let kind = if self.random.below(2) == 0 {
            CollateralKind::Pledge
        } else {
            CollateralKind::Release
        };
        let books = &mut self.books[at];
        let money = Money::new(books.currency, u128::from(amount));
        let (was, entry) = (books.position(id), books.entry(id));
        let answer = book(None, &self.gate, &caller(id), was, entry, kind, money, self.now);
        match &answer {
            Ok(Outcome::Recorded(change)) => {
                books.set_position(id, change.position);
                books.net[page_of(id)].set(id, change.entry);
            }
            Err(Error::InsufficientFunds) => assert!(was.available < u128::from(amount)),
            Err(Error::CollateralInUse) => assert!(entry.collateral < entry.net_debit() + amount),
            other => panic!("{other:?}"),
        }
        self.count("collateral moved", "collateral refused", &answer);
    }

    fn cap(&mut self, at: usize, id: ParticipantId, amount: u64) {
        let books = &mut self.books[at];
        let cap = amount.saturating_mul(4);
        if let Some(entry) = set_cap(&self.gate, id, books.entry(id), cap).expect("admitted") {
            books.net[page_of(id)].set(id, entry);
        }
    }

    /// Instructs and accepts a net transfer.
    fn transfer(&mut self, at: usize, debtor: ParticipantId, creditor: ParticipantId, amount: u64) {
        let uetr = Uetr::from_random_bytes([self.random.next().to_le_bytes()[0]; 16]);
        let window = self.schedule.window_of(self.now);
        let books = &mut self.books[at];
        let terms = Terms {
            debtor_agent: debtor,
            creditor_agent: creditor,
            interbank_settlement_amount: Money::new(books.currency, u128::from(amount)),
            expires_at: self.now + 60,
            ..net_terms()
        };
        let was = books.position(debtor);
        let instructed = instruct(None, &self.gate, &caller(debtor), was, uetr, &terms, self.now);
        let Ok(Outcome::Recorded(instructed)) = instructed else {
            panic!("nothing stands against it");
        };
        assert_eq!(instructed.debtor, was);
        let accept = |books: &Books| {
            let pages = books.pages(debtor, creditor);
            accept_net(instructed.transfer, &caller(creditor), pages, window, self.now)
        };
        let mut answer = accept(books);
        if matches!(answer, Err(Error::WindowNotClosed)) {
            // Whoever finds two windows outstanding closes the older one and goes on.
            let blocking: Vec<WindowId> = [debtor, creditor]
                .iter()
                .filter_map(|id| books.net[page_of(*id)].closing_window())
                .filter(|waiting| *waiting < window)
                .collect();
            assert!(!blocking.is_empty());
            for waiting in blocking {
                books
                    .end((&self.gate, &self.schedule, self.now), waiting, Ending::Settle)
                    .expect("a window past its cut-off settles");
            }
            answer = accept(books);
        }
        match &answer {
            Ok(Outcome::Recorded(change)) => {
                books.posted(debtor, creditor, amount, window, change.pages.clone());
                books.transfers.push(change.transfer);
                if books.transfers.len() > 64 {
                    books.transfers.remove(0);
                }
            }
            Err(Error::NetDebitCap) => {}
            other => panic!("{other:?}"),
        }
        self.count("transfers netted", "transfers above the cap", &answer);
    }

    /// Submits a batch of up to 40 items and has its counterparties accept, with exceptions.
    fn batch(&mut self, at: usize, debtor: ParticipantId) {
        let window = self.schedule.window_of(self.now);
        let counterparties: Vec<_> = IDS.into_iter().filter(|id| *id != debtor).collect();
        let items: Vec<Item> = (0..1 + self.random.below(40))
            .map(|_| Item {
                uetr: Uetr::from_random_bytes([self.random.next().to_le_bytes()[0]; 16]),
                minor_units: self.random.below(50),
                counterparty: self.random.next().to_le_bytes()[0] % 4,
                message_digest: [1; 32],
            })
            .collect();
        let bytes: Vec<u8> = items.iter().flat_map(Item::to_bytes).collect();
        let number = self.batches.entry(debtor.0).or_default();
        *number += 1;
        let header = BatchHeader {
            debtor_agent: debtor,
            number: *number,
            currency: self.books[at].currency,
            counterparties: counterparties.clone(),
            items: u16::try_from(items.len()).expect("few"),
            control_sum: items.iter().map(|item| u128::from(item.minor_units)).sum(),
            all_or_nothing: false,
            expires_at: self.now + 60,
        };
        let found = scan(&header, &bytes, 49).expect("at most 40 invalid items");
        assert!(counterparties.len() <= MAX_COUNTERPARTIES);
        let left_out: Vec<u16> = found.rejected.iter().map(|(index, _)| *index).collect();
        let commitment = root(&header, &bytes, &mut cheap_hash);
        let (gate, by) = (&self.gate, &caller(debtor));
        let Ok(Outcome::Recorded(submitted)) = submit(
            Some(*number - 1),
            None,
            gate,
            by,
            &header,
            found,
            commitment,
            self.now,
        ) else {
            panic!("nothing stands against it");
        };
        let mut record: BatchRecord = submitted.record;
        for (place, creditor) in counterparties.into_iter().enumerate() {
            let mut exceptions = Vec::new();
            let mut due = 0;
            for (index, item) in (0u16..).zip(&items) {
                if usize::from(item.counterparty) != place {
                    continue;
                }
                let excepted = self.random.below(8) == 0;
                if excepted {
                    let proof = prove(&bytes, index, &mut cheap_hash).expect("is there");
                    let proven = verify_item(commitment, &header, record.limit, &proof, &mut cheap_hash);
                    assert_eq!(proven.is_ok(), !left_out.contains(&index));
                    exceptions.extend(proven.map(|item| (index, item)));
                } else {
                    due += item.minor_units;
                }
            }
            let pages = self.books[at].pages(debtor, creditor);
            let by = caller(creditor);
            let answer = accept_batch(record.clone(), &by, &exceptions, pages, window, self.now);
            match &answer {
                Ok(Outcome::Recorded(change)) => {
                    record = change.record.clone();
                    assert!(matches!(record.legs[place].status, LegStatus::Accepted { .. }));
                    self.books[at].posted(debtor, creditor, due, window, change.pages.clone());
                    let pages = self.books[at].pages(debtor, creditor);
                    let again = accept_batch(record.clone(), &by, &exceptions, pages, window, self.now);
                    assert_eq!(again, Ok(Outcome::Repeated(record.clone())));
                }
                Err(Error::NetDebitCap | Error::WindowNotClosed) => {}
                other => panic!("{other:?}"),
            }
            self.count("batch parts netted", "batch parts refused", &answer);
        }
    }

    /// Deposits, withdrawals and gross reservations beside.
    fn escrow(&mut self, at: usize, id: ParticipantId, amount: u64) {
        let choice = self.random.below(4);
        let books = &mut self.books[at];
        let (was, amount) = (books.position(id), u128::from(amount));
        let new = match choice {
            0 => was.credit(amount).inspect(|_| books.held += amount),
            1 => was.debit(amount).inspect(|_| books.held -= amount),
            2 => was.reserve(amount),
            _ => was.release(was.reserved),
        };
        if let Ok(position) = new {
            books.set_position(id, position);
        }
    }

    /// Returns a part of a netted transfer, which has to have settled.
    fn give_back(&mut self, at: usize) {
        let books = &mut self.books[at];
        if books.transfers.is_empty() {
            return;
        }
        let which = usize::try_from(self.random.next()).expect("64 bits") % books.transfers.len();
        let transfer = books.transfers[which];
        let record = match transfer.status {
            TransferStatus::Netted(window) => books.last_record(window).copied(),
            _ => None,
        };
        let settled = record.is_some_and(|record| record.status == WindowStatus::Settled);
        let netted = matches!(transfer.status, TransferStatus::Netted(_));
        let (debtor, creditor) = (transfer.terms.debtor_agent, transfer.terms.creditor_agent);
        let command = TransferReturn {
            uetr: uetr(),
            minor_units: 1 + u128::from(self.random.below(100)),
            reason: ReasonCode::AC01,
        };
        let answer = return_transfer(
            None,
            transfer,
            record.as_ref(),
            &caller(creditor),
            books.position(debtor),
            books.position(creditor),
            REFERENCE,
            &command,
            self.now,
        );
        match &answer {
            Ok(Outcome::Recorded(change)) => {
                assert!(settled || !netted);
                books.set_position(debtor, change.debtor);
                books.set_position(creditor, change.creditor);
                books.transfers[which] = change.transfer;
            }
            Err(Error::WindowNotSettled) => assert!(netted && !settled),
            Err(Error::ReturnExceedsOriginal | Error::InsufficientFunds) => {}
            other => panic!("{other:?}"),
        }
        self.count("returns", "returns refused", &answer);
    }

    /// Settles or aborts one of the last windows, open or ended ones too.
    fn end_some(&mut self, at: usize) {
        let open = self.schedule.window_of(self.now);
        let books = &mut self.books[at];
        let outstanding: Vec<WindowId> = books.posted.keys().copied().collect();
        let window = if outstanding.is_empty() || self.random.below(8) == 0 {
            let back = u32::try_from(self.random.below(4)).expect("small");
            WindowId(open.0.saturating_sub(back))
        } else {
            outstanding[usize::try_from(self.random.next()).expect("64 bits") % outstanding.len()]
        };
        let ending = if self.random.below(12) == 0 {
            Ending::Abort
        } else {
            Ending::Settle
        };
        let recorded = books.windows.get(&window).copied();
        let answer = books.end((&self.gate, &self.schedule, self.now), window, ending);
        match answer {
            Ok(()) => {}
            Err(Error::WindowOpen) => assert!(window >= open && recorded.is_none()),
            Err(Error::WindowEnded) => assert!(recorded.is_some()),
            Err(other) => panic!("{other:?}: closing is always possible"),
        }
        let (done, refused) = match ending {
            Ending::Settle => ("windows settled", "settlements refused"),
            Ending::Abort => ("windows aborted", "aborts refused"),
        };
        self.count(done, refused, &answer);
    }

    /// On a copy, after the last cut-off, every window settles, and then nothing is left.
    fn all_could_settle(&self) {
        for books in &self.books {
            // Without the records of what has ended, which only grow.
            let mut copy = Books {
                windows: BTreeMap::new(),
                net: books.net.clone(),
                positions: books.positions.clone(),
                posted: books.posted.clone(),
                gross: books.gross.clone(),
                transfers: Vec::new(),
                ..*books
            };
            let windows: Vec<WindowId> = copy.posted.keys().copied().collect();
            let last = windows
                .iter()
                .max()
                .map_or(0, |window| self.schedule.closes_at(*window));
            for window in windows {
                copy.end(
                    (&self.gate, &self.schedule, last.max(self.now)),
                    window,
                    Ending::Settle,
                )
                .expect("closing is always possible");
            }
            copy.check();
            assert!(IDS.iter().all(|id| copy.entry(*id).net_debit() == 0));
        }
    }
}

#[test]
fn books_hold_over_random_commands() {
    let steps = std::env::var("CORRIDOR_NET_STEPS").map_or(200_000, |steps| steps.parse().expect("a number"));
    let mut world = World::new(0x5eed);
    for step in 0..steps {
        world.step();
        if step % 64 == 0 {
            world.all_could_settle();
        }
    }
    println!("{:#?}", world.counts);
    for name in [
        "collateral moved",
        "collateral refused",
        "transfers netted",
        "transfers above the cap",
        "batch parts netted",
        "batch parts refused",
        "returns",
        "returns refused",
        "windows settled",
        "settlements refused",
        "windows aborted",
        "aborts refused",
    ] {
        let least = steps / 10_000;
        assert!(
            world.counts.get(name).copied().unwrap_or_default() > least,
            "{name} is hardly tried"
        );
    }
}

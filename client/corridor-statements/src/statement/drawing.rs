//! The whole statement.

use super::{
    booked,
    entries::{agent, entries, Scribe},
    pending::pending,
    windows::{paid, PaidWindow},
};
use crate::{Period, StatementError};
use corridor_client::core::{Currency, Money, ParticipantId, Seconds};
use corridor_indexer::{
    query::{blocks::BlockRow, movements::Balances, participants::ParticipantRow},
    Index, IndexError, Source,
};
use corridor_iso20022::{
    statement::{
        Balance, BalanceKind, CreditDebit, DateOrTime, EntryStatus, Period as FromTo, StateEvidence,
        Statement, StatementAccount,
    },
    Book, BookAccount, DateTime,
};
use std::ops::Range;

/// Which kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Of days that may not be over.
    Report,
    /// Of days that are over.
    Statement,
    /// A statement where the days are over, else a report.
    Either,
    /// Booked entries, and clearing batches with their items, without balances.
    Notification,
}

/// Which statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRequest {
    /// Whose account.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// Escrow or collateral.
    pub book: Book,
    /// Which days.
    pub period: Period,
    /// Of which kind.
    pub form: Form,
    /// How many items of clearing batches may be listed: a batch of more than are left has its number and total only.
    pub items: usize,
    /// How many entries it may have; `None` where whoever draws it up has the memory for all.
    pub most_entries: Option<usize>,
    /// When it is drawn up; `None` leaves it out.
    pub created_at: Option<DateTime>,
}

/// A statement, and what it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The statement. It ties.
    pub statement: Statement,
    /// The blocks of the period: the first one, and the one after the last. Empty where nothing was finalised then.
    pub blocks: Range<u64>,
    /// The block whose end the closing balance is of.
    pub closing_block: u64,
    /// What was held before the first block.
    pub opening: Balances,
    /// What was held at the end of the closing block.
    pub closing: Balances,
    /// Whether the days are over.
    pub over: bool,
    /// The settlement windows that have paid what the statement tells.
    pub windows: Vec<PaidWindow>,
}

/// Draws up the statement of an account from an index.
///
/// The opening and the closing balance are read where the index keeps them, the entries are the movements in between, and all
/// of them have to add up.
///
/// # Errors
/// Every variant of [`StatementError`].
pub async fn draw_up(index: &Index, request: &StatementRequest) -> Result<Drawn, StatementError> {
    let source = index.source().await?;
    let participants = index.participants().await?;
    check_names(index, request, &participants).await?;
    let span = Span::of(index, request, &source).await?;
    let (participant, currency, book) = (request.participant, request.currency, request.book);
    let scribe = Scribe {
        book,
        currency,
        zone: request.period.zone(),
        participants: &participants,
        most_entries: request.most_entries,
    };
    let opening = match span.blocks.start.checked_sub(1) {
        Some(block) => index.position_at(participant, currency, block).await?,
        None => Balances::default(),
    };
    let closing = index.position_at(participant, currency, span.last()).await?;
    let written = entries(index, participant, span.blocks.clone(), &scribe, request.items).await?;
    let windows = match book {
        Book::Escrow => paid(index, currency, span.blocks.end, &written).await?,
        Book::Collateral => Vec::new(),
    };
    let mut written = written.entries;
    if book == Book::Escrow && request.form != Form::Notification {
        let end = (span.blocks.end, span.until);
        written.extend(pending(index, participant, end, closing.reserved, &scribe).await?);
        scribe.has_room(written.len())?;
    }
    let page = Sheet {
        request,
        span: &span,
        opening: &opening,
        closing: &closing,
    };
    let mut statement = page.statement(&participants, &source)?;
    if request.form == Form::Notification {
        // A batch is told though it is paid later: whoever is paid by its items is to be told of them.
        written.retain(|entry| entry.status == EntryStatus::Booked || entry.batch.is_some());
    }
    statement.entries = written;
    statement.check()?;
    Ok(Drawn {
        statement,
        closing_block: span.last(),
        blocks: span.blocks,
        opening,
        closing,
        over: span.over,
        windows,
    })
}

async fn check_names(
    index: &Index,
    request: &StatementRequest,
    participants: &[ParticipantRow],
) -> Result<(), StatementError> {
    if !participants.iter().any(|row| row.id == request.participant) {
        return Err(StatementError::Participant(request.participant));
    }
    let currencies = index.currencies().await?;
    if !currencies.iter().any(|row| row.currency == request.currency) {
        return Err(StatementError::Currency(request.currency));
    }
    Ok(())
}

/// The blocks of a period.
struct Span {
    blocks: Range<u64>,
    /// The last block before the period's end.
    closing: BlockRow,
    /// The moment after the period.
    until: Seconds,
    over: bool,
}

impl Span {
    async fn of(index: &Index, request: &StatementRequest, source: &Source) -> Result<Self, StatementError> {
        let (period, moments) = (&request.period, request.period.moments());
        let head = index.head().await?.ok_or(IndexError::Empty)?.block;
        let head_at = head.time_ms / 1_000;
        let head_text = || match period.zone().time(head_at) {
            Some(time) => time.to_string(),
            None => format!("{head_at} s"),
        };
        if head_at < moments.start {
            let first = period.first();
            return Err(StatementError::NotBegun {
                first,
                head: head_text(),
            });
        }
        let over = head_at >= moments.end;
        if !over && request.form == Form::Statement {
            let last = period.last();
            return Err(StatementError::NotOver {
                last,
                head: head_text(),
            });
        }
        let blocks = index.blocks_between(moments.clone()).await?;
        let closing = match blocks
            .end
            .checked_sub(1)
            .filter(|block| *block >= source.first_block)
        {
            Some(block) => index.block(block).await?,
            None => None,
        };
        let last = period.last();
        let closing = closing.ok_or(StatementError::BeforeIndex { last })?;
        if let Some(event) = index.first_problem(request.currency, blocks.end).await? {
            return Err(StatementError::Problems {
                event: event.id.to_string(),
                problem: event.problem.unwrap_or_default(),
            });
        }
        Ok(Self {
            blocks,
            closing,
            until: moments.end,
            over,
        })
    }

    fn last(&self) -> u64 {
        self.closing.block.number
    }
}

/// Everything but the entries.
struct Sheet<'a> {
    request: &'a StatementRequest,
    span: &'a Span,
    opening: &'a Balances,
    closing: &'a Balances,
}

impl Sheet<'_> {
    fn statement(
        &self,
        participants: &[ParticipantRow],
        source: &Source,
    ) -> Result<Statement, StatementError> {
        let request = self.request;
        let account = BookAccount {
            book: request.book,
            participant: request.participant,
            currency: request.currency,
        };
        let id = self.id(&account);
        let with_balances = request.form != Form::Notification;
        let whole =
            |balances| booked(balances, request.book).ok_or_else(|| StatementError::TooLarge(id.clone()));
        let (opening, closing) = (whole(self.opening)?, whole(self.closing)?);
        let head = self.span.closing.block;
        Ok(Statement {
            sequence_number: self.sequence_number(),
            created_at: request.created_at.clone(),
            period: self.span_text(),
            account: StatementAccount {
                id: account.account(),
                currency: request.currency,
                name: Some(account_name(request.book).into()),
                owner: agent(participants, request.participant),
                servicer: None,
            },
            opening: with_balances
                .then(|| self.balance(BalanceKind::OpeningBooked, opening, self.opening_date())),
            closing: with_balances.then(|| self.closing_balance(closing)),
            further_balances: match with_balances {
                true => self.further(),
                false => Vec::new(),
            },
            entries: Vec::new(),
            evidence: Some(StateEvidence {
                block_number: head.number,
                block_hash: head.hash,
                genesis_hash: source.genesis,
                contract: source.settlement,
            }),
            additional: None,
            id,
        })
    }

    fn id(&self, account: &BookAccount) -> String {
        let period = &self.request.period;
        let first = period.first().to_string().replace('-', "");
        match period.days() {
            1 => format!("{account}-{first}"),
            days => format!("{account}-{first}-{days}D"),
        }
    }

    /// Counts days, so that a statement that is missing shows.
    fn sequence_number(&self) -> Option<u64> {
        let period = &self.request.period;
        let single = period.days() == 1 && self.over_statement();
        single.then(|| u64::from(period.first().days_since_epoch()))
    }

    fn over_statement(&self) -> bool {
        match self.request.form {
            Form::Statement => true,
            Form::Either => self.span.over,
            Form::Report | Form::Notification => false,
        }
    }

    fn span_text(&self) -> Option<FromTo> {
        let (zone, moments) = (self.request.period.zone(), self.request.period.moments());
        let to = match self.span.over {
            true => moments.end,
            false => self.closing_time(),
        };
        Some(FromTo {
            from: zone.time(moments.start)?,
            to: zone.time(to)?,
        })
    }

    fn closing_time(&self) -> Seconds {
        self.span.closing.block.time_ms / 1_000
    }

    fn opening_date(&self) -> DateOrTime {
        DateOrTime::Date(self.request.period.first())
    }

    /// A day that is over has a date; one that is not, a time.
    fn closing_date(&self) -> DateOrTime {
        let time = self.request.period.zone().time(self.closing_time());
        match time.filter(|_| !self.span.over) {
            Some(time) => DateOrTime::Time(time),
            None => DateOrTime::Date(self.request.period.last()),
        }
    }

    fn closing_balance(&self, signed: i128) -> Balance {
        let kind = match self.over_statement() {
            true => BalanceKind::ClosingBooked,
            false => BalanceKind::InterimBooked,
        };
        self.balance(kind, signed, self.closing_date())
    }

    /// What the booked balance of escrow consists of, and what is held beside it.
    fn further(&self) -> Vec<Balance> {
        if self.request.book != Book::Escrow {
            return Vec::new();
        }
        let available = match self.over_statement() {
            true => BalanceKind::ClosingAvailable,
            false => BalanceKind::InterimAvailable,
        };
        let own = |word: &str| BalanceKind::Proprietary(word.into());
        let held = self.closing;
        let balances = [
            (available, held.available),
            (own("RESERVED"), held.reserved),
            (own("COLLATERAL"), held.collateral),
            (own("UNSETTLED NET"), held.net),
        ];
        let balance = |(kind, signed)| self.balance(kind, signed, self.closing_date());
        balances.into_iter().map(balance).collect()
    }

    fn balance(&self, kind: BalanceKind, signed: i128, at: DateOrTime) -> Balance {
        Balance {
            kind,
            amount: Money::new(self.request.currency, signed.unsigned_abs()),
            side: CreditDebit::of(signed),
            at,
        }
    }
}

fn account_name(book: Book) -> &'static str {
    match book {
        Book::Escrow => "Escrow with Corridor",
        Book::Collateral => "Collateral with Corridor",
    }
}

//! Reading statements.

use super::message::{Balances, Kind};
use super::schema::{ACCOUNT, GROUP_HEADER};
use super::{summary, Balance, Entry, Period, StateEvidence, Statement, StatementAccount, StatementMessage};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::{MAX_35, MAX_500, MAX_70};
use crate::xml::message;
use crate::xml::tree::{Node, Tree};
use crate::{Account, Agent, DateTime, Limits};
use corridor_core::Currency;

type Result<T> = std::result::Result<T, Iso20022Error>;

pub(crate) fn read(bytes: &[u8], limits: &Limits, kind: &Kind) -> Result<StatementMessage> {
    let mut header = None;
    let mut statements = Vec::new();
    let mut open: Option<Draft<'_>> = None;
    let frame = message::read(bytes, limits, &kind.shape, &mut |tree, _| {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        if node.name() == "GrpHdr" {
            node.check(GROUP_HEADER)?;
            let id = node.required_text("MsgId", MAX_35)?;
            header = Some((id, node.required("CreDtTm")?.date_time()?));
        } else if node.name() == kind.group.name {
            if let Some(before) = open.take() {
                statements.push(before.finish(kind)?);
            }
            open = Some(Draft::new(tree));
        } else if let Some(open) = &mut open {
            open.take(tree, kind)?;
        }
        Ok(())
    })?;
    if let Some(last) = open {
        statements.push(last.finish(kind)?);
    }
    let (message_id, created_at) = header.ok_or_else(|| {
        let path = format!("Document/{}/GrpHdr", kind.shape.root);
        Iso20022Error::new(ErrorKind::MissingElement, path, None)
    })?;
    Ok(StatementMessage {
        version: frame.version,
        business_header: frame.business_header,
        message_id,
        created_at,
        statements,
    })
}

/// A statement as far as it came.
struct Draft<'s> {
    /// Its tag, for errors about the whole.
    tag: Tree<'s>,
    id: Option<String>,
    sequence_number: Option<u64>,
    created_at: Option<DateTime>,
    period: Option<Period>,
    account: Option<DraftAccount>,
    balances: Vec<Balance>,
    summary: Option<Tree<'s>>,
    entries: Vec<Entry>,
    additional: Option<String>,
}

/// The account; its currency may be left to the amounts.
struct DraftAccount {
    id: Account,
    currency: Option<Currency>,
    name: Option<String>,
    owner: Option<Agent>,
    servicer: Option<Agent>,
}

impl<'s> Draft<'s> {
    fn new(tag: Tree<'s>) -> Self {
        Self {
            tag,
            id: None,
            sequence_number: None,
            created_at: None,
            period: None,
            account: None,
            balances: Vec::new(),
            summary: None,
            entries: Vec::new(),
            additional: None,
        }
    }

    /// Takes the next child.
    fn take(&mut self, tree: Tree<'s>, kind: &Kind) -> Result<()> {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        match node.name() {
            "Id" => self.id = Some(node.text(MAX_35)?.to_owned()),
            "ElctrncSeqNb" => self.sequence_number = Some(node.number()?),
            "CreDtTm" => self.created_at = Some(node.date_time()?),
            "FrToDt" => {
                self.period = Some(Period {
                    from: node.required("FrDtTm")?.date_time()?,
                    to: node.required("ToDtTm")?.date_time()?,
                });
            }
            "Acct" => self.account = Some(DraftAccount::read(node)?),
            "Bal" => self.balances.push(Balance::read(node)?),
            "TxsSummry" => self.summary = Some(tree),
            "Ntry" => self.entries.push(Entry::read(node)?),
            name if name == kind.additional => self.additional = Some(node.text(MAX_500)?.to_owned()),
            _ => {}
        }
        Ok(())
    }

    /// What can be judged only now: the whole.
    fn finish(self, kind: &Kind) -> Result<Statement> {
        // Both are required children, so that they have come.
        let missing = |name: &str| match self.tag.root() {
            Some(tag) => tag.missing(name),
            None => Iso20022Error::new(ErrorKind::MissingElement, name.into(), None),
        };
        let id = self.id.ok_or_else(|| missing("Id"))?;
        let account = self.account.ok_or_else(|| missing("Acct"))?;
        let of_balances = self.balances.first().map(|balance| balance.amount.currency);
        let of_entries = self.entries.first().map(|entry| entry.amount.currency);
        let currency = account.currency.or(of_balances).or(of_entries);
        let currency = currency.ok_or_else(|| missing("Acct/Ccy"))?;
        let mut further_balances = self.balances;
        let opening = take_first(&mut further_balances, |balance| balance.kind.opens());
        let closing = take_first(&mut further_balances, |balance| balance.kind.closes());
        if kind.balances == Balances::Required && (opening.is_none() || closing.is_none()) {
            return Err(missing("Bal"));
        }
        let (evidence, additional) = match &self.additional {
            Some(text) => StateEvidence::split(text),
            None => (None, None),
        };
        let statement = Statement {
            id,
            sequence_number: self.sequence_number,
            created_at: self.created_at,
            period: self.period,
            account: StatementAccount {
                id: account.id,
                currency,
                name: account.name,
                owner: account.owner,
                servicer: account.servicer,
            },
            opening,
            closing,
            further_balances,
            entries: self.entries,
            evidence,
            additional: additional.map(str::to_owned),
        };
        if let Some(summary) = self.summary.as_ref().and_then(Tree::root) {
            summary::check(summary, &statement)?;
        }
        statement.ties().map_err(|fault| match self.tag.root() {
            Some(tag) => tag.error(fault),
            None => Iso20022Error::new(fault, kind.group.name.into(), None),
        })?;
        Ok(statement)
    }
}

impl DraftAccount {
    fn read(node: Node<'_>) -> Result<Self> {
        node.check(ACCOUNT)?;
        let id = Account::read(node)?.ok_or_else(|| node.missing("Id"))?;
        Ok(Self {
            id,
            currency: node.optional_with("Ccy", Node::currency)?,
            name: node.optional_text("Nm", MAX_70)?,
            owner: node.optional_with("Ownr", Agent::read_party)?,
            servicer: node.optional_with("Svcr", Agent::read)?,
        })
    }
}

/// Takes out the first balance of a kind.
fn take_first(balances: &mut Vec<Balance>, kind: impl Fn(&Balance) -> bool) -> Option<Balance> {
    let at = balances.iter().position(kind)?;
    Some(balances.remove(at))
}

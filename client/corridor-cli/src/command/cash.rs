//! `corridor cash`.

use super::common::{money, Changed};
use crate::{
    context::Context,
    output::{Answer, Page},
    reference::{request_id, ReferenceText},
    settings::Duty,
    view::{decimal, MoneyView, Text},
    Failure,
};
use corridor_client::{
    core::{Address, Currency, Money},
    AddressText, ApproveRequest, Corridor, FreezeRequest, IssueRequest,
};
use serde::Serialize;
use std::str::FromStr;

/// Issue, redeem, approve, show, pause or freeze tokenised money
///
/// TOKEN is a registered currency's code, or a token contract's address.
#[derive(Debug, clap::Subcommand)]
pub enum Cash {
    /// Show a token: name, decimals, circulation, pause
    Show {
        /// Which token
        token: Token,
    },
    /// Show what an account holds, and what the settlement contract may pull from it
    Balance {
        /// Which token
        token: Token,
        /// Whose [default: the treasurer's]
        account: Option<AddressText>,
    },
    /// Create money in an account (issuer)
    Issue(Issue),
    /// Take money of an account out of circulation (issuer)
    Redeem(Issue),
    /// Let the settlement contract pull money from the treasurer's account, at most this much
    Approve {
        /// Which token
        token: Token,
        /// How much; replaces an earlier approval
        #[arg(long, value_name = "DECIMAL")]
        amount: String,
        /// Who may pull [default: the settlement contract]
        #[arg(long, value_name = "ADDRESS")]
        spender: Option<AddressText>,
    },
    /// Stop all movements of a token (guardian)
    Pause {
        /// Which token
        token: Token,
        /// Allow movements again
        #[arg(long)]
        lift: bool,
    },
    /// Stop the movements of one account's money (guardian)
    Freeze {
        /// Which token
        token: Token,
        /// Whose money
        account: AddressText,
        /// Allow them again
        #[arg(long)]
        lift: bool,
    },
}

/// An amount in an account.
#[derive(Debug, clap::Args)]
pub struct Issue {
    /// Which token
    token: Token,
    /// How much, as a decimal such as 1250.50
    #[arg(long, value_name = "DECIMAL")]
    amount: String,
    /// Whose account
    #[arg(long, value_name = "ADDRESS")]
    account: AddressText,
    /// Your own identity of this request: the same one is carried out once [default: a fresh one]
    #[arg(long, value_name = "TEXT")]
    request_id: Option<String>,
}

/// A token by its currency or address.
#[derive(Clone, Copy, Debug)]
pub enum Token {
    /// A registered currency's.
    Currency(Currency),
    /// At this address.
    Address(AddressText),
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let currency = text.parse().map(Self::Currency);
        let token = currency.or_else(|_| text.parse().map(Self::Address));
        token.map_err(|_| "a token is a currency's code, such as CNY, or a contract's address".into())
    }
}

impl Token {
    async fn address(self, corridor: &Corridor) -> Result<Address, Failure> {
        match self {
            Self::Address(address) => Ok(address.0),
            Self::Currency(currency) => match corridor.currency(currency).await? {
                Some(entry) => Ok(entry.token),
                None => Err(Failure::not_found(
                    "cli.unknown_currency",
                    format!("the currency {currency} is not registered"),
                    "`corridor currency list` shows those that are; a token can be named by its address.",
                )),
            },
        }
    }

    /// The token's address, and the currency it is the money of.
    async fn find(self, corridor: &Corridor) -> Result<(Address, Currency), Failure> {
        let address = self.address(corridor).await?;
        if let Self::Currency(currency) = self {
            return Ok((address, currency));
        }
        let info = corridor.token_info(address).await?;
        match info.symbol.parse::<Currency>() {
            Ok(currency) if currency.exponent() == Some(info.decimals) => Ok((address, currency)),
            _ => {
                let text = format!(
                    "the token's symbol {:?} is no currency of {} decimals",
                    info.symbol, info.decimals
                );
                Err(Failure::usage(
                    "cli.token",
                    text,
                    "Name the token by a registered currency's code.",
                ))
            }
        }
    }
}

impl Cash {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show { token } => show(context, token).await,
            Self::Balance { token, account } => balance(context, token, account).await,
            Self::Issue(issue) => issue.run(context, true).await,
            Self::Redeem(issue) => issue.run(context, false).await,
            Self::Approve {
                token,
                amount,
                spender,
            } => approve(context, token, &amount, spender).await,
            Self::Pause { token, lift } => pause(context, token, !lift).await,
            Self::Freeze { token, account, lift } => freeze(context, token, account, !lift).await,
        }
    }
}

#[derive(Debug, Serialize)]
struct AmountOf {
    token: Text<AddressText>,
    account: Text<AddressText>,
    amount: MoneyView,
}

impl Issue {
    async fn run(self, context: &Context, create: bool) -> Result<(), Failure> {
        let corridor = context.signer(Duty::Issuer).await?;
        let (token, currency) = self.token.find(&corridor).await?;
        let amount = money(currency, &self.amount)?;
        let account = self.account;
        if !create {
            context
                .confirm(&format!("Take {amount} of {account} out of circulation?"))
                .await?;
        }
        let text = self.request_id.unwrap_or_else(|| {
            let fresh = ReferenceText::fresh().to_string();
            context.output.note(&format!(
                "request id {fresh} (repeat with --request-id {fresh} if this is cut short)"
            ));
            fresh
        });
        let request = IssueRequest {
            token,
            account: account.0,
            minor_units: amount.minor_units,
            request_id: request_id(&text),
        };
        let progress = context.output.progress("submitting", 1);
        let (outcome, text) = if create {
            (
                corridor.issue(request).await?,
                format!("issued {amount} to {account}"),
            )
        } else {
            (
                corridor.redeem(request).await?,
                format!("redeemed {amount} of {account}"),
            )
        };
        drop(progress);
        let what = AmountOf {
            token: Text(AddressText(token)),
            account: Text(account),
            amount: MoneyView(amount),
        };
        context
            .output
            .answer(&Changed::new(what, text, &outcome, &corridor))
    }
}

async fn approve(
    context: &Context,
    token: Token,
    amount: &str,
    spender: Option<AddressText>,
) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Treasurer).await?;
    let (token, currency) = token.find(&corridor).await?;
    let amount = money(currency, amount)?;
    let settlement = corridor.settlement().map(AddressText);
    let spender = spender
        .or(settlement)
        .ok_or(corridor_client::Error::NoSettlement)?;
    let request = ApproveRequest {
        token,
        spender: spender.0,
        minor_units: amount.minor_units,
    };
    let outcome = corridor.approve(request).await?;
    let what = AmountOf {
        token: Text(AddressText(token)),
        account: Text(spender),
        amount: MoneyView(amount),
    };
    let text = format!("{spender} may pull up to {amount}");
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct Stopped {
    token: Text<AddressText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Text<AddressText>>,
    stopped: bool,
}

async fn pause(context: &Context, token: Token, paused: bool) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Guardian).await?;
    let token = token.address(&corridor).await?;
    if paused {
        context
            .confirm(&format!("Stop all movements of token {}?", AddressText(token)))
            .await?;
    }
    let outcome = corridor.set_token_paused(token, paused).await?;
    let verb = if paused { "paused" } else { "open" };
    let text = format!("token {} is {verb}", AddressText(token));
    let what = Stopped {
        token: Text(AddressText(token)),
        account: None,
        stopped: paused,
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

async fn freeze(context: &Context, token: Token, account: AddressText, frozen: bool) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Guardian).await?;
    let token = token.address(&corridor).await?;
    if frozen {
        context
            .confirm(&format!("Freeze the money of {account}?"))
            .await?;
    }
    let request = FreezeRequest {
        token,
        account: account.0,
        frozen,
    };
    let outcome = corridor.set_frozen(request).await?;
    let verb = if frozen { "frozen" } else { "free" };
    let text = format!("the money of {account} is {verb}");
    let what = Stopped {
        token: Text(AddressText(token)),
        account: Some(Text(account)),
        stopped: frozen,
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct TokenView {
    token: Text<AddressText>,
    name: String,
    symbol: String,
    decimals: u8,
    circulation: String,
    paused: bool,
}

async fn show(context: &Context, token: Token) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let token = token.address(&corridor).await?;
    let info = corridor.token_info(token).await?;
    context.output.answer(&TokenView {
        token: Text(AddressText(token)),
        circulation: decimal(info.total_supply, info.decimals),
        name: info.name,
        symbol: info.symbol,
        decimals: info.decimals,
        paused: info.paused,
    })
}

impl Answer for TokenView {
    fn print(&self, page: &mut Page) {
        page.fields([
            ("token", self.token.to_string()),
            ("name", format!("{} ({})", self.name, self.symbol)),
            ("decimals", self.decimals.to_string()),
            ("circulation", self.circulation.clone()),
            ("movements", if self.paused { "paused" } else { "open" }.into()),
        ]);
    }
}

#[derive(Debug, Serialize)]
struct BalanceView {
    account: Text<AddressText>,
    balance: MoneyView,
    settlement_may_pull: Option<MoneyView>,
}

async fn balance(context: &Context, token: Token, account: Option<AddressText>) -> Result<(), Failure> {
    let account = match account {
        Some(account) => account,
        None => AddressText(context.settings.key(Duty::Treasurer)?.load()?.account().address()),
    };
    let corridor = context.reader().await?;
    let (token, currency) = token.find(&corridor).await?;
    let balance = corridor.token_balance(token, account.0).await?;
    let allowance = match corridor.settlement() {
        Some(settlement) => Some(corridor.token_allowance(token, account.0, settlement).await?),
        None => None,
    };
    let view = |minor_units| MoneyView(Money::new(currency, minor_units));
    context.output.answer(&BalanceView {
        account: Text(account),
        balance: view(balance),
        settlement_may_pull: allowance.map(view),
    })
}

impl Answer for BalanceView {
    fn print(&self, page: &mut Page) {
        let may_pull = self.settlement_may_pull.as_ref();
        page.fields([
            ("account", self.account.to_string()),
            ("balance", self.balance.to_string()),
            (
                "settlement may pull",
                may_pull.map_or("-".into(), ToString::to_string),
            ),
        ]);
    }
}

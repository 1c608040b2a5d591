//! `corridor account`.

use super::common::Changed;
use crate::{
    context::Context,
    directory::Directory,
    output::{Answer, Page},
    settings::Duty,
    view::{NativeView, Text},
    Failure,
};
use corridor_client::{AccountId, AddressText};
use serde::Serialize;

/// Show or fund an account of the chain
#[derive(Debug, clap::Subcommand)]
pub enum Account {
    /// Show an account
    Show {
        /// Which, as SS58 [default: the configured key's]
        account: Option<AccountId>,
    },
    /// Send an account the chain's own token, so that it can pay fees
    Fund {
        /// To whom, as SS58
        account: AccountId,
        /// How much, in whole tokens
        #[arg(long, value_name = "NUMBER")]
        tokens: u64,
    },
    /// Register the signing account for contracts, on chains that do not do it by themselves
    Map,
}

#[derive(Debug, Serialize)]
struct Nothing {}

#[derive(Debug, Serialize)]
struct Funded {
    account: Text<AccountId>,
    amount: NativeView,
}

impl Account {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show { account } => show(context, account).await,
            Self::Fund { account, tokens } => {
                let corridor = context.signer(Duty::Anyone).await?;
                let chain = corridor.chain_info();
                let unit = 10u128.checked_pow(chain.token_decimals.into());
                let amount = unit.and_then(|unit| unit.checked_mul(tokens.into()));
                let amount = amount
                    .ok_or_else(|| Failure::usage("cli.amount", "the amount is too large", "Give less."))?;
                let view = NativeView::new(amount, chain);
                context.confirm(&format!("Send {view} to {account}?")).await?;
                let outcome = corridor.fund(account, amount).await?;
                let text = format!("sent {view} to {account}");
                let what = Funded {
                    account: Text(account),
                    amount: view,
                };
                context
                    .output
                    .answer(&Changed::new(what, text, &outcome, &corridor))
            }
            Self::Map => {
                let corridor = context.signer(Duty::Anyone).await?;
                let outcome = corridor.map_account().await?;
                context.output.answer(&Changed::new(
                    Nothing {},
                    "the account can use contracts",
                    &outcome,
                    &corridor,
                ))
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct AccountView {
    account: Text<AccountId>,
    address: Text<AddressText>,
    balance: NativeView,
    participant: Option<String>,
    roles: Vec<&'static str>,
}

async fn show(context: &Context, account: Option<AccountId>) -> Result<(), Failure> {
    let account = match account {
        Some(account) => account,
        None => context.settings.key(Duty::Anyone)?.load()?.account(),
    };
    let corridor = context.reader().await?;
    let balance = corridor.native_balance(account).await?;
    let (mut participant, mut roles) = (None, Vec::new());
    if corridor.settlement().is_some() {
        if let Some(caller) = corridor.account_roles(account.address()).await? {
            let directory = Directory::read(&corridor).await?;
            participant = Some(directory.name(caller.participant));
            roles = caller.roles.iter().map(|role| role.name()).collect();
        }
    }
    context.output.answer(&AccountView {
        account: Text(account),
        address: Text(AddressText(account.address())),
        balance: NativeView::new(balance, corridor.chain_info()),
        participant,
        roles,
    })
}

impl Answer for AccountView {
    fn print(&self, page: &mut Page) {
        page.fields([
            ("account", self.account.to_string()),
            ("address", self.address.to_string()),
            ("balance", self.balance.to_string()),
            ("acts for", self.participant.clone().unwrap_or("nobody".into())),
            (
                "roles",
                if self.roles.is_empty() {
                    "none".into()
                } else {
                    self.roles.join(", ")
                },
            ),
        ]);
    }
}

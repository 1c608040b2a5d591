//! `corridor role`.

use super::common::Changed;
use crate::{
    context::Context,
    directory::Directory,
    output::{Answer, Page, Table},
    settings::Duty,
    view::Text,
    Failure,
};
use corridor_client::{
    core::{Role, Roles},
    AddressText, RoleRequest,
};
use serde::Serialize;

/// Grant, revoke, give up or list the roles of a participant's accounts
///
/// Roles: instructor, approver, treasurer, compliance, auditor, quoter.
#[derive(Debug, clap::Subcommand)]
pub enum RoleCommand {
    /// Give an account a role (the participant's admin)
    Grant(RoleArguments),
    /// Take a role from an account (the participant's admin)
    Revoke(RoleArguments),
    /// Give up all roles of the key that signs; any admin may then grant it a role
    Leave,
    /// Show the participant's accounts and their roles
    List,
}

/// An account and a role.
#[derive(Debug, clap::Args)]
pub struct RoleArguments {
    /// The account, as 0x address or SS58
    account: AddressText,

    /// instructor, approver, treasurer, compliance, auditor or quoter
    role: Role,
}

impl RoleCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Grant(arguments) => change(context, &arguments, true).await,
            Self::Revoke(arguments) => change(context, &arguments, false).await,
            Self::Leave => leave(context).await,
            Self::List => list(context).await,
        }
    }
}

#[derive(Debug, Serialize)]
struct RoleView {
    participant: String,
    account: Text<AddressText>,
    role: &'static str,
    granted: bool,
}

async fn change(context: &Context, arguments: &RoleArguments, grant: bool) -> Result<(), Failure> {
    let RoleArguments { account, role } = *arguments;
    let corridor = context.signer(Duty::Admin).await?;
    let directory = Directory::read(&corridor).await?;
    let participant = context.participant(&corridor, &directory).await?;
    let name = directory.name(participant);
    let request = RoleRequest {
        participant,
        account: account.0,
        role,
    };
    let progress = context.output.progress("submitting", 1);
    let (outcome, text) = if grant {
        (
            corridor.grant_role(request).await?,
            format!("{account} is {role} of {name}"),
        )
    } else {
        let text = format!("{account} is no longer {role} of {name}");
        (corridor.revoke_role(request).await?, text)
    };
    drop(progress);
    let what = RoleView {
        participant: name,
        account: Text(account),
        role: role.name(),
        granted: grant,
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct LeftView {
    account: Text<AddressText>,
}

async fn leave(context: &Context) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Instructor).await?;
    let account = corridor.account().ok_or(corridor_client::Error::NoKey)?.address();
    let account = AddressText(account);
    context
        .confirm(&format!("Give up all roles of {account}?"))
        .await?;
    let progress = context.output.progress("submitting", 1);
    let outcome = corridor.leave().await?;
    drop(progress);
    let text = format!("{account} has no roles and acts for nobody");
    let what = LeftView {
        account: Text(account),
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct RolesView {
    participant: String,
    accounts: Vec<AccountRoles>,
}

#[derive(Debug, Serialize)]
struct AccountRoles {
    account: Text<AddressText>,
    roles: Vec<&'static str>,
}

async fn list(context: &Context) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let participant = context.participant(&corridor, &directory).await?;
    let accounts = corridor.accounts(participant).await?;
    let accounts = accounts
        .into_iter()
        .map(|(account, roles): (_, Roles)| AccountRoles {
            account: Text(AddressText(account)),
            roles: roles.iter().map(Role::name).collect(),
        });
    context.output.answer(&RolesView {
        participant: directory.name(participant),
        accounts: accounts.collect(),
    })
}

impl Answer for RolesView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["account", "roles"]);
        for entry in &self.accounts {
            let roles = if entry.roles.is_empty() {
                "none".into()
            } else {
                entry.roles.join(", ")
            };
            table.row([entry.account.into(), roles.into()]);
        }
        page.line(&self.participant);
        page.table(&table);
    }
}

//! One file for each command: what it takes, what it does, what it answers.

mod accept;
mod account;
mod admin;
mod cancel;
mod cash;
mod common;
mod completions;
mod config;
mod conservation;
mod currency;
mod deploy;
mod deposit;
mod expire;
mod explain;
mod governor;
mod instruct;
mod key;
mod participant;
mod pause;
mod positions;
mod reject;
mod resume;
mod return_transfer;
mod role;
mod status;
mod verify;
mod watch;
mod withdraw;

pub use conservation::ConservationView;
pub use positions::PositionsView;

pub(crate) use deploy::read_code;
pub(crate) use return_transfer::plan as plan_returns;

use crate::{context::Context, Failure};

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Deploy a settlement or a cash contract
    #[command(subcommand)]
    Deploy(deploy::Deploy),
    /// Register, list, suspend or reinstate participants
    #[command(subcommand)]
    Participant(participant::ParticipantCommand),
    /// Register or list currencies
    #[command(subcommand)]
    Currency(currency::CurrencyCommand),
    /// Grant, revoke or list the roles of a participant's accounts
    #[command(subcommand)]
    Role(role::RoleCommand),
    /// Hand a participant's administration over to another account
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Show the governor, or hand the governance over to another account
    #[command(subcommand)]
    Governor(governor::Governor),
    /// Stop new business (instruct, deposit), or allow it again
    Pause(pause::Pause),
    /// Issue, redeem, approve, show, pause or freeze tokenised money
    #[command(subcommand)]
    Cash(cash::Cash),
    /// Put tokenised money into escrow
    Deposit(deposit::Deposit),
    /// Take available money out of escrow
    Withdraw(withdraw::Withdraw),
    /// Instruct transfers from a pacs.008, or one by flags
    Instruct(instruct::Instruct),
    /// Accept transfers: they settle, which is final
    Accept(accept::Accept),
    /// Reject transfers as creditor agent
    Reject(reject::Reject),
    /// Cancel transfers as debtor agent, before they are accepted
    Cancel(cancel::Cancel),
    /// Expire transfers nobody accepted in time
    Expire(expire::Expire),
    /// Send back all or part of a settled transfer
    Return(return_transfer::ReturnTransfer),
    /// Show what is recorded of transfers
    Status(status::Status),
    /// Show escrow by participant and currency
    Positions(positions::Positions),
    /// Check that the contract holds what its books say
    Conservation(conservation::Conservation),
    /// Follow what happens, from finalised blocks
    Watch(watch::Watch),
    /// Check that a message is what a transfer's digest commits to
    Verify(verify::Verify),
    /// Show or fund an account of the chain
    #[command(subcommand)]
    Account(account::Account),
    /// Show the configured keys' accounts, or make a key
    #[command(subcommand)]
    Key(key::Key),
    /// Find out what became of submissions an earlier run left open
    Resume(resume::Resume),
    /// Show the configuration in effect
    Config(config::ShowConfig),
    /// Explain the contract's errors
    Explain(explain::Explain),
    /// Write completions for a shell
    Completions(completions::Completions),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Whatever the command ends with.
    pub async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Deploy(command) => command.run(context).await,
            Self::Participant(command) => command.run(context).await,
            Self::Currency(command) => command.run(context).await,
            Self::Role(command) => command.run(context).await,
            Self::Admin(command) => command.run(context).await,
            Self::Governor(command) => command.run(context).await,
            Self::Pause(command) => command.run(context).await,
            Self::Cash(command) => command.run(context).await,
            Self::Deposit(command) => command.run(context).await,
            Self::Withdraw(command) => command.run(context).await,
            Self::Instruct(command) => command.run(context).await,
            Self::Accept(command) => command.run(context).await,
            Self::Reject(command) => command.run(context).await,
            Self::Cancel(command) => command.run(context).await,
            Self::Expire(command) => command.run(context).await,
            Self::Return(command) => command.run(context).await,
            Self::Status(command) => command.run(context).await,
            Self::Positions(command) => command.run(context).await,
            Self::Conservation(command) => command.run(context).await,
            Self::Watch(command) => command.run(context).await,
            Self::Verify(command) => command.run(context).await,
            Self::Account(command) => command.run(context).await,
            Self::Key(command) => command.run(context),
            Self::Resume(command) => command.run(context).await,
            Self::Config(command) => command.run(context),
            Self::Explain(command) => command.run(context),
            Self::Completions(command) => command.run(),
        }
    }
}

//! One file for each command: what it takes, what it does, what it answers.

mod accept;
mod account;
mod admin;
mod at_quote;
mod audit;
mod audit_window;
mod batch;
mod bilateral;
mod books;
mod cancel;
mod cancel_iso;
mod cash;
mod common;
mod completions;
mod config;
mod conservation;
mod currency;
mod deploy;
mod deposit;
mod digest;
mod evidence;
mod expire;
mod explain;
mod explore;
mod governor;
mod index;
mod instruct;
mod key;
mod limits;
mod net;
mod on_quote;
mod participant;
mod pause;
mod positions;
mod prove;
mod queue;
mod quote;
mod reconcile;
mod reject;
mod resume;
mod return_transfer;
mod role;
mod schedule;
mod statement;
mod status;
mod tariff;
mod verify;
mod verify_evidence;
mod verify_item;
mod verify_statement;
mod watch;
mod window;
mod withdraw;

pub use conservation::ConservationView;
pub use positions::PositionsView;

pub(crate) use deploy::read_code;
pub(crate) use return_transfer::plan as plan_returns;

use crate::{context::Context, Failure};

/// What a fault of the index means to a command.
pub(crate) fn index_failure(error: corridor_indexer::IndexError) -> Failure {
    index::failure(error)
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs)] // A text here would replace the command's own in its help.
pub enum Command {
    #[command(subcommand)]
    Deploy(deploy::Deploy),
    #[command(subcommand)]
    Participant(participant::ParticipantCommand),
    #[command(subcommand)]
    Currency(currency::CurrencyCommand),
    #[command(subcommand)]
    Role(role::RoleCommand),
    #[command(subcommand)]
    Admin(admin::Admin),
    #[command(subcommand)]
    Governor(governor::Governor),
    Pause(pause::Pause),
    #[command(subcommand)]
    Cash(cash::Cash),
    Deposit(deposit::Deposit),
    Withdraw(withdraw::Withdraw),
    Instruct(instruct::Instruct),
    Accept(accept::Accept),
    Reject(reject::Reject),
    Cancel(cancel::Cancel),
    Expire(expire::Expire),
    Return(return_transfer::ReturnTransfer),
    #[command(subcommand)]
    Quote(quote::QuoteCommand),
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    #[command(subcommand)]
    Tariff(tariff::TariffCommand),
    #[command(subcommand)]
    Limits(limits::LimitsCommand),
    #[command(subcommand)]
    Batch(batch::Batch),
    Prove(prove::Prove),
    VerifyItem(verify_item::VerifyItem),
    #[command(subcommand)]
    Schedule(schedule::ScheduleCommand),
    #[command(subcommand)]
    Net(net::Net),
    #[command(subcommand)]
    Window(window::Window),
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    Status(status::Status),
    Positions(positions::Positions),
    Conservation(conservation::Conservation),
    Digest(digest::StateDigest),
    Watch(watch::Watch),
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    Index(index::Index),
    Statement(statement::Statement),
    Explore(explore::Explore),
    Reconcile(reconcile::Reconcile),
    Verify(verify::Verify),
    #[command(subcommand)]
    Account(account::Account),
    #[command(subcommand)]
    Key(key::Key),
    Resume(resume::Resume),
    Config(config::ShowConfig),
    Explain(explain::Explain),
    Completions(completions::Completions),
}

impl Command {
    /// Whether it follows or serves until it is interrupted: only then is that its good end.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        match self {
            Self::Watch(watch) => watch.is_endless(),
            Self::Index(index) => index.is_endless(),
            Self::Explore(_) => true,
            _ => false,
        }
    }

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
            Self::Quote(command) => command.run(context).await,
            Self::Queue(command) => command.run(context).await,
            Self::Tariff(command) => command.run(context).await,
            Self::Limits(command) => command.run(context).await,
            Self::Batch(command) => command.run(context).await,
            Self::Prove(command) => command.run(context).await,
            Self::VerifyItem(command) => command.run(context).await,
            Self::Schedule(command) => command.run(context).await,
            Self::Net(command) => command.run(context).await,
            Self::Window(command) => command.run(context).await,
            Self::Audit(command) => command.run(context).await,
            Self::Status(command) => command.run(context).await,
            Self::Positions(command) => command.run(context).await,
            Self::Conservation(command) => command.run(context).await,
            Self::Digest(command) => command.run(context).await,
            Self::Watch(command) => command.run(context).await,
            Self::Evidence(command) => command.run(context).await,
            Self::Index(command) => command.run(context).await,
            Self::Statement(command) => command.run(context).await,
            Self::Explore(command) => command.run(context).await,
            Self::Reconcile(command) => command.run(context).await,
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

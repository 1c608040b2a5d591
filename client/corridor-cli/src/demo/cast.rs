//! Who takes part, each role with a key of its own.
//!
//! The keys are development keys: everybody has them. A bank keeps its own in files or a vault.

use super::Stage;
use crate::{settings::KeyText, Failure};
use corridor_client::{
    core::{Address, AgentId, Error as Refusal, ParticipantId, Role},
    AccountId, Config, Corridor, Error, KeySource, StoreLocation,
};
use futures::future::{join_all, try_join_all};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long to wait for a time that has passed by our clock to pass on the chain.
const PATIENCE: Duration = Duration::from_secs(90);

/// Everybody.
pub struct Cast {
    /// Pays the others' fees.
    pub funder: Corridor,
    /// Governs the settlement contract.
    pub governor: Corridor,
    /// Issues the money of both currencies.
    pub issuer: Corridor,
    /// Could pause and freeze the money; has nothing to do here.
    pub guardian: AccountId,
    /// Bank of China, then China UnionPay.
    pub institutions: [Institution; 2],
}

/// An institution with its keys.
pub struct Institution {
    /// What it is called here, and its keys' and files' names start with.
    pub short: &'static str,
    /// What messages call it.
    pub agents: Vec<AgentId>,
    /// Its number, once it is registered.
    pub id: ParticipantId,
    /// Grants the others their roles.
    pub admin: Corridor,
    /// Instructs and cancels.
    pub instructor: Corridor,
    /// Accepts, rejects and returns.
    pub approver: Corridor,
    /// Deposits.
    pub treasurer: Corridor,
    /// Could stop what is pending; has nothing to do here.
    pub compliance: AccountId,
}

/// Name, start of its keys' names, and the identifiers messages use.
const INSTITUTIONS: [(&str, &str, &[&str]); 2] = [
    (
        "boc",
        "Boc",
        &["BKCHCNBJ", "CNAPS:104100000004", "54930053HGCFWVHYZX42"],
    ),
    ("cup", "Cup", &["CHUPCNSH", "CNAPS:905290000008"]),
];

/// Duties of an institution, as its keys and `[keys]` of its configuration name them.
pub const DUTIES: [&str; 5] = ["Admin", "Instructor", "Approver", "Treasurer", "Compliance"];

impl Cast {
    /// Connects everybody who has something to do.
    pub async fn connect(stage: &Stage) -> Result<Self, Failure> {
        let funder = connect(
            stage,
            KeyText::read(&stage.demo.funder)?.source(),
            StoreLocation::Memory,
        );
        let governor = connect_dev(stage, "//Governor", "operator");
        let issuer = connect_dev(stage, "//Issuer", "operator");
        let [boc, cup] =
            INSTITUTIONS.map(|(short, prefix, agents)| Institution::connect(stage, short, prefix, agents));
        let (funder, governor, issuer, boc, cup) = futures::try_join!(funder, governor, issuer, boc, cup)?;
        Ok(Self {
            funder,
            governor,
            issuer,
            guardian: account("//Guardian")?,
            institutions: [boc, cup],
        })
    }

    /// Attempts what the contract refuses with `too_early` until its time has come: the chain's clock moves with its
    /// blocks.
    pub async fn when_it_is_time<T>(
        &self,
        too_early: Refusal,
        attempt: impl AsyncFn() -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        loop {
            match attempt().await {
                // A chain that makes blocks only when there is something to do needs something to do.
                Err(error) if error.refusal() == Some(too_early) && started.elapsed() < PATIENCE => {
                    self.funder.fund(self.guardian, 1).await?;
                    sleep(Duration::from_millis(300)).await;
                }
                ended => return Ok(ended?),
            }
        }
    }

    /// The accounts that pay fees.
    pub fn accounts(&self) -> Vec<AccountId> {
        let own = [&self.governor, &self.issuer];
        let theirs = self.institutions.iter().flat_map(Institution::connections);
        let connected = own.into_iter().chain(theirs).filter_map(Corridor::account);
        let idle = self.institutions.iter().map(|institution| institution.compliance);
        connected.chain([self.guardian]).chain(idle).collect()
    }

    /// Everybody works with this settlement contract from now on.
    pub fn use_settlement(&mut self, settlement: Address) {
        self.governor = self.governor.with_settlement(settlement);
        self.issuer = self.issuer.with_settlement(settlement);
        for institution in &mut self.institutions {
            for corridor in [
                &mut institution.admin,
                &mut institution.instructor,
                &mut institution.approver,
                &mut institution.treasurer,
            ] {
                *corridor = corridor.with_settlement(settlement);
            }
        }
    }

    /// Lets each account use contracts, on chains that do not see to that by themselves.
    pub async fn map_accounts(&self) -> Result<(), Failure> {
        let own = [&self.governor, &self.issuer];
        let theirs = self.institutions.iter().flat_map(Institution::connections);
        try_join_all(own.into_iter().chain(theirs).map(Corridor::map_account)).await?;
        Ok(())
    }

    /// The institution with a number.
    pub fn institution(&self, id: ParticipantId) -> Result<&Institution, Failure> {
        let found = self.institutions.iter().find(|institution| institution.id == id);
        found.ok_or_else(|| Failure::internal(format!("participant {id} is none of the cast")))
    }

    /// Closes every connection.
    pub async fn close(self) {
        let mut all = vec![self.funder, self.governor, self.issuer];
        for institution in self.institutions {
            all.extend([
                institution.admin,
                institution.instructor,
                institution.approver,
                institution.treasurer,
            ]);
        }
        join_all(all.into_iter().map(Corridor::close)).await;
    }
}

impl Institution {
    async fn connect(
        stage: &Stage,
        short: &'static str,
        prefix: &'static str,
        agents: &[&str],
    ) -> Result<Self, Failure> {
        let uri = |duty: &str| format!("//{prefix}{duty}");
        let [admin, instructor, approver, treasurer] =
            ["Admin", "Instructor", "Approver", "Treasurer"].map(|duty| connect_dev(stage, uri(duty), short));
        let (admin, instructor, approver, treasurer) =
            futures::try_join!(admin, instructor, approver, treasurer)?;
        let agents: Result<Vec<AgentId>, _> = agents.iter().map(|text| text.parse()).collect();
        Ok(Self {
            short,
            agents: agents.map_err(Failure::internal)?,
            // Until it is registered.
            id: ParticipantId(u16::MAX),
            admin,
            instructor,
            approver,
            treasurer,
            compliance: account(uri("Compliance"))?,
        })
    }

    fn connections(&self) -> [&Corridor; 4] {
        [&self.admin, &self.instructor, &self.approver, &self.treasurer]
    }

    /// The roles to grant, and to whom.
    pub fn roles(&self) -> Vec<(Role, Address)> {
        let account = |corridor: &Corridor| corridor.account().map(|account| account.address());
        let roles = [
            (Role::Instructor, account(&self.instructor)),
            (Role::Approver, account(&self.approver)),
            (Role::Treasurer, account(&self.treasurer)),
            (Role::Compliance, Some(self.compliance.address())),
        ];
        roles
            .into_iter()
            .filter_map(|(role, account)| Some((role, account?)))
            .collect()
    }

    /// Its name in files and keys: `Boc`.
    pub fn prefix(&self) -> &'static str {
        let found = INSTITUTIONS.iter().find(|(short, _, _)| *short == self.short);
        found.map_or("", |(_, prefix, _)| prefix)
    }
}

fn account(uri: impl Into<String>) -> Result<AccountId, Failure> {
    Ok(KeySource::DevSeed(uri.into()).load()?.account())
}

pub async fn connect_dev(stage: &Stage, uri: impl Into<String>, store: &str) -> Result<Corridor, Failure> {
    let store = StoreLocation::File(stage.demo.out.join(format!("{store}.sqlite")));
    connect(stage, KeySource::DevSeed(uri.into()), store).await
}

async fn connect(stage: &Stage, key: KeySource, store: StoreLocation) -> Result<Corridor, Failure> {
    Ok(Corridor::connect(Config::new(&stage.url).store(store).key(key)).await?)
}

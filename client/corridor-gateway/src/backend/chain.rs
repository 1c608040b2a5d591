//! The real chain: one connection, by which each block is read once, and a store of its own for each signing key.

mod administration;
mod cash;
mod clearing;
mod exchange;

use super::{Answer, Backend, Block};
use crate::{
    auth::Scope,
    config::{Config, SignerSource},
    directory::Directory,
    operation::{Instruct, Operation, Returned},
    signer::RemoteSigner,
    text::{hex, Text},
    view::request::OutcomeView,
};
use corridor_client::{
    core::{
        AgentId, Charges, Error as Refusal, FxTransfer, ParticipantId, Reference, Seconds, SettlementMethod,
        Transfer, Uetr,
    },
    AddressText, BlockRef, CollateralRequest, Config as ClientConfig, ContractError, Corridor, EndRequest,
    Error, InstructRequest, KeySource, MovementRequest, ParticipantEntry, ReturnRequest, SettlementEvent,
    StoreLocation,
};
use futures::{
    future::{join_all, ready, BoxFuture},
    stream::BoxStream,
    FutureExt, StreamExt,
};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    slice::from_ref,
    sync::{Arc, PoisonError, RwLock},
};

/// Several keys of one role, used side by side.
type Keys = HashMap<Scope, Vec<Corridor>>;

/// A chain with a settlement contract.
pub struct ChainBackend {
    reader: Corridor,
    keys: Keys,
    participant: AgentId,
    directory: RwLock<Arc<Directory>>,
}

impl ChainBackend {
    /// Connects, with every key that is configured.
    ///
    /// What earlier processes left open in the keys' stores is given up: the requests of the shared store are asked
    /// for again, by whichever gateway.
    ///
    /// # Errors
    /// The client library's.
    pub async fn connect(config: &Config) -> Result<Self, Error> {
        let mut client = ClientConfig::new(&config.chain.url).settlement(config.chain.settlement.0);
        client.connect_timeout = config.chain.connect_timeout.0;
        client.finality_timeout = config.chain.finality_timeout.0;
        client.max_in_flight = config.worker.in_flight.max(1);
        let reader = Corridor::connect(client).await?;
        // One store and submitter for each key, whatever it signs as: a key has one nonce. The connection is the reader's.
        let mut connected: Vec<Corridor> = Vec::new();
        let mut keys = Keys::new();
        for role in Scope::ALL {
            for source in config.signers.of(role) {
                let key = key_source(source)?;
                let account = key.load()?.account();
                let known = connected
                    .iter()
                    .find(|corridor| corridor.account() == Some(account))
                    .cloned();
                let corridor = match known {
                    Some(corridor) => corridor,
                    None => {
                        let store = signing_store(&config.store.signing, &account.to_string())?;
                        let corridor = reader.with_key(&key, store).await?;
                        let left = corridor.give_up_open().await?;
                        tracing::info!(role = role.name(), %account, left, "signing key");
                        connected.push(corridor.clone());
                        corridor
                    }
                };
                keys.entry(role).or_default().push(corridor);
            }
        }
        let backend = Self {
            reader,
            keys,
            participant: config.participant.clone(),
            directory: RwLock::default(),
        };
        backend.refresh().await?;
        Ok(backend)
    }

    /// Which contract of which chain this is: what a store belongs to.
    #[must_use]
    pub fn identity(&self) -> String {
        let contract = self.reader.settlement().map(AddressText);
        let contract = contract.map(|contract| contract.to_string()).unwrap_or_default();
        format!(
            "contract {contract} of chain {}",
            hex(&self.reader.chain_info().genesis)
        )
    }

    async fn refresh(&self) -> Result<Arc<Directory>, Error> {
        Ok(self.keep(Directory::of(self.reader.participants().await?)))
    }

    fn keep(&self, directory: Directory) -> Arc<Directory> {
        let directory = Arc::new(directory);
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory.clone();
        directory
    }

    fn known(&self) -> Arc<Directory> {
        let known = self.directory.read();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The participant that all identifiers lead to, looked for once more where it is not known.
    async fn resolve(&self, agents: &[AgentId]) -> Result<ParticipantId, Error> {
        if let Some(id) = self.known().resolve(agents) {
            return Ok(id);
        }
        let found = self.refresh().await?.resolve(agents);
        Ok(found.ok_or(ContractError::Refused(Refusal::UnknownParticipant))?)
    }

    async fn own(&self) -> Result<ParticipantId, Error> {
        self.resolve(from_ref(&self.participant)).await
    }

    /// The key that signs: the one that has to where only one may, otherwise the same one for the same stream, as long
    /// as the configuration is the same.
    async fn signer(&self, role: Scope, operation: &Operation) -> Result<&Corridor, Error> {
        let keys = self.keys.get(&role).ok_or(Error::NoKey)?;
        if keys.len() > 1 {
            let authority = self.authority(role, operation).await?;
            let is_it = |key: &&Corridor| key.account().map(|account| account.address()) == authority;
            if let Some(key) = keys.iter().find(is_it).filter(|_| authority.is_some()) {
                return Ok(key);
            }
        }
        let mut hasher = DefaultHasher::new();
        operation.identity().stream.hash(&mut hasher);
        let count = u64::try_from(keys.len()).unwrap_or(1).max(1);
        let at = usize::try_from(hasher.finish() % count).unwrap_or_default();
        keys.get(at).ok_or(Error::NoKey)
    }

    async fn carry_out(&self, role: Scope, operation: &Operation) -> Result<OutcomeView, Error> {
        let corridor = self.signer(role, operation).await?;
        Ok(match operation {
            Operation::Instruct(instruct) => {
                let request = self.instruct(instruct).await?;
                let salt = instruct.salt.as_slice().try_into().unwrap_or_default();
                OutcomeView::of(corridor.instruct_salted(request, salt).await?, Into::into)
            }
            Operation::Accept(of) => OutcomeView::of(corridor.accept(of.uetr.0).await?, Into::into),
            Operation::Expire(of) => OutcomeView::of(corridor.expire(of.uetr.0).await?, Into::into),
            Operation::Reject(ended) | Operation::Cancel(ended) => {
                let request = EndRequest {
                    uetr: ended.uetr.0,
                    reason: ended.reason.0,
                };
                let outcome = match operation {
                    Operation::Reject(_) => corridor.reject(request).await?,
                    _ => corridor.cancel(request).await?,
                };
                OutcomeView::of(outcome, Into::into)
            }
            Operation::Return(returned) => {
                let request = self.returned(returned).await?;
                if let Some(at) = &returned.at_quote {
                    let request = self.quoted_return(request, returned.amount.0, at).await?;
                    return Ok(OutcomeView::of(
                        corridor.return_at_quote(request).await?,
                        Into::into,
                    ));
                }
                OutcomeView::of(corridor.return_transfer(request).await?, Into::into)
            }
            Operation::Deposit(moved) | Operation::Withdraw(moved) => {
                let request = MovementRequest {
                    reference: moved.reference.reference(),
                    amount: moved.amount.0,
                };
                let outcome = match operation {
                    Operation::Deposit(_) => corridor.deposit(request).await?,
                    _ => corridor.withdraw(request).await?,
                };
                OutcomeView::of(outcome, Into::into)
            }
            Operation::Pledge(moved) | Operation::Release(moved) => {
                let request = CollateralRequest {
                    reference: moved.reference.reference(),
                    amount: moved.amount.0,
                };
                let outcome = match operation {
                    Operation::Pledge(_) => corridor.pledge(request).await?,
                    _ => corridor.release(request).await?,
                };
                OutcomeView::of(outcome, Into::into)
            }
            other => self.carry_out_clearing(corridor, other).await?,
        })
    }

    async fn instruct(&self, instruct: &Instruct) -> Result<InstructRequest, Error> {
        let (debtor, own) = (
            self.resolve(&plain(&instruct.debtor_agent)).await?,
            self.own().await?,
        );
        if debtor != own {
            return Err(ContractError::Refused(Refusal::NotDebtorAgent).into());
        }
        Ok(InstructRequest {
            uetr: instruct.uetr.0,
            end_to_end_id: instruct.end_to_end_id.clone(),
            debtor_agent: debtor,
            creditor_agent: self.resolve(&plain(&instruct.creditor_agent)).await?,
            interbank_settlement_amount: instruct.interbank_settlement_amount.0,
            interbank_settlement_date: instruct.interbank_settlement_date,
            charge_bearer: instruct.charge_bearer.0 .0,
            settlement_method: instruct.settlement_method.into(),
            expires_at: instruct.expires_at,
            message: instruct.message.clone(),
        })
    }

    /// The contract counts returns in minor units of what the creditor agent was paid: another currency is refused here.
    async fn returned(&self, returned: &Returned) -> Result<ReturnRequest, Error> {
        let transfer = self.reader.transfer(returned.uetr.0).await?;
        let transfer = transfer.ok_or(ContractError::Refused(Refusal::UnknownTransfer))?;
        let currency = match transfer.terms.settlement_method {
            SettlementMethod::Gross | SettlementMethod::Net | SettlementMethod::QueuedGross => {
                transfer.terms.currency()
            }
            SettlementMethod::PaymentVersusPayment => {
                let record = self.reader.fx_transfer(returned.uetr.0).await?;
                let record = record.ok_or(ContractError::Refused(Refusal::UnknownTransfer))?;
                record.fx.credited.currency
            }
        };
        if currency != returned.amount.0.currency {
            return Err(ContractError::Refused(Refusal::CurrencyMismatch).into());
        }
        Ok(ReturnRequest {
            reference: Reference(returned.reference.as_slice().try_into().unwrap_or_default()),
            uetr: returned.uetr.0,
            minor_units: returned.amount.0.minor_units,
            reason: returned.reason.0,
        })
    }
}

impl Backend for ChainBackend {
    fn signs(&self, role: Scope) -> bool {
        self.keys.contains_key(&role)
    }

    fn execute<'a>(&'a self, role: Scope, operation: &'a Operation) -> Answer<'a, OutcomeView> {
        self.carry_out(role, operation).boxed()
    }

    fn head(&self) -> Answer<'_, BlockRef> {
        self.reader.finalised_head().boxed()
    }

    fn transfer(&self, uetr: Uetr) -> Answer<'_, Option<Transfer>> {
        self.reader.transfer(uetr).boxed()
    }

    fn paid_at<'a>(&'a self, transfer: &'a Transfer) -> Answer<'a, Option<Seconds>> {
        self.reader.paid_at(transfer).boxed()
    }

    fn fx_transfer(&self, uetr: Uetr) -> Answer<'_, Option<FxTransfer>> {
        self.reader.fx_transfer(uetr).boxed()
    }

    fn charges(&self, uetr: Uetr) -> Answer<'_, Option<Charges>> {
        self.reader.charges(uetr).boxed()
    }

    fn participants(&self) -> Answer<'_, Vec<ParticipantEntry>> {
        async move {
            let entries = self.reader.participants().await?;
            self.keep(Directory::of(entries.clone()));
            Ok(entries)
        }
        .boxed()
    }

    fn directory(&self) -> Answer<'_, Arc<Directory>> {
        ready(Ok(self.known())).boxed()
    }

    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, Error>> {
        let contract = self.reader.settlement();
        let blocks = self.reader.chain().follow_from(from);
        let read = move |block: Arc<corridor_client::chain::FinalisedBlock>| {
            let ours = block
                .events
                .iter()
                .filter(|event| Some(event.contract) == contract);
            let decoded = ours.filter_map(|event| {
                // An event of a later version that this client does not know is left out.
                let decoded = SettlementEvent::decode(&event.topics, &event.data).transpose()?;
                Some(decoded.map(|decoded| (event.extrinsic_index, event.index, decoded)))
            });
            Ok(Block {
                block: block.block,
                events: decoded.collect::<Result<_, ContractError>>()?,
            })
        };
        blocks
            .map(move |block| block.map_err(Error::from).and_then(&read))
            .boxed()
    }

    fn reader(&self) -> Result<&Corridor, Error> {
        Ok(&self.reader)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        let all = self.keys.values().flatten().cloned().map(Corridor::close);
        join_all(all).map(|_| ()).boxed()
    }
}

fn plain(agents: &[Text<AgentId>]) -> Vec<AgentId> {
    agents.iter().map(|agent| agent.0.clone()).collect()
}

fn key_source(source: &SignerSource) -> Result<KeySource, Error> {
    Ok(match source {
        SignerSource::File(path) => KeySource::File(path.clone()),
        SignerSource::Env(name) => KeySource::Env(name.clone()),
        SignerSource::Dev(uri) => KeySource::DevSeed(uri.clone()),
        SignerSource::Socket(path, account) => {
            KeySource::Signer(Arc::new(RemoteSigner::socket(path, *account)?))
        }
        SignerSource::Url(url, account) => KeySource::Signer(Arc::new(RemoteSigner::url(url, *account)?)),
    })
}

fn signing_store(home: &Path, account: &str) -> Result<StoreLocation, Error> {
    std::fs::create_dir_all(home).map_err(|error| corridor_client::StoreError::Open {
        path: home.display().to_string(),
        reason: error.to_string(),
    })?;
    Ok(StoreLocation::File(home.join(format!("{account}.sqlite"))))
}

//! Tokenised money.

use super::ChainBackend;
use crate::{
    operation::{Issuance, Operation},
    view::request::{OutcomeView, ReceiptView},
};
use corridor_client::{
    core::{Address, Currency, Error as Refusal},
    ApproveRequest, ContractError, Corridor, Error, FreezeRequest, IssueRequest,
};

impl ChainBackend {
    pub(super) async fn carry_out_cash(
        &self,
        corridor: &Corridor,
        operation: &Operation,
    ) -> Result<OutcomeView, Error> {
        let outcome = match operation {
            Operation::Issue(issuance) => corridor.issue(self.issuance(issuance).await?).await?,
            Operation::Redeem(issuance) => corridor.redeem(self.issuance(issuance).await?).await?,
            Operation::Approve(approval) => {
                let amount = approval.amount.0;
                let request = ApproveRequest {
                    token: self.token(amount.currency).await?,
                    spender: self.reader.settlement().ok_or(Error::NoSettlement)?,
                    minor_units: amount.minor_units,
                };
                corridor.approve(request).await?
            }
            Operation::PauseToken(of) => {
                let token = self.token(of.currency.0).await?;
                corridor.set_token_paused(token, of.paused).await?
            }
            Operation::Freeze(of) => {
                let request = FreezeRequest {
                    token: self.token(of.currency.0).await?,
                    account: of.account.0 .0,
                    frozen: of.frozen,
                };
                corridor.set_frozen(request).await?
            }
            other => return self.carry_out_exchange(corridor, other).await,
        };
        Ok(OutcomeView::of(outcome, |()| ReceiptView::Done))
    }

    async fn issuance(&self, issuance: &Issuance) -> Result<IssueRequest, Error> {
        let amount = issuance.amount.0;
        Ok(IssueRequest {
            token: self.token(amount.currency).await?,
            account: issuance.account.0 .0,
            minor_units: amount.minor_units,
            request_id: issuance.request_id(),
        })
    }

    /// The contract that is a currency's money.
    async fn token(&self, currency: Currency) -> Result<Address, Error> {
        let entry = self.reader.currency(currency).await?;
        Ok(entry
            .ok_or(ContractError::Refused(Refusal::UnknownCurrency))?
            .token)
    }
}

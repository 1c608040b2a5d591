//! The life of a transfer.

use crate::{Corridor, EndRequest, Error, InstructRequest, Outcome, ReturnRequest, TransferReceipt};
use corridor_core::Uetr;
use futures::stream::BoxStream;

/// The results of many transfers, in the order they become final.
pub type ResultStream = BoxStream<'static, (Uetr, Result<Outcome<TransferReceipt>, Error>)>;

impl Corridor {
    /// Instructs a transfer: reserves the amount. The same UETR with the same request has no second effect, for ever.
    pub async fn instruct(&self, _request: InstructRequest) -> Result<Outcome<TransferReceipt>, Error> {
        todo!()
    }

    /// Accepts a transfer: settles it, which is final.
    pub async fn accept(&self, _uetr: Uetr) -> Result<Outcome<TransferReceipt>, Error> {
        todo!()
    }

    /// Rejects a pending transfer. Creditor agent's approver or compliance.
    pub async fn reject(&self, _request: EndRequest) -> Result<Outcome<TransferReceipt>, Error> {
        todo!()
    }

    /// Cancels a pending transfer. Debtor agent's instructor or compliance.
    pub async fn cancel(&self, _request: EndRequest) -> Result<Outcome<TransferReceipt>, Error> {
        todo!()
    }

    /// Expires a pending transfer whose time has passed. Anyone's key.
    pub async fn expire(&self, _uetr: Uetr) -> Result<Outcome<TransferReceipt>, Error> {
        todo!()
    }

    /// Sends back part or all of a settled transfer.
    pub async fn return_transfer(&self, _request: ReturnRequest) -> Result<Outcome<TransferReceipt>, Error> {
        todo!()
    }

    /// Instructs many transfers, up to `Config::max_in_flight` at a time.
    pub fn instruct_all(&self, _requests: Vec<InstructRequest>) -> ResultStream {
        todo!()
    }

    /// Accepts many transfers, up to `Config::max_in_flight` at a time.
    pub fn accept_all(&self, _uetrs: Vec<Uetr>) -> ResultStream {
        todo!()
    }

}

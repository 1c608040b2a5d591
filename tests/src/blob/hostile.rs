//! A token that misbehaves as told: the test's side of `tests/contracts/hostile-token`.

use super::solidity::call;
use super::{artefact, BlobBackend};
use crate::backend::Account;
use corridor_core::Address;
use ink::sol::{DynBytes, SolParamsEncode};

/// A message of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // ERC-20's.
pub enum Function {
    Decimals = 0,
    BalanceOf = 1,
    Transfer = 2,
    TransferFrom = 3,
}

/// What the token does in a message; see the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Documented in the contract.
pub enum Behaviour {
    Honest = 0,
    Pretend = 1,
    Less = 2,
    More = 3,
    Deny = 4,
    Answer = 5,
    Revert = 6,
    Trap = 7,
    Spin = 8,
    Reenter = 9,
    Delegate = 10,
    Backwards = 11,
    Grow = 12,
}

/// How a call back ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub enum CallBack {
    None,
    Succeeded,
    Reverted,
    Refused,
}

/// A hostile token at an address.
#[derive(Clone, Copy, Debug)]
pub struct HostileToken(pub Address);

const ANYONE: Account = Account("mint");

impl HostileToken {
    /// Deploys one.
    pub fn deploy(system: &mut BlobBackend, decimals: u8) -> Self {
        let constructor = SolParamsEncode::encode(&(decimals,));
        Self(system.instantiate(ANYONE, artefact::code("hostile-token"), constructor))
    }

    /// Makes tokens out of nothing.
    pub fn mint(self, system: &mut BlobBackend, to: Address, minor_units: u128) {
        let data = call("mint(address,uint128)", &(ink::Address::from(to), minor_units));
        system.must(ANYONE, self.0, data);
    }

    /// Sets what a message does from now on.
    pub fn behave(self, system: &mut BlobBackend, function: Function, behaviour: Behaviour) {
        let data = call("behave(uint8,uint8)", &(function as u8, behaviour as u8));
        system.must(ANYONE, self.0, data);
    }

    /// Sets what to answer, or whom to call back with what.
    pub fn prepare(self, system: &mut BlobBackend, target: Address, bytes: &[u8]) {
        let arguments = (ink::Address::from(target), DynBytes(bytes.to_vec()));
        system.must(ANYONE, self.0, call("prepare(address,bytes)", &arguments));
    }

    /// How the last call back ended.
    #[must_use]
    pub fn call_back(self, system: &BlobBackend) -> CallBack {
        Self::ending(&system.ask(self.0, call("result()", &())))
    }

    /// Has the token call any contract with any bytes, by delegate call if asked to.
    pub fn relay(
        self,
        system: &mut BlobBackend,
        caller: Account,
        target: Address,
        bytes: Vec<u8>,
        delegate: bool,
    ) -> CallBack {
        let arguments = (ink::Address::from(target), DynBytes(bytes), delegate);
        let outcome = system.must(caller, self.0, call("relay(address,bytes,bool)", &arguments));
        Self::ending(&outcome.data)
    }

    /// Call data that has the token call `target` with these bytes.
    #[must_use]
    pub fn relay_data(self, target: Address, bytes: &[u8]) -> Vec<u8> {
        let arguments = (ink::Address::from(target), DynBytes(bytes.to_vec()), false);
        call("relay(address,bytes,bool)", &arguments)
    }

    fn ending(answer: &[u8]) -> CallBack {
        match super::solidity::number(answer) {
            0 => CallBack::None,
            1 => CallBack::Succeeded,
            2 => CallBack::Reverted,
            3 => CallBack::Refused,
            other => panic!("no such result: {other}"),
        }
    }
}

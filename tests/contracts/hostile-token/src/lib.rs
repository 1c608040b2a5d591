//! A token that behaves as badly as it is told to.
//!
//! Each of the four messages the settlement contract calls has a behaviour of its own, set by the test. Behaving
//! honestly it is a token without allowances that anyone may mint. It is also a way to call any contract with any
//! bytes, as a contract.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macros' generated items cannot carry documentation.

#[ink::contract]
#[allow(unsafe_code)] // The macro's dispatch code.
mod hostile_token {
    use ink::{
        abi::Ink,
        env::{
            call::{build_call_ink, utils::DecodeMessageResult, ExecutionInput, Selector},
            DefaultEnvironment, Error, ReturnFlags,
        },
        prelude::vec::Vec,
        primitives::{sol::DynBytes, MessageResult},
        storage::{Lazy, Mapping},
        U256,
    };
    use scale_codec::{Encode, Output};

    /// What `decimals`, `balanceOf`, `transfer` and `transferFrom` do. Anything else than these is honest.
    mod behaviour {
        /// Claims success and moves nothing.
        pub const PRETEND: u8 = 1;
        /// Moves one unit less than asked, as a token with a fee does.
        pub const LESS: u8 = 2;
        /// Moves one unit more than asked.
        pub const MORE: u8 = 3;
        /// Moves, and answers false.
        pub const DENY: u8 = 4;
        /// Answers the bytes the test has set; moves nothing.
        pub const ANSWER: u8 = 5;
        /// Reverts with the bytes the test has set.
        pub const REVERT: u8 = 6;
        /// Traps.
        pub const TRAP: u8 = 7;
        /// Never ends.
        pub const SPIN: u8 = 8;
        /// Calls back with the bytes the test has set, then goes on honestly whatever came of it.
        pub const REENTER: u8 = 9;
        /// The same by delegate call, that is with the target's code on this contract's storage.
        pub const DELEGATE: u8 = 10;
        /// Moves from the settlement contract to the owner whatever was asked.
        pub const BACKWARDS: u8 = 11;
        /// `balanceOf`: one unit more each time it is asked.
        pub const GROW: u8 = 12;
    }

    /// The messages that misbehave.
    #[derive(Clone, Copy)]
    enum Function {
        Decimals,
        BalanceOf,
        Transfer,
        TransferFrom,
    }

    /// Bytes as they are, without a length.
    struct Raw(Vec<u8>);

    impl Encode for Raw {
        fn size_hint(&self) -> usize {
            self.0.len()
        }

        fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
            output.write(&self.0);
        }
    }

    /// Balances, and how to misbehave.
    #[ink(storage)]
    pub struct HostileToken {
        decimals: u8,
        /// By [`Function`].
        behaviours: [u8; 4],
        /// How the last call back ended; see `result`.
        result: u8,
        /// How often `balanceOf` has grown.
        grown: u128,
        balances: Mapping<Address, u128>,
        /// Whom to call back.
        target: Lazy<Address>,
        /// What to answer or to call back with, in pieces the chain can store.
        pieces: Mapping<u32, Vec<u8>>,
        length: u32,
    }

    const PIECE: usize = 400;

    /// How a call ended, whatever it answered.
    struct Ending {
        reverted: bool,
    }

    impl DecodeMessageResult<Ink> for Ending {
        fn decode_output(_: &[u8], did_revert: bool) -> Result<MessageResult<Self>, Error> {
            Ok(Ok(Self { reverted: did_revert }))
        }
    }

    impl HostileToken {
        /// An honest token that nobody holds.
        #[ink(constructor)]
        pub fn new(decimals: u8) -> Self {
            Self {
                decimals,
                behaviours: [0; 4],
                result: 0,
                grown: 0,
                balances: Mapping::default(),
                target: Lazy::default(),
                pieces: Mapping::default(),
                length: 0,
            }
        }

        /// Makes tokens out of nothing.
        #[ink(message)]
        pub fn mint(&mut self, to: Address, value: u128) {
            self.balances
                .insert(to, &self.balances.get(to).unwrap_or(0).saturating_add(value));
        }

        /// Sets what function 0 `decimals`, 1 `balanceOf`, 2 `transfer`, 3 `transferFrom` does.
        #[ink(message)]
        pub fn behave(&mut self, function: u8, behaviour: u8) {
            if let Some(place) = self.behaviours.get_mut(usize::from(function)) {
                *place = behaviour;
            }
        }

        /// Sets whom to call back and the bytes to answer or to call back with; forgets the last result.
        #[ink(message)]
        pub fn prepare(&mut self, target: Address, bytes: DynBytes) {
            self.target.set(&target);
            self.length = 0;
            for piece in bytes.0.chunks(PIECE) {
                self.pieces.insert(self.length, &piece.to_vec());
                self.length = self.length.saturating_add(1);
            }
            self.result = 0;
        }

        /// How the last call back ended: 0 there was none, 1 it succeeded, 2 the target reverted, 3 the chain refused it or
        /// the target trapped.
        #[ink(message)]
        pub fn result(&self) -> u8 {
            self.result
        }

        /// Calls any contract with any bytes, by delegate call if asked to, and returns how it ended as `result` does.
        #[ink(message)]
        pub fn relay(&mut self, target: Address, bytes: DynBytes, delegate: bool) -> u8 {
            call(target, bytes.0, delegate)
        }

        /// EIP-20, if it behaves.
        #[ink(message)]
        pub fn decimals(&mut self) -> u8 {
            self.misbehave(Function::Decimals);
            self.decimals
        }

        /// EIP-20, if it behaves.
        #[ink(message, name = "balanceOf")]
        pub fn balance_of(&mut self, owner: Address) -> U256 {
            let behaviour = self.misbehave(Function::BalanceOf);
            if behaviour == behaviour::GROW {
                self.grown = self.grown.saturating_add(1);
            }
            let balance = self.balances.get(owner).unwrap_or(0);
            U256::from(balance).saturating_add(U256::from(self.grown))
        }

        /// EIP-20, if it behaves.
        #[ink(message)]
        pub fn transfer(&mut self, to: Address, value: U256) -> bool {
            let behaviour = self.misbehave(Function::Transfer);
            self.shift(behaviour, self.env().caller(), to, value)
        }

        /// EIP-20, if it behaves.
        #[ink(message, name = "transferFrom")]
        pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> bool {
            let behaviour = self.misbehave(Function::TransferFrom);
            self.shift(behaviour, from, to, value)
        }

        fn bytes(&self) -> Vec<u8> {
            (0..self.length)
                .flat_map(|at| self.pieces.get(at).unwrap_or_default())
                .collect()
        }

        /// Does what can be done before or instead of the message's own work.
        #[inline(never)]
        fn misbehave(&mut self, function: Function) -> u8 {
            let behaviour = self.behaviours.get(function as usize).copied().unwrap_or(0);
            match behaviour {
                behaviour::ANSWER => answer(ReturnFlags::empty(), self.bytes()),
                behaviour::REVERT => answer(ReturnFlags::REVERT, self.bytes()),
                behaviour::TRAP => panic!("as told"),
                behaviour::SPIN => loop {
                    core::hint::spin_loop();
                },
                behaviour::REENTER | behaviour::DELEGATE => {
                    let target = self.target.get_or_default();
                    self.result = call(target, self.bytes(), behaviour == behaviour::DELEGATE);
                }
                _ => {}
            }
            behaviour
        }

        #[inline(never)]
        fn shift(&mut self, behaviour: u8, from: Address, to: Address, value: U256) -> bool {
            let Ok(asked) = u128::try_from(value) else {
                return false;
            };
            let (from, to, moved) = match behaviour {
                behaviour::PRETEND => return true,
                behaviour::LESS => (from, to, asked.saturating_sub(1)),
                behaviour::MORE => (from, to, asked.saturating_add(1)),
                behaviour::BACKWARDS => (to, from, asked),
                _ => (from, to, asked),
            };
            let Some(left) = self.balances.get(from).unwrap_or(0).checked_sub(moved) else {
                return false;
            };
            self.balances.insert(from, &left);
            self.mint(to, moved);
            behaviour != behaviour::DENY
        }
    }

    fn answer(flags: ReturnFlags, bytes: Vec<u8>) {
        ink::env::return_value(flags, &Raw(bytes));
    }

    /// Calls `target` with `bytes`.
    #[inline(never)]
    fn call(target: Address, bytes: Vec<u8>, delegate: bool) -> u8 {
        let (selector, arguments) = bytes.split_at(bytes.len().min(4));
        let mut padded = [0; 4];
        for (place, byte) in padded.iter_mut().zip(selector) {
            *place = *byte;
        }
        let input = ExecutionInput::new(Selector::new(padded)).push_arg(Raw(arguments.to_vec()));
        let call = build_call_ink::<DefaultEnvironment>();
        let outcome = if delegate {
            call.delegate(target)
                .exec_input(input)
                .returns::<Ending>()
                .try_invoke()
        } else {
            call.call(target)
                .exec_input(input)
                .returns::<Ending>()
                .try_invoke()
        };
        match outcome {
            Ok(Ok(Ending { reverted: false })) => 1,
            Ok(_) => 2,
            Err(_) => 3,
        }
    }
}

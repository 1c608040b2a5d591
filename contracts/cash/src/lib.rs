//! One currency's tokenised money: an ERC-20 token with an issuer, spoken to in the Solidity ABI.
//!
//! - The **issuer** creates money (`issue`) and takes it out of circulation (`redeem`) under an id of its own
//!   choosing; the same id with the same terms is answered with success and has no second effect, for ever,
//!   so a request whose outcome is unknown can simply be sent again. It hands its role on in two steps and
//!   appoints the guardian.
//! - The **guardian** stops all movements (`pause`) or those of one account (`freeze`). It cannot move money.
//! - A pause stops `transfer`, `transferFrom`, `issue` and `redeem`; approvals are still possible, since one
//!   must be able to withdraw them in an emergency. Freezing concerns the money in an account: an account
//!   that is frozen can still move other people's money that it has been approved for, until they withdraw
//!   that approval.
//!
//! [`rules`] decides, this file reads, calls and writes.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

pub mod error;
pub mod event;
pub mod rules;

/// The contract.
#[ink::contract]
#[allow(missing_docs)] // Type aliases that the macro generates have none.
pub mod cash {
    use ink::{
        prelude::string::String,
        primitives::sol::FixedBytes,
        storage::{Lazy, Mapping},
        U256,
    };

    use crate::{
        error::Error,
        event::{Approval, FreezeChanged, PauseChanged, RequestDone, RoleChanged, Transfer},
        rules::{self, Holding, Label, Request},
    };

    /// [`RoleChanged::role`].
    const ISSUER: u8 = 1;
    /// [`RoleChanged::role`]: who may accept to be the issuer.
    const PROPOSED_ISSUER: u8 = 2;
    /// [`RoleChanged::role`].
    const GUARDIAN: u8 = 3;

    /// Everything stored. The fields that are neither `Lazy` nor `Mapping` are the root cell (81 bytes),
    /// which every message reads anyway; a transfer reads one key more for each of its two accounts, and
    /// `transferFrom` one for the allowance.
    #[ink(storage)]
    pub struct Cash {
        /// Minor units in circulation: the sum of all balances.
        supply: u128,
        /// Whether movements are stopped.
        paused: bool,
        /// Who issues and redeems.
        issuer: Address,
        /// Who may accept to be the issuer; zero: nobody.
        proposed_issuer: Address,
        /// Who pauses and freezes.
        guardian: Address,
        /// ISO 4217 alphabetic code.
        currency: [u8; 3],
        /// ISO 4217 exponent.
        decimals: u8,
        /// Name and symbol, filled up with zeros.
        labels: Lazy<(Label, Label)>,
        /// What each account holds.
        holdings: Mapping<Address, Holding>,
        /// (owner, spender) to minor units.
        allowances: Mapping<(Address, Address), u128>,
        /// Requests carried out, by id. They are never removed.
        requests: Mapping<[u8; 32], Request>,
    }

    impl Cash {
        /// Starts with no money in circulation. `currency` is the ISO 4217 alphabetic code, `decimals` its
        /// exponent; `name` and `symbol` are printable ASCII, filled up with zeros.
        ///
        /// # Errors
        /// `IncompleteCallData`, `InvalidCurrency`, `InvalidDecimals`, `InvalidLabel`, `ZeroAddress` (issuer
        /// or guardian).
        #[ink(constructor)]
        pub fn new(
            name: FixedBytes<32>,
            symbol: FixedBytes<32>,
            currency: FixedBytes<3>,
            decimals: u8,
            issuer: Address,
            guardian: Address,
        ) -> Result<Self, Error> {
            // Cut-off arguments would be filled up with zeros, see `complete`.
            #[cfg(target_arch = "riscv64")]
            if Self::env().call_data_size() < 6 * 32 {
                return Err(Error::IncompleteCallData);
            }
            rules::describe(&currency.0, decimals, &name.0, &symbol.0)?;
            let mut cash = Self {
                supply: 0,
                paused: false,
                issuer: rules::somebody(issuer)?,
                proposed_issuer: Address::zero(),
                guardian: rules::somebody(guardian)?,
                currency: currency.0,
                decimals,
                labels: Lazy::default(),
                holdings: Mapping::default(),
                allowances: Mapping::default(),
                requests: Mapping::default(),
            };
            cash.labels.set(&(name.0, symbol.0));
            Ok(cash)
        }

        /// The token's name, for people.
        #[ink(message)]
        pub fn name(&self) -> String {
            self.label(false)
        }

        /// The token's short name, for people.
        #[ink(message)]
        pub fn symbol(&self) -> String {
            self.label(true)
        }

        /// How many digits of a value come after the decimal point: the currency's ISO 4217 exponent.
        #[ink(message)]
        pub fn decimals(&self) -> u8 {
            self.decimals
        }

        /// The currency's ISO 4217 alphabetic code.
        #[ink(message)]
        pub fn currency(&self) -> FixedBytes<3> {
            FixedBytes(self.currency)
        }

        /// Minor units in circulation; never more than 2^128 - 1.
        #[ink(message, name = "totalSupply")]
        pub fn total_supply(&self) -> U256 {
            U256::from(self.supply)
        }

        /// Minor units `account` holds.
        #[ink(message, name = "balanceOf")]
        pub fn balance_of(&self, account: Address) -> U256 {
            U256::from(self.holding(account).balance)
        }

        /// Minor units of `owner` that `spender` may move; the largest number: any amount.
        #[ink(message)]
        pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
            rules::stated(self.allowed(owner, spender))
        }

        /// Who issues and redeems.
        #[ink(message)]
        pub fn issuer(&self) -> Address {
            self.issuer
        }

        /// Who may accept to be the issuer; zero: nobody.
        #[ink(message, name = "proposedIssuer")]
        pub fn proposed_issuer(&self) -> Address {
            self.proposed_issuer
        }

        /// Who pauses and freezes.
        #[ink(message)]
        pub fn guardian(&self) -> Address {
            self.guardian
        }

        /// Whether all movements are stopped.
        #[ink(message)]
        pub fn paused(&self) -> bool {
            self.paused
        }

        /// Whether the money in `account` is frozen.
        #[ink(message, name = "isFrozen")]
        pub fn is_frozen(&self, account: Address) -> bool {
            self.holding(account).frozen
        }

        /// Minor units issued or redeemed under `request_id`; zero: it has not been used. `RequestDone` tells
        /// the rest.
        #[ink(message, name = "requestValue")]
        pub fn request_value(&self, request_id: FixedBytes<32>) -> U256 {
            U256::from(self.request(request_id).map_or(0, |request| request.value))
        }

        /// Lets `spender` move up to `value` minor units of the caller's money, instead of what it could
        /// before. 2^128 - 1 and more mean any amount, are not used up, and are stated as 2^256 - 1 from then
        /// on.
        ///
        /// # Errors
        /// `IncompleteCallData`, `ZeroAddress`.
        #[ink(message)]
        pub fn approve(&mut self, spender: Address, value: U256) -> Result<bool, Error> {
            self.complete(2)?;
            let owner = self.env().caller();
            let allowed = rules::allowance(value);
            self.allow(owner, rules::somebody(spender)?, allowed);
            self.env().emit_event(Approval {
                owner,
                spender,
                value: rules::stated(allowed),
            });
            Ok(true)
        }

        /// Moves `value` minor units of the caller's money. Always returns true.
        ///
        /// # Errors
        /// `IncompleteCallData`, `ValueOutOfRange`, `ZeroAddress`, `EnforcedPause`, `AccountFrozen`,
        /// `InsufficientBalance`.
        #[ink(message)]
        pub fn transfer(&mut self, to: Address, value: U256) -> Result<bool, Error> {
            self.complete(2)?;
            self.shift(self.env().caller(), to, value, false)
        }

        /// Moves `value` minor units of `from`'s money, using up the caller's allowance. Always returns true.
        ///
        /// # Errors
        /// `IncompleteCallData`, `ValueOutOfRange`, `ZeroAddress`, `EnforcedPause`, `InsufficientAllowance`,
        /// `AccountFrozen`, `InsufficientBalance`.
        #[ink(message, name = "transferFrom")]
        pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Error> {
            self.complete(3)?;
            self.shift(from, to, value, true)
        }

        /// Creates `value` minor units for `to`. Only the issuer. Does nothing if it was done before under
        /// this id.
        ///
        /// `request_id` is what the issuer calls this request, unique among its issues and redemptions for
        /// ever: the hash of its own reference, say. (`reference` would be the better word, but Solidity
        /// reserves it.)
        ///
        /// # Errors
        /// `IncompleteCallData`, `Unauthorized`, `ValueOutOfRange`, `ZeroAddress`, `RequestConflict`,
        /// `EnforcedPause`, `AccountFrozen`, `ZeroValue`, `SupplyExceeded`.
        #[ink(message)]
        pub fn issue(&mut self, to: Address, value: U256, request_id: FixedBytes<32>) -> Result<(), Error> {
            self.carry_out(rules::ISSUE, to, value, request_id)
        }

        /// Takes `value` minor units of `from`'s money out of circulation: the issuer's own, or that of a
        /// holder who has approved the issuer for it. Only the issuer. Does nothing if it was done before
        /// under this id.
        ///
        /// # Errors
        /// `IncompleteCallData`, `Unauthorized`, `ValueOutOfRange`, `ZeroAddress`, `RequestConflict`,
        /// `EnforcedPause`, `InsufficientAllowance`, `AccountFrozen`, `ZeroValue`, `InsufficientBalance`.
        #[ink(message)]
        pub fn redeem(
            &mut self,
            from: Address,
            value: U256,
            request_id: FixedBytes<32>,
        ) -> Result<(), Error> {
            self.carry_out(rules::REDEEM, from, value, request_id)
        }

        /// Stops all movements. Only the guardian. No effect if they are stopped.
        ///
        /// # Errors
        /// `Unauthorized`.
        #[ink(message)]
        pub fn pause(&mut self) -> Result<(), Error> {
            self.set_paused(true)
        }

        /// Lets money move again. Only the guardian. No effect if it does.
        ///
        /// # Errors
        /// `Unauthorized`.
        #[ink(message)]
        pub fn unpause(&mut self) -> Result<(), Error> {
            self.set_paused(false)
        }

        /// Freezes the money in `account`. Only the guardian. No effect if it is frozen.
        ///
        /// # Errors
        /// `IncompleteCallData`, `Unauthorized`, `ZeroAddress`.
        #[ink(message)]
        pub fn freeze(&mut self, account: Address) -> Result<(), Error> {
            self.set_frozen(account, true)
        }

        /// Lets the money in `account` move again. Only the guardian. No effect if it is not frozen.
        ///
        /// # Errors
        /// `IncompleteCallData`, `Unauthorized`, `ZeroAddress`.
        #[ink(message)]
        pub fn unfreeze(&mut self, account: Address) -> Result<(), Error> {
            self.set_frozen(account, false)
        }

        /// Offers the issuer's role to `proposed`, who has it from the moment it accepts; the zero address
        /// withdraws an offer. Only the issuer.
        ///
        /// # Errors
        /// `IncompleteCallData`, `Unauthorized`.
        #[ink(message, name = "proposeIssuer")]
        pub fn propose_issuer(&mut self, proposed: Address) -> Result<(), Error> {
            self.complete(1)?;
            self.only(self.issuer)?;
            self.offer(proposed);
            Ok(())
        }

        /// Makes the caller the issuer. Only whom the issuer has proposed.
        ///
        /// # Errors
        /// `Unauthorized`.
        #[ink(message, name = "acceptIssuer")]
        pub fn accept_issuer(&mut self) -> Result<(), Error> {
            let current = self.proposed_issuer;
            self.only(current)?;
            let previous = core::mem::replace(&mut self.issuer, current);
            self.report_role(ISSUER, previous, current);
            self.offer(Address::zero());
            Ok(())
        }

        /// Appoints the guardian. Only the issuer; in one step, as the issuer can correct a mistake.
        ///
        /// # Errors
        /// `IncompleteCallData`, `Unauthorized`, `ZeroAddress`.
        #[ink(message, name = "setGuardian")]
        pub fn set_guardian(&mut self, guardian: Address) -> Result<(), Error> {
            self.complete(1)?;
            self.only(self.issuer)?;
            let current = rules::somebody(guardian)?;
            let previous = core::mem::replace(&mut self.guardian, current);
            self.report_role(GUARDIAN, previous, current);
            Ok(())
        }
    }

    // What the messages share. Not inlined where more than one message uses it: every byte of code is paid
    // for at every call.
    #[ink(impl)]
    impl Cash {
        /// ink! reads call data as if zeros followed it for ever: cut-off data would become another value or
        /// account instead of an error. `words` is how many 32-byte words the arguments take.
        fn complete(&self, words: u64) -> Result<(), Error> {
            // Off chain there is no call data.
            #[cfg(target_arch = "riscv64")]
            if self.env().call_data_size() < words.saturating_mul(32).saturating_add(4) {
                return Err(Error::IncompleteCallData);
            }
            let _ = words;
            Ok(())
        }

        #[inline(never)]
        fn label(&self, short: bool) -> String {
            let (name, symbol) = self.labels.get_or_default();
            rules::text(if short { &symbol } else { &name }).collect()
        }

        #[inline(never)]
        fn request(&self, request_id: FixedBytes<32>) -> Option<Request> {
            self.requests.get(request_id.0)
        }

        #[inline(never)]
        fn only(&self, holder: Address) -> Result<(), Error> {
            rules::only(holder, self.env().caller())
        }

        #[inline(never)]
        fn holding(&self, account: Address) -> Holding {
            self.holdings.get(account).unwrap_or_default()
        }

        #[inline(never)]
        fn hold(&mut self, account: Address, holding: Holding) {
            self.holdings.insert(account, &holding);
        }

        #[inline(never)]
        fn allowed(&self, owner: Address, spender: Address) -> u128 {
            self.allowances.get((owner, spender)).unwrap_or_default()
        }

        #[inline(never)]
        fn allow(&mut self, owner: Address, spender: Address, value: u128) {
            self.allowances.insert((owner, spender), &value);
        }

        fn movable(&self) -> Result<(), Error> {
            if self.paused {
                Err(Error::EnforcedPause)
            } else {
                Ok(())
            }
        }

        /// Uses up what `owner` has approved the caller for.
        #[inline(never)]
        fn use_allowance(&mut self, owner: Address, value: u128) -> Result<(), Error> {
            let spender = self.env().caller();
            let before = self.allowed(owner, spender);
            let after = rules::spend(before, value)?;
            if after != before {
                self.allow(owner, spender, after);
            }
            Ok(())
        }

        #[inline(never)]
        fn shift(
            &mut self,
            from: Address,
            to: Address,
            value: U256,
            by_allowance: bool,
        ) -> Result<bool, Error> {
            let moved = rules::value(value)?;
            rules::somebody(from)?;
            rules::somebody(to)?;
            self.movable()?;
            if by_allowance {
                self.use_allowance(from, moved)?;
            }
            let (sender, receiver) = rules::transfer(self.holding(from), self.holding(to), moved)?;
            // A transfer to oneself has to be possible, and leaves the account as it is.
            if from != to {
                self.hold(from, sender);
                self.hold(to, receiver);
            }
            self.report_transfer(from, to, value);
            Ok(true)
        }

        /// Issues or redeems, unless it was done before under this id.
        #[inline(never)]
        fn carry_out(
            &mut self,
            kind: u8,
            account: Address,
            value: U256,
            request_id: FixedBytes<32>,
        ) -> Result<(), Error> {
            self.complete(3)?;
            self.only(self.issuer)?;
            let asked = Request {
                kind,
                value: rules::value(value)?,
                account: rules::somebody(account)?,
            };
            if rules::is_repeated(self.request(request_id), asked)? {
                return Ok(());
            }
            self.movable()?;
            let redeems = kind == rules::REDEEM;
            if redeems && account != self.issuer {
                self.use_allowance(account, asked.value)?;
            }
            let apply = if redeems { rules::redeem } else { rules::issue };
            let (supply, holding) = apply(self.supply, self.holding(account), asked.value)?;
            self.supply = supply;
            self.hold(account, holding);
            self.requests.insert(request_id.0, &asked);
            let (from, to) = if redeems {
                (account, Address::zero())
            } else {
                (Address::zero(), account)
            };
            self.report_transfer(from, to, value);
            self.env().emit_event(RequestDone {
                request_id,
                account,
                kind,
                value,
            });
            Ok(())
        }

        #[inline(never)]
        fn set_paused(&mut self, paused: bool) -> Result<(), Error> {
            self.only(self.guardian)?;
            if self.paused != paused {
                self.paused = paused;
                self.env().emit_event(PauseChanged { paused });
            }
            Ok(())
        }

        #[inline(never)]
        fn set_frozen(&mut self, account: Address, frozen: bool) -> Result<(), Error> {
            self.complete(1)?;
            self.only(self.guardian)?;
            let before = self.holding(rules::somebody(account)?);
            if before.frozen != frozen {
                self.hold(account, Holding { frozen, ..before });
                self.env().emit_event(FreezeChanged { account, frozen });
            }
            Ok(())
        }

        fn offer(&mut self, proposed: Address) {
            let previous = core::mem::replace(&mut self.proposed_issuer, proposed);
            self.report_role(PROPOSED_ISSUER, previous, proposed);
        }

        #[inline(never)]
        fn report_role(&self, role: u8, previous: Address, current: Address) {
            self.env().emit_event(RoleChanged {
                role,
                previous,
                current,
            });
        }

        #[inline(never)]
        fn report_transfer(&self, from: Address, to: Address, value: U256) {
            self.env().emit_event(Transfer { from, to, value });
        }
    }
}

//! Every refusal, numbered.
//!
//! Numbers are for ever: a new error is appended, an old one is never reused. The order of the rules'
//! checks, which decides the error a command with several faults gets, is: authority, form, identity
//! (repeat or conflict), the gate, status and time, funds. Each rule documents its own list.

use crate::ReasonCode;
use core::fmt;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Declares [`Error`] so that number, ISO reason, text and advice of each stand on one line.
macro_rules! errors {
    ($($number:literal $name:ident $reason:ident $transient:literal $text:literal $advice:literal;)*) => {
        /// Why a command was refused. Nothing was changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
        pub enum Error {
            $(
                #[doc = $text]
                #[codec(index = $number)]
                $name,
            )*
        }

        impl Error {
            /// Every error, in order of number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable number.
            #[must_use]
            pub fn number(self) -> u8 {
                match self { $(Self::$name => $number),* }
            }

            /// The stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The ISO 20022 status reason a pacs.002 gives for it.
            #[must_use]
            pub fn iso_reason(self) -> ReasonCode {
                match self { $(Self::$name => ReasonCode::$reason),* }
            }

            /// Whether the same command may succeed later without being changed.
            #[must_use]
            pub fn is_transient(self) -> bool {
                match self { $(Self::$name => $transient),* }
            }

            /// What went wrong.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// What to do about it.
            #[must_use]
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice),* }
            }
        }
    };
}

errors! {
    0 NotGovernor AG01 false "The caller is not the contract's governor." "Sign with the governor's key.";
    1 NotAdmin AG01 false "The caller is not the participant's admin." "Sign with the participant's admin key.";
    2 NotProposed AG01 false "The caller was not proposed as the successor of this key." "Have the current holder propose this account first.";
    3 UnknownAccount AG01 false "The calling account has no role for any participant." "Have a participant's admin grant it a role.";
    4 MissingRole AG01 false "The calling account lacks the role this command needs." "Sign with an account that has the role, or have the admin grant it.";
    5 NotDebtorAgent AG01 false "The calling account does not act for the transfer's debtor agent." "Only the debtor agent may do this.";
    6 NotCreditorAgent AG01 false "The calling account does not act for the transfer's creditor agent." "Only the creditor agent may do this.";
    7 InvalidUetr FF01 false "The UETR is not a UUID of version 4." "Use a fresh UUIDv4.";
    8 ZeroAmount AM01 false "The amount is zero." "Give an amount above zero.";
    9 SameAgent AG01 false "Debtor agent and creditor agent are the same participant." "Book transfers within one institution in its own ledger.";
    10 InvalidAgents RC01 false "A participant needs one to four different identifiers." "Correct the list of identifiers.";
    11 TermsConflict DUPL false "The UETR is recorded with other terms." "Compare with the recorded transfer; a new transfer needs a new UETR.";
    12 ReferenceConflict DUPL false "The reference is recorded with other terms." "Compare with the recorded operation; a new one needs a new reference.";
    13 CurrencyConflict DUPL false "The currency or its token is registered with other terms." "Compare with the registered currencies.";
    14 AgentConflict DUPL false "One of the identifiers belongs to a registered participant." "Compare with the registered participants.";
    15 AccountOfOtherParticipant AG01 false "The account acts for another participant." "Use a different account, or have this one leave its participant: an account acts for one.";
    16 Paused AG09 true "New business is paused by the governor." "Try again when the pause is lifted.";
    17 UnknownParticipant RC01 false "No such participant." "Compare with the registered participants.";
    18 ParticipantSuspended AG09 true "The participant is suspended." "Try again when the governor lifts the suspension.";
    19 UnknownCurrency AM03 false "The currency is not registered." "Use a registered currency, or have the governor register it.";
    20 UnknownTransfer DT01 true "No transfer is recorded under this UETR." "Check the UETR; it may not be finalised yet.";
    21 WrongStatus MS03 false "The transfer's status does not allow this." "Read the transfer's status.";
    22 ExpiryPassed TM01 false "The expiry is not in the future." "Instruct with a later expiry.";
    23 ExpiryTooFar DT01 false "The expiry is more than 31 days ahead." "Instruct with an earlier expiry.";
    24 Expired TM01 false "The time for acceptance has passed." "Expire the transfer; the debtor agent may instruct again.";
    25 NotYetExpired TM01 true "The time for acceptance has not passed yet." "Wait for the expiry, or have the debtor agent cancel.";
    26 InsufficientFunds AM04 true "The available position does not cover the amount." "Deposit first, or wait for incoming transfers.";
    27 ReturnExceedsOriginal AM12 false "All returns together would exceed the original amount." "Return at most what has not been returned yet.";
    28 AmountOverflow AM12 false "The sum does not fit into 128 bits." "Give a smaller amount.";
    29 CurrencyMismatch AM03 false "Two different currencies cannot be added." "Use one currency.";
    30 ExponentMismatch AM03 false "The exponent is not the token's decimals, or more than ISO 4217 assigns." "Register the exponent of ISO 4217 with a token of the same decimals.";
    31 TooMany MS03 false "The limit of participants, currencies or accounts is reached." "See the documented limits.";
    32 TokenRefused MS03 true "The token contract refused the transfer." "Check the token's allowance, balance, pause and freeze.";
    33 TokenMismatch MS03 false "The token moved another amount than it was asked to." "Do not use this token; tell the governor.";
    34 NotAToken MS03 false "The address does not answer as an ERC-20 token." "Check the token's address.";
    35 BooksBroken MS03 false "The books contradict themselves; the command was stopped." "Stop and report this: it should be impossible.";
    36 MalformedInput FF01 false "The call data is shorter or longer than the message's arguments." "Encode the call with the contract's metadata.";
    37 InvalidSchedule DT01 false "The settlement schedule is not valid, or would let window numbers go back." "Correct the schedule; see the documented limits.";
    38 NoSchedule AG09 true "Net settlement has no schedule yet." "Settle gross, or have the governor set the schedule.";
    39 WrongMethod AG01 false "The transfer settles by another method." "Read the transfer's settlement method.";
    40 NetAmountTooLarge AM13 false "The amount is larger than what net settlement books." "Settle it gross.";
    41 NetDebitCap AM23 true "The debtor agent's unsettled net debit would exceed its cap or its collateral." "Pledge more collateral, wait for incoming transfers or the window's close, or settle gross.";
    42 CollateralInUse AM04 true "The rest of the collateral would not cover the unsettled net debit." "Wait until the window has settled, or release less.";
    43 WindowNotClosed AG09 true "Two windows are outstanding: the older one has to be closed first." "Close the older window, which anyone may do.";
    44 WindowOpen TM01 true "The window's cut-off has not passed yet." "Wait for the cut-off.";
    45 WindowEnded MS03 false "The window has been settled or aborted already." "Read the window's record.";
    46 WindowNotSettled AG09 true "The transfer's window has not settled yet." "Close the window once its cut-off has passed.";
    47 InvalidBatch FF01 false "The batch's header does not fit its items, or is outside the documented limits." "Correct the batch.";
    48 InvalidItems FF01 false "More of the batch's items are invalid than it may leave out." "Correct the items and submit them under the next number.";
    49 ControlSum AM10 false "The items do not add up to the batch's control sum." "Compare the items with the file they came from.";
    50 BatchConflict DUPL false "The batch's number, or its acceptance, is recorded with other content." "Compare with the recorded batch; a new one needs a new number.";
    51 BatchNumber DUPL false "The batch's number is not above the last one." "Use the number after the last recorded one.";
    52 UnknownBatch DT01 true "No batch is recorded under this number." "Check the debtor agent and the number; it may not be finalised yet.";
    53 InvalidProof FF01 false "The proof does not lead to the batch's root." "Make the proof from the batch as it was submitted.";
    54 InvalidException FF01 false "An exception is not a counted item of this counterparty, or is not in rising order." "List each of your own counted items at most once, by rising index.";
    55 NotQuoteProvider AG01 false "The calling account does not act for the quote's provider." "Only the quote's provider may do this.";
    56 SignerMayNotQuote AG01 false "The quote's signer has no quoting right for its provider." "Ask the provider for a quote signed by one of its quoters.";
    57 NotCounterparty AG01 false "The quote was given to another participant." "Ask the provider for a quote of your own.";
    58 InvalidRate AM12 false "A part of the rate is zero or above ten to the fifteenth." "Give the rate as two whole numbers from 1 to 10^15.";
    59 InvalidQuote FF01 false "The quote's pair, spread, band or hold is out of range." "Correct the quote as its fields are documented.";
    60 InvalidTariff FF01 false "The tariff's figures or its place in the list are out of range." "Correct the tariff; a new version is later, at most a year ahead, and has a higher number, at most 1,000 above the last.";
    61 InvalidLimits FF01 false "The limits are out of range." "Give a bucket of at least one second.";
    62 QuoteConflict DUPL false "The quote's reference is recorded with other terms." "Compare with the recorded quote; a new quote needs a new reference.";
    63 TariffConflict DUPL false "The tariff's version is recorded with other figures." "Compare with the recorded tariffs; a new tariff needs a new version.";
    64 UnknownQuote DT01 true "No quote is recorded under this reference." "Check the reference; it may not be finalised yet.";
    65 QuoteMismatch AM03 false "The instruction or return is not what the quote gives: other currencies or another amount." "Compute the amount from the quote.";
    66 QuoteWithdrawn MS03 false "The provider has withdrawn the quote." "Ask for a new quote.";
    67 QuoteExpired TM01 false "The quote has expired." "Ask for a new quote.";
    68 HoldTooLong TM01 false "The transfer's expiry is later than the quote's hold allows." "Instruct with an earlier expiry.";
    69 UnwindClosed TM01 false "The time for returns at the original rate has passed." "Send the money back by a new transfer.";
    70 BelowQuoteMinimum AM06 false "The amount is below the quote's minimum." "Give a larger amount or use another quote.";
    71 ReturnTooSmall AM06 false "The return is worth less than one minor unit of the debtor's currency." "Return a larger part.";
    72 QuoteExhausted AM14 true "The amount is more than the quote has left." "Give a smaller amount or ask for a new quote.";
    73 FeeExceedsAmount AM12 false "The creditor's fee would take the whole credited amount." "Give a larger amount or let the debtor bear the charges.";
    74 LimitPerTransfer AM14 false "The amount is above the limit for one transfer." "Give a smaller amount.";
    75 VelocityExceeded AM21 true "The limit of number or amount over the current period is reached." "Try again later.";
    76 ProviderNotCovered AM04 true "The quote provider's available position does not cover its leg." "Ask the provider to deposit, or use another quote.";
    77 QueueFull AG09 true "The currency's queue has no room for another transfer." "Resolve the queue, which anyone may do, and accept again.";
    78 WrongUnwind AG01 false "The transfer's terms say that returns go back the other way." "Read how the transfer unwinds: at the original rate without a quote, at a new quote with one.";
    79 QueueShare AG09 true "The debtor agent has as many transfers in the currency's queue as one may have." "Wait until some have settled or ended, resolve the queue, or have the debtor agent cancel one.";
    80 SignatureMissing FF01 false "The quote was signed off chain and is used without its signature." "Give the signed quote with every use of it.";
    81 NotExecuted MS03 true "The message's code could not be run to its end." "Correct the arguments, or allow more weight.";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_are_what_goes_on_the_wire() {
        for (position, error) in Error::ALL.iter().enumerate() {
            assert_eq!(usize::from(error.number()), position);
            assert_eq!(error.encode(), [error.number()]);
        }
    }

    #[test]
    fn every_error_has_its_own_iso_reason_and_says_what_to_do() {
        for error in Error::ALL {
            assert_eq!(error.iso_reason().as_str().len(), 4);
            assert!(
                error.text().ends_with('.') && error.advice().ends_with('.'),
                "{error:?}"
            );
        }
        assert_eq!(Error::InsufficientFunds.iso_reason(), ReasonCode::AM04);
        assert_eq!(Error::TermsConflict.iso_reason(), ReasonCode::DUPL);
        assert_eq!(Error::Expired.iso_reason(), ReasonCode::TM01);
    }
}

//! The scenarios every backend has to pass: the same story on the reference ledger, on the contract's code
//! and on a node.
//!
//! Each starts from a fresh contract, opens a [`stage`] with two institutions on it, sends commands and
//! asserts what the system answers and records. A scenario panics when the system misbehaves.

mod access;
mod admission;
pub mod batch;
pub mod exchange;
mod funds;
mod gate;
mod life;
mod repeats;
mod returns;
pub mod stage;

use crate::backend::Backend;
use stage::Stage;

/// One story.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// What it shows, as a test name.
    pub name: &'static str,
    /// Whether it calls [`Backend::advance_time`], by [`stage::SHORT`] each time: a backend that cannot set
    /// its clock has to sleep or to leave it out.
    pub needs_time_travel: bool,
    story: fn(&mut Stage),
}

impl Scenario {
    /// Runs it on a fresh contract.
    ///
    /// # Panics
    /// When the system does not behave as told.
    pub fn run(&self, system: &mut dyn Backend) {
        (self.story)(&mut Stage::open(system));
    }
}

/// Lists functions as scenarios named like them.
macro_rules! scenarios {
    ($needs_time_travel:literal: $($module:ident::$name:ident)*) => {
        [$(Scenario {
            name: stringify!($name),
            needs_time_travel: $needs_time_travel,
            story: $module::$name,
        }),*]
    };
}

/// Every scenario.
#[must_use]
pub fn all() -> Vec<Scenario> {
    let anytime = scenarios! { false:
        life::accepting_settles
        life::rejecting_releases_the_reserved_amount
        life::cancelling_releases_the_reserved_amount
        life::expiring_before_its_time_is_refused
        life::a_transfer_ends_once
        life::currencies_do_not_mix
        returns::parts_are_returned_up_to_the_original_amount
        returns::nothing_is_returned_above_the_original_amount
        returns::only_what_was_settled_is_returned
        returns::a_return_needs_the_creditor_agents_funds
        returns::a_repeated_return_pays_once
        repeats::a_repeated_instruction_has_no_second_effect_in_any_status
        repeats::other_terms_under_the_same_uetr_conflict
        repeats::a_repeated_answer_has_no_second_effect
        repeats::a_repeated_deposit_or_withdrawal_moves_money_once
        repeats::a_reference_stands_for_one_operation
        repeats::two_participants_may_use_the_same_reference
        funds::more_than_is_available_is_not_instructed
        funds::more_than_is_available_is_not_withdrawn
        funds::what_is_reserved_is_not_withdrawn
        funds::zero_is_no_amount
        funds::an_unknown_currency_is_refused
        funds::stray_tokens_are_credited_to_nobody
        funds::a_deposit_the_token_refuses_is_not_booked
        gate::a_pause_stops_new_business_only
        gate::a_suspension_stops_new_business_of_one_participant_only
        gate::a_transfer_needs_two_admitted_participants
        gate::malformed_terms_are_refused
        access::each_command_needs_its_role
        access::compliance_stops_and_starts_nothing
        access::an_agent_cannot_act_for_the_other
        access::an_unknown_account_may_do_nothing
        access::an_unknown_transfer_is_named_as_such
        access::a_revoked_role_is_lost_at_once
        access::an_account_serves_one_participant_only
        access::an_admin_has_no_role_of_its_own
        admission::only_the_governor_admits_pauses_and_suspends
        admission::only_the_admin_grants_and_revokes
        admission::the_governors_key_rotates_in_two_steps
        admission::an_admins_key_rotates_in_two_steps
        admission::participants_do_not_share_identifiers
        admission::currencies_do_not_share_tokens
    };
    let later = scenarios! { true:
        life::expiring_releases_the_reserved_amount
        life::accepting_after_the_expiry_is_refused
        repeats::a_repeated_instruction_has_no_second_effect_after_the_expiry
    };
    anytime.into_iter().chain(later).collect()
}

//! Which piece of code executes which message.

use corridor_api::Codes;
use ink::{selector_bytes, Address};

/// A message's selector.
type Selector = [u8; 4];

const CLEARING: [Selector; 17] = [
    selector_bytes!("Netting::set_schedule"),
    selector_bytes!("Netting::set_cap"),
    selector_bytes!("Netting::pledge"),
    selector_bytes!("Netting::release"),
    selector_bytes!("Netting::close_window"),
    selector_bytes!("Netting::abort_window"),
    selector_bytes!("Netting::schedule"),
    selector_bytes!("Netting::net_position"),
    selector_bytes!("Netting::window"),
    selector_bytes!("Netting::bilateral"),
    selector_bytes!("Batches::submit_batch"),
    selector_bytes!("Batches::accept_batch"),
    selector_bytes!("Batches::reject_batch"),
    selector_bytes!("Batches::cancel_batch"),
    selector_bytes!("Batches::expire_batch"),
    selector_bytes!("Batches::batch"),
    selector_bytes!("Batches::last_batch"),
];

const EXCHANGE: [Selector; 6] = [
    selector_bytes!("Exchange::publish_quote"),
    selector_bytes!("Exchange::withdraw_quote"),
    selector_bytes!("Exchange::instruct_fx"),
    selector_bytes!("Exchange::return_at_quote"),
    selector_bytes!("Exchange::quote"),
    selector_bytes!("Exchange::fx_transfer"),
];

const CONTROLS: [Selector; 5] = [
    selector_bytes!("Controls::set_tariff"),
    selector_bytes!("Controls::set_limits"),
    selector_bytes!("Controls::tariffs"),
    selector_bytes!("Controls::limits"),
    selector_bytes!("Controls::charges"),
];

const TREASURY: [Selector; 4] = [
    selector_bytes!("Queueing::resolve_queue"),
    selector_bytes!("Queueing::queue"),
    selector_bytes!("Escrow::deposit"),
    selector_bytes!("Escrow::withdraw"),
];

/// Where a message goes that the hub does not execute itself. What nobody knows goes to the back office, which refuses
/// it.
pub fn piece_for(selector: Selector, codes: &Codes) -> Address {
    let others = [
        (&CLEARING[..], codes.clearing),
        (&EXCHANGE[..], codes.exchange),
        (&CONTROLS[..], codes.controls),
        (&TREASURY[..], codes.treasury),
    ];
    let listed = others
        .into_iter()
        .find(|(messages, _)| messages.contains(&selector));
    listed.map_or(codes.backoffice, |(_, code)| code)
}

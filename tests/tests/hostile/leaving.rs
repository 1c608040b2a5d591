//! An account is bound to a participant without being asked. It gets free by itself, and who is suspended binds no more.

use crate::cast::{self, without_effect};
use corridor_client::SettlementEvent;
use corridor_core::registry::RegistryChange;
use corridor_core::{Error, Role, Roles};
use corridor_tests::backend::{Account, Command, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{uetr, BOC, BOC_STAFF, CUP, CUP_STAFF};

/// Whose it is: CUP wants to use it, BOC has bound it to itself.
const SQUATTED: Account = Account("cup-new-key");

fn grant(system: &mut BlobBackend, admin: Account, participant: corridor_core::ParticipantId) -> Ending {
    let account = system.address_of(SQUATTED);
    let message = system.contract().grant_role(participant, account, Role::Approver);
    system.send(admin, message.data().to_vec())
}

fn suspend(system: &mut BlobBackend, suspended: bool) {
    let message = system.contract().set_suspended(BOC, suspended);
    let ending = system.send(GOVERNOR, message.data().to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
}

fn leave(system: &mut BlobBackend, account: Account) {
    let message = system.contract().leave();
    let ending = system.send(account, message.data().to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
}

#[test]
fn a_squatted_account_frees_itself_once_the_squatter_is_suspended() {
    let mut system = cast::open();
    assert!(matches!(
        grant(&mut system, BOC_STAFF.admin, BOC),
        Ending::Answered(_)
    ));
    let foreign = Ending::Refused(Error::AccountOfOtherParticipant);
    assert_eq!(grant(&mut system, CUP_STAFF.admin, CUP), foreign);
    suspend(&mut system, true);
    leave(&mut system, SQUATTED);
    let (hub, account) = (system.contract(), system.address_of(SQUATTED));
    let Some(SettlementEvent::Registry(event)) = system.events().last().cloned() else {
        panic!("an event");
    };
    assert_eq!(event.change, RegistryChange::AccountLeft { id: BOC, account });
    assert_eq!(system.query(&hub.account(account)), None);
    // Again it changes nothing, and says nothing.
    let books = system.books();
    let ending = without_effect(&mut system, &books, SQUATTED, hub.leave().data().to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    // The squatter cannot take it again; its owner's participant can.
    let suspended = Ending::Refused(Error::ParticipantSuspended);
    assert_eq!(grant(&mut system, BOC_STAFF.admin, BOC), suspended);
    assert!(matches!(
        grant(&mut system, CUP_STAFF.admin, CUP),
        Ending::Answered(_)
    ));
    let entry = system.query(&hub.account(account)).expect("bound");
    assert_eq!(
        (entry.participant, entry.roles),
        (CUP, Roles::default().with(Role::Approver))
    );
    let roles = |id| {
        let accounts = system.query(&hub.accounts(id, 0, 32));
        let listed = accounts.into_iter().find(|(listed, _)| listed.0 == account);
        listed.expect("it once had a role").1
    };
    assert_eq!((roles(BOC), roles(CUP)), (Roles::default(), entry.roles));
    suspend(&mut system, false);
    assert_eq!(grant(&mut system, BOC_STAFF.admin, BOC), foreign);
}

#[test]
fn who_has_left_has_no_role_any_more_and_may_come_back() {
    let mut system = cast::open();
    leave(&mut system, CUP_STAFF.approver);
    let accept = system.call_data(&Command::Accept {
        uetr: uetr(cast::PENDING),
    });
    let books = system.books();
    let ending = without_effect(&mut system, &books, CUP_STAFF.approver, accept.clone());
    assert_eq!(ending, Ending::Refused(Error::UnknownAccount));
    let (hub, account) = (system.contract(), system.address_of(CUP_STAFF.approver));
    let back = hub.grant_role(CUP, account, Role::Approver);
    let ending = system.send(CUP_STAFF.admin, back.data().to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    let ending = system.send(CUP_STAFF.approver, accept);
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
}

#[test]
fn an_admin_that_leaves_stays_admin() {
    let mut system = cast::open();
    let (hub, admin) = (system.contract(), system.address_of(BOC_STAFF.admin));
    let own = hub.grant_role(BOC, admin, Role::Auditor);
    assert!(matches!(
        system.send(BOC_STAFF.admin, own.data().to_vec()),
        Ending::Answered(_)
    ));
    leave(&mut system, BOC_STAFF.admin);
    assert_eq!(system.query(&hub.account(admin)), None);
    assert!(matches!(
        system.send(BOC_STAFF.admin, own.data().to_vec()),
        Ending::Answered(_)
    ));
}

#[test]
fn leaving_takes_exactly_its_selector() {
    let mut system = cast::open();
    let books = system.books();
    let leave = system.contract().leave().data().to_vec();
    for surplus in [&[0u8][..], &[0; 20]] {
        let data = [&leave[..], surplus].concat();
        let ending = without_effect(&mut system, &books, BOC_STAFF.instructor, data);
        assert_eq!(ending, Ending::Refused(Error::MalformedInput));
    }
}

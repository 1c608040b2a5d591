//! What is outstanding in net settlement: which windows wait, and how much more may be owed.

use crate::{directory::Directory, target::QUERIES, Failure};
use corridor_client::{
    core::{Currency, Error as Refusal, NetEntry, ParticipantId, WindowId},
    ContractError, Corridor, Error, NetPosition,
};
use futures::{stream, StreamExt, TryStreamExt};

/// The window that is open now; `None` before the first schedule.
///
/// # Errors
/// The client library's.
pub async fn open_window(corridor: &Corridor, currency: Currency) -> Result<Option<WindowId>, Failure> {
    match corridor.window(currency, None).await {
        Ok(state) => Ok(Some(state.window)),
        Err(Error::Contract(ContractError::Refused(Refusal::NoSchedule))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The net settlement of all participants in a currency.
///
/// # Errors
/// The client library's.
pub async fn net_positions(
    corridor: &Corridor,
    directory: &Directory,
    currency: Currency,
) -> Result<Vec<(ParticipantId, NetPosition)>, Failure> {
    let queries = stream::iter(directory.entries()).map(|entry| async move {
        let position = corridor.net_position(entry.id, currency).await?;
        Ok((entry.id, position))
    });
    let all: Result<Vec<_>, Error> = queries.buffered(QUERIES).try_collect().await;
    Ok(all?)
}

/// The windows before `open` in which anybody has a net position, rising.
#[must_use]
pub fn waiting(positions: &[(ParticipantId, NetPosition)], open: Option<WindowId>) -> Vec<WindowId> {
    let mut windows = Vec::new();
    for (_, position) in positions {
        windows.extend(position.closing);
        // Nothing was posted on the page since: what it calls open is not.
        let stale = open.is_some_and(|open| position.open < open);
        if stale && position.entry.open != 0 {
            windows.push(position.open);
        }
    }
    windows.sort_unstable();
    windows.dedup();
    windows
}

/// A participant's amounts as they are at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// Credits less debits of the open window.
    pub open: i64,
    /// The window that waits to be closed, and credits less debits of it.
    pub closing: Option<(WindowId, i64)>,
    /// How much more the participant may owe in the open window.
    pub headroom: u64,
}

/// What is outstanding when `open` is the open window.
#[must_use]
pub fn outstanding(position: &NetPosition, open: Option<WindowId>) -> Outstanding {
    let entry = position.entry;
    let stale = entry.open != 0 && open.is_some_and(|open| position.open < open);
    let closing = position.closing.map(|window| (window, entry.closing));
    match (stale, closing) {
        (false, closing) => Outstanding {
            open: entry.open,
            closing,
            headroom: headroom(&entry, entry.open, entry.closing),
        },
        (true, None) => Outstanding {
            open: 0,
            closing: Some((position.open, entry.open)),
            headroom: headroom(&entry, 0, entry.open),
        },
        // Two windows wait: nothing can be booked before the older one is closed.
        (true, closing) => Outstanding {
            open: 0,
            closing,
            headroom: 0,
        },
    }
}

/// The largest debit that keeps the net debit within the limit. Credits of the same window count.
fn headroom(entry: &NetEntry, open: i64, closing: i64) -> u64 {
    let owed = i128::from(closing.min(0).unsigned_abs());
    let room = i128::from(entry.limit()) - owed + i128::from(open);
    u64::try_from(room.max(0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::net::post;

    fn position(open: (u32, i64), closing: Option<(u32, i64)>) -> NetPosition {
        NetPosition {
            entry: NetEntry {
                collateral: 1_000,
                cap: 800,
                open: open.1,
                closing: closing.map_or(0, |closing| closing.1),
            },
            open: WindowId(open.0),
            closing: closing.map(|closing| WindowId(closing.0)),
        }
    }

    #[test]
    fn headroom_is_the_largest_debit_the_contract_takes() {
        for open in [-800, -300, 0, 250, 5_000] {
            for closing in [-500, 0, 700] {
                let at = position((5, open), Some((4, closing)));
                let room = outstanding(&at, Some(WindowId(5))).headroom;
                let other = NetEntry::default();
                if room > 0 {
                    assert!(
                        post(at.entry, other, i64::try_from(room).expect("small")).is_ok(),
                        "{open} {closing}"
                    );
                }
                assert!(
                    post(at.entry, other, i64::try_from(room).expect("small") + 1).is_err(),
                    "{open} {closing}"
                );
            }
        }
    }

    #[test]
    fn what_was_posted_before_the_cut_off_waits() {
        let at = position((4, -300), None);
        assert_eq!(outstanding(&at, Some(WindowId(4))).headroom, 500);
        let later = outstanding(&at, Some(WindowId(5)));
        assert_eq!((later.open, later.closing), (0, Some((WindowId(4), -300))));
        assert_eq!(later.headroom, 500);
        let both = position((4, 10), Some((3, 0)));
        assert_eq!(outstanding(&both, Some(WindowId(6))).headroom, 0);
        let positions = [
            (ParticipantId(0), at),
            (ParticipantId(1), both),
            (ParticipantId(2), position((4, 0), None)),
        ];
        assert_eq!(waiting(&positions, Some(WindowId(5))), [WindowId(3), WindowId(4)]);
        assert_eq!(waiting(&positions, Some(WindowId(4))), [WindowId(3)]);
    }
}

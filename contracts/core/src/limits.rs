//! Limits: how much one transfer may be, and how many and how much over a rolling period.

use crate::batch_limits::Count;
use crate::{Error, Money, ParticipantId, Seconds};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Into how many buckets a period is divided.
pub const BUCKETS: usize = 6;

/// The limits of a participant, or of a corridor, in one currency.
///
/// The period is [`BUCKETS`] buckets long, the current one included. A bucket is forgotten as a whole, so
/// what is certain is: within any [`BUCKETS`] - 1 buckets' time never more than the limit. For "so much a day"
/// take buckets of 17,280 seconds, a fifth of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Limits {
    /// The most one transfer may be, in minor units.
    pub per_transfer_minor_units: u128,
    /// The most all transfers of a period may be together, in minor units.
    pub period_minor_units: u128,
    /// The most transfers of a period.
    pub period_count: u32,
    /// The length of a bucket, in seconds, above zero.
    pub bucket_seconds: u32,
}

/// What was instructed in one bucket's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Bucket {
    /// In minor units.
    pub minor_units: u128,
    /// How many transfers.
    pub count: u32,
}

/// What was instructed over the last period. Starts as the default: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Velocity {
    /// The length of a bucket, in seconds, by which it counts; 0 before there are limits.
    bucket_seconds: u32,
    /// What was instructed from this second on is given back when it ends without settlement. The second in which
    /// the count began is over by then: of that, only a part was counted.
    since: Seconds,
    /// The number of the newest bucket: time divided by the length of a bucket.
    newest: u64,
    /// Bucket number `n` is at `n` modulo [`BUCKETS`].
    buckets: [Bucket; BUCKETS],
}

impl Limits {
    /// [`Error::InvalidLimits`] unless a bucket has at least one second.
    pub fn validate(&self) -> Result<(), Error> {
        if self.bucket_seconds > 0 {
            Ok(())
        } else {
            Err(Error::InvalidLimits)
        }
    }

    /// [`Error::LimitPerTransfer`].
    pub fn allow(&self, minor_units: u128) -> Result<(), Error> {
        if minor_units <= self.per_transfer_minor_units {
            Ok(())
        } else {
            Err(Error::LimitPerTransfer)
        }
    }
}

/// An amount as it counts: against the limits of who pays, and against those of who pays towards who is paid.
///
/// Who gave a quote counts by amount only: others decide into how many transfers they divide what the quote offers, and
/// could use up the number of the provider's own with the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Who pays.
    pub from: ParticipantId,
    /// Who is paid.
    pub to: ParticipantId,
    /// How much.
    pub money: Money,
    /// As how many transfers.
    pub transfers: u32,
}

impl Counted {
    /// What the provider of a quote pays; nothing where it would pay itself.
    #[must_use]
    pub fn of_provider(from: ParticipantId, to: ParticipantId, money: Money) -> Option<Self> {
        (from != to).then_some(Self {
            from,
            to,
            money,
            transfers: 0,
        })
    }

    /// Limits with the amount counted at `at`, when it was instructed.
    ///
    /// What is given back is as of [`Limited::give_back`]; taking answers the errors of [`Limited::take`].
    pub fn count(&self, limited: Limited, at: Seconds, way: Count) -> Result<Limited, Error> {
        match way {
            Count::Take => limited.take_as(self.transfers, self.money.minor_units, at),
            Count::GiveBack => Ok(limited.give_back(at, self.transfers, self.money.minor_units)),
        }
    }
}

/// Limits, where there are any, and what counts against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Limited {
    /// `None` for no limit.
    pub limits: Option<Limits>,
    /// What was instructed since there are limits.
    pub velocity: Velocity,
}

impl Limited {
    /// Replaces the limits `now`; [`Error::InvalidLimits`].
    ///
    /// What is instructed while there are none is not counted, so without limits nothing of the count is
    /// kept: it could be given back what it never took. Limits with another length of buckets than before start a
    /// new count.
    pub fn set(self, limits: Option<Limits>, now: Seconds) -> Result<Self, Error> {
        let Some(limits) = limits else {
            return Ok(Self::default());
        };
        limits.validate()?;
        Ok(Self {
            limits: Some(limits),
            velocity: self.velocity.at(limits.bucket_seconds, now)?,
        })
    }

    /// Counts a transfer instructed `now`; errors as [`Velocity::take`].
    pub fn take(self, minor_units: u128, now: Seconds) -> Result<Self, Error> {
        self.take_as(1, minor_units, now)
    }

    /// Counts one transfer as so many; errors as [`Velocity::take`].
    fn take_as(self, transfers: u32, minor_units: u128, now: Seconds) -> Result<Self, Error> {
        if let Some(limits) = &self.limits {
            limits.validate()?;
            limits.allow(minor_units)?;
        }
        self.take_many(transfers, minor_units, now)
    }

    /// Counts so many transfers with this sum; errors as [`Velocity::take_many`].
    pub fn take_many(self, transfers: u32, minor_units: u128, now: Seconds) -> Result<Self, Error> {
        let Some(limits) = &self.limits else {
            return Ok(self);
        };
        Ok(Self {
            velocity: self.velocity.take_many(limits, transfers, minor_units, now)?,
            ..self
        })
    }

    /// Uncounts transfers that ended without settlement; as [`Velocity::give_back`].
    #[must_use]
    pub fn give_back(self, instructed_at: Seconds, transfers: u32, minor_units: u128) -> Self {
        Self {
            velocity: self.velocity.give_back(instructed_at, transfers, minor_units),
            ..self
        }
    }
}

impl Velocity {
    /// Counts a transfer instructed `now`.
    ///
    /// Errors, in order: [`Error::InvalidLimits`], [`Error::LimitPerTransfer`], [`Error::VelocityExceeded`].
    pub fn take(self, limits: &Limits, minor_units: u128, now: Seconds) -> Result<Self, Error> {
        limits.validate()?;
        limits.allow(minor_units)?;
        self.take_many(limits, 1, minor_units, now)
    }

    /// Counts so many transfers instructed `now` with this sum, none of them too large by itself. What counts as no
    /// transfer, no number of them refuses.
    ///
    /// Limits with another length of buckets than before start a new count. Errors, in order:
    /// [`Error::InvalidLimits`], [`Error::VelocityExceeded`].
    #[inline(never)]
    pub fn take_many(
        self,
        limits: &Limits,
        transfers: u32,
        minor_units: u128,
        now: Seconds,
    ) -> Result<Self, Error> {
        limits.validate()?;
        let mut next = self.at(limits.bucket_seconds, now)?;
        let (mut count, mut sum) = (transfers, minor_units);
        for bucket in &next.buckets {
            count = count.checked_add(bucket.count).ok_or(Error::VelocityExceeded)?;
            sum = sum
                .checked_add(bucket.minor_units)
                .ok_or(Error::VelocityExceeded)?;
        }
        if (transfers > 0 && count > limits.period_count) || sum > limits.period_minor_units {
            return Err(Error::VelocityExceeded);
        }
        let newest = next.newest;
        let bucket = next.bucket_mut(newest)?;
        // Parts of the sums above, which did not overflow.
        bucket.count = bucket.count.saturating_add(transfers);
        bucket.minor_units = bucket.minor_units.saturating_add(minor_units);
        Ok(next)
    }

    /// What counts at `now` against limits with buckets of this length, for people to read;
    /// [`Error::InvalidLimits`] for a length of zero, [`Error::AmountOverflow`].
    pub fn counted(self, bucket_seconds: u32, now: Seconds) -> Result<Bucket, Error> {
        let seen = self.at(bucket_seconds, now)?;
        seen.buckets.iter().try_fold(Bucket::default(), |sum, bucket| {
            Ok(Bucket {
                minor_units: sum
                    .minor_units
                    .checked_add(bucket.minor_units)
                    .ok_or(Error::AmountOverflow)?,
                count: sum.count.checked_add(bucket.count).ok_or(Error::AmountOverflow)?,
            })
        })
    }

    /// Uncounts so many transfers that were rejected, cancelled or expired, at the time they were instructed.
    /// What has already been forgotten changes nothing, nor does what was instructed before the count began or in
    /// the very second in which it did, counted or not: nothing is given back that was never taken.
    #[must_use]
    #[inline(never)]
    pub fn give_back(mut self, instructed_at: Seconds, transfers: u32, minor_units: u128) -> Self {
        let number = instructed_at.checked_div(u64::from(self.bucket_seconds));
        let Some(number) = number.filter(|_| instructed_at >= self.since) else {
            return self;
        };
        let age = self.newest.checked_sub(number);
        if age.is_some_and(|age| age < BUCKETS as u64) {
            if let Ok(bucket) = self.bucket_mut(number) {
                bucket.count = bucket.count.saturating_sub(transfers);
                bucket.minor_units = bucket.minor_units.saturating_sub(minor_units);
            }
        }
        self
    }

    /// The same count seen at `now`: the buckets that are over a period old are empty.
    ///
    /// A clock that goes back is taken to stand still, so that nothing is forgotten by it.
    fn at(self, bucket_seconds: u32, now: Seconds) -> Result<Self, Error> {
        let number = now
            .checked_div(u64::from(bucket_seconds))
            .ok_or(Error::InvalidLimits)?;
        if self.bucket_seconds != bucket_seconds {
            return Ok(Self {
                bucket_seconds,
                since: now.saturating_add(1),
                newest: number,
                buckets: Default::default(),
            });
        }
        let mut next = self;
        let passed = number.saturating_sub(self.newest);
        for step in 1..=passed.min(BUCKETS as u64) {
            *next.bucket_mut(self.newest.saturating_add(step))? = Bucket::default();
        }
        next.newest = self.newest.max(number);
        Ok(next)
    }

    fn bucket_mut(&mut self, number: u64) -> Result<&mut Bucket, Error> {
        number
            .checked_rem(BUCKETS as u64)
            .and_then(|at| usize::try_from(at).ok())
            .and_then(|at| self.buckets.get_mut(at))
            .ok_or(Error::BooksBroken)
    }
}

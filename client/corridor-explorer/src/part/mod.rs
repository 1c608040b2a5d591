//! Pieces that pages share.

pub(crate) mod currencies;
pub(crate) mod decoded;
pub(crate) mod event;
pub(crate) mod extrinsic;
pub(crate) mod facts;
pub(crate) mod fees;
pub(crate) mod legs;
pub(crate) mod pager;
pub(crate) mod positions;
pub(crate) mod quotes;
pub(crate) mod refer;
pub(crate) mod table;
pub(crate) mod transfers;

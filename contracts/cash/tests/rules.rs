//! The rules of the money, case by case: each row is a situation and what must come of it.
#![allow(missing_docs)]

use corridor_cash::{
    error::Error,
    rules::{
        allowance, credit, debit, describe, is_repeated, issue, only, redeem, somebody, spend, stated, text,
        transfer, value, Holding, Request, ISSUE, REDEEM, UNLIMITED,
    },
};
use ink::{Address, U256};

const MAX: u128 = u128::MAX;

/// What is tried, on what (an account or the supply, and an account), with which value, and what comes of it.
type Case<First> = (&'static str, First, Holding, u128, Result<(u128, u128), Error>);

fn address(byte: u8) -> Address {
    Address::from([byte; 20])
}

fn free(balance: u128) -> Holding {
    Holding {
        balance,
        frozen: false,
    }
}

fn frozen(balance: u128) -> Holding {
    Holding {
        balance,
        frozen: true,
    }
}

/// `text` filled up with zeros.
fn label(text: &str) -> [u8; 32] {
    let mut label = [0; 32];
    label[..text.len()].copy_from_slice(text.as_bytes());
    label
}

#[test]
fn a_transfer_moves_what_it_says_or_nothing() {
    let cases: &[Case<Holding>] = &[
        ("part", free(10), free(5), 3, Ok((7, 8))),
        ("all", free(10), free(0), 10, Ok((0, 10))),
        ("nothing", free(10), free(5), 0, Ok((10, 5))),
        ("nothing of nothing", free(0), free(0), 0, Ok((0, 0))),
        ("all there can be", free(MAX), free(0), MAX, Ok((0, MAX))),
        (
            "one too many",
            free(10),
            free(5),
            11,
            Err(Error::InsufficientBalance),
        ),
        (
            "largest number",
            free(10),
            free(0),
            MAX,
            Err(Error::InsufficientBalance),
        ),
        (
            "from a frozen account",
            frozen(10),
            free(5),
            1,
            Err(Error::AccountFrozen),
        ),
        (
            "to a frozen account",
            free(10),
            frozen(5),
            1,
            Err(Error::AccountFrozen),
        ),
        (
            "nothing, from a frozen account",
            frozen(10),
            free(5),
            0,
            Err(Error::AccountFrozen),
        ),
        (
            "nothing, to a frozen account",
            free(10),
            frozen(5),
            0,
            Err(Error::AccountFrozen),
        ),
        (
            "frozen comes before short",
            free(10),
            frozen(5),
            11,
            Err(Error::AccountFrozen),
        ),
        // Cannot be on the books, as the supply is bounded; must not wrap all the same.
        (
            "into a full account",
            free(10),
            free(MAX),
            1,
            Err(Error::SupplyExceeded),
        ),
    ];
    for (name, from, to, value, expected) in cases {
        let expected = expected.map(|(sender, receiver)| (free(sender), free(receiver)));
        assert_eq!(transfer(*from, *to, *value), expected, "{name}");
    }
}

#[test]
fn debit_and_credit_leave_the_rest_of_a_holding_alone() {
    assert_eq!(debit(free(10), 10), Ok(free(0)));
    assert_eq!(debit(free(10), 11), Err(Error::InsufficientBalance));
    assert_eq!(debit(frozen(10), 11), Err(Error::AccountFrozen));
    assert_eq!(credit(free(10), 1), Ok(free(11)));
    assert_eq!(credit(free(MAX), 1), Err(Error::SupplyExceeded));
    assert_eq!(credit(frozen(MAX), 1), Err(Error::AccountFrozen));
}

#[test]
fn issuing_adds_to_the_supply_and_the_account() {
    let cases: &[Case<u128>] = &[
        ("first", 0, free(0), 7, Ok((7, 7))),
        ("more", 10, free(4), 7, Ok((17, 11))),
        ("up to the limit", 0, free(0), MAX, Ok((MAX, MAX))),
        ("over the limit", MAX, free(0), 1, Err(Error::SupplyExceeded)),
        ("nothing", 10, free(4), 0, Err(Error::ZeroValue)),
        (
            "frozen comes before nothing",
            10,
            frozen(4),
            0,
            Err(Error::AccountFrozen),
        ),
    ];
    for (name, supply, to, value, expected) in cases {
        assert_eq!(
            issue(*supply, *to, *value),
            expected.map(|(supply, balance)| (supply, free(balance))),
            "{name}"
        );
    }
}

#[test]
fn redeeming_takes_from_the_supply_and_the_account() {
    let cases: &[Case<u128>] = &[
        ("part", 10, free(7), 3, Ok((7, 4))),
        ("all", MAX, free(MAX), MAX, Ok((0, 0))),
        ("one too many", 10, free(7), 8, Err(Error::InsufficientBalance)),
        ("nothing", 10, free(7), 0, Err(Error::ZeroValue)),
        (
            "frozen comes before nothing",
            10,
            frozen(7),
            0,
            Err(Error::AccountFrozen),
        ),
        // Cannot be: the supply is the sum of the balances.
        (
            "more than was issued",
            2,
            free(7),
            3,
            Err(Error::InsufficientBalance),
        ),
    ];
    for (name, supply, from, value, expected) in cases {
        assert_eq!(
            redeem(*supply, *from, *value),
            expected.map(|(supply, balance)| (supply, free(balance))),
            "{name}"
        );
    }
}

#[test]
fn an_allowance_is_used_up_unless_it_is_unlimited() {
    assert_eq!(spend(5, 3), Ok(2));
    assert_eq!(spend(5, 5), Ok(0));
    assert_eq!(spend(0, 0), Ok(0));
    assert_eq!(spend(5, 6), Err(Error::InsufficientAllowance));
    assert_eq!(spend(0, 1), Err(Error::InsufficientAllowance));
    assert_eq!(spend(UNLIMITED, MAX), Ok(UNLIMITED));
    assert_eq!(spend(UNLIMITED - 1, MAX), Err(Error::InsufficientAllowance));
    assert_eq!(spend(UNLIMITED - 1, 1), Ok(UNLIMITED - 2));
}

#[test]
fn what_cannot_exist_is_refused_as_a_value_and_unlimited_as_an_allowance() {
    let too_large = U256::from(MAX) + 1;
    assert_eq!(value(U256::from(MAX)), Ok(MAX));
    assert_eq!(value(too_large), Err(Error::ValueOutOfRange));
    assert_eq!(value(U256::MAX), Err(Error::ValueOutOfRange));
    // The lower 128 bits are not what counts.
    assert_eq!(value(too_large + 5), Err(Error::ValueOutOfRange));

    for (asked, kept, told) in [
        (U256::zero(), 0, U256::zero()),
        (U256::from(7), 7, U256::from(7)),
        (U256::from(MAX - 1), MAX - 1, U256::from(MAX - 1)),
        (U256::from(MAX), UNLIMITED, U256::MAX),
        (too_large, UNLIMITED, U256::MAX),
        (U256::MAX, UNLIMITED, U256::MAX),
    ] {
        assert_eq!(allowance(asked), kept, "{asked}");
        assert_eq!(stated(kept), told, "{asked}");
    }
}

#[test]
fn a_request_is_repeated_on_its_own_terms_only() {
    let done = Request {
        kind: ISSUE,
        account: address(1),
        value: 5,
    };
    let asked = |kind, account, value| {
        is_repeated(
            Some(done),
            Request {
                kind,
                account: address(account),
                value,
            },
        )
    };
    assert_eq!(is_repeated(None, done), Ok(false));
    assert_eq!(asked(ISSUE, 1, 5), Ok(true));
    assert_eq!(asked(REDEEM, 1, 5), Err(Error::RequestConflict));
    assert_eq!(asked(ISSUE, 2, 5), Err(Error::RequestConflict));
    assert_eq!(asked(ISSUE, 1, 6), Err(Error::RequestConflict));
}

#[test]
fn a_role_is_its_holders_and_never_that_of_nobody() {
    assert_eq!(only(address(1), address(1)), Ok(()));
    assert_eq!(only(address(1), address(2)), Err(Error::Unauthorized));
    assert_eq!(only(address(0), address(2)), Err(Error::Unauthorized));
    assert_eq!(only(address(0), address(0)), Err(Error::Unauthorized));
    assert_eq!(somebody(address(1)), Ok(address(1)));
    assert_eq!(somebody(address(0)), Err(Error::ZeroAddress));
}

#[test]
fn only_a_currency_is_described() {
    let good = label("Bank of China yuan");
    assert_eq!(describe(b"CNY", 2, &good, &label("BOCCNY")), Ok(()));
    assert_eq!(describe(b"JPY", 0, &[b'n'; 32], &label("~")), Ok(()));
    assert_eq!(describe(b"CLF", 4, &label(" "), &label("s")), Ok(()));
    for currency in [b"cny", b"CN1", b"CN ", b"\0\0\0", b"C\xffY"] {
        assert_eq!(
            describe(currency, 2, &good, &good),
            Err(Error::InvalidCurrency),
            "{currency:?}"
        );
    }
    assert_eq!(describe(b"CNY", 5, &good, &good), Err(Error::InvalidDecimals));
    assert_eq!(describe(b"CNY", 255, &good, &good), Err(Error::InvalidDecimals));
    for bad in ["", "\u{7f}", "tab\t", "yuan\u{5143}", "hidden\0tail"] {
        assert_eq!(
            describe(b"CNY", 2, &label(bad), &good),
            Err(Error::InvalidLabel),
            "{bad:?}"
        );
        assert_eq!(
            describe(b"CNY", 2, &good, &label(bad)),
            Err(Error::InvalidLabel),
            "{bad:?}"
        );
    }
    assert_eq!(
        describe(b"cny", 5, &label(""), &good),
        Err(Error::InvalidCurrency)
    );
    assert_eq!(
        describe(b"CNY", 5, &label(""), &good),
        Err(Error::InvalidDecimals)
    );
}

#[test]
fn a_label_is_read_up_to_its_zeros() {
    assert_eq!(text(&label("BOCCNY")).collect::<String>(), "BOCCNY");
    assert_eq!(text(&[b'n'; 32]).collect::<String>(), "n".repeat(32));
}

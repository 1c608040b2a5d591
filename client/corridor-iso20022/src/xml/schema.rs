//! Which elements stand where.
//!
//! Tables list the children of an element in the standard's order, over all the versions read: versions
//! add elements, none moves one. A version newer than the tables may have elements they do not know; those
//! are then passed over, and order is not judged.

use crate::error::ErrorKind;

/// One child of an element.
#[derive(Clone, Copy)]
pub(crate) struct Child {
    pub name: &'static str,
    pub required: bool,
    pub repeats: bool,
}

/// Exactly one.
pub(crate) const fn one(name: &'static str) -> Child {
    Child {
        name,
        required: true,
        repeats: false,
    }
}

/// None or one.
pub(crate) const fn optional(name: &'static str) -> Child {
    Child {
        name,
        required: false,
        repeats: false,
    }
}

/// Any number.
pub(crate) const fn any(name: &'static str) -> Child {
    Child {
        name,
        required: false,
        repeats: true,
    }
}

/// At least one.
pub(crate) const fn some(name: &'static str) -> Child {
    Child {
        name,
        required: true,
        repeats: true,
    }
}

/// Follows the children of one element as they come.
pub(crate) struct Sequence {
    table: &'static [Child],
    /// Whether the table is known to be complete for the message's version.
    complete: bool,
    seen: u64,
    last: usize,
}

impl Sequence {
    pub fn new(table: &'static [Child], complete: bool) -> Self {
        debug_assert!(table.len() <= 64, "`seen` has a bit for each");
        Self {
            table,
            complete,
            seen: 0,
            last: 0,
        }
    }

    /// Takes the next child.
    pub fn accept(&mut self, name: &str) -> Result<(), ErrorKind> {
        let Some(place) = self.table.iter().position(|child| child.name == name) else {
            return if self.complete {
                Err(ErrorKind::UnexpectedElement)
            } else {
                Ok(())
            };
        };
        let bit = 1u64 << place;
        if self.seen & bit != 0 && !self.table[place].repeats {
            return Err(ErrorKind::RepeatedElement);
        }
        if place < self.last && self.complete {
            let before = self.table[self.last].name.to_owned();
            return Err(ErrorKind::WrongOrder { before });
        }
        self.seen |= bit;
        self.last = self.last.max(place);
        Ok(())
    }

    /// The first required child that did not come.
    pub fn missing(&self) -> Option<&'static str> {
        let seen = |place: usize| self.seen & (1u64 << place) != 0;
        let mut places = self.table.iter().enumerate();
        places
            .find(|(place, child)| child.required && !seen(*place))
            .map(|(_, child)| child.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Child] = &[one("A"), optional("B"), any("C"), some("D")];

    fn follow(names: &str, complete: bool) -> (Result<(), ErrorKind>, Option<&'static str>) {
        let mut sequence = Sequence::new(TABLE, complete);
        let result = names
            .split_whitespace()
            .try_for_each(|name| sequence.accept(name));
        (result, sequence.missing())
    }

    #[test]
    fn order_and_number_are_judged() {
        assert_eq!(follow("A D", true), (Ok(()), None));
        assert_eq!(follow("A B C C D D", true), (Ok(()), None));
        assert_eq!(follow("B D", true), (Ok(()), Some("A")));
        assert_eq!(follow("A", true), (Ok(()), Some("D")));
        assert_eq!(follow("A B B", true).0, Err(ErrorKind::RepeatedElement));
        assert_eq!(follow("A D A", true).0, Err(ErrorKind::RepeatedElement));
        assert_eq!(follow("A X", true).0, Err(ErrorKind::UnexpectedElement));
        let before = "C".to_owned();
        assert_eq!(follow("A C B", true).0, Err(ErrorKind::WrongOrder { before }));
    }

    #[test]
    fn a_newer_version_may_add_and_move_but_not_drop_or_repeat() {
        assert_eq!(follow("X C A D", false), (Ok(()), None));
        assert_eq!(follow("X D", false), (Ok(()), Some("A")));
        assert_eq!(follow("A D A", false).0, Err(ErrorKind::RepeatedElement));
    }
}

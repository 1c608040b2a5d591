//! Whole-system scenarios on the real contract code and a real node.

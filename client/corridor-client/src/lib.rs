//! Client library: submits and observes transfers on a Corridor settlement contract.

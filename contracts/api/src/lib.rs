//! Messages and events of Corridor's contracts: their only definition.

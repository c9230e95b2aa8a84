package org.p2prmb.node.config;

/// When an agent asks relays to bring it who calls.
public enum RelayUse {
    /// When others cannot dial it: it has no public address, or AutoNAT says that none works.
    AUTO,
    ALWAYS,
    NEVER
}

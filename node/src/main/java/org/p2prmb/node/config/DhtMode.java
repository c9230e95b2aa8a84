package org.p2prmb.node.config;

/// Which part an agent takes in the DHT.
public enum DhtMode {
    /// Asks and answers, and stands in the tables of others.
    SERVER,
    /// Only asks.
    CLIENT,
    OFF
}

package org.p2prmb.interop;

/// One thing that two implementations must be able to do with each other.
///
/// @param dialer who opens the connection; of gossip, who publishes
/// @param over transport and security; of relayed connections, whose relay; of gossip, its version
record Cell(Implementation dialer, Implementation listener, String over, String check) {
    /// Between whom, without what.
    String pair() {
        return "%s -> %s over %s".formatted(dialer.title(), listener.title(), over);
    }

    @Override
    public String toString() {
        return pair() + ": " + check;
    }
}

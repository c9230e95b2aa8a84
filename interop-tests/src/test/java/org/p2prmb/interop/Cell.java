package org.p2prmb.interop;

/// One thing that two implementations must be able to do with each other.
///
/// @param dialer who opens the connection; of gossip, who publishes
/// @param over transport and security, of all connections that the check needs
/// @param check one of [Check], whose relay is between the two, or a version of gossip
record Cell(Implementation dialer, Implementation listener, String over, String check) {
    private static final String RELAY = " relay";
    private static final String GOSSIP = "gossip ";

    static String relayOf(Implementation implementation) {
        return implementation.title() + RELAY;
    }

    static String gossip(String version) {
        return GOSSIP + version;
    }

    boolean isRelayed() {
        return check.endsWith(RELAY);
    }

    boolean isGossip() {
        return check.startsWith(GOSSIP);
    }

    /// Whose relay is between the two.
    Implementation relay() {
        return Implementation.of(check.substring(0, check.length() - RELAY.length()));
    }

    /// `tcp` or `ws`.
    String transport() {
        return over.substring(0, over.indexOf('/'));
    }

    /// `noise` or `tls`.
    String security() {
        return over.substring(over.indexOf('/') + 1);
    }

    /// Between whom, without what.
    String pair() {
        return "%s -> %s over %s".formatted(dialer.title(), listener.title(), over);
    }

    @Override
    public String toString() {
        return pair() + ": " + check;
    }
}

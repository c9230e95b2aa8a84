package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

/// Our pings to one agent: their nonces, which of them were answered, and how long that takes.
@Pure
final class Pings {
    private final long nonceBase;
    private final RoundTrips roundTrips = new RoundTrips();
    private int sent;
    private int answered;
    private long last = Timers.LONG_AGO;

    /// @param nonceBase at random, so that nobody else can answer
    Pings(long nonceBase) {
        this.nonceBase = nonceBase;
    }

    /// The nonce of another ping.
    long ping(long now) {
        sent++;
        last = now;
        return nonceBase + sent;
    }

    /// Whether this nonce is of a ping that is newer than the last one answered.
    boolean pong(long now, long nonce) {
        long ping = nonce - nonceBase;
        if (ping <= answered || ping > sent) {
            return false;
        }
        answered = (int) ping;
        if (ping == sent) {
            roundTrips.measured(now - last);
        }
        return true;
    }

    /// Those sent so far are not answered any more.
    void forget() {
        answered = sent;
    }

    /// When the last one was sent.
    long last() {
        return last;
    }

    long timeout(Timing timing) {
        return roundTrips.timeout(timing);
    }
}

package org.p2prmb.node.config;

import org.p2prmb.protocols.statements.Lease;

import java.time.Duration;

/// How this agent proves that it lives, and whose death it wants to hear of.
///
/// @param interval between our leases, 1 s to 5 min; half of it notices the deaths of our small
///     network twice as fast and costs twice the leases
/// @param watchers agents asked to watch us, 0 to 8; with fewer than 3 only our neighbours notice
///     our death
/// @param hotMax contacts whose death is heard of at once, 0 to 64; each costs a ping of our own
///     every 50 s and a subscription at two of its watchers
/// @param linksMax agents with an open link, 64 to 4096; each costs a connection and two threads,
///     and with too few of them agents that live look dead
public record ImAliveConfig(Duration interval, int watchers, int hotMax, int linksMax) {
    public ImAliveConfig {
        Bounds.time("imAlive.interval", interval, Lease.INTERVAL_MIN, Lease.INTERVAL_MAX);
        Bounds.count("imAlive.watchers", watchers, 0, Lease.WATCHERS_MAX);
        Bounds.count("imAlive.hotMax", hotMax, 0, 64);
        Bounds.count("imAlive.linksMax", linksMax, 64, 4_096);
    }

    public static ImAliveConfig defaults() {
        return new ImAliveConfig(Duration.ofSeconds(30), Lease.WATCHERS_MAX, 64, 512);
    }

    public ImAliveConfig withInterval(Duration changed) {
        return new ImAliveConfig(changed, watchers, hotMax, linksMax);
    }

    public ImAliveConfig withWatchers(int changed) {
        return new ImAliveConfig(interval, changed, hotMax, linksMax);
    }

    public ImAliveConfig withHotMax(int changed) {
        return new ImAliveConfig(interval, watchers, changed, linksMax);
    }

    public ImAliveConfig withLinksMax(int changed) {
        return new ImAliveConfig(interval, watchers, hotMax, changed);
    }
}

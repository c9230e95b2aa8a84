package org.p2prmb.discovery.kademlia;

import java.time.Duration;

/// How a [KademliaMachine] looks, keeps and serves.
///
/// @param server whether it answers requests; clients only ask, and stand in nobody's table
/// @param alpha requests under way at once on each path of a look-up
/// @param beta how many of the nearest known peers must have answered before a path ends
/// @param paths disjoint paths of one look-up, 1 to 8; more cost messages and withstand more liars
/// @param requestLimit how long a request may take, dial included
/// @param lookupLimit how long a look-up may take; it then ends with what it has
/// @param refreshInterval how often our own neighbourhood and the stale buckets are looked up
/// @param recordTtl how long a value that nobody renews is kept
/// @param republishInterval how often the values that we published are published again
/// @param providerTtl how long a provider that does not renew itself is kept
/// @param reprovideInterval how often we say again what we provide; more often, and fewer of the
///     dead are named, at the cost of a look-up for each key
/// @param exemptLoopback whether peers on this machine are free of the limits per IP group
public record KademliaConfig(
        boolean server,
        int alpha,
        int beta,
        int paths,
        Duration requestLimit,
        Duration lookupLimit,
        Duration refreshInterval,
        Duration recordTtl,
        Duration republishInterval,
        Duration providerTtl,
        Duration reprovideInterval,
        boolean exemptLoopback) {
    /// The size of a bucket, and on how many peers a value is stored.
    public static final int K = 20;

    private static final int PATHS_MAX = 8;

    public KademliaConfig {
        if (alpha < 1 || alpha > K || beta < 1 || beta > K || paths < 1 || paths > PATHS_MAX) {
            throw new IllegalArgumentException("alpha, beta or paths out of bounds");
        }
    }

    /// A server's.
    public static KademliaConfig defaults() {
        return new KademliaConfig(
                true,
                3,
                3,
                2,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                Duration.ofHours(48),
                Duration.ofHours(22),
                Duration.ofHours(48),
                Duration.ofHours(22),
                true);
    }

    public KademliaConfig withServer(boolean changed) {
        return new KademliaConfig(
                changed,
                alpha,
                beta,
                paths,
                requestLimit,
                lookupLimit,
                refreshInterval,
                recordTtl,
                republishInterval,
                providerTtl,
                reprovideInterval,
                exemptLoopback);
    }

    public KademliaConfig withPaths(int changed) {
        return new KademliaConfig(
                server,
                alpha,
                beta,
                changed,
                requestLimit,
                lookupLimit,
                refreshInterval,
                recordTtl,
                republishInterval,
                providerTtl,
                reprovideInterval,
                exemptLoopback);
    }

    public KademliaConfig withExemptLoopback(boolean changed) {
        return new KademliaConfig(
                server,
                alpha,
                beta,
                paths,
                requestLimit,
                lookupLimit,
                refreshInterval,
                recordTtl,
                republishInterval,
                providerTtl,
                reprovideInterval,
                changed);
    }

    public KademliaConfig withProviders(Duration ttl, Duration interval) {
        return new KademliaConfig(
                server,
                alpha,
                beta,
                paths,
                requestLimit,
                lookupLimit,
                refreshInterval,
                recordTtl,
                republishInterval,
                ttl,
                interval,
                exemptLoopback);
    }

    public KademliaConfig withRefreshInterval(Duration changed) {
        return new KademliaConfig(
                server,
                alpha,
                beta,
                paths,
                requestLimit,
                lookupLimit,
                changed,
                recordTtl,
                republishInterval,
                providerTtl,
                reprovideInterval,
                exemptLoopback);
    }
}

package org.p2prmb.discovery.mdns;

import java.time.Duration;

/// How often the local network is asked, and how much of its answers is kept.
///
/// @param queryInterval between questions once the first ones, at growing distances, are over
/// @param ttl how long our answers count at others; longer than `queryInterval`
/// @param answerInterval between two answers of ours at least
/// @param peersMax peers kept for each network
public record MdnsConfig(
        Duration queryInterval, Duration ttl, Duration answerInterval, int peersMax) {
    public MdnsConfig {
        if (ttl.compareTo(queryInterval) <= 0
                || queryInterval.compareTo(answerInterval) < 0
                || !answerInterval.isPositive()
                || peersMax < 1) {
            throw new IllegalArgumentException("answers count longer than the next question takes");
        }
    }

    public static MdnsConfig defaults() {
        return new MdnsConfig(
                Duration.ofMinutes(5), Duration.ofMinutes(6), Duration.ofSeconds(1), 256);
    }
}

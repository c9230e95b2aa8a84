package org.p2prmb.protocols.message;

import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;

/// The limits of a [MessageServer].
///
/// @param callsMax requests in work at once; each costs up to 2 MiB and a thread
/// @param callsPerPeerMax of these, for one peer; more lets one peer take all
/// @param receiveLimit how long a request may take to arrive; longer lets slow peers hold slots
/// @param handlerLimit how long a handler may run; longer lets stuck handlers hold slots
/// @param sendLimit how long the peer may take to accept the answer
public record MessageSettings(
        int callsMax,
        int callsPerPeerMax,
        Duration receiveLimit,
        Duration handlerLimit,
        Duration sendLimit) {
    public MessageSettings {
        Limits.require(callsMax > 0 && callsPerPeerMax > 0, "at least one call at once");
        Limits.require(
                receiveLimit.isPositive() && handlerLimit.isPositive() && sendLimit.isPositive(),
                "the limits are positive");
        Limits.require(
                handlerLimit.compareTo(Header.EXPIRATION_MAX) <= 0,
                "no handler runs longer than a message counts");
    }

    public static MessageSettings defaults() {
        return new MessageSettings(
                256, 16, Duration.ofSeconds(20), Duration.ofMinutes(1), Duration.ofSeconds(20));
    }

    public MessageSettings withHandlerLimit(Duration changed) {
        return new MessageSettings(callsMax, callsPerPeerMax, receiveLimit, changed, sendLimit);
    }
}

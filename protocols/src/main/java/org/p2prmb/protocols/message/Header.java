package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/// What a message shows to whoever carries it; repeated under its signature.
///
/// @param destination the receiving agent
/// @param sentAt by the sender's clock, whole milliseconds
/// @param expiration after `sentAt`, until then the message counts; whole milliseconds, at most 30
///     minutes
/// @param tags free tokens separated by spaces, at most 1024 bytes
public record Header(
        Uid uid, PeerId destination, Instant sentAt, Duration expiration, String tags) {
    public static final Duration EXPIRATION_DEFAULT = Duration.ofMinutes(5);
    public static final Duration EXPIRATION_MAX = Duration.ofMinutes(30);

    /// How far a sender's clock may be ahead of ours or behind it.
    public static final Duration CLOCK_SKEW_MAX = Duration.ofSeconds(60);

    public static final int TAGS_BYTES_MAX = 1024;

    /// The token that asks for an error at once instead of a wait for an offline receiver.
    public static final String FAIL_FAST = "fail-fast";

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Header {
        Limits.millis(sentAt, "a message's timestamp");
        Limits.require(
                !expiration.isNegative()
                        && expiration.compareTo(EXPIRATION_MAX) <= 0
                        && expiration.toNanosPart() % 1_000_000 == 0,
                "a message's expiration is not a number of milliseconds up to 1800000");
        Limits.require(
                tags.getBytes(StandardCharsets.UTF_8).length <= TAGS_BYTES_MAX,
                "a message's tags are longer than 1024 bytes");
    }

    public boolean failFast() {
        return Arrays.asList(tags.split(" ", -1)).contains(FAIL_FAST);
    }

    /// When, by the sender's clock, the message ceases to count.
    public Instant expiresAt() {
        return sentAt.plus(expiration);
    }

    /// From when on its time alone refuses the message, whatever clock the sender has.
    public Instant refusedFrom() {
        return expiresAt().plus(CLOCK_SKEW_MAX);
    }

    /// What a sealed body is bound to: the [Canonical] list `"rmb/message/header/1"`, uid,
    /// destination, the timestamp as 8 bytes, the expiration as 4 bytes, tags.
    Bytes canonical() {
        return Canonical.domain("rmb/message/header/1")
                .bytes(uid.value())
                .bytes(destination.multihash())
                .longNumber(sentAt.toEpochMilli())
                .number((int) expiration.toMillis())
                .text(tags)
                .encoded();
    }
}

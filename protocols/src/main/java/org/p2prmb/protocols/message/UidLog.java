package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;

/// The messages that we accepted: what makes a handler run at most once for each uid and source,
/// restarts and power cuts included.
///
/// ```text
/// claim -> Fresh       -> run the handler -> answered(...)
///       -> InProgress  -> tell the sender to ask again later
///       -> Interrupted -> tell the sender that the outcome is unknown
///       -> Repeat      -> send the stored answer
///       -> Full        -> refuse the message; nothing was stored
/// ```
///
/// Safe for many threads; claims that wait together share one write to the disk.
public interface UidLog {
    int UID_BYTES_MAX = 32;
    int ANSWER_BYTES_MAX = 1024 * 1024;

    /// What a claim met.
    sealed interface Claim {
        /// Never seen: the caller now owns the message, and this is on disk.
        record Fresh() implements Claim {}

        /// Claimed earlier in this run, not answered yet.
        record InProgress() implements Claim {}

        /// Claimed by an earlier run that ended before it answered. Whether the handler acted is
        /// unknown and no answer will ever come; it does not run again.
        record Interrupted() implements Claim {}

        /// Answered before, with these bytes.
        record Repeat(Bytes answer) implements Claim {}

        /// The log has no room for another message, or none for this source.
        record Full() implements Claim {}
    }

    /// Claims the message. `expiresAt` is the message's expiration plus the allowed clock skew,
    /// after which the caller refuses it by its time alone, and the log may forget it.
    Claim claim(Bytes uid, PeerId source, Instant expiresAt);

    /// Stores the answer to a claimed message for its repeats; without effect when the message has
    /// been forgotten or answered already.
    void answered(Bytes uid, PeerId source, Bytes answer);

    /// The log knows every message since then: later than [Instant#EPOCH] only when the log itself
    /// was damaged and had to be started afresh. Refuse messages with an earlier timestamp, since
    /// they may be repeats of forgotten ones.
    Instant since();
}

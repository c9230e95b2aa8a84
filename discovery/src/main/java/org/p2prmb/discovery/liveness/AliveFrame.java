package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Fingerprint;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.SignedVote;

import java.util.List;
import java.util.Optional;

/// One frame of `/rmb/alive/1.0.0` (docs/protocol.md). What it carries signed is verified, but not
/// whether its sender was entitled to send it.
public sealed interface AliveFrame {
    String PROTOCOL = "/rmb/alive/1.0.0";
    int BYTES_MAX = 4_096;

    /// The sender's own lease, unasked.
    record Leased(Renewal renewal) implements AliveFrame {}

    /// Asks for a sign of life.
    ///
    /// @param held the sequence of the lease that the sender holds: the pong shall carry a newer
    ///     one; 0 holds none, [#NO_LEASE_WANTED] asks for none
    record Ping(long nonce, long held) implements AliveFrame {
        public static final long NO_LEASE_WANTED = -1;

        public Ping(long nonce) {
            this(nonce, NO_LEASE_WANTED);
        }

        public Ping {
            Limits.require(held >= NO_LEASE_WANTED, "a ping's held sequence is negative");
        }
    }

    /// A sign of life.
    ///
    /// @param nonce the ping's
    /// @param watchersSince the sequence of the sender's first lease with its present watchers
    /// @param renewal the sender's newest lease, when the ping asked for it
    record Pong(long nonce, long watchersSince, Optional<Renewal> renewal) implements AliveFrame {
        public Pong(long nonce, long watchersSince) {
            this(nonce, watchersSince, Optional.empty());
        }

        public Pong {
            Limits.require(watchersSince >= 0, "a pong's sequence is negative");
        }
    }

    /// The sender wants the receiver to watch it.
    record Invite() implements AliveFrame {}

    record InviteAnswer(boolean accepted) implements AliveFrame {}

    /// Asks for the contact records of those watchers of the receiver.
    record Introduce(List<Bytes> fingerprints) implements AliveFrame {
        public Introduce {
            fingerprints = List.copyOf(fingerprints);
            Limits.count(fingerprints, Lease.WATCHERS_MAX, "fingerprints");
            for (var fingerprint : fingerprints) {
                Limits.require(fingerprint.size() == Fingerprint.BYTES, "no fingerprint");
            }
        }
    }

    /// The contact records of watchers of the sender.
    record Introduction(List<SignedContact> records) implements AliveFrame {
        public Introduction {
            records = List.copyOf(records);
            Limits.count(records, Lease.WATCHERS_MAX, "introduced records");
        }
    }

    /// Asks a co-watcher whether the subject answers it.
    record ProbeRequest(PeerId subject, long nonce) implements AliveFrame {}

    record ProbeReport(PeerId subject, long nonce, boolean answered) implements AliveFrame {}

    /// The sender's vote, as a watcher, on a subject that the receiver watches too.
    record Voted(SignedVote vote) implements AliveFrame {}

    /// A majority of the receiver's watchers get no answer; a lease above `sequence` clears it up.
    record Suspected(long sequence) implements AliveFrame {
        public Suspected {
            Limits.require(sequence >= 0, "a suspicion's lease sequence is negative");
        }
    }

    /// The sender wants to hear when this subject, which the receiver watches, is gone.
    record Subscribe(PeerId subject) implements AliveFrame {}

    record Subscribed(PeerId subject, boolean watching) implements AliveFrame {}

    /// A subject is gone.
    record Buried(Obituary obituary) implements AliveFrame {}

    /// Of a later version: ignored.
    record Unknown() implements AliveFrame {}

    default Bytes encoded() {
        return AliveCodec.encode(this);
    }

    static AliveFrame decode(Bytes encoded) throws ProtocolException {
        return decode(encoded, Signatures.REAL);
    }

    /// Reads a frame and verifies every statement in it.
    static AliveFrame decode(Bytes encoded, Signatures signatures) throws ProtocolException {
        return AliveCodec.decode(encoded, signatures);
    }
}

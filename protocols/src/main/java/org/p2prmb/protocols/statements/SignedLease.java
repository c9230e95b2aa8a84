package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.wire.AliveWire;

import java.time.Duration;

/// A [Lease] together with the envelope in which its subject signed it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof.
public final class SignedLease {
    /// The largest envelope, in bytes. With watchers and an Ed25519 key it has about 160.
    public static final int BYTES_MAX = 1500;

    private final Lease lease;
    private final Bytes envelope;

    private SignedLease(Lease lease, Bytes envelope) {
        this.lease = lease;
        this.envelope = envelope;
    }

    /// Signs a lease of our own; throws `IllegalArgumentException` when it is not the signer's.
    public static SignedLease seal(Lease lease, KeyPair signer) {
        return seal(lease, signer, Signatures.REAL);
    }

    /// As the other `seal`, with signatures of another kind.
    public static SignedLease seal(Lease lease, KeyPair signer, Signatures signatures) {
        Limits.require(lease.peer().equals(signer.peerId()), "an agent signs only its own lease");
        return new SignedLease(lease, StatementKind.ALIVE.seal(signer, encode(lease), signatures));
    }

    /// Verifies a lease that came from anywhere.
    public static SignedLease open(Bytes envelope) throws ProtocolException {
        return open(envelope, Signatures.REAL);
    }

    /// As the other `open`, with signatures of another kind.
    public static SignedLease open(Bytes envelope, Signatures signatures) throws ProtocolException {
        var signed = StatementKind.ALIVE.open(envelope, signatures);
        var subject = signed.signer().peerId();
        var lease =
                Wire.decode(
                        AliveWire.Lease.parser(),
                        signed.payload(),
                        message -> decode(message, subject));
        return new SignedLease(lease, envelope);
    }

    public Lease lease() {
        return lease;
    }

    /// The bytes that travel.
    public Bytes envelope() {
        return envelope;
    }

    public PeerId peer() {
        return lease.peer();
    }

    private static Bytes encode(Lease lease) {
        // The signer's key in the envelope already names the subject.
        var message =
                AliveWire.Lease.newBuilder()
                        .setSequence(lease.sequence())
                        .setTtlSeconds((int) lease.ttl().toSeconds())
                        .setIntervalSeconds((int) lease.interval().toSeconds())
                        .setRecordSequence(lease.recordSequence())
                        .setLeaving(lease.leaving());
        message.setWatchers(lease.watchers().count());
        message.setWatchersHash(Wire.field(lease.watchers().hash()));
        return Wire.encode(message.build());
    }

    private static Lease decode(AliveWire.Lease message, PeerId subject) throws ProtocolException {
        if (!message.getPeerId().isEmpty()
                && !PeerId.decode(Wire.bytes(message.getPeerId())).equals(subject)) {
            throw new ProtocolException("a lease that its subject did not sign");
        }
        return new Lease(
                subject,
                Wire.unsigned(message.getSequence(), "sequence"),
                Duration.ofSeconds(Wire.unsigned(message.getTtlSeconds())),
                Duration.ofSeconds(Wire.unsigned(message.getIntervalSeconds())),
                new Watchers.Commitment(
                        Wire.clamped(message.getWatchers(), Lease.WATCHERS_MAX + 1),
                        Wire.bytes(message.getWatchersHash())),
                Wire.unsigned(message.getRecordSequence(), "record sequence"),
                message.getLeaving());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedLease signed && envelope.equals(signed.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "lease %s #%d".formatted(lease.peer().shortText(), lease.sequence());
    }
}

package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.wire.AliveWire;

import java.time.Duration;
import java.util.ArrayList;

/// A [Lease] together with the envelope in which its subject signed it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof.
public final class SignedLease {
    /// The largest envelope, in bytes; it fits into one frame of `/rmb/alive/1.0.0`.
    public static final int BYTES_MAX = 4000;

    private final Lease lease;
    private final Bytes envelope;

    private SignedLease(Lease lease, Bytes envelope) {
        this.lease = lease;
        this.envelope = envelope;
    }

    /// Signs a lease of our own; throws `IllegalArgumentException` when it is not the signer's.
    public static SignedLease seal(Lease lease, KeyPair signer) {
        Limits.require(lease.peer().equals(signer.peerId()), "an agent signs only its own lease");
        return new SignedLease(lease, StatementKind.ALIVE.seal(signer, encode(lease)));
    }

    /// Verifies a lease that came from anywhere.
    public static SignedLease open(Bytes envelope) throws ProtocolException {
        var signed = StatementKind.ALIVE.open(envelope);
        var lease = Wire.decode(AliveWire.Lease.parser(), signed.payload(), SignedLease::decode);
        if (!lease.peer().equals(signed.signer().peerId())) {
            throw new ProtocolException("a lease that its subject did not sign");
        }
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
        var message =
                AliveWire.Lease.newBuilder()
                        .setPeerId(Wire.field(lease.peer().multihash()))
                        .setSequence(lease.sequence())
                        .setTtlSeconds((int) lease.ttl().toSeconds())
                        .setIntervalSeconds((int) lease.interval().toSeconds())
                        .setRecordSequence(lease.recordSequence())
                        .setLeaving(lease.leaving());
        lease.watchers().forEach(peer -> message.addWatchers(Wire.field(peer.multihash())));
        return Wire.encode(message.build());
    }

    private static Lease decode(AliveWire.Lease message) throws ProtocolException {
        Limits.count(message.getWatchersList(), Lease.WATCHERS_MAX, "watchers");
        var watchers = new ArrayList<PeerId>();
        for (var watcher : message.getWatchersList()) {
            watchers.add(PeerId.decode(Wire.bytes(watcher)));
        }
        return new Lease(
                PeerId.decode(Wire.bytes(message.getPeerId())),
                Wire.unsigned(message.getSequence(), "sequence"),
                Duration.ofSeconds(Wire.unsigned(message.getTtlSeconds())),
                Duration.ofSeconds(Wire.unsigned(message.getIntervalSeconds())),
                watchers,
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

package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.wire.OwnerWire;

import java.time.Instant;
import java.util.List;

/// A [Delegation] together with the envelope in which the owner signed it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof.
public final class SignedDelegation {
    /// The largest envelope, in bytes.
    public static final int BYTES_MAX = 8 * 1024;

    private final Delegation delegation;
    private final Bytes envelope;

    private SignedDelegation(Delegation delegation, Bytes envelope) {
        this.delegation = delegation;
        this.envelope = envelope;
    }

    /// Signs a delegation; throws `IllegalArgumentException` when `owner` is not its owner.
    public static SignedDelegation seal(Delegation delegation, KeyPair owner) {
        Limits.require(
                delegation.owner().equals(owner.publicKey()),
                "only the owner itself signs a delegation");
        var message =
                OwnerWire.Delegation.newBuilder()
                        .setOwnerKey(Wire.field(delegation.owner().encoded()))
                        .setDeviceKey(Wire.field(delegation.device().encoded()))
                        .addAllScope(delegation.scope())
                        .setSequence(delegation.sequence())
                        .setExpiresAtMs(delegation.expiresAt().toEpochMilli())
                        .build();
        var envelope = StatementKind.DELEGATION.seal(owner, Wire.encode(message));
        return new SignedDelegation(delegation, envelope);
    }

    /// Verifies that the owner signed it.
    public static SignedDelegation open(Bytes envelope) throws ProtocolException {
        var signed = StatementKind.DELEGATION.open(envelope);
        var delegation =
                Wire.decode(
                        OwnerWire.Delegation.parser(), signed.payload(), SignedDelegation::decode);
        if (!delegation.owner().equals(signed.signer())) {
            throw new ProtocolException("a delegation that its owner did not sign");
        }
        return new SignedDelegation(delegation, envelope);
    }

    public Delegation delegation() {
        return delegation;
    }

    /// The bytes that travel.
    public Bytes envelope() {
        return envelope;
    }

    private static Delegation decode(OwnerWire.Delegation message) throws ProtocolException {
        return new Delegation(
                PublicKey.decode(Wire.bytes(message.getOwnerKey())),
                PublicKey.decode(Wire.bytes(message.getDeviceKey())),
                List.copyOf(message.getScopeList()),
                Wire.unsigned(message.getSequence(), "sequence"),
                Instant.ofEpochMilli(Wire.unsigned(message.getExpiresAtMs(), "expiry")));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedDelegation signed && envelope.equals(signed.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "delegation #%d to %s"
                .formatted(delegation.sequence(), delegation.device().peerId().shortText());
    }
}

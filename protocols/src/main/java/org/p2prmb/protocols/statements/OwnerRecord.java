package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.wire.OwnerWire;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// "These agents are mine": what an owner says of itself.
///
/// The owner signs it with [#seal]; it counts for others once one of the agents has countersigned
/// it as an [OwnerStatement].
///
/// @param agents at most 8, at least one
/// @param addresses with `/p2p`, at most 16
/// @param sequence 0 or more; the highest wins
/// @param expiresAt whole milliseconds since 1970
public record OwnerRecord(
        PublicKey owner,
        List<PeerId> agents,
        List<Multiaddr> addresses,
        long sequence,
        Instant expiresAt) {
    public static final int AGENTS_MAX = 8;
    public static final int ADDRESSES_MAX = 16;

    /// The largest envelope, in bytes.
    public static final int BYTES_MAX = 8 * 1024;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public OwnerRecord {
        agents = List.copyOf(agents);
        addresses = List.copyOf(addresses);
        Limits.require(!agents.isEmpty(), "an owner record lists at least one agent");
        Limits.count(agents, AGENTS_MAX, "agents");
        Limits.count(addresses, ADDRESSES_MAX, "addresses");
        Limits.require(sequence >= 0, "an owner record's sequence is negative");
        Limits.millis(expiresAt, "an owner record's expiry");
    }

    /// The owner's signed envelope; throws `IllegalArgumentException` when `signer` is not the
    /// owner.
    public Bytes seal(KeyPair signer) {
        Limits.require(
                owner.equals(signer.publicKey()), "an owner signs only its own owner record");
        var message =
                OwnerWire.OwnerRecord.newBuilder()
                        .setOwnerKey(Wire.field(owner.encoded()))
                        .setSequence(sequence)
                        .setExpiresAtMs(expiresAt.toEpochMilli());
        agents.forEach(agent -> message.addAgents(Wire.field(agent.multihash())));
        addresses.forEach(address -> message.addAddresses(Wire.field(address.encoded())));
        return StatementKind.OWNER.seal(signer, Wire.encode(message.build()));
    }

    /// Verifies that the owner signed it.
    public static OwnerRecord open(Bytes envelope) throws ProtocolException {
        var signed = StatementKind.OWNER.open(envelope);
        var record =
                Wire.decode(OwnerWire.OwnerRecord.parser(), signed.payload(), OwnerRecord::decode);
        if (!record.owner().equals(signed.signer())) {
            throw new ProtocolException("an owner record that its owner did not sign");
        }
        return record;
    }

    private static OwnerRecord decode(OwnerWire.OwnerRecord message) throws ProtocolException {
        Limits.count(message.getAgentsList(), AGENTS_MAX, "agents");
        Limits.count(message.getAddressesList(), ADDRESSES_MAX, "addresses");
        var agents = new ArrayList<PeerId>();
        for (var agent : message.getAgentsList()) {
            agents.add(PeerId.decode(Wire.bytes(agent)));
        }
        var addresses = new ArrayList<Multiaddr>();
        for (var address : message.getAddressesList()) {
            Multiaddr.decodeKnown(Wire.bytes(address)).ifPresent(addresses::add);
        }
        return new OwnerRecord(
                PublicKey.decode(Wire.bytes(message.getOwnerKey())),
                agents,
                addresses,
                Wire.unsigned(message.getSequence(), "sequence"),
                Instant.ofEpochMilli(Wire.unsigned(message.getExpiresAtMs(), "expiry")));
    }
}

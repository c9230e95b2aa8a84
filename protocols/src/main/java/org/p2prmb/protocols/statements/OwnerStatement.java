package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.wire.OwnerWire;

/// An [OwnerRecord] with both signatures: the owner claims the agent, and the agent agrees.
///
/// There are two ways in, [#countersign] and [#open], so an instance is a proof.
public final class OwnerStatement {
    /// The largest envelope, in bytes.
    public static final int BYTES_MAX = 9 * 1024;

    private final OwnerRecord record;
    private final PeerId servedBy;
    private final Bytes envelope;

    private OwnerStatement(OwnerRecord record, PeerId servedBy, Bytes envelope) {
        this.record = record;
        this.servedBy = servedBy;
        this.envelope = envelope;
    }

    /// Countersigns the owner's envelope as one of its agents.
    ///
    /// Throws [ProtocolException] when the owner's signature is wrong or the record does not list
    /// `agent`.
    public static OwnerStatement countersign(Bytes ownerRecord, KeyPair agent)
            throws ProtocolException {
        var record = listing(OwnerRecord.open(ownerRecord), agent.peerId());
        var message =
                OwnerWire.OwnerStatement.newBuilder()
                        .setOwnerRecord(Wire.field(ownerRecord))
                        .build();
        var envelope = StatementKind.OWNER_SERVED.seal(agent, Wire.encode(message));
        return new OwnerStatement(record, agent.peerId(), envelope);
    }

    /// Verifies both signatures, and that the countersigning agent is one of the owner's.
    public static OwnerStatement open(Bytes envelope) throws ProtocolException {
        var signed = StatementKind.OWNER_SERVED.open(envelope);
        var agent = signed.signer().peerId();
        var record =
                Wire.decode(
                        OwnerWire.OwnerStatement.parser(),
                        signed.payload(),
                        message -> OwnerRecord.open(Wire.bytes(message.getOwnerRecord())));
        return new OwnerStatement(listing(record, agent), agent, envelope);
    }

    private static OwnerRecord listing(OwnerRecord record, PeerId agent) throws ProtocolException {
        if (!record.agents().contains(agent)) {
            throw new ProtocolException("an owner record that does not list the agent serving it");
        }
        return record;
    }

    public OwnerRecord record() {
        return record;
    }

    /// The agent that countersigned.
    public PeerId servedBy() {
        return servedBy;
    }

    /// The bytes that travel.
    public Bytes envelope() {
        return envelope;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OwnerStatement statement && envelope.equals(statement.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "owner record #%d served by %s".formatted(record.sequence(), servedBy.shortText());
    }
}

package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.AliveWire;
import org.p2prmb.protocols.wire.ContactWire;
import org.p2prmb.protocols.wire.ReputationWire;

import java.util.OptionalLong;

/// The evidence of an equivocation: two envelopes of one kind, by one signer, with the same
/// sequence and different payloads.
///
/// The kinds that count are those of which everybody must see the same one: contact records,
/// leases and reports. No honest agent signs two of a sequence, for a sequence is on the disk
/// before the statement leaves.
///
/// @param statement `contact`, `alive` or `report`; others are not known here
public record Equivocation(String statement, Bytes first, Bytes second) {
    /// The kind of statement that both envelopes are, as the evidence names it.
    private static final String CONTACT = "contact";

    private static final String ALIVE = "alive";
    private static final String REPORT = "report";

    /// Finds out of which kind the two are; they are not verified.
    ///
    /// Throws [ProtocolException] when they are of none that counts.
    public static Equivocation of(Bytes first, Bytes second) throws ProtocolException {
        for (var statement : new String[] {CONTACT, ALIVE, REPORT}) {
            if (isOf(kind(statement), first)) {
                return new Equivocation(statement, first, second);
            }
        }
        throw new ProtocolException("neither contact records, leases nor reports");
    }

    private static boolean isOf(StatementKind kind, Bytes envelope) {
        try {
            kind.open(envelope);
            return true;
        } catch (ProtocolException e) {
            return false;
        }
    }

    public static Equivocation decode(Bytes evidence) throws ProtocolException {
        return Wire.decode(
                ReputationWire.Equivocation.parser(),
                evidence,
                message ->
                        new Equivocation(
                                message.getStatement(),
                                Wire.bytes(message.getFirst()),
                                Wire.bytes(message.getSecond())));
    }

    public Bytes encoded() {
        return Wire.encode(
                ReputationWire.Equivocation.newBuilder()
                        .setStatement(statement)
                        .setFirst(Wire.field(first))
                        .setSecond(Wire.field(second))
                        .build());
    }

    /// The sequence that both have, once everything was verified; empty when statements of this
    /// kind are not known here.
    ///
    /// Throws [ProtocolException] when it proves nothing against `subject`.
    public OptionalLong sequence(PeerId subject, Signatures signatures) throws ProtocolException {
        switch (statement) {
            case CONTACT, ALIVE, REPORT -> {}
            default -> {
                return OptionalLong.empty();
            }
        }
        var one = payload(first, subject, signatures);
        var other = payload(second, subject, signatures);
        if (one.equals(other)) {
            throw new ProtocolException("both say the same");
        }
        long sequence = sequence(one);
        if (sequence != sequence(other)) {
            throw new ProtocolException("they have different sequences");
        }
        return OptionalLong.of(sequence);
    }

    private Bytes payload(Bytes envelope, PeerId subject, Signatures signatures)
            throws ProtocolException {
        var signed = kind(statement).open(envelope, signatures);
        if (!signed.signer().peerId().equals(subject)) {
            throw new ProtocolException("a statement of somebody else");
        }
        return signed.payload();
    }

    private static StatementKind kind(String statement) throws ProtocolException {
        return switch (statement) {
            case CONTACT -> StatementKind.CONTACT;
            case ALIVE -> StatementKind.ALIVE;
            case REPORT -> StatementKind.REPORT;
            default -> throw new ProtocolException("a statement that does not count");
        };
    }

    private long sequence(Bytes payload) throws ProtocolException {
        return switch (statement) {
            case CONTACT ->
                    Wire.decode(
                            ContactWire.ContactRecord.parser(),
                            payload,
                            ContactWire.ContactRecord::getSequence);
            case ALIVE ->
                    Wire.decode(AliveWire.Lease.parser(), payload, AliveWire.Lease::getSequence);
            case REPORT ->
                    Wire.decode(
                            ReputationWire.Report.parser(),
                            payload,
                            ReputationWire.Report::getSequence);
            default -> throw new ProtocolException("a statement that does not count");
        };
    }
}

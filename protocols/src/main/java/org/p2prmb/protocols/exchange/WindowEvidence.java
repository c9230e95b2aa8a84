package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ReputationWire;

import java.util.Optional;

/// A [WindowFault] as a report carries it: those that two statements of the seller prove. The
/// others need a whole result, which is larger than a report.
public final class WindowEvidence {
    private static final String TWO_ROOTS = "two-roots";
    private static final String TWO_RESULTS = "two-results";
    private static final String SHORT_ROOT = "short-root";

    private WindowEvidence() {}

    /// Nothing when it does not fit into a report.
    public static Optional<Bytes> of(WindowFault fault) {
        return switch (fault) {
            case WindowFault.TwoRoots(var one, var other) -> evidence(TWO_ROOTS, one, other);
            case WindowFault.TwoResults(var one, var other) -> evidence(TWO_RESULTS, one, other);
            case WindowFault.ShortRoot(var receipt, var root) ->
                    evidence(SHORT_ROOT, receipt, root);
            case WindowFault.NotUnderRoot _,
                    WindowFault.IgnoredReveal _,
                    WindowFault.WrongResult _,
                    WindowFault.WrongBeacon _ ->
                    Optional.empty();
        };
    }

    private static Optional<Bytes> evidence(String name, Signed<?> first, Signed<?> second) {
        return Optional.of(
                Wire.encode(
                        ReputationWire.WindowEvidence.newBuilder()
                                .setFault(name)
                                .setFirst(Wire.field(first.envelope()))
                                .setSecond(Wire.field(second.envelope()))
                                .build()));
    }

    /// The fault that is proven; nothing when it is of a kind that this release does not know.
    ///
    /// Throws [ProtocolException] when it proves nothing.
    public static Optional<WindowFault> open(Bytes encoded, Signatures signatures)
            throws ProtocolException {
        var wire = Wire.decode(ReputationWire.WindowEvidence.parser(), encoded, message -> message);
        var first = Wire.bytes(wire.getFirst());
        var second = Wire.bytes(wire.getSecond());
        try {
            return switch (wire.getFault()) {
                case TWO_ROOTS ->
                        Optional.of(
                                new WindowFault.TwoRoots(
                                        Form.ROOT.open(first, signatures),
                                        Form.ROOT.open(second, signatures)));
                case TWO_RESULTS ->
                        Optional.of(
                                new WindowFault.TwoResults(
                                        Form.RESULT.open(first, signatures),
                                        Form.RESULT.open(second, signatures)));
                case SHORT_ROOT ->
                        Optional.of(
                                new WindowFault.ShortRoot(
                                        Form.RECEIPT.open(first, signatures),
                                        Form.ROOT.open(second, signatures)));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("no fault: " + e.getMessage(), e);
        }
    }
}

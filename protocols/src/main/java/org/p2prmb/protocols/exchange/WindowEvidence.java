package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ReputationWire;

import java.util.ArrayList;
import java.util.Optional;

/// A [WindowFault] as a report carries it: two statements of the seller that prove it, or the
/// notice of a result that proves it, which is larger than a report and is fetched by its hash.
public final class WindowEvidence {
    private static final String TWO_ROOTS = "two-roots";
    private static final String TWO_RESULTS = "two-results";
    private static final String SHORT_ROOT = "short-root";
    private static final String NOT_UNDER_ROOT = "not-under-root";
    private static final String IGNORED_REVEAL = "ignored-reveal";
    private static final String WRONG_RESULT = "wrong-result";

    /// Finds the bytes of a result by their hash.
    @FunctionalInterface
    public interface Results {
        Optional<Bytes> find(Bytes resultHash);
    }

    private WindowEvidence() {}

    /// Nothing when whoever checks it would have to know the chain.
    public static Optional<Bytes> of(WindowFault fault) {
        return switch (fault) {
            case WindowFault.TwoRoots(var one, var other) -> evidence(TWO_ROOTS, one, other);
            case WindowFault.TwoResults(var one, var other) -> evidence(TWO_RESULTS, one, other);
            case WindowFault.ShortRoot(var receipt, var root) ->
                    evidence(SHORT_ROOT, receipt, root);
            case WindowFault.NotUnderRoot(var receipt, var result) ->
                    evidence(NOT_UNDER_ROOT, receipt, result.notice());
            case WindowFault.IgnoredReveal(var receipt, var result) ->
                    evidence(IGNORED_REVEAL, receipt, result.notice());
            case WindowFault.WrongResult(var result) ->
                    Optional.of(Wire.encode(wire(WRONG_RESULT, result.notice()).build()));
            case WindowFault.WrongBeacon _ -> Optional.empty();
        };
    }

    /// The result that whoever checks the evidence has to see.
    public static Optional<Bytes> result(WindowFault fault) {
        return switch (fault) {
            case WindowFault.NotUnderRoot(_, var result) -> Optional.of(result.encoded());
            case WindowFault.IgnoredReveal(_, var result) -> Optional.of(result.encoded());
            case WindowFault.WrongResult(var result) -> Optional.of(result.encoded());
            case WindowFault.TwoRoots _,
                    WindowFault.TwoResults _,
                    WindowFault.ShortRoot _,
                    WindowFault.WrongBeacon _ ->
                    Optional.empty();
        };
    }

    /// The hash of the result that the evidence needs; nothing when it needs none, or proves
    /// nothing.
    public static Optional<Bytes> resultHash(Bytes encoded, Signatures signatures) {
        var asked = new ArrayList<Bytes>();
        try {
            var _ =
                    open(
                            encoded,
                            hash -> {
                                asked.add(hash);
                                return Optional.empty();
                            },
                            signatures);
        } catch (ProtocolException _) {
            return Optional.empty();
        }
        return asked.stream().findFirst();
    }

    private static Optional<Bytes> evidence(String name, Signed<?> first, Signed<?> second) {
        return Optional.of(
                Wire.encode(wire(name, first).setSecond(Wire.field(second.envelope())).build()));
    }

    private static ReputationWire.WindowEvidence.Builder wire(String name, Signed<?> first) {
        return ReputationWire.WindowEvidence.newBuilder()
                .setFault(name)
                .setFirst(Wire.field(first.envelope()));
    }

    /// The fault that is proven; nothing when its result is not found, or it is of a kind that this
    /// release does not know.
    ///
    /// Throws [ProtocolException] when it proves nothing.
    public static Optional<WindowFault> open(Bytes encoded, Results results, Signatures signatures)
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
                case NOT_UNDER_ROOT -> {
                    var receipt = Form.RECEIPT.open(first, signatures);
                    yield published(Form.RESULT.open(second, signatures), results, signatures)
                            .map(result -> new WindowFault.NotUnderRoot(receipt, result));
                }
                case IGNORED_REVEAL -> {
                    var receipt = Form.REVEAL_RECEIPT.open(first, signatures);
                    yield published(Form.RESULT.open(second, signatures), results, signatures)
                            .map(result -> new WindowFault.IgnoredReveal(receipt, result));
                }
                case WRONG_RESULT ->
                        published(Form.RESULT.open(first, signatures), results, signatures)
                                .map(WindowFault.WrongResult::new);
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("no fault: " + e.getMessage(), e);
        }
    }

    private static Optional<PublishedResult> published(
            Signed<ResultNotice> notice, Results results, Signatures signatures)
            throws ProtocolException {
        var encoded = results.find(notice.statement().resultHash());
        return encoded.isEmpty()
                ? Optional.empty()
                : Optional.of(PublishedResult.open(notice, encoded.get(), signatures));
    }
}

package org.p2prmb.protocols.swap;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.TermsCodec.Told;

import java.util.stream.Stream;

/// Fuzz target of what the other side of a swap says, of evidence, and of what a disk gives back.
final class SwapFuzzTest {
    static Stream<byte[]> seeds() {
        var terms = Swaps.TERMS;
        var accept = new SwapMessage.Accept(terms, Bytes.utf8("signed"), Bytes.utf8("lock"));
        var secret = new SwapMessage.SecretIs(Swaps.SECRET);
        return Stream.of(
                Untrusted.seed(0, TermsCodec.encode(new Told(terms.id(), accept))),
                Untrusted.seed(0, TermsCodec.encode(new Told(terms.id(), secret))));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void messages(byte[] data) {
        Untrusted.decodeOneOf(
                data,
                TermsCodec::decode,
                encoded -> SwapEvidence.open(encoded, Untrusted.UNSIGNED),
                SwapCodec::decode,
                SwapCodec::timeline);
    }
}

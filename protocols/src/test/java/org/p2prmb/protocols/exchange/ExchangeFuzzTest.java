package org.p2prmb.protocols.exchange;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.Untrusted.Decoder;
import org.p2prmb.libp2p.core.Bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Fuzz targets of what buyers and sellers say, one to the other and to a topic.
final class ExchangeFuzzTest {
    private static final List<Form<?>> FORMS =
            List.of(
                    Form.OFFER,
                    Form.REQUEST,
                    Form.OPEN,
                    Form.COMMIT,
                    Form.RECEIPT,
                    Form.ROOT,
                    Form.REVEAL,
                    Form.REVEAL_RECEIPT,
                    Form.RESULT);

    private static final Decoder<?>[] STATEMENTS =
            FORMS.stream()
                    .<Decoder<?>>map(form -> encoded -> form.open(encoded, Untrusted.UNSIGNED))
                    .toArray(Decoder<?>[]::new);

    static Stream<byte[]> messageSeeds() {
        var seeds = new ArrayList<byte[]>();
        ExchangeCodecTest.requests()
                .forEach(one -> seeds.add(Untrusted.seed(0, ExchangeCodec.encode(one))));
        ExchangeCodecTest.responses()
                .forEach(one -> seeds.add(Untrusted.seed(1, ExchangeCodec.encode(one))));
        ExchangeCodecTest.news().forEach(one -> seeds.add(Untrusted.seed(2, one.encoded())));
        return seeds.stream();
    }

    @MethodSource("messageSeeds")
    @FuzzTest(maxDuration = "1m")
    void messages(byte[] data) {
        Untrusted.decodeOneOf(
                data,
                encoded -> ExchangeCodec.decodeRequest(encoded, Untrusted.UNSIGNED),
                encoded -> ExchangeCodec.decodeResponse(encoded, Untrusted.UNSIGNED),
                encoded -> News.decode(encoded, Untrusted.UNSIGNED),
                encoded -> WindowResult.decode(encoded, Untrusted.UNSIGNED),
                encoded -> WindowEvidence.open(encoded, _ -> Optional.empty(), Untrusted.UNSIGNED),
                MerklePath::decode);
    }

    static Stream<byte[]> statementSeeds() {
        var buyer = Buyer.of(1);
        var window = Bytes.wrap(new byte[32]);
        return Stream.of(
                Untrusted.seed(3, buyer.commit(window).envelope()),
                Untrusted.seed(6, buyer.reveal(window).envelope()),
                Untrusted.seed(2, new SellerRun(3).open().envelope()));
    }

    @MethodSource("statementSeeds")
    @FuzzTest(maxDuration = "1m")
    void statements(byte[] data) {
        Untrusted.decodeOneOf(data, STATEMENTS);
    }
}

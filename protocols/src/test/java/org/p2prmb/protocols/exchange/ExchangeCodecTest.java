package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.Agents;

import java.util.Collections;
import java.util.List;

/// The bytes of `/rmb/exchange/1.0.0` and of the topics.
final class ExchangeCodecTest {
    private static final SellerRun RUN = new SellerRun(3);
    private static final Buyer BUYER = Buyer.of(1);
    private static final PublishedResult RESULT = RUN.sell(BUYER, Buyer.of(2));
    private static final Bytes WINDOW = RUN.window();

    private static Signed<WindowRoot> root() {
        return RESULT.result().root();
    }

    private static MerklePath path() {
        return new MerkleTree(RESULT.result().leaves()).path(0);
    }

    static List<ExchangeRequest> requests() {
        var wanted = OffersTest.request(BUYER.peer());
        return List.of(
                new ExchangeRequest.OfferAsked(WINDOW),
                new ExchangeRequest.OffersAsked(OffersTest.BTC, OffersTest.TFT),
                new ExchangeRequest.Wanted(Form.REQUEST.seal(wanted, BUYER.keys())),
                new ExchangeRequest.Committed(BUYER.commit(WINDOW)),
                new ExchangeRequest.ProofAsked(WINDOW),
                new ExchangeRequest.Revealed(BUYER.reveal(WINDOW)),
                new ExchangeRequest.ResultAsked(WINDOW),
                new ExchangeRequest.Claimed(WINDOW, Bytes.hex("01"), Bytes.hex("0203")),
                new ExchangeRequest.Proven(root(), path()),
                new ExchangeRequest.Concluded(RESULT.notice()));
    }

    static List<ExchangeResponse> responses() {
        var offer = Form.OFFER.seal(OffersTest.offer(), Agents.keys(1));
        var receipt =
                Form.RECEIPT.seal(
                        new Receipt(SellerRun.SELLER.peerId(), WINDOW, BUYER.leaf(WINDOW), 1),
                        SellerRun.SELLER);
        var shown =
                new RevealReceipt(SellerRun.SELLER.peerId(), WINDOW, BUYER.peer(), Buyer.nonce(1));
        return List.of(
                new ExchangeResponse.Offers(List.of(new ExchangeResponse.Listed(offer, 7))),
                new ExchangeResponse.Windows(List.of(RUN.open())),
                new ExchangeResponse.Receipted(receipt),
                new ExchangeResponse.RevealReceipted(
                        Form.REVEAL_RECEIPT.seal(shown, SellerRun.SELLER)),
                new ExchangeResponse.Proof(root(), path()),
                new ExchangeResponse.Result(RESULT.notice(), RESULT.encoded()),
                new ExchangeResponse.Done(),
                new ExchangeResponse.Refused(Refusal.CANNOT_SELL, "too many locks"));
    }

    static List<News> news() {
        var wanted = OffersTest.request(BUYER.peer());
        return List.of(
                new News.Wanted(Form.REQUEST.seal(wanted, BUYER.keys())),
                new News.Opened(RUN.open()),
                new News.Rooted(root()),
                new News.Revealed(BUYER.reveal(WINDOW)),
                new News.Concluded(RESULT.notice()));
    }

    @Test
    void everythingComesBackAsItWasSent() throws ProtocolException {
        for (var request : requests()) {
            var encoded = ExchangeCodec.encode(request);
            assertThat(encoded.size()).isLessThanOrEqualTo(ExchangeRequest.BYTES_MAX);
            assertThat(ExchangeCodec.decodeRequest(encoded, Signatures.REAL)).isEqualTo(request);
        }
        for (var response : responses()) {
            var encoded = ExchangeCodec.encode(response);
            assertThat(ExchangeCodec.decodeResponse(encoded, Signatures.REAL)).isEqualTo(response);
        }
        for (var one : news()) {
            assertThat(one.encoded().size()).isLessThanOrEqualTo(News.BYTES_MAX);
            assertThat(News.decode(one.encoded(), Signatures.REAL)).isEqualTo(one);
        }
    }

    @FunctionalInterface
    private interface Decoder {
        Object decode(Bytes encoded) throws ProtocolException;
    }

    private static void mutate(Bytes encoded, Decoder decoder) {
        Seeds.forEach(
                100,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, encoded.toArray()));
                    try {
                        assertThat(decoder.decode(mutant)).isNotNull();
                    } catch (ProtocolException expected) {
                        assertThat(expected).hasMessageNotContaining("null");
                    }
                });
    }

    @Test
    void mutatedBytesAreProtocolErrorsAndNothingElse() {
        requests()
                .forEach(request ->
                        mutate(
                                ExchangeCodec.encode(request),
                                bytes -> ExchangeCodec.decodeRequest(bytes, Signatures.REAL)));
        responses()
                .forEach(response ->
                        mutate(
                                ExchangeCodec.encode(response),
                                bytes -> ExchangeCodec.decodeResponse(bytes, Signatures.REAL)));
        news().forEach(one -> mutate(one.encoded(), bytes -> News.decode(bytes, Signatures.REAL)));
    }

    @Test
    void whatIsEmptyOrTooMuchIsRefused() {
        assertThatThrownBy(() -> ExchangeCodec.decodeRequest(Bytes.EMPTY, Signatures.REAL))
                .isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> ExchangeCodec.decodeResponse(Bytes.EMPTY, Signatures.REAL))
                .isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() ->
                        News.decode(Bytes.wrap(new byte[News.BYTES_MAX + 1]), Signatures.REAL))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("news of 1101 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new ExchangeResponse.Windows(Collections.nCopies(33, RUN.open())));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new ExchangeRequest.Claimed(
                                WINDOW, Bytes.wrap(new byte[65]), Bytes.hex("01")));
    }

    @Test
    void everyRefusalHasANumberOfItsOwn() {
        for (var refusal : Refusal.values()) {
            assertThat(Refusal.of(refusal.number())).isEqualTo(refusal);
        }
        assertThat(Refusal.of(999)).isEqualTo(Refusal.UNKNOWN);
    }
}

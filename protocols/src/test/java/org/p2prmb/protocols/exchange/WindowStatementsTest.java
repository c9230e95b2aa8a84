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
import org.p2prmb.protocols.statements.StatementKind;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

final class WindowStatementsTest {
    private static final Bytes HASH = Buyer.nonce(77);
    private static final Price LARGEST =
            new Price(BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE));

    private static WindowOpen open(Instant closesAt, Instant revealBy, String chain) {
        return new WindowOpen(
                SellerRun.SELLER.peerId(),
                SellerRun.OFFER,
                1_000,
                SellerRun.START,
                closesAt,
                revealBy,
                new Policy(new Policy.Weights(1_000, 2, 30, 400), LARGEST, 10, 20),
                HASH,
                chain);
    }

    private static WindowOpen open(Instant closesAt, Instant revealBy) {
        return open(closesAt, revealBy, "bitcoin-signet-with-a-long-name-");
    }

    private static WindowOpen open() {
        var closesAt = SellerRun.START.plusSeconds(10);
        return open(closesAt, closesAt.plusSeconds(7));
    }

    private static Map<Form<?>, Signed<?>> statements() {
        var seller = SellerRun.SELLER;
        var buyer = Buyer.of(1, LARGEST, 1_000, new Standing(10, true, 4));
        var window = open().window();
        var all = new LinkedHashMap<Form<?>, Signed<?>>();
        all.put(Form.OPEN, Form.OPEN.seal(open(), seller));
        all.put(Form.COMMIT, buyer.commit(window));
        all.put(
                Form.RECEIPT,
                Form.RECEIPT.seal(
                        new Receipt(seller.peerId(), window, buyer.leaf(window), 256), seller));
        all.put(
                Form.ROOT,
                Form.ROOT.seal(new WindowRoot(seller.peerId(), window, HASH, 256), seller));
        all.put(Form.REVEAL, buyer.reveal(window));
        all.put(
                Form.REVEAL_RECEIPT,
                Form.REVEAL_RECEIPT.seal(
                        new RevealReceipt(seller.peerId(), window, buyer.peer(), HASH), seller));
        all.put(
                Form.RESULT,
                Form.RESULT.seal(
                        new ResultNotice(seller.peerId(), window, HASH, WindowResult.BYTES_MAX),
                        seller));
        return all;
    }

    @Test
    void everyStatementComesBackAsItWasSignedAndFitsIntoATopic() throws ProtocolException {
        for (var entry : statements().entrySet()) {
            var sealed = entry.getValue();
            var opened = entry.getKey().open(sealed.envelope());
            assertThat(opened.statement()).isEqualTo(sealed.statement());
            assertThat(opened).isEqualTo(sealed).hasSameHashCodeAs(sealed);
            assertThat(entry.getKey().bytesMax()).isLessThanOrEqualTo(4_096);
        }
    }

    @Test
    void aStatementOfOneKindIsNoneOfAnother() {
        statements()
                .forEach((form, sealed) -> {
                    for (var other : statements().keySet()) {
                        if (other != form) {
                            assertThatThrownBy(() -> other.open(sealed.envelope()))
                                    .isInstanceOf(ProtocolException.class);
                        }
                    }
                });
    }

    @Test
    void nobodySignsForAnother() {
        var commit = Buyer.of(1).commit(HASH).statement();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Form.COMMIT.seal(commit, Agents.keys(2)));
    }

    @Test
    void mutatedStatementsAreProtocolErrorsOrSayTheSame() {
        statements()
                .forEach((form, sealed) ->
                        Seeds.forEach(
                                150,
                                random -> {
                                    var mutant =
                                            Bytes.wrap(
                                                    Seeds.mutate(
                                                            random, sealed.envelope().toArray()));
                                    try {
                                        // Bytes that no reader looks at may differ.
                                        assertThat(form.open(mutant).statement())
                                                .isEqualTo(sealed.statement());
                                    } catch (ProtocolException expected) {
                                        assertThat(expected).hasMessageNotContaining("null");
                                    }
                                }));
    }

    @Test
    void payloadsThatLieAboutTheirFormAreRefused() {
        Seeds.forEach(
                300,
                random -> {
                    var sealed = statements().get(Form.RECEIPT);
                    var payload = StatementKind.RECEIPT.open(sealed.envelope()).payload();
                    var mutant = Bytes.wrap(Seeds.mutate(random, payload.toArray()));
                    try {
                        var envelope = StatementKind.RECEIPT.seal(SellerRun.SELLER, mutant);
                        var receipt = Form.RECEIPT.open(envelope).statement();
                        assertThat(receipt.count()).isBetween(1, 256);
                        assertThat(receipt.leaf().commit().size()).isEqualTo(32);
                    } catch (ProtocolException | IllegalArgumentException expected) {
                        assertThat(expected).hasMessageNotContaining("null");
                    }
                });
    }

    @Test
    void timesThatNoSellerMayChooseAreRefused() {
        var start = SellerRun.START;
        var closesAt = start.plusSeconds(10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(start.plusMillis(2_999), start.plusSeconds(8)))
                .withMessageContaining("a window takes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(start.plusSeconds(601), start.plusSeconds(608)));
        // Bids that are shown after the beacon's time would be shown by choice.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(closesAt, closesAt.plusMillis(7_001)))
                .withMessageContaining("a reveal takes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(closesAt, closesAt.plusMillis(2_999)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(closesAt, closesAt.plusSeconds(7), "x".repeat(65)))
                .withMessageContaining("chain");
        assertThat(open().beaconFrom())
                .isEqualTo(open().rootBy().plus(Duration.ofSeconds(5)))
                .isEqualTo(open().revealBy());
    }

    @Test
    void pricesHaveOneEncoding() {
        for (var price : new Price[] {Price.of(1), Price.of(127), Price.of(128), LARGEST}) {
            assertThat(Price.decode(price.encoded())).isEqualTo(price);
        }
        for (var bad : new String[] {"", "00", "0001", "01".repeat(17)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Price.decode(Bytes.hex(bad)));
        }
    }

    /// The list of docs/exchange.md, written down once more.
    @Test
    void aCommitIsTheHashOfTheDocumentedBytes() {
        var bid = Buyer.of(3, Price.of(300), 7, Buyer.KNOWN).bid();
        var list = new ByteArrayOutputStream();
        field(list, "rmb/bid-commit/1".getBytes(StandardCharsets.US_ASCII));
        field(list, HASH.toArray());
        field(list, bid.bidder().multihash().toArray());
        field(list, new byte[] {1, 44});
        list.writeBytes(new byte[] {0, 0, 0, 7});
        field(list, bid.nonce().toArray());
        assertThat(bid.commit(HASH)).isEqualTo(sha256(list.toByteArray()));
    }

    private static void field(ByteArrayOutputStream list, byte[] content) {
        list.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        list.writeBytes(content);
    }

    private static Bytes sha256(byte[] bytes) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyPartOfAWindowIsInItsId() {
        var open = open();
        var seller = open.seller();
        var other = Buyer.nonce(1);
        var opens = open.opensAt();
        var closes = open.closesAt();
        var reveal = open.revealBy();
        var policy = open.policy();
        var cheaper = new Policy(policy.weights(), Buyer.FLOOR, 10, 20);
        var chain = open.chain();
        var peer = Agents.keys(9).peerId();
        var offer = open.offer();
        var moved = opens.plusMillis(1);
        assertThat(
                        new WindowOpen[] {
                            new WindowOpen(
                                    peer, offer, 1_000, opens, closes, reveal, policy, HASH, chain),
                            new WindowOpen(
                                    seller, other, 1_000, opens, closes, reveal, policy, HASH,
                                    chain),
                            new WindowOpen(
                                    seller, offer, 999, opens, closes, reveal, policy, HASH, chain),
                            new WindowOpen(
                                    seller, offer, 1_000, moved, closes, reveal, policy, HASH,
                                    chain),
                            new WindowOpen(
                                    seller,
                                    offer,
                                    1_000,
                                    opens,
                                    closes.plusMillis(1),
                                    reveal,
                                    policy,
                                    HASH,
                                    chain),
                            new WindowOpen(
                                    seller,
                                    offer,
                                    1_000,
                                    opens,
                                    closes,
                                    reveal.minusMillis(1),
                                    policy,
                                    HASH,
                                    chain),
                            new WindowOpen(
                                    seller, offer, 1_000, opens, closes, reveal, cheaper, HASH,
                                    chain),
                            new WindowOpen(
                                    seller, offer, 1_000, opens, closes, reveal, policy, other,
                                    chain),
                            new WindowOpen(
                                    seller, offer, 1_000, opens, closes, reveal, policy, HASH, "x"),
                        })
                .extracting(WindowOpen::window)
                .doesNotHaveDuplicates()
                .doesNotContain(open.window());
    }

    @Test
    void aResultOfTheLargestWindowFitsAndOneByteMoreIsRefused() throws ProtocolException {
        var run = new SellerRun(1_000);
        var buyers = new Buyer[256];
        for (int number = 0; number < buyers.length; number++) {
            buyers[number] = Buyer.of(number, LARGEST, 1_000, Buyer.KNOWN);
        }
        var published = run.sell(buyers);
        assertThat(published.result().reveals()).hasSize(256);
        assertThat(published.encoded().size()).isLessThan(WindowResult.BYTES_MAX);
        var again = PublishedResult.open(published.notice(), published.encoded(), Signatures.REAL);
        assertThat(again.result()).isEqualTo(published.result());
        assertThatThrownBy(() ->
                        WindowResult.decode(
                                Bytes.wrap(new byte[WindowResult.BYTES_MAX + 1]), Signatures.REAL))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("at most");
    }

    @Test
    void mutatedResultsAreProtocolErrorsAndNothingElse() {
        var published = new SellerRun(2).sell(Buyer.of(1), Buyer.of(2));
        Seeds.forEach(
                200,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, published.encoded().toArray()));
                    if (!mutant.equals(published.encoded())) {
                        assertThatThrownBy(() ->
                                        PublishedResult.open(
                                                published.notice(), mutant, Signatures.REAL))
                                .isInstanceOf(ProtocolException.class);
                    }
                    try {
                        WindowResult.decode(mutant, Signatures.REAL);
                    } catch (ProtocolException expected) {
                        assertThat(expected).hasMessageNotContaining("null");
                    }
                });
    }
}

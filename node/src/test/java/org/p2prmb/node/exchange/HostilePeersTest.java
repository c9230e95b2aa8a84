package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.protocols.exchange.Bid;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Commit;
import org.p2prmb.protocols.exchange.ExchangeClient;
import org.p2prmb.protocols.exchange.ExchangeCodec;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.ExchangeServer;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Refusal;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowOpen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A peer that breaks the rules of `/rmb/exchange/1.0.0` is refused and harms nobody.
final class HostilePeersTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir private Path directory;
    private final KeyPair keys = KeyPair.generate(RANDOM);
    private Trader seller;
    private TcpHost host;
    private Connection connection;

    @BeforeEach
    void open() throws IOException {
        var sellerKeys = KeyPair.generate(RANDOM);
        seller = Trader.start(sellerKeys, Files.createDirectories(directory.resolve("seller")));
        host = TcpHost.start(HostConfig.defaults(keys));
        connection = host.connect(seller.peer(), seller.host().listenAddresses(), LIMIT);
    }

    @AfterEach
    void close() {
        host.close();
        seller.close();
    }

    private ExchangeResponse ask(ExchangeRequest request) throws IOException {
        return ExchangeClient.ask(connection, request);
    }

    private void isRefused(ExchangeRequest request, Refusal why) throws IOException {
        var response = ask(request);
        assertThat(response).isInstanceOf(ExchangeResponse.Refused.class);
        assertThat(((ExchangeResponse.Refused) response).why()).isEqualTo(why);
    }

    private BuyRequest request(KeyPair buyer, Instant created) {
        return new BuyRequest(
                buyer.peerId(), Trader.BTC, Trader.TFT, 1, created, created.plusSeconds(60));
    }

    private static Instant now() {
        return Instant.ofEpochMilli(System.currentTimeMillis());
    }

    private Signed<WindowOpen> window() throws IOException {
        var wanted = Form.REQUEST.seal(request(keys, now()), keys);
        var open = (ExchangeResponse.Windows) ask(new ExchangeRequest.Wanted(wanted));
        assertThat(open.windows()).hasSize(1);
        return open.windows().getFirst();
    }

    private Bid bid(KeyPair bidder) {
        var nonce = new byte[32];
        RANDOM.nextBytes(nonce);
        return new Bid(bidder.peerId(), Trader.FLOOR, 1, Bytes.wrap(nonce));
    }

    @Test
    void statementsOfOthersAreNotTaken() throws IOException {
        var other = KeyPair.generate(RANDOM);
        var offer = seller.sell(1, false);
        isRefused(
                new ExchangeRequest.Wanted(Form.REQUEST.seal(request(other, now()), other)),
                Refusal.NOT_YOURS);
        var window = window().statement().window();
        var commit = new Commit(other.peerId(), window, bid(other).commit(window), 0);
        isRefused(
                new ExchangeRequest.Committed(Form.COMMIT.seal(commit, other)), Refusal.NOT_YOURS);
        assertThat(seller.left(offer)).isEqualTo(1);
    }

    @Test
    void aRequestThatIsOverOpensNothing() throws IOException {
        var _ = seller.sell(1, false);
        var old = Form.REQUEST.seal(request(keys, now().minusSeconds(120)), keys);
        assertThat(ask(new ExchangeRequest.Wanted(old)))
                .isEqualTo(new ExchangeResponse.Windows(List.of()));
    }

    @Test
    void whatNobodyKnowsIsRefused() throws IOException {
        var nothing = Bytes.wrap(new byte[32]);
        var commit = new Commit(keys.peerId(), nothing, nothing, 0);
        isRefused(new ExchangeRequest.OfferAsked(nothing), Refusal.UNKNOWN_OFFER);
        isRefused(
                new ExchangeRequest.Committed(Form.COMMIT.seal(commit, keys)),
                Refusal.UNKNOWN_WINDOW);
        isRefused(new ExchangeRequest.ProofAsked(nothing), Refusal.UNKNOWN_WINDOW);
        isRefused(new ExchangeRequest.ResultAsked(nothing), Refusal.UNKNOWN_WINDOW);
        isRefused(
                new ExchangeRequest.Claimed(nothing, Bytes.hex("01"), Bytes.hex("02")),
                Refusal.NOT_WON);
    }

    @Test
    void bytesOfNoMessageAreRefusedAndTooManyCutOff() throws IOException {
        try (var stream = connection.open(List.of(ExchangeServer.PROTOCOL), LIMIT)) {
            stream.deadline(LIMIT);
            Frames.write(stream, new byte[] {1, 2, 3});
            var response =
                    ExchangeCodec.decodeResponse(
                            Bytes.wrap(Frames.read(stream, 1_000)), Signatures.REAL);
            assertThat(((ExchangeResponse.Refused) response).why()).isEqualTo(Refusal.MALFORMED);
        }
        try (var stream = connection.open(List.of(ExchangeServer.PROTOCOL), LIMIT)) {
            stream.deadline(LIMIT);
            Frames.write(stream, new byte[ExchangeRequest.BYTES_MAX + 1]);
            assertThatThrownBy(() -> Frames.read(stream, 1_000)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aFloodIsRefusedAndOthersAreServed() throws IOException {
        var asked = new ExchangeRequest.OffersAsked(Trader.BTC, Trader.TFT);
        int refused = 0;
        for (int request = 0; request < 300; request++) {
            refused += ask(asked) instanceof ExchangeResponse.Refused ? 1 : 0;
        }
        assertThat(refused).isPositive();
        try (var calm = TcpHost.start(HostConfig.defaults(KeyPair.generate(RANDOM)))) {
            var other = calm.connect(seller.peer(), seller.host().listenAddresses(), LIMIT);
            assertThat(ExchangeClient.ask(other, asked))
                    .isInstanceOf(ExchangeResponse.Offers.class);
        }
    }

    @Test
    void aBidderThatShowsNothingWinsNothingAndKeepsNobodyFromBuying() throws IOException {
        var offer = seller.sell(1, false);
        var honest =
                Trader.start(
                        KeyPair.generate(RANDOM),
                        Files.createDirectories(directory.resolve("honest")));
        try (honest) {
            honest.connect(seller);
            var window = window().statement().window();
            var commit = new Commit(keys.peerId(), window, bid(keys).commit(window), 0);
            var committed = new ExchangeRequest.Committed(Form.COMMIT.seal(commit, keys));
            assertThat(ask(committed)).isInstanceOf(ExchangeResponse.Receipted.class);
            var purchase = honest.buy(1, 4_000);
            Eventually.holds(
                    Duration.ofSeconds(40),
                    "the honest one's contract",
                    () ->
                            honest.attempts(purchase).stream()
                                    .anyMatch(bid -> bid.state() == State.CONTRACTED));
            assertThat(seller.left(offer)).isZero();
            isRefused(
                    new ExchangeRequest.Claimed(window, Bytes.hex("01"), Bytes.hex("02")),
                    Refusal.NOT_WON);
        }
    }
}

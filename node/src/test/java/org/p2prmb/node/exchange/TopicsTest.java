package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.Verdict;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.exchange.Surroundings.Opinion;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.statements.Canonical;

import java.io.IOException;
import java.time.Instant;

/// What passes in a topic that many identities flood.
final class TopicsTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final Pair PAIR = Pair.of(Trader.BTC, Trader.TFT);
    private static final KeyPair OLD = keys("old");

    private TcpHost host;
    private GossipSub gossip;
    private Topics topics;
    private Instant time = NOW;

    private static KeyPair keys(String name) {
        return KeyPair.ed25519(Canonical.domain("test/keys").text(name).sha256());
    }

    @BeforeEach
    void open() throws IOException {
        host = TcpHost.start(HostConfig.defaults(keys("self")));
        gossip = GossipSub.start(host, GossipConfig.defaults());
        topics =
                new Topics(
                        gossip,
                        () -> NOW,
                        () -> time,
                        peer -> new Opinion(0.4, 100_000, !peer.equals(OLD.peerId())),
                        _ -> {});
    }

    @AfterEach
    void close() {
        topics.close();
        gossip.close();
        host.close();
    }

    private Verdict judge(KeyPair author, News news) {
        var message =
                new GossipMessage(
                        Bytes.EMPTY, author.peerId(), 1, PAIR.topic(), news.encoded(), Bytes.EMPTY);
        return topics.judge(PAIR, message);
    }

    private Verdict wants(KeyPair buyer) {
        var request =
                new BuyRequest(buyer.peerId(), Trader.BTC, Trader.TFT, 1, NOW, NOW.plusSeconds(60));
        return judge(buyer, new News.Wanted(Form.REQUEST.seal(request, buyer)));
    }

    @Test
    void aFloodOfNewIdentitiesIsCutOffAndWhoHasAHistoryIsHeard() {
        for (int number = 0; number < NewsLimits.NEWCOMERS_BURST; number++) {
            assertThat(wants(keys("new " + number))).isEqualTo(Verdict.ACCEPT);
        }
        assertThat(wants(keys("one more"))).isEqualTo(Verdict.IGNORE);
        assertThat(wants(OLD)).isEqualTo(Verdict.ACCEPT);
        time = time.plusSeconds(1);
        for (int number = 0; number < NewsLimits.NEWCOMERS_PER_SECOND; number++) {
            assertThat(wants(keys("later " + number))).isEqualTo(Verdict.ACCEPT);
        }
        assertThat(wants(keys("one more"))).isEqualTo(Verdict.IGNORE);
    }

    @Test
    void oneIdentityIsCutOffEvenWithAHistory() {
        for (int number = 0; number < NewsLimits.AUTHOR_BURST; number++) {
            assertThat(wants(OLD)).isEqualTo(Verdict.ACCEPT);
        }
        assertThat(wants(OLD)).isEqualTo(Verdict.IGNORE);
        assertThat(wants(keys("new"))).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void windowsOfNewIdentitiesTakeNoPlaceOfOthers() {
        for (int number = 0; number < HeardWindows.MAX; number++) {
            time = time.plusSeconds(1); // There is more than one limit.
            assertThat(opens("new " + number)).isEqualTo(Verdict.ACCEPT);
        }
        assertThat(opens("one more")).isEqualTo(Verdict.IGNORE);
        assertThat(opens("old")).isEqualTo(Verdict.ACCEPT);
    }

    private Verdict opens(String seller) {
        var window = HeardWindowsTest.window(seller, 0, NOW);
        return judge(keys(seller), new News.Opened(Form.OPEN.seal(window, keys(seller))));
    }
}

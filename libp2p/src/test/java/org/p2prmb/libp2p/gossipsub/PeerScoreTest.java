package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.p2prmb.libp2p.gossipsub.RouterRig.START;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

final class PeerScoreTest {
    private static final ScoreConfig CONFIG = ScoreConfig.defaults();
    private static final Offset<Double> EXACT = within(1e-9);
    private static final Bytes ADDRESS = Bytes.utf8("192.0.2.1");

    private final PeerScore scores = new PeerScore(CONFIG);

    PeerScoreTest() {
        scores.connected(peer(1), Bytes.EMPTY);
    }

    private void seconds(int from, int to) {
        for (var second = from + 1; second <= to; second++) {
            scores.refresh(START.plusSeconds(second));
        }
    }

    @Test
    void aStrangerHasNoScore() {
        assertThat(scores.of(peer(9))).isZero();
        scores.invalid(peer(9), TOPIC);
        assertThat(scores.of(peer(9))).isZero();
        assertThat(scores.size()).isEqualTo(1);
    }

    @Test
    void timeInTheMeshIsRewardedUpToItsCap() {
        scores.grafted(START, peer(1), TOPIC);
        seconds(0, 100);
        assertThat(scores.of(peer(1))).isEqualTo(1.0, EXACT);
        seconds(100, 500);
        assertThat(scores.of(peer(1))).isEqualTo(3.0, EXACT);
        scores.pruned(peer(1), TOPIC);
        assertThat(scores.of(peer(1))).isZero();
    }

    @Test
    void firstDeliveriesAreRewardedUpToTheirCapAndDecay() {
        for (var message = 0; message < 20; message++) {
            scores.firstDelivery(peer(1), TOPIC);
        }
        assertThat(scores.of(peer(1))).isEqualTo(5.0, EXACT);
        seconds(0, 1);
        assertThat(scores.of(peer(1))).isEqualTo(4.5, EXACT);
        seconds(1, 100);
        assertThat(scores.of(peer(1))).isZero();
    }

    @Test
    void aQuietTopicPunishesNobody() {
        scores.grafted(START, peer(1), TOPIC);
        seconds(0, 3_600);
        assertThat(scores.of(peer(1))).isPositive();
    }

    @Test
    void aBusyTopicPunishesWhoDeliversLessThanOthersAndTheDebtStaysAfterThePrune() {
        var topic = CONFIG.topic().withDeliveries(-0.25, -0.25, 2);
        var judged = new PeerScore(CONFIG.withTopic(topic));
        judged.connected(peer(1), Bytes.EMPTY);
        judged.grafted(START, peer(1), TOPIC);
        for (var second = 1; second <= 300; second++) {
            judged.expected(TOPIC);
            judged.refresh(START.plusSeconds(second));
        }
        assertThat(judged.of(peer(1))).as("not yet judged").isEqualTo(3, EXACT);
        judged.expected(TOPIC);
        judged.refresh(START.plusSeconds(301));
        assertThat(judged.of(peer(1))).as("a deficit of 2").isEqualTo(3 - 1, EXACT);
        judged.delivery(peer(1), TOPIC);
        assertThat(judged.of(peer(1))).as("a deficit of 1").isEqualTo(3 - 0.25, EXACT);
        judged.pruned(peer(1), TOPIC);
        assertThat(judged.of(peer(1))).isEqualTo(-0.25, EXACT);
        for (var second = 302; second < 360; second++) {
            judged.refresh(START.plusSeconds(second));
        }
        assertThat(judged.of(peer(1))).as("within the backoff").isZero();
    }

    @Test
    void whereLittleComesLittleIsExpected() {
        var judged = new PeerScore(CONFIG);
        judged.connected(peer(1), Bytes.EMPTY);
        judged.grafted(START, peer(1), TOPIC);
        judged.refresh(START.plusSeconds(301));
        judged.expected(TOPIC);
        assertThat(judged.of(peer(1))).as("one message").isEqualTo(3 - 0.25, EXACT);
        for (var second = 302; second < 600; second++) {
            judged.refresh(START.plusSeconds(second));
        }
        assertThat(judged.of(peer(1))).as("and then silence").isEqualTo(3, EXACT);
    }

    /// In as many topics as it likes, in the mesh, after it and when it has gone.
    @Test
    void silenceAloneNeverEndsBelowZero() {
        var topics = IntStream.range(0, 12).mapToObj(number -> TOPIC + number).toList();
        topics.forEach(topic -> scores.grafted(START, peer(1), topic));
        for (var second = 1; second <= 400; second++) {
            topics.forEach(scores::expected);
            scores.refresh(START.plusSeconds(second));
            assertThat(scores.of(peer(1))).isNotNegative();
        }
        scores.pruned(peer(1), topics.getFirst());
        assertThat(scores.of(peer(1))).as("out of one mesh").isNotNegative();
        scores.disconnected(START.plusSeconds(400), peer(1));
        assertThat(scores.size()).as("nothing is held against it").isZero();
    }

    @Test
    void addressesOfOneSiteCountAsOneAndThisMachineDoesNot() throws Exception {
        var groups = CONFIG.colocationGroups();
        assertThat(groups.of(InetAddress.getByName("2001:db8:1:ff00::1")))
                .isEqualTo(groups.of(InetAddress.getByName("2001:db8:1:ffab:9::2")))
                .isNotEqualTo(groups.of(InetAddress.getByName("2001:db8:1:fe00::1")));
        assertThat(groups.of(InetAddress.getByName("192.0.2.1")))
                .isEqualTo(Bytes.hex("c0000201"))
                .isNotEqualTo(groups.of(InetAddress.getByName("192.0.2.2")));
        assertThat(groups.of(InetAddress.getByName("::ffff:192.0.2.1")))
                .isEqualTo(Bytes.hex("c0000201"));
        for (var local : List.of("127.0.0.1", "127.9.8.7", "::1")) {
            assertThat(groups.of(InetAddress.getByName(local))).isEqualTo(Bytes.EMPTY);
        }
        var office = new IpGroups.Network(InetAddress.getByName("192.0.2.0"), 24);
        var exempt = new IpGroups(56, List.of(office));
        assertThat(exempt.of(InetAddress.getByName("192.0.2.77"))).isEqualTo(Bytes.EMPTY);
        assertThat(exempt.of(InetAddress.getByName("192.0.3.1"))).isNotEqualTo(Bytes.EMPTY);
    }

    @Test
    void invalidMessagesAreSquared() {
        scores.invalid(peer(1), TOPIC);
        assertThat(scores.of(peer(1))).isEqualTo(-10, EXACT);
        scores.invalid(peer(1), TOPIC);
        scores.invalid(peer(1), TOPIC);
        assertThat(scores.of(peer(1))).isEqualTo(-90, EXACT);
    }

    /// However many topics it earns its merits in.
    @Test
    void noMeritMakesUpForThreeInvalidMessages() {
        var topics = IntStream.range(0, 8).mapToObj(number -> TOPIC + number).toList();
        topics.forEach(topic -> scores.grafted(START, peer(1), topic));
        seconds(0, 600);
        for (var message = 0; message < 100; message++) {
            topics.forEach(topic -> scores.firstDelivery(peer(1), topic));
        }
        assertThat(scores.of(peer(1))).as("all that can be earned").isEqualTo(8, EXACT);
        for (var message = 0; message < 3; message++) {
            scores.invalid(peer(1), topics.getFirst());
        }
        assertThat(scores.of(peer(1))).isLessThan(CONFIG.thresholds().graylist());
    }

    @Test
    void theApplicationsRatingCounts() {
        scores.rated(peer(1), 12.5);
        assertThat(scores.of(peer(1))).isEqualTo(12.5, EXACT);
    }

    @Test
    void theLastRatingsAreRememberedOfWhoIsNotConnectedToo() {
        for (var number = 10; number <= 10 + CONFIG.retainedMax(); number++) {
            scores.rated(peer(number), 1);
        }
        scores.rated(peer(11), 0);
        IntStream.range(10, 13).forEach(number -> scores.connected(peer(number), Bytes.EMPTY));
        assertThat(scores.of(peer(10))).as("forgotten").isZero();
        assertThat(scores.of(peer(11))).as("taken back").isZero();
        assertThat(scores.of(peer(12))).isEqualTo(1, EXACT);
    }

    @Test
    void tooManyPeersAtOneAddressCostAllOfThem() {
        for (var number = 10; number < 20; number++) {
            scores.connected(peer(number), ADDRESS);
        }
        assertThat(scores.of(peer(10))).isZero();
        scores.connected(peer(20), ADDRESS);
        scores.connected(peer(21), ADDRESS);
        assertThat(scores.of(peer(10))).isEqualTo(-20, EXACT);
        assertThat(scores.of(peer(1))).isZero();
    }

    @Test
    void oneBrokenRuleIsFreeMoreAreSquared() {
        scores.misbehaved(peer(1), 1);
        assertThat(scores.of(peer(1))).isZero();
        scores.misbehaved(peer(1), 3);
        assertThat(scores.of(peer(1))).isEqualTo(-90, EXACT);
        seconds(0, 60);
        assertThat(scores.of(peer(1))).isZero();
    }

    @Test
    void comingBackIsNoPardonForAnHour() {
        scores.invalid(peer(1), TOPIC);
        scores.disconnected(START, peer(1));
        seconds(0, 600);
        scores.connected(peer(1), Bytes.EMPTY);
        assertThat(scores.of(peer(1))).isEqualTo(-10, EXACT);
        scores.disconnected(START, peer(1));
        scores.refresh(START.plus(Duration.ofHours(1)));
        assertThat(scores.size()).isZero();
    }

    @Test
    void meritsAreForgottenWhenAPeerLeaves() {
        scores.firstDelivery(peer(1), TOPIC);
        scores.disconnected(START, peer(1));
        assertThat(scores.size()).isZero();
    }

    @Test
    void strangersThatComeAndGoPushNoBadScoreOut() {
        scores.invalid(peer(1), TOPIC);
        scores.disconnected(START, peer(1));
        for (var number = 10; number < 10 + 2 * CONFIG.retainedMax(); number++) {
            scores.connected(peer(number), Bytes.EMPTY);
            scores.disconnected(START, peer(number));
        }
        assertThat(scores.of(peer(1))).isEqualTo(-10, EXACT);
        assertThat(scores.size()).isEqualTo(1);
    }

    @Test
    void whoLeftFirstIsForgottenFirst() {
        for (var number = 10; number < 10 + CONFIG.retainedMax(); number++) {
            scores.connected(peer(number), Bytes.EMPTY);
            scores.invalid(peer(number), TOPIC);
            scores.disconnected(START, peer(number));
        }
        scores.invalid(peer(1), TOPIC); // It was there before all of them.
        scores.disconnected(START, peer(1));
        assertThat(scores.of(peer(1))).isEqualTo(-10, EXACT);
        assertThat(scores.of(peer(10))).isZero();
        assertThat(scores.of(peer(11))).isEqualTo(-10, EXACT);
    }

    @Test
    void theScoresOfPeersThatLeftAreBoundedAndTheirAddressesFreed() {
        for (var number = 10; number < 3_000; number++) {
            scores.connected(peer(number), ADDRESS);
            scores.invalid(peer(number), TOPIC);
            scores.disconnected(START, peer(number));
        }
        assertThat(scores.size()).isEqualTo(CONFIG.retainedMax() + 1);
        scores.refresh(START.plus(Duration.ofHours(2)));
        assertThat(scores.size()).isEqualTo(1);
        scores.connected(peer(5), ADDRESS);
        assertThat(scores.of(peer(5))).isZero();
    }
}

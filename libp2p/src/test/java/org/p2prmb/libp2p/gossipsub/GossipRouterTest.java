package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.forwarded;
import static org.p2prmb.libp2p.gossipsub.RouterRig.grafted;
import static org.p2prmb.libp2p.gossipsub.RouterRig.message;
import static org.p2prmb.libp2p.gossipsub.RouterRig.of;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Subscriptions, validation and forwarding.
final class GossipRouterTest {
    @Test
    void aNewPeerHearsOfAllOurTopics() {
        var rig = new RouterRig();
        rig.on(new Event.Joined("a"));
        rig.on(new Event.Joined("b"));
        assertThat(rig.on(new Event.Connected(peer(1), true, Bytes.EMPTY)))
                .containsExactly(
                        new Action.Send(
                                peer(1),
                                Rpc.of(
                                        List.of(
                                                new SubscriptionChange(true, "a"),
                                                new SubscriptionChange(true, "b")))));
    }

    @Test
    void everyPeerHearsThatWeJoinAndLeave() {
        var rig = new RouterRig();
        rig.connect(1, true);
        var change = List.of(new SubscriptionChange(true, TOPIC));
        assertThat(rig.on(new Event.Joined(TOPIC)))
                .containsExactly(new Action.Send(peer(1), Rpc.of(change)));
        var back = List.of(new SubscriptionChange(false, TOPIC));
        assertThat(rig.on(new Event.Left(TOPIC)))
                .containsExactly(new Action.Send(peer(1), Rpc.of(back)));
    }

    @Test
    void aMessageIsForwardedOnlyAfterItsValidation() {
        var rig = RouterRig.with(5);
        rig.heartbeat();
        assertThat(rig.receive(0, message(1)))
                .containsExactly(new Action.Validate(peer(0), message(1)));
        var actions = rig.verdict(message(1), Verdict.ACCEPT);
        assertThat(of(actions, Action.Deliver.class)).hasSize(1);
        assertThat(forwarded(actions))
                .containsExactlyInAnyOrder(peer(1), peer(2), peer(3), peer(4));
    }

    @Test
    void whoSentItMeanwhileDoesNotGetItBack() {
        var rig = RouterRig.with(5);
        rig.heartbeat();
        rig.receive(0, message(1));
        assertThat(rig.receive(3, message(1))).isEmpty();
        assertThat(forwarded(rig.verdict(message(1), Verdict.ACCEPT)))
                .containsExactlyInAnyOrder(peer(1), peer(2), peer(4));
    }

    @Test
    void aDuplicateIsNotValidatedAgain() {
        var rig = RouterRig.with(5);
        rig.receive(0, message(1));
        rig.verdict(message(1), Verdict.ACCEPT);
        assertThat(rig.receive(1, message(1))).isEmpty();
        assertThat(rig.verdict(message(1), Verdict.ACCEPT)).isEmpty();
    }

    @Test
    void aRejectedMessageCostsEveryoneWhoSendsIt() {
        var rig = RouterRig.with(5);
        rig.receive(0, message(1));
        rig.receive(1, message(1));
        assertThat(rig.verdict(message(1), Verdict.REJECT)).isEmpty();
        rig.receive(2, message(1));
        assertThat(List.of(rig.score(0), rig.score(1), rig.score(2)))
                .allMatch(score -> score <= -10);
        assertThat(rig.score(3)).isZero();
    }

    @Test
    void aForgedCopyIsItsSendersFaultAndDoesNotSuppressTheTrueMessage() {
        var rig = RouterRig.with(5);
        rig.heartbeat();
        var forged =
                new GossipMessage(
                        message(1).id(),
                        message(1).from(),
                        1,
                        TOPIC,
                        message(1).data(),
                        Bytes.utf8("not signed by its author"));
        rig.receive(0, forged);
        rig.receive(1, message(1));
        rig.receive(2, forged);
        rig.receive(3, message(1));
        assertThat(rig.on(new Event.Forged(forged.id())))
                .containsExactly(new Action.Validate(peer(1), message(1)));
        assertThat(List.of(rig.score(0), rig.score(2))).allMatch(score -> score < -9);
        assertThat(List.of(rig.score(1), rig.score(3))).allMatch(score -> score >= 0);
        assertThat(forwarded(rig.verdict(message(1), Verdict.ACCEPT))).contains(peer(4));
        assertThat(rig.router.sizes().validations()).isZero();
    }

    @Test
    void aForgedMessageAloneIsForgottenSoThatTheTrueOneIsStillTaken() {
        var rig = RouterRig.with(2);
        rig.receive(0, message(1));
        assertThat(rig.on(new Event.Forged(message(1).id()))).isEmpty();
        assertThat(rig.receive(1, message(1))).hasSize(1);
    }

    @Test
    void oneIdInTwoTopicsIsNotTheForwardersFault() {
        var rig = RouterRig.with(2);
        rig.on(new Event.Joined("second"));
        rig.receive(0, message(1));
        rig.verdict(message(1), Verdict.REJECT);
        rig.receive(1, message(1, "second", 100));
        assertThat(rig.score(1)).isZero();
    }

    /// rust-libp2p starts at a random number, and older ones number at random.
    @Test
    @DisplayName("rust-libp2p#3453: sequence numbers at random")
    void sequenceNumbersNeedNotAscend() {
        var rig = RouterRig.with(2);
        for (var number : List.of(7, 3, 9, 1)) {
            rig.receive(0, message(number));
            var actions = rig.verdict(message(number), Verdict.ACCEPT);
            assertThat(of(actions, Action.Deliver.class)).hasSize(1);
        }
        assertThat(rig.score(0)).isNotNegative();
    }

    @Test
    void anIgnoredMessageCostsNobody() {
        var rig = RouterRig.with(2);
        rig.receive(0, message(1));
        assertThat(rig.verdict(message(1), Verdict.IGNORE)).isEmpty();
        rig.receive(1, message(1));
        assertThat(rig.score(0)).isZero();
        assertThat(rig.score(1)).isZero();
    }

    @Test
    void aPostponedMessageIsTakenFromTheNextSender() {
        var rig = RouterRig.with(2);
        rig.receive(0, message(1));
        rig.on(new Event.Postponed(message(1).id()));
        assertThat(rig.receive(1, message(1)))
                .containsExactly(new Action.Validate(peer(1), message(1)));
    }

    @Test
    void aMessageThatCannotBeValidIsPunishedInOurTopicsOnly() {
        var rig = RouterRig.with(2);
        var invalid = List.of("elsewhere");
        rig.receive(0, new Rpc(List.of(), List.of(), invalid, Rpc.Control.NONE));
        assertThat(rig.score(0)).isZero();
        rig.receive(0, new Rpc(List.of(), List.of(), List.of(TOPIC), Rpc.Control.NONE));
        assertThat(rig.score(0)).isEqualTo(-10);
    }

    @Test
    void aVerdictThatNeverComesIsIgnore() {
        var rig = RouterRig.with(2);
        rig.receive(0, message(1));
        rig.pass(Duration.ofSeconds(7));
        assertThat(rig.router.sizes().validations()).isZero();
        assertThat(rig.verdict(message(1), Verdict.ACCEPT)).isEmpty();
        assertThat(rig.score(0)).isNotNegative();
    }

    @Test
    void messagesOfForeignTopicsAndOurOwnEchoesAreDropped() {
        var rig = RouterRig.with(2);
        assertThat(rig.receive(0, message(1, "elsewhere", 10))).isEmpty();
        var data = Bytes.utf8("echo");
        var echo = new GossipMessage(RouterRig.id(2), RouterRig.SELF, 1, TOPIC, data, data);
        assertThat(rig.receive(0, echo)).isEmpty();
        assertThat(rig.router.sizes().seen()).isZero();
    }

    @Test
    void ourOwnMessageFloodsToAllSubscribersAboveThePublishThreshold() {
        var rig = RouterRig.with(20);
        rig.heartbeat();
        rig.on(new Event.Rated(peer(7), -60));
        assertThat(forwarded(rig.on(new Event.Published(message(1)))))
                .hasSize(19)
                .doesNotContain(peer(7));
    }

    @Test
    void withoutFloodPublishingOurOwnMessageGoesToTheMesh() {
        var rig = RouterRig.with(20, GossipConfig.defaults().withFloodPublish(false));
        rig.heartbeat();
        assertThat(forwarded(rig.on(new Event.Published(message(1)))))
                .hasSize(5)
                .containsExactlyInAnyOrderElementsOf(rig.router.mesh().of(TOPIC));
    }

    @Test
    void aTopicThatWeOnlyPublishToKeepsItsFanoutAndJoiningGraftsIt() {
        var rig = new RouterRig(GossipConfig.defaults().withFloodPublish(false));
        for (var number = 0; number < 20; number++) {
            rig.connect(number, false);
            rig.subscribe(number, TOPIC);
        }
        var first = forwarded(rig.on(new Event.Published(message(1))));
        assertThat(first).hasSize(6);
        rig.heartbeat();
        assertThat(forwarded(rig.on(new Event.Published(message(2)))))
                .containsExactlyInAnyOrderElementsOf(first);
        assertThat(grafted(rig.on(new Event.Joined(TOPIC))))
                .containsExactlyInAnyOrderElementsOf(first);
    }

    @Test
    void aPeerBelowTheGraylistIsNotHeardAtAll() {
        var rig = RouterRig.with(1);
        rig.on(new Event.Rated(peer(0), -100));
        assertThat(rig.receive(0, message(1))).isEmpty();
        rig.subscribe(0, "other");
        assertThat(rig.router.peers().in("other")).isEmpty();
    }

    @Test
    void aDirectPeerIsHeardAndGetsEverythingWhateverItsScore() {
        var direct = GossipConfig.defaults().withDirectPeers(Map.of(peer(0), List.of()));
        var rig = RouterRig.with(2, direct);
        rig.on(new Event.Rated(peer(0), -100));
        rig.receive(1, message(1));
        assertThat(forwarded(rig.verdict(message(1), Verdict.ACCEPT))).contains(peer(0));
        assertThat(rig.receive(0, message(2))).hasSize(1);
    }

    @Test
    void subscriptionsOfOnePeerAreBoundedAndLeaveNothingBehind() {
        var rig = new RouterRig();
        for (var round = 0; round < 100; round++) {
            rig.connect(0, false);
            for (var topic = 0; topic < 1_000; topic++) {
                rig.subscribe(0, "t%d-%d".formatted(round, topic));
            }
            assertThat(rig.router.sizes().topics())
                    .isEqualTo(rig.config.limits().topicsPerPeerMax());
            rig.on(new Event.Disconnected(peer(0)));
        }
        assertThat(rig.router.sizes().topics()).isZero();
        assertThat(rig.router.sizes().peers()).isZero();
    }

    @Test
    void onlyTopicsOnTheListAreRemembered() {
        var rig = new RouterRig(GossipConfig.defaults().withTopics(TOPIC::equals));
        rig.connect(0, false);
        rig.subscribe(0, TOPIC);
        rig.subscribe(0, "other");
        rig.subscribe(0, "x".repeat(1_000));
        assertThat(rig.router.sizes().topics()).isEqualTo(1);
    }

    @Test
    void anUnsubscribedPeerLeavesTheMesh() {
        var rig = RouterRig.with(3);
        rig.heartbeat();
        assertThat(rig.inMesh(0)).isTrue();
        rig.receive(0, Rpc.of(List.of(new SubscriptionChange(false, TOPIC))));
        assertThat(rig.inMesh(0)).isFalse();
        rig.on(new Event.Disconnected(peer(1)));
        assertThat(rig.inMesh(1)).isFalse();
    }

    @Test
    void afterAReopenedStreamThePeerIsToldTopicsAndMeshAgain() {
        var rig = RouterRig.with(1);
        rig.heartbeat();
        var expected =
                new Rpc(
                        List.of(new SubscriptionChange(true, TOPIC)),
                        List.of(),
                        List.of(),
                        Rpc.Control.ofGraft(List.of(TOPIC)));
        assertThat(rig.on(new Event.Reopened(peer(0))))
                .containsExactly(new Action.Send(peer(0), expected));
    }

    @Test
    void afterAReopenedStreamThePeerIsToldWhatWeLeftAndWhichMeshItIsOutOf() {
        var rig = RouterRig.with(1);
        rig.on(new Event.Joined("left"));
        rig.on(new Event.Left("left"));
        rig.on(new Event.Joined("back"));
        rig.on(new Event.Left("back"));
        rig.on(new Event.Joined("back"));
        rig.on(new Event.Rated(peer(0), -1));
        assertThat(RouterRig.pruned(rig.heartbeat())).containsExactly(peer(0));
        var prune = new Rpc.Prune(TOPIC, List.of(), 60);
        var expected =
                new Rpc(
                        List.of(
                                new SubscriptionChange(false, "left"),
                                new SubscriptionChange(true, TOPIC),
                                new SubscriptionChange(true, "back")),
                        List.of(),
                        List.of(),
                        Rpc.Control.ofPrune(List.of(prune)));
        assertThat(rig.on(new Event.Reopened(peer(0))))
                .containsExactly(new Action.Send(peer(0), expected));
    }

    /// The peer counts our PRUNE from when it hears it, and punishes whoever grafts before.
    @Test
    void whoIsToldOfABackoffAgainIsNotGraftedBeforeThatIsOver() {
        var rig = RouterRig.with(1);
        rig.heartbeat();
        rig.on(new Event.Rated(peer(0), -1));
        assertThat(RouterRig.pruned(rig.heartbeat())).containsExactly(peer(0));
        rig.on(new Event.Rated(peer(0), 0));
        rig.pass(Duration.ofSeconds(50));
        assertThat(RouterRig.pruned(rig.on(new Event.Reopened(peer(0))))).containsExactly(peer(0));
        assertThat(RouterRig.grafted(rig.pass(Duration.ofSeconds(60)))).isEmpty();
        assertThat(RouterRig.grafted(rig.pass(Duration.ofSeconds(10)))).contains(peer(0));
    }

    @Test
    void aStrangersRpcIsIgnored() {
        var rig = RouterRig.with(1);
        assertThat(rig.receive(99, message(1))).isEmpty();
        assertThat(rig.graft(99, TOPIC)).isEmpty();
    }

    @Test
    void whenTooManyMessagesWaitForTheirVerdictMoreAreDroppedUnseen() {
        var rig = RouterRig.with(1);
        var room = rig.config.limits().validationsMax();
        for (var number = 0; number < room + 10; number++) {
            rig.receive(0, message(number));
        }
        assertThat(rig.router.sizes().validations()).isEqualTo(room);
        assertThat(rig.router.sizes().seen()).isEqualTo(room);
        rig.verdict(message(0), Verdict.ACCEPT);
        assertThat(rig.receive(0, message(room + 1))).hasSize(1);
    }

    @Test
    void askedForATopicItAnswersWhoIsThereAndWhoIsInTheMesh() {
        var rig = RouterRig.with(8);
        rig.heartbeat();
        var answer = of(rig.on(new Event.Asked(7, TOPIC)), Action.Answer.class).getFirst();
        assertThat(answer.question()).isEqualTo(7);
        assertThat(answer.peers()).hasSize(8);
        assertThat(answer.mesh()).hasSize(5);
    }

    /// P3: the deficit of one message costs a quarter.
    @Test
    void aDuplicateWithinTheWindowIsADeliveryAndOnlyOnce() {
        var weights = ScoreConfig.defaults().topic(TOPIC);
        var rig = RouterRig.with(5);
        rig.pass(weights.deliveryActivation().plusSeconds(2));
        var whole = rig.score(1);
        rig.receive(0, message(1));
        rig.verdict(message(1), Verdict.ACCEPT);
        assertThat(rig.score(1)).as("it owes one").isEqualTo(whole - 0.25);
        rig.receive(1, message(1));
        assertThat(rig.score(1)).as("it has delivered it, too").isEqualTo(whole);

        rig.receive(0, message(2));
        rig.verdict(message(2), Verdict.ACCEPT);
        rig.receive(1, message(1));
        assertThat(rig.score(1)).as("the same once more").isEqualTo(whole - 0.25);
        rig.now = rig.now.plus(weights.deliveryWindow()).plusMillis(1);
        rig.receive(1, message(2));
        assertThat(rig.score(1)).as("too late").isEqualTo(whole - 0.25);
    }
}

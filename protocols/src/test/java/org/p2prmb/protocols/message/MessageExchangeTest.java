package org.p2prmb.protocols.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.contacts.MemoryOwnerBook;
import org.p2prmb.protocols.statements.Delegation;
import org.p2prmb.protocols.statements.SignedDelegation;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

final class MessageExchangeTest {
    private static final KeyPair ASKER = Agents.keys(1);
    private static final KeyPair AGENT = Agents.keys(2);
    private static final KeyPair OWNER = Agents.keys(3);
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final Duration SOON = Duration.ofSeconds(5);

    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger runs = new AtomicInteger();
    private final Handlers handlers =
            new Handlers()
                    .register("echo", AccessRule.ANYONE, this::echo)
                    .register("agent.stop", AccessRule.OWNER, this::echo)
                    .register(
                            "club",
                            new AccessRule.Keys(Set.of(Agents.keys(4).publicKey())),
                            this::echo);
    private final SealingKey sealingKey = SealingKey.generate(random);
    private final MemoryOwnerBook owners = new MemoryOwnerBook();
    private MemoryUidLog uids = new MemoryUidLog(100);

    private Answer echo(Call call) {
        runs.incrementAndGet();
        return new Answer.Result(call.schema(), call.payload());
    }

    private MessageServer server(MessageSettings settings) {
        return new MessageServer(
                AGENT,
                () -> List.of(SealingKey.generate(random), sealingKey),
                new Access(Set.of(OWNER.publicKey()), owners),
                handlers,
                uids,
                CLOCK,
                settings);
    }

    private Outcome ask(KeyPair asker, Request request) {
        return ask(asker, CLOCK, request);
    }

    private Outcome ask(KeyPair asker, InstantSource clock, Request request) {
        try (var pair = new ConnectionPair(asker, AGENT)) {
            pair.rightServes(MessageServer.PROTOCOL, server(MessageSettings.defaults()));
            return new MessageClient(asker, clock).call(pair.left(), request);
        }
    }

    private Request request(String command) {
        return Request.to(AGENT.peerId(), command, Bytes.utf8("{\"a\":1}"), random)
                .expiringAfter(SOON);
    }

    private static Outcome refused(ErrorCode code, Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) outcome).code()).isEqualTo(code.number());
        return outcome;
    }

    private static final Outcome ECHOED =
            new Outcome.Answered(RmbMessage.JSON, Bytes.utf8("{\"a\":1}"));

    @Test
    void theAnswerReachesTheAsker() {
        assertThat(ask(ASKER, request("echo"))).isEqualTo(ECHOED);
    }

    @Test
    void aSealedRequestGetsASealedAnswer() {
        var request = request("echo").sealedFor(sealingKey.publicKey());
        assertThat(ask(ASKER, request)).isEqualTo(ECHOED);
        assertThat(ask(ASKER, request)).as("repeated").isEqualTo(ECHOED);
        assertThat(runs).hasValue(1);
    }

    @Test
    void aSealForAnotherKeyIsRefused() {
        var request = request("echo").sealedFor(SealingKey.generate(random).publicKey());
        refused(ErrorCode.SEAL_UNREADABLE, ask(ASKER, request));
        assertThat(runs).hasValue(0);
    }

    @Test
    void aPayloadOfAlmostAMebibyteTravels() {
        var payload = Bytes.wrap(new byte[RmbMessage.PAYLOAD_BYTES_MAX]);
        var request =
                Request.to(AGENT.peerId(), "echo", payload, random)
                        .ofSchema("application/octet-stream")
                        .sealedFor(sealingKey.publicKey());
        assertThat(ask(ASKER, request))
                .isEqualTo(new Outcome.Answered("application/octet-stream", payload));
    }

    @Test
    void aRepeatedRequestRunsOnceAndGetsTheFirstAnswer() {
        var request = request("echo");
        assertThat(ask(ASKER, request)).isEqualTo(ECHOED);
        assertThat(ask(ASKER, request)).isEqualTo(ECHOED);
        uids = uids.restarted();
        assertThat(ask(ASKER, request)).isEqualTo(ECHOED);
        assertThat(runs).hasValue(1);
    }

    @Test
    void theSameUidFromAnotherSourceIsAnotherRequest() {
        var request = request("echo");
        assertThat(ask(ASKER, request)).isEqualTo(ECHOED);
        assertThat(ask(Agents.keys(9), request)).isEqualTo(ECHOED);
        assertThat(runs).hasValue(2);
    }

    @Test
    void aRequestWhoseHandlerDiedWithTheAgentNeverRunsAgain() {
        var request = request("echo");
        uids.claim(request.uid().value(), ASKER.peerId(), NOW);
        refused(ErrorCode.IN_PROGRESS, ask(ASKER, request));
        uids = uids.restarted();
        refused(ErrorCode.OUTCOME_UNKNOWN, ask(ASKER, request));
        assertThat(runs).hasValue(0);
    }

    @Test
    void aFullUidLogRefuses() {
        uids = new MemoryUidLog(0);
        refused(ErrorCode.OVERLOADED, ask(ASKER, request("echo")));
        assertThat(runs).hasValue(0);
    }

    @Test
    void aDamagedUidLogRefusesWhatItMayHaveForgotten() {
        uids = new MemoryUidLog(10, NOW.plusSeconds(1));
        refused(ErrorCode.EXPIRED, ask(ASKER, request("echo")));
    }

    @Test
    void anUnknownCommandIsNamedAsSuch() {
        refused(ErrorCode.NO_HANDLER, ask(ASKER, request("nonsense")));
    }

    @Test
    void theClocksMayDifferByAMinute() {
        var late = InstantSource.fixed(NOW.minus(SOON).minusSeconds(59));
        assertThat(ask(ASKER, late, request("echo"))).isEqualTo(ECHOED);
        var early = InstantSource.fixed(NOW.plusSeconds(60));
        assertThat(ask(ASKER, early, request("echo"))).isEqualTo(ECHOED);
    }

    @Test
    void messagesOfThePastAndOfTheFutureAreRefused() {
        var past = InstantSource.fixed(NOW.minus(SOON).minusSeconds(60));
        refused(ErrorCode.EXPIRED, ask(ASKER, past, request("echo")));
        var future = InstantSource.fixed(NOW.plusSeconds(61));
        refused(ErrorCode.TOO_EARLY, ask(ASKER, future, request("echo")));
        assertThat(runs).hasValue(0);
    }

    @Test
    void aMessageForAnotherAgentIsRefused() {
        var request = Request.to(OWNER.peerId(), "echo", Bytes.EMPTY, random).expiringAfter(SOON);
        refused(ErrorCode.WRONG_DESTINATION, ask(ASKER, request));
    }

    @Test
    void commandsOfTheOwnerAreTheOwners() {
        refused(ErrorCode.NOT_ALLOWED, ask(ASKER, request("agent.stop")));
        assertThat(ask(OWNER, request("agent.stop"))).isEqualTo(ECHOED);
        refused(ErrorCode.NOT_ALLOWED, ask(ASKER, request("club")));
        assertThat(ask(Agents.keys(4), request("club"))).isEqualTo(ECHOED);
        assertThat(ask(OWNER, request("club"))).isEqualTo(ECHOED);
    }

    private SignedDelegation leave(long sequence, Instant expires, String... scope) {
        var delegation =
                new Delegation(
                        OWNER.publicKey(), ASKER.publicKey(), List.of(scope), sequence, expires);
        return SignedDelegation.seal(delegation, OWNER);
    }

    @Test
    void aDeviceActsForItsOwnerWithinItsScope() {
        var leave = leave(1, NOW.plusSeconds(9), "agent.");
        assertThat(ask(ASKER, request("agent.stop").actingBy(leave))).isEqualTo(ECHOED);
        refused(ErrorCode.NOT_ALLOWED, ask(ASKER, request("club").actingBy(leave)));
        refused(ErrorCode.NOT_ALLOWED, ask(Agents.keys(9), request("agent.stop").actingBy(leave)));
    }

    @Test
    void anExpiredOrRevokedDelegationAllowsNothing() {
        var expired = leave(1, NOW, "*");
        refused(ErrorCode.NOT_ALLOWED, ask(ASKER, request("agent.stop").actingBy(expired)));
        var good = leave(2, NOW.plusSeconds(9), "*");
        assertThat(ask(ASKER, request("agent.stop").actingBy(good))).isEqualTo(ECHOED);
        var revocation = leave(3, NOW.plusSeconds(9));
        refused(ErrorCode.NOT_ALLOWED, ask(ASKER, request("agent.stop").actingBy(revocation)));
        refused(ErrorCode.NOT_ALLOWED, ask(ASKER, request("agent.stop").actingBy(good)));
    }

    @Test
    void aDelegationBySomebodyElsesKeyIsWorthNothing() {
        var self =
                SignedDelegation.seal(
                        new Delegation(
                                ASKER.publicKey(),
                                ASKER.publicKey(),
                                List.of("*"),
                                1,
                                NOW.plusSeconds(9)),
                        ASKER);
        refused(ErrorCode.NOT_ALLOWED, ask(ASKER, request("agent.stop").actingBy(self)));
    }

    @Test
    void aFailingHandlerIsAnErrorWithoutItsSecrets() {
        handlers.register(
                "broken",
                AccessRule.ANYONE,
                call -> {
                    throw new IOException("the password is 1234");
                });
        var outcome = refused(ErrorCode.HANDLER_FAILED, ask(ASKER, request("broken")));
        assertThat(outcome.toString()).doesNotContain("1234");
    }

    @Test
    void aHandlersOwnRefusalKeepsItsCode() {
        handlers.register("shop", AccessRule.ANYONE, call -> new Answer.Declined(1234, "sold out"));
        assertThat(ask(ASKER, request("shop"))).isEqualTo(new Outcome.Refused(1234, "sold out"));
    }

    @Test
    void anAnswerThatDoesNotFitIsAnError() {
        handlers.register(
                "flood",
                AccessRule.ANYONE,
                call ->
                        new Answer.Result(
                                RmbMessage.JSON,
                                Bytes.wrap(new byte[RmbMessage.PAYLOAD_BYTES_MAX + 1])));
        refused(ErrorCode.TOO_LARGE, ask(ASKER, request("flood")));
    }

    @Test
    void aStuckHandlerIsInterruptedAtItsDeadline() throws InterruptedException {
        var interrupted = new CountDownLatch(1);
        handlers.register(
                "stuck",
                AccessRule.ANYONE,
                call -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return Answer.json("{}");
                });
        var settings = new MessageSettings(4, 4, SOON, Duration.ofMillis(50), SOON);
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(MessageServer.PROTOCOL, server(settings));
            var outcome = new MessageClient(ASKER, CLOCK).call(pair.left(), request("stuck"));
            refused(ErrorCode.HANDLER_DEADLINE, outcome);
        }
        interrupted.await();
    }

    @Test
    void moreRequestsAtOnceThanSlotsAreRefused() throws InterruptedException {
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        handlers.register(
                "slow",
                AccessRule.ANYONE,
                call -> {
                    running.countDown();
                    release.await();
                    return Answer.json("{}");
                });
        var settings = new MessageSettings(2, 1, SOON, SOON, SOON);
        var server = server(settings);
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(MessageServer.PROTOCOL, server);
            var client = new MessageClient(ASKER, CLOCK);
            var first = new Outcome[1];
            var slow = request("slow");
            var thread = Thread.ofVirtual().start(() -> first[0] = client.call(pair.left(), slow));
            running.await();
            refused(ErrorCode.OVERLOADED, client.call(pair.left(), request("echo")));
            release.countDown();
            thread.join();
            assertThat(first[0])
                    .isEqualTo(new Outcome.Answered("application/json", Bytes.utf8("{}")));
        }
    }

    @Test
    void aPeerWithoutTheProtocolIsOffline() {
        var client = new MessageClient(ASKER, CLOCK);
        var pair = new ConnectionPair(ASKER, AGENT);
        assertThat(client.call(pair.left(), request("echo"))).isInstanceOf(Outcome.Offline.class);
        pair.close();
        assertThat(client.call(pair.left(), request("echo"))).isInstanceOf(Outcome.Offline.class);
    }
}

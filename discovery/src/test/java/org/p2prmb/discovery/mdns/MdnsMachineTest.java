package org.p2prmb.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.discovery.mdns.MdnsMachine.Action;
import org.p2prmb.discovery.mdns.MdnsMachine.Event;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

final class MdnsMachineTest {
    private static final DnsName SERVICE = MdnsMachine.SERVICE;
    private static final DnsName OTHER = SERVICE.child("x".repeat(32));
    private static final Duration TTL = Duration.ofMinutes(6);
    private static final PeerId SELF = peer();
    private static final PeerId ALICE = peer();
    private static final Link LINK =
            new Link(
                    "eth0",
                    List.of(
                            new Subnet(Bytes.hex("0a000001"), 8),
                            new Subnet(Bytes.hex("a9fe0001"), 16),
                            new Subnet(Bytes.hex("5db80001"), 16),
                            new Subnet(Bytes.hex("7f000001"), 8),
                            new Subnet(Bytes.hex("fd000000000000000000000000000001"), 64),
                            new Subnet(Bytes.hex("fe800000000000000000000000000001"), 64)));

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MdnsMachine machine = machine("/ip4/10.0.0.1/tcp/4001");

    private static PeerId peer() {
        return KeyPair.generate(new SecureRandom()).peerId();
    }

    private static MdnsMachine machine(String... own) {
        var addresses = Stream.of(own).map(Multiaddr::parse).toList();
        var random = new SplittableRandom(1);
        return new MdnsMachine(SELF, addresses, LINK, MdnsConfig.defaults(), random);
    }

    private static Multiaddr at(PeerId peer, String address) {
        return Multiaddr.parse(address).withPeer(peer);
    }

    private static DnsMessage telling(Duration ttl, DnsName name, Multiaddr... addresses) {
        var strings =
                Stream.of(addresses).map(address -> Bytes.utf8("dnsaddr=" + address)).toList();
        return DnsMessage.response(
                List.of(new DnsRecord.Pointer(SERVICE, ttl, name)),
                List.of(new DnsRecord.Text(name, ttl, strings)));
    }

    private List<Action> received(DnsMessage message) {
        return machine.on(now, new Event.Received(message));
    }

    /// What is sent until `time` has passed.
    private List<DnsMessage> sentWithin(Duration time) throws ProtocolException {
        return sentWithin(machine, time);
    }

    private List<DnsMessage> sentWithin(MdnsMachine sender, Duration time)
            throws ProtocolException {
        var end = now.plus(time);
        var sent = new ArrayList<DnsMessage>();
        while (!sender.nextTick().isAfter(end)) {
            now = sender.nextTick().isAfter(now) ? sender.nextTick() : now;
            for (var action : sender.tick(now)) {
                if (action instanceof Action.Send(var packet)) {
                    sent.add(DnsMessage.decode(packet));
                }
            }
        }
        now = end;
        return sent;
    }

    private static DnsMessage question(int id) {
        return DnsMessage.query(id, DnsMessage.Question.pointers(SERVICE));
    }

    @Test
    void itAsksAtTheStartAndTellsOfItselfUnasked() throws ProtocolException {
        var sent = sentWithin(Duration.ofMillis(200));
        assertThat(sent).extracting(DnsMessage::response).containsExactly(false, true);
        assertThat(sent.getFirst().questions())
                .containsExactly(DnsMessage.Question.pointers(SERVICE));
        var answer = sent.getLast();
        var pointer = (DnsRecord.Pointer) answer.answers().getFirst();
        assertThat(pointer.name()).isEqualTo(SERVICE);
        assertThat(pointer.target().toString()).endsWith("._p2p._udp.local");
        assertThat(pointer.target().labels().getFirst()).matches("[a-z0-9]{32,63}");
        assertThat(answer.additionals())
                .containsExactly(
                        new DnsRecord.Text(
                                pointer.target(),
                                TTL,
                                List.of(Bytes.utf8("dnsaddr=/ip4/10.0.0.1/tcp/4001/p2p/" + SELF))));
    }

    @Test
    void questionsGrowRareUntilOneComesEveryFiveMinutes() throws ProtocolException {
        sentWithin(Duration.ofMinutes(20));
        var questions =
                sentWithin(Duration.ofHours(1)).stream().filter(sent -> !sent.response()).count();
        assertThat(questions).isBetween(12L, 14L);
    }

    @Test
    void withoutAnAddressForTheNetworkItAsksButNeverAnswers() throws ProtocolException {
        var silent = machine("/ip4/192.168.7.1/tcp/4001", "/ip4/127.0.0.1/tcp/4001");
        silent.on(now, new Event.Received(question(5)));
        assertThat(sentWithin(silent, Duration.ofMinutes(10)))
                .isNotEmpty()
                .noneMatch(DnsMessage::response);
    }

    @Test
    void itTellsOnlyAddressesThatLeadToTheNetwork() throws ProtocolException {
        var sender =
                machine(
                        "/ip4/127.0.0.1/tcp/1",
                        "/ip4/192.168.0.1/tcp/2",
                        "/ip6/fe80::1/tcp/3",
                        "/ip6/fd00::1/tcp/4",
                        "/ip4/10.0.0.1/tcp/5");
        var text = (DnsRecord.Text) sentWithin(sender, TTL).get(1).additionals().getFirst();
        assertThat(text.strings())
                .containsExactly(
                        Bytes.utf8("dnsaddr=/ip6/fd00::1/tcp/4/p2p/" + SELF),
                        Bytes.utf8("dnsaddr=/ip4/10.0.0.1/tcp/5/p2p/" + SELF));
    }

    @Test
    void aQuestionIsAnsweredAfterAMoment() throws ProtocolException {
        sentWithin(Duration.ofMinutes(20));
        received(question(5));
        assertThat(sentWithin(Duration.ofMillis(19))).isEmpty();
        assertThat(sentWithin(Duration.ofMillis(101)))
                .singleElement()
                .matches(DnsMessage::response);
    }

    @Test
    void manyQuestionsGetOneAnswerASecond() throws ProtocolException {
        sentWithin(Duration.ofMinutes(20));
        var answers = 0;
        for (var index = 0; index < 1_000; index++) {
            received(question(0));
            answers += sentWithin(Duration.ofMillis(10)).size();
        }
        assertThat(answers).isBetween(9, 11);
    }

    @Test
    void itsOwnQuestionAndAnswerMeanNothingToIt() throws ProtocolException {
        sentWithin(Duration.ofMinutes(20));
        var own = sentWithin(Duration.ofMinutes(6));
        for (var packet : own.subList(own.size() - 2, own.size())) {
            assertThat(received(packet)).isEmpty();
        }
        assertThat(sentWithin(Duration.ofSeconds(3))).isEmpty();
    }

    @Test
    void otherQuestionsAreNotAnswered() throws ProtocolException {
        sentWithin(Duration.ofMinutes(20));
        received(DnsMessage.query(5, new DnsMessage.Question(SERVICE, 1)));
        received(DnsMessage.query(5, new DnsMessage.Question(OTHER, DnsMessage.TYPE_ANY)));
        assertThat(sentWithin(Duration.ofSeconds(3))).isEmpty();
    }

    @Test
    void whoAsksForAllServicesIsToldOfOurs() throws ProtocolException {
        sentWithin(Duration.ofMinutes(20));
        received(DnsMessage.query(5, DnsMessage.Question.pointers(MdnsMachine.ALL_SERVICES)));
        assertThat(sentWithin(Duration.ofSeconds(3)).getFirst().answers())
                .contains(new DnsRecord.Pointer(MdnsMachine.ALL_SERVICES, TTL, SERVICE));
    }

    @Test
    void whoAnswersIsFoundOnce() {
        var address = at(ALICE, "/ip4/10.0.0.2/tcp/4001");
        assertThat(received(telling(TTL, OTHER, address)))
                .containsExactly(new Action.Found(ALICE, List.of(address)));
        assertThat(received(telling(TTL, OTHER, address))).isEmpty();
        var moved = at(ALICE, "/ip4/10.0.0.3/tcp/4001");
        assertThat(received(telling(TTL, OTHER, moved)))
                .containsExactly(new Action.Found(ALICE, List.of(moved)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ip4/10.1.2.3/tcp/1",
                "/ip4/169.254.7.7/tcp/1",
                "/ip4/93.184.1.1/tcp/1",
                "/ip6/fd00::7/tcp/1",
            })
    void addressesOfTheNetworkAreBelieved(String address) {
        assertThat(received(telling(TTL, OTHER, at(ALICE, address))))
                .containsExactly(new Action.Found(ALICE, List.of(at(ALICE, address))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ip4/127.0.0.1/tcp/1",
                "/ip4/192.168.0.1/tcp/1",
                "/ip4/8.8.8.8/tcp/1",
                "/ip4/169.254.169.254/tcp/80",
                "/ip6/fe80::7/tcp/1",
                "/ip6/2001:4860:4860::8888/tcp/1",
                "/dns4/router.local/tcp/1",
                "/dnsaddr/bootstrap.example.org",
                "/ip4/10.0.0.2/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
                        + "/p2p-circuit",
            })
    void addressesElsewhereAreNotBelieved(String address) {
        assertThat(received(telling(TTL, OTHER, at(ALICE, address)))).isEmpty();
    }

    @Test
    void answersWithoutAPeerOrOfAnotherServiceMeanNothing() {
        var nameless = Multiaddr.parse("/ip4/10.0.0.2/tcp/1");
        assertThat(received(telling(TTL, OTHER, nameless))).isEmpty();
        assertThat(received(telling(TTL, OTHER, at(SELF, "/ip4/10.0.0.2/tcp/1")))).isEmpty();
        var told = telling(TTL, OTHER, at(ALICE, "/ip4/10.0.0.2/tcp/1"));
        var printer = new DnsRecord.Pointer(DnsName.of("_ipp._tcp.local"), TTL, OTHER);
        assertThat(received(DnsMessage.response(List.of(printer), told.additionals()))).isEmpty();
        assertThat(received(DnsMessage.response(List.of(), told.additionals()))).isEmpty();
        var nonsense = List.of(Bytes.utf8("dnsaddr="), Bytes.utf8("dnsaddr=/x"), Bytes.hex("ff"));
        assertThat(
                        received(
                                DnsMessage.response(
                                        List.of(new DnsRecord.Pointer(SERVICE, TTL, OTHER)),
                                        List.of(new DnsRecord.Text(OTHER, TTL, nonsense)))))
                .isEmpty();
    }

    @Test
    void anAnswerOfRustLibp2pIsUnderstood() throws ProtocolException {
        var packet =
                Bytes.hex(
                        "0ecd84000000000100000001045f703270045f756470056c6f63616c0000"
                                + "0c000100000168003e3c344134386554777872475067615135744759717a"
                                + "75346c79646158616c517a3168394e61705558353343654570316a703375"
                                + "78755a475a484f315745003c344134386554777872475067615135744759"
                                + "717a75346c79646158616c517a3168394e61705558353343654570316a70"
                                + "337578755a475a484f315745000010800100000168005a59646e73616464"
                                + "723d2f6970342f31302e37372e302e322f7463702f33373038352f703270"
                                + "2f313244334b6f6f57447538484d6153743750766654334142683176654e"
                                + "4766596d574377693358664c316170616b4342425a4d58");
        var address =
                Multiaddr.parse(
                        "/ip4/10.77.0.2/tcp/37085/p2p/"
                                + "12D3KooWDu8HMaSt7PvfT3ABh1veNGfYmWCwi3XfL1apakCBBZMX");
        assertThat(received(DnsMessage.decode(packet)))
                .containsExactly(new Action.Found(address.peer().orElseThrow(), List.of(address)));
    }

    @Test
    void whoIsNotHeardAnyMoreIsLost() {
        var address = at(ALICE, "/ip4/10.0.0.2/tcp/4001");
        machine.tick(now);
        received(telling(TTL, OTHER, address));
        assertThat(lost(Duration.ofMinutes(6).minusMillis(1))).isEmpty();
        assertThat(lost(Duration.ofMillis(1))).containsExactly(ALICE);
        received(telling(Duration.ofDays(365), OTHER, address));
        assertThat(lost(MdnsMachine.TTL_MAX)).containsExactly(ALICE);
        assertThat(received(telling(TTL, OTHER, address))).hasSize(1);
    }

    private List<PeerId> lost(Duration within) {
        now = now.plus(within);
        return machine.tick(now).stream()
                .filter(Action.Lost.class::isInstance)
                .map(action -> ((Action.Lost) action).peer())
                .toList();
    }

    @Test
    void anAnswerThatIsTakenBackIsForgotten() {
        var address = at(ALICE, "/ip4/10.0.0.2/tcp/4001");
        received(telling(TTL, OTHER, address));
        assertThat(received(telling(Duration.ZERO, OTHER, address)))
                .containsExactly(new Action.Lost(ALICE));
        assertThat(received(telling(Duration.ZERO, OTHER, address))).isEmpty();
    }

    @Test
    void onePacketAndAFloodOfThemAddABoundedNumberOfPeers() {
        var crowd =
                IntStream.range(0, 30)
                        .mapToObj(port -> at(peer(), "/ip4/10.0.0.2/tcp/" + (port + 1)))
                        .toArray(Multiaddr[]::new);
        assertThat(received(telling(TTL, OTHER, crowd))).hasSize(MdnsMachine.PEERS_PER_PACKET_MAX);
        var found = MdnsMachine.PEERS_PER_PACKET_MAX;
        for (var index = 0; index < 300; index++) {
            found += received(telling(TTL, OTHER, at(peer(), "/ip4/10.0.0.2/tcp/1"))).size();
        }
        assertThat(found).isEqualTo(MdnsConfig.defaults().peersMax());
    }

    @Test
    void ofOnePeerABoundedNumberOfAddressesIsKept() {
        var many =
                IntStream.range(0, 30)
                        .mapToObj(port -> at(ALICE, "/ip4/10.0.0.2/tcp/" + (port + 1)))
                        .toArray(Multiaddr[]::new);
        var actions = received(telling(TTL, OTHER, many));
        assertThat(((Action.Found) actions.getFirst()).addresses())
                .hasSize(MdnsMachine.ADDRESSES_MAX);
    }

    @Test
    void damagedAnswersNeverMakeItBelieveWhatLeadsElsewhere() {
        var good =
                telling(
                                TTL,
                                OTHER,
                                at(ALICE, "/ip4/10.0.0.2/tcp/4001"),
                                at(ALICE, "/ip6/fd00::2/tcp/4001"))
                        .encoded()
                        .toArray();
        Seeds.forEach(
                10_000,
                random -> {
                    try {
                        var mutant = Bytes.wrap(Seeds.mutate(random, good));
                        for (var action : received(DnsMessage.decode(mutant))) {
                            if (action instanceof Action.Found(var peer, var addresses)) {
                                assertThat(addresses)
                                        .allMatch(LINK::reaches)
                                        .allMatch(at -> at.peer().equals(Optional.of(peer)));
                            }
                        }
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageContaining("DNS packet");
                    }
                });
    }
}

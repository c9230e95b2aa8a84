package org.p2prmb.discovery.mdns;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Asks one local network who is there, answers those who ask, and remembers who answered.
///
/// ```
/// first tick, then 1, 2, 4 … s later    Send a question, and our answer unasked
/// asked by another                      Send our answer, at most once every answer interval
/// answered by another                   Found, when it or its addresses are new
/// its answer is too old, or taken back  Lost
/// ```
///
/// What it finds are claims that anybody on the network can make: only a connection proves a peer.
public final class MdnsMachine implements Machine<MdnsMachine.Event, MdnsMachine.Action> {
    static final DnsName SERVICE = DnsName.of("_p2p._udp.local");

    /// Who asks for instances of this name wants to know which services there are.
    static final DnsName ALL_SERVICES = DnsName.of("_services._dns-sd._udp.local");

    /// Addresses told and kept of one peer.
    static final int ADDRESSES_MAX = 8;

    /// Peers learnt from one packet.
    static final int PEERS_PER_PACKET_MAX = 16;

    /// Nobody is believed for longer without being heard again.
    static final Duration TTL_MAX = Duration.ofMinutes(10);

    private static final String ADDRESS_KEY = "dnsaddr=";
    private static final String NAME_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int NAME_LETTERS_MIN = 32;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /// Whoever has the same reason to speak waits for a time of its own, in milliseconds.
    private static final int DELAY_MIN = 20;

    private static final int DELAY_MAX = 120;

    /// A pause between questions is shorter by up to this part of it.
    private static final double JITTER = 0.1;

    private final PeerId self;
    private final Link link;
    private final MdnsConfig config;
    private final RandomGenerator random;
    private final DnsName instance;
    private final List<Bytes> addresses;

    /// Those who answered; at most `config.peersMax()`.
    private final Map<PeerId, Peer> peers = new LinkedHashMap<>();

    private int lastQuery;
    private Duration pause = FIRST_PAUSE;
    private Instant nextQuery = Instant.MIN;
    private Instant nextAnswer = Instant.MAX;
    private Instant lastAnswer = Instant.MIN;

    /// No peer expires before.
    private Instant nextExpiry = Instant.MAX;

    private boolean servicesWanted;

    /// @param own addresses that we listen on; told are those that lead to `link`
    MdnsMachine(
            PeerId self,
            List<Multiaddr> own,
            Link link,
            MdnsConfig config,
            RandomGenerator random) {
        this.self = self;
        this.link = link;
        this.config = config;
        this.random = random;
        this.instance = SERVICE.child(randomName(random));
        this.addresses =
                own.stream()
                        .filter(link::reaches)
                        .map(address -> Bytes.utf8(ADDRESS_KEY + address.withPeer(self)))
                        .filter(text -> text.size() <= DnsRecord.STRING_BYTES_MAX)
                        .limit(ADDRESSES_MAX)
                        .toList();
    }

    private record Peer(List<Multiaddr> addresses, Instant expires) {}

    public sealed interface Event {
        /// A packet from a machine on the network, perhaps one of our own.
        record Received(DnsMessage message) implements Event {}
    }

    public sealed interface Action {
        /// Send this packet to all on the network.
        record Send(Bytes packet) implements Action {}

        /// Somebody says that this peer is at these addresses, which end in `/p2p/<peer>`.
        record Found(PeerId peer, List<Multiaddr> addresses) implements Action {
            public Found {
                addresses = List.copyOf(addresses);
            }
        }

        /// The peer has not been heard for too long, or says that it leaves.
        record Lost(PeerId peer) implements Action {}
    }

    /// The name that tells our answers from others'; without meaning otherwise.
    private static String randomName(RandomGenerator random) {
        var length = random.nextInt(NAME_LETTERS_MIN, DnsName.LABEL_BYTES_MAX + 1);
        var name = new StringBuilder();
        for (var index = 0; index < length; index++) {
            name.append(NAME_LETTERS.charAt(random.nextInt(NAME_LETTERS.length())));
        }
        return name.toString();
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        return switch (event) {
            case Event.Received(var message) ->
                    message.response() ? answered(now, message) : asked(now, message);
        };
    }

    private List<Action> asked(Instant now, DnsMessage query) {
        if (query.id() != 0 && query.id() == lastQuery) {
            return List.of(); // Our own, and answered already.
        }
        for (var question : query.questions()) {
            var services = question.asksForPointers(ALL_SERVICES);
            if (services || question.asksForPointers(SERVICE)) {
                servicesWanted |= services;
                answerSoon(now.plusMillis(random.nextInt(DELAY_MIN, DELAY_MAX + 1)));
            }
        }
        return List.of();
    }

    private void answerSoon(Instant wanted) {
        if (addresses.isEmpty() || !nextAnswer.equals(Instant.MAX)) {
            return; // Nothing to say, or about to say it.
        }
        var allowed = lastAnswer.plus(config.answerInterval());
        nextAnswer = wanted.isAfter(allowed) ? wanted : allowed;
    }

    private List<Action> answered(Instant now, DnsMessage response) {
        // What they are called is left to them: rust-libp2p's are no names of the service.
        var instances = new LinkedHashSet<DnsName>();
        for (var record : response.answers()) {
            if (record instanceof DnsRecord.Pointer(var name, _, var target)
                    && name.equals(SERVICE)
                    && !target.equals(instance)) {
                instances.add(target);
            }
        }
        var told = new LinkedHashMap<PeerId, Told>();
        Stream.concat(response.answers().stream(), response.additionals().stream())
                .forEach(record -> {
                    if (record instanceof DnsRecord.Text text && instances.contains(text.name())) {
                        collect(text, told);
                    }
                });
        var actions = new ArrayList<Action>();
        told.forEach((peer, claim) -> remember(now, peer, claim, actions));
        return List.copyOf(actions);
    }

    /// What one packet says of a peer.
    private record Told(LinkedHashSet<Multiaddr> addresses, Duration ttl) {}

    private void collect(DnsRecord.Text text, Map<PeerId, Told> told) {
        for (var string : text.strings()) {
            var address = address(string);
            var peer = address == null ? null : address.peer().orElse(null);
            if (address == null || peer == null || peer.equals(self) || !link.reaches(address)) {
                continue;
            }
            if (told.size() < PEERS_PER_PACKET_MAX || told.containsKey(peer)) {
                var claim =
                        told.computeIfAbsent(
                                peer, _ -> new Told(new LinkedHashSet<>(), text.ttl()));
                if (claim.addresses().size() < ADDRESSES_MAX) {
                    claim.addresses().add(address);
                }
            }
        }
    }

    private static @Nullable Multiaddr address(Bytes string) {
        var text = string.toUtf8();
        if (!text.startsWith(ADDRESS_KEY)) {
            return null;
        }
        try {
            return Multiaddr.parse(text.substring(ADDRESS_KEY.length()));
        } catch (IllegalArgumentException _) {
            return null; // Of a kind that is newer than we, or nonsense.
        }
    }

    private void remember(Instant now, PeerId peer, Told told, List<Action> actions) {
        if (told.ttl().isZero()) {
            if (peers.remove(peer) != null) {
                actions.add(new Action.Lost(peer));
            }
            return;
        }
        var known = peers.get(peer);
        if (known == null && peers.size() >= config.peersMax()) {
            return; // A flood of newcomers displaces nobody.
        }
        var ttl = told.ttl().compareTo(TTL_MAX) > 0 ? TTL_MAX : told.ttl();
        var addresses = List.copyOf(told.addresses());
        var expires = now.plus(ttl);
        peers.put(peer, new Peer(addresses, expires));
        nextExpiry = earlier(nextExpiry, expires);
        if (known == null || !known.addresses().equals(addresses)) {
            actions.add(new Action.Found(peer, addresses));
        }
    }

    @Override
    public List<Action> tick(Instant now) {
        if (nextQuery.equals(Instant.MIN)) {
            nextQuery = now.plusMillis(random.nextInt(DELAY_MIN, DELAY_MAX + 1));
        }
        var actions = new ArrayList<Action>();
        if (!now.isBefore(nextQuery)) {
            actions.add(new Action.Send(question(now)));
        }
        if (!now.isBefore(nextAnswer)) {
            actions.add(new Action.Send(answer(now)));
        }
        forget(now, actions);
        return List.copyOf(actions);
    }

    private Bytes question(Instant now) {
        lastQuery = random.nextInt(1, 1 << 16);
        nextQuery = now.plus(jittered(pause));
        var doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(config.queryInterval()) < 0 ? doubled : config.queryInterval();
        answerSoon(now); // Those who never ask learn of us, too.
        return DnsMessage.query(lastQuery, DnsMessage.Question.pointers(SERVICE)).encoded();
    }

    private Duration jittered(Duration time) {
        return time.minusMillis((long) (time.toMillis() * JITTER * random.nextDouble()));
    }

    private Bytes answer(Instant now) {
        nextAnswer = Instant.MAX;
        lastAnswer = now;
        var answers = new ArrayList<DnsRecord>();
        answers.add(new DnsRecord.Pointer(SERVICE, config.ttl(), instance));
        if (servicesWanted) {
            servicesWanted = false;
            answers.add(new DnsRecord.Pointer(ALL_SERVICES, config.ttl(), SERVICE));
        }
        var text = new DnsRecord.Text(instance, config.ttl(), addresses);
        return DnsMessage.response(answers, List.of(text)).encoded();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private void forget(Instant now, List<Action> actions) {
        if (now.isBefore(nextExpiry)) {
            return;
        }
        peers.entrySet()
                .removeIf(entry -> {
                    var old = !now.isBefore(entry.getValue().expires());
                    if (old) {
                        actions.add(new Action.Lost(entry.getKey()));
                    }
                    return old;
                });
        nextExpiry =
                peers.values().stream()
                        .map(Peer::expires)
                        .reduce(Instant.MAX, MdnsMachine::earlier);
    }

    @Override
    public Instant nextTick() {
        return earlier(nextExpiry, earlier(nextQuery, nextAnswer));
    }
}

package org.p2prmb.discovery.kademlia;

import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/// Many Kademlia machines in one thread, with virtual time, latency, loss and death.
final class KadWorld {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final Duration LATENCY_MAX = Duration.ofMillis(200);

    final Map<PeerId, Member> members = new LinkedHashMap<>();
    final Map<Long, Found> results = new HashMap<>();
    final RandomGenerator random;
    private final Validators validators;
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(
                    Comparator.<Due, Instant>comparing(Due::at).thenComparingLong(Due::order));
    private Instant now = START;
    private double loss;
    private long order;
    private long lastQuery;
    private long lastToken;
    private long messages;

    /// What is known of a machine from outside.
    static final class Member {
        final KadPeer peer;
        final KademliaMachine machine;
        final boolean server;
        List<KadPeer> remembered = List.of();
        boolean alive = true;

        Member(KadPeer peer, KademliaMachine machine, boolean server) {
            this.peer = peer;
            this.machine = machine;
            this.server = server;
        }
    }

    private record Due(Instant at, long order, Runnable act) {}

    private record Waiting(PeerId asker, long requestId, Multiaddr over) {}

    private final Map<Long, Waiting> waiting = new HashMap<>();

    /// Whom each liar names, whatever it is asked.
    private final Map<PeerId, List<KadPeer>> liars = new HashMap<>();

    KadWorld(RandomGenerator random, Validators validators) {
        this.random = random;
        this.validators = validators;
    }

    static PeerId randomId(RandomGenerator random) {
        var bytes = new byte[34];
        random.nextBytes(bytes);
        bytes[0] = 0x12;
        bytes[1] = 0x20;
        return new PeerId(Bytes.wrap(bytes));
    }

    /// An address in a /16 of its own, as long as there are fewer than 20,000.
    static Multiaddr address(int number) {
        return Multiaddr.parse(
                "/ip4/%d.%d.1.1/tcp/4001".formatted(11 + number / 256 % 78, number % 256));
    }

    Member add(KademliaConfig config) {
        return add(config, randomId(random), address(members.size()));
    }

    Member add(KademliaConfig config, PeerId id, Multiaddr address) {
        var machine = new KademliaMachine(id, config, validators, random);
        var peer = KadPeer.of(id, List.of(address));
        var member = new Member(peer, machine, config.server());
        members.put(id, member);
        apply(member, new Event.Listening(List.of(address)));
        apply(member, new Event.Started(List.of()));
        return member;
    }

    /// The two connect and say what they are.
    void connect(Member one, Member other) {
        apply(one, new Event.PeerSeen(other.peer, other.server));
        apply(other, new Event.PeerSeen(one.peer, one.server));
    }

    /// A peer that takes everything, gives nothing back, and names only its friends, and providers
    /// that do not exist.
    void addLiar(KadPeer liar, List<KadPeer> friends) {
        liars.put(liar.id(), friends);
    }

    /// A liar connects with a member.
    void introduce(KadPeer liar, Member to) {
        apply(to, new Event.PeerSeen(liar, true));
    }

    void loss(double changed) {
        loss = changed;
    }

    void kill(Member member) {
        member.alive = false;
    }

    long messages() {
        return messages;
    }

    Instant now() {
        return now;
    }

    long nextQuery() {
        return ++lastQuery;
    }

    void apply(Member member, Event event) {
        if (member.alive) {
            perform(member, member.machine.on(now, event));
            schedule(member);
        }
    }

    private void schedule(Member member) {
        var next = member.machine.nextTick();
        if (next.isBefore(Instant.MAX)) {
            at(next.isBefore(now) ? now : next, () -> tick(member));
        }
    }

    private void tick(Member member) {
        if (member.alive && !now.isBefore(member.machine.nextTick())) {
            perform(member, member.machine.tick(now));
            schedule(member);
        }
    }

    private void perform(Member member, List<Action> actions) {
        for (var action : actions) {
            switch (action) {
                case Action.Ask(var id, var to, var message) -> ask(member, id, to, message);
                case Action.Tell(var to, var message) ->
                        travel(() -> arrive(member, to.id(), message, ++lastToken));
                case Action.Reply(var token, var message) -> reply(member, token, message);
                case Action.Refuse(var token, _) -> refuse(token);
                case Action.QueryDone(var id, var found) -> results.put(id, found);
                case Action.Remember(var peers) -> member.remembered = peers;
                case Action.TableChanged _ -> {}
            }
        }
    }

    private void ask(Member from, long id, KadPeer to, KadMessage message) {
        var token = ++lastToken;
        var remote = members.get(to.id());
        var friends = liars.get(to.id());
        if (friends != null) {
            boolean isSearch = message.type() == KadMessage.Type.GET_PROVIDERS;
            var invented = isSearch ? invented(to) : List.<KadPeer>of();
            var lie = message.answeredWith(message.record(), friends, invented);
            var over = to.addresses().getFirst();
            travel(() -> apply(from, new Event.Response(id, lie, over)));
            return;
        }
        if (remote == null || !to.addresses().equals(remote.peer.addresses())) {
            at(now.plus(LATENCY_MAX), () -> apply(from, new Event.Failed(id)));
            return; // Nobody listens there.
        }
        waiting.put(token, new Waiting(from.peer.id(), id, remote.peer.addresses().getFirst()));
        travel(() -> arrive(from, to.id(), message, token));
    }

    private List<KadPeer> invented(KadPeer liar) {
        var invented = new ArrayList<KadPeer>();
        while (invented.size() < KademliaConfig.K) {
            invented.add(KadPeer.of(randomId(random), liar.addresses()));
        }
        return invented;
    }

    private void arrive(Member from, PeerId to, KadMessage message, long token) {
        var remote = members.get(to);
        if (remote != null && remote.alive) {
            apply(remote, new Event.PeerSeen(from.peer, from.server));
            apply(remote, new Event.Request(from.peer.id(), over(from), message, token));
        }
    }

    private static Multiaddr over(Member from) {
        return from.peer.addresses().getFirst();
    }

    private void reply(Member from, long token, KadMessage message) {
        var asker = waiting.remove(token);
        if (asker != null && from.alive) {
            var event = new Event.Response(asker.requestId(), message, asker.over());
            travel(() -> apply(member(asker.asker()), event));
        }
    }

    private void refuse(long token) {
        var asker = waiting.remove(token);
        if (asker != null) {
            var event = new Event.Failed(asker.requestId());
            travel(() -> apply(member(asker.asker()), event));
        }
    }

    Member member(PeerId id) {
        var member = members.get(id);
        if (member == null) {
            throw new IllegalArgumentException("no such member");
        }
        return member;
    }

    private void travel(Runnable arrival) {
        messages++;
        if (random.nextDouble() >= loss) {
            at(now.plusNanos(random.nextLong(1_000_000, LATENCY_MAX.toNanos())), arrival);
        }
    }

    private void at(Instant time, Runnable act) {
        due.add(new Due(time, order++, act));
    }

    void run(Duration time) {
        var end = now.plus(time);
        while (!due.isEmpty() && !due.peek().at().isAfter(end)) {
            var next = due.poll();
            now = next.at().isAfter(now) ? next.at() : now;
            next.act().run();
        }
        now = end;
    }

    /// `count` servers, each of which knows an earlier one, and time to find each other.
    static KadWorld settled(
            RandomGenerator random, Validators validators, KademliaConfig config, int count) {
        var world = new KadWorld(random, validators);
        var all = new ArrayList<Member>();
        for (int number = 0; number < count; number++) {
            var member = world.add(config);
            if (number > 0) {
                world.connect(member, all.get(random.nextInt(number)));
            }
            all.add(member);
            world.run(Duration.ofMillis(100));
        }
        world.run(Duration.ofMinutes(2));
        return world;
    }

    Member any() {
        var alive = members.values().stream().filter(member -> member.alive).toList();
        return alive.get(random.nextInt(alive.size()));
    }

    /// The living servers nearest to `key`.
    List<PeerId> nearest(Key key, int max) {
        return members.values().stream()
                .filter(member -> member.alive && member.server)
                .sorted((a, b) -> key.compareDistances(a.peer.key(), b.peer.key()))
                .limit(max)
                .map(member -> member.peer.id())
                .toList();
    }

    Found result(long query) {
        var found = results.get(query);
        if (found == null) {
            throw new AssertionError("query " + query + " has not ended");
        }
        return found;
    }

    /// What a member answers a stranger.
    KadMessage asked(PeerId id, KadMessage message) {
        var event = new Event.Request(randomId(random), address(1), message, ++lastToken);
        return member(id).machine.on(now, event).stream()
                .filter(Action.Reply.class::isInstance)
                .map(action -> ((Action.Reply) action).message())
                .findFirst()
                .orElseThrow();
    }
}

package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.identity.PeerId;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/// One router on a bench: a clock in the hand, events in, actions out.
final class RouterRig {
    static final String TOPIC = "topic";
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final PeerId SELF = peer(1_000_000);
    private static final PeerId AUTHOR = peer(2_000_000);
    private static final Bytes NO_ADDRESS = Bytes.EMPTY;

    final GossipConfig config;
    final GossipRouter router;
    Instant now = START;

    RouterRig(GossipConfig config) {
        this.config = config;
        this.router = new GossipRouter(config, SELF, new SplittableRandom(1), START);
    }

    RouterRig() {
        this(GossipConfig.defaults());
    }

    /// A router in [#TOPIC] that peers 0 to `peers` - 1 are subscribed to as well; the first five
    /// are in the mesh.
    static RouterRig with(int peers, GossipConfig config) {
        var rig = new RouterRig(config);
        rig.on(new Event.Joined(TOPIC));
        for (var number = 0; number < peers; number++) {
            rig.connect(number, false);
            rig.subscribe(number, TOPIC);
        }
        return rig;
    }

    static RouterRig with(int peers) {
        return with(peers, GossipConfig.defaults());
    }

    static PeerId peer(int number) {
        var hash = ByteBuffer.allocate(34).put((byte) 0x12).put((byte) 0x20).putInt(30, number);
        return new PeerId(Bytes.wrap(hash.array()));
    }

    static Bytes id(int number) {
        return Bytes.wrap(ByteBuffer.allocate(20).putInt(16, number).array());
    }

    static GossipMessage message(int number) {
        return message(number, TOPIC, 100);
    }

    static GossipMessage message(int number, String topic, int size) {
        var data = Bytes.wrap(new byte[size]);
        return new GossipMessage(id(number), AUTHOR, number, topic, data, data);
    }

    List<Action> on(Event event) {
        return router.on(now, event);
    }

    void connect(int number, boolean outbound) {
        on(new Event.Connected(peer(number), outbound, NO_ADDRESS));
    }

    List<Action> subscribe(int number, String topic) {
        return receive(number, Rpc.of(List.of(new SubscriptionChange(true, topic))));
    }

    List<Action> receive(int from, Rpc rpc) {
        return on(new Event.Received(peer(from), rpc));
    }

    List<Action> receive(int from, GossipMessage message) {
        return receive(from, Rpc.of(message));
    }

    List<Action> graft(int from, String topic) {
        return receive(from, Control.ofGraft(List.of(topic)));
    }

    List<Action> prune(int from, long seconds) {
        var prune = new Prune(TOPIC, List.of(), seconds);
        return receive(from, Control.ofPrune(List.of(prune)));
    }

    List<Action> ihave(int from, Bytes... ids) {
        var ihave = new Ihave(TOPIC, List.of(ids));
        return receive(from, Control.ofIhave(List.of(ihave)));
    }

    List<Action> iwant(int from, Bytes... ids) {
        return receive(from, Control.ofIwant(List.of(ids)));
    }

    List<Action> idontwant(int from, Bytes... ids) {
        return receive(from, Control.ofIdontwant(List.of(new Idontwant(List.of(ids)))));
    }

    /// Our stream to the peer is open.
    List<Action> agree(int number, GossipVersion version) {
        return on(new Event.Agreed(peer(number), version));
    }

    List<Action> receive(int from, Control control) {
        return receive(from, Rpc.of(control));
    }

    List<Action> verdict(GossipMessage message, Verdict verdict) {
        return on(new Event.Validated(message.id(), verdict));
    }

    /// Lets time pass, heartbeat by heartbeat.
    List<Action> pass(Duration time) {
        var actions = new ArrayList<Action>();
        var end = now.plus(time);
        while (!router.nextTick().isAfter(end)) {
            now = router.nextTick();
            actions.addAll(router.tick(now));
        }
        now = end;
        return actions;
    }

    List<Action> heartbeat() {
        now = router.nextTick();
        return router.tick(now);
    }

    boolean inMesh(int number) {
        return router.mesh().of(TOPIC).contains(peer(number));
    }

    double score(int number) {
        return router.scores().of(peer(number));
    }

    double behaviour(int number) {
        return router.scores().behaviour(peer(number));
    }

    static List<PeerId> grafted(List<Action> actions) {
        return sent(actions, send -> !send.rpc().control().graft().isEmpty());
    }

    static List<PeerId> pruned(List<Action> actions) {
        return sent(actions, send -> !send.rpc().control().prune().isEmpty());
    }

    static List<PeerId> announced(List<Action> actions) {
        return sent(actions, send -> !send.rpc().control().ihave().isEmpty());
    }

    static List<Prune> prunes(List<Action> actions) {
        return sends(actions).stream()
                .flatMap(send -> send.rpc().control().prune().stream())
                .toList();
    }

    static List<Bytes> wanted(List<Action> actions) {
        return sends(actions).stream()
                .flatMap(send -> send.rpc().control().iwant().stream())
                .toList();
    }

    /// Who is told which messages we do not want.
    static Map<PeerId, List<Bytes>> unwanted(List<Action> actions) {
        var told = new LinkedHashMap<PeerId, List<Bytes>>();
        for (var send : sends(actions)) {
            for (var word : send.rpc().control().idontwant()) {
                told.computeIfAbsent(send.to(), _ -> new ArrayList<>()).addAll(word.ids());
            }
        }
        return told;
    }

    static List<PeerId> forwarded(List<Action> actions) {
        return of(actions, Action.Forward.class).stream()
                .flatMap(forward -> forward.to().stream())
                .toList();
    }

    static <A extends Action> List<A> of(List<Action> actions, Class<A> type) {
        return actions.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static List<Action.Send> sends(List<Action> actions) {
        return of(actions, Action.Send.class);
    }

    private static List<PeerId> sent(List<Action> actions, Predicate<Action.Send> wanted) {
        return sends(actions).stream().filter(wanted).map(Action.Send::to).toList();
    }
}

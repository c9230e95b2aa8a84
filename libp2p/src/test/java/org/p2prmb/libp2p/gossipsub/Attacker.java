package org.p2prmb.libp2p.gossipsub;

import static org.p2prmb.libp2p.gossipsub.GossipWorld.TOPIC;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// A peer that wants into every mesh as often as the backoff allows, and forwards nothing.
final class Attacker implements Machine<Event, Action> {
    /// What it does beside that, each second, to each victim.
    enum Kind {
        SILENT,
        /// Announces a thousand messages that there are not, in twelve RPCs.
        ANNOUNCING,
        /// Asks for the last hundred messages that it has heard of, five times.
        BEGGING,
        /// Does not want eleven hundred messages, those that it was sent among them.
        REFUSING
    }

    private static final Duration BEAT = Duration.ofSeconds(1);

    private final PeerId self;
    private final Kind kind;
    private final SequencedMap<PeerId, Instant> graftAt = new LinkedHashMap<>();
    private final List<Bytes> heard = new ArrayList<>();
    private Instant next;
    private int invented;

    Attacker(PeerId self, Kind kind, Instant start) {
        this.self = self;
        this.kind = kind;
        this.next = start.plus(BEAT);
    }

    PeerId self() {
        return self;
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        return switch (event) {
            case Event.Connected(var victim, _, _) -> {
                graftAt.put(victim, Instant.MAX);
                var join = Rpc.of(List.of(new SubscriptionChange(true, TOPIC)));
                yield List.of(new Action.Send(victim, join), graft(victim));
            }
            case Event.Received(var victim, var rpc) -> {
                rpc.messages().forEach(message -> heard.add(message.id()));
                for (var prune : rpc.control().prune()) {
                    graftAt.put(victim, now.plusSeconds(prune.backoffSeconds()).plus(BEAT));
                }
                yield List.of();
            }
            default -> List.of();
        };
    }

    private static Action graft(PeerId victim) {
        return new Action.Send(victim, Rpc.of(Control.ofGraft(List.of(TOPIC))));
    }

    @Override
    public List<Action> tick(Instant now) {
        next = now.plus(BEAT);
        var actions = new ArrayList<Action>();
        graftAt.replaceAll((victim, at) -> {
            if (now.isBefore(at)) {
                return at;
            }
            actions.add(graft(victim));
            return Instant.MAX;
        });
        for (var victim : graftAt.keySet()) {
            spam().forEach(words -> actions.add(new Action.Send(victim, Rpc.of(words))));
        }
        return actions;
    }

    private List<Control> spam() {
        return switch (kind) {
            case SILENT -> List.of();
            case ANNOUNCING ->
                    IntStream.range(0, 12)
                            .mapToObj(_ -> Control.ofIhave(List.of(new Ihave(TOPIC, invent(80)))))
                            .toList();
            case BEGGING -> IntStream.range(0, 5).mapToObj(_ -> Control.ofIwant(last())).toList();
            case REFUSING -> {
                var words = new ArrayList<Idontwant>();
                last().forEach(id -> words.add(new Idontwant(List.of(id))));
                invent(1_100).forEach(id -> words.add(new Idontwant(List.of(id))));
                yield List.of(Control.ofIdontwant(words));
            }
        };
    }

    private List<Bytes> last() {
        return heard.subList(Math.max(0, heard.size() - 100), heard.size());
    }

    private List<Bytes> invent(int count) {
        var first = 1_000_000 + invented;
        invented += count;
        return IntStream.range(first, first + count).mapToObj(RouterRig::id).toList();
    }

    @Override
    public Instant nextTick() {
        return next;
    }
}

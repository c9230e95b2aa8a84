package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Collects what one event makes us do, so that each peer gets one RPC from it.
@Pure
final class Outbox {
    private static final class Draft {
        final List<SubscriptionChange> subscriptions = new ArrayList<>(0);
        final List<Ihave> ihave = new ArrayList<>(0);
        final List<Bytes> iwant = new ArrayList<>(0);
        final List<String> graft = new ArrayList<>(0);
        final List<Prune> prune = new ArrayList<>(0);
        final List<Bytes> idontwant = new ArrayList<>(0);

        Rpc rpc() {
            var unwanted =
                    idontwant.isEmpty() ? List.<Idontwant>of() : List.of(new Idontwant(idontwant));
            var control = new Control(ihave, iwant, graft, prune, unwanted);
            return new Rpc(subscriptions, List.of(), List.of(), control);
        }
    }

    private final SequencedMap<PeerId, Draft> drafts = new LinkedHashMap<>();
    private final List<Action> actions = new ArrayList<>();

    void announce(PeerId to, boolean subscribe, String topic) {
        draft(to).subscriptions.add(new SubscriptionChange(subscribe, topic));
    }

    void ihave(PeerId to, String topic, List<Bytes> ids) {
        draft(to).ihave.add(new Ihave(topic, ids));
    }

    void iwant(PeerId to, List<Bytes> ids) {
        draft(to).iwant.addAll(ids);
    }

    void graft(PeerId to, String topic) {
        draft(to).graft.add(topic);
    }

    void prune(PeerId to, String topic, long backoffSeconds) {
        draft(to).prune.add(new Prune(topic, List.of(), backoffSeconds));
    }

    void idontwant(PeerId to, Bytes id) {
        draft(to).idontwant.add(id);
    }

    void add(Action action) {
        actions.add(action);
    }

    /// Nothing more goes to a peer that is gone.
    void discard(PeerId to) {
        drafts.remove(to);
    }

    /// Everything since the last call: the RPCs, then the other actions in order.
    List<Action> drain() {
        if (drafts.isEmpty() && actions.isEmpty()) {
            return List.of();
        }
        var drained = new ArrayList<Action>(drafts.size() + actions.size());
        drafts.forEach((to, draft) -> drained.add(new Action.Send(to, draft.rpc())));
        drained.addAll(actions);
        drafts.clear();
        actions.clear();
        return drained;
    }

    private Draft draft(PeerId to) {
        return drafts.computeIfAbsent(to, _ -> new Draft());
    }
}

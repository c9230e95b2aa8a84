package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/// Who watches us: invites candidates, half of them from the DHT and half from the mesh, replaces
/// those that fall silent, and draws anew once a day.
///
/// ```
///   candidate --Invite--> INVITED --accepted--> WATCHER --silent for 45 s--> (gone)
///                           |                     |
///                           |                     +--the day's draw is another--> OUTDATED
///                           +--declined, no answer to 2--> (gone)          goes for a newcomer
/// ```
@Pure
final class WatcherChoice {
    private static final int QUEUE_MAX = 32;
    private static final int DECLINED_MAX = 256;
    private static final int SEARCH_GROWTH = 2;
    private static final int INVITATIONS = 2;

    private final Peers peers;
    private final int wanted;
    private final Timers.Task changed;
    private final List<Watcher> watchers = new ArrayList<>();
    private final List<Watcher> invited = new ArrayList<>();
    private final Queue<PeerId> candidates = new ArrayDeque<>();
    private final Set<PeerId> declined = new HashSet<>();
    private final Timers.Timer care;
    private long nextSearch;
    private long searchPause;
    private long redrawAt;
    private boolean redrawing;

    /// @param changed runs when somebody accepted or was dropped
    WatcherChoice(Peers peers, int wanted, Timers.Task changed) {
        this.peers = peers;
        this.wanted = wanted;
        this.changed = changed;
        this.care = Timers.timer(this::care);
        this.searchPause = peers.timing().retry();
    }

    void start(long now) {
        if (wanted > 0) {
            redrawAt = now + peers.jittered(Timing.REDRAW);
            nextSearch = now;
            peers.timers().set(care, now);
        }
    }

    /// Those that accepted, in the order of their acceptance.
    List<Watcher> watchers() {
        return watchers;
    }

    /// A new neighbour may watch us, if we still look for somebody.
    void linkUp(long now) {
        if (needed() > 0) {
            searchPause = peers.timing().retry();
            nextSearch = Math.min(nextSearch, now + peers.timing().gather());
            peers.timers().hasten(care, nextSearch);
        }
    }

    private void care(long now) {
        for (int at = watchers.size() - 1; at >= 0; at--) {
            var silence = now - peers.health().heard(watchers.get(at).heardAt);
            if (silence > peers.timing().watcherSilence()) {
                drop(now, watchers.get(at));
            }
        }
        for (int at = invited.size() - 1; at >= 0; at--) {
            var watcher = invited.get(at);
            if (now - watcher.heardAt < peers.timing().probe()) {
                continue;
            }
            if (watcher.invitations < INVITATIONS) {
                watcher.invitations++;
                watcher.heardAt = now;
                peers.send(watcher.peer, new AliveFrame.Invite());
            } else {
                decline(watcher);
            }
        }
        if (now >= redrawAt) {
            redrawAt = now + peers.jittered(Timing.REDRAW);
            redrawing = true;
            nextSearch = now;
        }
        invite(now);
        long next = now + peers.timing().probe();
        peers.timers().set(care, needed() > 0 ? Math.clamp(nextSearch, now + 1, next) : next);
    }

    private int needed() {
        int outdated = 0;
        for (var watcher : watchers) {
            outdated += watcher.outdated ? 1 : 0;
        }
        return wanted - watchers.size() + outdated - invited.size();
    }

    private void invite(long now) {
        while (needed() > 0 && !candidates.isEmpty()) {
            var peer = peers.meet(candidates.remove());
            if (peer != null && peer.watcher == null) {
                var watcher = new Watcher(peer, now);
                peer.watcher = watcher;
                invited.add(watcher);
                peers.send(peer, new AliveFrame.Invite());
            }
        }
        if ((needed() > 0 || redrawing) && now >= nextSearch) {
            nextSearch = now + searchPause;
            var pauseMax = (watchers.size() < wanted / 2 ? 2 : 8) * peers.timing().interval();
            searchPause = Math.min(searchPause * SEARCH_GROWTH, pauseMax);
            peers.act(new Action.FindWatchers(wanted));
        }
    }

    void candidates(long now, List<PeerId> dht, List<PeerId> mesh) {
        var drawn = new ArrayList<PeerId>();
        for (int at = 0; at < Math.max(dht.size(), mesh.size()); at++) {
            if (at < dht.size()) {
                drawn.add(dht.get(at));
            }
            if (at < mesh.size()) {
                drawn.add(mesh.get(at));
            }
        }
        if (redrawing && !drawn.isEmpty()) {
            redrawing = false;
            declined.clear();
            var today = new HashSet<>(drawn.subList(0, Math.min(wanted, drawn.size())));
            watchers.forEach(each -> each.outdated = !today.contains(each.peer.id()));
        }
        queue(drawn);
        if (candidates.isEmpty()) {
            // Perhaps those who declined have room now, or never heard of our invitation.
            declined.clear();
            queue(drawn);
        }
        invite(now);
    }

    private void queue(List<PeerId> drawn) {
        candidates.clear();
        for (var id : drawn) {
            if (candidates.size() < QUEUE_MAX && !declined.contains(id) && !isChosen(id)) {
                candidates.add(id);
            }
        }
    }

    private boolean isChosen(PeerId id) {
        var peer = peers.find(id);
        return id.equals(peers.self()) || peer != null && peer.watcher != null;
    }

    void answered(long now, Peer from, boolean accepted) {
        var watcher = from.watcher;
        if (watcher == null || watcher.accepted) {
            return;
        }
        if (!accepted) {
            decline(watcher);
            invite(now);
            return;
        }
        invited.remove(watcher);
        if (watchers.size() >= wanted) {
            var outdated = anOutdatedOne();
            if (outdated == null) {
                from.watcher = null;
                return;
            }
            drop(now, outdated);
        }
        watcher.accepted = true;
        watcher.heardAt = now;
        watchers.add(watcher);
        changed.due(now);
    }

    private @Nullable Watcher anOutdatedOne() {
        for (var watcher : watchers) {
            if (watcher.outdated) {
                return watcher;
            }
        }
        return null;
    }

    /// A ping of this agent: if it watches us, it does so still.
    void pinged(long now, PeerId from) {
        var peer = peers.find(from);
        var watcher = peer == null ? null : peer.watcher;
        if (watcher != null && watcher.accepted) {
            watcher.heardAt = now;
        }
    }

    private void decline(Watcher watcher) {
        invited.remove(watcher);
        if (declined.size() < DECLINED_MAX) {
            declined.add(watcher.peer.id());
        }
        watcher.peer.watcher = null;
        peers.retire(watcher.peer);
    }

    private void drop(long now, Watcher watcher) {
        watchers.remove(watcher);
        watcher.peer.watcher = null;
        changed.due(now);
        peers.retire(watcher.peer);
    }
}

package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One walk through the network towards a key, on several paths that share no peer.
///
/// ```
/// each path   asks the nearest peers it knows, alpha at once, until the beta nearest that are its
///             own have answered
/// then        all paths together ask the remaining of the k nearest, until those have answered
/// ```
///
/// A peer belongs to the path that asks it, and what it says is learnt by that path alone: a liar
/// misleads the paths that come upon it and no other. Peers are believed in nothing but that others
/// exist: distances are our own arithmetic, and a peer counts when it has answered itself.
@Pure
final class Lookup {
    /// Requests of one look-up, to those that do not answer included.
    static final int REQUESTS_MAX = 200;

    /// Peers that are kept in mind, in all and on each path.
    private static final int REMEMBERED_MAX = 3 * KademliaConfig.K;

    private final Key self;
    private final Key target;
    private final KademliaConfig config;
    private final boolean thorough;
    private final Map<Key, Candidate> known = new HashMap<>();
    private final List<Path> paths;
    private final List<Candidate> nearest = new ArrayList<>();
    private int inFlight;
    private int messages;
    private int depth;
    private int nextPath;

    private enum State {
        NEW,
        ASKED,
        ANSWERED,
        FAILED
    }

    /// A peer that we heard of in this look-up.
    static final class Candidate {
        private KadPeer peer;
        private final int depth;
        private State state = State.NEW;
        private boolean triedAgain;

        /// It takes long: its path asks another one meanwhile.
        private boolean slow;

        /// The path that asks it; none for those that are asked at the end.
        private @Nullable Path path;

        /// What it returned as the value; empty as long as it returned none.
        private @Nullable Bytes value;

        private Candidate(KadPeer peer, int depth) {
            this.peer = peer;
            this.depth = depth;
        }

        KadPeer peer() {
            return peer;
        }

        boolean hasReturned(Bytes wanted) {
            return value != null && value.equals(wanted);
        }

        void returned(Bytes found) {
            value = found;
        }

        private boolean isLate() {
            return slow && state == State.ASKED;
        }
    }

    private final class Path {
        final List<Candidate> nearest = new ArrayList<>();
        int inFlight;

        /// The next to ask; none while enough are asked and when the path is at its end.
        @Nullable Candidate next() {
            if (inFlight >= config.alpha()) {
                return null;
            }
            int seen = 0;
            var waiting = false;
            for (var candidate : nearest) {
                if (isForeign(candidate) || candidate.isLate()) {
                    continue;
                }
                if (candidate.state == State.NEW) {
                    return candidate;
                }
                waiting |= candidate.state == State.ASKED;
                seen++;
                if (!waiting && seen >= config.beta() || seen >= KademliaConfig.K) {
                    return null;
                }
            }
            return null;
        }

        boolean hasEnded() {
            int seen = 0;
            for (var candidate : nearest) {
                if (isForeign(candidate)) {
                    continue;
                }
                if (candidate.state != State.ANSWERED) {
                    return false;
                }
                seen++;
                if (seen >= config.beta()) {
                    return true;
                }
            }
            return true;
        }

        private boolean isForeign(Candidate candidate) {
            return candidate.state == State.FAILED
                    || candidate.state != State.NEW && candidate.path != this;
        }
    }

    /// @param seeds where to begin, nearest first; dealt out to the paths in turn
    /// @param thorough false to stop when the paths end, for look-ups whose result nobody needs
    Lookup(
            Key self,
            Key target,
            List<KadPeer> seeds,
            int pathCount,
            boolean thorough,
            KademliaConfig config) {
        this.self = self;
        this.target = target;
        this.config = config;
        this.thorough = thorough;
        var made = new ArrayList<Path>();
        for (int index = 0; index < pathCount; index++) {
            made.add(new Path());
        }
        this.paths = List.copyOf(made);
        for (int index = 0; index < seeds.size(); index++) {
            learn(seeds.get(index), 1, paths.get(index % pathCount));
        }
    }

    boolean exemptsLoopback() {
        return config.exemptLoopback();
    }

    Key target() {
        return target;
    }

    /// The next peer to send the request to, which counts as sent; none for the moment.
    @Nullable Candidate next() {
        if (messages >= REQUESTS_MAX) {
            return null;
        }
        for (int tried = 0; tried < paths.size(); tried++) {
            var path = paths.get((nextPath + tried) % paths.size());
            var candidate = path.next();
            if (candidate != null) {
                nextPath = (nextPath + tried + 1) % paths.size();
                candidate.path = path;
                path.inFlight++;
                return asked(candidate);
            }
        }
        var remaining = thorough && pathsHaveEnded() ? remaining() : null;
        return remaining == null ? null : asked(remaining);
    }

    private Candidate asked(Candidate candidate) {
        candidate.state = State.ASKED;
        inFlight++;
        messages++;
        return candidate;
    }

    private boolean pathsHaveEnded() {
        for (var path : paths) {
            if (!path.hasEnded()) {
                return false;
            }
        }
        return true;
    }

    /// The nearest of the k nearest that nobody has asked.
    private @Nullable Candidate remaining() {
        int seen = 0;
        for (var candidate : nearest) {
            if (candidate.state == State.NEW) {
                return candidate;
            }
            seen += candidate.state == State.FAILED ? 0 : 1;
            if (seen >= KademliaConfig.K) {
                return null;
            }
        }
        return null;
    }

    /// True when [#next] has nothing more to ask, now or later, and the result is complete.
    boolean isDone() {
        if (inFlight == 0) {
            return true;
        }
        return pathsHaveEnded() && (!thorough || nearestHaveAnswered());
    }

    private boolean nearestHaveAnswered() {
        int seen = 0;
        for (var candidate : nearest) {
            if (candidate.state == State.NEW || candidate.state == State.ASKED) {
                return false;
            }
            seen += candidate.state == State.ANSWERED ? 1 : 0;
            if (seen >= KademliaConfig.K) {
                return true;
            }
        }
        return true;
    }

    /// The peer answered, and names peers that it believes to be nearer. Of these the first k
    /// count, and no more of one IP group than could stand in an honest table.
    void answered(Candidate candidate, List<KadPeer> closer) {
        settle(candidate, State.ANSWERED);
        depth = Math.max(depth, candidate.depth);
        int count = Math.min(closer.size(), KademliaConfig.K);
        var groups = new GroupCount(config.exemptLoopback());
        for (int index = 0; index < count; index++) {
            var peer = closer.get(index);
            if (!peer.key().equals(self) && !peer.addresses().isEmpty() && groups.admits(peer)) {
                learn(peer, candidate.depth + 1, candidate.path);
            }
        }
    }

    void failed(Candidate candidate) {
        settle(candidate, State.FAILED);
    }

    void slow(Candidate candidate) {
        if (candidate.state == State.ASKED && candidate.path != null && !candidate.slow) {
            candidate.slow = true;
            candidate.path.inFlight--;
        }
    }

    private void settle(Candidate candidate, State outcome) {
        candidate.state = outcome;
        inFlight--;
        if (candidate.path != null && !candidate.slow) {
            candidate.path.inFlight--;
        }
    }

    private void learn(KadPeer peer, int atDepth, @Nullable Path path) {
        var candidate = known.get(peer.key());
        if (candidate == null) {
            candidate = new Candidate(peer, atDepth);
            if (!insert(nearest, candidate)) {
                return; // There are enough that are nearer.
            }
            known.put(peer.key(), candidate);
            if (nearest.size() > REMEMBERED_MAX) {
                known.remove(nearest.removeLast().peer.key());
            }
        } else if (!peer.addresses().equals(candidate.peer.addresses())) {
            learnAddresses(candidate, peer);
        }
        if (path != null && insert(path.nearest, candidate)) {
            if (path.nearest.size() > REMEMBERED_MAX) {
                path.nearest.removeLast();
            }
        }
    }

    /// Somebody may have named wrong addresses to keep us from this peer.
    private static void learnAddresses(Candidate candidate, KadPeer peer) {
        if (candidate.state == State.NEW) {
            var all = new ArrayList<>(candidate.peer.addresses());
            peer.addresses().stream().filter(address -> !all.contains(address)).forEach(all::add);
            candidate.peer = candidate.peer.withAddresses(all);
        } else if (candidate.state == State.FAILED && !candidate.triedAgain) {
            candidate.triedAgain = true;
            candidate.slow = false;
            candidate.peer = peer;
            candidate.path = null;
            candidate.state = State.NEW;
        }
    }

    /// False when it is in the list already, or would be the last of a full one.
    private boolean insert(List<Candidate> sorted, Candidate candidate) {
        var key = candidate.peer.key();
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            int order = target.compareDistances(key, sorted.get(middle).peer.key());
            if (order == 0) {
                return false;
            }
            if (order < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low >= REMEMBERED_MAX) {
            return false;
        }
        sorted.add(low, candidate);
        return true;
    }

    /// Those that answered, nearest first.
    List<Candidate> answered(int max) {
        var answered = new ArrayList<Candidate>(max);
        for (var candidate : nearest) {
            if (candidate.state == State.ANSWERED && answered.size() < max) {
                answered.add(candidate);
            }
        }
        return answered;
    }

    /// What is known of the peer whose key is the target, whether it answered or not.
    @Nullable Candidate targetItself() {
        return known.get(target);
    }

    static boolean hasAnswered(Candidate candidate) {
        return candidate.state == State.ANSWERED;
    }

    Found.Effort effort() {
        return new Found.Effort(depth, messages);
    }
}

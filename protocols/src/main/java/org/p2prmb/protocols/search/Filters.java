package org.p2prmb.protocols.search;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.SearchCondition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The neighbours, what their filters say, and what they were told of ours.
///
/// A filter that promised 20 different tags and did not keep it, without keeping one in between,
/// is not consulted any more while that neighbour stays. Different ones, or whoever repeats one
/// search could have an honest neighbour ignored.
@Pure
final class Filters {
    /// Every so many updates go out as a whole, in case that one was lost.
    private static final int WHOLE_EVERY = 10;

    /// A change of more bits than this share of the filter's bytes is sent as a whole.
    private static final int FLIPS_SHARE = 2;

    private final int neighboursMax;
    private final int misleadsMax;
    private final Map<PeerId, Neighbour> neighbours = new LinkedHashMap<>();
    private TagFilter own = TagFilter.of(List.of());

    private static final class Neighbour {
        private @Nullable TagFilter filter;
        private int version;
        private final Set<Bytes> broken = HashSet.newHashSet(0);
        private int toldVersion;
        private @Nullable TagFilter told;
    }

    Filters(int neighboursMax, int misleadsMax) {
        this.neighboursMax = neighboursMax;
        this.misleadsMax = misleadsMax;
    }

    void connected(PeerId peer) {
        if (neighbours.size() < neighboursMax) {
            neighbours.putIfAbsent(peer, new Neighbour());
        }
    }

    void disconnected(PeerId peer) {
        neighbours.remove(peer);
    }

    boolean isNeighbour(PeerId peer) {
        return neighbours.containsKey(peer);
    }

    boolean isEmpty() {
        return neighbours.isEmpty();
    }

    /// The neighbours, those connected for longest first.
    List<PeerId> neighbours() {
        return new ArrayList<>(neighbours.keySet());
    }

    void heard(PeerId from, FilterUpdate update) {
        var neighbour = neighbours.get(from);
        if (neighbour == null) {
            return;
        }
        switch (update) {
            case FilterUpdate.Whole(var version, var filter) -> {
                neighbour.filter = TagFilter.of(filter);
                neighbour.version = version;
            }
            case FilterUpdate.Change(var version, var flips) -> {
                var known = neighbour.filter;
                if (known != null && version == neighbour.version + 1) {
                    neighbour.filter = known.flipped(flips);
                    neighbour.version = version;
                }
            }
        }
    }

    /// The neighbours that say to know somebody with this tag, the most reliable first.
    List<PeerId> promising(Bytes tagKey) {
        var promising = new ArrayList<PeerId>();
        for (var entry : neighbours.entrySet()) {
            var neighbour = entry.getValue();
            if (neighbour.filter != null
                    && neighbour.broken.size() < misleadsMax
                    && neighbour.filter.mayContain(tagKey)) {
                promising.add(entry.getKey());
            }
        }
        return promising;
    }

    /// Whether that neighbour's filter is still believed.
    boolean isConsulted(PeerId peer) {
        var neighbour = neighbours.get(peer);
        return neighbour != null && neighbour.broken.size() < misleadsMax;
    }

    /// The neighbour did not have what its filter promised. It promised a tag, not the criteria.
    void misled(PeerId peer, SearchCondition condition) {
        var neighbour = neighbours.get(peer);
        if (neighbour != null && condition.isTagOnly() && neighbour.broken.size() < misleadsMax) {
            neighbour.broken.add(condition.tagKey());
        }
    }

    /// The neighbour had what its filter promised.
    void kept(PeerId peer) {
        var neighbour = neighbours.get(peer);
        if (neighbour != null && neighbour.broken.size() < misleadsMax) {
            neighbour.broken.clear();
        }
    }

    /// Our own filter is made of these tags from now on.
    void changed(Collection<Bytes> tagKeys) {
        own = TagFilter.of(tagKeys);
    }

    /// What this neighbour is to be told now; nothing when it knows.
    Optional<FilterUpdate> news(PeerId peer) {
        var neighbour = neighbours.get(peer);
        if (neighbour == null) {
            return Optional.empty();
        }
        var told = neighbour.told;
        if (told != null && told.equals(own)) {
            return Optional.empty();
        }
        neighbour.told = own;
        int version = ++neighbour.toldVersion;
        if (told != null && told.size() == own.size() && version % WHOLE_EVERY != 1) {
            var flips = told.difference(own);
            if (flips.size() <= own.size() / Byte.SIZE / FLIPS_SHARE) {
                return Optional.of(new FilterUpdate.Change(version, flips));
            }
        }
        return Optional.of(new FilterUpdate.Whole(version, own.encoded()));
    }
}

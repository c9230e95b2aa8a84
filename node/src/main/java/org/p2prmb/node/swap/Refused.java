package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.swap.Terms;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The contracts that we did not countersign, for the owner to see; the last 64. One owner.
final class Refused {
    private static final int MAX = 64;

    private final Duration again;
    private final SequencedMap<Bytes, Contract> contracts = new LinkedHashMap<>();

    /// @param again after which time one that is told again is looked at again: what there was no
    ///     room, gas or node for may be possible by then
    Refused(Duration again) {
        this.again = again;
    }

    /// @param at when it was refused, the last time
    record Contract(Terms terms, String why, Instant at) {}

    /// Whether that is news.
    boolean add(Terms terms, String why, Instant at) {
        var known = contracts.putLast(terms.id(), new Contract(terms, why, at));
        if (contracts.size() > MAX) {
            contracts.pollFirstEntry();
        }
        return known == null || !known.why().equals(why);
    }

    void remove(Bytes id) {
        contracts.remove(id);
    }

    /// A contract is told again and again, and each look at it asks nodes.
    void requireDue(Bytes id, Instant now) throws ProtocolException {
        var known = contracts.get(id);
        if (known != null && now.isBefore(known.at().plus(again))) {
            throw new ProtocolException("refused before: " + known.why());
        }
    }

    /// Why none of a window is signed any more, see [Settlement#refusal].
    Optional<String> last(Bytes window, PeerId seller, Instant now) {
        var ofIt =
                contracts.values().stream()
                        .filter(one -> one.terms().window().equals(window))
                        .filter(one -> one.terms().seller().equals(seller))
                        .toList();
        boolean isOver = ofIt.stream().noneMatch(one -> now.isBefore(one.terms().validUntil()));
        return isOver && !ofIt.isEmpty() ? Optional.of(ofIt.getLast().why()) : Optional.empty();
    }

    List<Contract> all() {
        return List.copyOf(contracts.values());
    }
}

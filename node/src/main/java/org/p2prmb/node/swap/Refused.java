package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The contracts that we did not countersign, for the owner to see; the last 64. One owner.
final class Refused {
    private static final int MAX = 64;

    private final SequencedMap<Bytes, Contract> contracts = new LinkedHashMap<>();

    /// @param id of the contract
    record Contract(Bytes id, PeerId seller, String why, Instant at) {}

    void add(Bytes id, PeerId seller, String why, Instant at) {
        contracts.put(id, new Contract(id, seller, why, at));
        if (contracts.size() > MAX) {
            contracts.pollFirstEntry();
        }
    }

    /// The same contract is told again and again, and stays refused.
    void requireNew(Bytes id) throws ProtocolException {
        var known = contracts.get(id);
        if (known != null) {
            throw new ProtocolException("refused before: " + known.why());
        }
    }

    List<Contract> all() {
        return List.copyOf(contracts.values());
    }
}

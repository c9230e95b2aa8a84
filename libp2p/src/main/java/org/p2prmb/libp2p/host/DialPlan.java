package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Which addresses of a peer to dial, in which order, and why the others are not dialled.
///
/// @param addresses the nearest first, then those through relays, and last those that failed lately
/// @param refusals one line for each address left out
@Pure
record DialPlan(List<Multiaddr> addresses, List<String> refusals) {
    static final int ADDRESSES_MAX = 32;

    DialPlan {
        addresses = List.copyOf(addresses);
        refusals = List.copyOf(refusals);
    }

    /// Plans for `resolved` addresses of `peer`, without `/p2p`.
    ///
    /// @param listened the scopes that we listen on; none: we may dial whatever may be dialled
    /// @param own what we listen on: dialling that would meet ourselves
    static DialPlan of(
            PeerId peer,
            List<Multiaddr> resolved,
            Set<AddressScope> listened,
            List<Multiaddr> own,
            DialBackoff backoff,
            Instant now) {
        var addresses = new ArrayList<Multiaddr>();
        var refusals = new ArrayList<String>();
        for (var address : resolved) {
            var scope = address.scope().orElse(AddressScope.FORBIDDEN);
            if (!dialable(scope, listened)) {
                refusals.add("%s: %s, which we do not dial".formatted(address, scope));
            } else if (own.contains(address)) {
                refusals.add("%s: our own address".formatted(address));
            } else if (backoff.resting(now, peer, address)) {
                refusals.add("%s: failed a moment ago".formatted(address));
            } else if (addresses.size() == ADDRESSES_MAX) {
                refusals.add("%s: more than %d addresses".formatted(address, ADDRESSES_MAX));
            } else {
                addresses.add(address);
            }
        }
        addresses.sort(
                Comparator.comparing((Multiaddr address) -> backoff.suspect(now, peer, address))
                        .thenComparing(Multiaddr::isCircuit)
                        .thenComparing(
                                address -> address.scope().orElse(AddressScope.FORBIDDEN),
                                Comparator.reverseOrder())
                        // Plain TCP before a WebSocket, and that before one inside TLS.
                        .thenComparingInt(address -> address.components().size()));
        return new DialPlan(addresses, refusals);
    }

    private static boolean dialable(AddressScope scope, Set<AddressScope> listened) {
        return listened.isEmpty()
                ? scope != AddressScope.FORBIDDEN
                : listened.stream().anyMatch(scope::atMostAsWideAs);
    }
}

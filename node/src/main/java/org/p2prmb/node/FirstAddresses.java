package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.AddressLookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// The configured addresses that an agent joins through: peers, and domains whose text records
/// name peers.
final class FirstAddresses {
    private static final Logger log = LoggerFactory.getLogger(FirstAddresses.class);

    private final Map<PeerId, List<Multiaddr>> peers;
    private final List<Multiaddr> domains;
    private final AddressLookup lookup;

    /// What was last complained of, so that it is said once.
    private final AtomicReference<String> complaint = new AtomicReference<>("");

    FirstAddresses(List<Multiaddr> configured, AddressLookup lookup) {
        this.peers =
                byPeer(configured.stream().filter(address -> address.peer().isPresent()).toList());
        this.domains = configured.stream().filter(address -> address.peer().isEmpty()).toList();
        this.lookup = lookup;
    }

    /// The peers that are known without a question to anybody.
    Map<PeerId, List<Multiaddr>> peers() {
        return peers;
    }

    boolean hasDomains() {
        return !domains.isEmpty();
    }

    boolean isEmpty() {
        return peers.isEmpty() && domains.isEmpty();
    }

    /// The peers that the domains name now; waits for the DNS.
    Map<PeerId, List<Multiaddr>> ofDomains() {
        var failures = new StringBuilder();
        var found =
                lookup.resolve(domains, failure -> failures.append(failure).append("; ")).stream()
                        .filter(address -> address.peer().isPresent())
                        .toList();
        if (found.isEmpty()) {
            failures.append("no text record of ").append(domains).append(" names a peer");
            var text = failures.toString();
            if (!text.equals(complaint.getAndSet(text))) {
                log.info("bootstrap: {}", text);
            }
        } else {
            complaint.set("");
        }
        return byPeer(found);
    }

    private static Map<PeerId, List<Multiaddr>> byPeer(List<Multiaddr> addresses) {
        return addresses.stream()
                .collect(
                        Collectors.groupingBy(
                                address -> address.peer().orElseThrow(),
                                LinkedHashMap::new,
                                Collectors.toList()));
    }
}

package org.p2prmb.cli;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.WindowRoot;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Reads along in the topic of a pair, as anybody can, and has no part in it. Safe for many
/// threads.
final class DemoObserver {
    private final Map<Bytes, WindowRoot> roots = new ConcurrentHashMap<>();
    private final Set<PeerId> shown = ConcurrentHashMap.newKeySet();

    void heard(GossipMessage message) {
        try {
            switch (News.decode(message.data(), Signatures.REAL)) {
                case News.Rooted(var root) ->
                        roots.put(root.statement().window(), root.statement());
                case News.Revealed(var reveal) -> shown.add(reveal.statement().author());
                case News.Wanted _, News.Opened _, News.Concluded _ -> {} // For those who trade.
            }
        } catch (ProtocolException e) {
            throw new IllegalStateException("agents of our own that talk nonsense", e);
        }
    }

    /// Of the windows that are closed.
    List<WindowRoot> roots() {
        return List.copyOf(roots.values());
    }

    /// Who has shown its bid.
    Set<PeerId> shown() {
        return Set.copyOf(shown);
    }
}

package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.PublishedResult;
import org.p2prmb.protocols.exchange.WindowResult;

import java.util.Optional;

/// Where the parts of evidence are that are too large for a report, which names them by their hash:
/// the results of sealed windows.
@FunctionalInterface
public interface Exhibits {
    /// The largest exhibit, in bytes.
    int BYTES_MAX = WindowResult.BYTES_MAX;

    int HASH_BYTES = 32;

    /// Finds none: what needs one is an opinion.
    Exhibits NONE = (_, _) -> Optional.empty();

    /// The bytes with this hash; empty when nobody shows them. May block, where others are asked.
    ///
    /// @param reporter who had them first
    Optional<Bytes> find(Bytes hash, PeerId reporter);

    /// What an exhibit is asked for by.
    static Bytes hash(Bytes exhibit) {
        return PublishedResult.hash(exhibit);
    }
}

package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.util.List;

/// What an agent tells a neighbour of the tags that it can answer: the whole filter, or what has
/// changed since it told last.
public sealed interface FilterUpdate {
    /// The largest update on the wire, in bytes.
    int BYTES_MAX = 16 * 1024;

    /// Grows by one with every update of a sender.
    int version();

    record Whole(int version, Bytes filter) implements FilterUpdate {
        /// Throws `IllegalArgumentException` when it is no filter.
        public Whole {
            Limits.require(version > 0, "a version is positive");
            TagFilter.of(filter);
        }
    }

    /// @param flips the changed bits of the filter of the version before, in ascending order
    record Change(int version, List<Integer> flips) implements FilterUpdate {
        public Change {
            flips = List.copyOf(flips);
            Limits.require(version > 0, "a version is positive");
        }
    }
}

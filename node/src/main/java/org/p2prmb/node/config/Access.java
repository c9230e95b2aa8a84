package org.p2prmb.node.config;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who may run a command. The owner always may; nobody else unless it is said here.
public sealed interface Access {
    int KEYS_MAX = 64;

    /// Only the owner.
    record Owner() implements Access {
        @Override
        public String toString() {
            return "owner";
        }
    }

    /// Every peer that can connect.
    record Anyone() implements Access {
        @Override
        public String toString() {
            return "anyone";
        }
    }

    /// The owner and the holders of these keys, as the handshake proves them.
    record Keys(Set<PeerId> peers) implements Access {
        public Keys {
            if (peers.isEmpty() || peers.size() > KEYS_MAX) {
                throw new IllegalArgumentException(
                        "%d keys, 1 to %d are allowed".formatted(peers.size(), KEYS_MAX));
            }
            SequencedSet<PeerId> copy = new LinkedHashSet<>(peers);
            peers = Collections.unmodifiableSequencedSet(copy);
        }

        @Override
        public String toString() {
            return peers.stream().map(PeerId::toString).collect(Collectors.joining(","));
        }
    }

    /// Whether a peer with this proven identity may, where `owners` are the agent's owners.
    default boolean allows(PeerId caller, Collection<PeerId> owners) {
        return owners.contains(caller)
                || switch (this) {
                    case Owner _ -> false;
                    case Anyone _ -> true;
                    case Keys(var peers) -> peers.contains(caller);
                };
    }

    /// `owner`, `anyone`, or keys separated by commas. Throws [UserException].
    static Access parse(String text) {
        return switch (text.strip()) {
            case "owner" -> new Owner();
            case "anyone" -> new Anyone();
            default -> keys(text);
        };
    }

    private static Access keys(String text) {
        try {
            return new Keys(
                    Stream.of(text.split(",", -1))
                            .map(key -> OwnerKey.parse(key.strip()).peerId())
                            .collect(Collectors.toCollection(LinkedHashSet::new)));
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "access '%s': write owner, anyone, or peer ids separated by commas (%s)"
                            .formatted(text, e.getMessage()),
                    e);
        }
    }
}

package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The validators by the namespace of the key: `rmb-owner` for `/rmb-owner/…`.
///
/// A key without a known namespace has no valid value.
@Pure
public final class Validators {
    private static final byte SLASH = '/';

    private final Map<String, Validator> byNamespace;

    public Validators(Map<String, Validator> byNamespace) {
        this.byNamespace = Map.copyOf(byNamespace);
    }

    /// Whether `value` may stand under `key` at `now`.
    public boolean accept(Bytes key, Bytes value, Instant now) {
        return validUntil(key, value).map(now::isBefore).orElse(false);
    }

    /// Until when `value` may stand under `key`; empty when it may not at all.
    public Optional<Instant> validUntil(Bytes key, Bytes value) {
        return of(key).flatMap(validator -> validator.validUntil(key, value));
    }

    /// Whether `value` replaces `current`; both are valid under `key`.
    public boolean isBetter(Bytes key, Bytes value, Bytes current) {
        return of(key).map(validator -> validator.isBetter(value, current)).orElse(false);
    }

    private Optional<Validator> of(Bytes key) {
        if (key.size() < 2 || key.at(0) != SLASH) {
            return Optional.empty();
        }
        for (int end = 1; end < key.size(); end++) {
            if (key.at(end) == SLASH) {
                var name = new String(key.unsafeArray(), 1, end - 1, StandardCharsets.ISO_8859_1);
                return Optional.ofNullable(byNamespace.get(name));
            }
        }
        return Optional.empty();
    }
}

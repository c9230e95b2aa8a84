package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.identity.PublicKey;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/// An owner's leave for a device key to stand in for the owner's own; counts only as a
/// [SignedDelegation].
///
/// A delegation with a lower sequence than the owner's newest one for the same device is revoked;
/// an empty scope allows nothing, so issuing one revokes.
///
/// @param scope prefixes of commands that the device may use, `*` for all; at most 32
/// @param sequence 0 or more
/// @param expiresAt whole milliseconds since 1970
public record Delegation(
        PublicKey owner, PublicKey device, List<String> scope, long sequence, Instant expiresAt) {
    public static final int SCOPE_MAX = 32;
    public static final int PREFIX_BYTES_MAX = 128;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Delegation {
        scope = List.copyOf(scope);
        Limits.count(scope, SCOPE_MAX, "command prefixes");
        for (var prefix : scope) {
            // An empty prefix would allow everything by accident; "*" says it aloud.
            Limits.require(
                    !prefix.isEmpty()
                            && prefix.getBytes(StandardCharsets.UTF_8).length <= PREFIX_BYTES_MAX,
                    "a command prefix has 1 to 128 bytes");
        }
        Limits.require(sequence >= 0, "a delegation's sequence is negative");
        Limits.millis(expiresAt, "a delegation's expiry");
    }

    /// Whether the scope covers the command.
    public boolean allows(String command) {
        return scope.stream().anyMatch(prefix -> prefix.equals("*") || command.startsWith(prefix));
    }
}

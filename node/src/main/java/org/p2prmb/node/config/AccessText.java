package org.p2prmb.node.config;

import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.message.AccessRule;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The text form of an [AccessRule]: `owner`, `anyone`, or public keys separated by commas.
public final class AccessText {
    public static final int KEYS_MAX = 64;

    private AccessText() {}

    /// Throws [UserException] that names the forms.
    public static AccessRule parse(String text) {
        return switch (text.strip()) {
            case "owner" -> AccessRule.OWNER;
            case "anyone" -> AccessRule.ANYONE;
            default -> new AccessRule.Keys(keys(text));
        };
    }

    public static String format(AccessRule rule) {
        return switch (rule) {
            case AccessRule.Owner() -> "owner";
            case AccessRule.Anyone() -> "anyone";
            case AccessRule.Keys(var keys) ->
                    keys.stream().map(OwnerKey::format).sorted().collect(Collectors.joining(","));
        };
    }

    private static Set<PublicKey> keys(String text) {
        var texts = text.split(",", -1);
        if (texts.length > KEYS_MAX) {
            throw new UserException(
                    "access for %d keys, at most %d are allowed".formatted(texts.length, KEYS_MAX));
        }
        try {
            return Stream.of(texts)
                    .map(key -> OwnerKey.parse(key.strip()))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        } catch (UserException e) {
            throw new UserException(
                    "access '%s': write owner, anyone, or public keys separated by commas (%s)"
                            .formatted(Printed.brief(text), e.getMessage()),
                    e);
        }
    }
}

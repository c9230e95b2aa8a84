package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.identity.KeyPair;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;

final class OwnerKeyTest {
    private final KeyPair keys = KeyPair.generate(new SecureRandom());

    @Test
    void everyTextFormOfAKeyIsTheSameKey() {
        var key = keys.publicKey();
        assertThat(OwnerKey.parse(OwnerKey.format(key))).isEqualTo(key);
        assertThat(OwnerKey.parse(keys.peerId().toCid())).isEqualTo(key);
        assertThat(OwnerKey.parse(key.encoded().toHex())).isEqualTo(key);
        assertThat(OwnerKey.parse(Base64.getEncoder().encodeToString(key.encoded().toArray())))
                .isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "alice", "00", "AAAA", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"})
    void whatIsNoKeyIsOneClearLine(String text) {
        assertThatThrownBy(() -> OwnerKey.parse(text))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("not a public key");
    }

    @Test
    void anAccessRuleAllowsWhomItNamesAndTheOwnerAlways() {
        var owner = KeyPair.generate(new SecureRandom()).peerId();
        var friend = keys.peerId();
        var stranger = KeyPair.generate(new SecureRandom()).peerId();
        var owners = List.of(owner);
        assertThat(new Access.Owner().allows(owner, owners)).isTrue();
        assertThat(new Access.Owner().allows(friend, owners)).isFalse();
        assertThat(new Access.Anyone().allows(stranger, owners)).isTrue();
        var friends = Access.parse(OwnerKey.format(keys.publicKey()));
        assertThat(friends).isEqualTo(new Access.Keys(Set.of(friend)));
        assertThat(friends.allows(friend, owners)).isTrue();
        assertThat(friends.allows(owner, owners)).isTrue();
        assertThat(friends.allows(stranger, owners)).isFalse();
        assertThat(Access.parse(friends.toString())).isEqualTo(friends);
    }
}

package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.message.AccessRule;

import java.security.SecureRandom;
import java.util.Base64;
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
    void anAccessRuleReadsAsItIsShown() {
        var friend = OwnerKey.format(keys.publicKey());
        assertThat(AccessText.parse("owner")).isEqualTo(AccessRule.OWNER);
        assertThat(AccessText.parse("anyone")).isEqualTo(AccessRule.ANYONE);
        var friends = new AccessRule.Keys(Set.of(keys.publicKey()));
        assertThat(AccessText.parse(friend)).isEqualTo(friends);
        assertThat(AccessText.format(friends)).isEqualTo(friend);
        assertThatThrownBy(() -> AccessText.parse("everyone"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("write owner, anyone, or public keys");
    }
}

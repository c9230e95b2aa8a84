package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;

final class AddressGroupsTest {
    private final AddressGroups groups = new AddressGroups(true);

    @Test
    void oneAgentOfEachSixteenthOfIpv4IsLetIn() {
        assertThat(admit("/ip4/11.1.2.3/tcp/1")).isTrue();
        assertThat(admit("/ip4/11.1.200.3/tcp/1")).isFalse();
        assertThat(admit("/ip4/11.2.2.3/tcp/1")).isTrue();
    }

    @Test
    void oneAgentOfEachFortyEighthOfIpv6IsLetIn() {
        assertThat(admit("/ip6/2001:db8:1::1/tcp/1")).isTrue();
        assertThat(admit("/ip6/2001:db8:1:ffff::1/tcp/1")).isFalse();
        assertThat(admit("/ip6/2001:db8:2::1/tcp/1")).isTrue();
    }

    @Test
    void allAddressesOfAnAgentCount() {
        assertThat(admit("/ip4/11.1.2.3/tcp/1", "/ip6/2001:db8:1::1/tcp/1")).isTrue();
        assertThat(admit("/ip4/12.1.2.3/tcp/1", "/ip6/2001:db8:1::2/tcp/1")).isFalse();
        assertThat(admit("/ip4/12.1.2.3/tcp/1")).as("who was refused takes no place").isTrue();
    }

    @Test
    void loopbackCountsOnlyWhenItIsNotExempt() {
        assertThat(admit("/ip4/127.0.0.1/tcp/1") && admit("/ip4/127.0.0.1/tcp/2")).isTrue();
        var strict = new AddressGroups(false);
        var loopback = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));
        assertThat(strict.admit(loopback)).isTrue();
        assertThat(strict.admit(loopback)).isFalse();
    }

    @Test
    void namesBelongToNoGroup() {
        assertThat(admit("/dns4/a.example/tcp/1") && admit("/dns4/a.example/tcp/1")).isTrue();
    }

    private boolean admit(String... addresses) {
        return groups.admit(List.of(addresses).stream().map(Multiaddr::parse).toList());
    }
}

package org.p2prmb.libp2p.multiaddr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.UnknownHostException;

final class AddressScopeTest {
    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, PUBLIC",
        "172.15.255.255, PUBLIC",
        "172.32.0.0, PUBLIC",
        "100.63.255.255, PUBLIC",
        "100.128.0.0, PUBLIC",
        "223.255.255.255, PUBLIC",
        "10.0.0.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "192.168.1.1, PRIVATE",
        "169.254.1.1, LINK_LOCAL",
        "127.0.0.1, LOOPBACK",
        "127.255.3.9, LOOPBACK",
        "0.0.0.0, FORBIDDEN",
        "0.1.2.3, FORBIDDEN",
        "169.254.169.254, FORBIDDEN",
        "100.100.100.200, FORBIDDEN",
        "224.0.0.1, FORBIDDEN",
        "239.255.255.255, FORBIDDEN",
        "240.0.0.1, FORBIDDEN",
        "255.255.255.255, FORBIDDEN",
        "2606:4700::1111, PUBLIC",
        "64:ff9b::8.8.8.8, PUBLIC",
        "64:ff9b::10.0.0.1, PRIVATE",
        "64:ff9b::169.254.169.254, FORBIDDEN",
        "2002:808:808::1, PUBLIC",
        "2002:7f00:1::1, LOOPBACK",
        "2002:a9fe:a9fe::1, FORBIDDEN",
        "::ffff:127.0.0.1, LOOPBACK",
        "::ffff:169.254.169.254, FORBIDDEN",
        "fc00::1, PRIVATE",
        "fd12:3456::1, PRIVATE",
        "fec0::1, PRIVATE",
        "fe80::1, LINK_LOCAL",
        "febf::1, LINK_LOCAL",
        "::1, LOOPBACK",
        "::, FORBIDDEN",
        "::127.0.0.1, FORBIDDEN",
        "fd00:ec2::254, FORBIDDEN",
        "ff02::1, FORBIDDEN",
        "100::1, FORBIDDEN",
        "2001::1, FORBIDDEN",
        "4000::1, FORBIDDEN",
    })
    void everyAddressHasItsScope(String ip, AddressScope scope) throws UnknownHostException {
        assertThat(AddressScope.of(InetAddress.getByName(ip))).isEqualTo(scope);
        var family = ip.contains(":") ? "/ip6/" : "/ip4/";
        assertThat(Multiaddr.parse(family + ip + "/tcp/1").scope()).contains(scope);
    }

    @ParameterizedTest
    @CsvSource({
        "PUBLIC, PUBLIC|PRIVATE|LINK_LOCAL|LOOPBACK",
        "PRIVATE, PRIVATE|LINK_LOCAL|LOOPBACK",
        "LINK_LOCAL, LINK_LOCAL|LOOPBACK",
        "LOOPBACK, LOOPBACK",
        "FORBIDDEN, ''",
    })
    void weDialNoWiderThanWeListen(AddressScope listened, String dialled) {
        for (var scope : AddressScope.values()) {
            assertThat(scope.atMostAsWideAs(listened))
                    .as("%s", scope)
                    .isEqualTo(("|" + dialled + "|").contains("|" + scope + "|"));
        }
    }

    @Test
    void aWildcardListensEverywhere() throws UnknownHostException {
        for (var wildcard : new String[] {"0.0.0.0", "::"}) {
            var address = InetAddress.getByName(wildcard);
            assertThat(AddressScope.ofListener(address)).isEqualTo(AddressScope.PUBLIC);
            assertThat(AddressScope.of(address)).isEqualTo(AddressScope.FORBIDDEN);
        }
        assertThat(AddressScope.ofListener(InetAddress.getByName("127.0.0.1")))
                .isEqualTo(AddressScope.LOOPBACK);
    }
}

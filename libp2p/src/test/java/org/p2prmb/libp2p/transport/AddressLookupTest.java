package org.p2prmb.libp2p.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class AddressLookupTest {
    private static final String PEER = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
    private static final String OTHER = "12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X";

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final Names names = new Names();
    private final List<String> failures = new ArrayList<>();

    @Test
    void addressesWithoutNamesStayAsTheyAre() {
        assertThat(resolve("/ip4/1.2.3.4/tcp/1", "/ip6/::1/tcp/2"))
                .containsExactly("/ip4/1.2.3.4/tcp/1", "/ip6/::1/tcp/2");
        assertThat(names.asked).isEmpty();
    }

    @Test
    void namesBecomeTheAddressesOfTheFamilyAsked() throws UnknownHostException {
        names.hosts.put(
                "a.example",
                List.of(InetAddress.getByName("1.2.3.4"), InetAddress.getByName("2001:db8::1")));

        assertThat(resolve("/dns/a.example/tcp/1"))
                .containsExactly("/ip4/1.2.3.4/tcp/1", "/ip6/2001:db8::1/tcp/1");
        assertThat(resolve("/dns4/a.example/tcp/1/p2p/" + PEER))
                .containsExactly("/ip4/1.2.3.4/tcp/1/p2p/" + PEER);
        assertThat(resolve("/dns6/a.example/tcp/1")).containsExactly("/ip6/2001:db8::1/tcp/1");
    }

    @Test
    void textRecordsThatEndInAnotherPeerAreNotMeant() {
        names.texts.put(
                "_dnsaddr.b.example",
                List.of(
                        "dnsaddr=/ip4/1.1.1.1/tcp/1/p2p/" + PEER,
                        "dnsaddr=/ip4/2.2.2.2/tcp/1/p2p/" + OTHER,
                        "dnsaddr=/no/such/protocol/p2p/" + PEER,
                        "v=spf1"));

        assertThat(resolve("/dnsaddr/b.example/p2p/" + PEER))
                .containsExactly("/ip4/1.1.1.1/tcp/1/p2p/" + PEER);
        assertThat(resolve("/dnsaddr/b.example")).hasSize(2);
    }

    @Test
    void textRecordsMayPointToFurtherNames() throws UnknownHostException {
        names.texts.put("_dnsaddr.b.example", List.of("dnsaddr=/dnsaddr/c.example"));
        names.texts.put("_dnsaddr.c.example", List.of("dnsaddr=/dns4/d.example/tcp/7"));
        names.hosts.put("d.example", List.of(InetAddress.getByName("4.4.4.4")));

        assertThat(resolve("/dnsaddr/b.example")).containsExactly("/ip4/4.4.4.4/tcp/7");
    }

    @Test
    void namesThatPointToThemselvesCostABoundedNumberOfLookups() {
        names.texts.put(
                "_dnsaddr.e.example",
                List.of("dnsaddr=/dnsaddr/e.example", "dnsaddr=/dnsaddr/e.example"));

        assertThat(resolve("/dnsaddr/e.example")).isEmpty();
        assertThat(names.asked).hasSize(AddressLookup.LOOKUPS_MAX);
        assertThat(failures).singleElement().asString().contains("32");
    }

    @Test
    void onlyTheFirstTextRecordsCount() {
        var many = new ArrayList<String>();
        for (var i = 0; i < 100; i++) {
            many.add("dnsaddr=/ip4/1.1.1.%d/tcp/1".formatted(i));
        }
        names.texts.put("_dnsaddr.f.example", many);

        assertThat(resolve("/dnsaddr/f.example")).hasSize(AddressLookup.TEXT_RECORDS_MAX);
    }

    @Test
    void aNameThatIsNotFoundIsReportedAndTheOthersAreResolved() {
        assertThat(resolve("/dns4/none.example/tcp/1", "/ip4/1.2.3.4/tcp/1"))
                .containsExactly("/ip4/1.2.3.4/tcp/1");
        assertThat(failures).singleElement().asString().contains("/dns4/none.example/tcp/1");
    }

    /// `/wss` becomes `/tls/sni/<name>/ws`, which is longer.
    @Test
    void anAddressThatWouldBecomeTooLongIsReportedAndTheOthersAreResolved()
            throws UnknownHostException {
        var name = "n".repeat(1000);
        names.hosts.put("a.example", List.of(InetAddress.getByName("1.2.3.4")));
        names.hosts.put(name, List.of(InetAddress.getByName("2001:db8::1")));
        for (var full :
                List.of(
                        "/dns4/a.example/tcp/443/wss" + "/ws".repeat(29),
                        "/dns6/%s/tcp/443/wss/sni/x".formatted(name))) {
            failures.clear();
            assertThat(resolve(full, "/ip4/1.2.3.4/tcp/1")).containsExactly("/ip4/1.2.3.4/tcp/1");
            assertThat(failures).singleElement().asString().contains("too long");
        }
    }

    /// A name that leads to this machine's own services, or to those of its network.
    @Test
    void aStrangersNameLeadsIntoNoNarrowerNetwork() throws UnknownHostException {
        names.hosts.put("a.example", List.of(InetAddress.getByName("1.2.3.4"), LOOPBACK));
        names.hosts.put("b.example", List.of(InetAddress.getByName("10.0.0.1")));
        names.texts.put(
                "_dnsaddr.c.example",
                List.of(
                        "dnsaddr=/ip4/127.0.0.1/tcp/6379",
                        "dnsaddr=/dns4/b.example/tcp/1",
                        "dnsaddr=/ip4/5.6.7.8/tcp/1"));
        var a = "/dns4/a.example/tcp/1";
        var b = "/dns4/b.example/tcp/1";
        var c = "/dnsaddr/c.example";

        assertThat(told(AddressScope.PUBLIC, a, b, c))
                .containsExactly("/ip4/1.2.3.4/tcp/1", "/ip4/5.6.7.8/tcp/1");
        assertThat(failures)
                .containsExactly(
                        "/ip4/127.0.0.1/tcp/1: a name for a narrower network",
                        "/ip4/10.0.0.1/tcp/1: a name for a narrower network",
                        "/ip4/127.0.0.1/tcp/6379: a name for a narrower network",
                        "/ip4/10.0.0.1/tcp/1: a name for a narrower network");
        assertThat(told(AddressScope.PRIVATE, a, b))
                .containsExactly("/ip4/1.2.3.4/tcp/1", "/ip4/10.0.0.1/tcp/1");
        assertThat(told(AddressScope.LOOPBACK, a))
                .containsExactly("/ip4/1.2.3.4/tcp/1", "/ip4/127.0.0.1/tcp/1");
        // What is no name is for others to judge, and our operator's leads anywhere.
        assertThat(told(AddressScope.PUBLIC, "/ip4/127.0.0.1/tcp/1")).hasSize(1);
        assertThat(resolve(a, b, c)).hasSize(5);
        assertThat(
                        new AddressLookup(names)
                                .resolve(
                                        List.of(Multiaddr.parse(a), Multiaddr.parse(b)),
                                        address -> address.equals(Multiaddr.parse(b)),
                                        AddressScope.PUBLIC,
                                        failures::add))
                .extracting(Multiaddr::toString)
                .containsExactly("/ip4/1.2.3.4/tcp/1", "/ip4/10.0.0.1/tcp/1");
    }

    @Test
    void aStrangersNameIsNoIpAddress() {
        var literals =
                List.of(
                        "127.0.0.1",
                        "127.1",
                        "2130706433",
                        "0x7f000001",
                        "1.0x1",
                        "127.0.0.1.",
                        "::1");
        for (var literal : literals) {
            failures.clear();
            names.hosts.put(literal, List.of(LOOPBACK));
            assertThat(told(AddressScope.LOOPBACK, "/dns4/%s/tcp/1".formatted(literal))).isEmpty();
            assertThat(failures).singleElement().asString().contains("an IP address in place of");
        }
        assertThat(names.asked).isEmpty();
        names.hosts.put("1.example", List.of(LOOPBACK));
        names.hosts.put("1x", List.of(LOOPBACK));
        assertThat(told(AddressScope.LOOPBACK, "/dns/1.example/tcp/1", "/dns/1x/tcp/2")).hasSize(2);
    }

    @Test
    void onlyTheFirstAddressesOfANameCount() {
        var many = new ArrayList<InetAddress>();
        for (var i = 0; i < 100; i++) {
            many.add(InetAddress.ofLiteral("1.2.3." + i));
        }
        names.hosts.put("a.example", many);

        assertThat(resolve("/dns/a.example/tcp/1")).hasSize(AddressLookup.ADDRESSES_MAX);
    }

    private List<String> told(AddressScope network, String... addresses) {
        var parsed = List.of(addresses).stream().map(Multiaddr::parse).toList();
        return new AddressLookup(names)
                .resolve(parsed, _ -> false, network, failures::add).stream()
                        .map(Multiaddr::toString)
                        .toList();
    }

    private List<String> resolve(String... addresses) {
        var parsed = List.of(addresses).stream().map(Multiaddr::parse).toList();
        return new AddressLookup(names)
                .resolve(parsed, failures::add).stream().map(Multiaddr::toString).toList();
    }

    /// A resolver that knows what it was told.
    private static final class Names implements Resolver {
        private final Map<String, List<InetAddress>> hosts = new HashMap<>();
        private final Map<String, List<String>> texts = new HashMap<>();
        private final List<String> asked = new ArrayList<>();

        @Override
        public List<InetAddress> addresses(String host) throws IOException {
            asked.add(host);
            var found = hosts.get(host);
            if (found == null) {
                throw new UnknownHostException(host);
            }
            return found;
        }

        @Override
        public List<String> texts(String name) {
            asked.add(name);
            return texts.getOrDefault(name, List.of());
        }
    }
}

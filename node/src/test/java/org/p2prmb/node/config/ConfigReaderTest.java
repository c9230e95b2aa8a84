package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.statements.Offering;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

final class ConfigReaderTest {
    private static final String PEER = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    @TempDir Path folder;

    @Test
    void withoutAnythingTheDefaultsHold() {
        var resolved = read(Map.of(), Map.of());
        assertThat(resolved.config()).isEqualTo(AgentConfig.defaults());
        assertThat(resolved.lines()).allMatch(line -> line.origin().equals("default"));
        assertThat(resolved.lines())
                .contains(new ResolvedConfig.Line("imAlive.interval", "30 s", "default"))
                .contains(
                        new ResolvedConfig.Line(
                                "listen", "/ip4/0.0.0.0/tcp/0, /ip6/::/tcp/0", "default"));
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        var file = write("neighbours.max = 3\nconnections.max = 30\nsearch.hopsMax = 2\n");
        var environment = Map.of("RMB_NEIGHBOURS_MAX", "4", "RMB_CONNECTIONS_MAX", "40");
        var resolved = read(Map.of("neighbours.max", List.of("5")), environment);
        assertThat(resolved.config().neighboursMax()).isEqualTo(5);
        assertThat(resolved.config().connectionsMax()).isEqualTo(40);
        assertThat(resolved.config().search().hopsMax()).isEqualTo(2);
        assertThat(resolved.lines())
                .contains(new ResolvedConfig.Line("neighbours.max", "5", "flag"))
                .contains(new ResolvedConfig.Line("connections.max", "40", "RMB_CONNECTIONS_MAX"))
                .contains(new ResolvedConfig.Line("search.hopsMax", "2", file.toString()));
    }

    @Test
    void aPortAloneShowsMetricsToThisMachineOnly() {
        for (var text : List.of("9464", "127.0.0.1:9464", "localhost:9464", " 9464 ")) {
            assertThat(metrics(text)).as(text).isEqualTo("127.0.0.1:9464");
        }
        assertThat(metrics("[::1]:80")).isEqualTo("[0:0:0:0:0:0:0:1]:80");
        assertThat(metrics("0.0.0.0:80")).isEqualTo("0.0.0.0:80");
        assertThat(metrics("off")).isEqualTo("off");
        for (var wrong : List.of("", "x", "99999", "a.example:80", "1.2.3.4", "999.1.1.1:80")) {
            assertThatThrownBy(() -> metrics(wrong))
                    .as(wrong)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("127.0.0.1:9464");
        }
    }

    private String metrics(String text) {
        return read(Map.of("metrics.listen", List.of(text)), Map.of()).lines().stream()
                .filter(line -> line.key().equals("metrics.listen"))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void aDomainMayBeJoinedThroughButNoOtherAddressWithoutAPeer() {
        var domain = List.of("/dnsaddr/example.org");
        assertThat(read(Map.of("bootstrap", domain), Map.of()).config().bootstrap())
                .containsExactly(Multiaddr.parse("/dnsaddr/example.org"));
        var wrong = Map.of("bootstrap", List.of("/dns4/example.org/tcp/1"));
        assertThatThrownBy(() -> read(wrong, Map.of())).isInstanceOf(UserException.class);
    }

    @Test
    void anAnnouncedAddressNamesAPortAndNoPeer() {
        var good = List.of("/dns4/boot.example.org/tcp/4001");
        assertThat(read(Map.of("announce", good), Map.of()).config().operator().announce())
                .hasSize(1);
        for (var wrong : List.of("/ip4/1.2.3.4", "/ip4/1.2.3.4/tcp/1/p2p/" + PEER)) {
            var flags = Map.of("announce", List.of(wrong));
            assertThatThrownBy(() -> read(flags, Map.of())).isInstanceOf(UserException.class);
        }
    }

    @Test
    void aDirectPeersAddressNamesThePeer() {
        var good = List.of("/ip4/1.2.3.4/tcp/4001/p2p/" + PEER);
        assertThat(read(Map.of("gossip.direct", good), Map.of()).config().operator().direct())
                .hasSize(1);
        var wrong = Map.of("gossip.direct", List.of("/ip4/1.2.3.4/tcp/4001"));
        assertThatThrownBy(() -> read(wrong, Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("gossip.direct")
                .hasMessageContaining("/ip4/1.2.3.4/tcp/4001 must end with /p2p");
    }

    @Test
    void everySettingCanBeWrittenInTheFile() throws IOException {
        write(
                """
                listen = ["/ip4/127.0.0.1/tcp/4001"]
                bootstrap = ["/ip4/127.0.0.1/tcp/4002/p2p/%1$s"]
                offer = ["barber:city=ghent,day=sunday", "plumber"]
                mdns = true
                limits.exemptLoopback = false
                kademlia.mode = "client"
                kademlia.ownerRecord = true

                [neighbours]
                max = 8

                [imAlive]
                interval = "2 s"

                [connections]
                max = 64

                [search]
                hopsMax = 3
                resultsMax = 4
                waitMax = "5 s"

                [log]
                format = "json"

                [handlers.greet]
                program = "/usr/bin/python3"
                args = ["greet.py", "--loud"]
                access = "anyone"
                deadline = "5 s"
                outputMax = "64 KiB"
                grants = ["search.find"]

                [handlers."my.count"]
                outputMax = 4096
                program = "count"
                access = ["%1$s"]
                """
                        .formatted(PEER));
        var config = read(Map.of(), Map.of()).config();
        assertThat(config.listen()).containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"));
        assertThat(config.bootstrap())
                .containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/4002/p2p/" + PEER));
        assertThat(config.offerings())
                .containsExactly(
                        Offering.of("barber", Map.of("city", "ghent", "day", "sunday")),
                        Offering.of("plumber"));
        assertThat(config.exemptLoopback()).isFalse();
        assertThat(config.mdns()).isTrue();
        assertThat(config.dht()).isEqualTo(new DhtConfig(DhtMode.CLIENT, true));
        assertThat(config.neighboursMax()).isEqualTo(8);
        assertThat(config.imAlive().interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.connectionsMax()).isEqualTo(64);
        assertThat(config.search()).isEqualTo(new SearchConfig(3, 4, Duration.ofSeconds(5)));
        assertThat(config.logFormat()).isEqualTo(LogFormat.JSON);
        assertThat(config.handlers())
                .containsExactly(
                        new ExecConfig(
                                "greet",
                                "/usr/bin/python3",
                                List.of("greet.py", "--loud"),
                                AccessRule.ANYONE,
                                Duration.ofSeconds(5),
                                64 * 1024,
                                List.of("search.find")),
                        new ExecConfig(
                                "my.count",
                                "count",
                                List.of(),
                                AccessText.parse(PEER),
                                ExecConfig.DEADLINE,
                                4096,
                                List.of()));
    }

    @Test
    void listsInTheEnvironmentHaveSeparators() {
        var environment =
                Map.of(
                        "RMB_LISTEN", "/ip4/127.0.0.1/tcp/1, /ip4/127.0.0.1/tcp/2",
                        "RMB_OFFER", "barber:city=ghent,day=sunday; plumber",
                        "RMB_BOOTSTRAP", "");
        var config = read(Map.of(), environment).config();
        assertThat(config.listen()).hasSize(2);
        assertThat(config.offerings()).hasSize(2);
        assertThat(config.bootstrap()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    listn = []                        | did you mean listen?
                    neighbours.maximum = 3            | did you mean neighbours.max?
                    imalive.interval = "3 s"          | did you mean imAlive.interval?
                    colour = "red"                    | there are announce, autonat.private
                    neighbours.max = 0                | outside 1 to 256
                    neighbours.max = 1.5              | not a whole number
                    neighbours.max = "many"           | not a whole number
                    neighbours.max = [1, 2]           | one value is expected
                    imAlive.interval = "3 weeks"      | a number and ms, s, min or h
                    imAlive.interval = "1 ms"         | outside 1 s to 5 min
                    search.waitMax = "2 min"          | outside 100 ms to 30 s
                    limits.exemptLoopback = "maybe"   | neither true nor false
                    kademlia.mode = "maybe"           | none of server, client and off
                    log.format = "xml"                | neither text nor json
                    security = ["rot13"]              | neither noise nor tls
                    security = []                     | names none
                    listen = ["/ip4/256.0.0.1/tcp/1"] | listen
                    listen = ["/ip4/127.0.0.1"]       | names no TCP port
                    bootstrap = ["/ip4/1.2.3.4/tcp/1"]| does not end in /p2p/
                    offer = ["Barber"]                | a tag is 1 to 64
                    offer = ["barber:city"]           | not key=value
                    offer = ["barber:a=1,a=2"]        | given twice
                    offer = [["a"]]                   | a text, a number
                    listen = [                        | line
                    handlers = 3                      | [handlers.NAME]
                    handlers.x = 3                    | names no program
                    handlers.x = {}                   | names no program
                    handlers.X = {program = "y"}      | is not a command
                    handlers.x = {progam = "y"}       | did you mean program?
                    handlers.x = {program = "y", access = "all"}       | write owner, anyone
                    handlers.x = {program = "y", outputMax = "2 MiB"}  | outside
                    handlers.x = {program = "y", deadline = 3}         | ms, s, min or h
                    """)
    void aWrongSettingIsOneLineThatNamesIt(String toml, String complaint) throws IOException {
        write(toml + "\n");
        assertThatThrownBy(() -> read(Map.of(), Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining("rmb.toml")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void anUnknownVariableIsRefusedWithTheNearestOne() {
        assertThatThrownBy(() -> read(Map.of(), Map.of("RMB_BOOTSTRP", "x")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("RMB_BOOTSTRAP");
        assertThat(read(Map.of(), Map.of("RMB_HOME", "x", "PATH", "y")).config())
                .isEqualTo(AgentConfig.defaults());
    }

    private ResolvedConfig read(Map<String, List<String>> flags, Map<String, String> environment) {
        return new ConfigReader(AgentConfig.defaults(), flags, environment)
                .read(folder.resolve("rmb.toml"));
    }

    private Path write(String toml) throws IOException {
        return Files.writeString(folder.resolve("rmb.toml"), toml);
    }
}

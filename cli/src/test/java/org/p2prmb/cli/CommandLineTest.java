package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.KeyFile;
import org.p2prmb.node.config.PassphraseSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What the command line says and returns where no agent is needed.
final class CommandLineTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    fnd                                     | did you mean find?
                    find                                    | --tag
                    find --tag Barber                       | a tag is 1 to 64
                    find --tag barber --where city          | 'city' is not key=value
                    find --tag barber --where a=1 --where a=2 | given twice
                    find --tag barber --max 0               | --limit 0 is outside 1 to 16
                    find --tag barber --max many            | many
                    find --tag barber --hops 13             | --hops 13 is outside 0 to 12
                    find --tag barber --wait 5              | a duration is a number and
                    find --tag barber --wait 31s            | at most 30 s
                    find --tag barber extra                 | extra
                    find --tag barber --colour red          | colour
                    send                                    | PEER COMMAND
                    send alice                              | say which command to run
                    send 12D3KooWbroken!                    | neither a peer id
                    send alice Echo                         | 'Echo' is not a command
                    send alice echo hi --timeout 31min      | at most 30 min
                    send alice echo hi --file x             | either --file or a payload
                    send alice echo --file none/such        | there is no file
                    send --to-owner alice echo              | not a public key
                    listen                                  | COMMAND
                    listen greet --access everyone          | write owner, anyone
                    listen greet --answer a --exec b        | either --answer or --exec
                    listen greet arg                        | with --exec only
                    listen GREET                            | is not a command
                    contacts --max 0                        | outside 1 to 1000
                    contacts nam                            | did you mean name?
                    contacts name alice                     | NAME
                    contacts name alice a/b                 | is no name
                    contacts name a/b alice                 | neither a peer id
                    reputation                              | rmb reputation show
                    reputation show                         | PEER
                    reputation show a/b                     | neither a peer id
                    report alice                            | --kind
                    report alice --kind rude                | none of soft, equivocation
                    report alice --kind soft --amount -1    | outside 0 to
                    report alice --kind soft --evidence x   | has no evidence
                    report alice --kind equivocation        | needs --evidence
                    simulate reputation --attack theft      | none of slander, collective
                    simulate reputation --attackers 20      | from 0 to 0.5
                    simulate reputation --policy luck       | none of evidence, average
                    simulate fairness --windows 0           | 1 to 1,000,000 windows
                    simulate fairness --window-seconds 2    | a window of 3 to 600 seconds
                    simulate fairness --policy luck         | none of sealed, first-come
                    config                                  | rmb config show
                    config shw                              | did you mean show?
                    config show --set neighbours.max        | is not KEY=VALUE
                    config show --set neighbours.mx=1       | did you mean neighbours.max?
                    config show --listen /ip4/1.2.3/tcp/1   | listen (flag)
                    config show --bootstrap /ip4/1.2.3.4/tcp/1 | does not end in /p2p/
                    config show --offer barber:city         | offer (flag)
                    config show --log-format xml            | neither text nor json
                    node --listen /ip4/127.0.0.1            | listen
                    simulate                                | SCENARIO
                    simulate livenes                        | did you mean liveness?
                    simulate liveness --agents 1            | 2 to 200,000 agents
                    simulate liveness --agents many         | many
                    simulate liveness --minutes 0           | 1 to 720 minutes
                    simulate liveness --loss 51             | 0 to 50 percent
                    simulate liveness --dead 91             | 0 to 90 percent
                    simulate liveness --hot 65              | 0 to 64 hot contacts
                    simulate liveness --crypto none         | neither real nor model
                    simulate liveness --crash loud          | neither silent nor reset
                    simulate liveness --partition-minutes 10 | needs a run of 12
                    simulate gossip --topics 0              | 1 to 100 topics
                    simulate gossip --topics 2 --joined 3   | 1 to all of the topics
                    simulate gossip --neighbours 0          | 1 to 256 neighbours
                    simulate gossip --message-bytes 7       | messages of 8 to 64,512 bytes
                    simulate gossip --messages-per-second 0 | up to 1,000 messages a second
                    simulate gossip --attack loud           | none of censor, flood, forge
                    simulate gossip --attackers 91          | 0 to 90 percent of attackers
                    simulate gossip --reordering 51         | 0 to 50 percent
                    simulate kademlia --attack loud         | none of answers, eclipse and none
                    """)
    void aMistakeIsOneLineAndExitCodeTwo(String line, String complaint) {
        var result = CommandRun.of(Map.of("RMB_HOME", home()), "", line.split(" +"));
        assertThat(result.code()).as(result.err()).isEqualTo(Rmb.USAGE);
        assertThat(result.err().strip())
                .startsWith("rmb: ")
                .contains(complaint)
                .doesNotContain("\n", "Exception", "\tat ");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aMistakeIsOneJsonObjectWhenJsonIsAskedFor() {
        for (var line : new String[] {"find --json", "config show --json --set x", "nope --json"}) {
            var result = CommandRun.of(line.split(" "));
            assertThat(result.code()).isEqualTo(Rmb.USAGE);
            var error = Json.parseObject(result.err()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("usage");
            assertThat(error.path("message").asText()).isNotEmpty();
        }
    }

    @Test
    void hostileTextInAMistakeIsEscaped() {
        var result = CommandRun.of("find", "--tag", "\u001b[2Jx\u202e");
        assertThat(result.err()).contains("\\u001b").doesNotContain("\u001b", "\u202e");
    }

    @Test
    void helpNamesEveryCommand() {
        var result = CommandRun.of("--help");
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("demo", "init", "node", "bootstrap", "find", "send", "listen")
                .contains("contacts", "simulate", "config");
        assertThat(CommandRun.of("find", "--help").out()).contains("--where");
        assertThat(CommandRun.of("find", "--version").out()).contains(Version.text());
    }

    @Test
    void theVersionIsTheBuildsOwn() {
        assertThat(Version.line()).matches("rmb [0-9]+\\.[0-9]+\\.[0-9]+.*");
    }

    @Test
    void initMakesAHomeOnce() {
        var result = CommandRun.of("init", "--home", home());
        assertThat(result.code()).isZero();
        var home = Home.of(Path.of(home()));
        var agent = KeyFile.read(home.agentKey(), PassphraseSource.none()).peerId();
        var owner = KeyFile.read(home.ownerKey(), PassphraseSource.none()).peerId();
        assertThat(result.out()).contains("agent   " + agent, "owner   " + owner);
        var again = CommandRun.of("init", "--home", home());
        assertThat(again.code()).isEqualTo(Rmb.USAGE);
        assertThat(again.err()).contains("set up already");
        assertThat(KeyFile.read(home.agentKey(), PassphraseSource.none()).peerId())
                .isEqualTo(agent);
    }

    /// There is no terminal here to be asked at.
    @Test
    void aWalletIsSealedUnlessItsOwnerSaysOtherwise() throws IOException {
        assertThat(CommandRun.of("init", "--home", home()).code()).isZero();
        var home = Home.of(Path.of(home()));
        var unsealed = CommandRun.of("wallet", "create", "--home", home());
        assertThat(unsealed.code()).isEqualTo(Rmb.USAGE);
        assertThat(unsealed.out()).isEmpty();
        assertThat(unsealed.err()).contains("RMB_WALLET_PASSPHRASE", "--plain");
        assertThat(home.walletKey()).doesNotExist();
        assertThat(home.walletOpen()).doesNotExist();
        var plain = CommandRun.of("wallet", "create", "--plain", "--json", "--home", home());
        assertThat(Json.parseObject(plain.out()).path("sealed").asBoolean()).isFalse();
        assertThat(Files.readString(home.walletKey())).doesNotContain("argon2id");
        assertThat(CommandRun.of("wallet", "create", "--plain", "--home", home()).err())
                .contains("already");

        assertThat(CommandRun.of("init", "--home", home("second")).code()).isZero();
        var secret = Map.of("RMB_WALLET_PASSPHRASE", "correct horse");
        var sealed = CommandRun.of(secret, "", "wallet", "create", "--home", home("second"));
        assertThat(sealed.code()).as(sealed.err()).isZero();
        var second = Home.of(Path.of(home("second")));
        assertThat(Files.readString(second.walletKey())).contains("argon2id");
    }

    @Test
    void initSealsTheKeysWithAPassphraseAndKeepsAGivenOwner() throws IOException {
        var secret = Map.of("RMB_PASSPHRASE", "correct horse");
        var result = CommandRun.of(secret, "", "init", "--json", "--home", home());
        assertThat(Json.parseObject(result.out()).path("sealed").asBoolean()).isTrue();
        var first = Home.of(Path.of(home()));
        assertThat(Files.readString(first.agentKey())).contains("argon2id");

        var wrong =
                CommandRun.of(
                        Map.of("RMB_PASSPHRASE", "wrong"),
                        "",
                        "init",
                        "--home",
                        home("second"),
                        "--owner-key",
                        first.ownerKey().toString());
        assertThat(wrong.code()).isEqualTo(Rmb.USAGE);
        assertThat(wrong.err()).contains("wrong passphrase");

        var second =
                CommandRun.of(
                        secret,
                        "",
                        "init",
                        "--json",
                        "--home",
                        home("second"),
                        "--owner-key",
                        first.ownerKey().toString());
        assertThat(Json.parseObject(second.out()).path("owner").asText())
                .isEqualTo(KeyFile.peer(first.ownerKey()).toString());
    }

    @Test
    void withoutAnAgentTheCommandsSayHowToStartOne() {
        CommandRun.of("init", "--home", home());
        for (var line : new String[] {"contacts", "find --tag x", "send alice echo hi"}) {
            var result = CommandRun.of(Map.of("RMB_HOME", home()), "", line.split(" "));
            assertThat(result.code()).isEqualTo(Rmb.USAGE);
            assertThat(result.err()).contains("rmb node --home " + home());
        }
        var nowhere = CommandRun.of("contacts", "--home", home("nowhere"));
        assertThat(nowhere.err()).contains("rmb init");
    }

    @Test
    void configShowSaysWhereEachValueComesFrom() throws IOException {
        CommandRun.of("init", "--home", home());
        Files.writeString(Path.of(home(), "rmb.toml"), "neighbours.max = 3\n");
        var environment = Map.of("RMB_CONNECTIONS_MAX", "40", "RMB_HOME", home());
        var line = new String[] {"config", "show", "--offer", "barber:city=ghent"};
        assertThat(CommandRun.of(environment, "", line).out().lines())
                .anyMatch(text -> text.matches("neighbours.max +3 +.*rmb.toml"))
                .anyMatch(text -> text.matches("connections.max +40 +RMB_CONNECTIONS_MAX"))
                .anyMatch(text -> text.matches("offer +barber:city=ghent +flag"))
                .anyMatch(text -> text.matches("log.format +text +default"));
        var json = CommandRun.of(environment, "", "config", "show", "--json");
        assertThat(json.out().lines().map(Json::parseObject))
                .anyMatch(object ->
                        object.path("key").asText().equals("connections.max")
                                && object.path("value").asText().equals("40")
                                && object.path("origin").asText().equals("RMB_CONNECTIONS_MAX"));
    }

    private String home() {
        return home("home");
    }

    private String home(String name) {
        return folder.resolve(name).toString();
    }
}

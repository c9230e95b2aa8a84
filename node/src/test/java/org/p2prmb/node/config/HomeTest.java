package org.p2prmb.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;

final class HomeTest {
    @TempDir Path folder;

    @Test
    void aNewHomeIsForItsOwnerAlone() throws IOException {
        var home = Home.of(folder.resolve("deep/home"));
        home.create();
        assertThat(mode(home.directory())).isEqualTo("rwx------");
        assertThat(mode(home.data())).isEqualTo("rwx------");
        assertThat(home.isInitialised()).isFalse();
        home.create();
    }

    @Test
    void aHomeThatOthersMayEnterIsRefused() throws IOException {
        var home = Home.of(folder.resolve("home"));
        home.create();
        Files.setPosixFilePermissions(
                home.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(home::check)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("chmod 700");
        assertThatThrownBy(home::create).isInstanceOf(UserException.class);
    }

    @Test
    void aLinkIsNoHome() throws IOException {
        var real = Home.of(folder.resolve("real"));
        real.create();
        var link = Files.createSymbolicLink(folder.resolve("link"), real.directory());
        assertThatThrownBy(Home.of(link)::check)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("symbolic link");
    }

    @Test
    void aFileOrAMissingDirectoryIsNoHome() throws IOException {
        var file = Files.createFile(folder.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(Home.of(file)::check)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("not a directory");
        assertThatThrownBy(Home.of(folder.resolve("none"))::check)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rmb init");
    }

    @Test
    void oneAgentAtATimeHasAHome() {
        var home = Home.of(folder.resolve("home"));
        home.create();
        try (var _ = home.lock()) {
            assertThatThrownBy(Home.of(home.directory())::lock)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("another agent");
        }
        home.lock().close();
    }

    @Test
    void theRunningAgentIsAnnouncedAndRetracted() throws IOException {
        var home = Home.of(folder.resolve("home"));
        home.create();
        assertThat(home.running()).isEmpty();
        var agent =
                new RunningAgent(
                        KeyPair.generate(new SecureRandom()).peerId(),
                        List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001")),
                        4711,
                        Instant.parse("2026-01-02T03:04:05Z"));
        home.announce(agent);
        assertThat(mode(home.agentFile())).isEqualTo("rw-------");
        assertThat(home.running()).contains(agent);
        home.announce(agent);
        home.retract();
        home.retract();
        assertThat(home.running()).isEmpty();
    }

    @Test
    void aGarbledAgentFileIsOneClearLine() throws IOException {
        var home = Home.of(folder.resolve("home"));
        home.create();
        for (var text : List.of("", "{", "[]", "{\"peerId\": 3}", "\u0000")) {
            Files.writeString(home.agentFile(), text);
            assertThatThrownBy(home::running)
                    .as(text)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("start the agent again");
        }
    }

    @Test
    void theUsersHomeComesFromTheEnvironment() {
        assertThat(Home.ofUser(Map.of("RMB_HOME", folder.toString())).directory())
                .isEqualTo(folder);
        assertThat(Home.ofUser(Map.of()).directory().getFileName().toString()).isEqualTo(".rmb");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}

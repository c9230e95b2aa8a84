package org.p2prmb.node.config;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;

/// The directory of one agent and its owner: keys, configuration, data, and the running agent's
/// address.
///
/// ```text
/// agent.key   the agent's key pair          rmb.toml    configuration, optional
/// owner.key   the owner's key pair          agent.json  address of the running agent
/// lock        held by the running agent     data/       the agent's store
/// wallet.key  the wallet's seed             wallet.open what finishes swaps without the seed
/// ```
///
/// The directory has mode 0700 and each file 0600; a wider mode or a symbolic link is refused.
public final class Home {
    public static final String VARIABLE = "RMB_HOME";

    private final Path directory;

    private Home(Path directory) {
        this.directory = directory;
    }

    public static Home of(Path directory) {
        return new Home(directory.toAbsolutePath().normalize());
    }

    /// `RMB_HOME` if it is set, else `.rmb` in the user's home directory.
    public static Home ofUser(Map<String, String> environment) {
        var named = environment.getOrDefault(VARIABLE, "");
        return of(
                named.isEmpty()
                        ? Path.of(System.getProperty("user.home", "."), ".rmb")
                        : Path.of(named));
    }

    public Path directory() {
        return directory;
    }

    public Path agentKey() {
        return directory.resolve("agent.key");
    }

    public Path ownerKey() {
        return directory.resolve("owner.key");
    }

    public Path walletKey() {
        return directory.resolve("wallet.key");
    }

    /// What a wallet needs while its seed is locked away.
    public Path walletOpen() {
        return directory.resolve("wallet.open");
    }

    public Path configuration() {
        return directory.resolve("rmb.toml");
    }

    /// The directory of the agent's store.
    public Path data() {
        return directory.resolve("data");
    }

    /// True once [#create] was here and both keys were made.
    public boolean isInitialised() {
        return Files.exists(agentKey(), LinkOption.NOFOLLOW_LINKS)
                && Files.exists(ownerKey(), LinkOption.NOFOLLOW_LINKS);
    }

    /// Makes the directory if there is none, then checks it as [#check] does.
    public void create() {
        try {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                var parent = directory.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                makeDirectory(directory);
            }
            check();
            if (!Files.exists(data(), LinkOption.NOFOLLOW_LINKS)) {
                makeDirectory(data());
            }
        } catch (IOException e) {
            throw new UserException(
                    "cannot make the home directory %s (%s)"
                            .formatted(directory, OwnFiles.reason(e)),
                    e);
        }
    }

    /// Throws [UserException] unless the directory and what is in it belong to its owner alone.
    public void check() {
        try {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new UserException(
                        "there is no home directory %s: make one with 'rmb init --home %s'"
                                .formatted(directory, directory));
            }
            OwnFiles.requirePrivate(directory, "the home directory");
            if (!Files.isDirectory(directory)) {
                throw new UserException(
                        "the home %s is a file, not a directory: choose another --home"
                                .formatted(directory));
            }
            if (Files.exists(data(), LinkOption.NOFOLLOW_LINKS)) {
                OwnFiles.requirePrivate(data(), "the data directory");
            }
        } catch (IOException e) {
            throw new UserException(
                    "cannot use the home directory %s (%s)"
                            .formatted(directory, OwnFiles.reason(e)),
                    e);
        }
    }

    /// Takes the home for this process until the result is closed or the process ends, however.
    ///
    /// Throws [UserException] when another agent has it.
    public Lock lock() {
        FileChannel channel = null;
        try {
            channel =
                    OwnFiles.open(
                            directory.resolve("lock"),
                            EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            if (channel.tryLock() != null) {
                return new Lock(channel);
            }
        } catch (OverlappingFileLockException _) {
            // Another agent in this very process has it: as good as another process.
        } catch (IOException e) {
            close(channel);
            throw new UserException(
                    "cannot lock the home directory %s (%s)"
                            .formatted(directory, OwnFiles.reason(e)),
                    e);
        }
        close(channel);
        throw new UserException(
                "another agent%s already runs from %s: stop it or choose another --home"
                        .formatted(
                                running()
                                        .map(agent -> " (process %d)".formatted(agent.process()))
                                        .orElse(""),
                                directory));
    }

    /// Tells clients of this home where the agent is.
    public void announce(RunningAgent agent) {
        try {
            OwnFiles.replace(agentFile(), AgentFile.write(agent));
        } catch (IOException e) {
            throw new UserException(
                    "cannot write %s (%s)".formatted(agentFile(), OwnFiles.reason(e)), e);
        }
    }

    /// Takes back what [#announce] said; the agent leaves.
    public void retract() {
        try {
            Files.deleteIfExists(agentFile());
        } catch (IOException e) {
            throw new UserException(
                    "cannot remove %s (%s)".formatted(agentFile(), OwnFiles.reason(e)), e);
        }
    }

    /// What the last agent of this home announced; it may be gone since.
    public Optional<RunningAgent> running() {
        if (!Files.exists(agentFile(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            return AgentFile.read(agentFile());
        } catch (IOException e) {
            throw new UserException(
                    "cannot read %s (%s): start the agent again"
                            .formatted(agentFile(), OwnFiles.reason(e)),
                    e);
        }
    }

    public Path agentFile() {
        return directory.resolve("agent.json");
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (OwnFiles.posix(directory)) {
            Files.createDirectory(directory, OwnFiles.DIRECTORY_MODE);
        } else {
            Files.createDirectory(directory);
        }
    }

    private static void close(@Nullable FileChannel channel) {
        if (channel != null) {
            Lock.close(channel);
        }
    }

    /// Holds a home for one agent.
    public static final class Lock implements AutoCloseable {
        private final FileChannel channel;

        private Lock(FileChannel channel) {
            this.channel = channel;
        }

        /// Gives the home free; the file stays, because removing it would race with the next agent.
        @Override
        public void close() {
            close(channel);
        }

        private static void close(FileChannel channel) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException("cannot give up a file lock", e);
            }
        }
    }
}

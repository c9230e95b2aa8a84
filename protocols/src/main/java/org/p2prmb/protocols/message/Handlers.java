package org.p2prmb.protocols.message;

import org.p2prmb.protocols.statements.Limits;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// The commands that an agent has handlers for. Safe for many threads.
public final class Handlers {
    public static final int COMMANDS_MAX = 1024;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /// A handler and who may use it.
    public record Entry(AccessRule rule, Handler handler) {}

    /// Throws `IllegalArgumentException` when the command is malformed or taken already.
    public Handlers register(String command, AccessRule rule, Handler handler) {
        Limits.require(
                RmbMessage.isCommand(command), "a command is 1 to 128 characters of a-z 0-9 . _ -");
        Limits.require(entries.size() < COMMANDS_MAX, "too many commands");
        Limits.require(
                entries.putIfAbsent(command, new Entry(rule, handler)) == null,
                "there is a handler for " + command + " already");
        return this;
    }

    public void unregister(String command) {
        entries.remove(command);
    }

    public Optional<Entry> find(String command) {
        return Optional.ofNullable(entries.get(command));
    }

    public SortedSet<String> commands() {
        return new TreeSet<>(entries.keySet());
    }
}

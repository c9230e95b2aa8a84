package org.p2prmb.libp2p;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Two machines' worth of network on this one: Linux network namespaces joined by a cable, and the
/// programs that run in them. A process has one such pair at a time. Closing it ends the
/// programs and takes the namespaces away.
public final class NetworkNamespaces implements AutoCloseable {
    private static final long COMMAND_SECONDS_MAX = 10;

    /// Names end with the process that they belong to, and one letter.
    private static final String PREFIX = "rmbtest";

    private static final int RADIX = 36;
    private static final String OWN = PREFIX + Long.toString(ProcessHandle.current().pid(), RADIX);

    private final List<String> names = List.of(OWN + "a", OWN + "b");
    private final Deque<Process> programs = new ArrayDeque<>();

    private NetworkNamespaces() {}

    /// Makes both; the interfaces on the cable have `addresses`, such as `10.77.0.1/24`.
    public static NetworkNamespaces joined(String... addresses) throws IOException {
        var namespaces = new NetworkNamespaces();
        var complete = false;
        try {
            namespaces.create(List.of(addresses));
            complete = true;
            return namespaces;
        } finally {
            if (!complete) {
                namespaces.close();
            }
        }
    }

    private void create(List<String> addresses) throws IOException {
        sweep();
        for (var name : names) {
            ip("netns", "add", name);
        }
        // Made inside, so that this machine's own network never sees the cable.
        ip(
                "-n",
                names.get(0),
                "link",
                "add",
                "cable",
                "type",
                "veth",
                "peer",
                "name",
                "cable",
                "netns",
                names.get(1));
        for (var index = 0; index < names.size(); index++) {
            ip("-n", names.get(index), "address", "add", addresses.get(index), "dev", "cable");
            ip("-n", names.get(index), "link", "set", "cable", "up");
            ip("-n", names.get(index), "link", "set", "lo", "up");
        }
    }

    /// Takes away what killed processes left behind.
    private static void sweep() throws IOException {
        for (var line : run("ip", "netns", "list").output().lines().toList()) {
            var name = line.split(" ", 2)[0];
            if (name.matches(PREFIX + "[0-9a-z]{1,7}[ab]")) {
                var pid = name.substring(PREFIX.length(), name.length() - 1);
                if (ProcessHandle.of(Long.parseLong(pid, RADIX)).isEmpty()) {
                    run("ip", "netns", "delete", name);
                }
            }
        }
    }

    /// Starts the class `main` of this test's class path in one of the two namespaces; what it
    /// prints is the process's output, errors included.
    public Process java(int namespace, Class<?> main, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return program(namespace, command.toArray(String[]::new));
    }

    /// Starts any program, as [#java] does.
    public Process program(int namespace, String... command) throws IOException {
        var inside = new ArrayList<>(List.of("ip", "netns", "exec", names.get(namespace)));
        inside.addAll(List.of(command));
        var program = new ProcessBuilder(inside).redirectErrorStream(true).start();
        programs.push(program);
        return program;
    }

    /// Surefire's own property may name a jar that only lists the others, which works as well.
    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /// The rest of the next line that begins with `key`; fails when the program ends without.
    public static String line(BufferedReader output, String key) throws IOException {
        var others = new ArrayList<String>();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(key)) {
                return line.substring(key.length());
            }
            others.add(line);
        }
        throw new AssertionError("no line '%s': %s".formatted(key, others));
    }

    @Override
    public void close() throws IOException {
        while (!programs.isEmpty()) {
            var program = programs.pop();
            program.descendants().forEach(ProcessHandle::destroyForcibly);
            program.destroyForcibly();
            ended(program);
        }
        for (var name : names) {
            run("ip", "netns", "delete", name); // It may never have been made.
        }
    }

    private static void ip(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        var result = run(command.toArray(String[]::new));
        if (result.status() != 0) {
            throw new IOException(String.join(" ", command) + ": " + result.output());
        }
    }

    private record Result(int status, String output) {}

    private static Result run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        if (!ended(process)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " does not end");
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.exitValue(), output.strip());
    }

    private static boolean ended(Process process) {
        try {
            return process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Why namespaces cannot be made here; empty when they can.
    private static Optional<String> missing() {
        try {
            var version = run("ip", "-Version");
            if (version.status() != 0) {
                return Optional.of("the tool ip does not work: " + version.output());
            }
        } catch (IOException e) {
            return Optional.of("the tool ip is missing (Debian's package iproute2)");
        }
        try (var _ = joined("10.77.0.1/24", "10.77.0.2/24")) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "one of the privileges CAP_SYS_ADMIN and CAP_NET_ADMIN, which root has, is"
                            + " missing: "
                            + e.getMessage());
        }
    }

    /// Marks tests that need namespaces. Where none can be made they are skipped, each of them, and
    /// one line says which tool or privilege is missing.
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(Condition.class)
    public @interface Needed {}

    static final class Condition implements ExecutionCondition {
        private static final Optional<String> MISSING = missing();

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (context.getTestMethod().isEmpty() || MISSING.isEmpty()) {
                return ConditionEvaluationResult.enabled("namespaces can be made");
            }
            var why = MISSING.get();
            System.out.println("Skipped: " + context.getDisplayName() + ": " + why);
            return ConditionEvaluationResult.disabled(why);
        }
    }
}

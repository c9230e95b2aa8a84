package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Where a running agent's addresses are published: a file that follows them, and the text records
/// that a domain needs.
final class Publication {
    private static final Logger log = LoggerFactory.getLogger(Publication.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    /// A text record's strings have at most 255 bytes.
    private static final int TEXT_BYTES_MAX = 255;

    private final Output output;
    private final @Nullable Path file;
    private final Optional<String> domain;

    /// Throws [UserException] when there is no directory for the file.
    Publication(Output output, @Nullable Path file, Optional<String> domain) {
        this.output = output;
        this.file = file == null ? null : inDirectory(file.toAbsolutePath());
        this.domain = domain;
    }

    private static Path inDirectory(Path file) {
        var parent = file.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new UserException(
                    "--address-file %s is in no directory that exists"
                            .formatted(Printed.brief(file.toString())));
        }
        return file;
    }

    /// Publishes now, and again when the addresses change until the result is closed. Throws
    /// [UserException] when the file cannot be written now.
    AgentRun.Ending start(HomeAgent running) {
        var addresses = running.reachableAt();
        domain.ifPresent(name -> printRecords(name, worthPublishing(addresses)));
        if (file == null) {
            return () -> {};
        }
        try {
            WholeFile.publish(file, lines(addresses));
        } catch (IOException e) {
            throw new UserException(
                    "cannot write --address-file %s (%s)"
                            .formatted(file, Printed.line(WholeFile.reason(e))),
                    e);
        }
        output.note("The addresses are in " + file);
        var over = new CountDownLatch(1);
        var path = file;
        Thread.ofVirtual().name("address file").start(() -> follow(running, path, over));
        return over::countDown;
    }

    private static void follow(HomeAgent running, Path file, CountDownLatch over) {
        var written = running.reachableAt();
        try {
            while (!over.await(LOOK_EVERY.toSeconds(), TimeUnit.SECONDS)) {
                var now = running.reachableAt();
                if (!now.equals(written)) {
                    written = write(file, now) ? now : written;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Nobody interrupts it but the end of the process.
        }
    }

    private static boolean write(Path file, List<Multiaddr> addresses) {
        try {
            WholeFile.publish(file, lines(addresses));
            return true;
        } catch (IOException e) {
            log.warn("cannot write the addresses to {}: {}", file, WholeFile.reason(e));
            return false;
        }
    }

    private void printRecords(String name, List<Multiaddr> addresses) {
        output.note("");
        output.note("Give _dnsaddr.%s these text records:".formatted(name));
        for (var address : addresses) {
            var text = "dnsaddr=" + address;
            if (text.length() <= TEXT_BYTES_MAX) {
                output.line("_dnsaddr.%s. 300 IN TXT \"%s\"".formatted(name, text));
            }
        }
        output.note("Then others join with:");
        output.note("  rmb node --bootstrap /dnsaddr/" + name);
    }

    /// Without those that only this machine can reach, unless there are no others.
    private static List<Multiaddr> worthPublishing(List<Multiaddr> addresses) {
        var wide = addresses.stream().filter(Publication::reachesFar).toList();
        return wide.isEmpty() ? addresses : wide;
    }

    private static boolean reachesFar(Multiaddr address) {
        return address.scope()
                .map(scope -> scope == AddressScope.PUBLIC || scope == AddressScope.PRIVATE)
                .orElse(true);
    }

    private static String lines(List<Multiaddr> addresses) {
        return addresses.stream().map(address -> address + "\n").collect(Collectors.joining());
    }
}

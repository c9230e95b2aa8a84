package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// A contact cache of many rows: loading it, looking up by tag, the size of its file, and how soon
/// it answers after a clean stop and after `kill -9` of a process that was writing.
///
/// Each of the three processes is a [StoreProgram] with a small heap; readiness is counted from the
/// start of the JVM to the first answer.
final class StoreBenchmark {
    private static final String HEAP = "320m";
    private static final int ROWS = 1_000_000;
    private static final long WRITING_NANOS = 10_000_000_000L;

    private final int rows;
    private final Path data;
    private final ObjectNode report = JsonNodeFactory.instance.objectNode();

    private StoreBenchmark(int rows, Path data) {
        this.rows = rows;
        this.data = data;
    }

    static ObjectNode run(Options options) throws IOException, InterruptedException {
        var rows = options.number("--rows", ROWS);
        var folder = Files.createTempDirectory("rmb-store-");
        try {
            return new StoreBenchmark(rows, folder.resolve("data")).measure();
        } finally {
            delete(folder);
        }
    }

    private ObjectNode measure() throws IOException, InterruptedException {
        report.put("rows", rows);
        load();
        var ready = report.putObject("readySeconds");
        killed(ready);
        check(ready);
        report.put("maxHeap", HEAP);
        return report;
    }

    private void load() throws IOException {
        say("loading %d contacts", rows);
        try (var child = child("load")) {
            var loaded = child.line().split(" ", -1);
            report.put("loadSeconds", Double.parseDouble(loaded[0]));
            report.put("fileAfterLoadMiB", Long.parseLong(loaded[1]));
            report.put("filePeakMiB", Long.parseLong(loaded[2]));
            say("loaded in %s s; the file has %s MiB, had %s at most", (Object[]) loaded);
            var settled = child.line().split(" ", -1);
            report.put("settleSeconds", Double.parseDouble(settled[0]));
            report.put("fileMiB", Long.parseLong(settled[1]));
            say("settled after %s s at %s MiB", (Object[]) settled);
            millis("lookupByTagMillis", child.line());
            millis("lookupByTagWhileWritingMillis", child.line());
            report.put("fileAfterScoresMiB", Long.parseLong(child.line()));
            report.put("heapMiB", Long.parseLong(child.line()));
            report.put("closeSeconds", Double.parseDouble(child.line()));
            report.put("fileClosedMiB", Files.size(data.resolve("rmb.mv.db")) >> 20);
        }
    }

    private void millis(String name, String line) {
        var figures = line.split(" ", -1);
        var object = report.putObject(name);
        object.put("p50", Double.parseDouble(figures[0]));
        object.put("p99", Double.parseDouble(figures[1]));
        object.put("max", Double.parseDouble(figures[2]));
        say("%s %s", name, line);
    }

    /// Opens after the clean stop, then writes until it is killed.
    private void killed(ObjectNode ready) throws IOException, InterruptedException {
        var start = System.nanoTime();
        try (var child = child("write")) {
            var open = child.line();
            var seconds = secondsSince(start);
            ready.put("clean", seconds);
            say("ready %.2f s after a clean stop, of which opening %s", seconds, open);
            child.line(); // It writes.
            LockSupport.parkNanos(WRITING_NANOS);
            child.kill();
        }
        report.put("fileKilledMiB", Files.size(data.resolve("rmb.mv.db")) >> 20);
    }

    private void check(ObjectNode ready) throws IOException {
        var start = System.nanoTime();
        try (var child = child("check")) {
            var open = child.line();
            var seconds = secondsSince(start);
            ready.put("killed", seconds);
            say("ready %.2f s after the kill, of which opening %s", seconds, open);
            var checked = child.line();
            say("checked after %s s", checked);
            report.put("checkSeconds", Double.parseDouble(checked));
        }
    }

    private ChildProcess child(String task) throws IOException {
        return new ChildProcess(
                HEAP, StoreProgram.class, task, data.toString(), Integer.toString(rows));
    }

    private static double secondsSince(long nanos) {
        return Measured.round((System.nanoTime() - nanos) / 1e9, 2);
    }

    static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void say(String format, Object... arguments) {
        System.err.println(String.format(Locale.ROOT, format, arguments));
    }
}

package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Tells a demo step by step: lines for people, or one JSON object for each step.
final class Story {
    private static final int TITLE_COLUMNS = 72;

    private final Output output;
    private int steps;

    Story(Output output) {
        this.output = output;
    }

    /// What one step has shown.
    ///
    /// @param actor the agent that acted
    /// @param title what happened, one line
    /// @param detail what it looked like, for people, in one line or several
    /// @param evidence what other agents than the actor saw of it
    record Step(String actor, String title, String detail, List<Evidence> evidence) {
        Step {
            evidence = List.copyOf(evidence);
        }
    }

    void begin(String line) {
        output.line(line);
        output.line("");
    }

    void step(String name, Step step, Duration took) {
        steps++;
        var title = "%2d  %s".formatted(steps, step.title());
        var gap = " ".repeat(Math.max(2, TITLE_COLUMNS - title.length()));
        output.line(title + gap + "%9s".formatted(seconds(took)));
        step.detail().lines().forEach(line -> output.line("    " + line));
        var object = Json.object();
        object.put("step", steps);
        object.put("name", name);
        object.put("title", step.title());
        object.put("detail", step.detail());
        object.put("actor", step.actor());
        object.put("millis", took.toMillis());
        var evidence = object.putArray("evidence");
        step.evidence().forEach(item -> evidence.add(item.json()));
        output.object(object);
    }

    void ok(int agents, Duration took) {
        output.line("");
        output.line(
                "All %d steps worked, with %d agents, in %s."
                        .formatted(steps, agents, seconds(took)));
        var object = result("ok", took);
        object.put("agents", agents);
        output.object(object);
    }

    void failed(String during, String reason, Duration took) {
        var object = result("failed", took);
        object.put("during", during);
        object.put("reason", reason);
        output.object(object);
        if (!output.json()) {
            output.complaint("failed", "the demo failed at '%s': %s".formatted(during, reason));
        }
    }

    private ObjectNode result(String result, Duration took) {
        var object = Json.object();
        object.put("result", result);
        object.put("steps", steps);
        object.put("millis", took.toMillis());
        return object;
    }

    private static String seconds(Duration took) {
        return took.toMillis() < 1000
                ? took.toMillis() + " ms"
                : String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }
}

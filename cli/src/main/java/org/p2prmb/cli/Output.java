package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.PrintStream;

/// What a command says: either lines for people or one JSON object per line.
///
/// Results go to standard output; notes and complaints to standard error.
final class Output {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;

    Output(Shell shell, boolean json) {
        this.out = shell.out();
        this.err = shell.err();
        this.json = json;
    }

    boolean json() {
        return json;
    }

    /// A result, for programs.
    void object(JsonNode object) {
        if (json) {
            out.println(Json.line(object));
            out.flush();
        }
    }

    /// A result, for people; remote text in it is escaped by the caller.
    void line(String text) {
        if (!json) {
            out.println(text);
            out.flush();
        }
    }

    /// What belongs to no result, for people.
    void note(String text) {
        if (!json) {
            err.println(text);
            err.flush();
        }
    }

    /// Why the command ends without its result: one line.
    void complaint(String code, String message) {
        if (json) {
            var object = Json.object();
            object.putObject("error").put("code", code).put("message", message);
            err.println(Json.line(object));
        } else {
            err.println("rmb: " + message);
        }
        err.flush();
    }
}

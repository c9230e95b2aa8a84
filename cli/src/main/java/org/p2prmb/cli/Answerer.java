package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.config.ExecConfig;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.node.handlers.ExecHandler;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.RmbMessage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Where the answers of `rmb listen` come from.
sealed interface Answerer {
    /// The code that an asker gets when nobody answers here.
    int NOBODY = 1000;

    /// Answers one message: `{"caller", "command", "payload" (base64), "schema"}`.
    Answer answer(ObjectNode message) throws InterruptedException;

    private static Answer ofText(String text) {
        return new Answer.Result(Payload.schema(Bytes.utf8(text)), Bytes.utf8(text));
    }

    /// Always the same text.
    record Fixed(String text) implements Answerer {
        @Override
        public Answer answer(ObjectNode message) {
            return ofText(text);
        }
    }

    /// The next line that is typed; one asker at a time.
    final class Typed implements Answerer {
        private final BufferedReader lines;
        private final ReentrantLock turn = new ReentrantLock(true);

        Typed(InputStream in) {
            this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        }

        @Override
        public Answer answer(ObjectNode message) throws InterruptedException {
            turn.lockInterruptibly();
            try {
                var line = lines.readLine();
                return line == null
                        ? new Answer.Declined(NOBODY, "nobody answers here any more")
                        : ofText(line);
            } catch (IOException e) {
                return new Answer.Declined(NOBODY, "nobody answers here any more");
            } finally {
                turn.unlock();
            }
        }
    }

    /// A program that speaks lines of JSON, as handlers of the configuration do.
    final class Program implements Answerer {
        private final ExecHandler handler;

        Program(String command, String program, List<String> args) {
            this.handler =
                    new ExecHandler(
                            ExecConfig.of(command, program, args),
                            (called, _) -> {
                                throw new CommandException(
                                        CommandException.NO_GRANT,
                                        "listeners have no grants: " + called);
                            });
        }

        @Override
        public Answer answer(ObjectNode message) throws InterruptedException {
            try {
                return new Answer.Result(
                        RmbMessage.JSON, Bytes.utf8(Json.line(handler.answer(message))));
            } catch (CommandException e) {
                return new Answer.Declined(e.code(), String.valueOf(e.getMessage()));
            }
        }
    }
}

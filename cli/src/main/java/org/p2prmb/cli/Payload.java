package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.message.RmbMessage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// What a message carries: read from the command line, and shown on the terminal.
final class Payload {
    static final String TEXT = "text/plain";
    static final String BINARY = "application/octet-stream";

    private static final int SHOWN_BINARY_MAX = 256;

    /// In JSON the payload is base64, and both have to fit into one message to our own agent.
    private static final int BYTES_MAX = (RmbMessage.PAYLOAD_BYTES_MAX - 8 * 1024) / 4 * 3;

    private Payload() {}

    /// The word's UTF-8, or for `-` all of standard input.
    static Bytes ofWord(String word, Shell shell) {
        if (!word.equals("-")) {
            return bounded(Bytes.utf8(word).toArray());
        }
        try {
            return read(shell.in());
        } catch (IOException e) {
            throw new UserException("cannot read standard input (%s)".formatted(e.getMessage()), e);
        }
    }

    static Bytes ofFile(Path file) {
        try (var in = Files.newInputStream(file)) {
            return read(in);
        } catch (NoSuchFileException e) {
            throw new UserException("there is no file %s".formatted(file), e);
        } catch (IOException e) {
            throw new UserException("cannot read %s (%s)".formatted(file, e.getMessage()), e);
        }
    }

    /// The media type that the bytes look like.
    static String schema(Bytes payload) {
        var text = text(payload);
        if (text.isEmpty()) {
            return BINARY;
        }
        return Json.isJson(text.get()) ? RmbMessage.JSON : TEXT;
    }

    /// The field `payload` of an agent's reply.
    static Bytes decoded(JsonNode reply) {
        try {
            return Bytes.wrap(Base64.getDecoder().decode(reply.path("payload").asText("")));
        } catch (IllegalArgumentException e) {
            throw new FailedException("malformed", "the agent's reply cannot be read");
        }
    }

    /// For a terminal: text with its commands escaped, or the first bytes in hexadecimal.
    static String shown(Bytes payload, String schema) {
        var text = schema.equals(BINARY) ? Optional.<String>empty() : text(payload);
        if (text.isPresent()) {
            return Printed.block(text.get().stripTrailing());
        }
        var start = payload.slice(0, Math.min(payload.size(), SHOWN_BINARY_MAX));
        return "%d bytes of %s: %s%s"
                .formatted(
                        payload.size(),
                        Printed.brief(schema),
                        HexFormat.of().formatHex(start.unsafeArray()),
                        start.size() < payload.size() ? "… (--raw prints all)" : "");
    }

    /// The text, when the bytes are UTF-8 without the NUL that no text has.
    static Optional<String> text(Bytes payload) {
        try {
            var decoder = StandardCharsets.UTF_8.newDecoder();
            var text = decoder.decode(ByteBuffer.wrap(payload.unsafeArray())).toString();
            return text.indexOf(0) < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    private static Bytes read(InputStream in) throws IOException {
        return bounded(in.readNBytes(BYTES_MAX + 1));
    }

    private static Bytes bounded(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            throw new UserException(
                    "that is too much for one message: at most %d KiB fit"
                            .formatted(BYTES_MAX / 1024));
        }
        return Bytes.wrap(bytes);
    }
}

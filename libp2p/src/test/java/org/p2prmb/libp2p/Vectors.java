package org.p2prmb.libp2p;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.libp2p.core.Bytes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/// The test vectors of `vectors/libp2p.json`, each with its source beside it.
public final class Vectors {
    private static final JsonNode ROOT = read();

    private Vectors() {}

    private static JsonNode read() {
        try (var file = Vectors.class.getResourceAsStream("/vectors/libp2p.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The node at the end of `path`; throws when there is none, so that no test passes for want
    /// of vectors.
    public static JsonNode at(String... path) {
        var node = ROOT;
        for (var name : path) {
            node = node.required(name);
        }
        return node;
    }

    /// The bytes that the field `name` of `vector` has in hexadecimal.
    public static Bytes bytes(JsonNode vector, String name) {
        return Bytes.hex(vector.required(name).textValue());
    }

    /// The text of the field `name` of `vector`.
    public static String text(JsonNode vector, String name) {
        return vector.required(name).textValue();
    }
}

package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.Validator;
import org.p2prmb.discovery.kademlia.Validators;
import org.p2prmb.libp2p.core.Bytes;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// The values of the simulated network: each key has one right value, which follows from the key.
final class Values implements Validator {
    private static final String NAMESPACE = "simulated";

    /// About as long as an owner record.
    private static final int VALUE_BYTES = 256;

    /// How the multihash of a SHA-256 begins.
    private static final Bytes MULTIHASH = Bytes.hex("1220");

    private static final int HASH_BYTES = 32;

    static Validators validators() {
        return new Validators(Map.of(NAMESPACE, new Values()));
    }

    static Bytes key(int number) {
        return Bytes.utf8("/%s/%d".formatted(NAMESPACE, number));
    }

    /// A multihash, as what is provided has.
    static Bytes providedKey(int number) {
        return MULTIHASH.concat(Bytes.wrap(Arrays.copyOf(key(number).toArray(), HASH_BYTES)));
    }

    static Bytes value(Bytes key) {
        var text = key.toUtf8().getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(Arrays.copyOf(text, VALUE_BYTES));
    }

    @Override
    public Optional<Instant> validUntil(Bytes key, Bytes value) {
        return value.equals(value(key)) ? Optional.of(Instant.MAX) : Optional.empty();
    }

    @Override
    public boolean isBetter(Bytes value, Bytes current) {
        return false;
    }
}

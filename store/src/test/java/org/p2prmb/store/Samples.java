package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// Peers, keys, contacts and a clock that tests share.
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    static final Instant LATER = NOW.plus(Duration.ofHours(1));

    /// Not over before any test is, by the real clock either.
    static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");

    /// A clock that stands still until it is moved.
    static final class SetClock implements InstantSource {
        private volatile Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        void set(Instant instant) {
            now = instant;
        }
    }

    private Samples() {}

    static PublicKey key(int number) {
        return KeyPair.ed25519(raw(number)).publicKey();
    }

    /// The peer id that inlines the Ed25519 key with these bytes, made without any curve.
    static PeerId peer(int number) {
        return new PeerId(Bytes.hex("002408011220").concat(raw(number)));
    }

    static Contact contact(int number, String... tags) {
        return Contact.newcomer(
                peer(number),
                Bytes.utf8("record of " + number),
                1,
                List.of(address(number)),
                List.of(tags),
                LATER);
    }

    static Multiaddr address(int number) {
        return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + (1 + number % 65_535));
    }

    static Contact lasting(int number, String... tags) {
        return sequenced(number, 1, FAR, tags);
    }

    static Contact ranked(int number, double reputation, Instant proof, String... tags) {
        var plain = contact(number, tags);
        return new Contact(
                plain.peer(),
                plain.record(),
                plain.sequence(),
                plain.addresses(),
                plain.tags(),
                reputation,
                proof,
                false,
                plain.expiresAt(),
                "");
    }

    static Contact sequenced(int number, long sequence, Instant expires, String... tags) {
        return Contact.newcomer(
                peer(number),
                Bytes.utf8("record %d of %d".formatted(sequence, number)),
                sequence,
                List.of(address(number)),
                List.of(tags),
                expires);
    }

    static StoreConfig config() {
        return StoreConfig.defaults();
    }

    /// The bounds that tests reach, small.
    static StoreConfig small(int contacts, int hits, int owners, int uids, int uidsPerSource) {
        return config(contacts, hits, owners, uids, uidsPerSource, 100, 65_536);
    }

    /// A megabyte of cache, so that queries read the file.
    static StoreConfig smallCache() {
        return config(100_000, 100, 100, 100, 100, 100, 1_024);
    }

    static StoreConfig withContactBytes(StoreConfig usual, long contactBytes) {
        return new StoreConfig(
                usual.contactsMax(),
                contactBytes,
                usual.searchHitsMax(),
                usual.ownersMax(),
                usual.uidsMax(),
                usual.uidsPerSourceMax(),
                usual.answerBytesMax(),
                usual.sequenceBlock(),
                usual.queueRowsMax(),
                usual.batchRowsMax(),
                usual.batchDelay(),
                usual.checkpointInterval(),
                usual.purgeInterval(),
                usual.readers(),
                usual.cacheKiB(),
                usual.waitMax(),
                usual.openMax());
    }

    private static StoreConfig config(
            int contacts,
            int hits,
            int owners,
            int uids,
            int uidsPerSource,
            int answerBytes,
            int cacheKiB) {
        var usual = StoreConfig.defaults();
        return new StoreConfig(
                contacts,
                usual.contactBytesMax(),
                hits,
                owners,
                uids,
                uidsPerSource,
                answerBytes,
                usual.sequenceBlock(),
                usual.queueRowsMax(),
                usual.batchRowsMax(),
                usual.batchDelay(),
                usual.checkpointInterval(),
                Duration.ofMillis(20),
                usual.readers(),
                cacheKiB,
                usual.waitMax(),
                usual.openMax());
    }

    private static Bytes raw(int number) {
        return Bytes.wrap(ByteBuffer.allocate(32).putInt(28, number).array());
    }
}

package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The contacts of the store's benchmark: each number is one agent with a key and a record of
/// its own, really signed, and one of two hundred owners. The same number is the same agent in
/// every process.
final class StoreContacts {
    static final int TAGS = 2_000;

    private static final double ZIPF = 0.9;
    private static final int KEY_BYTES = 32;
    private static final int OWNERS = 200;
    private static final List<String> TRADES =
            List.of("barber", "bakery", "plumber", "translator", "garage", "florist", "tutor");
    private static final List<String> CITIES =
            List.of("ghent", "antwerp", "lagos", "lima", "osaka", "quito", "tunis", "zagreb");

    private final double[] popularity = new double[TAGS];
    private final List<PublicKey> owners =
            IntStream.range(0, OWNERS).mapToObj(i -> keys(-1 - i).publicKey()).toList();

    StoreContacts() {
        var sum = 0.0;
        for (int rank = 0; rank < TAGS; rank++) {
            sum += 1 / Math.pow(rank + 1, ZIPF);
            popularity[rank] = sum;
        }
        for (int rank = 0; rank < TAGS; rank++) {
            popularity[rank] /= sum;
        }
    }

    /// A tag as contacts have it and as searches ask for it.
    String tag(SplittableRandom random) {
        var found = Arrays.binarySearch(popularity, random.nextDouble());
        var rank = Math.min(TAGS - 1, found >= 0 ? found : -found - 1);
        return TRADES.get(rank % TRADES.size()) + "." + rank;
    }

    PeerId peer(int number) {
        return keys(number).peerId();
    }

    /// A newcomer's contact, as it comes in from the network.
    Contact contact(int number, Instant now) {
        var random = new SplittableRandom(number * 31L + 7);
        var keys = keys(number);
        var record =
                new ContactRecord(
                        keys.peerId(),
                        now.toEpochMilli() - random.nextInt(86_400_000),
                        addresses(random),
                        offerings(random),
                        Duration.ofHours(24),
                        now.plus(Duration.ofHours(24)),
                        Optional.of(owners.get(random.nextInt(OWNERS))),
                        Optional.of(bytes(random)));
        return ContactIntake.contact(SignedContact.seal(record, keys), AddressScope.PUBLIC, now);
    }

    private static KeyPair keys(int number) {
        return KeyPair.ed25519(bytes(new SplittableRandom(number * 31L + 11)));
    }

    /// One or two, public.
    private static List<Multiaddr> addresses(SplittableRandom random) {
        var addresses = new ArrayList<Multiaddr>();
        addresses.add(
                Multiaddr.parse(
                        "/ip4/%d.%d.%d.%d/tcp/%d"
                                .formatted(
                                        64 + random.nextInt(32),
                                        random.nextInt(256),
                                        random.nextInt(256),
                                        1 + random.nextInt(254),
                                        1024 + random.nextInt(60_000))));
        if (random.nextBoolean()) {
            addresses.add(
                    Multiaddr.parse(
                            "/dns4/agent-%d.example.org/tcp/4001"
                                    .formatted(random.nextInt(1_000_000))));
        }
        return addresses;
    }

    /// One to three, the first of which says where and for how much.
    private List<Offering> offerings(SplittableRandom random) {
        var tags = new LinkedHashSet<String>();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            tags.add(tag(random));
        }
        var offerings = new ArrayList<Offering>();
        for (var tag : tags) {
            var criteria =
                    offerings.isEmpty()
                            ? Map.of(
                                    "city",
                                    CITIES.get(random.nextInt(CITIES.size())),
                                    "price",
                                    Integer.toString(10 + random.nextInt(90)))
                            : Map.<String, String>of();
            offerings.add(Offering.of(tag, criteria));
        }
        return offerings;
    }

    private static Bytes bytes(SplittableRandom random) {
        var bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }
}

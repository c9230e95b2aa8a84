package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

final class ContactBodyTest {
    private static final Bytes PEER = Samples.peer(7).multihash();
    private static final String RELEASED = "0113473147213f4d2109ec6b460e989b18d9202200";
    private static final String RELEASED_PLAIN = "0001ff00010161";

    private final ContactBody.Packer packer = new ContactBody.Packer();

    @Test
    void aBodyComesBackAsItWas() {
        for (int size = 0; size < 4_000; size = size * 2 + 1) {
            roundTrip(new ContactBody(random(size, size), List.of(), List.of()));
            roundTrip(
                    new ContactBody(
                            Bytes.wrap(new byte[size]),
                            List.of(Samples.address(size), Samples.address(2)),
                            List.of("barber", "späti")));
        }
    }

    @Test
    void theLargestContactFits() {
        var tags = IntStream.range(0, 32).mapToObj(i -> "€".repeat(62) + i).toList();
        roundTrip(new ContactBody(random(2, 16 * 1024), List.of(), tags));
    }

    @Test
    void aUsualRecordTakesThreeQuarters() {
        var keys = KeyPair.ed25519(random(3, 32));
        var signed =
                SignedContact.seal(
                        new ContactRecord(
                                keys.peerId(),
                                1_764_411_000_000L,
                                List.of(Samples.address(40_000)),
                                List.of(Offering.of("barber", Map.of("city", "ghent"))),
                                Duration.ofHours(24),
                                Instant.ofEpochSecond(1_764_500_000),
                                Optional.of(Samples.key(8)),
                                Optional.of(random(4, 32))),
                        keys);
        var contact = ContactIntake.contact(signed, AddressScope.LOOPBACK, Samples.NOW);
        var packed = packer.pack(ContactBody.of(contact), contact.peer().multihash());
        assertThat(packed.length).isLessThan(signed.envelope().size() * 3 / 4);
    }

    /// Bytes that a release has written must be read by all later ones.
    @Test
    void bodiesOfTheFirstReleaseAreStillRead() {
        var body =
                new ContactBody(
                        Bytes.utf8("rmb/contact/1 of barber"),
                        List.of(Samples.address(4000)),
                        List.of("barber"));
        assertThat(ContactBody.unpack(Bytes.hex(RELEASED).unsafeArray(), PEER)).isEqualTo(body);
        assertThat(ContactBody.unpack(Bytes.hex(RELEASED_PLAIN).unsafeArray(), PEER))
                .isEqualTo(new ContactBody(Bytes.hex("ff"), List.of(), List.of("a")));
    }

    @Test
    void bytesThatNobodyPackedAreRefused() {
        for (var hex : List.of("", "02", "0005", "00ff", "01ffff", "00ffffffff0f", "000000")) {
            assertThatThrownBy(() -> ContactBody.unpack(Bytes.hex(hex).unsafeArray(), PEER))
                    .as(hex)
                    .isInstanceOf(StoreException.class);
        }
    }

    private void roundTrip(ContactBody body) {
        var packed = packer.pack(body, PEER);
        assertThat(ContactBody.unpack(packed, PEER)).isEqualTo(body);
    }

    private static Bytes random(int seed, int size) {
        var bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return Bytes.wrap(bytes);
    }
}

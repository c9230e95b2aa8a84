package org.p2prmb.simulation.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.search.FilterUpdate;
import org.p2prmb.protocols.search.SearchCodec;
import org.p2prmb.protocols.search.SearchQuery;
import org.p2prmb.protocols.search.TagFilter;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.SearchWire;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// What agents say that lie to whoever searches.
final class Lies {
    private Lies() {}

    /// An answer with the record of somebody else who would fit, if it were true.
    static Bytes about(World world, int liar, SearchQuery query, RandomGenerator random) {
        int victim = world.neighbourhood().any();
        var record =
                switch (random.nextInt(3)) {
                    case 0 -> altered(world.record(victim).envelope(), random);
                    case 1 -> world.forged(liar, victim);
                    default -> world.expired(victim).envelope();
                };
        return answer(query, record);
    }

    /// A true record in which a byte is another one.
    private static Bytes altered(Bytes envelope, RandomGenerator random) {
        var bytes = envelope.toArray();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
        return Bytes.wrap(bytes);
    }

    private static Bytes answer(SearchQuery query, Bytes record) {
        return Wire.encode(
                SearchWire.SearchAnswer.newBuilder()
                        .setQueryId(Wire.field(query.id().value()))
                        .addRecords(Wire.field(record))
                        .build());
    }

    /// A filter that contains every tag.
    static Bytes filter(int version) {
        var ones = new byte[TagFilter.BITS_MIN / Byte.SIZE];
        Arrays.fill(ones, (byte) 0xff);
        return SearchCodec.encode(new FilterUpdate.Whole(version, Bytes.wrap(ones)));
    }
}

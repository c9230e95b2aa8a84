package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.contacts.ContactsCodec;
import org.p2prmb.protocols.statements.Criteria;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.SearchWire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The bytes of `/rmb/search/1.0.0` and `/rmb/filter/1.0.0`.
public final class SearchCodec {
    private static final int ANSWER_ROOM = SearchAnswer.BYTES_MAX - 64;
    private static final int THOUSANDTHS = 1_000;

    private SearchCodec() {}

    /// Verifies a record that came from anywhere.
    @FunctionalInterface
    public interface Opener {
        SignedContact open(Bytes envelope) throws ProtocolException;
    }

    public static Bytes encode(SearchQuery query) {
        var condition = query.condition();
        var message =
                SearchWire.SearchQuery.newBuilder()
                        .setQueryId(Wire.field(query.id().value()))
                        .setTag(condition.tag())
                        .setHopsLeft(query.hopsLeft())
                        .setResultsMax(query.resultsMax())
                        .setWaitMs((int) query.patience().toMillis())
                        .setMinReputation(
                                (int) Math.round(condition.minReputation() * THOUSANDTHS));
        condition
                .where()
                .forEach((key, value) -> message.addWhereBuilder().setKey(key).setValue(value));
        return Wire.encode(message.build());
    }

    /// Wishes beyond the limits are cut down to them.
    public static SearchQuery decodeQuery(Bytes encoded) throws ProtocolException {
        return Wire.decode(SearchWire.SearchQuery.parser(), encoded, SearchCodec::query);
    }

    private static SearchQuery query(SearchWire.SearchQuery message) {
        Limits.count(message.getWhereList(), Criteria.CRITERIA_MAX, "criteria");
        var where = new TreeMap<String, String>();
        message.getWhereList()
                .forEach(
                        criterion -> Criteria.add(where, criterion.getKey(), criterion.getValue()));
        double least = Wire.clamped(message.getMinReputation(), THOUSANDTHS);
        return new SearchQuery(
                new QueryId(Wire.bytes(message.getQueryId())),
                new SearchCondition(message.getTag(), where, least / THOUSANDTHS),
                Wire.clamped(message.getHopsLeft(), SearchQuery.HOPS_MAX),
                Wire.clamped(message.getResultsMax(), SearchQuery.RESULTS_MAX),
                Duration.ofMillis(
                        Wire.clamped(
                                message.getWaitMs(), (int) SearchQuery.PATIENCE_MAX.toMillis())));
    }

    /// Leaves out the last records when not all fit into an answer.
    public static Bytes encode(SearchAnswer answer) {
        var message =
                SearchWire.SearchAnswer.newBuilder()
                        .setQueryId(Wire.field(answer.id().value()))
                        .setAgentsAsked(answer.agentsAsked())
                        .setHops(answer.hops())
                        .setHopsLeft(answer.hopsLeft())
                        .setRepeated(answer.repeated());
        ContactsCodec.fitting(answer.records(), ANSWER_ROOM).forEach(message::addRecords);
        return Wire.encode(message.build());
    }

    /// Leaves out the records that do not verify.
    public static SearchAnswer decodeAnswer(Bytes encoded) throws ProtocolException {
        return decodeAnswer(encoded, SignedContact::open);
    }

    /// As the other one, with records verified in another way.
    public static SearchAnswer decodeAnswer(Bytes encoded, Opener opener) throws ProtocolException {
        return Wire.decode(
                SearchWire.SearchAnswer.parser(), encoded, message -> answer(message, opener));
    }

    private static SearchAnswer answer(SearchWire.SearchAnswer message, Opener opener) {
        // Counted before a signature is looked at.
        Limits.count(message.getRecordsList(), SearchQuery.RESULTS_MAX, "records");
        var records = new ArrayList<SignedContact>();
        for (var envelope : message.getRecordsList()) {
            opened(Wire.bytes(envelope), opener).ifPresent(records::add);
        }
        return new SearchAnswer(
                new QueryId(Wire.bytes(message.getQueryId())),
                records,
                Wire.clamped(message.getAgentsAsked(), SearchAnswer.AGENTS_MAX),
                Wire.clamped(message.getHops(), SearchQuery.HOPS_MAX),
                Wire.clamped(message.getHopsLeft(), SearchQuery.HOPS_MAX),
                message.getRepeated());
    }

    private static Optional<SignedContact> opened(Bytes envelope, Opener opener) {
        try {
            return Optional.of(opener.open(envelope));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }

    public static Bytes encode(FilterUpdate update) {
        var message = SearchWire.FilterUpdate.newBuilder().setVersion(update.version());
        switch (update) {
            case FilterUpdate.Whole(_, var filter) -> message.setFilter(Wire.field(filter));
            case FilterUpdate.Change(_, var flips) -> {
                int before = 0;
                for (int flip : flips) {
                    message.addFlips(flip - before);
                    before = flip;
                }
            }
        }
        return Wire.encode(message.build());
    }

    public static FilterUpdate decodeFilter(Bytes encoded) throws ProtocolException {
        return Wire.decode(SearchWire.FilterUpdate.parser(), encoded, SearchCodec::filter);
    }

    private static FilterUpdate filter(SearchWire.FilterUpdate message) {
        if (!message.getFilter().isEmpty()) {
            return new FilterUpdate.Whole(message.getVersion(), Wire.bytes(message.getFilter()));
        }
        Limits.count(message.getFlipsList(), TagFilter.BITS_MAX, "flips");
        return new FilterUpdate.Change(message.getVersion(), flips(message.getFlipsList()));
    }

    private static List<Integer> flips(List<Integer> distances) {
        var flips = new ArrayList<Integer>(distances.size());
        long flip = 0;
        for (int distance : distances) {
            flip += Integer.toUnsignedLong(distance);
            Limits.require(flip < TagFilter.BITS_MAX, "a flip beyond the largest filter");
            flips.add((int) flip);
        }
        return flips;
    }
}

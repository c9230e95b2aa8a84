package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.contacts.ContactsCodec;
import org.p2prmb.protocols.statements.Criteria;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.SearchWire;

import java.time.Duration;
import java.util.TreeMap;

/// The bytes of `/rmb/search/1.0.0`.
public final class SearchCodec {
    private static final int ANSWER_ROOM = SearchAnswer.BYTES_MAX - 64;

    private SearchCodec() {}

    public static Bytes encode(SearchQuery query) {
        var message =
                SearchWire.SearchQuery.newBuilder()
                        .setQueryId(Wire.field(query.id().value()))
                        .setTag(query.condition().tag())
                        .setHopsLeft(query.hopsLeft())
                        .setResultsMax(query.resultsMax())
                        .setWaitMs((int) query.patience().toMillis());
        query.condition()
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
        return new SearchQuery(
                new QueryId(Wire.bytes(message.getQueryId())),
                new SearchCondition(message.getTag(), where),
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
                        .setAgentsAsked(answer.agentsAsked());
        ContactsCodec.fitting(answer.records(), ANSWER_ROOM).forEach(message::addRecords);
        return Wire.encode(message.build());
    }

    /// Leaves out the records that do not verify.
    public static SearchAnswer decodeAnswer(Bytes encoded) throws ProtocolException {
        return Wire.decode(SearchWire.SearchAnswer.parser(), encoded, SearchCodec::answer);
    }

    private static SearchAnswer answer(SearchWire.SearchAnswer message) {
        // Counted before a signature is looked at.
        Limits.count(message.getRecordsList(), SearchQuery.RESULTS_MAX, "records");
        return new SearchAnswer(
                new QueryId(Wire.bytes(message.getQueryId())),
                ContactsCodec.valid(message.getRecordsList()),
                Wire.clamped(message.getAgentsAsked(), SearchAnswer.AGENTS_MAX));
    }
}

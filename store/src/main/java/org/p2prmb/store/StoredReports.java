package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.key;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.ReportShelf;
import org.p2prmb.protocols.reputation.SignedReport;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The [ReportShelf] in the database.
///
/// How many reports there are is bounded by the book that they belong to; the stamps here.
final class StoredReports implements ReportShelf {
    static final int STAMPS_MAX = 16_384;

    /// Of at most 192 KiB each.
    static final int EXHIBITS_MAX = 64;

    /// The shelf holds what was verified before it was put there.
    private static final Signatures VERIFIED =
            new Signatures() {
                @Override
                public Bytes sign(KeyPair keys, Bytes message) {
                    throw new IllegalStateException("nothing is signed here");
                }

                @Override
                public boolean verify(PublicKey signer, Bytes message, Bytes signature) {
                    return true;
                }
            };

    private final Readers readers;
    private final Writer writer;

    StoredReports(Readers readers, Writer writer) {
        this.readers = readers;
        this.writer = writer;
    }

    @Override
    public List<Filed> load() {
        return readers.read(session ->
                session.list(
                        "SELECT envelope, fact, received FROM report ORDER BY arrival",
                        StoredReports::read));
    }

    private static Filed read(ResultSet row) throws SQLException {
        try {
            var signed = SignedReport.open(Bytes.wrap(row.getBytes(1)), VERIFIED);
            return new Filed(signed, Bytes.wrap(row.getBytes(2)), row.getLong(3));
        } catch (ProtocolException e) {
            throw new StoreException("a stored report cannot be read", e);
        }
    }

    @Override
    public void put(Filed filed) {
        writer.queue(1, session -> put(session, filed));
    }

    @Override
    public void putDurably(Filed filed) {
        writer.commit(session -> {
            put(session, filed);
            return true;
        });
    }

    private static void put(Session session, Filed filed) throws SQLException {
        var report = filed.report();
        session.update(
                "MERGE INTO report VALUES (?, ?, ?, ?, ?, ?, ?)",
                key(report.subject()),
                key(report.reporter()),
                report.sequence(),
                next(session, "SELECT MAX(arrival) FROM report"),
                filed.receivedMillis(),
                filed.fact().unsafeArray(),
                filed.signed().envelope().unsafeArray());
    }

    private static long next(Session session, String newest) throws SQLException {
        return session.number(newest) + 1;
    }

    @Override
    public void remove(List<Filed> dropped) {
        dropped.forEach(filed ->
                writer.queue(
                        1,
                        session ->
                                session.update(
                                        "DELETE FROM report WHERE subject = ? AND reporter = ?"
                                                + " AND sequence = ?",
                                        key(filed.report().subject()),
                                        key(filed.report().reporter()),
                                        filed.report().sequence())));
    }

    @Override
    public void putExhibit(Bytes hash, Bytes exhibit) {
        writer.commit(session -> {
            long arrival = next(session, "SELECT MAX(arrival) FROM exhibit");
            session.update(
                    "MERGE INTO exhibit VALUES (?, ?, ?)",
                    hash.unsafeArray(),
                    arrival,
                    exhibit.unsafeArray());
            session.update("DELETE FROM exhibit WHERE arrival <= ?", arrival - EXHIBITS_MAX);
            return true;
        });
    }

    @Override
    public Optional<Bytes> exhibit(Bytes hash) {
        return readers.read(session ->
                session.first(
                        "SELECT content FROM exhibit WHERE hash = ?",
                        row -> Bytes.wrap(row.getBytes(1)),
                        hash.unsafeArray()));
    }

    @Override
    public Map<PeerId, Long> stamps() {
        var stamps = new LinkedHashMap<PeerId, Long>();
        readers.read(session ->
                        session.list(
                                "SELECT reporter, stamp FROM reporter_stamp ORDER BY arrival",
                                row ->
                                        Map.entry(
                                                new PeerId(Bytes.wrap(row.getBytes(1))),
                                                row.getLong(2))))
                .forEach(entry -> stamps.put(entry.getKey(), entry.getValue()));
        return stamps;
    }

    @Override
    public void putStamp(PeerId reporter, long stamp) {
        writer.queue(
                1,
                session -> {
                    long arrival = next(session, "SELECT MAX(arrival) FROM reporter_stamp");
                    session.update(
                            "MERGE INTO reporter_stamp VALUES (?, ?, ?)",
                            key(reporter),
                            stamp,
                            arrival);
                    session.update(
                            "DELETE FROM reporter_stamp WHERE arrival <= ?", arrival - STAMPS_MAX);
                });
    }
}

package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.util.ArrayList;
import java.util.List;

/// A multicast DNS packet as far as discovery reads it: records of other kinds and classes and the
/// authority section are passed over.
///
/// @param id what a query may be known by, 0 to 65535; in responses without meaning
/// @param answers to the questions
/// @param additionals what the asker will want to know next
public record DnsMessage(
        int id,
        boolean response,
        List<Question> questions,
        List<DnsRecord> answers,
        List<DnsRecord> additionals) {
    /// Bytes of a packet, of ours and of others'.
    public static final int BYTES_MAX = 9_000;

    /// Questions and records of all sections of a packet.
    static final int ENTRIES_MAX = 256;

    static final int TYPE_POINTER = 12;
    static final int TYPE_TEXT = 16;
    static final int TYPE_ANY = 255;
    static final int CLASS_INTERNET = 1;
    static final int CLASS_ANY = 255;

    /// The top bit of a class asks for an answer by unicast, or has older records forgotten.
    static final int CLASS_MASK = 0x7fff;

    private static final int RESPONSE = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;

    /// Kind of request and kind of failure: multicast DNS knows none but zero.
    private static final int OPERATION_OR_FAILURE = 0x780f;

    /// Who asks wants the records of `type` called `name`.
    ///
    /// @param type 12 for pointers, 16 for texts, 255 for all, or another
    public record Question(DnsName name, int type) {
        static Question pointers(DnsName name) {
            return new Question(name, TYPE_POINTER);
        }

        boolean asksForPointers(DnsName wanted) {
            return name.equals(wanted) && (type == TYPE_POINTER || type == TYPE_ANY);
        }
    }

    public DnsMessage {
        questions = List.copyOf(questions);
        answers = List.copyOf(answers);
        additionals = List.copyOf(additionals);
        if (questions.size() + answers.size() + additionals.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException("a message has at most 256 entries");
        }
    }

    static DnsMessage query(int id, Question question) {
        return new DnsMessage(id, false, List.of(question), List.of(), List.of());
    }

    static DnsMessage response(List<DnsRecord> answers, List<DnsRecord> additionals) {
        return new DnsMessage(0, true, List.of(), answers, additionals);
    }

    /// The packet. Throws `IllegalStateException` when it is larger than [#BYTES_MAX].
    public Bytes encoded() {
        var packet = new DnsWriter();
        packet.number16(id);
        packet.number16(response ? RESPONSE | AUTHORITATIVE : 0);
        packet.number16(questions.size());
        packet.number16(answers.size());
        packet.number16(0);
        packet.number16(additionals.size());
        for (var question : questions) {
            packet.name(question.name());
            packet.number16(question.type());
            packet.number16(CLASS_INTERNET);
        }
        answers.forEach(packet::record);
        additionals.forEach(packet::record);
        return packet.bytes();
    }

    /// Reads a packet; what follows its last record is passed over.
    public static DnsMessage decode(Bytes encoded) throws ProtocolException {
        if (encoded.size() > BYTES_MAX) {
            throw new ProtocolException("a DNS packet of " + encoded.size() + " bytes");
        }
        var packet = new DnsReader(encoded);
        var id = packet.number16();
        var flags = packet.number16();
        if ((flags & OPERATION_OR_FAILURE) != 0) {
            throw new ProtocolException("a DNS packet that is neither question nor answer");
        }
        var questionCount = packet.number16();
        var answerCount = packet.number16();
        var authorityCount = packet.number16();
        var additionalCount = packet.number16();
        var total = questionCount + answerCount + authorityCount + additionalCount;
        if (total > ENTRIES_MAX) {
            throw new ProtocolException("a DNS packet of " + total + " entries");
        }
        var questions = questions(packet, questionCount);
        var answers = records(packet, answerCount);
        var _ = records(packet, authorityCount);
        var additionals = records(packet, additionalCount);
        return new DnsMessage(id, (flags & RESPONSE) != 0, questions, answers, additionals);
    }

    private static List<Question> questions(DnsReader packet, int count) throws ProtocolException {
        var questions = new ArrayList<Question>();
        for (var index = 0; index < count; index++) {
            var name = packet.name();
            var type = packet.number16();
            var dnsClass = packet.number16() & CLASS_MASK;
            if (dnsClass == CLASS_INTERNET || dnsClass == CLASS_ANY) {
                questions.add(new Question(name, type));
            }
        }
        return questions;
    }

    private static List<DnsRecord> records(DnsReader packet, int count) throws ProtocolException {
        var records = new ArrayList<DnsRecord>();
        for (var index = 0; index < count; index++) {
            packet.record().ifPresent(records::add);
        }
        return records;
    }
}

package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.id;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Nested;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;
import org.p2prmb.libp2p.identity.PeerRecord;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

final class PubsubCodecTest {
    private static final JsonNode VECTORS = Vectors.at("pubsub");
    private static final JsonNode CONTROLS = Vectors.at("pubsub", "control_rpcs");
    private static final String VECTOR_TOPIC = "test-topic";
    private static final Bytes VECTOR_ID = Vectors.bytes(VECTORS, "control_message_id");

    private final PubsubCodec codec = new PubsubCodec(new StrictSign(MessageIds.SHA256));

    private Rpc decode(Bytes frame) throws ProtocolException {
        return codec.decode(frame.toArray());
    }

    private static Control control(
            List<Ihave> ihave, List<Bytes> iwant, List<String> graft, List<Prune> prune) {
        return new Control(ihave, iwant, graft, prune, List.of());
    }

    private void readsAndWrites(String vector, Control control) throws ProtocolException {
        var bytes = Vectors.bytes(CONTROLS, vector);
        assertThat(decode(bytes)).isEqualTo(Rpc.of(control));
        assertThat(RpcWriter.encode(Rpc.of(control))).containsExactly(bytes);
    }

    @Test
    void everyControlVectorIsReadAndWritten() throws ProtocolException {
        var ihave = new Ihave(VECTOR_TOPIC, List.of(VECTOR_ID));
        readsAndWrites("ihave", Control.ofIhave(List.of(ihave)));
        readsAndWrites("iwant", Control.ofIwant(List.of(VECTOR_ID)));
        readsAndWrites("graft", Control.ofGraft(List.of(VECTOR_TOPIC)));
        var prune = new Prune(VECTOR_TOPIC, List.of(), 60);
        readsAndWrites("prune_backoff60", Control.ofPrune(List.of(prune)));
        var idontwant = new Idontwant(List.of(VECTOR_ID));
        readsAndWrites("idontwant", Control.ofIdontwant(List.of(idontwant)));
    }

    @Test
    void aPruneWithIntroductionsIsReadAndItsRecordVerifiable() throws ProtocolException {
        var bytes = Vectors.bytes(CONTROLS, "prune_px");
        var prune = decode(bytes).control().prune().getFirst();
        assertThat(prune.backoffSeconds()).isEqualTo(60);
        assertThat(prune.peers()).hasSize(1);
        assertThat(RpcWriter.encode(decode(bytes))).containsExactly(bytes);
        // The vector's record is of another peer than the one that is introduced.
        var introduced = prune.peers().getFirst();
        var record = PeerRecord.open(introduced.signedRecord());
        assertThat(record.peer().multihash()).isNotEqualTo(introduced.peerId());
    }

    @Test
    void anAbsurdBackoffIsReadAsItIs() throws ProtocolException {
        var bytes = Vectors.bytes(CONTROLS, "NEGATIVE_prune_backoff_u64max");
        var control = decode(bytes).control();
        assertThat(control.prune()).containsExactly(new Prune(VECTOR_TOPIC, List.of(), -1));
    }

    @Test
    void wordsOfLaterVersionsAreIgnored() throws ProtocolException {
        assertThat(decode(Vectors.bytes(CONTROLS, "extensions_partial")))
                .isEqualTo(Rpc.of(Control.NONE));
    }

    @Test
    void theVectorOfSubscriptionAndMessageIsReadAndWritten() throws ProtocolException {
        var bytes = Vectors.bytes(VECTORS, "rpc_subscribe_and_publish");
        var rpc = decode(bytes);
        assertThat(rpc.subscriptions()).containsExactly(new SubscriptionChange(true, VECTOR_TOPIC));
        assertThat(rpc.messages()).hasSize(1);
        var message = rpc.messages().getFirst();
        assertThat(message.topic()).isEqualTo(VECTOR_TOPIC);
        assertThat(message.data()).isEqualTo(Bytes.utf8("hello"));
        assertThat(message.seqno()).isEqualTo(1);
        assertThat(message.encoded()).isEqualTo(Vectors.bytes(VECTORS, "message"));
        var frames = RpcWriter.encode(rpc);
        assertThat(frames.getFirst().concat(frames.getLast())).isEqualTo(bytes);
    }

    @Test
    @DisplayName("rust-libp2p#2755: anonymous messages")
    void anUnsignedMessageIsInvalid() throws ProtocolException {
        for (var vector : List.of("unsigned_message", "strict_no_sign_message")) {
            var message = Vectors.bytes(VECTORS, vector);
            var frame = Bytes.wrap(new byte[] {0x12, (byte) message.size()}).concat(message);
            var rpc = decode(frame);
            assertThat(rpc.messages()).isEmpty();
            assertThat(rpc.invalid()).containsExactly(VECTOR_TOPIC);
        }
    }

    @Test
    void everythingThatIsWrittenIsReadBack() throws ProtocolException {
        var signed =
                decode(Vectors.bytes(VECTORS, "rpc_subscribe_and_publish")).messages().getFirst();
        var introduction = new Introduction(peer(3).multihash(), Bytes.utf8("record"));
        var rpc =
                new Rpc(
                        List.of(
                                new SubscriptionChange(true, "a"),
                                new SubscriptionChange(false, "b")),
                        List.of(signed, signed),
                        List.of(),
                        control(
                                List.of(new Ihave("a", List.of(id(1), id(2)))),
                                List.of(id(3)),
                                List.of("a", "b"),
                                List.of(new Prune("c", List.of(introduction), 7))));
        assertThat(joined(RpcWriter.encode(rpc))).isEqualTo(rpc);
    }

    @Test
    @DisplayName("rust-libp2p#4820, rust-libp2p#2603, js-libp2p#3427, lodestar#10079, teku#11265")
    void largeRpcsAreSplitToWhatEveryStackTakes() throws ProtocolException {
        var topics =
                IntStream.range(0, 250)
                        .mapToObj(n -> new SubscriptionChange(true, "t" + n))
                        .toList();
        var ids = IntStream.range(0, 4_000).mapToObj(RouterRig::id).toList();
        var signed =
                decode(Vectors.bytes(VECTORS, "rpc_subscribe_and_publish")).messages().getFirst();
        var messages = IntStream.range(0, 1_000).mapToObj(_ -> signed).toList();
        var words = control(List.of(new Ihave(TOPIC, ids)), ids, List.of(), List.of());
        var frames = RpcWriter.encode(new Rpc(topics, messages, List.of(), words));
        for (var frame : frames) {
            var part = decode(frame);
            assertThat(frame.size()).isLessThanOrEqualTo(RpcWriter.RPC_BYTES_MAX);
            assertThat(part.subscriptions()).hasSizeLessThanOrEqualTo(100);
            if (!part.control().isEmpty()) {
                assertThat(frame.size()).isLessThanOrEqualTo(RpcWriter.CONTROL_BYTES_MAX);
            }
        }
        var whole = joined(frames);
        assertThat(whole.subscriptions()).isEqualTo(topics);
        assertThat(whole.messages()).hasSize(1_000);
        assertThat(whole.control().iwant()).isEqualTo(ids);
        assertThat(whole.control().ihave().stream().flatMap(part -> part.ids().stream()))
                .containsExactlyElementsOf(ids);
    }

    @Test
    void recordsThatFillAPruneLeaveTheOthersOut() throws ProtocolException {
        var fat = introductions(PeerRecord.SEALED_BYTES_MAX, 15);
        var all = new ArrayList<>(fat);
        all.addAll(introductions(200, 1));
        var topic = "t".repeat(256);
        var rpc = Rpc.of(Control.ofPrune(Collections.nCopies(2, new Prune(topic, all, 60))));
        var frames = RpcWriter.encode(rpc);
        assertThat(frames)
                .hasSize(2)
                .allSatisfy(frame -> {
                    assertThat(frame.size()).isLessThanOrEqualTo(RpcWriter.CONTROL_BYTES_MAX);
                    assertThat(decode(frame).control().prune())
                            .containsExactly(
                                    new Prune(topic, List.of(all.getFirst(), all.getLast()), 60));
                });
    }

    private static List<Introduction> introductions(int recordBytes, int count) {
        return IntStream.range(0, count)
                .mapToObj(number ->
                        new Introduction(
                                RouterRig.peer(number).multihash(),
                                Bytes.wrap(new byte[recordBytes])))
                .toList();
    }

    /// rust-libp2p counts subscriptions among the 16 KiB of control that it reads.
    @Test
    void topicsWithLongNamesAreSplitByTheirBytes() throws ProtocolException {
        var changes =
                IntStream.range(0, 100)
                        .mapToObj(number -> "%d".formatted(100 + number).repeat(85))
                        .map(topic -> new SubscriptionChange(true, topic))
                        .toList();
        var frames = RpcWriter.encode(Rpc.of(changes));
        assertThat(frames)
                .hasSize(2)
                .allSatisfy(frame ->
                        assertThat(frame.size()).isLessThanOrEqualTo(RpcWriter.CONTROL_BYTES_MAX));
        assertThat(joined(frames).subscriptions()).isEqualTo(changes);
    }

    @Test
    void aMessageLargerThanAnRpcTravelsAlone() {
        var large = RouterRig.message(1, TOPIC, 100_000);
        var small = RouterRig.message(2, TOPIC, 10);
        var rpc = new Rpc(List.of(), List.of(small, large, small), List.of(), Control.NONE);
        assertThat(RpcWriter.encode(rpc)).hasSize(3);
    }

    @Test
    void listsBeyondTheirLimitsAreCut() throws ProtocolException {
        var graft = Bytes.hex("1a020a00"); // An empty GRAFT within a control.
        var frame = new byte[4 * 5_000];
        for (var at = 0; at < frame.length; at += graft.size()) {
            frame[at] = 0x1a;
            frame[at + 1] = 2;
            frame[at + 2] = 0x1a;
        }
        assertThat(codec.decode(frame).control().graft()).hasSize(1_000);
    }

    /// Every list of an RPC, each with one entry more than its limit.
    @Test
    void noListGrowsBeyondItsLimit() throws ProtocolException {
        var subscription = new SubscriptionChange(true, "t");
        var subscriptions = Collections.nCopies(1_001, subscription);
        assertThat(decode(repeated(Rpc.of(List.of(subscription)), 1_001)).subscriptions())
                .isEqualTo(subscriptions.subList(0, 1_000));

        var message = Vectors.bytes(VECTORS, "message");
        var published = published(message);
        assertThat(decode(repeated(published, 5_001)).messages()).hasSize(5_000);
        var unsigned = Bytes.hex("1200");
        assertThat(decode(repeated(unsigned, 5_001)).invalid()).hasSize(5_000);

        var ids = IntStream.range(0, 5_001).mapToObj(RouterRig::id).toList();
        var wanted = control(List.of(), ids, List.of(), List.of());
        assertThat(joinedInOne(wanted).iwant()).isEqualTo(ids.subList(0, 5_000));
        var announced = control(List.of(new Ihave("a", ids)), List.of(), List.of(), List.of());
        assertThat(joinedInOne(announced).ihave().stream().flatMap(part -> part.ids().stream()))
                .hasSize(5_000);

        var prune = new Prune("t", List.of(), 60);
        var pruned = control(List.of(), List.of(), List.of(), Collections.nCopies(1_001, prune));
        assertThat(joinedInOne(pruned).prune()).hasSize(1_000);
        var announcement = new Ihave("t", List.of(id(1)));
        var talkative =
                control(Collections.nCopies(1_001, announcement), List.of(), List.of(), List.of());
        assertThat(joinedInOne(talkative).ihave()).hasSize(1_000);

        var stranger = new Introduction(peer(1).multihash(), Bytes.EMPTY);
        var introducing = new Prune("t", Collections.nCopies(33, stranger), 60);
        var crowd = control(List.of(), List.of(), List.of(), List.of(introducing));
        assertThat(joinedInOne(crowd).prune().getFirst().peers()).hasSize(32);
    }

    private static Bytes repeated(Rpc rpc, int times) {
        return repeated(RpcWriter.encode(rpc).getFirst(), times);
    }

    private static Bytes repeated(Bytes part, int times) {
        var all = new ByteArrayOutputStream();
        IntStream.range(0, times).forEach(_ -> all.writeBytes(part.toArray()));
        return Bytes.wrap(all.toByteArray());
    }

    /// What is left of `control` when one RPC says all of it, in as many parts as we write.
    private Control joinedInOne(Control control) throws ProtocolException {
        var frame = RpcWriter.encode(Rpc.of(control)).stream().reduce(Bytes.EMPTY, Bytes::concat);
        return decode(frame).control();
    }

    @Test
    void deeplyNestedFieldsAreRefused() {
        var rpc = Vectors.bytes(VECTORS, "rpc_subscribe_and_publish");
        assertThatThrownBy(() -> decode(rpc.concat(Nested.groups())))
                .isInstanceOf(ProtocolException.class);
        var message = Vectors.bytes(VECTORS, "message").concat(Nested.groups());
        assertThatThrownBy(() -> decode(published(message))).isInstanceOf(ProtocolException.class);
    }

    private static Bytes published(Bytes message) {
        return Bytes.hex("12").concat(Bytes.wrap(Varint.encode(message.size()))).concat(message);
    }

    @Test
    void anOversizedControlIsRefused() {
        var size = PubsubCodec.CONTROL_BYTES_MAX + 1;
        var frame = new byte[4 + size];
        frame[0] = 0x1a;
        frame[1] = (byte) (size | 0x80);
        frame[2] = (byte) (size >> 7 | 0x80);
        frame[3] = (byte) (size >> 14);
        assertThatThrownBy(() -> codec.decode(frame)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void damagedRpcsAreReadOrRefusedButNeverBreakUs() {
        var rpcs = new ArrayList<byte[]>();
        CONTROLS.forEach(node -> rpcs.add(Bytes.hex(node.textValue()).toArray()));
        rpcs.add(Vectors.bytes(VECTORS, "rpc_subscribe_and_publish").toArray());
        Seeds.forEach(
                5_000,
                random -> {
                    var damaged = Seeds.mutate(random, rpcs.get(random.nextInt(rpcs.size())));
                    try {
                        assertThat(codec.decode(damaged)).isNotNull();
                    } catch (ProtocolException refused) {
                        assertThat(refused.getMessage()).isNotEmpty();
                    }
                });
    }

    private Rpc joined(List<Bytes> frames) throws ProtocolException {
        var subscriptions = new ArrayList<SubscriptionChange>();
        var messages = new ArrayList<GossipMessage>();
        var ihave = new ArrayList<Ihave>();
        var iwant = new ArrayList<Bytes>();
        var graft = new ArrayList<String>();
        var prune = new ArrayList<Prune>();
        var idontwant = new ArrayList<Idontwant>();
        for (var frame : frames) {
            var rpc = decode(frame);
            subscriptions.addAll(rpc.subscriptions());
            messages.addAll(rpc.messages());
            ihave.addAll(rpc.control().ihave());
            iwant.addAll(rpc.control().iwant());
            graft.addAll(rpc.control().graft());
            prune.addAll(rpc.control().prune());
            idontwant.addAll(rpc.control().idontwant());
        }
        var control = new Control(ihave, iwant, graft, prune, idontwant);
        return new Rpc(subscriptions, messages, List.of(), control);
    }
}

package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;

import java.util.List;
import java.util.function.UnaryOperator;

/// What one peer says to another at once: subscriptions, messages and control of the mesh.
///
/// @param invalid topics of received messages that cannot be valid: unsigned or malformed
public record Rpc(
        List<SubscriptionChange> subscriptions,
        List<GossipMessage> messages,
        List<String> invalid,
        Control control) {
    public Rpc {
        subscriptions = List.copyOf(subscriptions);
        messages = List.copyOf(messages);
        invalid = List.copyOf(invalid);
    }

    public static Rpc of(GossipMessage message) {
        return new Rpc(List.of(), List.of(message), List.of(), Control.NONE);
    }

    public static Rpc of(Control control) {
        return new Rpc(List.of(), List.of(), List.of(), control);
    }

    public static Rpc of(List<SubscriptionChange> subscriptions) {
        return new Rpc(subscriptions, List.of(), List.of(), Control.NONE);
    }

    /// The same but for what the sender does not want.
    Rpc withoutIdontwant() {
        if (control.idontwant.isEmpty()) {
            return this;
        }
        var rest =
                new Control(control.ihave, control.iwant, control.graft, control.prune, List.of());
        return new Rpc(subscriptions, messages, invalid, rest);
    }

    /// The same with the signed records of those whom a PRUNE introduces, by their binary ids;
    /// whoever has none is left out, for nobody would dial it.
    public Rpc withRecords(UnaryOperator<Bytes> records) {
        if (control.prune.stream().allMatch(prune -> prune.peers.isEmpty())) {
            return this;
        }
        var prunes = control.prune.stream().map(prune -> prune.withRecords(records)).toList();
        var words =
                new Control(control.ihave, control.iwant, control.graft, prunes, control.idontwant);
        return new Rpc(subscriptions, messages, invalid, words);
    }

    boolean isEmpty() {
        return subscriptions.isEmpty()
                && messages.isEmpty()
                && invalid.isEmpty()
                && control.isEmpty();
    }

    /// A peer joined (`subscribe`) or left a topic.
    public record SubscriptionChange(boolean subscribe, String topic) {}

    /// The words of the mesh.
    ///
    /// @param iwant ids of messages to send in full
    /// @param graft topics whose mesh the sender put us into
    public record Control(
            List<Ihave> ihave,
            List<Bytes> iwant,
            List<String> graft,
            List<Prune> prune,
            List<Idontwant> idontwant) {
        public static final Control NONE =
                new Control(List.of(), List.of(), List.of(), List.of(), List.of());

        public Control {
            ihave = List.copyOf(ihave);
            iwant = List.copyOf(iwant);
            graft = List.copyOf(graft);
            prune = List.copyOf(prune);
            idontwant = List.copyOf(idontwant);
        }

        public static Control ofIhave(List<Ihave> ihave) {
            return new Control(ihave, List.of(), List.of(), List.of(), List.of());
        }

        public static Control ofIwant(List<Bytes> ids) {
            return new Control(List.of(), ids, List.of(), List.of(), List.of());
        }

        public static Control ofGraft(List<String> topics) {
            return new Control(List.of(), List.of(), topics, List.of(), List.of());
        }

        public static Control ofPrune(List<Prune> prune) {
            return new Control(List.of(), List.of(), List.of(), prune, List.of());
        }

        public static Control ofIdontwant(List<Idontwant> idontwant) {
            return new Control(List.of(), List.of(), List.of(), List.of(), idontwant);
        }

        public boolean isEmpty() {
            return equals(NONE);
        }

        /// How many ids the sender need not be sent.
        int unwanted() {
            return idontwant.stream().mapToInt(word -> word.ids.size()).sum();
        }
    }

    /// The sender has these messages of the topic.
    public record Ihave(String topic, List<Bytes> ids) {
        public Ihave {
            ids = List.copyOf(ids);
        }
    }

    /// The sender has these messages and need not be sent them.
    public record Idontwant(List<Bytes> ids) {
        public Idontwant {
            ids = List.copyOf(ids);
        }
    }

    /// The sender took us out of its mesh.
    ///
    /// @param peers others in the topic, in our place
    /// @param backoffSeconds unsigned; 0 when the sender named none
    public record Prune(String topic, List<Introduction> peers, long backoffSeconds) {
        public Prune {
            peers = List.copyOf(peers);
        }

        private Prune withRecords(UnaryOperator<Bytes> records) {
            var known =
                    peers.stream()
                            .map(Introduction::peerId)
                            .map(peer -> new Introduction(peer, records.apply(peer)))
                            .filter(introduction -> introduction.signedRecord.size() > 0)
                            .toList();
            return new Prune(topic, known, backoffSeconds);
        }
    }

    /// A peer that somebody recommends.
    ///
    /// @param peerId binary, unchecked
    /// @param signedRecord its signed peer record, unchecked; may be empty
    public record Introduction(Bytes peerId, Bytes signedRecord) {}
}

package org.p2prmb.cli;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.Validator;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.Agent;
import org.p2prmb.node.config.Printed;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Uid;
import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.search.SearchQuery;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/// The story of a small network: it comes up, finds, asks, hears, forgets its dead, and trades.
///
/// Every step is a real exchange between agents, and is believed only when another agent than the
/// one that acted saw it too.
final class Demo {
    static final List<String> FRIENDS = List.of("ada", "bas", "cleo", "dirk", "eva", "finn");

    private static final String FIRST = DemoNetwork.BOOTSTRAP;
    private static final String ASKER = "ada";
    private static final String BARBER = "hugo";

    /// Through whom the barber joins: two steps from the asker, so that a search has to travel.
    private static final String DOOR = "finn";

    private static final String VICTIM = "dirk";
    private static final String TOPIC = "rmb/demo/1";
    private static final SearchCondition WANTED =
            SearchCondition.of("barber", Map.of("city", "ghent"));
    private static final int HOPS = SearchQuery.HOPS_MAX;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DemoNetwork network;
    private final Story story;
    private final Interference interference;
    private String current = "start";

    /// What happens between two steps; nothing, except in tests.
    @FunctionalInterface
    interface Interference {
        void after(String step, DemoNetwork network);
    }

    @FunctionalInterface
    private interface Body {
        Story.Step run() throws InterruptedException;
    }

    Demo(DemoNetwork network, Story story, Interference interference) {
        this.network = network;
        this.story = story;
        this.interference = interference;
    }

    /// Runs the whole story. Throws [FailedException] at the first thing that does not work.
    void run() throws InterruptedException {
        story.begin(
                "A bootstrap peer and %d agents on this machine: TCP, Noise, Yamux, nothing shared."
                        .formatted(FRIENDS.size() + 1));
        step("bootstrap", this::bootstrap);
        step("join", this::join);
        step("contacts", this::contacts);
        step("offer", this::offer);
        step("search", this::search);
        step("message", this::message);
        step("cache", this::cache);
        step("gossip", this::gossip);
        step("death", this::death);
        try (var market = new DemoMarket(network)) {
            step("traders", market::come);
            step("sell", market::sell);
            step("bid", market::bid);
            step("choose", market::choose);
            step("sign", market::sign);
            step("vanish", market::vanish);
            step("settle", market::settle);
            step("refund", market::refund);
        }
        network.requireAlive();
        current = "end";
    }

    /// The step that runs or ran last.
    String current() {
        return current;
    }

    private void step(String name, Body body) throws InterruptedException {
        current = name;
        var start = System.nanoTime();
        var told = body.run();
        network.requireAlive();
        story.step(name, told, Duration.ofNanos(System.nanoTime() - start));
        interference.after(name, network);
    }

    private Story.Step bootstrap() {
        var first = network.startFirst();
        var dialler = network.join(ASKER, FIRST, List.of());
        return new Story.Step(
                FIRST,
                "The bootstrap peer is up, and the first agent has found it.",
                "%s dialled %s".formatted(ASKER, first.addresses().getFirst()),
                List.of(Evidence.of(network, ASKER).connection(dialler, first.peerId())));
    }

    private Story.Step join() {
        var others = FRIENDS.stream().filter(name -> !name.equals(ASKER)).toList();
        others.forEach(name -> network.join(name, FIRST, List.of()));
        var first = network.agent(FIRST);
        var evidence = new ArrayList<Evidence>();
        for (var name : others) {
            evidence.add(
                    Evidence.of(network, FIRST).connection(first, network.agent(name).peerId()));
        }
        return new Story.Step(
                String.join(" ", others),
                "%d more agents join through it.".formatted(others.size()),
                "%s; bootstrap holds %d connections"
                        .formatted(String.join(", ", others), first.neighbours().size()),
                evidence);
    }

    private Story.Step contacts() {
        var last = FRIENDS.getLast();
        for (var name : FRIENDS) {
            network.await(
                    "%s did not hear of %s".formatted(last, name),
                    () -> name.equals(last) || network.knows(last, name));
        }
        var evidence = new ArrayList<Evidence>();
        for (var name : List.of(FIRST, last)) {
            evidence.add(
                    Evidence.of(network, name)
                            .put("contacts", network.agent(name).contacts().size()));
        }
        return new Story.Step(
                String.join(" ", FRIENDS.subList(0, FRIENDS.size() - 1)),
                "They exchange signed contact records and know each other.",
                "%s, who came last, was told of the %d others and never dialled them"
                        .formatted(last, FRIENDS.size() - 1),
                evidence);
    }

    private Story.Step offer() {
        var barber = network.join(BARBER, DOOR, List.of(Offering.of(WANTED.tag(), WANTED.where())));
        var door = network.agent(DOOR);
        var contact = door.contacts().find(barber.peerId()).orElseThrow();
        require(contact.tags().equals(List.of(WANTED.tag())), "the offer did not arrive");
        return new Story.Step(
                BARBER,
                "A barber in Ghent joins, through one of them.",
                "%s tells %s that it offers barber:city=ghent".formatted(BARBER, DOOR),
                List.of(
                        Evidence.of(network, DOOR)
                                .put("tags", String.join(" ", contact.tags()))
                                .put("recordBytes", contact.record().size())
                                .connection(door, barber.peerId())));
    }

    private Story.Step search() throws InterruptedException {
        var asker = network.agent(ASKER);
        var barber = network.agent(BARBER);
        var first = network.agent(FIRST);
        var door = network.agent(DOOR);
        require(asker.host().connections(barber.peerId()).isEmpty(), "they are connected already");
        require(asker.contacts().find(barber.peerId()).isEmpty(), "it is known already");
        var answer = asker.find(WANTED, HOPS, 1, PATIENCE);
        requireBarber(answer);
        require(answer.agentsAsked() > 2, "the answer did not come from afar");
        return new Story.Step(
                ASKER,
                "%s asks the network for a barber in Ghent and finds one.".formatted(ASKER),
                "%s, signed by itself; %d agents looked; %s and %s have no connection"
                        .formatted(BARBER, answer.agentsAsked(), ASKER, BARBER),
                List.of(
                        Evidence.of(network, FIRST).connection(first, asker.peerId()),
                        Evidence.of(network, DOOR).connection(door, first.peerId()),
                        Evidence.of(network, BARBER)
                                .put("connectionsWithAsker", connections(barber, asker.peerId()))
                                .connection(barber, door.peerId())));
    }

    private Story.Step message() throws InterruptedException {
        record Seen(Uid uid, PeerId source, String text) {}
        var seen = new LinkedBlockingQueue<Seen>(1);
        var asker = network.agent(ASKER);
        var barber = network.agent(BARBER);
        barber.handlers()
                .register(
                        "appointment",
                        AccessRule.ANYONE,
                        call -> {
                            seen.offer(
                                    new Seen(call.uid(), call.source(), call.payload().toUtf8()));
                            return new Answer.Result("text/plain", Bytes.utf8("yes, at four"));
                        });
        network.await(
                "%s did not remember %s".formatted(ASKER, BARBER),
                () -> network.knows(ASKER, BARBER));
        var sent =
                asker.send(
                        barber.peerId(),
                        "appointment",
                        "text/plain",
                        Bytes.utf8("a haircut today?"),
                        PATIENCE,
                        "");
        if (!(sent.outcome() instanceof Outcome.Answered(_, var answer))) {
            throw new FailedException("message", "no answer: " + sent.outcome());
        }
        var received = seen.poll();
        if (received == null || !received.uid().equals(sent.uid())) {
            throw new FailedException("message", "%s saw another message".formatted(BARBER));
        }
        require(received.source().equals(asker.peerId()), "the message names another sender");
        return new Story.Step(
                ASKER,
                "%s sends %s a message and is answered.".formatted(ASKER, BARBER),
                "\"%s\" -> \"%s\""
                        .formatted(Printed.line(received.text()), Printed.line(answer.toUtf8())),
                List.of(
                        Evidence.of(network, BARBER)
                                .put("uid", received.uid().toString())
                                .put("source", received.source().toString())
                                .connection(barber, asker.peerId())));
    }

    private Story.Step cache() throws InterruptedException {
        var first = network.agent(FIRST);
        var key = WANTED.conditionKey();
        network.await(
                "bootstrap did not remember the answer",
                () -> !first.contacts().forCondition(key, 1).isEmpty());
        var answer = network.agent(ASKER).find(WANTED, HOPS, 1, PATIENCE);
        requireBarber(answer);
        require(answer.agentsAsked() == 1, "others were asked again");
        var remembered = first.contacts().forCondition(key, 1).getFirst();
        return new Story.Step(
                ASKER,
                "The same question again is answered from the cache.",
                "nobody else was asked; bootstrap, on the path, remembers %s too"
                        .formatted(network.nameOf(remembered.peer())),
                List.of(
                        Evidence.of(network, FIRST)
                                .put("conditionKey", key.toHex())
                                .put("remembers", remembered.peer().toString())
                                .put("recordBytes", remembered.record().size())));
    }

    private Story.Step gossip() throws InterruptedException {
        var author = network.agent(BARBER);
        var heard = new ConcurrentHashMap<String, Bytes>();
        var listeners = network.names().stream().filter(name -> !name.equals(BARBER)).toList();
        for (var name : listeners) {
            network.agent(name)
                    .gossip()
                    .subscribe(
                            TOPIC, Validator.ACCEPT_ALL, message -> heard.put(name, message.id()));
        }
        // Whoever joined through an agent hears of the topic from it, and it from them.
        for (var name : network.names()) {
            network.awaitTopic(name, TOPIC);
        }
        var id = author.gossip().publish(TOPIC, Bytes.utf8("closed on Monday"));
        network.await(
                "the broadcast did not reach everybody",
                () -> heard.keySet().containsAll(listeners));
        var evidence = new ArrayList<Evidence>();
        for (var name : listeners) {
            require(
                    id.equals(heard.getOrDefault(name, Bytes.EMPTY)),
                    name + " heard another message");
            evidence.add(Evidence.of(network, name).put("messageId", id.toHex()));
        }
        return new Story.Step(
                BARBER,
                "%s tells everybody at once: \"closed on Monday\".".formatted(BARBER),
                "GossipSub brought it, signed, to all %d others".formatted(listeners.size()),
                evidence);
    }

    private Story.Step death() {
        var victim = network.agent(VICTIM).peerId();
        network.killAsTold(VICTIM);
        var mourners = network.names();
        for (var name : mourners) {
            network.await(
                    "%s did not forget %s".formatted(name, VICTIM), () -> !lists(name, victim));
        }
        var evidence = new ArrayList<Evidence>();
        for (var name : mourners) {
            var agent = network.agent(name);
            evidence.add(
                    Evidence.of(network, name)
                            .put("forgot", victim.toString())
                            .put("connections", connections(agent, victim)));
        }
        return new Story.Step(
                VICTIM,
                "%s is killed without a word, and the others forget it.".formatted(VICTIM),
                "it left the contact lists of all %d".formatted(mourners.size()),
                evidence);
    }

    /// Whether the agent would list this peer to its owner, after asking the silent ones.
    private boolean lists(String name, PeerId peer) {
        try {
            return network.agent(name).verifiedContacts(100).stream()
                    .anyMatch(listed -> listed.contact().peer().equals(peer) && listed.alive());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("interrupted", "interrupted");
        }
    }

    private void requireBarber(SearchAnswer answer) {
        require(
                answer.records().size() == 1
                        && answer.records()
                                .getFirst()
                                .peer()
                                .equals(network.agent(BARBER).peerId()),
                "%s was not found".formatted(BARBER));
    }

    private static int connections(Agent agent, PeerId peer) {
        return agent.host().connections(peer).size();
    }

    private static void require(boolean holds, String complaint) {
        if (!holds) {
            throw new FailedException("unexpected", complaint);
        }
    }
}

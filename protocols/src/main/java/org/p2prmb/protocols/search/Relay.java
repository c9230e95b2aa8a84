package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A query of others that passes us: one step of a walk.
///
/// ```text
/// own memory --> neighbours whose filters promise the tag --> one neighbour, then another one
///      \                        \                             while steps are left
///       \------------------------\-----------------------------------> back to the asker
/// ```
@Pure
final class Relay implements Task {
    /// So many peers at the beginning of a path remember what comes back.
    private static final int NEAR_ASKER = 3;

    /// Less than this is not worth asking for.
    private static final Duration PATIENCE_MIN = Duration.ofMillis(20);

    private enum Stage {
        MEMORY,
        LOOK_AHEAD,
        WALK,
        OVER
    }

    private final Surroundings around;
    private final long askId;
    private final PeerId from;
    private final SearchQuery query;
    private final Instant deadline;
    private final Set<PeerId> passed = new LinkedHashSet<>();
    private final Set<PeerId> tried = new LinkedHashSet<>();
    private final Set<PeerId> helpful = new LinkedHashSet<>();
    private final Set<PeerId> waitingFor = new LinkedHashSet<>();
    private Stage stage = Stage.MEMORY;
    private Instant stageEnds;
    private int hopsLeft;
    private Walk walk = Walk.of(0);
    private int agentsAsked = 1;

    Relay(Surroundings around, long askId, PeerId from, SearchQuery query, Instant now) {
        this.around = around;
        this.askId = askId;
        this.from = from;
        this.query = query;
        this.deadline = now.plus(query.patience());
        this.stageEnds = deadline;
        this.hopsLeft = query.hopsLeft();
        tried.add(from);
    }

    PeerId from() {
        return from;
    }

    @Override
    public void found(
            Instant now, List<SignedContact> own, List<SignedContact> cached, List<Action> out) {
        if (stage != Stage.MEMORY) {
            return;
        }
        var fitting = accept(now, own);
        var conditionKey = query.condition().conditionKey();
        for (var record : fitting) {
            for (var peer : around.introductions(now, conditionKey, from)) {
                out.add(new Action.Introduce(peer, record, conditionKey));
            }
        }
        fitting.addAll(accept(now, cached));
        if (isFull() || hopsLeft == 0 || around.negatives().contains(now, query.condition())) {
            finish(fitting, 0, out);
            return;
        }
        pass(fitting, 0, out);
        lookAhead(now, out);
    }

    /// The records that may be passed on and were not yet, as many as are wanted.
    private List<SignedContact> accept(Instant now, List<SignedContact> records) {
        var accepted = new ArrayList<SignedContact>();
        for (var record : records) {
            if (!isFull()
                    && !record.peer().equals(from)
                    && around.fits(record, query.condition(), now)
                    && around.mayPass(record.peer(), query.condition())
                    && passed.add(record.peer())) {
                accepted.add(record);
            }
        }
        return accepted;
    }

    private boolean isFull() {
        return passed.size() >= query.resultsMax();
    }

    private void pass(List<SignedContact> records, int hops, List<Action> out) {
        if (!records.isEmpty()) {
            out.add(new Action.Reply(askId, answer(records, hops), false));
        }
    }

    private SearchAnswer answer(List<SignedContact> records, int hops) {
        return new SearchAnswer(query.id(), records, agentsAsked, hops, hopsLeft, false);
    }

    private void lookAhead(Instant now, List<Action> out) {
        stage = Stage.LOOK_AHEAD;
        stageEnds = earlier(deadline, now.plus(around.stages().lookAheadWait()));
        var promising = around.promising(query.condition(), tried);
        for (var peer : promising) {
            if (waitingFor.size() >= around.stages().lookAheadMax()) {
                break;
            }
            ask(now, peer, 0, out);
        }
        if (waitingFor.isEmpty()) {
            walk(now, out);
        }
    }

    private boolean ask(Instant now, PeerId peer, int hops, List<Action> out) {
        // Those behind us share what is left in equal parts with us.
        var left = Duration.between(now, deadline).multipliedBy(hops + 1).dividedBy(hops + 2);
        if (left.compareTo(PATIENCE_MIN) < 0) {
            return false;
        }
        var wanted = query.resultsMax() - passed.size();
        tried.add(peer);
        waitingFor.add(peer);
        out.add(new Action.Ask(peer, query.forwarded(hops, wanted, left)));
        return true;
    }

    private void walk(Instant now, List<Action> out) {
        stage = Stage.WALK;
        stageEnds = deadline;
        waitingFor.clear(); // Who has not answered by now is not waited for.
        var next = hopsLeft > 0 ? around.neighbours(tried) : List.<PeerId>of();
        walk = Walk.of(hopsLeft - 1);
        if (next.isEmpty() || !ask(now, next.getFirst(), walk.sent(), out)) {
            if (passed.isEmpty()) {
                around.negatives().add(now, query.condition());
            }
            finish(List.of(), 0, out);
        }
    }

    @Override
    public void answered(Instant now, PeerId peer, SearchAnswer answer, List<Action> out) {
        if (stage == Stage.OVER || peer.equals(from) || !tried.contains(peer)) {
            return;
        }
        if (stage == Stage.WALK && waitingFor.contains(peer)) {
            walk = walk.answered(answer, tried.size());
        }
        agentsAsked = Math.min(SearchAnswer.AGENTS_MAX, agentsAsked + answer.agentsAsked());
        var accepted = accept(now, answer.records());
        if (accepted.isEmpty()) {
            return;
        }
        helpful.add(peer);
        around.filters().kept(peer);
        if (isNearAsker()) {
            var conditionKey = query.condition().conditionKey();
            out.add(new Action.Remember(peer, accepted, conditionKey, false));
        }
        var hops = Math.min(SearchQuery.HOPS_MAX, answer.hops() + 1);
        if (isFull()) {
            finish(accepted, hops, out);
        } else {
            pass(accepted, hops, out);
        }
    }

    @Override
    public void ended(Instant now, PeerId peer, List<Action> out) {
        if (!waitingFor.remove(peer) || stage == Stage.OVER) {
            return;
        }
        if (stage == Stage.LOOK_AHEAD) {
            if (!helpful.contains(peer)) {
                around.filters().misled(peer, query.condition());
            }
            if (waitingFor.isEmpty()) {
                walk(now, out);
            }
        } else {
            // What that walk left over takes another way.
            hopsLeft = walk.left();
            walk(now, out);
        }
    }

    /// Whether we are one of the first 3 peers on the path of a walk, of a short one or of a long
    /// one, whose last peers take themselves for that too.
    private boolean isNearAsker() {
        return query.hopsLeft() <= NEAR_ASKER
                || query.hopsLeft() >= SearchQuery.HOPS_MAX - NEAR_ASKER;
    }

    private void finish(List<SignedContact> records, int hops, List<Action> out) {
        stage = Stage.OVER;
        out.add(new Action.Reply(askId, answer(records, hops), true));
    }

    @Override
    public void tick(Instant now, List<Action> out) {
        if (stage == Stage.OVER || now.isBefore(stageEnds)) {
            return;
        }
        if (stage == Stage.LOOK_AHEAD && now.isBefore(deadline)) {
            walk(now, out);
        } else {
            hopsLeft = 0;
            finish(List.of(), 0, out);
        }
    }

    @Override
    public Instant nextTick() {
        return stage == Stage.OVER ? Instant.MAX : stageEnds;
    }

    @Override
    public boolean isOver() {
        return stage == Stage.OVER;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}

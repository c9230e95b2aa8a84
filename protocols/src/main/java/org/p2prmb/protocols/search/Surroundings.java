package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/// What all queries in work of an agent share.
@Pure
final class Surroundings {
    private static final int INTRODUCTIONS_REMEMBERED_MAX = 1024;

    private final PeerId self;
    private final SearchSettings settings;
    private final Reputations reputations;
    private final RandomGenerator random;
    private final Filters filters;

    /// Conditions that nobody fitted lately.
    private final Expiring<SearchCondition> negatives;

    private final Expiring<Bytes> introduced;

    Surroundings(
            PeerId self, SearchSettings settings, Reputations reputations, RandomGenerator random) {
        this.self = self;
        this.settings = settings;
        this.reputations = reputations;
        this.random = random;
        var bounds = settings.bounds();
        this.filters = new Filters(bounds.neighboursMax(), bounds.misleadsMax());
        this.negatives = new Expiring<>(bounds.negativeFor(), bounds.negativesMax());
        this.introduced =
                new Expiring<>(bounds.introducedAgainAfter(), INTRODUCTIONS_REMEMBERED_MAX);
    }

    PeerId self() {
        return self;
    }

    SearchSettings.Stages stages() {
        return settings.stages();
    }

    Filters filters() {
        return filters;
    }

    Expiring<SearchCondition> negatives() {
        return negatives;
    }

    /// Neighbours that say to know the tag, in random order.
    List<PeerId> promising(SearchCondition condition, Collection<PeerId> except) {
        return shuffled(filters.promising(condition.tagKey()), except);
    }

    /// All neighbours, in random order.
    List<PeerId> neighbours(Collection<PeerId> except) {
        return shuffled(filters.neighbours(), except);
    }

    private List<PeerId> shuffled(List<PeerId> peers, Collection<PeerId> except) {
        var drawn = new ArrayList<>(peers);
        drawn.removeAll(except);
        Collections.shuffle(drawn, Random.from(random));
        return drawn;
    }

    /// The neighbours that are told of us, since we fit; none when some were lately.
    List<PeerId> introductions(Instant now, Bytes conditionKey, PeerId asker) {
        if (!introduced.add(now, conditionKey)) {
            return List.of();
        }
        var drawn = neighbours(List.of(asker));
        return drawn.subList(0, Math.min(settings.bounds().introductionsMax(), drawn.size()));
    }

    /// Whether a record may be the answer, apart from its provider's reputation.
    boolean fits(SignedContact record, SearchCondition condition, Instant now) {
        return !record.record().isExpired(now) && condition.matches(record.record());
    }

    /// Whether we pass the provider on to others: not if we know it to be worse than they want.
    boolean mayPass(PeerId provider, SearchCondition condition) {
        var least = Math.min(condition.minReputation(), Reputations.NEWCOMER);
        return reputations.score(provider) >= Math.max(least, Reputations.RELAYED_MIN);
    }

    /// Whether the provider is good enough for our own owner.
    boolean isWanted(PeerId provider, SearchCondition condition) {
        return reputations.score(provider)
                >= Math.max(condition.minReputation(), Reputations.RELAYED_MIN);
    }

    double score(PeerId provider) {
        return reputations.score(provider);
    }
}

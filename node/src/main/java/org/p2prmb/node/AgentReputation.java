package org.p2prmb.node;

import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.reputation.StatementEvidence;
import org.p2prmb.store.Store;

import java.time.InstantSource;

/// Puts the reputation of an agent together.
final class AgentReputation {
    private AgentReputation() {}

    /// What this agent thinks of others from now on.
    static Reputation start(
            Agent agent,
            Store store,
            ContactIntake intake,
            Dht dht,
            InstantSource clock,
            Errands errands) {
        var host = agent.host();
        var sources =
                new ReputationSources(host, store.contacts(), dht::closest, agent::neighbours);
        var exhibits = new HeldExhibits(store.reports(), sources::exhibit, clock);
        var with =
                new Reputation.Surroundings(
                        host,
                        agent.gossip(),
                        store.contacts(),
                        store.reports(),
                        store.sequences(),
                        sources,
                        new StatementEvidence(agent.trade().evidence(), exhibits),
                        exhibits,
                        clock,
                        errands,
                        agent::died);
        var reputation = new Reputation(with, agent.config().reputation());
        reputation.start();
        intake.tell((subject, first, second) ->
                errands.start(() -> reputation.contradicted(subject, first, second)));
        return reputation;
    }
}

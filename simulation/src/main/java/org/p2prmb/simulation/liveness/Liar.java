package org.p2prmb.simulation.liveness;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;
import org.p2prmb.protocols.statements.Watchers;
import org.p2prmb.simulation.engine.Seat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A watcher that lies: it says of the living that they are dead and of the dead that they live.
///
/// It watches like everybody else, so that it is chosen, but it votes against each subject as soon
/// as a lease lists it, says the opposite of what its probes found, keeps every death and leave to
/// itself, and with its [Conspiracy] buries whom it can.
final class Liar implements Conduct {
    private final World world;
    private final Seat seat;
    private final Conspiracy conspiracy;
    private final Map<PeerId, Set<PeerId>> coWatchers = new LinkedHashMap<>();
    private final Map<PeerId, Set<PeerId>> subscribers = new LinkedHashMap<>();
    private final Map<PeerId, Watchers> lists = new HashMap<>();

    Liar(World world, Seat seat, Conspiracy conspiracy) {
        this.world = world;
        this.seat = seat;
        this.conspiracy = conspiracy;
    }

    PeerId self() {
        return world.population().peer(seat.agent());
    }

    boolean isUp() {
        return seat.simulation().isUp(seat.agent());
    }

    @Override
    public Optional<AliveFrame> said(AliveFrame frame) {
        return switch (frame) {
            case AliveFrame.ProbeReport(var subject, var nonce, var answered) ->
                    Optional.of(new AliveFrame.ProbeReport(subject, nonce, !answered));
            case AliveFrame.Voted _, AliveFrame.Suspected _, AliveFrame.Buried _ ->
                    Optional.empty();
            case AliveFrame.Leased _,
                    AliveFrame.Ping _,
                    AliveFrame.Pong _,
                    AliveFrame.Invite _,
                    AliveFrame.InviteAnswer _,
                    AliveFrame.Introduce _,
                    AliveFrame.Introduction _,
                    AliveFrame.ProbeRequest _,
                    AliveFrame.Subscribe _,
                    AliveFrame.Subscribed _,
                    AliveFrame.Unknown _ ->
                    Optional.of(frame);
        };
    }

    @Override
    public void heard(PeerId from, AliveFrame frame) {
        switch (frame) {
            case AliveFrame.Leased(var renewal) -> slander(renewal);
            case AliveFrame.Pong(_, _, var renewal) -> renewal.ifPresent(this::slander);
            case AliveFrame.Introduction(var records) ->
                    records.stream().map(SignedContact::peer).forEach(of(coWatchers, from)::add);
            case AliveFrame.Subscribe(var subject) -> of(subscribers, subject).add(from);
            case AliveFrame.Ping _,
                    AliveFrame.Invite _,
                    AliveFrame.InviteAnswer _,
                    AliveFrame.Introduce _,
                    AliveFrame.ProbeRequest _,
                    AliveFrame.ProbeReport _,
                    AliveFrame.Voted _,
                    AliveFrame.Suspected _,
                    AliveFrame.Subscribed _,
                    AliveFrame.Buried _,
                    AliveFrame.Unknown _ -> {}
        }
    }

    private static Set<PeerId> of(Map<PeerId, Set<PeerId>> sets, PeerId key) {
        return sets.computeIfAbsent(key, _ -> new LinkedHashSet<>());
    }

    private void slander(Renewal renewal) {
        var lease = renewal.lease();
        var subject = lease.peer();
        renewal.watchers().ifPresent(listed -> lists.put(subject, listed));
        var watchers = lists.get(subject);
        if (lease.lease().leaving()
                || watchers == null
                || !watchers.lists(self())
                || !watchers.commitment().equals(lease.lease().watchers())) {
            return;
        }
        var vote = new Vote(self(), subject, lease.lease().sequence());
        var keys = world.population().keys(seat.agent());
        var signed = SignedVote.seal(vote, keys, world.signatures());
        of(coWatchers, subject).forEach(peer -> send(peer, new AliveFrame.Voted(signed)));
        send(subject, new AliveFrame.Suspected(lease.lease().sequence()));
        conspiracy.plot(lease, watchers, this, signed);
    }

    /// Tells all who want to hear it that the living subject is dead.
    void spread(Obituary obituary) {
        of(subscribers, obituary.subject())
                .forEach(peer -> send(peer, new AliveFrame.Buried(obituary)));
    }

    private void send(PeerId to, AliveFrame frame) {
        seat.send(world.population().number(to), frame.encoded().unsafeArray());
    }
}

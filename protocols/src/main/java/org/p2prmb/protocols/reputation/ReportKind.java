package org.p2prmb.protocols.reputation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a report is about, and what it weighs once its evidence was verified.
public enum ReportKind {
    /// No answer, slow, broke a promise: an opinion, without evidence. It is never verified.
    SOFT(1, 0, false),
    /// The subject signed two statements with the same sequence and different content.
    EQUIVOCATION(2, 3, false),
    /// The subject signed a report whose evidence is wrong.
    FALSE_REPORT(3, 2, false),
    /// The subject did not fund its side of a swap in time.
    NO_FUNDING(4, 1, true),
    /// The subject funded with another hash, amount or time than agreed.
    WRONG_FUNDING(5, 2, true),
    /// The subject let both sides be refunded although it held the secret.
    FREE_OPTION(6, 1, true),
    /// Good: both sides settled a swap.
    SETTLED(7, 1, false),
    /// The subject signed two statements for one sealed window that contradict each other.
    WINDOW_FAULT(8, 2, false),
    /// A kind of a later version: an opinion like [#SOFT], for it cannot be checked here.
    UNKNOWN(0, 0, false);

    private final int number;
    private final int weight;
    private final boolean growsWithAmount;

    ReportKind(int number, int weight, boolean growsWithAmount) {
        this.number = number;
        this.weight = weight;
        this.growsWithAmount = growsWithAmount;
    }

    /// The number on the wire.
    public int number() {
        return number;
    }

    /// Whether it speaks for the subject.
    public boolean good() {
        return this == SETTLED;
    }

    /// Whether it loses weight with the years as bad experience does; the other faults keep theirs
    /// until they are forgotten.
    public boolean fades() {
        return growsWithAmount;
    }

    /// What it adds to the faults of the subject when it is verified and was about this amount.
    public double weight(long amountUsdCents) {
        return growsWithAmount ? weight * Amounts.factor(amountUsdCents) : weight;
    }

    /// The kind of this number.
    public static ReportKind of(int number) {
        for (var kind : values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        return UNKNOWN;
    }

    /// The kind that [#toString] writes so.
    public static Optional<ReportKind> parse(String text) {
        return Arrays.stream(values()).filter(kind -> kind.toString().equals(text)).findFirst();
    }

    /// As people write it: `false-report`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

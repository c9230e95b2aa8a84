package org.p2prmb.simulation;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What a run found: figures by name, in the order in which they are shown.
///
/// It holds nothing of the clock on the wall, so equal seeds give equal reports.
public record Report(SequencedMap<String, Figure> figures) {
    public Report {
        figures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(figures));
    }

    /// One figure of a report.
    public sealed interface Figure {
        record Count(long value) implements Figure {}

        /// @param value rounded: to three decimals, shares to five
        record Measure(double value) implements Figure {}

        record Text(String value) implements Figure {}

        /// There was nothing to measure.
        record None() implements Figure {}

        record Group(Report report) implements Figure {}

        /// Several of a kind, in an order.
        record Row(List<Figure> figures) implements Figure {
            public Row {
                figures = List.copyOf(figures);
            }
        }
    }

    /// Collects figures.
    public static final class Builder {
        private final SequencedMap<String, Figure> figures = new LinkedHashMap<>();

        public Builder count(String name, long value) {
            return put(name, new Figure.Count(value));
        }

        public Builder measure(String name, double value) {
            return put(name, measure(value));
        }

        /// A share of 1, rounded to five decimals.
        public Builder rate(String name, double value) {
            return put(name, rounded(value));
        }

        private static Figure rounded(double value) {
            return new Figure.Measure(Math.round(value * 100_000) / 100_000.0);
        }

        public Builder text(String name, String value) {
            return put(name, new Figure.Text(value));
        }

        /// Shares of 1 in an order, each rounded to five decimals.
        public Builder rates(String name, double... values) {
            var row = Arrays.stream(values).mapToObj(Builder::rounded).toList();
            return put(name, new Figure.Row(row));
        }

        /// What could not be measured.
        public Builder none(String name) {
            return put(name, new Figure.None());
        }

        /// A group of the shares of `samples` asked for, such as `p50`, with all samples at `max`.
        public Builder seconds(String name, Samples samples, String... shares) {
            var group = new Builder();
            for (var share : shares) {
                group.put(
                        share,
                        samples.size() == 0
                                ? new Figure.None()
                                : measure(samples.quantileMillis(share(share)) / 1_000.0));
            }
            return put(name, new Figure.Group(group.build()));
        }

        public Builder group(String name, Report group) {
            return put(name, new Figure.Group(group));
        }

        private static double share(String name) {
            return name.equals("max") ? 1 : Integer.parseInt(name.substring(1)) / 100.0;
        }

        private static Figure measure(double value) {
            return new Figure.Measure(Math.round(value * 1_000) / 1_000.0);
        }

        private Builder put(String name, Figure figure) {
            figures.put(name, figure);
            return this;
        }

        public Report build() {
            return new Report(figures);
        }
    }
}

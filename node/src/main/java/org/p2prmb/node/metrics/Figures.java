package org.p2prmb.node.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// The figures that an agent shows, each added by who knows it and read when somebody asks.
///
/// Reading must not wait, and must be safe for many threads. The values of a label come from a
/// small fixed set, never from strangers.
public final class Figures {
    private final PrometheusRegistry registry = new PrometheusRegistry();

    /// A number that goes up and down.
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(gauge -> gauge.call(value.getAsDouble()))
                .register(registry);
    }

    /// Several such numbers, told apart by the values of `label`.
    public void gauges(String name, String help, String label, Supplier<Map<String, Long>> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(gauge -> values.get().forEach((key, value) -> gauge.call(value, key)))
                .register(registry);
    }

    /// A number that only grows; `name` ends in `_total`.
    public void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(counter -> counter.call(value.getAsDouble()))
                .register(registry);
    }

    /// Several such numbers, told apart by the values of `label`.
    public void counters(
            String name, String help, String label, Supplier<Map<String, Long>> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(counter -> values.get().forEach((key, value) -> counter.call(value, key)))
                .register(registry);
    }

    PrometheusRegistry registry() {
        return registry;
    }
}

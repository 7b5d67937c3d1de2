package dev.selfsup.hook.knnhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.State;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.metric.knn.Knn;
import dev.selfsup.visualization.LinePlot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Component;

/**
 * Watches the quality of the features while a network is pretrained: the accuracy of a k-nearest-neighbour classifier (Wu et al. 2018) on
 * labelled images, which the training itself never sees the labels of. It is measured on raw pixels and on the untrained network too, so that one
 * sees what training brings; all three stand in a table and in the line {@code knn: raw R, untrained U, trained T} at the end of the run.
 */
public final class KnnHook implements Hook {
    /**
     * Options of the classifier.
     *
     * @param bank labelled images that vote
     * @param queries labelled images that are classified
     * @param k neighbours that vote
     * @param temperature T: a vote counts exp(cosine similarity / T)
     * @param interval epochs between measurements; the last epoch is always measured
     * @param priority order among hooks
     */
    public record Config(Dataset bank, Dataset queries, @Default("20") int k, @Default("0.07") double temperature, @Default("1") int interval,
            @Default("NORMAL") Priority priority) {
        public Config {
            check(k > 0, "k must be positive, not %d", k);
            check(temperature > 0, "temperature must be positive, not %s", temperature);
            check(interval > 0, "interval must be positive, not %d", interval);
        }
    }

    private final Config config;
    private final Knn knn;
    private final Map<Integer, Double> trained = new TreeMap<>();
    private Dataset.Images bank;
    private Dataset.Images queries;
    private double raw = Double.NaN;
    private double untrained = Double.NaN;

    private KnnHook(Config config) {
        this.config = config;
        this.knn = new Knn(List.of(config.k()), List.of(config.temperature()));
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void beforeTrain(Run run) {
        bank = config.bank().open();
        queries = config.queries().open();
        knn.check(bank.size());
        if (run.iteration() > 0) {
            return;
        }
        Features pixels = run.pixels(bank);
        Features asked = run.pixels(queries);
        raw = accuracy(pixels, asked);
        untrained = measure(run);
        run.report(Map.of("knn_raw", raw, "knn_untrained", untrained));
        run.print(Knn.protocol(config.k(), config.temperature(), asked.rows().length, pixels.rows().length));
        run.print(String.format(Locale.ROOT, "kNN of raw pixels %.3f, of the untrained network %.3f", raw, untrained));
    }

    @Override
    public void afterTrainEpoch(Run run) {
        if (run.epoch() % config.interval() == 0 || run.iteration() == run.maxIterations()) {
            double value = measure(run);
            trained.put(run.epoch(), value);
            run.report(Map.of("knn", value));
            run.print(String.format(Locale.ROOT, "epoch %d: kNN %.3f (k=%d, T=%s, L2-normalised features)", run.epoch(), value, config.k(),
                    config.temperature()));
            plot(run.workDir().resolve("knn.png"));
        }
    }

    private void plot(Path file) {
        double[] epochs = trained.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
        double[] values = trained.values().stream().mapToDouble(Double::doubleValue).toArray();
        String title = "kNN accuracy, k=" + config.k() + ", T=" + config.temperature();
        try {
            new LinePlot(title, "epoch", "accuracy").line("trained", epochs, values).reference("raw pixels", raw).reference("untrained", untrained)
                    .write(file);
        } catch (IOException e) {
            throw new UsageException("cannot write " + file + ": " + e.getMessage() + "; make room or choose another --work-dir", 1);
        }
    }

    private double measure(Run run) {
        return accuracy(run.features(bank), run.features(queries));
    }

    private double accuracy(Features votes, Features asked) {
        return knn.evaluate(votes, asked).get(0).top1() / 100;
    }

    @Override
    public void afterTrain(Run run) {
        double last = trained.values().stream().reduce((a, b) -> b).orElse(Double.NaN);
        run.print("");
        run.print("features               kNN accuracy");
        run.print(String.format(Locale.ROOT, "raw pixels             %.3f", raw));
        run.print(String.format(Locale.ROOT, "untrained network      %.3f", untrained));
        run.print(String.format(Locale.ROOT, "after %4d epochs      %.3f", run.epoch(), last));
        run.print("");
        run.print(String.format(Locale.ROOT, "knn: raw %.3f, untrained %.3f, trained %.3f", raw, untrained, last));
    }

    @Override
    public State state() {
        return State.of(Map.of("raw", new double[] {raw}, "untrained", new double[] {untrained},
                "epochs", trained.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
                "trained", trained.values().stream().mapToDouble(Double::doubleValue).toArray()));
    }

    @Override
    public void restore(State state) {
        raw = state.number("raw", Double.NaN);
        untrained = state.number("untrained", Double.NaN);
        double[] epochs = state.numbers().getOrDefault("epochs", new double[0]);
        double[] values = state.numbers().getOrDefault("trained", new double[0]);
        for (int i = 0; i < epochs.length; i++) {
            trained.put((int) epochs[i], values[i]);
        }
    }

    /** {@code KnnHook}. */
    @Component
    @TypeName(kind = "hook", name = "KnnHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new KnnHook(config);
        }
    }
}

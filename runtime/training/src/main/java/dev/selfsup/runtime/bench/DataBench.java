package dev.selfsup.runtime.bench;

import static dev.selfsup.runtime.bench.Measured.figure;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.RunConfig;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.data.DataLoader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Measures the input pipeline of a config: CPU time of one core by stage, then whole batches with one worker and with all cores. */
final class DataBench {
    private static final double SECONDS = 3;
    private static final String DATASET = "train_dataloader.dataset";

    private final Path file;
    private final Components components;
    private final RunConfig run;
    private final Stages stages;
    private long preprocessing;

    DataBench(Config config, Path file, Components components) {
        this.file = file;
        this.components = components;
        this.run = RunConfig.of(config, components);
        this.stages = new Stages(config, components);
    }

    /** Measures and prints; ends with the line {@code data: IPS images/s a core, ...}. */
    void run(Optional<Double> stepMillis, PrintStream out, BadFiles bad) {
        Dataset.Images files = Config.load(file, List.of(DATASET + ".pipeline=[]")).bind(DATASET, Dataset.class, components).open();
        int images = 0;
        for (double seconds : new double[] {SECONDS, SECONDS}) {                     // the first time for the JIT compiler
            stages.all().forEach(Stage::reset);
            preprocessing = 0;
            images = measure(files, seconds);
        }
        double total = print(images, out);
        int cores = Runtime.getRuntime().availableProcessors();
        double one = loaded(1, bad);
        double all = loaded(cores, bad);
        out.println("whole batches of " + run.trainDataloader().batchSize() + ": " + figure(one, 1) + " images/s with 1 worker, " + figure(all, 1) + " with "
                + cores + " (" + figure(all / one, 2) + " times)");
        stepMillis.ifPresent(millis -> out.println(workers(total, millis)));
        out.println("data: " + figure(1e3 / total, 1) + " images/s a core of CPU time, " + figure(all, 1) + " images/s with " + cores + " workers");
    }

    private int measure(Dataset.Images files, double seconds) {
        DataPreprocessor preprocessor = run.model().dataPreprocessor();
        float[] row = {};
        int images = 0;
        int bad = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int i = 0; System.nanoTime() < end || images == 0; i++) {
            SampleRandom random = SampleRandom.of(0, i / files.size(), i % files.size());
            try {
                Sample sample = files.load(i % files.size(), random);
                stages.apply(sample, random);
                row = preprocess(preprocessor, sample, row);
                images++;
            } catch (BadImageException e) {
                bad++;
                if (images == 0 && bad >= files.size()) {
                    throw new UsageException("none of the " + files.size() + " images of " + DATASET + " can be used", 1);
                }
            }
        }
        return images;
    }

    private float[] preprocess(DataPreprocessor preprocessor, Sample sample, float[] before) {
        long start = Measured.cpu();
        List<int[]> shapes = preprocessor.shapes(sample.images());
        float[] row = before;
        for (int input = 0; input < shapes.size(); input++) {
            int length = DataPreprocessor.length(shapes.get(input));
            row = row.length < length ? new float[length] : row;
            preprocessor.write(sample.images(), input, row, 0);
        }
        preprocessing += Measured.cpu() - start;
        return row;
    }

    /** Prints the table; returns milliseconds of CPU time an image. */
    private double print(int images, PrintStream out) {
        double total = (stages.all().stream().mapToLong(Stage::nanos).sum() + preprocessing) / 1e6 / images;
        Table table = new Table();
        table.row("stage", "ms an image", "images/s a core", "share");
        for (Stage stage : stages.all()) {
            row(table, stage.name(), stage.nanos() / 1e6 / images, total);
        }
        row(table, "normalise and collate", preprocessing / 1e6 / images, total);
        row(table, "all", total, total);
        table.print(out);
        return total;
    }

    private static void row(Table table, String name, double millis, double total) {
        table.row(name, figure(millis, 3), millis == 0 ? "" : figure(1e3 / millis, 1), Measured.percent(millis / total));
    }

    /** Images a second that a loader gives when nothing else is done. */
    private double loaded(int workers, BadFiles bad) {
        LoaderConfig loading = run.trainDataloader();
        DataLoader.Options options = new DataLoader.Options(loading.sampler(), loading.collateFn(), run.model().dataPreprocessor(), loading.batchSize(),
                loading.dropLast(), workers, 0);
        try (DataLoader loader = new DataLoader(loading.dataset().open(), options, bad)) {
            loader.seek(0);
            for (int i = 0; i < 4; i++) {                                            // what was made ahead
                loader.next();
            }
            long start = System.nanoTime();
            int images = 0;
            while (System.nanoTime() - start < SECONDS * 1e9) {
                images += loader.next().size();
            }
            return images / ((System.nanoTime() - start) / 1e9);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageException("interrupted while waiting for data", 1);
        }
    }

    private String workers(double millisPerImage, double stepMillis) {
        int batch = run.trainDataloader().batchSize();
        double millis = millisPerImage * batch;
        return "a step of " + figure(stepMillis, 1) + " ms takes a batch of " + batch + ", which is " + figure(millis, 1) + " ms of work: "
                + (int) Math.ceil(millis / stepMillis) + " worker(s)";
    }
}

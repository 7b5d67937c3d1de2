package dev.selfsup.runtime.model;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.run.Metric;
import dev.selfsup.api.run.Metric.Judgement;
import dev.selfsup.api.run.Metric.Predictions;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.data.BadFiles;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Labelled images and the metrics by which a model's predictions of them are judged: validation, or a test. */
public final class Evaluation {
    private static final String SCORES = "scores/";

    private final Model model;
    private final List<Metric> metrics;
    private final ImageReader reader;
    private final Dataset.Images images;
    private final int batch;
    private int judged;

    /**
     * Opens the images.
     *
     * @param model the model, whose weights may change
     * @param loading the images, and how many the network sees at once
     * @param metrics what judges
     * @param seed of random transforms, if the pipeline has any
     * @param bad where unusable files are listed
     */
    public Evaluation(Model model, LoaderConfig loading, List<Metric> metrics, long seed, BadFiles bad) {
        this.model = model;
        this.metrics = metrics;
        this.reader = new ImageReader(model.algorithm().dataPreprocessor(), seed, bad);
        this.images = loading.dataset().open();
        this.batch = Math.min(loading.batchSize(), images.size());
    }

    /** Number of images, unusable ones included. */
    public int size() {
        return images.size();
    }

    /** Images that the last {@link #run} judged. */
    public int judged() {
        return judged;
    }

    /** Makes the weights that predictions need, where the model has none yet. */
    public void prepare() {
        plan(reader.first(images).shape());
    }

    private Plan plan(int... shape) {
        return model.predictions(batch, shape[0], shape[1], shape[2]);
    }

    /**
     * Judges the model as it is.
     *
     * @param done told the number of images that are done
     * @return figures by name, those of the first metric first
     * @throws UsageException if images have no labels or the metrics do not fit the model
     */
    public Map<String, Double> run(IntConsumer done) {
        judged = 0;
        List<Judgement> judgements = metrics.stream().map(Metric::begin).toList();
        reader.read(images, batch, done, rows -> {
            judged += rows.size();
            Predictions predictions = predictions(rows);
            judgements.forEach(judgement -> judgement.add(predictions));
        });
        Map<String, Double> figures = new LinkedHashMap<>();
        judgements.forEach(judgement -> figures.putAll(judgement.figures()));
        return figures;
    }

    /** Figures in one line: {@code accuracy/top1 87.500, accuracy/top5 99.125}. */
    public static String line(Map<String, Double> figures) {
        return figures.entrySet().stream().map(figure -> String.format(Locale.ROOT, "%s %.3f", figure.getKey(), figure.getValue())).collect(Collectors.joining(", "));
    }

    private Predictions predictions(List<ImageReader.Row> rows) {
        Plan plan = ImageReader.run(this::plan, batch, rows);
        Map<String, float[][]> scores = new LinkedHashMap<>();
        plan.outputs().forEach((name, value) -> scores.put(name.substring(SCORES.length()), rows(value, rows.size())));
        return new Predictions(scores, rows.stream().mapToInt(Evaluation::label).toArray(), rows.stream().map(ImageReader.Row::path).toList());
    }

    private static int label(ImageReader.Row row) {
        if (row.label() < 0) {
            throw new UsageException("image " + row.index() + " of val_dataloader or test_dataloader has no label, so it cannot be judged: give a dataset with classes, "
                    + "a folder each, or an ann_file with labels");
        }
        return row.label();
    }

    private static float[][] rows(INDArray scores, int count) {
        float[] values = HostCopy.read(scores);
        int classes = (int) scores.size(1);
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(values, i * classes, (i + 1) * classes);
        }
        return rows;
    }
}

package dev.selfsup.metric.shapebiasmetric;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Metric;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.metric.shapebias.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * The share of cue-conflict images, {@code CATEGORY/NAME.png}, whose shape a classifier of ImageNet names: {@code accuracy/top1}, 0 to 1. It writes a table of all decisions, from
 * which {@code ./selfsup shape-bias} draws the shape bias.
 */
public final class ShapeBiasMetric implements Metric {
    /**
     * Options of the metric.
     *
     * @param csvDir folder for the table, {@code DATASET_MODEL_session-1.csv}, which replaces one of that name
     * @param modelName who decides, in the table and its name
     * @param datasetName name of the images
     * @param collectDevice accepted as the reference's: {@code cpu} or {@code gpu}
     * @param prefix must be left out: the figure's name is fixed
     */
    public record Config(String csvDir, String modelName, @Default("cue_conflict") String datasetName, @Default("cpu") String collectDevice, Optional<String> prefix) {
        public Config {
            check(collectDevice.equals("cpu") || collectDevice.equals("gpu"), "collect_device must be cpu or gpu, not %s", collectDevice);
            check(modelName.matches("[^,/\"\\n]+") && datasetName.matches("[^,/\"\\n]+"), "model_name and dataset_name must be without comma, slash and quotes, not %s and %s",
                    modelName, datasetName);
        }
    }

    private final Config config;

    private ShapeBiasMetric(Config config) {
        this.config = config;
    }

    @Override
    public Judgement begin() {
        return new Trials(config);
    }

    /** The decisions so far. */
    private static final class Trials implements Judgement {
        private final Config config;
        private final List<Decision> decisions = new ArrayList<>();

        Trials(Config config) {
            this.config = config;
        }

        @Override
        public void add(Predictions predictions) {
            float[][] scores = predictions.of("");
            for (int i = 0; i < scores.length; i++) {
                Path image = predictions.paths().get(i);
                decisions.add(new Decision(config.modelName, Categories.best(scores[i]), image.toAbsolutePath().getParent().getFileName().toString(), image.getFileName().toString()));
            }
        }

        @Override
        public Map<String, Double> figures() {
            if (decisions.isEmpty()) {
                throw new UsageException("there are no images to take a shape bias of", 1);
            }
            List<String> rows = new ArrayList<>(List.of(Decision.HEADER));
            decisions.forEach(decision -> rows.add(decision.row(rows.size())));
            Path csv = Path.of(config.csvDir, config.datasetName + "_" + config.modelName + "_session-1.csv");
            try {
                Files.createDirectories(csv.toAbsolutePath().getParent());
                Files.write(csv, rows);
            } catch (IOException e) {
                throw new UsageException("cannot write " + csv + ": " + e.getMessage() + "; choose another csv_dir", 1);
            }
            double right = decisions.stream().filter(decision -> decision.response().equals(decision.category())).count();
            return Map.of("accuracy/top1", right / decisions.size());
        }
    }

    /** {@code ShapeBiasMetric}. */
    @Component
    @TypeName(kind = "metric", name = "ShapeBiasMetric")
    public static final class Factory implements ComponentFactory<Metric, Config> {
        @Override
        public Metric create(Config config) {
            return new ShapeBiasMetric(config);
        }
    }
}

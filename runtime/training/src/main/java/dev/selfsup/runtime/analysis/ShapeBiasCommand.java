package dev.selfsup.runtime.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.TestConfig;
import dev.selfsup.metric.shapebias.Decision;
import dev.selfsup.metric.shapebias.ShapeBias;
import dev.selfsup.runtime.model.Evaluation;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.visualization.CategoryPlot;
import dev.selfsup.visualization.ProgressLine;
import dev.selfsup.weights.NewFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code shape-bias CONFIG CKPT --data DIR --out DIR}: whether a classifier goes by shape or by texture. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=shape-bias")
@CommandLine.Command(name = "shape-bias", description = {
    "Shows a classifier of ImageNet images of conflicting cues, CATEGORY/CATEGORY1-TEXTURE2.png, and tells whether it goes by shape or by texture: shape_bias.png, and all decisions in"
    + " a table cue-conflict_NAME_session-1.csv.",
    "Tables of other networks and of people, as those of model-vs-human, are drawn beside it. Images go through the pipeline of test_dataloader."})
public final class ShapeBiasCommand implements Command {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PERSON = "subject-\\d+";
    private static final String PEOPLE = "humans";
    private static final String PLOT = "shape_bias.png";

    @CommandLine.Mixin
    private final NetworkOptions network = new NetworkOptions();

    @CommandLine.Option(names = "--data", paramLabel = "DIR", required = true, description = "folder of the images, with a folder for each of the 16 categories")
    private Path data;

    @CommandLine.Option(names = "--out", paramLabel = "DIR", required = true, description = "folder for the files")
    private Path out;

    @CommandLine.Option(names = "--name", paramLabel = "NAME", description = "name of the network; default that of the config")
    private String name;

    @CommandLine.Option(names = "--compare", arity = "1..*", paramLabel = "CSV", description = "tables of others' decisions; subject-01, ... are people")
    private List<Path> others = List.of();

    @CommandLine.Option(names = "--force", description = "replace files that are there")
    private boolean force;

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public ShapeBiasCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        String subject = name == null ? network.file().getFileName().toString().replaceFirst("\\.ya?ml$", "") : name;
        Path csv = out.resolve("cue-conflict_" + subject + "_session-1.csv");
        NewFile.check(csv, force);
        NewFile.check(out.resolve(PLOT), force);
        if (!Files.isDirectory(data)) {
            throw new UsageException("--data: there is no folder " + data + ": get cue-conflict.tar.gz of model-vs-human and unpack it");
        }
        List<Decision> compared = others.stream().flatMap(file -> Decision.read(file).stream()).toList();
        try (Lease components = leases.open()) {
            decide(call, components, subject);
        }
        Map<String, List<Decision>> bySubject = new LinkedHashMap<>();
        List<Decision> all = new ArrayList<>(Decision.read(csv));
        all.addAll(compared);
        all.forEach(decision -> bySubject.computeIfAbsent(decision.subject().matches(PERSON) ? PEOPLE : decision.subject(), who -> new ArrayList<>()).add(decision));
        draw(bySubject);
        bySubject.forEach((who, decisions) -> {
            ShapeBias bias = ShapeBias.of(decisions);
            call.out().println(String.format(Locale.ROOT, "%s: shape bias %.3f (%d of %d images by shape, %d by texture)", who, bias.value(), bias.shape(), bias.images(), bias.texture()));
        });
        call.out().println("wrote " + csv + " and " + out.resolve(PLOT));
        return 0;
    }

    private void decide(Call call, Lease components, String subject) {
        TestConfig test = TestConfig.of(network.config(changes(subject)), components);
        Model model = network.model(network.config(List.of()), components);
        Evaluation evaluation = new Evaluation(model, test.testDataloader(), test.testEvaluator(), 0, NetworkOptions.bad(call));
        evaluation.prepare();
        network.load(model, call);
        try (ProgressLine line = new ProgressLine(call.out(), call.columns(), System::nanoTime)) {
            evaluation.run(done -> line.show("images", done, evaluation.size()));
        }
    }

    /** Puts the images and the metric in the place of those of the test. */
    private List<String> changes(String subject) {
        Config config = network.config(List.of());
        try {
            JsonNode root = JSON.readTree(config.toJson());
            JsonNode pipeline = root.path("test_dataloader").path("dataset").path("pipeline");
            if (pipeline.isMissingNode()) {
                throw new UsageException(network.file() + " has no test_dataloader.dataset.pipeline, which makes inputs of images: give the config of a classifier with a test");
            }
            String folder = JSON.writeValueAsString(data.toString());
            return List.of("test_dataloader={_delete_: true, batch_size: 32, dataset: {type: mmcls.CustomDataset, data_root: " + folder + ", pipeline: " + pipeline + "}}",
                    "test_evaluator={_delete_: true, type: mmselfsup.ShapeBiasMetric, csv_dir: " + JSON.writeValueAsString(out.toString()) + ", model_name: "
                            + JSON.writeValueAsString(subject) + ", dataset_name: cue-conflict}");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void draw(Map<String, List<Decision>> bySubject) {
        List<Decision> first = bySubject.getOrDefault(PEOPLE, bySubject.values().iterator().next());
        List<String> categories = first.stream().map(Decision::category).distinct()
                .sorted(Comparator.comparingDouble((String category) -> texture(first, category)).thenComparing(Comparator.naturalOrder())).toList();
        CategoryPlot plot = new CategoryPlot("Shape or texture", "fraction of texture decisions (1 - shape bias)", categories);
        bySubject.forEach((who, decisions) -> plot.series(who, 1 - ShapeBias.of(decisions).value(), categories.stream().mapToDouble(category -> texture(decisions, category)).toArray()));
        NewFile.tried(out.resolve(PLOT), force, plot::write);
    }

    private static double texture(List<Decision> decisions, String category) {
        return 1 - ShapeBias.of(decisions.stream().filter(decision -> decision.category().equals(category)).toList()).value();
    }
}

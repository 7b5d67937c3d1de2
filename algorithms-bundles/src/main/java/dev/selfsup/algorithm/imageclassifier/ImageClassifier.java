package dev.selfsup.algorithm.imageclassifier;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.DefaultType;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BatchAugments;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Softmax;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Supervised classification, by which a pretrained backbone is judged: with a frozen backbone linear evaluation, with a trained one fine-tuning. Labels are the field
 * {@code gt_label} [N], or {@code gt_score} [N, K] where images are mixed.
 */
public final class ImageClassifier implements Algorithm {
    /**
     * Options of the classifier.
     *
     * @param backbone the network that is judged
     * @param neck between backbone and head; none by default
     * @param head classifies features
     * @param pretrained file whose weights the whole model begins with, as an init_cfg of type Pretrained
     * @param trainCfg {@code augments}, the ways in which images of a batch are mixed, and {@code probs}
     * @param dataPreprocessor normalisation of images; mmcls.ClsDataPreprocessor where no type is given
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Optional<Neck> neck, Head head,
            @DefaultType(value = "mmengine.Pretrained", key = "checkpoint") Optional<Initializer> pretrained, Optional<BatchAugments> trainCfg,
            @DefaultType("mmcls.ClsDataPreprocessor") @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private ImageClassifier(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Optional<BatchAugments> batchAugments() {
        return config.trainCfg().filter(augments -> !augments.augments().isEmpty()).or(() -> config.dataPreprocessor().batchAugments());
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = initialized(place);
        List<SDVariable> inputs = new ArrayList<>(necked(graph, batch.view(0)));
        inputs.add(batch.field(batch.fields().containsKey("gt_score") ? "gt_score" : "gt_label"));
        return config.head().build(graph.in("head")).losses(inputs.toArray(SDVariable[]::new));
    }

    private Graph initialized(Graph place) {
        return place.initialized(config.pretrained().map(List::of).orElse(config.initCfg()));
    }

    private List<SDVariable> necked(Graph graph, SDVariable images) {
        List<SDVariable> features = config.backbone().build(graph.in("backbone")).apply(images);
        return config.neck().map(neck -> neck.build(graph.in("neck")).apply(features)).orElse(features);
    }

    @Override
    public Map<String, SDVariable> predict(Graph place, SDVariable images) {
        Graph graph = initialized(place);
        Head.Network head = config.head().build(graph.in("head"));
        check(head instanceof Head.Classifier, "head must be one that classifies, as LinearClsHead");
        Head.Classifier classifier = (Head.Classifier) head;
        List<SDVariable> scores = classifier.scores(necked(graph, images));
        Map<String, SDVariable> probabilities = new LinkedHashMap<>();
        for (int i = 0; i < scores.size(); i++) {
            probabilities.put(classifier.classifiers().get(i), graph.apply(new Softmax(), scores.get(i)));       // [N, K]
        }
        return probabilities;
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(initialized(place).in("backbone")).features(images);
    }

    /** {@code mmcls.ImageClassifier}. */
    @Component
    @TypeName(kind = "algorithm", name = "ImageClassifier", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new ImageClassifier(config);
        }
    }
}

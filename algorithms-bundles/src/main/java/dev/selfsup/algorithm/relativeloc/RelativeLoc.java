package dev.selfsup.algorithm.relativeloc;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Relative patch location (Doersch et al. 2015, <a href="https://arxiv.org/abs/1505.05192">arXiv:1505.05192</a>): two patches of an image are seen, and the network
 * says at which of the eight places around the first one the second lies. Whoever can tell knows how objects are made of parts. The patches are drawn with a gap between them and at jittered
 * places, so that lines that run on from one to the other do not give the answer away.
 */
public final class RelativeLoc implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained; it sees each patch alone
     * @param neck compares the features of both patches
     * @param head classifies the place
     * @param dataPreprocessor pairs the patches, as RelativeLocDataPreprocessor
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private RelativeLoc(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        Neck.Network neck = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));

        check(batch.views().size() == 2, "RelativeLoc needs pairs of patches, but a sample gives %d inputs: set data_preprocessor.type: RelativeLocDataPreprocessor",
                batch.views().size());
        SDVariable outer = backbone.apply(batch.view(0)).get(0);                      // [8N, C, h, w]
        SDVariable middle = backbone.apply(batch.view(1)).get(0);                     // [8N, C, h, w]
        SDVariable pairs = graph.concat(1, outer, middle);                            // [8N, 2C, h, w]
        SDVariable compared = neck.apply(List.of(pairs)).get(0);                      // [8N, D]
        return Losses.of("loss", head.loss(compared, labels(graph, batch)));
    }

    /** The place of every outer patch, [8N]. */
    private static SDVariable labels(Graph graph, Batch batch) {
        SDVariable labels = batch.field("patch_label");                               // [N, 1, 8]
        long pairs = graph.shape(batch.view(0))[0];
        long given = Arrays.stream(graph.shape(labels)).reduce(1, (a, b) -> a * b);
        check(given == pairs, "RelativeLoc needs a label for each of %d pairs of patches, not %d: use RelativeLocDataPreprocessor and RandomPatchWithLabels",
                pairs, given);
        return labels.reshape(pairs);
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code RelativeLoc}. */
    @Component
    @TypeName(kind = "algorithm", name = "RelativeLoc")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new RelativeLoc(config);
        }
    }
}

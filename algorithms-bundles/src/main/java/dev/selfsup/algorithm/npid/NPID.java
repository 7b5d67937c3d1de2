package dev.selfsup.algorithm.npid;

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
import dev.selfsup.api.model.Memory;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GatherProducts;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Normalize;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Non-parametric instance discrimination (Wu et al. 2018, <a href="https://arxiv.org/abs/1805.01978">arXiv:1805.01978</a>): every image is a class of its own. The feature
 * of a view is drawn to what a memory holds of its image, and apart from what it holds of others, drawn at random.
 */
public final class NPID implements Algorithm {
    private static final double SMALLEST_LENGTH = 1e-12;

    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector
     * @param head compares positives [N, 1] with negatives [N, K]
     * @param memoryBank what is remembered of the images, as SimpleMemory
     * @param negNum negatives of an image, K
     * @param ensureNeg whether an image is never its own negative; without it that happens by chance
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, Memory memoryBank, @Default("65536") int negNum, @Default("false") boolean ensureNeg,
            @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(memoryBank instanceof Memory.Instances, "memory_bank must be a memory of instances, as SimpleMemory");
            check(negNum > 0, "neg_num must be positive, not %d", negNum);
            check(!ensureNeg || memoryBank.length() > 1, "ensure_neg needs a memory_bank of more than one image");
        }
    }

    private final Config config;

    private NPID(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Optional<Memory> memory() {
        return Optional.of(config.memoryBank());
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        Neck.Network projector = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));
        Memory.Instances.Bank memory = ((Memory.Instances) config.memoryBank()).build(graph.in("memory_bank"));

        SDVariable index = batch.field("sample_idx");                                                          // [N]
        SDVariable z = normalize(graph, projector.apply(backbone.apply(batch.view(0))).get(0));                // [N, D]
        SDVariable own = graph.apply(new GatherRows(), memory.features(), memory.own(index));                  // [N, D]
        SDVariable others = memory.others(index, config.negNum(), config.ensureNeg());                         // [N K]
        SDVariable positive = z.mul(own).sum(true, 1);                                                         // [N, 1]
        SDVariable negative = graph.apply(new GatherProducts(), z, memory.features(), others);                 // [N, K]
        memory.update(index, z);
        return Losses.of("loss", head.loss(positive, negative));
    }

    private static SDVariable normalize(Graph graph, SDVariable z) {
        return graph.applyAll(new Normalize(SMALLEST_LENGTH), z).get(0);
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** {@code NPID}. */
    @Component
    @TypeName(kind = "algorithm", name = "NPID")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new NPID(config);
        }
    }
}

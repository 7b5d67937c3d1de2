package dev.selfsup.algorithm.simclr;

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
import dev.selfsup.engine.op.Take;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * SimCLR (Chen et al. 2020, <a href="https://arxiv.org/abs/2002.05709">arXiv:2002.05709</a>): two views of an image are drawn together, views of different images
 * apart. A projector maps pooled features to a space in which they are compared, and is thrown away after pretraining. Every view is the anchor once; its positive is the
 * other view, its negatives are all views of other images. The loss is the cross entropy of telling the positive from the negatives by similarities divided by a
 * temperature. There is no memory and no second network: negatives come from the batch alone, so larger batches help.
 */
public final class SimCLR implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector
     * @param head compares positives [2N, 1] with negatives [2N, 2N - 2]
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private SimCLR(Config config) {
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
        Neck.Network projector = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));

        SDVariable views = interleave(graph, batch.view(0), batch.view(1));          // [2n, 3, H, W]
        SDVariable z = projector.apply(backbone.apply(views)).get(0);                // [2n, D]
        SDVariable all = graph.allGather(normalize(graph, z));                       // [2N, D]
        SDVariable similarity = graph.matmul(all, all, false, true);                // [2N, 2N]

        int rows = Math.toIntExact(graph.shape(all)[0]);
        check(rows > 2, "SimCLR compares the images of a batch with each other, so it needs at least 2: raise train_dataloader.batch_size");
        SDVariable positive = select(graph, similarity, rows, 1, cell -> other(cell / rows) == cell % rows);
        SDVariable negative = select(graph, similarity, rows, rows - 2, cell -> cell / rows / 2 != cell % rows / 2);
        return Losses.of("loss", head.loss(positive, negative));
    }

    /** The other view of the same image. */
    private static int other(int view) {
        return view ^ 1;
    }

    /** Both views of the first image, both of the second, and so on. */
    private static SDVariable interleave(Graph graph, SDVariable view1, SDVariable view2) {
        long[] shape = graph.shape(view1);
        return graph.stack(1, view1, view2).reshape(2 * shape[0], shape[1], shape[2], shape[3]);
    }

    private static SDVariable normalize(Graph graph, SDVariable z) {
        SDVariable length = graph.math().sqrt(z.mul(z).sum(true, 1));                // [2n, 1]
        return z.div(length.add(1e-10));
    }

    private static SDVariable select(Graph graph, SDVariable similarity, int rows, int columns, IntPredicate cell) {
        int[] cells = IntStream.range(0, rows * rows).filter(cell).toArray();
        return graph.apply(new Take(cells, rows, columns), similarity);
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** {@code SimCLR}. */
    @Component
    @TypeName(kind = "algorithm", name = "SimCLR")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new SimCLR(config);
        }
    }
}

package __package__;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Detach;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.Linear;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Says the projection of one view of an image from that of the other, as SimSiam does (Chen and He 2021,
 * <a href="https://arxiv.org/abs/2011.10566">arXiv:2011.10566</a>): no gradient flows through what is to be said, without which all projections would become equal.
 */
public final class __Type__ implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector, to [N, D]
     * @param hiddenChannels width of the predictor
     * @param dataPreprocessor normalisation of images
     */
    public record Config(Backbone backbone, Neck neck, @Default("64") int hiddenChannels, @Default("{}") DataPreprocessor dataPreprocessor) {
        public Config {
            check(hiddenChannels > 0, "hidden_channels must be positive, not %d", hiddenChannels);
        }
    }

    private final Config config;

    private __Type__(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph graph, Batch batch) {
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        Neck.Network projector = config.neck().build(graph.in("neck"));

        SDVariable z1 = projector.apply(backbone.apply(batch.view(0))).get(0);           // [N, D]
        SDVariable z2 = projector.apply(backbone.apply(batch.view(1))).get(0);           // [N, D]
        Layer predictor = predictor(graph.in("predictor"), Math.toIntExact(graph.shape(z1)[1]));
        SDVariable loss12 = distance(graph, predictor.apply(z1), z2);
        SDVariable loss21 = distance(graph, predictor.apply(z2), z1);
        return Losses.of("loss", loss12.add(loss21).div(2));
    }

    private Layer predictor(Graph graph, int channels) {
        Layer relu = x -> graph.apply(new Relu(), x);
        return Linear.build(graph.in("0"), channels, config.hiddenChannels(), true)
                .then(relu)
                .then(Linear.build(graph.in("2"), config.hiddenChannels(), channels, true));
    }

    /** Mean negative cosine, -1 where both point the same way; the target gets no gradient. */
    private static SDVariable distance(Graph graph, SDVariable prediction, SDVariable target) {
        SDVariable p = graph.apply(new Normalize(1e-8), prediction);                     // [N, D]
        SDVariable t = graph.apply(new Normalize(1e-8), graph.apply(new Detach(), target));
        return p.mul(t).sum(1).mean().neg();
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** {@code __scope__.__Type__}. */
    @Component
    @TypeName(kind = "algorithm", name = "__Type__", scope = "__scope__")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new __Type__(config);
        }
    }
}

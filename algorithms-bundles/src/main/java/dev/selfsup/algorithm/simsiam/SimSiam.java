package dev.selfsup.algorithm.simsiam;

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
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Encoder;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * SimSiam (Chen and He 2020, <a href="https://arxiv.org/abs/2011.10566">arXiv:2011.10566</a>): the projection of one view is predicted from that of the other, and
 * no gradient flows through what is predicted. There are neither negatives nor a momentum encoder.
 */
public final class SimSiam implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector
     * @param head predicts one view's projection [N, D] from the other's [N, D]
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private SimSiam(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Layer encoder = Encoder.build(config.backbone(), graph.in("backbone"), config.neck(), graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));

        SDVariable z1 = encoder.apply(batch.view(0));                                // [N, D]
        SDVariable z2 = encoder.apply(batch.view(1));                                // [N, D]
        SDVariable loss1 = head.loss(z1, z2);
        SDVariable loss2 = head.loss(z2, z1);
        return Losses.of("loss", loss1.add(loss2).mul(0.5));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code SimSiam}. */
    @Component
    @TypeName(kind = "algorithm", name = "SimSiam")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new SimSiam(config);
        }
    }
}

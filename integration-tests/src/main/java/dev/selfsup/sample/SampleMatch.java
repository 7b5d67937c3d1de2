package dev.selfsup.sample;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GlobalAveragePool;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/** Pulls the features of two views together, and nothing apart: a method that collapses, but trains. */
public final class SampleMatch implements Algorithm {
    /**
     * Keys of the sample method.
     *
     * @param backbone the network
     * @param dataPreprocessor normalisation of images
     */
    public record Config(Backbone backbone, @Default("{}") DataPreprocessor dataPreprocessor) {}

    private final Config config;

    private SampleMatch(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph graph, Batch batch) {
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        SDVariable difference = pooled(graph, backbone, batch.view(0)).sub(pooled(graph, backbone, batch.view(1)));   // [N, C]
        return Losses.of("loss", difference.mul(difference).mean());
    }

    private static SDVariable pooled(Graph graph, Backbone.Network backbone, SDVariable images) {
        return graph.apply(new GlobalAveragePool(), backbone.apply(images).get(0));
    }

    @Override
    public List<SDVariable> extract(Graph graph, SDVariable images) {
        return config.backbone().build(graph.in("backbone")).apply(images);
    }

    /** Makes sample methods. */
    @Component
    @TypeName(kind = "algorithm", name = "SampleMatch", scope = "sample")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new SampleMatch(config);
        }
    }
}

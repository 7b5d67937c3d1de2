package dev.selfsup.algorithm.byol;

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
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Encoder;
import dev.selfsup.layers.MomentumEncoder;
import dev.selfsup.layers.MovingAverage.CosineEMA;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * BYOL, Bootstrap Your Own Latent (Grill et al. 2020, <a href="https://arxiv.org/abs/2006.07733">arXiv:2006.07733</a>): from one view an online network predicts
 * what a target network makes of the other. The target network is a moving average of the online network; there are no negatives.
 */
public final class BYOL implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone the network that is pretrained
     * @param neck projector
     * @param head predicts the target network's projection [N, D] from the online network's [N, D]
     * @param baseMomentum share of the target network itself in its first updates; it goes to 1 along a cosine over the run
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("0.996") double baseMomentum,
            @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(baseMomentum > 0 && baseMomentum < 1, "base_momentum must be above 0 and below 1, not %s", baseMomentum);
        }
    }

    private final Config config;

    private BYOL(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Graph backbone = graph.in("backbone");
        Graph neck = graph.in("neck");
        Layer online = Encoder.build(config.backbone(), backbone, config.neck(), neck);
        SDVariable online1 = online.apply(batch.view(0));                            // [N, D]
        SDVariable online2 = online.apply(batch.view(1));                            // [N, D]

        Graph copies = MomentumEncoder.follow(graph.in("target_net"), new CosineEMA(config.baseMomentum()), backbone, neck);
        Layer target = graph.in("target_net").module(Encoder.build(config.backbone(), copies.in("0"), config.neck(), copies.in("1")));
        SDVariable target1 = target.apply(batch.view(0));                            // [N, D]
        SDVariable target2 = target.apply(batch.view(1));                            // [N, D]

        Head.Network head = config.head().build(graph.in("head"));
        SDVariable loss1 = head.loss(online1, target2);
        SDVariable loss2 = head.loss(online2, target1);
        return Losses.of("loss", loss1.add(loss2).mul(2));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code BYOL}. */
    @Component
    @TypeName(kind = "algorithm", name = "BYOL")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new BYOL(config);
        }
    }
}

package dev.selfsup.backbone.resnet;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.Conv2d;
import dev.selfsup.layers.ResidualNetwork;
import dev.selfsup.layers.ResidualStages;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Residual network (He et al. 2016, <a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>) that can also give the features of its stem:
 * from images [N, C, H, W] to features [N, C', H', W'].
 */
public final class ResNet implements Backbone {
    /**
     * Options of the network.
     *
     * @param depth 18, 34, 50, 101 or 152 layers
     * @param inChannels channels of the images
     * @param stemChannels output channels of the stem
     * @param baseChannels width of the first stage
     * @param expansion ratio of a block's output to its width; by default 1 in basic blocks, 4 in bottlenecks
     * @param numStages number of stages, 1 to 4
     * @param strides of the first block of each stage
     * @param dilations of each stage
     * @param outIndices outputs: 0 for the stem, before pooling, 1 to 4 for the stages
     * @param style pytorch: a bottleneck's stride is in its 3x3 convolution; caffe: in its first
     * @param deepStem three 3x3 convolutions instead of the 7x7 one
     * @param avgDown average pooling instead of a stride in shortcuts
     * @param frozenStages -1 for none; 0 freezes the stem, i also the stages up to i
     * @param convCfg accepted and without effect: there is one kind of convolution
     * @param normCfg normalisation
     * @param normEval normalisation uses its running statistics in training too
     * @param withCp accepted and without effect: the memory plan makes recomputation unnecessary
     * @param zeroInitResidual the last norm of each block begins at zero
     * @param initCfg rules for the first values of the weights
     * @param dropPathRate probability of dropping a block's branch
     */
    public record Config(int depth, @Default("3") int inChannels, @Default("64") int stemChannels, @Default("64") int baseChannels,
            Optional<Integer> expansion, @Default("4") int numStages, @Default("[1, 2, 2, 2]") List<Integer> strides,
            @Default("[1, 1, 1, 1]") List<Integer> dilations, @Default("[4]") List<Integer> outIndices, @Default("pytorch") String style,
            @Default("false") boolean deepStem, @Default("false") boolean avgDown, @Default("-1") int frozenStages,
            Optional<Conv2d.Options> convCfg, @Default("{type: BN, requires_grad: true}") Norm normCfg, @Default("false") boolean normEval,
            @Default("false") boolean withCp, @Default("false") boolean zeroInitResidual,
            @Default("[{type: Kaiming, layer: [Conv2d]}, {type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg,
            @Default("0.0") double dropPathRate) {
        public Config {
            check(style.equals("pytorch") || style.equals("caffe"), "style must be pytorch or caffe, not %s", style);
            check(strides.size() == numStages && dilations.size() == numStages, "strides and dilations must have num_stages = %d values, not %s and %s",
                    numStages, strides, dilations);
        }

        ResidualNetwork network() {
            ResidualStages stages = new ResidualStages(depth, stemChannels, baseChannels, expansion, strides, dilations, style.equals("caffe"),
                    avgDown, normCfg, zeroInitResidual, dropPathRate);
            ResidualNetwork.Stem stem = deepStem ? ResidualNetwork.Stem.DEEP : ResidualNetwork.Stem.PLAIN;
            return new ResidualNetwork(stem, inChannels, stages, outIndices, frozenStages, normEval, initCfg);
        }
    }

    private final ResidualNetwork network;

    private ResNet(Config config) {
        this.network = config.network();
    }

    @Override
    public Network build(Graph graph) {
        return network.build(graph);
    }

    /** {@code ResNet}. */
    @Component
    @TypeName(kind = "backbone", name = "ResNet")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new ResNet(config);
        }
    }
}

package dev.selfsup.backbone.mmclsresnet;

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
 * Residual network of MMClassification (He et al. 2016, <a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>), whose stages are counted from 0, and whose stem's
 * features cannot be had: from images [N, C, H, W] to features [N, C', H', W'].
 */
public final class MmclsResNet implements Backbone {
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
     * @param outIndices stages whose features are given, from 0
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
            @Default("[1, 1, 1, 1]") List<Integer> dilations, @Default("[3]") List<Integer> outIndices, @Default("pytorch") String style,
            @Default("false") boolean deepStem, @Default("false") boolean avgDown, @Default("-1") int frozenStages,
            Optional<Conv2d.Options> convCfg, @Default("{type: BN, requires_grad: true}") Norm normCfg, @Default("false") boolean normEval,
            @Default("false") boolean withCp, @Default("true") boolean zeroInitResidual,
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
            check(outIndices.stream().allMatch(i -> i >= -numStages && i < numStages), "out_indices of mmcls.ResNet must be below num_stages = %d, not %s; mmselfsup.ResNet counts"
                    + " the stem as 0", numStages, outIndices);
            List<Integer> outStages = outIndices.stream().map(i -> 1 + (i < 0 ? numStages + i : i)).toList();
            return new ResidualNetwork(stem, inChannels, stages, outStages, frozenStages, normEval, initCfg);
        }
    }

    private final Config config;

    private MmclsResNet(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        return config.network().build(graph);
    }

    /** {@code mmcls.ResNet}. */
    @Component
    @TypeName(kind = "backbone", name = "ResNet", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new MmclsResNet(config);
        }
    }
}

package dev.selfsup.backbone.resnet_cifar;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.ResidualNetwork;
import dev.selfsup.layers.ResidualStages;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Residual network for small images (He et al. 2016, <a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>, section 4.2): the stem is a 3x3 convolution
 * of stride 1 without pooling. From images [N, C, H, W] to features [N, C', H', W'].
 */
public final class ResNet_CIFAR implements Backbone {
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
     * @param deepStem must be false: there is no deep stem for small images
     * @param avgDown average pooling instead of a stride in shortcuts
     * @param frozenStages -1 for none; 0 freezes the stem, i also the stages up to i
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
            @Default("{type: BN, requires_grad: true}") Norm normCfg, @Default("false") boolean normEval, @Default("false") boolean withCp,
            @Default("true") boolean zeroInitResidual,
            @Default("[{type: Kaiming, layer: [Conv2d]}, {type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg,
            @Default("0.0") double dropPathRate) {
        public Config {
            check(!deepStem, "deep_stem must be false: ResNet_CIFAR has a 3x3 stem");
            check(style.equals("pytorch") || style.equals("caffe"), "style must be pytorch or caffe, not %s", style);
            check(strides.size() == numStages && dilations.size() == numStages, "strides and dilations must have num_stages = %d values, not %s and %s",
                    numStages, strides, dilations);
        }

        ResidualNetwork network() {
            ResidualStages stages = new ResidualStages(depth, stemChannels, baseChannels, expansion, strides, dilations, style.equals("caffe"),
                    avgDown, normCfg, zeroInitResidual, dropPathRate);
            List<Integer> outStages = outIndices.stream().map(i -> i + 1).toList();
            return new ResidualNetwork(ResidualNetwork.Stem.CIFAR, inChannels, stages, outStages, frozenStages, normEval, initCfg);
        }
    }

    private final ResidualNetwork network;

    private ResNet_CIFAR(Config config) {
        this.network = config.network();
    }

    @Override
    public Network build(Graph graph) {
        return network.build(graph);
    }

    /** {@code mmcls.ResNet_CIFAR}. */
    @Component
    @TypeName(kind = "backbone", name = "ResNet_CIFAR", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new ResNet_CIFAR(config);
        }
    }
}

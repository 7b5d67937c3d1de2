package dev.selfsup.targetgenerator.clipgenerator;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.onnx.Contract;
import dev.selfsup.onnx.OnnxNetwork;
import dev.selfsup.onnx.OnnxTargets;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * The frozen image tower of CLIP (Radford et al. 2021, <a href="https://arxiv.org/abs/2103.00020">arXiv:2103.00020</a>). Outputs: features of the class token and all
 * patches, [N, 1 + L, C], and the attention of the last block averaged over its heads, [N, 1 + L, 1 + L].
 */
public final class CLIPGenerator {
    /** The mean and deviation of ImageNet, as MILAN and EVA give them to CLIP. */
    private static final ChannelStatistics IMAGENET = new ChannelStatistics(List.of(123.675, 116.28, 103.53), List.of(58.395, 57.12, 57.375));

    private CLIPGenerator() {}

    /**
     * Options of the generator.
     *
     * @param tokenizerPath path of the ONNX file: input {@code image} [N, 3, H, W], outputs {@code features} and {@code attention}
     * @param onnx the same; wins over {@code tokenizer_path}
     * @param cache folder that keeps results, for pipelines that give the same images again; none by default
     */
    public record Config(String tokenizerPath, Optional<String> onnx, Optional<String> cache) {}

    /** {@code CLIPGenerator}. */
    @Component
    @TypeName(kind = "target_generator", name = "CLIPGenerator")
    public static final class Factory implements ComponentFactory<TargetGenerator, Config> {
        @Override
        public TargetGenerator create(Config config) {
            Contract contract = new Contract("the image tower of CLIP", "clip", Optional.of(IMAGENET),
                    List.of(Contract.Output.real("features", 3), Contract.Output.real("attention", 3)));
            return new OnnxTargets(new OnnxNetwork(config.onnx().orElse(config.tokenizerPath()), contract, config.cache()));
        }
    }
}

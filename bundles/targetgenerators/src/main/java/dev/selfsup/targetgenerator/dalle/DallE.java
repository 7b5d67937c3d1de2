package dev.selfsup.targetgenerator.dalle;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
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
 * The frozen tokenizer of DALL-E (Ramesh et al. 2021, <a href="https://arxiv.org/abs/2102.12092">arXiv:2102.12092</a>): a convolutional encoder that says which of 8192
 * visual words each patch of 8x8 pixels is most like. Output: scores [N, V, H / 8, W / 8]; a training run gets the words [N, H / 8, W / 8] only.
 */
public final class DallE {
    /** Pixels of 0 to 255 as 0.1 to 0.9. */
    private static final ChannelStatistics PIXELS = ChannelStatistics.of(-31.875, 318.75);

    private DallE() {}

    /**
     * Options of the tokenizer. Those of its architecture, but for vocab_size, have no effect: the ONNX file holds it.
     *
     * @param onnx path of the ONNX file: input {@code image} [N, 3, H, W], output {@code logits} [N, V, H / 8, W / 8]
     * @param nHid width of the network, as it was trained
     * @param nBlkPerGroup blocks of a group, as it was trained
     * @param inputChannels channels of an image
     * @param vocabSize visual words, V; must be those of the file
     * @param device has no effect
     * @param requiresGrad must be false: the tokenizer is frozen
     * @param useMixedPrecision has no effect
     * @param initCfg where {@code checkpoint} is an .onnx file it stands for {@code onnx}
     * @param cache folder that keeps results, for pipelines that give the same images again; none by default
     */
    public record Config(Optional<String> onnx, @Default("256") int nHid, @Default("2") int nBlkPerGroup, @Default("3") int inputChannels,
            @Default("8192") int vocabSize, Optional<String> device, @Default("false") boolean requiresGrad,
            @Default("true") boolean useMixedPrecision, Optional<Pretrained> initCfg, Optional<String> cache) {
        public Config {
            check(!requiresGrad, "requires_grad must be false: the tokenizer is not trained");
        }
    }

    /**
     * Weights of the tokenizer.
     *
     * @param type {@code Pretrained}
     * @param checkpoint path of the ONNX file
     */
    public record Pretrained(@Default("Pretrained") String type, String checkpoint) {
        public Pretrained {
            check(type.substring(type.lastIndexOf('.') + 1).equals("Pretrained"), "type must be Pretrained, not %s: the tokenizer is not trained here", type);
        }
    }

    /** {@code DALL-E}. */
    @Component
    @TypeName(kind = "target_generator", name = "DALL-E")
    public static final class Factory implements ComponentFactory<TargetGenerator, Config> {
        @Override
        public TargetGenerator create(Config config) {
            String file = config.onnx().or(() -> config.initCfg().map(Pretrained::checkpoint)).orElse("");
            Contract contract = new Contract("the DALL-E tokenizer", "dall-e", Optional.of(PIXELS), List.of(Contract.Output.scores("logits", 4, config.vocabSize())));
            return new OnnxTargets(new OnnxNetwork(file, contract, config.cache()));
        }
    }
}

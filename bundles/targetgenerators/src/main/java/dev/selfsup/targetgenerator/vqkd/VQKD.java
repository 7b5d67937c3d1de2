package dev.selfsup.targetgenerator.vqkd;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.layers.BEiTEncoder;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerNetwork;
import dev.selfsup.layers.VisionTransformerTrunk;
import dev.selfsup.onnx.Contract;
import dev.selfsup.onnx.OnnxNetwork;
import dev.selfsup.onnx.OnnxTargets;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * The tokenizer of BEiT v2 (Peng et al. 2022, <a href="https://arxiv.org/abs/2208.06366">arXiv:2208.06366</a>): a vision transformer whose patches are told apart by the nearest
 * entry of a codebook. Output: the number of that entry for each patch, int64 [N, L]. It is a frozen ONNX model where {@code onnx} names one, whose codebook rests; else it is computed
 * here, and then, as in the reference, its codebook follows the patches that it sees in training.
 */
public final class VQKD {
    private static final ChannelStatistics PIXELS = ChannelStatistics.of(127.5, 127.5);

    private VQKD() {}

    /**
     * Options of the tokenizer. With an ONNX file those of its architecture have no effect: the file holds it.
     *
     * @param encoderConfig the vision transformer
     * @param decoderConfig accepted and without effect: only the tokens are wanted
     * @param numEmbed entries of the codebook
     * @param embedDims size of an entry
     * @param decay part of an entry that it keeps when it follows the patches
     * @param beta accepted and without effect: factor of a loss by which the tokenizer was trained
     * @param quantizeKmeansInit whether the codebook begins as the middles of clusters of the first patches, unless its weights say that it has begun
     * @param initCfg its weights; where {@code checkpoint} is an .onnx file it stands for {@code onnx}
     * @param onnx path of an ONNX file: input {@code image} [N, 3, H, W], outputs {@code tokens}, int64 [N, L], and {@code features} [N, L, D]
     * @param cache folder that keeps results of the ONNX file, for pipelines that give the same images again; none by default
     */
    public record Config(Optional<Encoder> encoderConfig, Optional<Object> decoderConfig, @Default("8192") int numEmbed, @Default("32") int embedDims,
            @Default("0.99") double decay, @Default("1.0") double beta, @Default("true") boolean quantizeKmeansInit, Optional<List<Initializer>> initCfg,
            Optional<String> onnx, Optional<String> cache) {
        public Config {
            check(numEmbed > 0 && embedDims > 0, "num_embed and embed_dims must be positive, not %d and %d", numEmbed, embedDims);
            check(decay >= 0 && decay <= 1, "decay must be from 0 to 1, not %s", decay);
        }

        /** The ONNX file, or an address, of which its reader tells what to do; empty where the tokenizer is computed here. */
        Optional<String> file() {
            return onnx.or(() -> initCfg.stream().flatMap(List::stream).flatMap(rule -> rule.file().stream()).filter(file -> !holdsWeights(file)).findFirst());
        }

        private static boolean holdsWeights(String file) {
            return !file.contains("://") && !file.endsWith(".onnx");
        }
    }

    /**
     * The vision transformer of the tokenizer, as {@code mmcls.BEiT}.
     *
     * @param arch name of a known architecture, as base, or a mapping of embed_dims, num_layers, num_heads and feedforward_channels
     * @param imgSize height and width of the images that positions are for, or one number for both
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param outIndices the layer whose patches are told apart: of several the first
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer in training; it rises evenly from 0 in the first
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param withClsToken whether the layers see a class token
     * @param avgToken must be false: each patch is wanted
     * @param frozenStages has no effect: nothing is trained
     * @param outputClsToken must be false: patches are wanted
     * @param useAbsPosEmb whether tokens have learnt positions
     * @param useRelPosBias whether each layer has a relative position bias
     * @param useSharedRelPosBias whether all layers share a relative position bias
     * @param layerScaleInitValue first value of the scales of the layers' branches; 0 for none
     * @param interpolateMode how positions are interpolated for images of another size
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param initCfg rules for the first values of its weights
     */
    public record Encoder(@Default("base") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("3") int inChannels, @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate,
            @Default("0.0") double dropPathRate, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("false") boolean finalNorm,
            @Default("true") boolean withClsToken, @Default("true") boolean avgToken, @Default("-1") int frozenStages,
            @Default("false") boolean outputClsToken, @Default("false") boolean useAbsPosEmb, @Default("true") boolean useRelPosBias,
            @Default("false") boolean useSharedRelPosBias, @Default("0.1") double layerScaleInitValue, @Default("bicubic") Interpolation interpolateMode,
            @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg, @Default("{}") List<BEiTEncoder.LayerOptions> layerCfgs,
            Optional<List<Initializer>> initCfg) {
        public Encoder {
            check(!avgToken, "avg_token must be false: the tokenizer needs each patch");
            check(!outputClsToken, "output_cls_token must be false: the tokenizer needs patches");
        }

        BEiTEncoder network() {
            VisionTransformerTrunk trunk = new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, inChannels, dropRate, dropPathRate,
                    false, normCfg, finalNorm, patchCfg, layerCfgs.stream().map(BEiTEncoder.LayerOptions::common).toList());
            return new BEiTEncoder(new VisionTransformerNetwork(trunk, outIndices, withClsToken, false, false, interpolateMode, -1),
                    useAbsPosEmb, useRelPosBias, useSharedRelPosBias, layerScaleInitValue, layerCfgs);
        }
    }

    /** {@code VQKD}. */
    @Component
    @TypeName(kind = "target_generator", name = "VQKD")
    public static final class Factory implements ComponentFactory<TargetGenerator, Config> {
        @Override
        public TargetGenerator create(Config config) {
            if (config.file().isEmpty()) {
                check(config.encoderConfig().isPresent(), "encoder_config must be given where neither onnx nor init_cfg names an .onnx file");
                return new Tokenizer(config, config.encoderConfig().get());
            }
            Contract contract = new Contract("the VQ-KD tokenizer", "vq-kd", Optional.of(PIXELS),
                    List.of(Contract.Output.indices("tokens", 2), Contract.Output.real("features", 3).inspectedOnly()));
            return new OnnxTargets(new OnnxNetwork(config.file().get(), contract, config.cache()));
        }
    }
}

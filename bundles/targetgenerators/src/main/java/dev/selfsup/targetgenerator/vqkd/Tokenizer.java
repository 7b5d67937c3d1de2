package dev.selfsup.targetgenerator.vqkd;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.BEiTEncoder;
import dev.selfsup.layers.Linear;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The tokenizer within the graph: encoder {@code encoder}, two linear layers {@code encode_task_layer} with a tanh between them, codebook {@code quantize}. Nothing of it is trained.
 */
final class Tokenizer implements TargetGenerator {
    private final VQKD.Config config;
    private final VQKD.Encoder options;
    private final BEiTEncoder encoder;

    Tokenizer(VQKD.Config config, VQKD.Encoder options) {
        this.config = config;
        this.options = options;
        this.encoder = options.network();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg().orElse(List.of())).frozen();
        Backbone.Network patches = encoder.build(graph.in("encoder").initialized(options.initCfg().orElse(List.of())));
        Layer task = task(graph.in("encode_task_layer"));
        Codebook codebook = new Codebook(config.numEmbed(), config.embedDims(), config.decay(), config.quantizeKmeansInit());
        return (images, batch) -> graph.call(List.of(images), in -> {
            SDVariable encoded = patches.apply(in.get(0)).get(0);                                          // [N, C, h, w]
            long[] shape = graph.shape(encoded);
            SDVariable rows = encoded.permute(0, 2, 3, 1).reshape(shape[0] * shape[2] * shape[3], shape[1]);
            return List.of(codebook.entries(graph.in("quantize"), task.apply(rows)).reshape(shape[0], shape[2] * shape[3]));
        });
    }

    private Layer task(Graph graph) {
        int channels = encoder.network().trunk().size().embedDims();
        Layer tanh = x -> graph.math().tanh(x);
        return Linear.build(graph.in("0"), channels, channels, true).then(tanh).then(Linear.build(graph.in("2"), channels, config.embedDims(), true));
    }
}

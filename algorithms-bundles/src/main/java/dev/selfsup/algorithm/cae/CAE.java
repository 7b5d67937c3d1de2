package dev.selfsup.algorithm.cae;

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
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.HiddenPlaces;
import dev.selfsup.engine.op.TokenRange;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * CAE, context autoencoder (Chen et al. 2022, <a href="https://arxiv.org/abs/2202.03026">arXiv:2202.03026</a>): an encoder sees the patches of an image that are not hidden, and a regressor
 * predicts what it would say of the others; a decoder turns that into visual words. So the encoder has to represent only, and to solve the task is left to regressor and decoder. What the
 * regressor predicts is drawn to what a teacher, which follows the encoder, says of the hidden patches; the words are those of a frozen tokenizer that sees a second, smaller picture.
 */
public final class CAE implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone encoder of the patches that are seen, as CAEViT; the teacher is another of it
     * @param neck regressor and decoder, as CAENeck
     * @param head compares words with those of the tokenizer and features with the teacher's
     * @param targetGenerator tokenizer, as DALL-E
     * @param baseMomentum share of the teacher itself in each of its updates; with 0 it is the encoder of the step before
     * @param dataPreprocessor normalisation of both pictures, as CAEDataPreprocessor
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, TargetGenerator targetGenerator, @Default("0.0") double baseMomentum,
            @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(baseMomentum >= 0 && baseMomentum <= 1, "base_momentum must be from 0 to 1, not %s", baseMomentum);
        }
    }

    private final Config config;

    private CAE(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Optional<Targets> targets() {
        return config.targetGenerator().frozen().map(network -> new Targets(1, network));
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Backbone.Network encoder = config.backbone().build(graph.in("backbone"));
        Neck.Network regressor = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));
        Backbone.Network teacher = config.backbone().build(Teacher.following(graph.in("backbone"), graph.in("teacher"), config.baseMomentum()));
        TargetGenerator.Network generator = config.targetGenerator().build(graph.in("target_generator"));

        SDVariable images = batch.view(0);                                            // [N, 3, H, W]
        SDVariable mask = flat(graph, batch.field("mask"));                           // [N, L]
        int hidden = Math.toIntExact(graph.ones(batch.field("mask")) / graph.shape(mask)[0]);
        SDVariable tokens = encoder.apply(images, mask, hidden).get(0);               // [N, 1 + L - M, C]
        SDVariable target = patches(graph, teacher.apply(images, mask.rsub(1), (int) graph.shape(mask)[1] - hidden).get(0));        // [N, M, C]

        List<SDVariable> places = graph.applyAll(new HiddenPlaces(hidden), mask);
        SDVariable positions = positions(graph);                                      // [L, C]
        SDVariable ofHidden = at(graph, positions, places.get(0));                    // [N, M, C]
        SDVariable ofSeen = at(graph, positions, places.get(2));                      // [N, L - M, C]
        List<SDVariable> predicted = regressor.apply(List.of(patches(graph, tokens), ofHidden, ofSeen));
        SDVariable scores = predicted.get(0);                                         // [N, M, V]
        SDVariable features = predicted.get(1);                                       // [N, M, C]
        SDVariable words = generator.apply(batch.view(1), batch).get(0);              // [N, H', W']
        List<SDVariable> losses = head.apply(List.of(rows(graph, scores), words, features, target, mask));
        return Losses.of("loss", losses.get(0).add(losses.get(1))).and("main", losses.get(0)).and("align", losses.get(1));
    }

    private static SDVariable flat(Graph graph, SDVariable mask) {
        long[] shape = graph.shape(mask);
        return shape.length == 2 ? mask : mask.reshape(shape[0], shape[1] * shape[2]);
    }

    /** All tokens but that of the class. */
    private static SDVariable patches(Graph graph, SDVariable tokens) {
        return graph.apply(new TokenRange(1, graph.shape(tokens)[1]), tokens);
    }

    /** Where the encoder's patches are, [L, C]. */
    private static SDVariable positions(Graph graph) {
        SDVariable positions = graph.in("backbone").given("pos_embed")
                .orElseThrow(() -> new IllegalArgumentException("CAE needs a backbone whose positions are its weight pos_embed, as CAEViT"));
        long[] shape = graph.shape(positions);
        return patches(graph, positions).reshape(shape[1] - 1, shape[2]);
    }

    private static SDVariable at(Graph graph, SDVariable positions, SDVariable numbers) {
        long[] shape = graph.shape(numbers);
        return graph.apply(new GatherRows(), positions, numbers).reshape(shape[0], shape[1], graph.shape(positions)[1]);
    }

    private static SDVariable rows(Graph graph, SDVariable tokens) {
        long[] shape = graph.shape(tokens);
        return tokens.reshape(shape[0] * shape[1], shape[2]);
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code CAE}. */
    @Component
    @TypeName(kind = "algorithm", name = "CAE")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new CAE(config);
        }
    }
}

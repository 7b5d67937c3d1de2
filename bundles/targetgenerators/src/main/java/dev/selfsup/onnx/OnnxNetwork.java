package dev.selfsup.onnx;

import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A frozen network in an ONNX file. Its results are the fields {@code target_generator.0}, {@code target_generator.1}, ... of a batch.
 *
 * @param file path of the file; anything else, as the address of a PyTorch checkpoint, is refused when the network is opened
 * @param contract what the file must be like
 * @param cache folder where results are kept by the content of their image, which spares computing them again where images come again unchanged; it may grow large
 */
public record OnnxNetwork(String file, Contract contract, Optional<String> cache) implements FrozenNetwork {
    @Override
    public Session open(Images images, Consumer<String> words) {
        if (!file.endsWith(".onnx")) {
            throw new UsageException("target_generator: '" + file + "' is not the path of an .onnx file: set model.target_generator.onnx to one; " + contract.advice());
        }
        OnnxFile content = OnnxFile.of(Path.of(file), contract);
        Optional<ResultCache> kept = cache.map(folder -> new ResultCache(Path.of(folder), content.digest()));       // first: nothing is open where this fails
        Session session = OnnxSession.open(content, contract, images, words);
        return kept.<Session>map(results -> new CachedSession(session, results, images.shape())).orElse(session);
    }
}

package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * The files of CIFAR-10 or CIFAR-100, in the version for Python or that for C programs.
 *
 * @param python folder of the version for Python
 * @param binary folder of the version for C programs
 * @param train names of the files for training, of both versions without their ending
 * @param test the same for testing
 * @param key of the labels in the version for Python
 * @param header bytes before the pixels in that for C programs
 * @param classes names of the classes
 */
public record CifarLayout(String python, String binary, List<String> train, List<String> test, String key, int header, List<String> classes) {
    public CifarLayout {
        train = List.copyOf(train);
        test = List.copyOf(test);
        classes = List.copyOf(classes);
    }

    /** Reads the files of one version that lie in a folder, or in its subfolder of the archive's name. */
    List<CifarBatch> read(Path folder, boolean testing) {
        List<String> names = testing ? test : train;
        Function<Path, CifarBatch> pickled = file -> CifarBatch.pickled(file, key);
        for (Path place : List.of(folder.resolve(python), folder)) {
            if (Files.exists(place.resolve(names.get(0)))) {
                return names.stream().map(place::resolve).map(pickled).toList();
            }
        }
        for (Path place : List.of(folder.resolve(binary), folder)) {
            if (Files.exists(place.resolve(names.get(0) + ".bin"))) {
                return names.stream().map(name -> CifarBatch.binary(place.resolve(name + ".bin"), header)).toList();
            }
        }
        throw new UsageException("data_prefix: there is neither " + python + "/" + names.get(0) + " nor " + binary + "/" + names.get(0) + ".bin in "
                + Location.absolute(folder) + "; nothing is downloaded: get the archive from https://www.cs.toronto.edu/~kriz/cifar.html and unpack it there");
    }
}
